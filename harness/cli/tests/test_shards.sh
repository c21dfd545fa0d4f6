#!/usr/bin/env bash
# A matrix that several machines share: `plimsoll plan`, `run --shard`, `merge`.
#   test_shards.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"
needs jq
judge_no_memory_of_sanitizers
# Two repetitions of stacks that are killed, bounded, and have two threads. In 60 s, 50 of them stalled, the
# container is full: 2 MB/s arrive.
question=(steady-reader stalled-reader --tier smoke --repeat 2 --set duration=60s --set container=64MiB --set 'threads=[1,2]'
    --set 'expect=[{stacks: limited, outcome: bounded}]' --allocator 'slab,glibc,limited')
quick=(--tier smoke --allocator glibc --set duration=1s)

# of_class D FOLDER: the figures of a class, cell by cell
of_class() {
    jq -S --arg class "$1" --slurpfile schema results/schema.json '
        ($schema[0].properties.cells.items.properties.metrics.properties
            | with_entries(select(.value.class == $class)) | keys) as $names
        | .cells | map({scenario, allocator, format, threads, repetition, outcome, expected, series, reproduce,
                        figures: (.metrics | with_entries(select(.key as $k | $names | index($k))))})' \
        "$2/results.json"
}

# a whole run and its shards: the same document, but for what is noisy
plimsoll run "${question[@]}" --out "$tmp/whole" >/dev/null || bad "the whole run: exit $?"
for i in 1 2 3; do
    plimsoll run "${question[@]}" --shard $i/3 --out "$tmp/part-$i" >/dev/null || bad "shard $i: exit $?"
    [ "$(jq -r .run.shard.index "$tmp/part-$i/results.json")" = $i ] || bad "shard $i says it is another"
    # all repetitions and threads of a stack are in one shard
    jq -r '.cells[] | "\(.scenario) \(.allocator)"' "$tmp/part-$i/results.json" | sort | uniq -c
done >"$tmp/groups"
[ "$(wc -l <"$tmp/groups")" -eq 6 ] || bad "6 groups of cells were parted: $(cat "$tmp/groups")"
! grep -vE '^ +4 ' "$tmp/groups" >&2 || bad "repetitions were parted"
out=$(plimsoll merge "$tmp"/part-3 "$tmp"/part-1 "$tmp"/part-2 --out "$tmp/merged") || bad "merge: exit $?"
[[ $out == *'merged: 3 folders, '*' cells, 1 host: '* ]] || bad "merge said: $out"
of_class D "$tmp/whole" >"$tmp/d-whole"
of_class D "$tmp/merged" >"$tmp/d-merged"
grep -q packets_delivered "$tmp/d-whole" || bad "no figures of class D were compared"
cmp "$tmp/d-whole" "$tmp/d-merged" || bad "figures of class D differ from the whole run's"
cmp <(cd "$tmp/whole" && find . -type f | sort) <(cd "$tmp/merged" && find . -type f | sort) || bad "other files"
for run in whole merged; do
    jq -S '{recordings, warnings: [], host, suite, run: (.run | del(.command, .started)), keys: keys,
            cells: [.cells[] | keys]}' "$tmp/$run/results.json" >"$tmp/head-$run"
done
cmp "$tmp/head-whole" "$tmp/head-merged" || bad "the merged document is not what one run would have written"
mkdir "$tmp/compared" "$tmp/apart"
plimsoll compare "$tmp/whole" "$tmp/merged" --out "$tmp/compared" >/dev/null || bad "compare: exit $?"
jq -e '[.. | .class? // empty] | length > 0' "$tmp/compared/compare.json" >/dev/null || bad "nothing was compared"
plimsoll report "$tmp/merged" >/dev/null || bad "report of a merged run: exit $?"
plimsoll history --add "$tmp/merged" --file "$tmp/history.jsonl" >/dev/null || bad "history of a merged run: exit $?"

# a plan goes by the history, is the same each time, and is what shards are run by
plimsoll plan "${question[@]}" --shards 3 --history "$tmp/history.jsonl" --json >"$tmp/plan.json" || bad "plan: exit $?"
plimsoll plan "${question[@]}" --shards 3 --history "$tmp/history.jsonl" --json | cmp - "$tmp/plan.json" || bad "another plan"
[ "$(jq -r '[.groups[].from] | unique | join(" ")' "$tmp/plan.json")" = history ] || bad "times not of the history"
jq -e '(.groups | map(.seconds)) as $s | ($s | add / 3 + max) as $most
       | [.groups | group_by(.shard)[] | map(.seconds) | add] | length == 3 and all(. <= $most)' \
    "$tmp/plan.json" >/dev/null || bad "a shard is longer than the mean by more than the longest group"
