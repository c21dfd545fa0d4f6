#!/usr/bin/env bash
# `plimsoll forecast` and `plimsoll watch` as a person meets them: series of every kind, cells of a run,
# what is refused, and a program that is watched to its end.     test_forecast.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"

# loop FILE EXPRESSION: 200 lines of a loop around ps, a minute apart, KiB by an expression of i
loop() {
    awk "BEGIN { for (i = 0; i < 200; i++) printf \"%d %d\n\", 1764500000 + i * 60, $2 }" >"$tmp/$1"
}
# foretells FILTER ARGS...: what jq has to find true in the JSON
foretells() {
    local filter=$1
    shift
    plimsoll forecast "$@" --json >"$tmp/stdout" 2>"$tmp/stderr" || bad "forecast $*: $(cat "$tmp/stderr")"
    jq -e "$filter" "$tmp/stdout" >/dev/null || bad "forecast $*: no $filter: $(cat "$tmp/stdout")"
}
# exits CODE ARGS...
exits() {
    local code=$1 rc
    shift
    plimsoll "$@" >"$tmp/stdout" 2>"$tmp/stderr"
    rc=$?
    [ $rc -eq "$code" ] || bad "$*: exit $rc, expected $code: $(cat "$tmp/stderr")"
}

# kinds; noise that repeats is none that is drawn
loop line "100000 + 512 * i + 700 * sin(i * i)"
loop doubling "1000 * 2 ^ int(log(i + 8) / log(2))"
loop charge "50000 + 200000 * (1 - exp(-i / 60)) + 300 * sin(i * i)"
loop saw "100000 + 3000 * (i % 9)"
foretells '.growth == "linear" and .limit.meets_seconds.estimate > 90000 and .limit.meets_seconds.estimate < 110000
    and .limit.meets_seconds.low < .limit.meets_seconds.estimate' "$tmp/line" --limit 1GiB
foretells '.growth == "staircase" and .next_step.rss_bytes > 250000000 and (.next_step.seconds - 2940 | fabs) < 200' \
    "$tmp/doubling"
foretells '.growth == "saturating" and .limit.meets_seconds.estimate == null' "$tmp/charge" --limit 300MiB
foretells '.growth == "none" and .limit.meets_seconds.high == null' "$tmp/saw" --limit 256MiB
foretells '.limit.met_seconds_ago > 0 and .limit.meets_seconds == null' "$tmp/line" --limit 150MiB
plimsoll forecast "$tmp/line" --limit 1GiB >"$tmp/stdout" || bad "forecast: exit $?"
grep -q 'Growth: linear' "$tmp/stdout" || bad "forecast: no kind: $(cat "$tmp/stdout")"
grep -Eq '^1 GiB met in +27 h' "$tmp/stdout" || bad "forecast: no time: $(cat "$tmp/stdout")"
grep -q 'The limit is met on 2025-12-0[12] at' "$tmp/stdout" || bad "forecast: no date: $(cat "$tmp/stdout")"

# a cron's question; a time is looked for as far as it asks, however short the series
exits 0 forecast "$tmp/line" --limit 1GiB --within 24h
exits 1 forecast "$tmp/line" --limit 1GiB --within 48h
exits 1 forecast "$tmp/line" --limit 150MiB --within 1s
exits 0 forecast "$tmp/line" --limit 8GiB --within 100h
exits 1 forecast "$tmp/line" --limit 8GiB --within 1000h

# from a pipe, of either kind; and a last line that may be cut
plimsoll forecast "$tmp/line" --limit 1GiB >"$tmp/stdout" || bad "forecast: exit $?"
plimsoll forecast - --limit 1GiB <"$tmp/line" >"$tmp/piped" || bad "forecast -: exit $?"
sed "s|^$tmp/line|stdin|" "$tmp/stdout" | diff - "$tmp/piped" >"$tmp/diff" || { bad "stdin foretells otherwise" && cat "$tmp/diff"; }
echo '{"status":' | plimsoll forecast - 2>"$tmp/stderr" && bad "half a JSON is taken"
grep -q '^plimsoll: stdin:.*no whole JSON' "$tmp/stderr" || bad "half a JSON: $(cat "$tmp/stderr")"
head -c -2 "$tmp/line" >"$tmp/cut"
plimsoll forecast "$tmp/cut" >"$tmp/stdout" || bad "cut: exit $?"
grep -q 'Its last line has no end' "$tmp/stdout" || bad "a cut figure is not told of"
grep -q 'has no end' "$tmp/piped" && bad "a whole line is told to have no end"

# what is refused, each in one line
refuses "0 paths; expected one" forecast
refuses "nowhere: No such file" forecast "$tmp/nowhere"
refuses "no results.json in it" forecast "$tmp"
refuses "not a regular file" forecast /dev/zero
mkfifo "$tmp/pipe"
refuses "not a regular file" forecast "$tmp/pipe"
printf 'Time,mem\n1,"1,234.5 MiB"\n2,"1,235.5 MiB"\n' >"$tmp/thousands"
refuses "the memory is no number" forecast "$tmp/thousands"
refuses "2 paths; expected one" forecast "$tmp/line" "$tmp/saw"
refuses "expected a size such as" forecast "$tmp/line" --limit 5
refuses "expected a time|not a time" forecast "$tmp/line" --limit 1GiB --within soon
refuses "unknown --unit X; expected B, KiB" forecast "$tmp/line" --unit X
refuses "within without --limit" forecast "$tmp/line" --within 1h
refuses "expected 1% to 99%" forecast "$tmp/line" --check 0.4
refuses "expected a folder of results" forecast "$tmp/line" --check 40%
refuses "unknown option" forecast "$tmp/line" --bogus
head -c 4096 "$build/plimsoll" >"$tmp/binary"
refuses "not text" forecast "$tmp/binary"
tr ' ' , <"$tmp/line" >"$tmp/ambiguous"
refuses "the unit of the memory is not said; expected --unit" forecast "$tmp/ambiguous"
foretells '.rss_bytes.estimate > 200000000' "$tmp/ambiguous" --unit KiB

