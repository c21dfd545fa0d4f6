#!/usr/bin/env bash
# A limit that is not the container's own - of a cgroup above, or inherited - is told before the start, and
# no verdict comes of it.     limits_of_others.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=slow.sh
. "$(dirname "$0")/slow.sh"
needs jq
stacks=(--tier smoke --allocator glibc,slab,limited)

# judged NAME WARNING: whatever came of it, no cell of the run before was checked
judged() {
    grep -Eq "^plimsoll: .*$2" "$tmp/$1.err" || bad "$1: not told: $(head -n 3 "$tmp/$1.err")"
    jq -e --arg warning "$2" '[.warnings[] | select(test($warning))] | length == 1' "$1/results.json" >/dev/null ||
        bad "$1: not in the results: $(jq -c .warnings "$1/results.json")"
    jq -e '(.cells | length) == 3 and all(.cells[]; .expected == "not checked")' "$1/results.json" >/dev/null || bad "$1: $(jq -c '.cells[] | {allocator, outcome, expected}' "$1/results.json")"
}

# inherited NAME WARNING LIMITS... : `ulimit LIMITS` in the shell that starts it
inherited() {
    local name=$1 warning=$2
    shift 2
    (ulimit "$@" && exec "$tmp/bin/plimsoll" run stalled-reader "${stacks[@]}" --out "$tmp/$name") \
        >"$tmp/$name.out" 2>"$tmp/$name.err" || bad "$name: exit $?: $(tail -n 3 "$tmp/$name.err")"
    judged "$name" "$warning"
}
inherited address 'inherited RLIMIT_AS \(ulimit -v\) of 195.312 MiB' -v 200000
inherited data 'inherited RLIMIT_DATA \(ulimit -d\) of 97.6562 MiB' -d 100000
inherited cpu 'inherited RLIMIT_CPU \(ulimit -t\) of 20 s' -t 20
inherited stack 'inherited RLIMIT_STACK \(ulimit -s\) of 1 MiB' -s 1024
# A soft one may be raised, and is; a limit that leaves room is none.
(ulimit -Ss 1024 && ulimit -d 4000000 && exec "$tmp/bin/plimsoll" run stalled-reader "${stacks[@]}" --out "$tmp/roomy") \
    >"$tmp/roomy.out" 2>&1 || bad "limits that leave room: exit $?"
jq -e 'all(.cells[]; .expected == "met")' roomy/results.json >/dev/null || bad "limits that leave room: $(cat roomy.out)"
# What can't be done at all is told with the limit that is to blame.
for blocks in 1000 2500; do # the recording does not fit, a cell's shared memory does not
    (ulimit -f $blocks && exec "$tmp/bin/plimsoll" run stalled-reader "${stacks[@]}" --out "$tmp/file") >"$tmp/out" 2>"$tmp/err"
    rc=$?
    [ $rc -eq 2 ] || [ $rc -eq 3 ] || bad "files of $blocks KiB: exit $rc"
    [ "$(wc -l <"$tmp/err")" -eq 1 ] && grep -q 'ulimit -f unlimited' "$tmp/err" || bad "files of $blocks KiB: $(cat "$tmp/err")"
done
(ulimit -n 12 && exec "$tmp/bin/plimsoll" run stalled-reader "${stacks[@]}" --out "$tmp/open") >"$tmp/out" 2>"$tmp/err"
rc=$?
[ $rc -eq 3 ] && grep -q 'ulimit -n' "$tmp/err" || bad "open files: exit $rc: $(cat "$tmp/err")"

# A cgroup above, of 150 MiB, around containers of 256 MiB: both would be killed there.
above() { # NAME ARGS...
    local name=$1
    shift
    (echo "$BASHPID" >"$ground/above/cgroup.procs" &&
        exec "$tmp/bin/plimsoll" run stalled-reader "${stacks[@]}" --out "$tmp/$name" "$@") \
        >"$tmp/$name.out" 2>"$tmp/$name.err" || bad "$name: exit $?: $(tail -n 3 "$tmp/$name.err")"
}
[ $failed -eq 0 ] || finish # which a skip would hide
open_ground
if [ ${#scope[@]} -eq 0 ]; then
    mkdir "$ground/above"
    echo 150M >"$ground/above/memory.limit_in_bytes"
    above ancestor
    judged ancestor 'the limit of 150 MiB of .*/above, which leaves 1[0-9.]+ MiB'
    # Without a container the cell stops itself at half of what that cgroup leaves, as on a small machine.
    above ceiling --set container=none
    jq -e 'all(.cells[]; .expected == "met") and ([.cells[] | select(.outcome == "growing") |
        .metrics.rss_bytes_peak < 100 * 1048576] == [true, true])' ceiling/results.json >/dev/null ||
        bad "a ceiling below a cgroup: $(jq -c '.cells[] | {allocator, outcome, expected}' ceiling/results.json)"
    # One that leaves room is no matter.
    echo 600M >"$ground/above/memory.limit_in_bytes"
    above loose
    jq -e 'all(.cells[]; .expected == "met")' loose/results.json >/dev/null || bad "a loose cgroup: $(cat loose.out)"
    # Two cells at a time have half of it each; what that does not hold runs once more, alone.
    if [ "$(nproc)" -gt 1 ]; then
        above halves --set container=none --jobs 2
        jq -e '[.cells[].beside] == [null, null, 1] and all(.cells[]; .expected == "met")' halves/results.json >/dev/null ||
            bad "two at a time: $(jq -c '.cells[] | {allocator, outcome, expected, beside}' halves/results.json)"
    fi
    # What else lives there may fill it afterwards: the kernel takes the cell, and its container has no part in it.
    # The cell would go on for 20 s, since filling takes its time on a busy machine.
    echo 300M >"$ground/above/memory.limit_in_bytes"
    (sleep 1 && echo "$BASHPID" >"$ground/above/cgroup.procs" && head -c 320M /dev/zero | tail -c 320M >/dev/null) 2>/dev/null &
    hog=$!
    (echo "$BASHPID" >"$ground/above/cgroup.procs" &&
        exec timeout 60 "$tmp/bin/plimsoll" run steady-reader --clock wall --allocator glibc --repeat 1 --set duration=20s --out "$tmp/filled") \
        >"$tmp/filled.out" 2>"$tmp/filled.err" || bad "filled: exit $?: $(tail -n 3 "$tmp/filled.err")"
    wait $hog
    jq -e 'all(.cells[]; .outcome == "crashed" and .expected == "not checked" and (.outcome_why | test("one above was met")))' \
        filled/results.json >/dev/null || bad "filled by others: $(jq -c '.cells[] | {outcome, outcome_why, expected}' filled/results.json)"
fi
finish
