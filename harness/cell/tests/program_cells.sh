#!/usr/bin/env bash
# Foreign programs in the dock: what is measured of them, how each ends, and that nothing of them is
# left whatever they do.
#   program_cells.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=slow.sh
. "$(dirname "$0")/slow.sh"
needs jq
guest=$1/plimsoll-guest
traffic=$tmp/scenarios/traffic/l16-stereo-44100.pcap.zst
cp "$guest" "$tmp/guest"
guest=$tmp/guest
plimsoll=$tmp/bin/plimsoll

guests() { # the processes that run the guest
    find /proc -maxdepth 2 -path '/proc/[0-9]*/exe' -lname "$guest" 2>/dev/null | cut -d/ -f3
}

nothing_left() { # NAME
    [ -z "$(guests)" ] || bad "$1: still there: $(guests | xargs)"
}

# cell NAME EXPECTED_CODE OPTION... -- PROGRAM...: runs it for 2 s into $tmp/NAME
cell() {
    local name=$1 code=$2
    shift 2
    "$plimsoll" run --duration 1500ms --set sample_interval=50ms --out "$name" "$@" >"$name.out" 2>"$name.err"
    local rc=$?
    [ $rc -eq "$code" ] || bad "$name: exit $rc, not $code: $(tail -n 3 "$name.err")"
    nothing_left "$name"
}

# holds NAME FILTER: of the first cell
holds() {
    jq -e ".cells[0] | $2" "$1/results.json" >/dev/null ||
        bad "$1: $2 is not so: $(jq -c '.cells[0] | {outcome, outcome_why, metrics}' "$1/results.json")"
}

says() { # NAME TEXT: in one line on stderr
    grep -qF -- "$2" "$1.err" || bad "$1: no word of '$2': $(cat "$1.err")"
    [ "$(wc -l <"$1.err")" -eq 1 ] || bad "$1: not one line: $(cat "$1.err")"
}

# --- what is measured
cell hold 0 --allocator glibc -- "$guest" hold 16
holds hold '.outcome == "bounded" and .format == "own" and .clock == "wall"'
holds hold '.metrics | .rss_bytes_peak > 16*1048576 and .rss_bytes_peak < 17*1048576'
holds hold '.metrics | .processes_peak == 1 and .threads_peak == 1 and .vsz_bytes_peak > .rss_bytes_peak'
holds hold '.metrics | has("live_bytes_peak") or has("churn_bytes_per_second") or has("packets_received") | not'
cell threads 0 -- "$guest" threads
holds threads '.metrics | .threads_peak == 8 and .processes_peak == 1 and .rss_bytes_peak > 7*1048576'
cell forks 0 -- "$guest" forks
holds forks '.metrics | .processes_peak == 4 and .rss_bytes_peak > 12*1048576'
cell daemon 0 -- "$guest" daemon
holds daemon '.outcome == "bounded" and .metrics.rss_bytes_peak > 4*1048576 and .metrics.processes_peak == 1'
cell workers 0 -- "$guest" workers
holds workers '.metrics.cpu_percent_of_realtime > 5' # of processes that had ended when they were looked for

# --- two builds of it as pairs, told apart by the folder that they start in
mkdir -p builds/base builds/new
for build in base new; do
    printf '#!/bin/sh\nexec %s hold %d\n' "$guest" $([ $build = base ] && echo 4 || echo 8) >builds/$build/server
    chmod +x builds/$build/server
done
printf '%s\n' 'name: builds' 'title: two builds' 'pipeline: program' 'program: {command: [./server], build: "true"}' \
    'duration: 1s' 'allocators: glibc' 'expect: []' >builds.yaml
"$plimsoll" pairs --base-directory "$PWD/builds/base" --new-directory "$PWD/builds/new" --pairs 6 --confirm 0 \
    --out paired builds.yaml >paired.out 2>&1 || bad "pairs of two builds: $(cat paired.out)"
"$plimsoll" compare paired/base paired/new --gate --out paired >gate.out 2>&1
[ $? -eq 1 ] || bad "a build that holds twice as much is not worse: $(cat gate.out)"
grep -Eq 'worse +rss_bytes_peak \(S\) +4\.[0-9]+ MiB +8\.[0-9]+ MiB' gate.out || bad "not by its RSS: $(cat gate.out)"
"$plimsoll" validate --json builds.yaml | jq -e '.build == "true" and .directory == "." and .command == ["./server"]' \
    >/dev/null || bad "validate --json: $("$plimsoll" validate --json builds.yaml)"
nothing_left pairs

# --- how it ends
cell grow 0 --container 24MiB --allocator glibc -- "$guest" grow
holds grow '.outcome == "crashed" or .outcome == "oom_killed" or .metrics.exit_status == 7'
if [ "$(jq -r '.cells[0].container.kind' grow/results.json)" != rlimit ]; then
    holds grow '.outcome == "oom_killed"'
