#!/usr/bin/env bash
# Cells at the same time: `plimsoll run --jobs N`.     test_jobs.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"
needs jq
processors=$(taskset -cp $$ | sed 's/.*: //' | tr , '\n' | awk -F- '{ n += NF > 1 ? $2 - $1 + 1 : 1 } END { print n }')

refuses "jobs 0; expected 1 to $processors, the processors there are" run steady-reader --jobs 0
refuses "--jobs: '$((processors + 1))' is not a number in range; expected a whole number up to $processors" \
    run steady-reader --jobs $((processors + 1))
refuses "unknown option of calibrate: --jobs" calibrate --jobs 2
plimsoll help run | tr -s ' \n' ' ' | grep -F -- '--jobs N' | grep -Fq ': 1 to as many as there are.' || bad "help run: no bounds of --jobs"

# run NAME JOBS ARGUMENTS...: an expectation that fails (a sanitizer's memory, a busy machine) is none of this test's
run() {
    local folder=$1 jobs=$2
    shift 2
    timeout 100 "$build/plimsoll" run "$@" --jobs "$jobs" --out "$tmp/$folder" >"$tmp/out" 2>"$tmp/err"
    local rc=$?
    [ $rc -le 1 ] || bad "run $* --jobs $jobs: exit $rc: $(cat "$tmp/err")"
}
# What identifies cells, in their order, and what they counted.
counted() {
    jq -S '.cells | map({scenario, allocator, threads, repetition, series, outcome, alerts, counted: (.metrics |
        {packets_received, packets_delivered, packets_dropped, allocated_bytes_total, live_bytes_peak})})' \
        "$tmp/$1/results.json"
}
question=(stalled-reader half-speed-reader steady-reader --tier smoke --duration 60s --set repeat=1 --allocator 'glibc,slab,limited')
run alone 1 "${question[@]}"
[ "$(jq '[.cells[] | select(.beside)] | length' "$tmp/alone/results.json")" = 0 ] || bad "--jobs 1: cells beside others"
if [ "$processors" -gt 1 ]; then
    run beside 2 "${question[@]}"
    cmp <(counted alone) <(counted beside) || bad "two at a time counted otherwise"
    [ "$(jq '[.cells[] | select(.beside == 1)] | length' "$tmp/beside/results.json")" = "$(jq '.cells | length' "$tmp/alone/results.json")" ] ||
        bad "not all ran beside others: $(jq -c '[.cells[] | [.scenario, .beside]]' "$tmp/beside/results.json")"
    plimsoll report "$tmp/beside" >/dev/null 2>&1 || bad "report"
    grep -q 'CPU and latencies, [0-9]* cells: other cells may have run at the same time' "$tmp/beside/report.md" ||
        bad "the report does not say that cells ran beside others"

    # repeated for their noise, in real time, larger than a share of the memory: alone, behind the others
    cat >"$tmp/noisy.yaml" <<'YAML'
extends: steady-reader
name: noisy
duration: 60s
expect: [{stacks: all, metrics: {cpu_ns_per_packet: "> 0"}}]
YAML
    for alone in "--repeat 2" "--container 1000GiB" "--clock wall --duration 1s"; do
        # shellcheck disable=SC2086 # words
        run noise 2 steady-reader --tier smoke --allocator glibc,slab --set repeat=1 --duration 5s $alone
        [ "$(jq '[.cells[] | select(.beside)] | length' "$tmp/noise/results.json")" = 0 ] || bad "$alone: beside others"
        rm -r "$tmp/noise"
    done
    run noise 2 "$tmp/noisy.yaml" half-speed-reader --tier smoke --allocator glibc,slab --set repeat=1
    [ "$(jq -c '[.cells[] | [.scenario, .beside]]' "$tmp/noise/results.json")" = \
        '[["noisy",null],["noisy",null],["half-speed-reader",1],["half-speed-reader",1]]' ] ||
        bad "judged by CPU: $(jq -c '[.cells[] | [.scenario, .beside]]' "$tmp/noise/results.json")"
fi

# stopped: what is finished is kept, and nothing of it runs on
"$build/plimsoll" run stalled-reader steady-reader --tier default --duration 24h --container 64GiB --set repeat=1 \
    --set timeout=100s --out "$tmp/stopped" >"$tmp/out" 2>"$tmp/err" &
pid=$!
cells=$(cell_of $pid) || bad "no cell was begun"
kill -TERM $pid
wait $pid
rc=$?
[ $rc -eq 143 ] || bad "stopped: exit $rc: $(cat "$tmp/err")"
for cell in $cells; do # one that was killed may wait to be buried
    ! grep -qs '^State:[[:space:]]*[^XZ[:space:]]' "/proc/$cell/status" || bad "cell $cell runs on: $(cat "/proc/$cell/status")"
done
finish
