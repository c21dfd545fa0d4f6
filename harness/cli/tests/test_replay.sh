#!/usr/bin/env bash
# A program recorded and its trace replayed: by its name, by a scenario, under a limit; and what can't be.
# test_replay.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../cell/tests/slow.sh
. "$(dirname "$0")/../../cell/tests/slow.sh"
needs jq
cd "$tmp" || exit 1

run() { # NAME EXIT ARGUMENT...: results in NAME/, output in NAME.out and NAME.err
    local name=$1 wanted=$2 code
    shift 2
    "$build/plimsoll" run --out "$name" "$@" >"$name.out" 2>"$name.err"
    code=$?
    [ $code -eq "$wanted" ] || bad "$name: exit $code, not $wanted: $(cat "$name.out" "$name.err")"
}

holds() { # NAME FILTER
    jq -e "$2" "$1/results.json" >/dev/null || bad "$1: $2 is not so: $(jq -c '[.cells[].metrics]' "$1/results.json")"
}

tells() { # NAME TEXT: on stderr
    grep -qF -- "$2" "$1.err" || bad "$1: no word of '$2': $(cat "$1.err")"
}

refuses() { # NAME TEXT ARGUMENT...: exit 2, one line, nothing run
    local name=$1 text=$2
    shift 2
    run "$name" 2 "$@"
    tells "$name" "$text"
    [ "$(wc -l <"$name.err")" -eq 1 ] || bad "$name: not one line: $(cat "$name.err")"
    [ ! -e "$name/results.json" ] || bad "$name: there are results"
}

"$build/plimsoll" record --out my.trace -- jq -n '[range(20000) | {a: ., b: "\(.)"}] | map(.a) | add' >/dev/null 2>record.err ||
    bad "nothing was recorded: $(cat record.err)"

# --- by its name, in several stacks: the same books in each
run named 0 my.trace --allocator glibc,jemalloc,slab
holds named '.cells | length == 3 and all(.outcome != "crashed")'
holds named '[.cells[].metrics.live_bytes_peak] | unique | length == 1 and .[0] > 1e6'
holds named '[.cells[].metrics.allocated_bytes_total] | unique | length == 1'
holds named '.cells | all(.metrics.integrity_errors == 0 and .metrics.recorded_rss_bytes_peak > 1e6)'
holds named '[.cells[] | select(.metrics.recorded_rss_error_percent)] | length == 1 and .[0].allocator == "glibc"'
holds named '.cells[0].metrics.recorded_rss_error_percent < 10'
holds named '.cells[2].metrics.fallback_allocations > 0 and .cells[0].metrics.fallback_allocations == 0'
# A collector may ask for other blocks in another heap; a program without one does not.
grep -q collector named.err && bad "a program without a collector: $(cat named.err)"
run collected 0 "$tree/scenarios/traffic/liquidsoap.trace" --allocator jemalloc
tells collected 'the collector of liquidsoap may pace itself by what it sees'
# What the results say makes it again.
again=$(jq -r '.cells[1].reproduce' named/results.json)
[[ $again == "plimsoll run $PWD/my.trace --allocator jemalloc"* ]] || bad "reproduced by: $again"

# --- class D is the same again
run repeated 0 my.trace --allocator glibc,jemalloc,slab
for metric in live_bytes_peak allocated_bytes_total freed_bytes_total reserved_bytes_peak fallback_allocations; do
    [ "$(jq -c "[.cells[].metrics.$metric]" named/results.json)" = "$(jq -c "[.cells[].metrics.$metric]" repeated/results.json)" ] ||
        bad "$metric differs from run to run"
done

# --- a scenario, with what it expects
cat >my.yaml <<'END'
name: mine
title: What jq asks of its heap, again and again
pipeline: trace
trace: {file: my.trace, loop: free}
duration: 3s
sample_interval: 10ms
allocators: [glibc]
alerts: [live_bytes > 1MiB]
expect:
  - {stacks: all, alerts: live_bytes > 1MiB, metrics: {integrity_errors: "== 0"}}
END
run scenario 0 my.yaml
holds scenario '.cells[0].expected == "met" and .cells[0].metrics.alerts_raised >= 5'
sed 's/integrity_errors: "== 0"/live_bytes_peak: "<= 1KiB"/' my.yaml >failing.yaml
run failed 1 failing.yaml

# --- in real time, its threads running freely: what was requested and released is the same
"$build/plimsoll" record --out threads.trace -- "$build/record-subject" swap 3000 >/dev/null 2>record.err ||
    bad "no threads were recorded: $(cat record.err)"
