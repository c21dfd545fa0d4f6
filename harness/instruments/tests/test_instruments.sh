#!/usr/bin/env bash
# Instruments as a person meets them: massif and heaptrack agree with our books within 1 %, one that is
# missing is skipped and one that crashes or disagrees fails its own section and no other.
#   test_instruments.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=runs.sh
. "$(dirname "$0")/runs.sh"
needs valgrind heaptrack_print
stacks=glibc,limited count=2
have jemalloc && stacks+=,jemalloc && count=3

# Agreement, with much live and with little: 72,704 bytes of libstdc++ would be 19 % of the latter.
for scenario in stalled-reader steady-reader; do
    run 0 "$scenario" $scenario --allocator $stacks --set duration=20s --instrument massif,heaptrack
    is_ok "$scenario" $((2 * count))
    [ "$(values "$scenario" ratio | wc -l)" -eq $((2 * count)) ] || bad "$scenario: no ratio"
    values "$scenario" ratio | awk '$1 < 0.99 || $1 > 1.01 { exit 1 }' ||
        bad "$scenario: ratios $(values "$scenario" ratio | xargs)"
done
grep -q '"allocator_run": "limited/slab:backing=mmap/glibc"' "$tmp/stalled-reader/results.json" ||
    bad "the stack as it ran is not told"
[ "$(values stalled-reader peak_bytes_before_window | tail -n 1)" -ge 72704 ] ||
    bad "heaptrack's own bytes were not told apart"
values stalled-reader leaked_bytes_window | awk '$1 != 0 { exit 1 }' || bad "leaks in the window"
for file in $(grep -o 'instruments/[^"]*' "$tmp/stalled-reader/results.json" | grep -v ' '); do
    [ -s "$tmp/stalled-reader/$file" ] || [[ $file = *.log ]] || bad "$file is missing or empty"
done
ls "$tmp"/stalled-reader/instruments | grep -q '\.raw$\|\.sums$\|tmp$' && bad "helpers' files are left"

# They are shown one thread, whatever the cells have: the window on a second one has another caller,
# and callgrind would not count there.
run 0 threads steady-reader --allocator glibc --set threads=[2,1] --set duration=5s --instrument massif,callgrind
is_ok threads 2
[ "$(values threads threads | xargs)" = "2 1 1 1" ] || bad "threads: $(values threads threads | xargs)"
run 0 two steady-reader --allocator glibc --set threads=2 --set duration=5s --instrument heaptrack
is_ok two 1
[ "$(values two threads | xargs)" = "2 1" ] || bad "two threads: $(values two threads | xargs)"

# A long scenario is shortened, a duration that was named is not.
run 0 short steady-reader --allocator glibc --set sample_interval=1s --tier smoke --instrument heaptrack
[ "$(values short duration_seconds | xargs)" = "600.0 60.0" ] ||
    bad "durations: $(values short duration_seconds | xargs)"

# missing: skipped, said, and nothing else is touched
mkdir "$tmp/path"
ln -s "$(command -v heaptrack_print)" "$tmp/path/heaptrack_print"
PATH_WHOLE=$PATH
only() { # what stands in $tmp/path, and the tools of this script
    PATH=$tmp/path
    "$@"
    PATH=$PATH_WHOLE
}
missing() {
    "$build/plimsoll" run steady-reader --allocator glibc --set duration=5s --set container=none \
        --instrument massif,callgrind,heaptrack --out "$tmp/missing" >"$tmp/missing.txt" 2>"$tmp/missing.err"
    rc=$?
    "$build/plimsoll" doctor >"$tmp/doctor.txt"
}
only missing
[ $rc -eq 0 ] || bad "a missing instrument: exit $rc: $(cat "$tmp/missing.err")"
[ "$(values missing status | xargs)" = "skipped skipped ok" ] || bad "missing: $(values missing status | xargs)"
grep -q 'massif skipped: valgrind is not in PATH; `ci/setup` installs it' "$tmp/missing.err" ||
    bad "how to get it is not said: $(cat "$tmp/missing.err")"
grep -q 'callgrind.*`ci/setup` installs it' "$tmp/doctor.txt" || bad "doctor: $(cat "$tmp/doctor.txt")"
"$build/plimsoll" doctor | grep -q '^[^a-z]*heaptrack' || bad "doctor does not know heaptrack"

