#!/usr/bin/env bash
# `plimsoll agreement` as a person meets it: verdicts on made-up runs, its files, and every way to get
# it wrong, which leaves what was there.     test_agreement.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"
cd "$tmp" || exit 1
kept=$tmp/v/agreement.json
# fails PATTERN ARGS...: and leaves files as they were
fails() {
    local before
    before=$(cksum v/agreement.* 2>&1)
    refuses "$@"
    [ "$(cksum v/agreement.* 2>&1)" = "$before" ] || bad "plimsoll $*: bad input overwrote what was there"
}
# judged CODE PATTERN ARGS...: exit code, and a line of the table that matches
judged() {
    local code=$1 pattern=$2 rc
    shift 2
    plimsoll agreement "$@" >"$tmp/stdout" 2>"$tmp/stderr"
    rc=$?
    [ $rc -eq "$code" ] || bad "agreement $*: exit $rc, expected $code: $(cat "$tmp/stderr")"
    grep -Eq -- "$pattern" "$tmp/stdout" || bad "agreement $*: '$(cat "$tmp/stdout")' does not match '$pattern'"
}

# make FOLDER CLOCK STACK LEVEL [SAMPLES]: a run of one cell, 100 MiB from 1 s on, LEVEL MiB from 3 s
make() {
    mkdir -p "$1/series"
    awk -v level="$4" -v n="${5:-60}" 'BEGIN {
        print "t_ns,rss_bytes,live_bytes,reserved_bytes"
        for (i = 0; i < n; i++)
            printf "%d00000000,%d,0,0\n", i, (i < 10 ? 10 : i < 30 ? 100 : level) * 1048576
    }' >"$1/series/000.csv"
    cat >"$1/results.json" <<END
{"schema_version": 1, "suite": {"name": "plimsoll", "version": "0.1.0"},
 "run": {"command": "plimsoll run", "tier": "default", "started": "2026-01-01T00:00:00Z", "complete": true},
 "host": {"cpu": "a cpu", "libraries": {"jemalloc": "fnv1a64:1"}}, "warnings": [],
 "recordings": [{"scenario": "s", "hash": "fnv1a64:2", "filter": "", "conditions": {"classes.packet": "696 packets"}}],
 "cells": [{"scenario": "s", "title": "S", "allocator": "$3", "format": "f32", "limits": {},
  "container": {"kind": "none", "bytes": 0}, "clock": "$2", "threads": 2, "duration_seconds": 6.0,
  "repetition": 0, "seed": 1, "outcome": "bounded", "outcome_why": "", "expected": "met", "expected_why": "",
  "environment": [], "metrics": {}, "series": "series/000.csv", "reproduce": "plimsoll run s"}]}
END
}
# sides STACK WALL1 WALL2 VIRTUAL: the levels
sides() {
    make w1 wall "$1" "$2"
    make w2 wall "$1" "$3"
    make v virtual "$1" "$4"
}

# usage
fails "expected three of results" agreement
fails "expected three of results" agreement w1 w2
fails "expected three of results" agreement w1 w2 v x
fails "unknown option of agreement: --bogus; expected --out" agreement --bogus w1 w2 v
fails "--out has no value" agreement w1 w2 v --out
fails "w1: No such file" agreement w1 w2 v
plimsoll agreement --help | grep -q 'plimsoll agreement WALL1 WALL2 VIRTUAL' || bad "agreement --help"

# verdicts
sides mimalloc 50 50 45.1
judged 0 '^mimalloc +100\.0 +100\.0 +4\.90 +4\.9 % +3\.0 s +0\.00  agrees$' w1 w2 v
[ ! -s stderr ] || grep -q 'no pictures' stderr || bad "an agreement that is told on stderr: $(cat stderr)"
for file in agreement.md agreement.json; do
    [ -s v/$file ] || bad "no $file in the folder of virtual"
done
grep -q '"agrees": true' "$kept" || bad "the verdict is not in agreement.json"
grep -q 'the clocks agree' v/agreement.md || bad "the verdict is not in agreement.md"
sides mimalloc 50 50 44.8
judged 1 '^mimalloc .* differs$' w1 w2 v
grep -q '^plimsoll: s mimalloc f32, wall clock, 2 threads differs under the virtual clock: 5.20 MiB from wall 1 at 3.0 s' stderr ||
    bad "what differs is not told: $(cat stderr)"
