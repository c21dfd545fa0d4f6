#!/usr/bin/env bash
# plimsoll record and plimsoll list: what a program asks of its heap is in its trace, however it ends,
# and it is none the worse for it.
# test_record.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"
record() { # WANTED_EXIT ARGUMENT...
    local wanted=$1
    shift
    "$build/plimsoll" record --out "$tmp/my.trace" "$@" >"$tmp/out" 2>"$tmp/err"
    local code=$?
    [ $code = "$wanted" ] || { bad "record $*: ended with $code, not $wanted" && cat "$tmp/err"; }
}
subject() { record 0 -- "$build/record-subject" "$@"; }
says() { grep -qF -- "$1" "$tmp/err" || { bad "it says nothing of '$1'" && cat "$tmp/err"; }; }
events() { "$build/plimsoll" list --events "${1:-$tmp/my.trace}"; }
listed() { "$build/plimsoll" list "${1:-$tmp/my.trace}"; }
count() { events "${2:-$tmp/my.trace}" | grep -cE -- "$1"; }
is() { [ "$2" = "$3" ] || bad "$1: $2, not $3"; }

# Each call of the API, in its order, with what was asked for; blocks as the program has them.
subject every-call
events | grep -E 'size=(100[0-9][0-9]|9223372036854775807|10005|10002|140737488355327)( |$)' |
    sed -E 's/^[0-9]+ [0-9]+ //; s/ (block|slot|old_block|touched_pages)=[0-9]+//g' >"$tmp/got"
cat >"$tmp/wanted" <<'END'
allocate size=10001
free size=10001
allocate size=10002 zeroed
free size=10002
allocate size=10003
resize old_size=10003 size=10004
resize old_size=10004 size=10005
resize old_size=10005 size=10006
free size=10006
allocate size=10007 alignment=256
free size=10007
allocate size=10048 alignment=64
free size=10048
allocate size=10009 alignment=1024
free size=10009
allocate size=10010 alignment=4096
free size=10010
allocate size=10011 alignment=4096
free size=10011
allocate size=10012
ask-size size=10012
free size=10012
allocate size=10013
refused size=140737488355327
free size=10013
allocate size=10014
free size=10014
allocate size=10015
free size=10015
trim size=10016
END
diff "$tmp/wanted" "$tmp/got" >"$tmp/diff" || { bad "not each call is there" && cat "$tmp/diff"; }

# Four threads that hand a block over at each event: none is out of order, none is lost.
subject swap 20000
is "swapped: allocations" "$(count 'allocate .* size=20001')" 80000
is "swapped: frees" "$(count 'free .* size=20001')" 80000
listed | grep -qE 'skipped|put right' && bad "swapped: $(listed | grep -E 'skipped|put right')"
is "swapped: threads" "$(listed | grep ^threads | grep -oE '[0-9]+')" 5

# Threads that come and go use each other's chunks.
subject threads 3000
is "short threads" "$(count 'allocate .* size=30001')" 3000
is "short threads: ended" "$(count ' end$')" 3000

subject touch
is "half of the pages" "$(events | grep -E 'free .* size=413696 ' | grep -oE 'touched_pages=[0-9]+' | head -1)" touched_pages=50
subject leave
is "half of what is there at the end" "$(events | grep -E ' touched .* size=249856 ' | grep -oE 'touched_pages=[0-9]+' | tail -1)" touched_pages=30
subject map
events | grep -E ' beside | size=50001' | sed -E 's/.* (beside bytes=[0-9]+|allocate|free).*/\1/' >"$tmp/got"
is "memory beside" "$(events | grep -A99 -m1 'beside bytes=' | grep -oE 'beside bytes=[0-9]+' | tail -2 | tr '\n' ' ')" \
    "beside bytes=$((base = $(events | grep -oE 'beside bytes=[0-9]+' | tail -1 | cut -d= -f2) + 524288)) beside bytes=$((base - 524288)) "

# However it ends.
subject status 7
says "exit status 7"
subject killed 1000
says "ended by signal 9"
is "killed: blocks" "$(count 'allocate .* size=40001')" 1000
subject crash 1000
says "ended by signal 11"
is "crashed: blocks" "$(count 'allocate .* size=40001')" 1000
subject close-all 1000
is "all descriptors closed: blocks" "$(count 'allocate .* size=40001')" 1000
# A process that tells only plimsoll to stop means the program (a terminal tells both).
env --default-signal=INT "$build/plimsoll" record --out "$tmp/my.trace" -- sleep 60 2>"$tmp/err" &
pid=$!
told=$(child_of $pid sleep) || bad "no program is recorded"
kill -INT $pid
for _ in $(seq 100); do
    kill -0 "$told" 2>/dev/null || break
    sleep 0.1