fi
cell status 0 -- "$guest" exit 3 700
holds status '.outcome == "exited" and .metrics.exit_status == 3 and .metrics.exit_seconds > 0.3'
grep -q 'nothing more to do' status/output/*.txt || bad "status: what it printed is not kept"
cell crash 1 -- "$guest" crash 700
holds crash '.outcome == "crashed" and (.metrics | has("exit_status") | not)'
cell stubborn 0 --set program.grace=200ms -- "$guest" stubborn
grep -q 'did not end within its grace of 0.2 s' stubborn.err || bad "stubborn: its grace is not told"
cell print 0 -- "$guest" print
holds print '.output.bytes > 4194304'
[ "$(stat -c %s print/output/000.*.txt)" -lt 4194500 ] || bad "print: more than 4 MiB were kept"
tail -n 1 print/output/000.*.txt | grep -q 'B more were printed and not kept' || bad "print: nothing says that it was cut"

# --- fed, with clients and actions, as a scenario
cat >fed.yaml <<YAML
name: fed
title: a receiver that is fed
pipeline: program
program:
  command: [./guest, count, "47113"]
  ready: "udp:47113"
  send: [{file: $traffic, to: 127.0.0.1:47113}]
  clients: [{command: [sh, -c, "echo a client; exec ./guest hold 1"], count: 3, every: 100ms, until: 1500ms, stall: [{from: 500ms, until: 700ms}]}]
  actions: [{at: 600ms, command: [sh, -c, "echo an action"]}]
duration: 2s
sample_interval: 50ms
allocators: [glibc]
alerts: [rss_bytes > 1kB]
expect: [{stacks: all, outcome: bounded, metrics: {packets_sent: "> 500", packets_refused: "<= 0"}, alerts: [rss_bytes > 1kB]}]
YAML
cell fed 0 fed.yaml
holds fed '.expected == "met"'
count=$(tail -n 1 fed/output/000.fed.glibc.own.r0.txt | cut -d' ' -f1)
[ "${count:-0}" -ge 500 ] || bad "fed: only ${count:-0} datagrams came"
grep -q 'an action' fed/output/*-clients.txt || bad "fed: the action was not run"
[ "$(grep -c 'a client' fed/output/*-clients.txt)" -eq 3 ] || bad "fed: there were not three clients: $(cat fed/output/*-clients.txt)"
sed -e 's/name: fed/name: hups/' -e 's/command: .*47113.*/command: [.\/guest, hups]\n  ready: "output:listening for"/' \
    -e '/ready: "udp/d' -e '/send:/d' -e '/clients:/d' -e 's/actions:.*/actions: [{at: 300ms, every: 400ms, signal: HUP}]/' \
    -e 's/metrics: {[^}]*}, //' fed.yaml >hups.yaml
cell hups 0 hups.yaml
[ "$(tail -n 1 hups/output/000.hups.glibc.own.r0.txt)" = "SIGHUP 3" ] || bad "hups: $(tail -n 1 hups/output/000.hups.glibc.own.r0.txt), and three were due"

# --- bad input: one line, nothing kept, nothing left running
cell nosuch 2 -- ./no-such
says nosuch "there is no program './no-such'"
cell notexec 2 -- "$tmp/fed.yaml"
says notexec "is not executable"
cell early 2 -- "$guest" exit 4
says early "ended with status 4 before it was ready; it printed last: nothing more to do"
cell never 2 --ready tcp:47114 --set program.ready_within=300ms -- "$guest" hold
says never "was not ready within 0.3 s"
cell away 2 --send "$traffic=192.0.2.1:5004" -- "$guest" hold
says away "nothing is sent off this machine"
cell badclient 2 --set 'program.clients=[{command: [./no-such]}]' -- "$guest" hold
says badclient "program.clients: './no-such' can't be started: No such file or directory"
"$guest" count 47115 >/dev/null &
holder=$!
sleep 0.5
"$plimsoll" run --ready udp:47115 --out taken -- "$tmp/bin/plimsoll" --version 2>taken.err >/dev/null
[ $? -eq 2 ] || bad "taken: not refused"
kill $holder
wait $holder 2>/dev/null
says taken "UDP port 47115 is taken by another program already"
for layer in slab frame_pool gc:model=go; do
    cell "layer-${layer%:*}" 2 --allocator "$layer/glibc" -- "$guest" hold
done
cell threads-key 2 --set threads=1 -- "$guest" hold
says threads-key "'threads' is not a key of the pipeline program"

