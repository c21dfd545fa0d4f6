#!/usr/bin/env bash
# Runs as a person meets them: what is expected, the same again, each thread and clock, and the commands
# that reproduce them.     test_repeats.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"
heap=jemalloc
have $heap || heap=glibc
short=(--set duration=20s --set container=none)

# expectations: 1 when reality differs, 0 as expected, and exactly the same again
sed -e 's/outcome: growing/outcome: bounded/' -e "s|file: traffic|file: $PWD/scenarios/traffic|" \
    scenarios/stalled-reader.yaml >"$tmp/wrong.yaml"
plimsoll run "$tmp/wrong.yaml" --set duration=60s --set container=none --allocator glibc \
    --out "$tmp/wrong" >"$tmp/out" 2>&1
rc=$?
[ $rc -eq 1 ] || bad "an expectation that fails: exit $rc"
grep -q 'outcome is growing; expected bounded' "$tmp/out" || bad "the failed expectation is not said: $(cat "$tmp/out")"
for i in 1 2; do # a slow machine's warning stands in the results
    plimsoll run stalled-reader --set container=none --set duration=60s --set budget=10m --allocator "$heap,slab,limited" \
        --out "$tmp/same$i" >/dev/null 2>&1 || bad "stalled-reader without a container: exit $?"
    # apart from times and RSS
    grep -vE '"(started|command|took_seconds|cpu_|rss_|heap_held_|acquire_ns|faults_|container_bytes_peak|realtime_overrun_|outcome_why)' \
        "$tmp/same$i/results.json" >"$tmp/same$i.txt"
    cat "$tmp/same$i"/series/*.csv | cut -d, -f1,3-7 >"$tmp/same$i.csv"
done
cmp "$tmp/same1.txt" "$tmp/same2.txt" || bad "two runs differ"
cmp "$tmp/same1.csv" "$tmp/same2.csv" || bad "two runs' series differ"
plimsoll run stalled-reader "${short[@]}" --allocator glibc --out "$tmp/json" --json >"$tmp/out" 2>/dev/null
cmp "$tmp/out" "$tmp/json/results.json" || bad "--json is not results.json"

# one thread and two, of each stack next to each other; what serves one only is left out of two
cells_of() { # RESULTS: clock, stack and threads of each, in order
    sed -n 's/^ *"\(allocator\|clock\|threads\)": "\?\([^",]*\).*/\2/p' "$1" | paste -sd ' '
}
plimsoll run steady-reader "${short[@]}" --set 'allocators=["null", glibc]' --set threads=[1,2] --repeat 1 \
    --out "$tmp/axis" >/dev/null 2>"$tmp/err"
[ $? -le 1 ] || bad "one thread and two: $(cat "$tmp/err")"
[ "$(grep skipped "$tmp/err")" = "plimsoll: null with more than one thread skipped: it serves one thread at a time" ] ||
    bad "null with two threads: $(cat "$tmp/err")"
[ "$(cells_of "$tmp/axis/results.json")" = "null virtual 1 glibc virtual 1 glibc virtual 2" ] ||
    bad "one thread and two: $(cells_of "$tmp/axis/results.json")"
[ "$(ls "$tmp/axis/series" | paste -sd ' ')" = "000.steady-reader.null.f32.r0.csv 001.steady-reader.glibc.f32.r0.csv 002.steady-reader.glibc.f32.t2.r0.csv" ] ||
    bad "one thread and two: $(ls "$tmp/axis/series")"
# each command reproduces its own cell and no other, wherever the threads were said
of=("null virtual 1" "glibc virtual 1" "glibc virtual 2")
sed -n 's/^ *"reproduce": "\(.*\)".*/\1/p' "$tmp/axis/results.json" | sed 's/\\"/"/g' >"$tmp/commands"
for i in 0 1 2; do
    command=$(sed -n $((i + 1))p "$tmp/commands")
    (eval "${command/plimsoll/$build/plimsoll} --out $tmp/again$i") >/dev/null 2>&1
    [ "$(cells_of "$tmp/again$i/results.json")" = "${of[$i]}" ] ||
        bad "'$command' gives $(cells_of "$tmp/again$i/results.json")"
done
plimsoll run steady-reader "${short[@]}" --allocator glibc --set threads=2 --repeat 1 --out "$tmp/two" >/dev/null 2>&1
[ "$(cells_of "$tmp/two/results.json")" = "glibc virtual 2" ] || bad "two threads: $(cells_of "$tmp/two/results.json")"
[ "$(grep reproduce "$tmp/two/results.json" | grep -o 'threads=' | wc -l)" -eq 1 ] ||
    bad "two threads: $(grep reproduce "$tmp/two/results.json")"

