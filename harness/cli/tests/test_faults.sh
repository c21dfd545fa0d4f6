#!/usr/bin/env bash
# `plimsoll faults` on a program whose every allocation, when it is refused, ends in a known way.
#   test_faults.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../cell/tests/slow.sh
. "$(dirname "$0")/../../cell/tests/slow.sh"
needs jq
cp "$build/plimsoll-faults-guest" "$tmp/guest"
guest=$tmp/guest
# What hangs is not ready within 2 s; what does not is so at once, however busy the machine is.
ready=(--duration 1s --ready output:ready --set program.ready_within=2s)

# walk NAME CODE ARGUMENT...: output in NAME.out and NAME.err
walk() {
    local name=$1 code=$2 rc left
    shift 2
    plimsoll faults "$@" >"$name.out" 2>"$name.err"
    rc=$?
    [ $rc -eq "$code" ] || bad "$name: exit $rc, not $code: $(cat "$name.out" "$name.err")"
    left=$(find /proc -maxdepth 2 -path '/proc/[0-9]*/exe' -lname "$guest" 2>/dev/null)
    [ -z "$left" ] || bad "$name: still there: $left"
    [ -z "$(ls -A "$TMPDIR")" ] || bad "$name: left in the temporary folder: $(ls -A "$TMPDIR")"
}

holds() { # NAME FILTER
    jq -e "$2" "$1.out" >/dev/null || bad "$1: $2 is not so: $(jq -c . "$1.out")"
}

fits() { # NAME: its document the schema
    local why
    why=$("$build/plimsoll-fits" "$tree/results/faults.schema.json" <"$1.out") || bad "$1: $why"
}

tells() { # NAME TEXT: on stdout
    grep -qF -- "$2" "$1.out" || bad "$1: no word of '$2': $(cat "$1.out")"
}

refuses() { # NAME TEXT ARGUMENT...: exit 2, one line on stderr, nothing on stdout
    local name=$1 text=$2
    shift 2
    walk "$name" 2 "$@"
    grep -qF -- "$text" "$name.err" || bad "$name: no word of '$text': $(cat "$name.err")"
    [ "$(wc -l <"$name.err")" -eq 1 ] || bad "$name: not one line: $(cat "$name.err")"
    [ ! -s "$name.out" ] || bad "$name: something on stdout: $(cat "$name.out")"
}

# --- each fate, at the call that is known for it
walk serve 1 --json "${ready[@]}" -- "$guest"
watched=$(jq .reference.processes_watched serve.out)
[ ! -s serve.err ] || [ "$watched" = false ] || bad "serve: $(cat serve.err)"
holds serve '.reference | .allocating_calls == 7 and .allocating_calls_before_ready == 4 and (has("exit_status") | not)'
fits serve
holds serve '[.runs[].call] == [1, 2, 3, 4, 5, 6, 7] and .runs_asked == 7'
holds serve '[.runs[].outcome] == ["survived", "exited", "crashed", "hung", "crashed", "crashed", "survived"]'
holds serve '.runs[1].exit_status == 3 and .runs[3].how == "never ready"'
holds serve '[.runs[] | .signal // empty] == [11, 6, 6]'
holds serve '[.runs[].size_bytes] == [24, 25, 26, 27, 28, 29, 24]'
holds serve ".runs | all(.object == \"$guest\")"
holds serve '.runs[0].offset == .runs[6].offset and ([.runs[].offset] | unique | length) == 6'
holds serve '.outcomes == {crashed: 3, hung: 1, exited: 1, survived: 2, not_reached: 0}'
# The functions, by addr2line or by the symbols alone.
sites='["survive", "give_up", "write_to_null", "wait_for_ever", "abort_if_refused", "break_the_end", "survive"]'
holds serve "[.runs[].function] == $sites"
# without addr2line
mkdir bare
(PATH=$tmp/bare exec "$tmp/bin/plimsoll" faults --json --count 1 "${ready[@]}" -- "$guest") >bare.out 2>bare.err
holds bare '.runs[0].function == "survive" and (.runs[0] | has("source") | not)'
# A stripped one has no name for it, and is given none of a neighbour's.
if command -v strip >/dev/null; then
    cp "$guest" stripped && strip stripped
    walk stripped 0 --json --count 1 "${ready[@]}" -- ./stripped
    fits stripped
    holds stripped '.runs[0].outcome == "survived" and (.runs[0] | has("function") | not)'