done
kill -KILL "$told" 2>/dev/null
wait $pid || bad "SIGINT: record ended with $?"
says "ended by signal 2"

# Killed itself, it leaves no program behind that nobody makes a trace of.
"$build/plimsoll" record --out "$tmp/my.trace" -- sleep 60 2>/dev/null &
pid=$!
told=$(child_of $pid sleep) || bad "no program is recorded"
kill -KILL $pid
wait $pid 2>/dev/null
for _ in $(seq 100); do
    kill -0 "$told" 2>/dev/null || break
    sleep 0.1
done
kill -KILL "$told" 2>/dev/null && bad "record was killed, and its program goes on"

# Its other processes, and what it executes.
subject fork 10
is "fork: the parent's blocks" "$(count 'allocate .* size=40001')" 10
is "fork: the child's in the parent's" "$(count 'allocate .* size=40002')" 0
says "1 process that it started is not recorded"
record 0 --children -- "$build/record-subject" fork 10
other=$(ls "$tmp"/my.trace.*)
is "fork: the child's own" "$(count 'allocate .* size=40002' "$other")" 10
rm -f "$tmp"/my.trace.*
subject exec 10
is "exec: of the program before" "$(count 'allocate .* size=40002')" 0
is "exec: of what was executed" "$(count 'allocate .* size=40001')" 10
record 0 --children -- "$build/record-subject" exec 10
is "exec: of the program before, apart" "$(count 'allocate .* size=40002' "$(ls "$tmp"/my.trace.*)")" 3
rm -f "$tmp"/my.trace.*

# Under other heaps, where they are.
for heap in jemalloc tcmalloc mimalloc; do
    "$build/plimsoll" list allocators | grep -A3 "^$heap " | grep -q 'not here' && continue
    record 0 --allocator $heap -- "$build/record-subject" swap 2000
    is "$heap: allocations" "$(count 'allocate .* size=20001')" 8000
    listed | grep -q "^heap .*$heap" || bad "$heap: $(listed | grep ^heap)"
done

# As a scenario says, in its container.
cat >"$tmp/my.yaml" <<END
name: held
title: A program that holds blocks
pipeline: program
program: {command: [$build/record-subject, rest, "1000"], ready: 100ms}
duration: 1s
allocators: [glibc]
container: 64MiB
expect: []
END
record 0 "$tmp/my.yaml"
is "a scenario: blocks" "$(count 'allocate .* size=400( |$)')" 1000
listed | grep -q "^command .*record-subject rest 1000" || bad "$(listed | grep ^command)"
record 0 --duration 1s -- "$build/plimsoll-guest" hold 1
says "ended: stopped after its duration of 1 s"
# Stopped before its time, as from a terminal: what it did until then is kept.
env --default-signal=INT "$build/plimsoll" record --out "$tmp/my.trace" --duration 60s \
    -- "$build/plimsoll-guest" hold 1 2>"$tmp/err" &
pid=$!
sleep 3
kill -INT $pid
wait $pid || bad "a scenario, stopped: record ended with $?"
says "ended: stopped by SIGINT"
is "a scenario, stopped: blocks" "$(count 'allocate .* size=1048576( |$)')" 1
# A script that puts a heap of its own first: nothing of the program is seen.
ahead=$build/harness/cell/tests/libplimsoll-guest-malloc.so
record 3 -- sh -c "LD_PRELOAD=$ahead:\$LD_PRELOAD exec $build/record-subject status 7"
says "expected \`--allocator preload:path=$ahead\`"
record 0 --duration 1s -- sh -c "LD_PRELOAD=$ahead:\$LD_PRELOAD exec $build/plimsoll-guest hold 16"
says "plimsoll-guest is not recorded: it held 16"
record 2 steady-reader
record 2 "$tmp/no-such.yaml"

# What is resident of the heap is told from the rest: 4 MB of 33.
record 0 -- "$build/record-subject" fill 100
[ "$(listed | sed -n 's/^RSS peak *\([0-9]*\).*/\1/p')" -gt 33000000 ] || bad "resident: $(listed | grep '^RSS')"
heap=$(events | sed -n 's/.* rss bytes=\([0-9]*\) beside=\([0-9]*\)/\1 \2/p' | awk '{ d = $1 - $2 } d > most { most = d } END { print most + 0 }')
[ "$heap" -ge 4000000 ] && [ "$heap" -le 4500000 ] || bad "resident of the heap: $heap B"

