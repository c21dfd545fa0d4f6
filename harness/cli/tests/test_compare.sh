#!/usr/bin/env bash
# Comparing as a person meets it: pairs, the gate, its files, calibration, and every way to get it
# wrong.     test_compare.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"
export XDG_STATE_HOME=$tmp/state
patience=120
short=(steady-reader --allocator glibc,slab --set duration=5s --set container=none)

# usage
fails 2 "expected two of results" compare
fails 2 "expected two of results" compare a
fails 2 "unknown option of compare: --bogus" compare --bogus a b
fails 2 "a: no results.json in it" compare a b
fails 2 "no --base; expected --base PROGRAM" pairs --out "$tmp/p"
fails 2 "no --out; expected --out DIR" pairs --base "$build/plimsoll"
fails 2 "/nix is not a program" pairs --base /nix --out "$tmp/p"
fails 2 "--pairs: too few to show anything; expected 6 or more" pairs --base "$build/plimsoll" --out "$tmp/p" --pairs 5
fails 2 "--pairs: 'x' is not a number in range; expected a whole number" pairs --base "$build/plimsoll" --out "$tmp/p" --pairs x
fails 2 "--repeat does not go with pairs" pairs --base "$build/plimsoll" --out "$tmp/p" --repeat 2
fails 2 "--clock wall: real time differs" pairs --base "$build/plimsoll" --out "$tmp/p" --clock wall
fails 2 "--clock wall: real time differs" calibrate --clock wall
fails 2 "--base has no value" pairs --out "$tmp/p" --base
fails 2 "unknown scenario nope;" pairs nope --base "$build/plimsoll" --out "$tmp/p"
fails 2 "--pairs: too few; expected 40 or more" calibrate --pairs 39
fails 2 "no folder of results; expected DIR" baseline
[ ! -e "$tmp/p" ] || bad "a refused command left a folder"

# a base that can't run the cell: one line, nothing left
printf '#!/bin/sh\necho "plimsoll: I am an old one" >&2\nexit 2\n' >"$tmp/old"
printf '#!/bin/sh\nkill -SEGV $$\n' >"$tmp/crashing"
printf '#!/bin/sh\nexit 0\n' >"$tmp/idle"
chmod +x "$tmp/old" "$tmp/crashing" "$tmp/idle"
fails 2 "base can't run steady-reader on glibc \(exit 2\): plimsoll: I am an old one" \
    pairs "${short[@]}" --base "$tmp/old" --out "$tmp/p"
fails 2 "exit 139" pairs "${short[@]}" --base "$tmp/crashing" --out "$tmp/p"
fails 2 "results.json" pairs "${short[@]}" --base "$tmp/idle" --out "$tmp/p"
[ -z "$(ls -A "$tmp/p" 2>/dev/null)" ] || bad "failing programs left $(ls -R "$tmp/p")"

# a pair of alike programs
plimsoll pairs "${short[@]}" --base "$build/plimsoll" --out "$tmp/p" --pairs 6 --confirm 0 >/dev/null ||
    bad "pairs of alike programs: exit $?"
[ "$(jq '.cells | length' "$tmp/p/base/results.json" 2>/dev/null || grep -c '"repetition"' "$tmp/p/base/results.json")" -eq 12 ] ||
    bad "not 2 x 6 repetitions in base"
fails 2 "base holds a run; expected another folder, or --force" pairs "${short[@]}" --base "$build/plimsoll" --out "$tmp/p"
plimsoll compare "$tmp/p/base" "$tmp/p/new" --gate >"$tmp/table" 2>"$tmp/gate" || bad "A/A: exit $?: $(cat "$tmp/gate")"
grep -q "no calibration of this host" "$tmp/gate" || bad "--gate does not say that there is no calibration"
for file in compare.md compare.json compare.xml; do
    [ -s "$tmp/p/new/$file" ] || bad "no $file"
done
grep -q '<testsuite name="steady-reader"' "$tmp/p/new/compare.xml" || bad "no test suite in compare.xml"
grep -q '"failed": false' "$tmp/p/new/compare.json" || bad "the gate's verdict is not in compare.json"
grep -q 'no worse' "$tmp/p/new/compare.md" || bad "no verdict in compare.md"
"$build/plimsoll" report "$tmp/p/new" >/dev/null 2>&1 || bad "the report of a half of pairs: exit $?"

