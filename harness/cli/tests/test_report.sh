#!/usr/bin/env bash
# `plimsoll report` as a person and a CI service meet it: its files, --baseline, --history, and every
# way to get them wrong.     test_report.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"
export XDG_STATE_HOME=$tmp/state
reports=(report.html report.md report.json junit.xml)
# fails PATTERN ARGS...: and leaves no report that was not there or is another
fails() {
    local before
    before=$(cksum "${reports[@]/#/$tmp/new/}" 2>&1)
    refuses "$@"
    [ "$(cksum "${reports[@]/#/$tmp/new/}" 2>&1)" = "$before" ] || bad "plimsoll $*: touched a report"
    [ -z "$(find "$tmp" -name '*.tmp')" ] || bad "plimsoll $*: left $(find "$tmp" -name '*.tmp')"
}
# 1: a sanitizer's build uses more memory than the scenario expects
plimsoll run steady-reader --set duration=5s --set container=none --allocator glibc,limited --repeat 2 \
    --out "$tmp/new" >/dev/null 2>"$tmp/stderr"
[ $? -le 1 ] || bad "run: $(cat "$tmp/stderr")"
mkdir "$tmp/base"
cp -r "$tmp/new/series" "$tmp/base"
sed -E 's/"live_bytes_peak": /&1/' "$tmp/new/results.json" >"$tmp/base/results.json"

# usage
fails "expected one of results" report
fails "expected one of results" report a b
fails "unknown option of report: --bogus; expected --baseline, --history" report "$tmp/new" --bogus
fails "--baseline has no value" report "$tmp/new" --baseline
fails "--history has no value" report "$tmp/new" --history

# a report of one run
plimsoll report "$tmp/new" >"$tmp/stdout" 2>"$tmp/stderr" || bad "report: $(cat "$tmp/stderr")"
for name in "${reports[@]}"; do
    [ -s "$tmp/new/$name" ] || bad "no $name"
    grep -q "${name#*.}" "$tmp/stdout" || bad "$name is not named: $(cat "$tmp/stdout")"
done
if command -v xmllint >/dev/null; then
    xmllint --noout "$tmp/new/junit.xml" || bad "junit.xml is not well-formed"
fi
[ "$(grep -c '<testcase ' "$tmp/new/junit.xml")" -eq 4 ] || bad "not a case a cell: $(cat "$tmp/new/junit.xml")"
grep -q '<testsuite name="steady-reader" tests="4" ' "$tmp/new/junit.xml" || bad "no suite: $(cat "$tmp/new/junit.xml")"
grep -q '"report_version": 1' "$tmp/new/report.json" || bad "report.json has no version"
! grep -q 'Before and after' "$tmp/new/report.md" || bad "before and after without a baseline"

# a picture of the same results is not drawn again, one of others is
pictures() { stat -c '%n %i %y' "$tmp"/new/plots/*.svg; }
drawn=$(pictures)
plimsoll report "$tmp/new" >/dev/null 2>"$tmp/stderr" || bad "report, again: $(cat "$tmp/stderr")"
[ "$(pictures)" = "$drawn" ] || bad "pictures of the same results were drawn again: $drawn; $(pictures)"
cp "$tmp/new/series/"*glibc*r0.csv "$tmp/kept.csv"
sed -i '$d' "$tmp/new/series/"*glibc*r0.csv
plimsoll report "$tmp/new" >/dev/null 2>"$tmp/stderr" || bad "report, another series: $(cat "$tmp/stderr")"
[ "$(pictures | diff - <(echo "$drawn") | grep -c '^< ')" -eq 1 ] || bad "not one picture of the other series: $(pictures)"
cp "$tmp/kept.csv" "$(echo "$tmp/new/series/"*glibc*r0.csv)"

# many pictures are shared out among processes, which changes none; where one of them can't, the whole fails
draws() { "${@:2}" /usr/bin/python3 -E -s -B plots/plot.py "$tmp/many" --out "$tmp/$1" 2>"$tmp/stderr"; }
mkdir "$tmp/many"
cp -r "$tmp/new/series" "$tmp/many"
/usr/bin/python3 - "$tmp" <<'END' || bad "no results of many scenarios"
import json, sys
document = json.load(open(f"{sys.argv[1]}/new/results.json"))
document["cells"] = [cell | {"scenario": f"s{i}"} for i in range(20) for cell in document["cells"]]
json.dump(document, open(f"{sys.argv[1]}/many/results.json", "w"))
END
draws shared env || bad "shared: $(cat "$tmp/stderr")"
draws alone taskset -c "$(taskset -pc $$ | sed 's/.*: //; s/[-,].*//')" || bad "alone: $(cat "$tmp/stderr")"
[ "$(find "$tmp/shared" -name '*.svg' | wc -l)" -eq 40 ] || bad "not two pictures a scenario: $(ls "$tmp/shared")"
diff -r "$tmp/shared" "$tmp/alone" >/dev/null || bad "another picture where processes share: $(diff -rq "$tmp/shared" "$tmp/alone")"
mkdir -p "$tmp"/barred/s{0..19}-f32.svg
draws barred env && bad "a picture that can't be written is no failure"
grep -q '^plot.py: .*Is a directory$' "$tmp/stderr" || bad "barred: $(cat "$tmp/stderr")"
! grep -v '^plot.py: ' "$tmp/stderr" || bad "barred says more than that"

# a run that left the stated conditions is skipped, with the reason, and listed
plimsoll run steady-reader --set duration=5s --set container=none --set limits.packets=1MiB --allocator limited \
    --out "$tmp/left" >/dev/null 2>&1
plimsoll report "$tmp/left" >/dev/null 2>&1 || bad "report of other conditions"
grep -q '<skipped message="[^"]*leaves the stated conditions' "$tmp/left/junit.xml" || bad "not skipped: $(cat "$tmp/left/junit.xml")"
grep -q '^- \*\*not checked\*\*: steady-reader .* leaves the stated conditions' "$tmp/left/report.md" ||
    bad "what was not checked is not listed"

# with a baseline: what changed stands there, what is the same is counted
plimsoll report "$tmp/new" --baseline "$tmp/base" >/dev/null 2>"$tmp/stderr" || bad "--baseline: $(cat "$tmp/stderr")"
[ "$(grep -c '^| steady-reader .* | better | `live_bytes_peak` (D)' "$tmp/new/report.md")" -eq 2 ] ||
    bad "what changed is not in report.md: $(grep -n '^| ' "$tmp/new/report.md")"
grep -q '^!\[steady-reader glibc f32: resident memory before and after[^]]*](plots/before-1.svg)' "$tmp/new/report.md" || bad "no picture is linked"
[ -s "$tmp/new/plots/before-1.svg" ] || bad "no picture of what changed"
grep -q 'not run side by side as pairs' "$tmp/new/report.md" || bad "what can't be told has no reason"
grep -q '<section id="before" data-view="before">' "$tmp/new/report.html" || bad "no section in report.html"
grep -q '"gate_fails": false' "$tmp/new/report.json" || bad "report.json does not say whether the gate fails"
for damage in 's/"schema_version": 1/"schema_version": 9/' 's/"scenario": "/"scenario": "other-/' \
    's/"compiler": "[^"]*"/"compiler": "another"/' 's/"cells": \[/"cells": /'; do
    mkdir -p "$tmp/bad"
    sed -E "$damage" "$tmp/base/results.json" >"$tmp/bad/results.json"
    fails 'schema_version is 9|bad: the two have no cell in common|bad: nothing can be compared: compiler differs|no whole JSON' \
        report "$tmp/new" --baseline "$tmp/bad"
done
fails "nowhere: no results.json in it" report "$tmp/new" --baseline "$tmp/nowhere"

# with a history
fails "nowhere: No such file" report "$tmp/new" --history "$tmp/nowhere"
echo '{"history_version": 9}' >"$tmp/history.jsonl"
fails_history=$(plimsoll report "$tmp/new" --history "$tmp/history.jsonl" 2>&1)
[ $? -eq 2 ] || bad "a history without a run that can be read: $fails_history"
rm "$tmp/history.jsonl"
for i in 1 2 3; do
    sed "s/\"started\": \"[^\"]*\"/\"started\": \"2020-01-0${i}T00:00:00Z\"/; s/\"live_bytes_peak\": /&$((i / 3 + 1))/" \
        "$tmp/new/results.json" >"$tmp/bad/results.json"
    plimsoll history --add "$tmp/bad" --file "$tmp/history.jsonl" --commit "c$i" >/dev/null || bad "history --add"
done
plimsoll report "$tmp/new" --history "$tmp/history.jsonl" >/dev/null 2>"$tmp/stderr" || bad "--history: $(cat "$tmp/stderr")"
grep -q '^- steady-reader glibc `live_bytes_peak` at c3, 2020-01-03T00:00:00Z: .*, exact$' "$tmp/new/report.md" ||
    bad "no change over the runs: $(grep -n 'at c' "$tmp/new/report.md")"
grep -q '▁▁█' "$tmp/new/report.md" || bad "no line over the runs"
grep -q '<section id="past" data-view="past">' "$tmp/new/report.html" || bad "no history in report.html"

# it stays when the report is written again, and costs none when its file has gone
plimsoll report "$tmp/new" --baseline "$tmp/base" >/dev/null 2>"$tmp/stderr" || bad "--baseline after --history: $(cat "$tmp/stderr")"
grep -q '<section id="past" data-view="past">' "$tmp/new/report.html" || bad "--baseline: the history is lost in report.html"
grep -q '<section id="before" data-view="before">' "$tmp/new/report.html" || bad "--baseline after --history: no section of it"
grep -q '▁▁█' "$tmp/new/report.md" || bad "--baseline: the history is lost in report.md"
mv "$tmp/history.jsonl" "$tmp/away.jsonl"
plimsoll report "$tmp/new" >/dev/null 2>"$tmp/stderr" || bad "a history that has gone: $(cat "$tmp/stderr")"
grep -q "^plimsoll: warning: the last report's history is left out: .*history.jsonl: No such file.*; expected --history FILE$" "$tmp/stderr" ||
    bad "a history that has gone is not told: $(cat "$tmp/stderr")"
! grep -q 'id="past"' "$tmp/new/report.html" || bad "a history that has gone is shown"

grep -q '^Noise of this host: not measured' "$tmp/new/report.md" || bad "no word on this host's noise"

# no colour in a pipe
! plimsoll compare "$tmp/base" "$tmp/new" --out "$tmp/base" | grep -q $'\033' || bad "colour in a pipe"

finish