fi
# the command that makes the same happen again
again=$(jq -r ".runs[4].reproduce" serve.out)
(PATH=$tmp/bin:$PATH && eval "${again/run/run --out again}") >again.out 2>again.err
[ $? -eq 1 ] || bad "again: what crashed does not crash again: $(cat again.out again.err)"
jq -e '.cells[0].outcome == "crashed"' again/results.json >/dev/null || bad "again: $(cat again.out)"

# --- for a person
walk text 1 "${ready[@]}" -- "$guest"
tells text '7 allocating calls, 4 of them before it is ready'
tells text 'hung: never ready'
[ "$(tail -n 1 text.out)" = "of 7 injected failures it survived 2, ended with an error 1, crashed at 3, hung at 1" ] ||
    bad "text: $(tail -n 1 text.out)"
[ "$(sed -n 2p text.out | grep -c 'crashed by SIGSEGV .*call 3 .*write_to_null')" -eq 1 ] || bad "text: $(cat text.out)"
grep -Eq '^  survived +call 1, 7 +survive ' text.out || bad "text: one call site is not one line: $(cat text.out)"

# --- a worker that crashes, and whose master goes on
if [ "$watched" = true ]; then
    walk worker 1 --json "${ready[@]}" -- "$guest" supervise
    fits worker
    holds worker '[.runs[].outcome] == ["survived", "crashed"]'
    holds worker '.runs[1] | .signal == 11 and .process == "guest" and .function == "write_to_null"'
    walk workers 1 "${ready[@]}" -- "$guest" supervise
    grep -Eq '^  crashed by SIGSEGV in guest +call 2 ' workers.out || bad "workers: $(cat workers.out)"
else
    echo "left out: no program may be traced here, so that no worker is seen"
fi

# --- which calls, and programs that end by themselves
walk steps 0 --json --count 5 -- "$guest" many
holds steps '[.runs[].call] == [1, 26, 51, 76, 101] and .reference.exit_status == 0'
holds steps '.outcomes.survived == 5'
walk one 0 --json --count 1 -- "$guest" many
fits one
holds one '[.runs[].call] == [1]'
walk forget 0 --count all -- "$guest" forget "$tmp/mark"
[ "$(tail -n 1 forget.out)" = "of 2 injected failures it survived 2, ended with an error 0, crashed at 0; 2 more were not reached" ] ||
    bad "forget: $(cat forget.out)"

# --- a scenario, and a limit below the fault
cat >mine.yaml <<YAML
name: mine
title: a program of a scenario
pipeline: program
program: {command: [./guest], ready: "output:ready", ready_within: 2s}
duration: 1s
allocators: [glibc]
expect: []
YAML
walk scenario 0 --json --count 2 --allocator limited:max=8MiB/glibc mine.yaml
holds scenario '.scenario == "mine" and [.runs[].outcome] == ["survived", "survived"]'

# --- what can't be walked
refuses nosuch "there is no program './no-such'" -- ./no-such
refuses notexec "is not executable" -- "$tmp/mine.yaml"
refuses fail "ended with status 4 before it was ready; it printed last: no use" -- "$guest" fail
refuses sink "is ended by signal 11" -- "$guest" sink
refuses none "there is nothing to refuse" -- "$guest" none
refuses never "was not ready within 0.3 s" --ready output:no --set program.ready_within=300ms -- "$guest"
refuses nothing 'no program; expected `-- PROGRAM'
refuses other "runs no program; expected" steady-reader
refuses zero "--count 0 is out of range; expected 1 or more, or all" --count 0 -- "$guest"
refuses word "--count: 'few' is not a number in range" --count few -- "$guest"
refuses two "--allocator glibc,jemalloc is a list; expected one allocator" --allocator glibc,jemalloc -- "$guest"
refuses twice "stands once at most" --allocator fault:nth=1/glibc -- "$guest"
refuses out "expected no --out" --out x -- "$guest"

# --- stopped on its way, it tells what it has
"$tmp/bin/plimsoll" faults "${ready[@]}" --set duration=2s -- "$guest" >stopped.out 2>stopped.err &
walker=$!
sleep 6 # the reference takes 2 s, the first call as long, two end at once, and the fourth hangs for 2 s
kill -TERM $walker 2>/dev/null
wait $walker
[ $? -eq 143 ] || bad "stopped: not 143: $(cat stopped.err)"
grep -Eq '^of [1-6] injected failures? it survived .*; stopped before [1-6] more$' stopped.out || bad "stopped: $(cat stopped.out)"
finish
