#!/usr/bin/env bash
# Does the model follow the real one? Asks roc-toolkit 0.4.0, as Debian 13 has it, and the model in the
# stack `slab` the same questions, and holds memory over time against each other, net of what each
# process had before the first packet: within 1 % of the peak, and what a session weighs beside its
# packets. About 2 minutes.     real_roc.sh BUILD
. "$(dirname "$0")/slow.sh" "$(realpath "$1")"
[ -x "$build/plimsoll-real-roc" ] ||
    skip "built without roc-toolkit 0.4.0; on Debian 13 ci/setup --slow installs it; then build again"
cp "$build/plimsoll-real-roc" "$tmp/bin/"
ulimit -c 0 # a crash is asked for below

# What the real one takes beside its packets. Its first reads: 56 KiB of the reading thread's malloc arena
# (/proc/PID/smaps; by heaptrack 52,290 B asked for: 35,658 for two sessions with SpeexDSP resamplers,
# 16,632 for a slab of 4 frames, of which each resampler keeps one). Its threads: up to 12 KiB, and some
# stack. In the model a session takes nothing of the heap, and one frame is all there is: 4 KiB.
beside_bytes=73728
# Where the machine holds up who sends or reads, what comes out is about the machine.
tries=3

fact() { # NAME QUESTION
    sed -n "s/^$1 //p" "$tmp/$2.facts"
}

ask_the_model() { # QUESTION SCENARIO KEY=VALUE...
    local question=$1 scenario=$2 setting
    local options=()
    shift 2
    for setting in "$@"; do options+=(--set "$setting"); done
    plimsoll run "$scenario" --allocator slab --repeat 1 --set container=none --set threads=1 \
        "${options[@]}" --out "$tmp/$question" >"$tmp/$question.log" 2>&1 ||
        bad "$question: the model ended with $?: $(tail -n 3 "$tmp/$question.log")"
    cut -d, -f1,2 "$tmp/$question"/series/*.csv >"$tmp/$question.model"
}

real_roc() { # QUESTION SCENARIO RATE KEY=VALUE...: as far ahead of others as we may go
    timeout --kill-after=5 120 nice -n -20 "$tmp/bin/plimsoll-real-roc" "${@:2}" \
        >"$tmp/$1.real" 2>"$tmp/$1.facts"
}

# Did it keep up? LATE_MS is what it may be late, of the replay's time.
kept_up() { # QUESTION LATE_MS
    [ "$(fact packets_dropped_kernel "$1")" = 0 ] && [ "$(fact late_ns_max "$1")" -le $(($2 * 1000000)) ]
}

held_up() { # QUESTION
    echo "$1: held up by $(($(fact late_ns_max "$1") / 1000000)) ms of the replay," \
        "$(fact packets_dropped_kernel "$1") packets dropped by the kernel: not compared"
}

distance() { # MODEL REAL BASE_BYTES
    awk -v base="$3" -v beside=$beside_bytes -f "$tree/harness/cell/tests/real_roc.awk" "$1" "$2"
}

print_row() {
    printf '%-28s %9s %9s %7s %7s %9s %8s %7s\n' "$@"
}

compared=0
report() { # QUESTION
    local model real peak mean off most at within
    read -r model real peak mean off most at within < \
        <(distance "$tmp/$1.model" "$tmp/$1.real" "$(fact base_bytes "$1")")
    print_row "$1" "$model" "$real" "$peak" "$mean" "$off" "$most" "$at"
    [ "${within:-0}" -eq 1 ] || bad "$1: further apart than 1 % of the peak and $beside_bytes B"
    compared=$((compared + 1))
}

ask() { # QUESTION SCENARIO RATE LATE_MS KEY=VALUE...
    local question=$1 scenario=$2 rate=$3 late_ms=$4 code
    shift 4
    ask_the_model "$question" "$scenario" "$@"
    for _ in $(seq $tries); do
        code=0
        real_roc "$question" "$scenario" "$rate" "$@" || code=$?
        if [ $code -ne 0 ]; then
            bad "$question: the real one ended with $code: $(tail -n 3 "$tmp/$question.facts")"
            return
        fi
        kept_up "$question" "$late_ms" || { held_up "$question"; continue; }
        report "$question"
        return
    done
}

echo "KiB, net                           peak                    apart"
print_row question model real peak mean off-steps at-most "at s"
# While it fills a new slab it receives nothing, and the kernel's buffer holds 166 packets a socket. A slab
# of 66 MiB took some 80 ms at best, 200 under load: at ten times the pace that loses packets, at three it
# doesn't.
ask stalled-reader stalled-reader 3 1000 duration=100s
ask stall-and-resume stall-and-resume 5 1000
ask half-speed-reader-unbounded half-speed-reader-unbounded 5 1000 duration=60s
# Audio that is read as it comes is 200 ms, which fill more than half of their slabs: 160 ms more, and
# the next slab is made.
ask half-speed-reader half-speed-reader 2 150 duration=30s
ask steady-reader steady-reader 2 150 duration=30s
# All that its configuration has to say of memory is how large a packet and a frame may be. That makes
# the slope flatter, and bounds nothing.
ask stalled-small-packets stalled-reader 5 1000 duration=60s receiver.max_packet=624B

for pool in packet_pool=720 packet_buffer_pool=2096 frame_buffer_pool=4144; do
    grep -q "^slab pool (${pool%=*}): initializing: slot_size=${pool#*=} .* max_slab=0(" \
        "$tmp/stalled-reader.facts" || bad "its ${pool%=*} has other slots than ${pool#*=} B, or a limit"
done

# A limit from outside is no limit to it: the buffer that it can't have is used all the same.
code=0
(ulimit -d 150000 && real_roc refused stalled-reader 5 duration=60s) 2>/dev/null || code=$?
[ $code -eq 139 ] || bad "with 150,000 KiB of data it ended with $code, not by SIGSEGV (139)"

# A curve that is 2 % off is told.
awk -F, -v OFS=, 'NR > 1 { $2 *= 1.02 } 1' "$tmp/stalled-reader.model" >"$tmp/off"
[ "$(distance "$tmp/stalled-reader.model" "$tmp/off" 131072 | grep -o '.$')" = 0 ] ||
    bad "a curve that is 2 % off passes"
[ $compared -gt 0 ] || [ "$failed" -ne 0 ] || skip "this machine is too busy to keep time"
finish