# the wall clock: always two threads, whatever the scenario says, and real time is told beforehand
plimsoll run steady-reader --set duration=2s --set container=none --set 'allocators=["null", glibc, slab]' \
    --repeat 1 --set budget=1s --clock wall --out "$tmp/wall" >"$tmp/out" 2>"$tmp/err"
[ $? -le 1 ] || bad "--clock wall: $(cat "$tmp/err")"
[ "$(cells_of "$tmp/wall/results.json")" = "glibc wall 2 slab wall 2" ] || bad "--clock wall: $(cells_of "$tmp/wall/results.json")"
[ "$(grep skipped "$tmp/err")" = "plimsoll: null with more than one thread skipped: it serves one thread at a time" ] ||
    bad "--clock wall: $(cat "$tmp/err")"
grep -q '2 s, wall clock, 2 threads$' "$tmp/out" || bad "--clock wall: $(cat "$tmp/out")"
grep -q 'run steady-reader --allocator slab --format f32 --clock wall --set' "$tmp/wall/results.json" ||
    bad "--clock wall: $(grep reproduce "$tmp/wall/results.json")"
! grep -q 'tier allows' "$tmp/wall/results.json" || bad "--clock wall: a budget of the virtual clock is applied"
! grep -q 'reproduce.*threads' "$tmp/wall/results.json" || bad "--clock wall: threads are in its commands"
# A heap that is trimmed gives back what its idle part leaves in it. Sanitizers have a heap of their own.
if ! is_sanitized; then
    plimsoll run short-cycle-fragmentation --tier smoke --allocator glibc,glibc:trim_every=1s --out "$tmp/trim" >/dev/null
    jq -e '[.cells[].metrics] | (.[0] | has("trims") | not) and .[1].trims == 31 and .[1].trimmed_bytes_total > 4194304
        and .[1].trim_ns_max > 0 and .[1].rss_bytes_trough < .[0].rss_bytes_trough - 2097152' "$tmp/trim/results.json" >/dev/null ||
        bad "trimming: $(jq -c '[.cells[].metrics | [.trims, .trimmed_bytes_total, .rss_bytes_trough]]' "$tmp/trim/results.json")"
    plimsoll run short-cycle-fragmentation --tier smoke --set sweep=[] --out "$tmp/trims" --allocator \
        jemalloc:trim_at=20s,mimalloc:trim_every=4s,tcmalloc:trim_every=4s,tbbmalloc:trim_at=20s,scudo:trim_every=4s \
        >"$tmp/out" 2>&1 || [ $? -eq 1 ] || bad "trims: $(cat "$tmp/out")"
    jq -e '[.cells[].metrics.trims] | all(. == 1 or . == 7)' "$tmp/trims/results.json" >/dev/null ||
        bad "trims: $(jq -c '[.cells[].metrics.trims]' "$tmp/trims/results.json")"
    for heap in jemalloc mimalloc tcmalloc; do
        jq -e --arg heap "$heap" '.cells[] | select(.allocator | startswith($heap)) |
            .metrics.trimmed_bytes_total > 262144 and (.metrics | has("trim_faults"))' "$tmp/trims/results.json" >/dev/null ||
            bad "$heap was trimmed of nothing: $(jq -c '.cells[] | [.allocator, .metrics.trimmed_bytes_total]' "$tmp/trims/results.json")"
    done
fi
long=(run steady-reader --clock wall --set container=none --allocator glibc,slab --repeat 1)
begin_long() { # DURATION NAME: what it says until its first cell runs
    env --default-signal=INT "$build/plimsoll" "${long[@]}" --set duration="$1" --out "$tmp/$2" >/dev/null 2>"$tmp/err" &
    for _ in $(seq 400); do
        [ ! -d "$tmp/$2/series" ] || break
        sleep 0.05
    done
    child_of $! plimsoll-live >/dev/null || bad "no cell of $1 was running"
    kill -INT $!
    wait $!
}
begin_long 301s long
grep -q '^plimsoll: cells run in real time here and take 10 min 2 s at least' "$tmp/err" ||
    bad "ten minutes of real time are not told: $(cat "$tmp/err")"
begin_long 300s long2
! grep -q 'real time' "$tmp/err" || bad "ten minutes: $(cat "$tmp/err")"
if [ "$heap" = jemalloc ]; then
    plimsoll run steady-reader --set duration=1s --set container=none --allocator jemalloc:background_thread=on \
        --repeat 1 --clock wall --out "$tmp/background" >/dev/null 2>"$tmp/err"
    [ $? -le 1 ] || bad "a background thread in real time: $(cat "$tmp/err")"
fi

# a reproduce command reproduces
command=$(sed -n 's/^ *"reproduce": "\(.*\)".*/\1/p' "$tmp/same1/results.json" | head -n 1)
(eval "${command/plimsoll/$build/plimsoll} --out $tmp/again") >/dev/null 2>&1 || bad "'$command' fails"

finish