# Who asked.
record 0 --sites -- "$build/record-subject" hold 100
listed >"$tmp/listed"
grep -A1 '4000100 B in 100 blocks, 4000100 B live' "$tmp/listed" | grep -q 'record-subject+0x' || bad "no call site"
record 0 --sites=stack -- "$build/record-subject" hold 100
listed >"$tmp/listed"
grep -A1 '4000100 B in 100 blocks, 4000100 B live' "$tmp/listed" | grep -q 'record-subject+0x' || bad "no call site of a stack"
# By function, through code without frame pointers; of a file that is another by now no more.
cp "$build/record-subject" "$tmp/subject"
record 0 --sites=stack -- "$tmp/subject" sort
listed | sed -n '/^at the peak/,$p' >"$tmp/peak"
grep -qE '^  [0-9]+ B in [0-9]+ blocks, [0-9.]+ %  hold$' "$tmp/peak" || bad "who holds the peak: $(cat "$tmp/peak")"
for frame in 'hold_and_compare (record_subject.c:' qsort 'hold_in_sort (record_subject.c:' 'main (record_subject.c:'; do
    grep -E "^    " "$tmp/peak" | grep -qF "$frame" || bad "$frame is not in the chain: $(cat "$tmp/peak")"
done
record 0 --children --sites=stack -- "$tmp/subject" fork 10
for trace in "$tmp"/my.trace*; do
    listed "$trace" >"$tmp/listed"
    grep -qE '^  4000[0-9]+ B in 10 blocks, .* %  hold$' "$tmp/listed" || bad "${trace##*/}: who holds the peak: $(cat "$tmp/listed")"
done
rm -f "$tmp"/my.trace.*
record 0 --sites=stack -- "$tmp/subject" sort
touch "$tmp/subject"
listed | sed -n '/^at the peak/,$p' >"$tmp/peak"
grep -q 'subject+0x' "$tmp/peak" || bad "a file that was changed is believed"

# One that never allocates.
record 0 -- true
is "nothing: allocations" "$(count '1 allocate')" "$(events | grep -c allocate)"

# What can't be recorded leaves no trace; its output and status are its own.
rm -f "$tmp/my.trace"
record 3 -- "$build/interpose-static" 3
says "can't be recorded"
says "is recorded so far" # while it still runs
record 2 -- "$tmp/no-such-program"
record 2 --out
record 2 --out "$tmp/no-such-folder/my.trace" -- touch "$tmp/it-ran"
[ ! -e "$tmp/it-ran" ] || bad "a program was run whose trace has nowhere to go"
record 3 -- bash -c "ulimit -v 1000000; exec '$build/record-subject' hold 10"
says "could not be recorded"
record 2 --no-such-option -- true
[ ! -e "$tmp/my.trace" ] || bad "a trace of nothing"
record 0 -- sh -c 'echo out; echo err >&2'
is "its output" "$(cat "$tmp/out")" out
grep -qx err "$tmp/err" || bad "its stderr is not its own"
record 2 --allocator limited:max=1MiB/glibc -- true

# Room for half of what it asks for, and for less than its first chunks: the program goes on, and the trace is
# whole up to there. No room for anything: nothing is run.
mkdir "$tmp/small"
for room in 8m 3m; do
    mount -t tmpfs -o size=$room none "$tmp/small" 2>/dev/null || break
    TMPDIR=$tmp/small subject swap 200000
    says "the recording ended before the program did"
    listed >"$tmp/listed" || bad "$room: what was recorded until then can't be read"
    grep -q '^cut short' "$tmp/listed" || bad "$room: a list that does not tell of it"
    [ -z "$(ls "$tmp/small")" ] || bad "$room: left $(ls "$tmp/small")"
    umount "$tmp/small"
done
if mount -t tmpfs -o size=256k none "$tmp/small" 2>/dev/null; then
    TMPDIR=$tmp/small record 3 -- touch "$tmp/it-ran"
    says "No space left on device"
    [ ! -e "$tmp/it-ran" ] || bad "a program was run whose recording has no room"
    umount "$tmp/small"
fi

# What is no trace, or no longer.
subject hold 10
head -c 300 "$tmp/my.trace" >"$tmp/cut"
"$build/plimsoll" list "$tmp/cut" >"$tmp/out" 2>"$tmp/err"
is "cut off: exit" $? 2
says "cut off"
is "cut off: lines" "$(wc -l <"$tmp/err")" 1
printf 'no trace, but text of some length' >"$tmp/text"
for file in text no-such-file .; do
    "$build/plimsoll" list "$tmp/$file" >"$tmp/out" 2>"$tmp/err"
    is "$file: exit" $? 2
    is "$file: lines" "$(wc -l <"$tmp/err")" 1
done
finish
