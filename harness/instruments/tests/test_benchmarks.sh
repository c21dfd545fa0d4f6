#!/usr/bin/env bash
# gbench and hyperfine as instruments: what they find stands in the results and the report, one that
# is missing is skipped, a stack that crashes fails its own row and no other.
#   test_benchmarks.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=runs.sh
. "$(dirname "$0")/runs.sh"
# Three sessions: not what the scenario's expectations are about, which a sanitizer would not meet.
short=(--set duration=5s --set traffic.sessions=3 "${options[@]}")
options=("${short[@]}")
timed=false
[ -x "$build/plimsoll-gbench" ] && timed=true

# What is there is found; what is not, is skipped and said, and the cells are none the worse.
PATH_WHOLE=$PATH
mkdir "$tmp/path"
PATH=$tmp/path
missing=$("$build/plimsoll" doctor)
"$build/plimsoll" run steady-reader --allocator glibc "${short[@]}" \
    --instrument hyperfine --out "$tmp/missing" >"$tmp/missing.txt" 2>"$tmp/missing.err"
rc=$?
PATH=$PATH_WHOLE
[ $rc -eq 0 ] && [ "$(values missing status | xargs)" = skipped ] || bad "no hyperfine: exit $rc: $(cat "$tmp/missing.err")"
grep -q 'hyperfine skipped: hyperfine is not in PATH; `ci/setup` installs it' "$tmp/missing.err" ||
    bad "how to get it is not said: $(cat "$tmp/missing.err")"
grep -q 'hyperfine .*no .*`ci/setup` installs it' <<<"$missing" || bad "doctor: $missing"
mkdir "$tmp/bare"
cp "$build/plimsoll" "$build/plimsoll-cell" "$tmp/bare/" # a build without Google Benchmark
timeout 60 "$tmp/bare/plimsoll" run steady-reader --allocator glibc "${short[@]}" \
    --instrument gbench --out "$tmp/unbuilt" >"$tmp/unbuilt.txt" 2>"$tmp/unbuilt.err"
rc=$?
[ $rc -eq 0 ] && [ "$(values unbuilt status | xargs)" = skipped ] || bad "no gbench: exit $rc: $(cat "$tmp/unbuilt.err")"
grep -q 'gbench skipped: .* was not built: .*`ci/setup` installs Google Benchmark' "$tmp/unbuilt.err" ||
    bad "how to build it is not said: $(cat "$tmp/unbuilt.err")"

# Both, on two stacks: entries by stack, their own files beside, a report of it all.
both=hyperfine
$timed && both=gbench,hyperfine
command -v hyperfine >/dev/null || both=${both%hyperfine} both=${both%,}
[ -n "$both" ] || skip "neither Google Benchmark nor hyperfine is here"
stacks=null,slab
mkdir "$tmp/temporary"
export TMPDIR=$tmp/temporary
run 0 both steady-reader --allocator $stacks --set 'traffic.filter=udp port 5004 or udp' \
    --instrument "$both"
[ "$(values both status | sort -u)" = ok ] || bad "both: $(values both status | xargs): $(cat "$tmp/both.err")"
for file in $(grep -o '"instruments/[^"]*"' "$tmp/both/results.json" | tr -d '"'); do
    [ -s "$tmp/both/$file" ] || bad "$file is missing or empty"