# a regression of class D, and its way to each file
cp -r "$tmp/p" "$tmp/worse"
sed -i -E 's/"live_bytes_peak": [0-9]+/"live_bytes_peak": 999999/' "$tmp/worse/new/results.json"
plimsoll compare "$tmp/worse/base" "$tmp/worse/new" --gate --out "$tmp/worse" >"$tmp/table" 2>"$tmp/gate"
[ $? -eq 1 ] || bad "a regression: not exit 1"
[ "$(grep -c 'gate: steady-reader .* live_bytes_peak .* -> 976.6 KiB' "$tmp/gate")" -eq 2 ] ||
    bad "the reasons are not one line each: $(cat "$tmp/gate")"
[ "$(grep -c '<failure' "$tmp/worse/compare.xml")" -eq 2 ] || bad "not 2 failures in compare.xml"
grep -q '^| steady-reader .* | worse |' "$tmp/worse/compare.md" || bad "no row in compare.md"
plimsoll compare "$tmp/worse/base" "$tmp/worse/new" --out "$tmp/made/here" >/dev/null 2>&1 || bad "without --gate: exit $?"
[ -s "$tmp/made/here/compare.md" ] || bad "compare --out makes no folder"

# a cell that the new one can't run is worse, also where the rest is the same
cat >"$tmp/half" <<END
#!/bin/sh
case "\$*" in *slab*) echo "plimsoll: no slab here" >&2; exit 3 ;; esac
exec "$build/plimsoll" "\$@"
END
chmod +x "$tmp/half"
plimsoll pairs "${short[@]}" --base "$build/plimsoll" --new "$tmp/half" --out "$tmp/lost" --pairs 6 --confirm 0 \
    >/dev/null 2>"$tmp/stderr" || bad "pairs without slab: exit $?"