for i in 1 2 3; do
    plimsoll run --plan "$tmp/plan.json" --shard $i/3 --out "$tmp/planned-$i" >/dev/null || bad "planned shard $i: exit $?"
done
plimsoll merge "$tmp"/planned-* --out "$tmp/planned" >/dev/null || bad "merge of a plan: exit $?"
of_class D "$tmp/planned" | cmp - "$tmp/d-whole" || bad "figures of class D of a plan differ from the whole run's"
plimsoll plan "${quick[@]}" steady-reader --shards 2 >"$tmp/out" 2>"$tmp/err" || bad "plan: exit $?"
grep -q 'parts of what the tier allows the scenario for 1' "$tmp/out" || bad "a plan does not say where times come from"
grep -q "^plimsoll: 1 groups of cells can't be parted" "$tmp/err" || bad "a plan with empty shards says: $(cat "$tmp/err")"
COLUMNS=40 plimsoll plan "${quick[@]}" steady-reader --shards 10000 >"$tmp/out" 2>/dev/null || bad "a plan of 10000: exit $?"
[ "$(grep -c /10000 "$tmp/out")" -eq 1 ] || bad "a plan lists empty shards: $(grep -c /10000 "$tmp/out")"
[ "$(wc -L <"$tmp/out")" -le 40 ] || bad "a plan is wider than 40 columns: $(wc -L <"$tmp/out")"

# what is not as it should be is said in a line, and leaves nothing
for wrong in 0/3 4/3 3 a/b 1/0 1/3x -1/3 1/10001 ''; do
    refuses "--shard: '$wrong' is no shard; expected I/N" run steady-reader --shard "$wrong"
done
refuses 'expected I/3' run --plan "$tmp/plan.json" --shard 1/4
refuses '--plan without --shard' run --plan "$tmp/plan.json"
refuses 'expected --plan FILE --shard I/N' run steady-reader --plan "$tmp/plan.json" --shard 1/3
refuses '--instrument with --shard' run steady-reader --shard 1/2 --instrument massif
refuses '--shards is missing' plan steady-reader
refuses '--shards 0 is out of range' plan steady-reader --shards 0
refuses 'nothing to plan' plan --shards 2
refuses 'no such\.jsonl' plan steady-reader --shards 2 --history "$tmp/no such.jsonl"
jq '.suite.commit = "another"' "$tmp/plan.json" >"$tmp/foreign.json"
refuses 'a plan of the commit another' run --plan "$tmp/foreign.json" --shard 1/3
jq 'del(.groups[0])' "$tmp/plan.json" >"$tmp/foreign.json"
fails 3 'the plan has not what this machine has at steady-reader slab' run --plan "$tmp/foreign.json" --shard 1/3 --out "$tmp/none"
echo '{"plan_version": 1}' >"$tmp/foreign.json"
refuses 'no plan; expected' run --plan "$tmp/foreign.json" --shard 1/3
head -c 100 "$tmp/plan.json" >"$tmp/foreign.json"
refuses 'no whole JSON' run --plan "$tmp/foreign.json" --shard 1/3
fails 0 'shard 2/2 has no cells: the matrix has 1 group of them' run steady-reader "${quick[@]}" --shard 2/2 --out "$tmp/none"
[ ! -e "$tmp/none" ] || bad "an empty shard left a folder"

