#!/usr/bin/env bash
# The commands that stand in the READMEs run.     test_examples.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"
heap=jemalloc
have $heap || heap=glibc

# shorter EXAMPLE: for as long as shows that it runs: a program under an instrument, or FFmpeg, takes its time
shorter() {
    case $1 in
    *duration=*) echo "${1/duration=10s --repeat/duration=2s --repeat}" ;;
    *--instrument* | *" sample-formats "*) echo "$1 --set duration=5s" ;;
    *) echo "$1" ;;
    esac
}

# the READMEs' own examples are at least well-formed
[ "$heap" = glibc ] || grep -ohE 'build/plimsoll run [^`]*' README.md ./*/README.md | grep -v 'my\.\|my-server\|mine\.yaml\|libmine\|@/\|\.\.\.' | while read -r _ example; do
    # shellcheck disable=SC2046
    timeout 200 "$build/plimsoll" $(shorter "$example") --tier smoke \
        --out "$tmp/readme" --force >/dev/null 2>"$tmp/err"
    [ $? -le 1 ] || grep -q 'plimsoll-media was not built' "$tmp/err" ||
        echo "README: plimsoll $example: $(cat "$tmp/err")"
done >"$tmp/readme.txt"
[ ! -s "$tmp/readme.txt" ] || bad "$(cat "$tmp/readme.txt")"

finish
