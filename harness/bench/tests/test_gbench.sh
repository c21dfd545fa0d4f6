#!/usr/bin/env bash
# plimsoll-gbench as a person meets it: each benchmark runs on its stack with the heap under it, what
# it can't do it says, and its JSON is whole.     test_gbench.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"
# run CODE NAME ARGS...: JSON into $tmp/NAME.json, stderr to $tmp/NAME.err
run() {
    local code=$1 name=$2 rc
    shift 2
    timeout 60 "$build/plimsoll-gbench" --benchmark_min_time=0.002 --benchmark_out_format=json \
        --benchmark_out="$tmp/$name.json" "$@" >"$tmp/$name.txt" 2>"$tmp/$name.err"
    rc=$?
    [ $rc -eq "$code" ] || bad "$*: exit $rc, expected $code: $(tail -n 3 "$tmp/$name.err")"
}
# value NAME BENCHMARK KEY: of the first entry of a benchmark
value() {
    awk -v name="\"run_name\": \"$2\"," -v key="\"$3\":" '
        index($0, "\"run_name\":") { here = index($0, name) > 0 }
        here && $1 == key { gsub(/[",]/, "", $2); print $2; exit }' "$tmp/$1.json"
}
skipped() { # NAME: the benchmarks that gave up, in a line
    awk '/"run_name":/ { gsub(/[",]/, "", $2); name = $2 } /"error_occurred": true/ { print name }' "$tmp/$1.json" | xargs
}
subjects='acquire_release/packet acquire_release/packet/threads:2 acquire_release/packet_buffer
acquire_release/frame_buffer fifo_window/packet/138 fifo_window/packet/6891 lifo_window/packet/138
lifo_window/packet/6891 burst/packet/690 hand_over/process_time receiver replay_floor'

# Every subject, on every kind of stack; a heap that is named is really there.
stacks='glibc limited'
have jemalloc && stacks+=' jemalloc slab/mimalloc'
for stack in $stacks; do
    name=${stack//\//-}
    run 0 "$name" --stack "$stack"
    [ "$(sed -nE 's/.*"run_name": "([^"]*)".*/\1/p' "$tmp/$name.json" | xargs)" = "$(xargs <<<"$subjects")" ] ||
        bad "$stack ran $(grep -c run_name "$tmp/$name.json") benchmarks"
    grep -q error_occurred "$tmp/$name.json" && bad "$stack: $(grep error_message "$tmp/$name.json")"
    grep -q "\"plimsoll_stack\": \"$stack\"" "$tmp/$name.json" || bad "$stack is not in the context"
    for subject in $subjects; do
        value "$name" "$subject" cpu_time | awk '{ ok = $1 > 0.5 && $1 < 1e6 } END { exit !ok }' ||
            bad "$stack, $subject: $(value "$name" "$subject" cpu_time) ns"
    done
done
# With --live each population of blocks, with a ledger and without, and nothing else.
run 0 live --stack glibc --live
[ "$(sed -nE 's/.*"run_name": "([^"]*)".*/\1/p' "$tmp/live.json" | sort | xargs)" = \
    "$(printf '%s\n' live/{ledger,plain}/{200,1000000}/{0,1} | sort | xargs)" ] || bad "--live ran $(grep run_name "$tmp/live.json")"
grep -q error_occurred "$tmp/live.json" && bad "--live: $(grep error_message "$tmp/live.json")"
run 0 live_memory --stack slab --live --memory --benchmark_filter=/200/
for subject in live/{ledger,plain}/200/{0,1}; do
    value live_memory $subject allocs_per_iter | awk '{ ok = $1 == 1 } END { exit !ok }' || bad "$subject: $(value live_memory $subject allocs_per_iter) acquires"
done
# null is the floor under a stack, and serves one thread
run 0 null --stack null
[ "$(skipped null)" = 'acquire_release/packet/threads:2 hand_over/process_time' ] ||
    bad "null: $(grep error_message "$tmp/null.json")"

# Counts are exact: they do not hang on how long it was timed.
run 0 memory --stack glibc --memory
for subject in $subjects; do
    case $subject in
    hand_over*) wanted=2 ;;
    receiver | replay_floor) wanted=2.375 ;; # 16 packets: 2 acquires each and 6 frames
    *) wanted=1 ;;
    esac
    value memory "$subject" allocs_per_iter | awk -v w=$wanted '{ ok = $1 == w } END { exit !ok }' ||
        bad "$subject: $(value memory "$subject" allocs_per_iter) acquires an operation, not $wanted"
    [ "$(value memory "$subject" net_heap_growth)" = 0 ] || bad "$subject leaks"
done
[ "$(value memory fifo_window/packet/6891 max_bytes_used)" = $((6892 * 696)) ] ||
    bad "fifo_window: $(value memory fifo_window/packet/6891 max_bytes_used) B live"
# A wide window is seen in RSS, in a process of its own.
run 0 wide --stack glibc --memory --benchmark_filter='^fifo_window/packet/6891$'
if [ "$(nm "$build/plimsoll-gbench" | grep -c '__[at]san_')" -eq 0 ]; then # whose malloc is another
    awk -v a="$(value wide fifo_window/packet/6891 rss_bytes_before)" \
        -v b="$(value wide fifo_window/packet/6891 rss_bytes_peak)" \
        'BEGIN { exit !(b - a > 6891 * 696 * 0.9 && b - a < 6891 * 696 * 1.5) }' ||
        bad "a window of 4.8 MB takes $(value wide fifo_window/packet/6891 rss_bytes_peak) B of RSS"
fi

# The scenario decides: classes, windows, what a limit refuses. A stall is no part of it.
run 0 set --stack limited:max=200KiB/slab/glibc --scenario stalled-reader --set classes.packet.size=800B
grep -q '"plimsoll_scenario": "stalled-reader"' "$tmp/set.json" || bad "the scenario is not in the context"
# (hand_over meets it where the network's thread gets ahead, which a busy machine may not let it)
[ "$(skipped set | sed 's,hand_over/process_time ,,')" = 'fifo_window/packet/6891 lifo_window/packet/6891 burst/packet/690 receiver' ] ||
    bad "a limit of 200 KiB skips $(skipped set)"
[ "$(grep -c 'error_message.*refused a request' "$tmp/set.json")" -eq "$(skipped set | wc -w)" ] || bad "200 KiB: $(grep error_message "$tmp/set.json")"
run 0 stalled --stack null --scenario stalled-reader --benchmark_filter=receiver \
    --benchmark_min_time=0.1 # minutes of replay
[ -z "$(skipped stalled)" ] || bad "the stall was replayed: $(grep error_message "$tmp/stalled.json")"
run 0 sessions --stack null --set traffic.sessions=4 --benchmark_list_tests
grep -q '^fifo_window/packet/276$' "$tmp/sessions.txt" || bad "windows: $(xargs <"$tmp/sessions.txt")"

# What is wrong is said in one line.
wrong() { # CODE PATTERN ARGS...
    local code=$1 pattern=$2
    shift 2
    run "$code" wrong "$@"
    [ "$(wc -l <"$tmp/wrong.err")" -eq 1 ] && grep -Eqe "$pattern" "$tmp/wrong.err" || bad "$*: $(cat "$tmp/wrong.err")"
}
wrong 2 'stack .bogus.: unknown heap or layer bogus; ' --stack bogus
wrong 2 'no --stack; expected --stack SPEC'
wrong 2 '--stack has no value' --stack=
wrong 2 '--tier: unknown tier .fast.; expected smoke' --stack glibc --tier fast
wrong 2 '--format: unknown format .f24.; expected f32' --stack glibc --format f24
wrong 2 'the receiver holds f32 or s16' --stack glibc --format f64
wrong 2 'unknown scenario nope; ' --stack glibc --scenario nope
wrong 2 '--set bogus: unknown key; ' --stack glibc --set bogus=1
wrong 2 'unrecognized command-line flag: --benchmark_bogus' --stack glibc --benchmark_bogus
wrong 2 'Failed to match any benchmarks' --stack glibc --benchmark_filter=nope
wrong 2 '--memory with repetitions' --stack glibc --memory --benchmark_repetitions=3
wrong 2 'a limit of 1024 B is smaller' --stack limited:max=1KiB/slab/glibc
wrong 3 'cannot be read|sanitize' --stack preload:path=/nowhere/libmine.so
PLIMSOLL_GBENCH_ENTERED=yes timeout 20 "$build/plimsoll-gbench" --stack glibc >/dev/null 2>"$tmp/entered.err" 3</dev/null
rc=$?
[ $rc -eq 3 ] && grep -q 'there is no job' "$tmp/entered.err" || bad "no job: exit $rc: $(cat "$tmp/entered.err")"

finish
