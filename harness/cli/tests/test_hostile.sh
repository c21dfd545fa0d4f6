#!/usr/bin/env bash
# Files and arguments that are hostile: numbers out of range are refused with one line, and nothing
# that a terminal would obey gets through to it or to a report.     test_hostile.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"
export XDG_STATE_HOME=$tmp/state
# Controls but tab and newline, DEL, C1, what turns a line around, separators, bytes that are no UTF-8.
hidden=$'[\x01-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]|\xd8\x9c'
# is_clean WHAT FILE...: nothing of it is there
is_clean() {
    local what=$1 file
    shift
    for file; do
        ! LC_ALL=C grep -Eaq "$hidden" "$file" || bad "$what: ${file##*/}: $(LC_ALL=C grep -Ea -m1 "$hidden" "$file" | cut -c1-300 | cat -v)"
        iconv -f UTF-8 -t UTF-8 "$file" >/dev/null 2>&1 || bad "$what: ${file##*/} is no UTF-8"
    done
}
# shows ARGS...: whatever it makes of them, what it prints is clean
shows() {
    plimsoll "$@" >"$tmp/stdout" 2>"$tmp/stderr"
    is_clean "plimsoll $(printf '%q ' "$@")" "$tmp/stdout" "$tmp/stderr"
    [ -s "$tmp/stdout" ] || [ -s "$tmp/stderr" ] || bad "plimsoll $(printf '%q ' "$@"): said nothing"
}
plimsoll run steady-reader --set duration=5s --set container=none --allocator glibc,limited \
    --out "$tmp/good" >/dev/null 2>"$tmp/stderr"
[ $? -le 1 ] || bad "run: $(cat "$tmp/stderr")"
# altered NAME SED_SCRIPT: the good results with something else in them
altered() {
    mkdir -p "$tmp/$1"
    cp -r "$tmp/good/series" "$tmp/$1"
    sed -E "$2" "$tmp/good/results.json" >"$tmp/$1/results.json"
    ! cmp -s "$tmp/good/results.json" "$tmp/$1/results.json" || bad "$1 is as it was"
}

# numbers
plimsoll history --add "$tmp/good" --file "$tmp/history" --commit c0 >/dev/null 2>&1 || bad "no history"
altered count 's/("packets_dropped": ).*/\1-1e300,/'
why="count/results.json: cell 0: metric 'packets_dropped' is -1e\+300; expected a whole number from 0 to"
refuses "$why" report "$tmp/count"
refuses "$why" report "$tmp/good" --baseline "$tmp/count"
refuses "$why" compare "$tmp/good" "$tmp/count"
refuses "$why" compare "$tmp/count" "$tmp/good"
refuses "$why" history --add "$tmp/count" --file "$tmp/history"
refuses "$why" baseline "$tmp/count"
refuses "$why" agreement "$tmp/count" "$tmp/good" "$tmp/good"
[ ! -e "$tmp/count/report.md" ] || bad "a report of what was refused"
altered growth 's/("rss_growth_bytes_per_minute": ).*/\11e300,/'
refuses "cell 0: metric 'rss_growth_bytes_per_minute' is 1e\+300; expected a number from -1e\+18 to 1e\+18" report "$tmp/growth"
altered seconds 's/("duration_seconds": ).*/\1-5,/'
refuses "cell 0: 'duration_seconds' is -5; expected a number from 0" report "$tmp/seconds"
altered host 's/("cores": ).*/\1-9,/'
refuses "'host.cores' is -9; expected a whole number from 1" report "$tmp/host"
sed -E 's/("packets_dropped":)[^,]*/\1-1e300/' "$tmp/history" >"$tmp/broken"
refuses "broken:1: cell 0: metric 'packets_dropped' is -1e\+300; expected a number from 0.*; no other runs in it" history steady-reader --file "$tmp/broken"

