#!/usr/bin/env bash
# Signals and descriptors as a careless parent leaves them make no difference.
#   inherited_state.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=slow.sh
. "$(dirname "$0")/slow.sh"
needs jq
env --ignore-signal=CHLD true 2>/dev/null || skip "no env of coreutils 8.31"
run=("$tmp/bin/plimsoll" run stalled-reader --tier smoke --allocator slab,limited)

as_ever() { # NAME: exit 0 and each cell as expected
    [ "$2" -eq 0 ] || bad "$1: exit $2: $(tail -n 3 "$tmp/$1.err")"
    jq -e '(.cells | length) == 2 and all(.cells[]; .expected == "met")' "$tmp/$1/results.json" >/dev/null ||
        bad "$1: $(jq -c '.cells[] | {allocator, outcome, expected}' "$tmp/$1/results.json")"
}

for state in ignored blocked; do
    option=--ignore-signal
    [ $state = ignored ] || option=--block-signal
    env $option=CHLD,TERM,HUP,USR1,ALRM,XFSZ,PIPE "${run[@]}" --out "$tmp/$state" >"$tmp/$state.out" 2>"$tmp/$state.err"
    as_ever $state $?
done
"${run[@]}" --out "$tmp/closed" <&- >&- 2>&-
rc=$? # nobody can be told
[ $rc -eq 2 ] || bad "closed descriptors: exit $rc"
jq -e 'all(.cells[]; .expected == "met")' closed/results.json >/dev/null || bad "closed descriptors: no results"
head -c 1 "$tmp/closed/results.json" | grep -q '{' || bad "closed descriptors: something else was written into the results"

# Descriptors of ours reach no cell: a lock that a shell holds is free when the shell has ended.
exec 7>"$tmp/lock"
flock 7
plimsoll_in_background run steady-reader --allocator glibc --set duration=24h --set container=none --out "$tmp/fd" \
    >/dev/null 2>&1
controller=$!
for _ in $(seq 50); do
    cell=$(cells | grep -vx "$controller" | head -n 1)
    [ -z "$cell" ] || [ ! -e "/proc/$cell/exe" ] || [ "$(readlink "/proc/$cell/exe")" != "$tmp/bin/plimsoll-cell" ] || break
    sleep 0.1
done
[ -n "$cell" ] || bad "no cell was running"
[ ! -e "/proc/$cell/fd/7" ] || bad "a cell inherited a descriptor: $(ls -l "/proc/$cell/fd")"

# A closed terminal ends it as Ctrl-C does; what nohup or a shell's & has it ignore stays ignored.
kill -HUP "$controller"
wait "$controller"
rc=$?
[ $rc -eq 129 ] || bad "SIGHUP: exit $rc"
for signal in INT HUP; do
    env --ignore-signal=$signal "$tmp/bin/plimsoll" run steady-reader --allocator glibc --set duration=24h \
        --set container=none --out "$tmp/ignore" >/dev/null 2>&1 &
    controller=$!
    sleep 0.7
    kill -$signal "$controller"
    sleep 0.5
    kill -0 "$controller" 2>/dev/null || bad "$signal was ignored by the parent, and ended the run"
    kill -TERM "$controller"
    wait "$controller"
    rc=$?
    [ $rc -eq 143 ] || bad "SIGTERM: exit $rc"
done
no_cell_runs || bad "cells still run: $(cells)"

# Two runs in pid namespaces of their own, in one cgroup: each is the first process there.
if unshare --pid --fork --mount-proc true 2>/dev/null; then
    [ $failed -eq 0 ] || finish # which a skip would hide
    open_ground
    for i in 1 2; do
        (enter && exec unshare --pid --fork --mount-proc "${run[@]}" --repeat 3 --out "$tmp/ns$i") \
            >"$tmp/ns$i.out" 2>"$tmp/ns$i.err" &
        eval "ns$i=$!"
    done
    for i in 1 2; do
        eval "wait \$ns$i" || bad "namespace $i: exit $?: $(tail -n 3 "$tmp/ns$i.err")"
        jq -e '(.cells | length) == 6 and all(.cells[]; .expected == "met" and (.container.kind | startswith("cgroup")))' \
            "$tmp/ns$i/results.json" >/dev/null || bad "namespace $i: $(jq -c '.cells[] | {outcome, container}' "$tmp/ns$i/results.json")"
    done
    nothing_is_left "after two pid namespaces"
else
    echo "no pid namespace may be made here: two runs in one cgroup were not tried"
fi
finish