# ten million rows in a bounded memory and time
paste -d ' ' <(seq 1764500001 1774500000) <(seq 200001 10200000) >"$tmp/many"
# A sanitizer maps far more than it uses.
(ulimit -t 30 && { is_sanitized || ulimit -v 200000; } && exec "$build/plimsoll" forecast "$tmp/many" --json) >"$tmp/stdout" ||
    bad "ten million rows: exit $?"
jq -e '.samples == 10000000 and .growth == "linear"' "$tmp/stdout" >/dev/null || bad "ten million: $(cat "$tmp/stdout")"
rm "$tmp/many"

# cells of a run, and what came true of their first part
plimsoll run half-speed-reader-unbounded --allocator glibc,slab,limited --set container=none --out "$tmp/run" \
    >"$tmp/stdout" 2>&1
exits 0 forecast "$tmp/run" --limit 512MiB
grep -Eq '^ +staircase ' "$tmp/stdout" || bad "cells: $(cat "$tmp/stdout")"
exits 1 forecast "$tmp/run" --limit 512MiB --within 10m
# A sanitizer's own memory grows otherwise.
if ! is_sanitized; then
    exits 0 forecast "$tmp/run" --check 40% --json
    jq -e '.judged == 2 and .within_20_percent == 2 and .inside == 2 and (.cells | length) == 3' "$tmp/stdout" \
        >/dev/null || bad "check: $(cat "$tmp/stdout")"
    exits 0 forecast "$tmp/run" --check 40%
    grep -q 'of 2 cells that were killed or grew, 2 were foretold' "$tmp/stdout" || bad "check: $(cat "$tmp/stdout")"
fi
refuses "which says all that" forecast "$tmp/run" --unit KiB
cell=("$tmp"/run/series/*slab*.csv)
foretells '.growth == "staircase"' "${cell[0]}"

# watched to its end, on and on into one file, and stopped
# shellcheck disable=SC2016 # that shell expands it
bash -c 'megabyte=$(head -c 1000000 /dev/zero | tr "\0" x)
    for i in $(seq 60); do held[i]=$megabyte; sleep 0.02; done' &
grows=$!
watched=$tmp/watched.csv
exits 0 watch --pid $grows --interval 20ms --out "$watched"
grep -q 'the process has ended; [0-9]* samples are in' "$tmp/stderr" || bad "watch: $(cat "$tmp/stderr")"
head -n 1 "$watched" | grep -qx 'epoch_s,rss_bytes,processes' || bad "watch: $(head -n 3 "$watched")"
wait
foretells '.samples >= 8 and .growth != "none"' "$watched"
lines=$(wc -l <"$watched")
printf 17645 >>"$watched" # a line that was cut
sleep 100 &
stays=$!
exits 0 watch --pid $stays --duration 250ms --interval 50ms --out "$watched"
grep -q 'the duration is over' "$tmp/stderr" || bad "watch: $(cat "$tmp/stderr")"
[ "$(wc -l <"$watched")" -gt "$lines" ] || bad "watch: nothing was appended"
! sed 1d "$watched" | grep -Evq '^[0-9]+\.[0-9]{3},[0-9]+,[0-9]+$' || bad "watch: a line is cut"
# two at once would mix their lines
"$build/plimsoll" watch --pid $stays --interval 50ms --out "$tmp/shared" 2>/dev/null &
first=$!
for _ in $(seq 100); do
    [ ! -s "$tmp/shared" ] || break
    sleep 0.05
done
refuses 'another watch is writing into' watch --pid $stays --duration 250ms --interval 50ms --out "$tmp/shared"
kill $first
wait $first
exits 0 watch --pid $stays --duration 250ms --interval 50ms --out "$tmp/shared"
timeout --preserve-status -s INT 0.5 "$build/plimsoll" watch --pid $stays --interval 50ms >"$tmp/stdout" 2>"$tmp/stderr"
rc=$?
[ $rc -eq 130 ] || bad "watch, stopped: exit $rc"
[ "$(wc -l <"$tmp/stdout")" -gt 3 ] || bad "watch, stopped: $(cat "$tmp/stdout")"
grep -q 'stopped; [0-9]* samples are in stdout' "$tmp/stderr" || bad "watch, stopped: $(cat "$tmp/stderr")"
# what its parent leaves behind is still of the tree
sh -c 'sh -c "sleep 60 & echo \$! >$1; sleep 1"; exec sleep 60' leaving "$tmp/left" &
leaving=$!
for _ in $(seq 100); do
    [ ! -s "$tmp/left" ] || break
    sleep 0.05
done
exits 0 watch --pid $leaving --duration 2500ms --interval 50ms --out "$tmp/left.csv"
[ "$(tail -n 1 "$tmp/left.csv" | cut -d, -f3)" = 2 ] || bad "watch, what is left behind: $(tail -n 2 "$tmp/left.csv")"
kill "$leaving" "$(cat "$tmp/left")"

refuses "line is there and no watch wrote it; expected another --out" watch --pid $stays --out "$tmp/line"
refuses "can't write .*: No such file" watch --pid $stays --out "$tmp/none/a.csv"
kill $stays
refuses "no process; expected --pid" watch
refuses "pid x; expected the number of a process" watch --pid x
refuses "no such process; expected a process that runs" watch --pid 4194305
refuses "interval 1ms; expected at least 10 ms" watch --pid $$ --interval 1ms
finish
