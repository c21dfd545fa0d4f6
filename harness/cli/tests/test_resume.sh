#!/usr/bin/env bash
# Going on with a run that was stopped: `plimsoll run --resume DIR`.
#   test_resume.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"
needs jq
judge_no_memory_of_sanitizers
question=(steady-reader --tier smoke --repeat 2 --set duration=30s --allocator 'null,glibc,limited')
plimsoll run "${question[@]}" --out "$tmp/whole" >/dev/null || bad "the whole run: exit $?"

# left_with NAME FILTER: a copy of the whole run of which the cells that pass are left
left_with() {
    rm -rf "${tmp:?}/$1"
    cp -r "$tmp/whole" "$tmp/$1"
    jq "$2 | .run.complete = false" "$tmp/whole/results.json" >"$tmp/$1/results.json"
    while read -r series; do
        case " $(jq -r '[.cells[].series] | join(" ")' "$tmp/$1/results.json") " in
        *" $series "*) ;;
        *) rm "$tmp/$1/$series" ;;
        esac
    done < <(jq -r '.cells[].series' "$tmp/whole/results.json")
}
# What identifies cells, and what they counted.
cells_of() {
    jq -S '.cells | map({scenario, allocator, repetition, series, outcome, reproduce,
                         counted: (.metrics | {packets_received, packets_delivered, allocated_bytes_total})})' \
        "$tmp/$1/results.json"
}
is_whole() { # NAME
    cells_of "$1" | cmp - <(cells_of whole) || bad "$1 is not the whole run"
    [ "$(values "$1" complete)" = true ] || bad "$1 is not complete"
    cmp <(cd "$tmp/whole/series" && ls) <(cd "$tmp/$1/series" && ls) || bad "$1 has other series"
}
took() { # NAME: by cell, which are the same only where it did not run again
    jq -c '[.cells[].took_seconds]' "$tmp/$1/results.json"
}

# stopped between two cells, and in the middle of one whose series is there already
left_with stopped '.cells |= .[:3]'
echo half >"$tmp/stopped/series/003.steady-reader.null.f32.r1.csv"
plimsoll run "${question[@]}" --resume "$tmp/stopped" >"$tmp/out" || bad "resume: exit $?"
is_whole stopped
! grep -qx half "$tmp/stopped/series/003.steady-reader.null.f32.r1.csv" || bad "half a cell was kept"
[ "$(took stopped | jq -c '.[:3]')" = "$(took whole | jq -c '.[:3]')" ] || bad "cells that were there ran again"
[ "$(took stopped | jq -c '.[3:]')" != "$(took whole | jq -c '.[3:]')" ] || bad "what lacked did not run"
# any cells may lack
left_with gaps '.cells |= [.[1], .[4]]'
plimsoll run "${question[@]}" --resume "$tmp/gaps" >/dev/null || bad "resume with gaps: exit $?"
is_whole gaps
# a cell whose series is gone is measured again
left_with lost '.'
rm "$tmp/lost/series/001.steady-reader.null.f32.r1.csv" 2>/dev/null || rm "$tmp/lost/series/001."*
plimsoll run "${question[@]}" --resume "$tmp/lost" >/dev/null || bad "resume with a lost series: exit $?"
is_whole lost
# a run that is complete stays as it is
before=$(took gaps)
plimsoll run "${question[@]}" --resume "$tmp/gaps" >/dev/null || bad "resume of what is complete: exit $?"
is_whole gaps
[ "$(took gaps)" = "$before" ] || bad "a complete run ran again"
# nor has it a second host where nothing of it ran
cp -r "$tmp/gaps" "$tmp/elsewhere"
sed -i 's/^  "cpu": .*/  "cpu": "Another CPU",/' "$tmp/elsewhere/results.json"
plimsoll run "${question[@]}" --resume "$tmp/elsewhere" >/dev/null || bad "resume elsewhere: exit $?"
jq -e '(has("hosts") | not) and .host.cpu == "Another CPU"' "$tmp/elsewhere/results.json" >/dev/null ||
    bad "a host that ran nothing is listed"
# an expectation that failed earlier is still one
left_with failed '.cells |= .[:2] | .cells[0].expected = "failed"'
"$build/plimsoll" run "${question[@]}" --resume "$tmp/failed" >/dev/null
[ $? -eq 1 ] || bad "an earlier failure was forgotten"

# stopped by a signal
env --default-signal=INT "$build/plimsoll" run steady-reader --allocator glibc --repeat 4 --set duration=5m \
    --set threads=2 --out "$tmp/int" >/dev/null 2>"$tmp/err" &
pid=$!
for _ in $(seq 400); do
    [ ! -f "$tmp/int/results.json" ] || break
    sleep 0.05
