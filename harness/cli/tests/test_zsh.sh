#!/usr/bin/env bash
# The completion for zsh, as a person types it: in a zsh with a terminal of its own.
#     test_zsh.sh BUILD_FOLDER
set -uo pipefail
build=$(cd "$1" && pwd)
cd "$(dirname "$0")/../../.." || exit 1
command -v zsh >/dev/null || { echo "skipped: no zsh; ci/setup --slow installs it" && exit 77; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0
zsh -n "$build/pages/_plimsoll" || { echo "FAILED: its syntax" && exit 1; }
mkdir "$tmp/functions" "$tmp/work"
cp "$build/pages/_plimsoll" "$tmp/functions"
cp scenarios/stalled-reader.yaml "$tmp/work/my-own.yaml"

cat >"$tmp/type.zsh" <<'END'
# type.zsh KEYS...: what is shown of each, keys are typed and a Tab behind them; then the line is left.
zmodload zsh/zpty zsh/datetime
shows() { # PATTERN: reads until it comes, ten seconds at most
    local part
    float until=$((EPOCHREALTIME + 10))
    seen=
    while ((EPOCHREALTIME < until)); do
        if zpty -r -t shell part; then seen+=${part//$'\a'/}; else sleep 0.02; fi
        [[ $seen == *$~1* ]] && return 0
    done
    return 1
}
zpty -b shell zsh -f -i
zpty -w shell "stty cols 200; PATH=$BUILD:\$PATH; fpath=($TMP/functions \$fpath); cd $TMP/work"
zpty -w shell "autoload -Uz compinit; compinit -u -D; unsetopt zle_bracketed_paste; LISTMAX=1000; PS1=; print rea''dy"
shows ready || { print "no shell: $seen"; exit 1 }
while (($#)); do
    zpty -w -n shell "$1"$'\t'
    if [[ $1 == *' ' ]]; then zpty -w -n shell $'\t'; fi
    shows "$2" || { print -r -- "FAILED: '$1' and Tab has not '$2': ${(V)seen}"; failed=1 }
    zpty -w -n shell $'\C-u'
    zpty -w shell "print rea''dy"
    shows ready || { print -r -- "FAILED: the line is not left behind '$1': ${(V)seen}"; failed=1 }
    shift 2
done
zpty -d shell
exit ${failed:-0}
END

# typed, and what has to come
BUILD=$build TMP=$tmp PLIMSOLL_SCENARIOS=$PWD/scenarios timeout 100 zsh -f "$tmp/type.zsh" \
    'plimsoll val' 'validate' \
    'plimsoll hel' 'plimsoll help' \
    'plimsoll help cali' 'calibrate' \
    'plimsoll run --no-s' '--no-save' \
    'plimsoll run --tier sm' 'smoke' \
    'plimsoll run --clock ' 'virtual*wall' \
    'plimsoll run stalled-r' 'stalled-reader' \
    'plimsoll run my-o' 'my-own.yaml' \
    'plimsoll run --allocator jem' 'jemalloc' \
    'plimsoll run --allocator hea' 'heaps' \
    'plimsoll history steady-reader --metric rss_bytes_m' 'rss_bytes_mean' \
    'plimsoll list form' 'formats' \
    'plimsoll report --base' 'baseline' \
    'plimsoll run --duration 5s -- mkfif' 'mkfifo' || failed=1
[ $failed -eq 0 ] && echo "all as it should be"
exit $failed
