#!/bin/busybox sh
# shellcheck shell=dash disable=SC2086
# The init of the virtual machine of cgroup_v2_in_a_vm.sh: mounts cgroup v2, runs cells in each kind
# of place below it, and says on the serial console what became of each: `VERDICT name ok|FAILED`.
export PATH=/bin LC_ALL=C PLIMSOLL_SCENARIOS=/scenarios
/bin/busybox --install -s /bin
mkdir -p /proc /sys /tmp /out
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev 2>/dev/null
mount -t cgroup2 cgroup2 /sys/fs/cgroup
root=/sys/fs/cgroup
nobody="become --reuid=65534 --regid=65534 --clear-groups"
chmod 1777 /out
# Emulated, a cell takes longer than the scenario allows it.
patience="--set timeout=240s"

note() {
    echo "vm: $(cut -d. -f1 /proc/uptime) s: $*"
}

# verdict NAME: ok unless complaints were made
complaints=
bad() {
    complaints=1
    note "$*"
}
verdict() {
    if [ "$complaints" ]; then echo "VERDICT $1 FAILED"; else echo "VERDICT $1 ok"; fi
    complaints=
}

# from CGROUP COMMAND...: in that cgroup, alone but for who is there already
from() {
    local cgroup=$1
    shift
    sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$cgroup" "$@"
}

cells() {
    local exe
    for exe in /proc/[0-9]*/exe; do
        case $(readlink "$exe") in /bin/plimsoll-cell) echo "$exe" ;; esac
    done
}

cgroups() {
    find $root -type d -name 'plimsoll-*'
}

nothing_is_left() {
    [ -z "$(cells)" ] || bad "cells still run: $(cells)"
    [ -z "$(cgroups)" ] || bad "cgroups are left: $(cgroups)"
}

# all NAME CONDITION: true of each cell of that run
all() {
    jq -e "(.cells | length) == 4 and ([.cells[] | $2] | all)" "/out/$1/results.json" >/dev/null ||
        bad "$1: not so: $2: $(jq -c '.cells[] | {allocator, container, outcome, outcome_why, expected_why}' \
            "/out/$1/results.json")"
}

# held NAME CGROUP [COMMAND...]: a run there is held by cgroup v2, and every outcome is as expected
held() {
    local name=$1 cgroup=$2 rc
    shift 2
    note "$name begins"
    from "$cgroup" "$@" plimsoll run stalled-reader --allocator glibc,jemalloc,slab,limited \
        $patience --out "/out/$name" >"/tmp/$name.log" 2>&1
    rc=$?
    [ $rc -eq 0 ] || bad "$name: exit $rc: $(tail -n 20 "/tmp/$name.log")"
    all "$name" '.expected == "met" and .container.kind == "cgroup2"'
    all "$name" 'if .allocator == "limited" then .outcome == "bounded" else .outcome == "oom_killed"
        and (.outcome_why | test("oom_kill counter is [1-9]")) end'
    all "$name" '.metrics.container_bytes_peak > 40000000 and .metrics.container_bytes_peak <= 268435456'
    nothing_is_left
    [ "$cgroup" = $root ] || [ -z "$(cat "$cgroup/cgroup.subtree_control")" ] ||
        bad "$name: the controller did not give its cgroup back as it was"
    verdict "$name"
}

# a: the root cgroup, as init here; others live in it too, and the kernel lets it pass memory on.
held in_the_root_cgroup $root

# A run that is killed in the middle of a cell. Its cell dies with it; the next start cleans up.
note "killed_in_a_cell begins"
plimsoll run steady-reader --allocator glibc --set duration=24h $patience --out /out/killed \
    >/tmp/killed.log 2>&1 &
controller=$!
for _ in $(seq 300); do
    grep -q . "$root/plimsoll-"*"-$controller-"*/cell-*/cgroup.procs 2>/dev/null && break
    sleep 0.1
done
sleep 1
[ -n "$(cells)" ] || bad "no cell was running: $(cat /tmp/killed.log)"
kill -KILL $controller
for _ in $(seq 50); do
    [ -n "$(cells)" ] || break
    sleep 0.1
done
[ -z "$(cells)" ] || bad "a cell outlived its controller"
ls -d "$root/plimsoll-"*"-$controller-"* >/dev/null 2>&1 || bad "the killed run left no cgroup: nothing was tested"
plimsoll doctor | grep -q '^memory cgroup *ok *cgroup2' || bad "doctor: $(plimsoll doctor)"
nothing_is_left
verdict killed_in_a_cell

echo +memory >$root/cgroup.subtree_control

# b: alone in a cgroup of one's own, as in a systemd scope: it moves itself into a leaf.
mkdir $root/own
held alone_in_a_cgroup $root/own

# c: not alone: moving others is not ours to do. It falls back, and says how to do better.
note "in_a_shared_cgroup begins"
mkdir $root/shared
sh -c 'echo $$ >"$0/cgroup.procs" && exec sleep 1000' $root/shared &
other=$!
from $root/shared plimsoll run stalled-reader --allocator limited --repeat 4 $patience \
    --out /out/shared >/tmp/shared.log 2>&1 || bad "shared: exit $?: $(cat /tmp/shared.log)"