done
kill -INT $pid
wait $pid
[ $? -eq 130 ] || bad "SIGINT: $(cat "$tmp/err")"
done=$(jq '.cells | length' "$tmp/int/results.json")
[[ $done =~ ^[123]$ ]] || bad "SIGINT left $done cells of 4"
plimsoll run steady-reader --allocator glibc --repeat 4 --set duration=5m --set threads=2 --resume "$tmp/int" \
    >/dev/null || bad "resume after SIGINT: exit $?"
[ "$(jq '[.cells[].repetition] | . == [0, 1, 2, 3]' "$tmp/int/results.json")" = true ] || bad "repetitions lack"

# a shard, preempted, and gone on with on another machine: no cell has repetitions of both
plimsoll run "${question[@]}" --shard 1/2 --out "$tmp/shard" >/dev/null || bad "a shard: exit $?"
cp -r "$tmp/shard" "$tmp/moved"
jq '.cells |= .[:(length - 1)] | .run.complete = false | .host.cpu = "Another CPU"' "$tmp/shard/results.json" \
    >"$tmp/moved/results.json"
plimsoll run "${question[@]}" --shard 1/2 --resume "$tmp/moved" >/dev/null || bad "resume elsewhere: exit $?"
jq -e '[.cells[] | {allocator, host}] | group_by(.allocator)
       | all(([.[].host] | unique | length) == 1 and length == 2)' "$tmp/moved/results.json" >/dev/null ||
    bad "repetitions of a cell are of two hosts"
plimsoll run "${question[@]}" --shard 2/2 --out "$tmp/other" >/dev/null || bad "the other shard: exit $?"
plimsoll merge "$tmp/moved" "$tmp/other" --out "$tmp/merged" >/dev/null || bad "merge: exit $?"
cells_of merged | cmp - <(cells_of whole) || bad "merged after a move it is another run"

# what can't be gone on with stays as it is
cp -r "$tmp/stopped" "$tmp/kept"
resume() { # PATTERN ARGS...
    refuses "$1" run "${@:2}"
    cmp "$tmp/kept/results.json" "$tmp/stopped/results.json" || bad "'$1' changed the run"
}
resume "expected it before --resume $tmp/stopped, without its --out: plimsoll run steady-reader" --resume "$tmp/stopped"
resume 'holds no run' "${question[@]}" --resume "$tmp/nowhere"
resume 'of another matrix' stalled-reader --tier smoke --resume "$tmp/stopped"
resume 'of another matrix' steady-reader --tier smoke --repeat 3 --set duration=30s --allocator 'null,glibc,limited' --resume "$tmp/stopped"
resume 'of another tier' "${question[@]}" --tier default --resume "$tmp/stopped"
resume 'of another shard' "${question[@]}" --shard 1/2 --resume "$tmp/stopped"
resume 'of another shard' "${question[@]}" --shard 2/2 --resume "$tmp/shard"
resume 'of another matrix' "${question[@]}" --duration 2s --resume "$tmp/stopped"
resume 'of another matrix' "${question[@]}" --seed 7 --resume "$tmp/stopped"
resume 'of another (question|command)' "${question[@]}" --set sample_interval=50ms --resume "$tmp/stopped"
resume 'both --resume and --out' "${question[@]}" --resume "$tmp/stopped" --out "$tmp/elsewhere"
resume '--instrument with --resume' "${question[@]}" --resume "$tmp/stopped" --instrument massif
exec {held}<"$tmp/stopped"
flock -n "$held" || bad "no lock"
resume 'another run is writing into' "${question[@]}" --resume "$tmp/stopped"
exec {held}<&-
for change in '.cells += [.cells[0]]' '.recordings[0].hash = "another"' '.suite.commit = "another"' '.suite.version = "0.0"' 'del(.run.matrix)'; do
    jq "$change" "$tmp/whole/results.json" >"$tmp/stopped/results.json"
    cp "$tmp/stopped/results.json" "$tmp/kept/results.json"
    resume 'of another (question|commit|version|set of cells)' "${question[@]}" --resume "$tmp/stopped"
done
head -c 500 "$tmp/whole/results.json" >"$tmp/stopped/results.json"
refuses '^plimsoll: .*/stopped/results\.json:[0-9]+:[0-9]+: no whole JSON .*the file is damaged' run "${question[@]}" --resume "$tmp/stopped"
refuses 'results\.json:[0-9]+:[0-9]+: no whole JSON .*the file is damaged' merge "$tmp/stopped" "$tmp/shard" --out "$tmp/none"
echo '{}' >"$tmp/stopped/results.json"
refuses "results.json that is not Plimsoll's" run "${question[@]}" --resume "$tmp/stopped"
finish