# texts of a document
evil='\\u001b]0;pwned\\u0007\\u001b[31m\\u009b\\u202e\\u2028'
altered text "s/(\"(started|title|command|cpu|outcome_why|expected_why|reproduce|file|scenario|tier|codec)\": \")/\1$evil/
    s/(\"warnings\": \[)/\1\"$evil\"/; s/\"glibc\"/\"glibc$evil\"/; s/\"(huge_pages|libraries)\": /\"$evil\": 1, &/"
shows report "$tmp/text"
for name in report.md report.html report.json junit.xml; do
    is_clean report "$tmp/text/$name"
done
grep -q 'x1b' "$tmp/text/report.md" || bad "an escape is not shown"
mkdir "$tmp/out"
shows compare "$tmp/text" "$tmp/text" --out "$tmp/out"
for name in compare.md compare.json compare.xml; do
    is_clean compare "$tmp/out/$name"
done
shows compare "$tmp/good" "$tmp/text"
shows history --add "$tmp/text" --file "$tmp/history"
is_clean history "$tmp/history"
sed -E 's/("(started|commit|cpu|allocator)":")/\1\\u001b[31m\\u202e/g' "$tmp/history" >"$tmp/evil"
shows history steady-reader --file "$tmp/evil"
shows report "$tmp/good" --history "$tmp/evil"
is_clean report "$tmp/good/report.md" "$tmp/good/report.html"
shows baseline "$tmp/text"
shows agreement "$tmp/text" "$tmp/text" "$tmp/text"

# arguments
odd=$'\x1b[31m\xe2\x80\xae\xff\n'
for command in report compare baseline history agreement validate run size pairs calibrate "" "$odd"; do
    shows "$command" "$odd"
    shows "$command" "--$odd"
done
for option in --set --allocator --format --repeat --clock --tier --seed --instrument --at; do
    shows run steady-reader "$option" "$odd"
    shows run steady-reader "$option" "title=$odd"
done
refuses "stack 'preload:path=/.x1bm.so' is not printable; expected printable UTF-8 alone" run steady-reader --allocator $'preload:path=/\x1bm.so'
refuses "unknown option of run: --x.x1b" run $'--x\x1b'
refuses "--set has no value; expected --set KEY=VALUE" run steady-reader --set
refuses "--json=1 has a value; expected --json alone" run steady-reader --json=1
refuses "unknown option of run: -q" run steady-reader -q
cp -r "$tmp/good" "$tmp/$odd"
shows report "$tmp/$odd"
shows compare "$tmp/$odd" "$tmp/$odd"
shows run steady-reader --set duration=1s --set container=none --allocator glibc --out "$tmp/o$odd"
[ -s "$tmp/o$odd/results.json" ] || bad "no results where the folder's name is odd: $(cat -v "$tmp/stderr")"
is_clean "run" "$tmp/o$odd/results.json"
shows report "$tmp/o$odd"
is_clean report "$tmp/o$odd/report.md" "$tmp/o$odd/report.html"

# scenarios
printf 'extends: steady-reader\nname: odd\ntitle: "a \\x1b[31m b"\n' >"$tmp/escape.yaml"
refuses "escape.yaml:3:[0-9]*: U\+001B in this text is not printable" validate "$tmp/escape.yaml"
printf 'extends: steady-reader\nname: odd\ntitle: a \xe2\x80\xae b\n' >"$tmp/bidi.yaml"
refuses "bidi.yaml:3:10: U\+202E is not printable" run "$tmp/bidi.yaml"
printf 'extends: steady-reader\nname: odd\ntitle: |\n  a\n  b\n' >"$tmp/lines.yaml"
refuses "lines.yaml:[34]:[0-9]*: title has more than one line; expected one" validate "$tmp/lines.yaml"
mkdir "$tmp/s$odd"
cp scenarios/steady-reader.yaml "$tmp/s$odd/steady-reader.yaml"
shows validate "$tmp/s$odd/steady-reader.yaml"
finish