[ "$(grep -c "new can't run steady-reader on slab (exit 3): plimsoll: no slab here" "$tmp/stderr")" -eq 1 ] ||
    bad "a cell that can't be run is not told: $(cat "$tmp/stderr")"
plimsoll compare "$tmp/lost/base" "$tmp/lost/new" --gate >"$tmp/table" 2>"$tmp/gate"
[ $? -eq 1 ] || bad "a lost cell passes the gate"
grep -q "gate: steady-reader slab f32: outcome new can't run" "$tmp/gate" || bad "a lost cell: $(cat "$tmp/gate")"
plimsoll report "$tmp/lost/new" >/dev/null || bad "a report of pairs with a lost cell: exit $?"

# nor with one thread, where it can with two: each is a cell of its own
sed 's/slab\*/threads=2*/' "$tmp/half" >"$tmp/single"
chmod +x "$tmp/single"
plimsoll pairs "${short[@]}" --allocator slab --set threads=[1,2] --base "$build/plimsoll" --new "$tmp/single" \
    --out "$tmp/threads" --pairs 6 --confirm 0 >/dev/null 2>"$tmp/stderr" || bad "pairs of threads: $(cat "$tmp/stderr")"
grep -q "new can't run steady-reader on slab, 2 threads (exit 3)" "$tmp/stderr" ||
    bad "two threads that can't be run are not told: $(cat "$tmp/stderr")"
plimsoll compare "$tmp/threads/base" "$tmp/threads/new" --gate >"$tmp/table" 2>"$tmp/gate"
[ $? -eq 1 ] || bad "two threads that are lost pass the gate"
[ "$(grep -c "gate: steady-reader slab f32.*: outcome new can't run" "$tmp/gate")" -eq 1 ] || bad "lost: $(cat "$tmp/gate")"
grep -q "gate: steady-reader slab f32, 2 threads: outcome new can't run" "$tmp/gate" || bad "lost: $(cat "$tmp/gate")"
[ "$(grep -c '"threads": 1' "$tmp/threads/base/results.json")" -eq 6 ] || bad "not six repetitions of one thread"

# the virtual clock is not compared with the wall
mkdir "$tmp/wall"
sed 's/"clock": "virtual"/"clock": "wall"/' "$tmp/p/new/results.json" >"$tmp/wall/results.json"
fails 2 "no cell in common" compare "$tmp/p/base" "$tmp/wall"

# a run that was stopped is no match for a gate
sed -i 's/"complete": true/"complete": false/' "$tmp/lost/new/results.json"
fails 2 "gate: new was stopped before its end" compare "$tmp/lost/base" "$tmp/lost/new" --gate

# input that is no results: one line, nothing overwritten
cp "$tmp/worse/compare.md" "$tmp/kept"
for damage in 's/"schema_version": 1/"schema_version": 9/' 's/"live_bytes_peak": 999999/"live_bytes_peak": NaN/' \
    's/"cells": \[/"cells": [], "x": [/' 's/"allocator": "/"allocator": "other-/; s/"scenario": "/"scenario": "other-/'; do
    mkdir "$tmp/bad"
    sed -E "$damage" "$tmp/worse/new/results.json" >"$tmp/bad/results.json"
    fails 2 "schema_version is 9|no whole JSON|no cells|no cell in common" \
        compare "$tmp/worse/base" "$tmp/bad" --out "$tmp/worse" --gate
    rm -r "$tmp/bad"
done
mkdir "$tmp/cut"
head -c 5000 "$tmp/worse/new/results.json" >"$tmp/cut/results.json"
fails 2 "cut/results.json:[0-9]+:[0-9]+: no whole JSON" compare "$tmp/worse/base" "$tmp/cut"
cmp -s "$tmp/kept" "$tmp/worse/compare.md" || bad "bad input overwrote compare.md"
[ ! -e "$tmp/cut/compare.md" ] || bad "bad input was reported on"

# another host: exact figures alone
mkdir "$tmp/host"
sed -E 's/"cpu": "[^"]*"/"cpu": "another"/' "$tmp/p/new/results.json" >"$tmp/host/results.json"
plimsoll compare "$tmp/p/base" "$tmp/host" >"$tmp/table" 2>"$tmp/stderr" || bad "another host: exit $?"
grep -q 'host: cpu differs: .*: only class D is compared' "$tmp/stderr" || bad "another host is not told: $(cat "$tmp/stderr")"
grep -q 'not comparable, .*host: cpu differs' "$tmp/table" || bad "another host is not told: $(cat "$tmp/table")"

sed -i -E 's/"compiler": "[^"]*"/"compiler": "another"/' "$tmp/host/results.json"
fails 2 "nothing can be compared: compiler differs" compare "$tmp/p/base" "$tmp/host" --gate

# calibration: stored for this host, found by the gate
plimsoll calibrate steady-reader --allocator glibc --set duration=5s --set container=none --pairs 40 >"$tmp/table" ||
    bad "calibrate: exit $?"
grep -q 'cpu_ns_per_packet' "$tmp/table" || bad "calibrate shows no noise: $(cat "$tmp/table")"
[ "$(find "$tmp/state" -name '*.json' | wc -l)" -eq 1 ] || bad "the calibration was not stored"
plimsoll compare "$tmp/p/base" "$tmp/p/new" --gate >/dev/null 2>"$tmp/gate" || bad "with a calibration: exit $?"
! grep -q 'no calibration' "$tmp/gate" || bad "the calibration was not found"
echo '{' >"$(find "$tmp/state" -name '*.json')"
fails 2 "plimsoll calibrate. makes it anew" compare "$tmp/p/base" "$tmp/p/new" --gate

# stopped: what is finished is kept, and said to be a part
"$build/plimsoll" pairs --base "$build/plimsoll" --out "$tmp/stopped" "${short[@]}" --pairs 500 \
    >/dev/null 2>"$tmp/stderr" &
pid=$!
for _ in $(seq 600); do # until a pair is finished: with sanitizers that takes seconds
    [ "$(find "$tmp"/stopped/{base,new}/series -name '000*.csv' 2>/dev/null | wc -l)" -lt 2 ] || break
    sleep 0.1
done
sleep 0.3 # and the next one begun
kill -TERM $pid
wait $pid
rc=$?
[ $rc -eq 143 ] || bad "a stopped pairs: exit $rc: $(cat "$tmp/stderr")"
grep -q "stopped by SIGTERM; the pairs that were finished are kept in $tmp/stopped/base and" "$tmp/stderr" ||
    bad "a stopped pairs: $(cat "$tmp/stderr")"
grep -q '"complete": false' "$tmp/stopped/base/results.json" || bad "a stopped pairs does not say that it is a part"
[ ! -e "$tmp/stopped/base/.run" ] || bad "a stopped pairs left a run behind"

finish
