#!/usr/bin/env bash
# `plimsoll history` as a person meets it: runs are added and read back, and what is wrong is said in
# one line while nothing is added.     test_history.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"
file=$tmp/history.jsonl
# fails PATTERN ARGS...: and leaves the history as it was
fails() {
    local before
    before=$(cksum "$file" 2>&1)
    refuses "$@"
    [ "$(cksum "$file" 2>&1)" = "$before" ] || bad "plimsoll $*: the history was changed"
}
# another START FOLDER: the same results, as if the run had begun at another time
another() {
    mkdir -p "$2"
    sed "s/\"started\": \"[^\"]*\"/\"started\": \"$1\"/" "$tmp/run/results.json" >"$2/results.json"
}
# 1: a sanitizer's build uses more memory than the scenario expects
plimsoll run steady-reader --set duration=5s --set container=none --allocator glibc,limited \
    --repeat 2 --out "$tmp/run" >/dev/null 2>"$tmp/err"
rc=$?
[ $rc -le 1 ] || bad "run: exit $rc: $(cat "$tmp/err")"

# usage
fails "expected SCENARIO, or --add DIR" history --file "$file"
fails "expected SCENARIO, or --add DIR" history a b --file "$file"
fails "expected SCENARIO, or --add DIR" history steady-reader --add "$tmp/run" --file "$file"
fails "with --add, which prints nothing" history --add "$tmp/run" --metric rss_bytes_peak --file "$file"
fails "--commit without --add; expected --add DIR --commit C" history steady-reader --commit c --file "$file"
fails "unknown option of history: --bogus; " history --bogus
fails "--add has no value; expected --add DIR" history --add
fails "1 to 100 characters" history --add "$tmp/run" --file "$file" --commit ""
fails "--commit has blanks" history --add "$tmp/run" --file "$file" --commit "a b"
fails "--commit has blanks" history --add "$tmp/run" --file "$file" --commit $'\xff'

# no history yet
fails "No such file or directory; .*history --add DIR" history steady-reader --file "$file"
[ ! -e "$file" ] || bad "a look made a history"

# added and read back
cp -r "$tmp/run" "$tmp/told"
sed -i -E 's/^( *"commit": )"[^"]*"/\1"told"/' "$tmp/told/results.json"
plimsoll history --add "$tmp/told" --file "$tmp/told.jsonl" >"$tmp/out" || bad "--add: exit $?"
grep -q 'commit told: 2 cells added to ' "$tmp/out" || bad "not the commit that the run says: $(cat "$tmp/out")"
plimsoll history --add "$tmp/run" --file "$file" --commit c0ffee >"$tmp/out" || bad "--add: exit $?"
grep -q 'commit c0ffee: 2 cells added to ' "$tmp/out" || bad "--add: $(cat "$tmp/out")"
fails "holds this run already" history --add "$tmp/run" --file "$file" --commit c0ffee
# as the last of the runs, so that the real one is the first
for i in 01 02 03; do
    another "2099-01-${i}T00:00:00Z" "$tmp/run$i"
    sed -i "s/\"live_bytes_peak\": /&${i#0}/" "$tmp/run$i/results.json"
    plimsoll history --add "$tmp/run$i" --file "$file" --commit "0$i" >/dev/null || bad "--add $i"
done
[ "$(wc -l <"$file")" -eq 4 ] || bad "four runs are not four lines"
plimsoll history steady-reader --file "$file" >"$tmp/out" 2>"$tmp/err" || bad "history: $(cat "$tmp/err")"
[ ! -s "$tmp/err" ] || bad "history: $(cat "$tmp/err")"
for metric in rss_bytes_peak cpu_ns_per_packet live_bytes_peak packets_dropped; do
    grep -q "^$metric (class [DSN]" "$tmp/out" || bad "no table of $metric: $(cat "$tmp/out")"
done
[ "$(grep -c '^glibc .* 4 ' "$tmp/out")" -eq 4 ] || bad "not four tables with four runs: $(cat "$tmp/out")"
grep -q '^- change: glibc at 003, 2099-01-03T00:00:00Z: .*, exact' "$tmp/out" ||
    bad "no exact change: $(cat "$tmp/out")"