refuses '--out is missing' merge "$tmp/part-1"
refuses 'nothing to merge' merge --out "$tmp/none"
refuses 'is named twice' merge "$tmp/part-1" "$tmp/part-1/." --out "$tmp/none"
refuses 'is one of the shards' merge "$tmp/part-1" "$tmp/part-2" "$tmp/part-3" --out "$tmp/part-2" --force
cp -r "$tmp/part-1" "$tmp/lost"
rm "$tmp/lost/series/"*.csv
refuses 'lost/series/.*: the series of a cell is missing; expected it .*, or --partial' merge "$tmp/lost" "$tmp/part-2" "$tmp/part-3" --out "$tmp/none"
refuses 'holds a run; expected another folder, or --force' merge "$tmp"/part-* --out "$tmp/merged"
plimsoll merge "$tmp"/part-* --out "$tmp/merged" --force >/dev/null || bad "merging again: exit $?"
of_class D "$tmp/merged" | cmp - "$tmp/d-whole" || bad "merged again it is another"
refuses 'is no shard' merge "$tmp/whole" "$tmp/part-1" --out "$tmp/none"
refuses 'holds no run' merge "$tmp/part-1" "$tmp/nowhere" --out "$tmp/none"
refuses 'shard 2/3 is missing \([0-9]+ cells\); expected all .*--partial' merge "$tmp/part-1" "$tmp/part-3" --out "$tmp/none"
refuses 'another cut of the matrix' merge "$tmp"/part-1 "$tmp"/part-2 "$tmp"/planned-3 --out "$tmp/none"
cp -r "$tmp/part-1" "$tmp/twice"
refuses 'shard 1/3 is in .*part-1 and in .*twice' merge "$tmp"/part-* "$tmp/twice" --out "$tmp/none"
exec {held}<"$tmp/part-2"
flock -n "$held" || bad "no lock"
refuses 'another run is writing into' merge "$tmp"/part-* --out "$tmp/none"
flock -s "$held" # who reads only may be there, too
plimsoll merge "$tmp"/part-* --out "$tmp/again" >/dev/null || bad "beside another merge: exit $?"
exec {held}<&-
plimsoll run "${question[@]}" --set duration=20s --shard 3/3 --out "$tmp/shorter" >/dev/null || bad "a shorter shard: exit $?"
refuses 'has another matrix \(.*durations' merge "$tmp"/part-1 "$tmp"/part-2 "$tmp"/shorter --out "$tmp/none"
cp -r "$tmp/part-3" "$tmp/asked"
jq '.recordings[0].conditions.jitter = "other"' "$tmp/part-3/results.json" >"$tmp/asked/results.json"
refuses 'steady-reader was asked otherwise than in' merge "$tmp"/part-1 "$tmp"/part-2 "$tmp"/asked --out "$tmp/none"
(
    ulimit -f 8 # blocks: a series does not fit, as on a full disk
    plimsoll_fails 2 '.' merge "$tmp"/part-* --out "$tmp/none"
    exit $failed
) || failed=1
[ ! -e "$tmp/none" ] || bad "what was refused left a folder: $(ls "$tmp/none")"

# what there is of a run that lost a shard
plimsoll merge "$tmp/part-1" "$tmp/part-3" --out "$tmp/partial" --partial >"$tmp/out" || bad "partial: exit $?"
grep -q ', not whole:' "$tmp/out" || bad "partial: $(cat "$tmp/out")"
[ "$(values partial complete)" = false ] || bad "a partial run is complete"
jq -e '.warnings | any(startswith("the run is not whole: shard 2/3 is missing"))' "$tmp/partial/results.json" >/dev/null ||
    bad "a partial run does not say what lacks"

# another host: cells say theirs, and noisy figures are not compared across hosts
cp -r "$tmp/part-2" "$tmp/elsewhere"
# (not by jq, which writes 30.0 as 30: another question)
sed 's/^  "cpu": .*/  "cpu": "Another CPU",/' "$tmp/part-2/results.json" >"$tmp/elsewhere/results.json"
plimsoll merge "$tmp/part-1" "$tmp/elsewhere" "$tmp/part-3" --out "$tmp/hosts" >"$tmp/out" || bad "two hosts: exit $?"
grep -q ', 2 hosts:' "$tmp/out" || bad "two hosts: $(cat "$tmp/out")"
jq -e '(.hosts | length == 2) and (.cells | all(.host == (if .shard == 2 then 1 else 0 end) or
        .host == (if .shard == 2 then 0 else 1 end))) and ([.cells[].host] | unique == [0, 1])' \
    "$tmp/hosts/results.json" >/dev/null || bad "cells don't say their host"
plimsoll compare "$tmp/whole" "$tmp/hosts" --out "$tmp/apart" >/dev/null || bad "compare of two hosts: exit $?"
elsewhere=$(jq '[.cells[] | select(.shard == 2)] | length' "$tmp/hosts/results.json")
[ "$elsewhere" -gt 0 ] || bad "no cell ran elsewhere"
grep -q 'host: cpu' "$tmp/apart/compare.json" || bad "figures of two hosts were compared"
! grep -q 'host: cpu' "$tmp/compared/compare.json" || bad "figures of one host were not compared"
plimsoll report "$tmp/hosts" >/dev/null || bad "report of two hosts: exit $?"
grep -q 'ran on 2 hosts' "$tmp/hosts/report.md" || bad "the report does not say that there are two hosts"
refuses 'ran on 2 hosts, and a run of the history has one' history --add "$tmp/hosts" --file "$tmp/h.jsonl"
jq '.cells[0].host = 7' "$tmp/hosts/results.json" >"$tmp/partial/results.json"
refuses "'host' is 7; expected one of 2" report "$tmp/partial"
finish
