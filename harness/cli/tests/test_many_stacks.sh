#!/usr/bin/env bash
# Reports, comparisons and histories of thousands of stacks: their CPU time grows with the stacks, not
# with their square, and the pages keep their bounds.     test_many_stacks.sh BUILD_FOLDER [MOST_SECONDS]
# CPU time and a wide ratio, so that a busy machine fails nothing: the square would be 16 times.
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"
most=${2:-}
needs jq
few=1250 many=5000
# cpu FILE ARGS...: CPU milliseconds of a command, its children included
cpu() {
    local TIMEFORMAT='%U %S' file=$1 rc
    shift
    { time timeout 60 "$build/plimsoll" "$@" >"$tmp/stdout" 2>"$tmp/stderr"; } 2>"$tmp/time"
    rc=$?
    [ $rc -eq 0 ] || bad "plimsoll $*: exit $rc: $(tail -1 "$tmp/stderr")"
    awk '{ printf "%d\n", ($1 + $2) * 1000 }' "$tmp/time" >"$file"
}
# grows WHAT [BOUND]: `many` takes at most 8 times what `few` does, and no more seconds than the bound
grows() {
    local a b most=${2:-}
    a=$(cat "$tmp/few.$1") b=$(cat "$tmp/many.$1")
    echo "$1: $few stacks $a ms, $many stacks $b ms of CPU"
    [ "$b" -le $((8 * a + 200)) ] || bad "$1: $b ms for four times the stacks of $a ms"
    [ -z "$most" ] || [ "$b" -le $((most * 1000)) ] || bad "$1: $b ms; expected at most $most s"
}
for which in few many; do
    harness/report/tests/many_cells.sh "$tmp/$which" 1 "${!which}"
    cpu "$tmp/$which.report" report "$tmp/$which"
    cpu "$tmp/$which.compare" compare "$tmp/$which" "$tmp/$which" --out "$tmp/$which"
    cpu "$tmp/$which.add" history --add "$tmp/$which" --file "$tmp/$which.jsonl" --commit c0
    sed 's/2026-01-01T/2026-01-02T/' "$tmp/$which.jsonl" >"$tmp/again"
    cat "$tmp/again" >>"$tmp/$which.jsonl"
    cpu "$tmp/$which.history" history scenario-00 --file "$tmp/$which.jsonl"
    cpu "$tmp/$which.before" report "$tmp/$which" --baseline "$tmp/$which" --history "$tmp/$which.jsonl"
    size=$(stat -c %s "$tmp/$which/report.html")
    [ "$size" -le $((3 << 20)) ] || bad "report.html of ${!which} stacks before and after has $size bytes"
    size=$(stat -c %s "$tmp/$which/report.md")
    [ "$size" -le 65000 ] || bad "report.md of ${!which} stacks has $size bytes"
done
grows report "$most"
for what in compare add history before; do
    grows "$what"
done
grep -q "of $many rows left out here: report.json has them all" "$tmp/many/report.html" ||
    bad "the page does not say what it leaves out"
[ "$(jq '.scenarios[0].rows | length' "$tmp/many/report.json")" -eq $many ] || bad "report.json lacks rows"
finish