plimsoll history steady-reader --file "$file" --metric live_bytes_peak --allocator limited >"$tmp/out" ||
    bad "--metric: exit $?"
grep -q '^limited ' "$tmp/out" || bad "--allocator: $(cat "$tmp/out")"
! grep -Eq '^glibc |cpu_ns' "$tmp/out" || bad "--metric, --allocator: $(cat "$tmp/out")"
(cd "$tmp" && mkdir results && cp "$file" results/ && plimsoll history steady-reader >/dev/null) ||
    bad "the default file: exit $?"

# what the history does not hold
fails "no run of 'nope' in the history; it holds steady-reader" history nope --file "$file"
fails "no run of 'steady-reader' has such a figure of slab; .*glibc, limited" \
    history steady-reader --allocator slab --file "$file"
fails "unknown metric rss; did you mean rss_bytes" history steady-reader --metric rss --file "$file"
fails "named twice" history steady-reader --metric faults_minor,faults_minor --file "$file"
fails "has such a figure" history steady-reader --metric time_to_oom_seconds --file "$file"
: >"$tmp/empty.jsonl"
fails "no runs in it" history steady-reader --file "$tmp/empty.jsonl"
head -c 100 "$file" >"$tmp/cut.jsonl"
fails "cut.jsonl:1: no whole JSON .*; no other runs" history steady-reader --file "$tmp/cut.jsonl"

# results that are none: nothing is added
mkdir "$tmp/none" "$tmp/bad"
fails "no results.json in it" history --add "$tmp/none" --file "$file"
fails "no results.json in it" history --add "$tmp/no-such-folder" --file "$file"
sed 's/"schema_version": 1/"schema_version": 2/' "$tmp/run/results.json" >"$tmp/bad/results.json"
fails "schema_version is 2" history --add "$tmp/bad" --file "$file"
head -c 3000 "$tmp/run/results.json" >"$tmp/bad/results.json"
fails "results.json:[0-9]+:[0-9]+: no whole JSON" history --add "$tmp/bad" --file "$file"
: >"$tmp/bad/results.json"
fails "no whole JSON" history --add "$tmp/bad" --file "$file"
fails "can't add to .*: No such file" history --add "$tmp/run" --file "$tmp/nowhere/h.jsonl"
fails "can't add to .*: Is a directory" history --add "$tmp/run" --file "$tmp/none"
fails "not a regular file" history --add "$tmp/run" --file /dev/null --commit c

# a crash cut the last line: the next run begins on a line of its own
printf '{"history_version":1,"star' >>"$file"
another 2099-02-01T00:00:00Z "$tmp/later"
plimsoll history --add "$tmp/later" --file "$file" --commit 05 >/dev/null || bad "after a crash: exit $?"
plimsoll history steady-reader --file "$file" >"$tmp/out" 2>"$tmp/err" || bad "after a crash: $(cat "$tmp/err")"
grep -q 'history.jsonl:5: no whole JSON .*; the line is skipped' "$tmp/err" || bad "a cut line: $(cat "$tmp/err")"
[ "$(wc -l <"$tmp/err")" -eq 1 ] || bad "a cut line: $(cat "$tmp/err")"
[ "$(grep -c '^glibc .* 5 ' "$tmp/out")" -eq 4 ] || bad "not five runs: $(cat "$tmp/out")"

# the commit, unasked: that of the sources where they are a git tree
another 2099-03-01T00:00:00Z "$tmp/own"
plimsoll history --add "$tmp/own" --file "$file" >"$tmp/out" || bad "--add without a commit: exit $?"
commit=unknown
if [ -e "$tree/.git" ]; then
    commit=$(git rev-parse HEAD 2>/dev/null || echo unknown)
    [ "$commit" = unknown ] || git diff --quiet HEAD || commit+=-dirty
fi
grep -q ", commit $commit: " "$tmp/out" || bad "commit $commit, but: $(cat "$tmp/out")"

finish