grep -q '"agrees": false' "$kept" || bad "the verdict is not in agreement.json"
sides mimalloc 50 60 39.8
judged 1 '^mimalloc .* differs$' w1 w2 v
sides mimalloc 50 60 53
judged 0 '^mimalloc .* as the walls$' w1 w2 v
sides mimalloc 50 60 44.8 # 5.2 from the one, 15.2 from the other
judged 0 '^mimalloc .* as the walls$' w1 w2 v --out elsewhere/deep
[ -s elsewhere/deep/agreement.md ] || bad "--out makes no folder"
sides jemalloc 50 50 40 # known to be left to chance, so far
judged 0 '^jemalloc .* by chance$' w1 w2 v
grep -q 'drawn anew each time' v/agreement.md || bad "the reason is not in the page"
sides jemalloc 60 60 20
judged 1 '^jemalloc .* differs$' w1 w2 v
sides mimalloc 50 50 50
sed -i 's/"outcome": "bounded"/"outcome": "oom_killed"/' v/results.json
judged 1 '^mimalloc .* differs$' w1 w2 v
grep -q 'ends bounded under wall 1, bounded under wall 2, oom_killed under virtual' stderr ||
    bad "another end is not told: $(cat stderr)"

# the picture: drawn where there is matplotlib, and told where there is none
if /usr/bin/python3 -E -s -c 'import matplotlib' 2>/dev/null; then
    grep -q agreement.svg v/agreement.md || bad "the page has no picture"
    [ -s v/agreement.svg ] || bad "no picture"
else
    grep -q 'no pictures: .*ci/setup' stderr || bad "no picture, and no word: $(cat stderr)"
fi

# runs side by side: a folder of folders is one run
sides mimalloc 50 50 50
mkdir one two
make one/00 wall mimalloc 50
make one/01 wall slab 50
make two/a wall slab 50
make two/b wall mimalloc 50
make both/00 virtual slab 40
make both/01 virtual mimalloc 50
judged 1 '2 cells: 1 agrees, 0 as the walls, 0 by chance, 1 differs' one two both
grep -q '"folder": "one/01"' both/agreement.json || bad "where the curves lie is not told"
make one/02 wall mimalloc 50
fails "one/02: s mimalloc f32, wall clock, 2 threads is in one/00, too" agreement one two both
rm -r one/02 two/b
fails "s mimalloc f32, wall clock, 2 threads is not in wall 2" agreement one two both

# bad input: one line, nothing overwritten
fails "empty: no results.json in it; .*or one that holds such folders" agreement w1 w2 "$(mkdir empty && echo empty)"
fails "wall 1 ran under the virtual clock" agreement v w2 w1
fails "virtual ran under the wall clock" agreement w1 w2 w1
damaged() { # PATTERN SED: what virtual would look like
    cp -r v damaged
    sed -i -E "$2" damaged/results.json
    fails "$1" agreement w1 w2 damaged --out v
    rm -r damaged
}
damaged 'the three have no cell in common' 's/"allocator": "mimalloc"/"allocator": "slab"/'
damaged 'virtual has it with one thread alone.*--set threads=2' 's/"threads": 2/"threads": 1/'
damaged 'virtual has it with one thread alone' 's/"threads": 2, //'
damaged 'virtual was stopped before its end' 's/"complete": true/"complete": false/'
damaged "wall 1 and virtual can't be compared: seed differs: 1, 2" 's/"seed": 1/"seed": 2/'
damaged 'duration_seconds differs: 6.0, 7.0' 's/"duration_seconds": 6/"duration_seconds": 7/'
damaged "recording's hash differs" 's/fnv1a64:2/fnv1a64:3/'
damaged 'classes.packet differs' 's/696 packets/697 packets/'
damaged 'limits differs' 's/"limits": \{/"limits": {"packets": 1/'
damaged 'host: cpu differs' 's/a cpu/another/'
damaged 'schema_version is 9' 's/"schema_version": 1/"schema_version": 9/'
damaged 'kept no series' 's,"series": "series/000.csv","series": "",'
damaged 'series/001.csv: No such file' 's,series/000.csv,series/001.csv,'
make v virtual mimalloc 50 40
fails 'the series of virtual has 3.9 s, that of wall 1 5.9 s, and nothing ended it' agreement w1 w2 v
make v virtual mimalloc 50
printf '100000' >>v/series/000.csv
fails 'v/series/000.csv:62: not a sample' agreement w1 w2 v
make v virtual mimalloc 50
touch file
fails 'file: Not a directory' agreement w1 w2 file
fails 'file/x: Not a directory|file: File exists|is not a folder' agreement w1 w2 v --out file/x

finish