# --- a program as it is, also one that nothing can be put into
for kind in static own; do
    cp "$1/plimsoll-guest-$kind" "$tmp/guest"
    cell "$kind" 3 --allocator glibc -- "$guest" hold 16
    says "$kind" "--allocator native measures it as it is"
    cell "$kind-layer" 3 --allocator ledger/glibc -- "$guest" hold 16
    says "$kind-layer" "can't be replaced"
    grep -q native "$kind-layer.err" && bad "$kind-layer: native has no ledger"
    cell "$kind-native" 0 --allocator native -- "$guest" hold 16
    holds "$kind-native" '.outcome == "bounded" and .allocator == "native" and .heap == {name: "native"}'
    holds "$kind-native" '.metrics.rss_bytes_peak > 16*1048576 and .metrics.rss_bytes_peak < 17*1048576'
    holds "$kind-native" '.metrics | has("program_calls_per_second") or has("live_bytes_peak") | not'
done
# Linked with another malloc, which serves where no heap is preloaded; and of Go, as its linker's note says.
cp "$1/plimsoll-guest-linked" "$tmp/guest"
cell linked 0 --allocator glibc,jemalloc -- "$guest" hold 16
grep -qF "plimsoll: glibc: the malloc of $guest is not glibc's: it was linked with $1/harness/cell/tests/libplimsoll-guest-malloc.so," linked.err ||
    bad "linked: $(cat linked.err)"
grep -qF "plimsoll: $guest is a Go program: heaps serve its C code alone" linked.err || bad "Go: $(cat linked.err)"
[ "$(wc -l <linked.err)" -eq 2 ] || bad "linked: each once: $(cat linked.err)"
# A script that clears LD_PRELOAD leaves what it executes to the C library, whatever heap was asked for.
cp "$1/plimsoll-guest" "$tmp/guest"
cell cleared 0 --allocator jemalloc -- sh -c "exec env -u LD_PRELOAD $guest hold 16"
says cleared "plimsoll: jemalloc: $guest held 16"
# One that puts its own heap first: the library is loaded, and hears of nothing.
ahead=$1/harness/cell/tests/libplimsoll-guest-malloc.so
cell ahead 0 --allocator limited:max=1MiB/glibc -- sh -c "LD_PRELOAD=$ahead:\$LD_PRELOAD exec $guest hold 16"
says ahead "plimsoll: limited:max=1MiB/glibc: $guest held 16"
says ahead "MiB in the heap of $ahead, which stands before this stack"
cell inherited 0 --allocator jemalloc -- sh -c "exec $guest hold 16"
[ ! -s inherited.err ] || bad "inherited: $(cat inherited.err)"
if command -v musl-gcc >/dev/null; then # of another C library, whose loader ends it at once
    printf '#include <stdlib.h>\n#include <string.h>\n#include <unistd.h>\nint main(void) { char *held = malloc(16 << 20); memset(held, 1, 16 << 20); sleep(2); return held[5] != 1; }\n' >"$tmp/musl.c"
    musl-gcc "$tmp/musl.c" -o "$tmp/guest"
    cell musl 3 --allocator glibc -- "$guest"
    says musl "is for another C library"
    cell musl-native 0 --allocator native -- "$guest"
    holds musl-native '.metrics.rss_bytes_peak > 16*1048576 and .metrics.rss_bytes_peak < 17*1048576'
fi
cp "$1/plimsoll-guest" "$tmp/guest"
cell lines 0 -- sh -c "sleep 0.5
exec $guest hold 16"
holds lines '.outcome == "bounded" and .metrics.rss_bytes_peak > 16*1048576'
MALLOC_ARENA_MAX=1 cell as-it-is 0 --allocator native,glibc -- sh -c "echo \"<\$MALLOC_ARENA_MAX\$LD_PRELOAD>\"; exec $guest hold"
[ "$(head -n 1 as-it-is/output/000.*.txt)" = "<1>" ] || bad "as-it-is: native has $(head -n 1 as-it-is/output/000.*.txt)"
holds as-it-is '.environment == ["MALLOC_ARENA_MAX=1"]'
head -n 1 as-it-is/output/001.*.txt | grep -q '^</.*libplimsoll-interpose.so>$' || bad "as-it-is: glibc has $(head -n 1 as-it-is/output/001.*.txt)"
cell native-layer 2 --allocator limited:max=8MiB/native -- "$guest" hold
says native-layer "limited can't stand on native"
cell native-model 2 --allocator native steady-reader
says native-model "native is a program's own heap, and a model has none"

# --- killed at any moment, it leaves nothing
for signal in TERM HUP KILL; do
    "$plimsoll" run --duration 60s --out "killed-$signal" -- "$guest" daemon >/dev/null 2>&1 &
    controller=$!
    sleep 0.9
    kill -$signal $controller
    wait $controller 2>/dev/null
    for _ in $(seq 60); do
        [ -n "$(guests)" ] || break
        sleep 0.1
    done
    nothing_left "SIG$signal"
done
finish