fast=(--set trace.speed=1000 --set duration=1s)
sums='[.cells[0].metrics | .allocated_bytes_total, .freed_bytes_total]'
for trace in my threads; do
    run $trace-virtual 0 $trace.trace --allocator glibc "${fast[@]}"
    run $trace-wall 0 $trace.trace --allocator glibc,jemalloc,slab,limited:max=64MiB/glibc --clock wall "${fast[@]}"
    holds $trace-wall '.cells | length == 4 and all(.clock == "wall" and .threads == 1 and .outcome != "crashed")'
    holds $trace-wall '.cells | all(.metrics | .integrity_errors == 0 and .acquire_failures == 0 and .replayed_seconds < 2)'
    for cell in 0 1 2 3; do
        [ "$(jq -c "${sums/\[0\]/[$cell]}" $trace-wall/results.json)" = "$(jq -c "$sums" $trace-virtual/results.json)" ] ||
            bad "$trace: cell $cell requested or released something else"
    done
    again=$(jq -r '.cells[0].reproduce' $trace-wall/results.json)
    [[ $again == *"--clock wall"* ]] || bad "reproduced by: $again"
done
holds my-virtual '.cells | all(.metrics.replayed_seconds == null)'
# Swaps of 3000 blocks by 4 threads, each of which some other may release.
holds threads-wall '.cells | all(.metrics.allocated_bytes_total > 4 * 3000 * 20001)'
# More threads than a program may have at a time, one after the other.
"$build/plimsoll" record --out short.trace -- "$build/record-subject" threads 1500 >/dev/null 2>record.err ||
    bad "no short threads were recorded: $(cat record.err)"
run short 0 short.trace --allocator glibc --clock wall "${fast[@]}"
holds short '.cells[0].metrics | .integrity_errors == 0 and .replayed_seconds < 2 and .allocated_bytes_total > 1500 * 30001'
# A scenario's own clock, which the command line overrides.
cat >wall.yaml <<'END'
name: walled
title: In real time, again and again
pipeline: trace
clock: wall
trace: {file: threads.trace, loop: free, copies: 2}
duration: 1s
allocators: [glibc]
expect:
  - {stacks: all, metrics: {integrity_errors: "== 0"}}
END
run walled 0 wall.yaml
holds walled '.cells[0] | .clock == "wall" and .expected == "met" and .metrics.replayed_seconds == null'
run unwalled 0 wall.yaml --clock virtual
holds unwalled '.cells[0].clock == "virtual"'
[[ $(jq -r '.cells[0].reproduce' unwalled/results.json) == *"--clock virtual"* ]] || bad "the scenario's clock is reproduced"
run reset 0 wall.yaml --set clock=virtual
holds reset '.cells[0] | .clock == "virtual" and .expected == "met"'
# A trace that is longer than its time is left, and said so; nobody waits.
run slow 0 threads.trace --clock wall --set trace.speed=0.001 --set duration=1s
tells slow 'the trace lasts'
holds slow '.cells[0].metrics | .replayed_seconds == null and .integrity_errors == 0'
# Stopped in the middle of it (a shell has what it starts with `&` ignore SIGINT).
env --default-signal=INT "$build/plimsoll" run threads.trace --clock wall --set trace.speed=0.001 --set duration=60s --out stopped >/dev/null 2>stopped.err &
pid=$!
sleep 1
kill -INT $pid
wait $pid
[ $? -eq 130 ] || bad "it was not stopped: $(cat stopped.err)"
# A stack for one thread serves a program of one.
run alone 0 my.trace --allocator null --clock wall "${fast[@]}"
refuses together "serves one thread at a time" threads.trace --allocator null --clock wall
"$build/plimsoll" pairs --base "$build/plimsoll" --out pairs wall.yaml >pairs.out 2>pairs.err
[ $? -eq 2 ] || bad "pairs in real time: exit $?"
tells pairs 'clock: wall: real time differs'
run instrument 2 threads.trace --clock wall --instrument massif
tells instrument '--instrument with --clock wall'

# --- under a limit blocks stay absent, and the reader is told
run limited 0 my.trace --allocator limited:max=256KiB/glibc
holds limited '.cells[0].metrics | .live_bytes_peak <= 262144 and .acquire_failures > 0'
tells limited 'blocks were refused and stay absent in the replay'

# --- a trace that was cut off is replayed as far as it goes
head -c "$(($(stat -c %s my.trace) - 20))" my.trace >cut.trace
run cut 0 cut.trace --allocator glibc
tells cut 'what is whole is replayed'
# ... and so is a profile that is made of it, once for all of its stretches
run profile 0 session-leak --tier smoke --duration 2s --set classes.object.size=64KiB --allocator glibc \
    --set 'session.objects=[{profile: cut.trace}, {profile: cut.trace, until: 1h}]'
tells profile 'the profile is of what is whole'
[ "$(jq '[.warnings[] | select(contains("the profile is of"))] | length' profile/results.json)" -eq 1 ] || bad "a cut profile is told more than once"

# --- what can't be replayed
refuses missing nowhere.trace nowhere.trace
printf 'pltrace\n\377\0\0\0\0\0\0\0' >other.trace
refuses version version other.trace
{ head -c 2000 my.trace && head -c 50 /dev/zero && tail -c +2051 my.trace; } >corrupt.trace
refuses corrupt corrupt.trace corrupt.trace
refuses format '--format' my.trace --format f32
refuses budgets limited:max=SIZE my.trace --allocator limited
refuses small '--set trace.copies' my.trace --set trace.copies=0
finish
