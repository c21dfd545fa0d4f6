#!/usr/bin/env bash
# Every scenario of the receiver over real sockets, in real time: what it expects has to be met as it
# is under the virtual clock. Side by side, since each takes little of a processor; the one that spins
# comes last, alone.     live_scenarios.sh BUILD
. "$(dirname "$0")/slow.sh" "$@"
declare -A jobs
start() { # NAME SCENARIO STACKS [--set ...]
    local name=$1 scenario=$2 stacks=$3
    shift 3
    "$build/plimsoll" run "$scenario" --clock wall --repeat 1 --allocator "$stacks" \
        --out "$tmp/$name" "$@" >"$tmp/$name.log" 2>&1 &
    jobs[$name]=$!
}
finish_all() { # each has ended well, and what it expects was met: neither unchecked nor left out
    local name
    for name in "${!jobs[@]}"; do
        wait "${jobs[$name]}" || bad "$name ended with $?: $(tail -n 3 "$tmp/$name.log")"
        [ "$(grep -c '"expected": "met"' "$tmp/$name/results.json")" -eq 1 ] ||
            bad "$name: $(grep -hE '"(outcome|expected)' "$tmp/$name/results.json")"
        grep -q '"integrity_errors": [1-9]' "$tmp/$name/results.json" && bad "$name: integrity errors"
    done
    jobs=()
}
for stack in glibc slab limited; do
    start "stalled-reader-$stack" stalled-reader $stack
    start "stall-and-resume-$stack" stall-and-resume $stack
    start "half-speed-reader-unbounded-$stack" half-speed-reader-unbounded $stack
done
for stack in glibc limited; do
    for scenario in steady-reader session-churn half-speed-reader hostile-sender lossy-network; do
        start "$scenario-$stack" $scenario $stack --set duration=120s
    done
    start "session-churn-stalled-$stack" session-churn-stalled $stack
    start "dying-sender-$stack" dying-sender $stack
done
start full-pool-retry full-pool-retry limited
finish_all
start full-pool-spin full-pool-spin limited
finish_all
finish