all shared '.container.kind == "rlimit" and .outcome == "bounded" and .expected == "met"'
remedy='RLIMIT_DATA holds the cells: .*systemd-run .*Delegate=yes'
grep -q "^plimsoll: .*$remedy" /tmp/shared.log || bad "not said on stderr: $(cat /tmp/shared.log)"
jq -r '.warnings[]' /out/shared/results.json | grep -q "$remedy" || bad "not said in results.json"
grep -qx $other $root/shared/cgroup.procs || bad "the other process was moved"
nothing_is_left
verdict in_a_shared_cgroup
kill $other

# d: a user to whom a subtree was handed over, alone in it.
mkdir $root/delegated
chown 65534:65534 $root/delegated $root/delegated/cgroup.procs \
    $root/delegated/cgroup.subtree_control $root/delegated/cgroup.threads
held as_a_user_in_a_delegated_cgroup $root/delegated $nobody

# e: below a cgroup with less than the container: told before the start, and no verdict comes of it.
note "below_a_tighter_cgroup begins"
mkdir $root/tight
echo +memory >$root/tight/cgroup.subtree_control
echo 150M >$root/tight/memory.max
mkdir $root/tight/own
from $root/tight/own plimsoll run stalled-reader --allocator glibc,jemalloc,slab,limited $patience \
    --out /out/tight >/tmp/tight.log 2>&1 || bad "tight: exit $?: $(tail -n 20 /tmp/tight.log)"
grep -q '^plimsoll: .*the limit of 150 MiB of .*/tight, which leaves' /tmp/tight.log ||
    bad "not told before the start: $(head -n 3 /tmp/tight.log)"
all tight '.expected == "not checked" and .outcome != "oom_killed"'
nothing_is_left
verdict below_a_tighter_cgroup

# f: others fill the cgroup above while a cell runs: what the kernel takes there is not the container's.
note "below_a_cgroup_that_others_fill begins"
mkdir $root/filled
echo +memory >$root/filled/cgroup.subtree_control
echo 320M >$root/filled/memory.max
mkdir $root/filled/own $root/filled/others
(
    until pidof plimsoll-cell >/dev/null; do sleep 1; done
    echo 0 >$root/filled/others/cgroup.procs && head -c 340000000 /dev/zero | tail -c 340000000 >/dev/null
) &
from $root/filled/own plimsoll run steady-reader --allocator glibc --repeat 1 --set duration=24h $patience \
    --out /out/filled >/tmp/filled.log 2>&1
wait
jq -e '[.cells[] | select(.outcome == "crashed")] | length > 0 and all(.[]; .expected == "not checked" and
    (.outcome_why | test("one above was met")))' /out/filled/results.json >/dev/null ||
    bad "filled: $(jq -c '.cells[] | {outcome, outcome_why, expected}' /out/filled/results.json)"
nothing_is_left
verdict below_a_cgroup_that_others_fill

# g: what others called as we might is left alone.
mkdir $root/plimsoll-exporter
sh -c 'echo $$ >"$0/cgroup.procs" && exec sleep 1000' $root/plimsoll-exporter &
other=$!
sleep 1
plimsoll doctor >/dev/null || bad "doctor: exit $?"
kill -0 $other || bad "a process in a cgroup of somebody else was killed"
kill $other
wait $other
rmdir $root/plimsoll-exporter || bad "the cgroup of somebody else is gone"
verdict cgroups_of_others

# h: a foreign program, in a container of its own; what it waits for memory is known here alone.
note "a_program_in_its_container begins"
from $root/own plimsoll run --duration 4s --container 64MiB --allocator glibc,limited:max=32MiB/jemalloc \
    --out /out/program -- plimsoll-guest hold 16 >/tmp/program.log 2>&1 || bad "exit $?: $(cat /tmp/program.log)"
program() { # CONDITION
    jq -e "[.cells[] | $1] | all" /out/program/results.json >/dev/null ||
        bad "not so: $1: $(jq -c '.cells[] | {allocator, container, outcome, outcome_why, metrics}' /out/program/results.json)"
}
program '.container.kind == "cgroup2" and .metrics.memory_stall_seconds >= 0'
program '.outcome == "bounded" and .metrics.rss_bytes_peak > 15000000'
program '.allocator == "glibc" or .metrics.program_live_bytes_peak > 16777216'
from $root/own plimsoll run --duration 30s --container 24MiB --allocator glibc \
    --out /out/grown -- plimsoll-guest grow >/tmp/grown.log 2>&1 || bad "grow: exit $?: $(cat /tmp/grown.log)"
jq -e '.cells[0].outcome == "oom_killed" and .cells[0].metrics.memory_stall_seconds >= 0' /out/grown/results.json >/dev/null ||
    bad "grow: $(jq -c '.cells[] | {outcome, outcome_why, metrics}' /out/grown/results.json)"
nothing_is_left
verdict a_program_in_its_container

note "done"
echo "VERDICTS END"
sync
poweroff -f
