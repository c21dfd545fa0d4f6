#!/usr/bin/env bash
# plimsoll list --classes: what it prints is pasted into a scenario, and the slab that serves it does what
# was said: so many blocks fall back.
# test_classes.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../cell/tests/slow.sh
. "$(dirname "$0")/../../cell/tests/slow.sh"
needs jq
cd "$tmp" || exit 1

"$build/plimsoll" record --out my.trace -- jq -n '[range(5000) | {a: ., b: "\(.)"}] | map(.a) | add' >/dev/null 2>record.err ||
    bad "nothing was recorded: $(cat record.err)"
"$build/plimsoll" list --classes my.trace >classes.yaml 2>err || bad "no classes: $(cat err)"
grep -qE '^# fits: [0-9.]+ % of requests' classes.yaml || bad "what fits is not told: $(cat classes.yaml)"
grep -qE '^# lost: [0-9]+ B by rounding up' classes.yaml || bad "what is lost is not told: $(cat classes.yaml)"
count=$(grep -cE '^  b[0-9]+: \{size: [0-9]+B\}' classes.yaml)
[ "$count" -ge 1 ] && [ "$count" -le 7 ] || bad "$count classes"
fallen=$(sed -nE 's/^# falls back to the heap: ([0-9]+) requests.*/\1/p' classes.yaml)

scenario() { # NAME: with what stands on stdin
    {
        printf 'name: %s\ntitle: Classes\npipeline: trace\ntrace: {file: my.trace}\n' "$1"
        printf 'duration: 1s\nallocators: [slab]\nexpect: []\n'
        cat
    } >"$1.yaml"
    "$build/plimsoll" validate "$1.yaml" >out 2>&1 || bad "$1 is no scenario: $(cat out)"
    "$build/plimsoll" run "$1.yaml" --out "$1" --set trace.speed=1000 >out 2>err || bad "$1 does not run: $(cat err)"
}
scenario pasted <classes.yaml
[ "$(jq '.cells[0].metrics.fallback_allocations' pasted/results.json)" = "${fallen:-0}" ] ||
    bad "$(jq '.cells[0].metrics.fallback_allocations' pasted/results.json) fell back, not ${fallen:-0}"

# The pool that is proposed is a stack that serves the trace.
pool=$(sed -nE 's/^# as a pool: //p' classes.yaml)
"$build/plimsoll" run my.trace --allocator "$pool" --out pool >out 2>err || bad "$pool is no pool: $(cat err)"

refuses() { # TEXT ARGUMENT...
    local text=$1 code
    shift
    "$build/plimsoll" list "$@" >out 2>err
    code=$?
    [ $code -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -qF -- "$text" err || bad "list $*: $code, $(cat err)"
}
echo text >text
refuses "is not a trace" --classes text
refuses "can't be read" --classes no-such-file
refuses "--classes" --classes
head -c 100 my.trace >cut.trace
refuses "cut off" --classes cut.trace
finish