# crashing, disagreeing: a valgrind of our own in its place
fake() { # NAME CODE PATTERN BODY...: what happens with a valgrind whose script is BODY
    local name=$1 code=$2 pattern=$3
    shift 3
    printf '#!/bin/sh\n%s\n' "$*" >"$tmp/path/valgrind"
    chmod +x "$tmp/path/valgrind"
    PATH=$tmp/path:$PATH_WHOLE run "$code" "$name" steady-reader --allocator glibc --set duration=5s \
        --instrument massif,heaptrack
    [ "$(values "$name" status | xargs)" = "failed ok" ] || bad "$name: $(values "$name" status | xargs)"
    grep -Eq "massif failed with glibc: $pattern" "$tmp/$name.err" || bad "$name: $(cat "$tmp/$name.err")"
}
captured=$PWD/harness/instruments/tests/captures
cell='for cell; do :; done; for o; do case $o in --massif-out-file=*) out=${o#*=} ;; esac; done'
fake exits 1 'the cell ended with exit code 9 under massif' 'exit 9'
fake crashes 1 'the cell was ended by signal 11 .*under massif' 'kill -SEGV $$'
# what an earlier run into the same folder left is not taken for this one's
mkdir -p "$tmp/silent/instruments"
cp $captured/massif.out "$tmp/silent/instruments/000.massif.steady-reader.glibc.f32.out"
fake silent 1 "can't read .*massif.*out: No such file" "$cell; exec \"\$cell\""
fake disagrees 1 'massif has 8192 and our books have [0-9]+: [0-9.]+ % apart, more than 1 %' \
    "$cell; cp $captured/massif.out \"\$out\"; exec \"\$cell\""
fake garbage 1 "[^ ]*out:1: 'desc: ' expected" "$cell; echo garbage >\"\$out\"; exec \"\$cell\""
[ -z "$(pgrep -f "$tmp/path" || true)" ] || bad "a fake valgrind was left running"
if have scudo; then
    # scudo 14 aborts under valgrind 3.19, 19 under 3.24 does not: either way glibc was seen, and it is said.
    "$build/plimsoll" run steady-reader --allocator glibc,scudo --set duration=5s --instrument massif \
        --out "$tmp/scudo" >"$tmp/scudo.out" 2>"$tmp/scudo.err"
    case "$? $(values scudo status | xargs)" in
    "1 ok failed" | "0 ok ok") ;;
    *) bad "scudo: $(values scudo status | xargs): $(tail -n 2 "$tmp/scudo.err")" ;;
    esac
fi
# ok_or_beyond NAME: it is well, or valgrind can't run the processor's instructions, by its own log
ok_or_beyond() {
    [ "$(values "$1" status | xargs)" != ok ] || return
    [ "$(values "$1" status | xargs)" = skipped ] &&
        grep -q 'unhandled instruction bytes' "$tmp/$1"/instruments/*.log || bad "$1: $(cat "$tmp/$1.err")"
}
# what FFmpeg takes, and what a collector keeps, is in no books of ours: seen, and no disagreement
if [ -x "$build/plimsoll-media" ]; then
    run 0 media sample-formats --tier smoke --allocator glibc --format s16 --set media.delay=500ms \
        --set duration=1s --instrument massif
    ok_or_beyond media
fi
# (three sessions: not what the scenario's expectations are about, for a collector's RSS grows at first)
run 0 collector steady-reader --allocator gc/glibc --set traffic.sessions=3 --set duration=5s --instrument massif
is_ok collector 1
[ -z "$(values collector ratio)" ] || bad "collector: held against books that it is in none of"
[ "$(values collector peak_bytes_window)" -gt $((2 * $(values collector live_bytes_peak | head -n 1 | cut -d. -f1))) ] ||
    bad "collector: what it keeps was not seen: $(values collector peak_bytes_window) B"
run 0 blocks short-cycle-fragmentation --tier smoke --allocator glibc --instrument massif
[ "$(values blocks status | xargs)" = ok ] || bad "blocks: $(cat "$tmp/blocks.err")"
run 0 null steady-reader --allocator null --set duration=5s --instrument massif,callgrind
[ "$(values null status | xargs)" = "skipped ok" ] || bad "null: $(values null status | xargs)"

# names
for name in bogus massif, '' massif,massif; do
    timeout 20 "$build/plimsoll" run stalled-reader --instrument "$name" >"$tmp/out" 2>"$tmp/err"
    rc=$?
    [ $rc -eq 2 ] && [ "$(wc -l <"$tmp/err")" -eq 1 ] || bad "--instrument '$name': exit $rc: $(cat "$tmp/err")"
    [ "$name" = massif,massif ] || grep -q 'massif, heaptrack, callgrind' "$tmp/err" ||
        bad "--instrument '$name': $(cat "$tmp/err")"
done

# what was found is reported, blind spots with it, and the same bytes each time
for i in 1 2; do
    "$build/plimsoll" report "$tmp/stalled-reader" >/dev/null 2>&1 || bad "report: exit $?"
    cat "$tmp"/stalled-reader/plots/*.svg "$tmp/stalled-reader/report.md" >"$tmp/report$i" 2>/dev/null
done
cmp "$tmp/report1" "$tmp/report2" || bad "two reports differ"
for page in report.md report.html; do
    grep -q 'Under massif' "$tmp/stalled-reader/$page" && grep -q 'It replaces every malloc' "$tmp/stalled-reader/$page" ||
        bad "$page does not tell of massif"
done
"$build/plimsoll" report "$tmp/missing" >/dev/null 2>&1
grep -q 'ci/setup' "$tmp/missing/report.md" || bad "report.md does not say how to get it"
if /usr/bin/python3 -E -s -c 'import matplotlib' 2>/dev/null; then
    [ "$(ls "$tmp"/stalled-reader/plots/*.heaptrack.*.svg | wc -l)" -eq $count ] || bad "flame graphs are missing"
fi

finish
