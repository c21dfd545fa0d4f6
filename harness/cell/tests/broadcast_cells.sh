#!/usr/bin/env bash
# Cells of a broadcast on several threads: the same in every run under the virtual clock, nearly that in real time, and
# what can't be is refused in one line.     broadcast_cells.sh BUILD_FOLDER

# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"
[ -x "$build/plimsoll-live-media" ] || skip "no FFmpeg; ci/setup installs it"

small=(--set duration=2s --set broadcast.picture=160x90 --repeat 1 --allocator glibc)
figure() { # FOLDER CELL METRIC
    jq -r ".cells[$(($2 - 1))].metrics.$3 // empty" "$tmp/$1/results.json"
}
run() { # FOLDER ARGUMENTS...
    local folder=$1
    shift
    timeout 60 "$build/plimsoll" run frame-churn-grid "${small[@]}" --out "$tmp/$folder" "$@" > "$tmp/out" 2> "$tmp/err"
    # pictures are smaller here than the scenario expects
    [ $? -le 1 ] && [ -e "$tmp/$folder/results.json" ] || bad "run $*: $(cat "$tmp/err")"
}

run once --set 'threads=[1, 3, 9]'
run again --set 'threads=[1, 3, 9]'
for cell in 1 2 3; do
    for metric in allocated_bytes_total live_bytes_peak churn_ops_per_second packets_received packets_delivered; do
        [ "$(figure once $cell $metric)" = "$(figure again $cell $metric)" ] && [ -n "$(figure once $cell $metric)" ] ||
            bad "cell $cell: $metric $(figure once $cell $metric), then $(figure again $cell $metric)"
    done
    [ "$(figure once $cell integrity_errors)$(figure once $cell packets_dropped)" = 00 ] || bad "cell $cell lost something"
done
made=$(figure once 1 threads_made)/$(figure once 2 threads_made)/$(figure once 3 threads_made)
[ "$made" = /3/9 ] || bad "threads made: $made"

# in real time as much comes, but for what is late as the run ends
started=$SECONDS
run wall --clock wall --set 'threads=[1, 9]'
[ $((SECONDS - started)) -ge 4 ] || bad "two cells of 2 s in real time took $((SECONDS - started)) s"
for cell in 1 2; do
    came=$(figure wall $cell packets_received) virtual=$(figure once 1 packets_received)
    [ $((came * 10)) -ge $((virtual * 9)) ] && [ "$came" -le $((virtual + 20)) ] ||
        bad "$came packets in real time, $virtual in virtual"
    [ "$(figure wall $cell integrity_errors)" = 0 ] || bad "wall clock, cell $cell: what came was not what was sent"
done

refuses() { # MESSAGE ARGUMENTS...
    local message=$1
    shift
    plimsoll run frame-churn-grid --out "$tmp/no" "$@" > "$tmp/out" 2> "$tmp/err"
    [ $? -eq 2 ] && [ "$(wc -l < "$tmp/err")" = 1 ] && [[ $(cat "$tmp/err") == *"$message"* ]] && [ ! -e "$tmp/no" ] ||
        bad "$*: $(cat "$tmp/err")"
}
refuses "the stacks of 64 threads take 536870912 B, all of the container" --set threads=64
refuses "what is done for a client is never over" --set threads=4 --set workers.renew=job
refuses "serves one thread at a time" --set threads=4 --allocator null
refuses "expected --clock virtual" --clock wall --set 'background=[{rate: 10, size: 1KiB, queue: 5}]'

finish
