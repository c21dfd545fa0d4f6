#!/usr/bin/env bash
# Runs the commands of scenarios/TUTORIAL.md as a reader does, one after another in one folder. A fence of sh
# is run: it ends with 0, or as its last line says (`# ends with 1`). A fence of text behind it is what it
# printed: each word of four letters or more has to be in what it prints here, whatever the figures are, and of
# what is replayed, which repeats, each duration in minutes and each count of thousands, too. A
# fence of console is run by nobody: it takes minutes, or builds. Scenarios that READMEs show are validated.
#   test_tutorial.sh BUILD [--print]     --print: what each command prints here, to renew the text
set -uo pipefail
build=$1
TREE=$(cd "$(dirname "$0")/../../.." && pwd)
export TREE PATH=$build:$PATH
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
[ -x /usr/bin/python3 ] || { echo "skipped: there is no /usr/bin/python3" && exit 77; }
[ -x "$build/plimsoll-program" ] || { echo "skipped: this build measures no programs" && exit 77; }
mkdir "$tmp/blocks" "$tmp/first"
awk -v folder="$tmp/blocks" '
    /^```/ && kind { kind = ""; next }
    /^```(sh|text)$/ { kind = substr($0, 4); file = sprintf("%s/%03d.%s", folder, ++n, kind); printf "" > file; next }
    /^```./ { kind = "other"; file = "/dev/null"; next }
    kind { print > file }' "$TREE/scenarios/TUTORIAL.md"
failed=0
bad() {
    echo "TUTORIAL.md: $1"
    failed=1
}
commands=0 texts=0
# Without a cgroup what a cell outgrows is another limit, and ends it otherwise.
plimsoll doctor 2>/dev/null >"$tmp/doctor"
grep -q '^memory cgroup  *ok' "$tmp/doctor" && words=yes || words=

run_block() { # FILE
    local expected status
    expected=$(sed -n '$s/.*# ends with \([0-9]*\).*/\1/p' "$1")
    (cd "$tmp/first" && bash -euo pipefail "$1") >"$tmp/out" 2>&1
    status=$?
    commands=$((commands + 1))
    [ "${2:-}" != --print ] || { cat "$1" && echo '---' && cat "$tmp/out" && echo; }
    [ "$status" = "${expected:-0}" ] ||
        bad "ended with $status, not ${expected:-0}: $(cat "$1")"$'\n'"$(tail -n 20 "$tmp/out")"
}

compare_words() { # FILE
    local word
    texts=$((texts + 1))
    for word in $(grep -oE '[A-Za-z_]{4,}' "$1" | sort -u); do
        grep -qF -- "$word" "$tmp/out" || bad "'$word' is not printed any more by: $(cat "$ran")"
    done
    grep -q 'wall clock' "$1" && return
    grep -oE '[0-9]+(,[0-9]{3})+|[0-9]+ min$' "$1" | sort -u >"$tmp/figures"
    while read -r word; do
        grep -qF -- "$word" "$tmp/out" || bad "'$word' is not printed any more by: $(cat "$ran")"
    done <"$tmp/figures"
}

for block in "$tmp"/blocks/*; do
    case $block in
    *.sh) ran=$block && run_block "$block" "${2:-}" ;;
    *.text) [ -z "$words" ] || compare_words "$block" ;;
    esac
done
# The whole scenarios that the READMEs show are valid.
mkdir "$tmp/shown"
cp "$TREE/scenarios/traffic/l16-stereo-44100.pcap.zst" "$tmp/shown/my.pcap"
cp "$TREE/scenarios/traffic/ffmpeg.trace" "$tmp/shown/my.trace"
awk -v folder="$tmp/shown" '
    /^```yaml$/ { file = ""; inside = 1; next }
    /^```/ { inside = 0 }
    inside && !file { file = /^(name|extends):/ ? sprintf("%s/%03d.yaml", folder, ++n) : "/dev/null" }
    inside { print > file }' "$TREE/README.md" "$TREE/scenarios/README.md"
shown=0
for scenario in "$tmp"/shown/*.yaml; do
    shown=$((shown + 1))
    plimsoll validate "$scenario" >"$tmp/out" 2>&1 || bad "a README's scenario: $(cat "$tmp/out")"
done
[ "$shown" -ge 4 ] || bad "only $shown scenarios were found in the READMEs"
[ "$commands" -ge 10 ] || bad "only $commands commands were found: is this the tutorial?"
[ -n "$words" ] || echo "no memory cgroup here: only how commands end was checked"
exit $failed