done
[ "$(ls "$tmp/both/instruments" | wc -l)" -eq "$(grep -c '"instruments/' "$tmp/both/results.json")" ] ||
    bad "more is left than is named: $(ls "$tmp/both/instruments" | xargs)"
[ -z "$(ls "$tmp/temporary")" ] || bad "hyperfine's runs left a folder"
"$build/plimsoll" report "$tmp/both" >/dev/null 2>&1 || bad "report: exit $?"
if $timed; then
    # three sessions' windows: what the person set reaches the program
    [ "$(values both name | grep -c '^fifo_window/packet/207$')" -eq 2 ] || bad "windows: $(values both name | xargs)"
    [ "$(values both benchmarks_timed | xargs)" = '10 12' ] || bad "timed: $(values both benchmarks_timed | xargs)"
    for key in receiver_cpu_ns_per_packet replay_floor_cpu_ns_per_packet; do
        values both $key | awk '$1 < 20 || $1 > 100000 { exit 1 } END { exit NR != 2 }' ||
            bad "$key: $(values both $key | xargs)"
    done
    # below the floor is no stack: slab costs more than null in the same process
    paste <(values both receiver_cpu_ns_per_packet) <(values both replay_floor_cpu_ns_per_packet) | tail -n 1 |
        awk '{ exit !($1 > $2) }' || bad "slab costs nothing: $(values both receiver_cpu_ns_per_packet | xargs)"
    values both acquires_per_operation | awk '$1 < 1 || $1 > 3 { exit 1 } END { exit NR != 22 }' ||
        bad "acquires: $(values both acquires_per_operation | xargs)"
    grep -q 'fifo\\_window/packet/207 | [0-9.]* ([0-9.]*-[0-9.]*) | [0-9.]* (' "$tmp/both/report.md" ||
        bad "report.md has no table of benchmarks"
    grep -q 'hand\\_over[^|]* | skipped (.*one thread at a time' "$tmp/both/report.md" || bad "report.md: what was skipped"
    grep -q '<th scope="row">fifo_window/packet/207</th>' "$tmp/both/report.html" || bad "report.html has none"
    # plain output, as Google Benchmark's own tools read it
    grep -q '"library_build_type"' "$tmp"/both/instruments/*slab*.f32.json || bad "the plain JSON is not kept"
    [ "$(grep -c '"run_name"' "$tmp"/both/instruments/*gbench*slab*.memory.json)" -eq 12 ] || bad "the memory pass is not kept whole"
fi
if [[ $both = *hyperfine ]]; then
    # a trace takes neither format nor threads, and a program has no time of its own
    "$build/plimsoll" run scenarios/traffic/ffmpeg.trace --allocator glibc --instrument hyperfine --out "$tmp/trace" >"$tmp/out" 2>&1
    values trace median_seconds | grep -q . || bad "hyperfine of a trace: $(cat "$tmp/out")"
    if ! is_sanitized; then # what a program is run in can't be preloaded there
        "$build/plimsoll" run --duration 1s --instrument hyperfine --no-save -- sleep 9 >"$tmp/out" 2>&1
        grep -q 'hyperfine skipped: a program runs for its duration' "$tmp/out" || bad "hyperfine of a program: $(cat "$tmp/out")"
    fi
    values both median_seconds | awk '$1 < 0.001 || $1 > 30 { exit 1 } END { exit NR != 2 }' ||
        bad "hyperfine: $(values both median_seconds | xargs)"
    [ "$(values both runs | xargs)" = '7 7' ] || bad "runs: $(values both runs | xargs)"
    grep -q 'Under hyperfine' "$tmp/both/report.md" || bad "report.md says nothing of hyperfine"
fi

# A heap that crashes fails its row; the stack behind it is well.
if $timed && ! is_sanitized && command -v cc >/dev/null; then
    cat >"$tmp/crash.c" <<'END'
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
extern void *__libc_malloc(size_t size);
void *malloc(size_t size)
{
    static int calls;
    if (calls++ == 200 && strcmp(program_invocation_short_name, "plimsoll-gbench") == 0)
        abort();
    return __libc_malloc(size);
}
END
    cc -shared -fPIC -O1 -o "$tmp/libcrash.so" "$tmp/crash.c" || bad "no crashing heap"
    run 1 crash steady-reader --allocator "preload:path=$tmp/libcrash.so,glibc" --instrument gbench
    [ "$(values crash status | xargs)" = "failed ok" ] || bad "a crash: $(values crash status | xargs)"
    grep -q 'gbench failed with preload.*plimsoll-gbench failed (signal 6)' "$tmp/crash.err" || bad "a crash: $(cat "$tmp/crash.err")"
    [ "$(values crash outcome | xargs)" = "bounded bounded" ] || bad "a crash: cells $(values crash outcome | xargs)"
fi
# A hyperfine that fails, or leaves nothing, a part, or something else: its row, and no other.
fake() { # NAME PATTERN BODY: what happens with a hyperfine whose script is BODY
    printf '#!/bin/sh\n%s\n' "$3" >"$tmp/path/hyperfine"
    chmod +x "$tmp/path/hyperfine"
    PATH=$tmp/path:$PATH_WHOLE run 1 "$1" steady-reader --allocator glibc --instrument hyperfine
    [ "$(values "$1" status | xargs)" = failed ] || bad "$1: $(values "$1" status | xargs)"
    grep -Eq "hyperfine failed with glibc: .*$2" "$tmp/$1.err" || bad "$1: $(cat "$tmp/$1.err")"
}
export_to='while [ "$1" != --export-json ]; do shift; done'
fake exits 'hyperfine failed \(exit code 9\): no such thing' 'echo no such thing >&2; exit 9'
[ -s "$tmp"/exits/instruments/*.log ] || bad "what a failing hyperfine said is not kept"
fake silent "can't read .*json: No such file" 'exit 0'
fake cut 'json:1: no whole JSON' "$export_to; printf '{\"results\": [' >\"\$2\""
fake odd "no 'median' of 0 or more seconds" "$export_to; echo '{\"results\": [{\"mean\": 1, \"times\": [1, 1]}]}' >\"\$2\""

# With one thread and with two: hyperfine times each, gbench has threads of its own and runs once.
printf '#!/bin/sh\n%s; echo "%s" >"$2"\n' "$export_to" \
    '{\"results\": [{\"mean\": 1, \"stddev\": 0, \"median\": 1, \"min\": 1, \"max\": 1, \"times\": [1]}]}' >"$tmp/path/hyperfine"
PATH=$tmp/path:$PATH_WHOLE timeout 60 "$tmp/bare/plimsoll" run steady-reader --allocator glibc "${short[@]}" \
    --set threads=[1,2] --instrument gbench,hyperfine --out "$tmp/threads" >"$tmp/threads.txt" 2>"$tmp/threads.err"
[ $? -le 1 ] || bad "threads: $(cat "$tmp/threads.err")"
[ "$(values threads threads | xargs)" = "1 2 1 1 2" ] || bad "threads: $(values threads threads | xargs)"
[ "$(values threads status | xargs)" = "skipped ok ok" ] || bad "threads: $(cat "$tmp/threads.err")"
[ "$(grep '"command"' "$tmp/threads/results.json" | grep -o 'threads=[12]' | xargs)" = "threads=1 threads=2" ] ||
    bad "threads: $(grep '"command"' "$tmp/threads/results.json")"

# Nowhere to put its runs.
TMPDIR=$tmp/no/such run 1 nowhere steady-reader --allocator glibc --instrument hyperfine
grep -q "hyperfine failed with glibc: can't make the folder .*no/such" "$tmp/nowhere.err" || bad "nowhere: $(cat "$tmp/nowhere.err")"

finish
