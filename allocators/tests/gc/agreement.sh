#!/usr/bin/env bash
# Does the layer gc follow the collectors that it models? Runs a delay line through it and through programs
# in OCaml and Go (delay.ml, delay.go), at each of `points`, and holds peak, mean and cycles against each
# other: within 10 %, but for what `exceptions` says. About 15 minutes.
#     agreement.sh BUILD [JUDGED [POINTS]]
# JUDGED: a file that keeps what the judges said, for another run; POINTS: those alone, a regular expression
set -uo pipefail
folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
layer=$(realpath "$1")/gc-layer
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
judged=${2:-$tmp/judged}
chosen=${3:-.}
touch "$judged"

skip() { # REASON
    echo "skipped: $1"
    exit 77
}

[ -x "$layer" ] || skip "no gc-layer in $1: a sanitizer's build has none"
for compiler in ocamlopt go; do
    command -v $compiler >/dev/null || skip "no $compiler; ci/setup --slow installs it"
done

build_judges() (
    cp "$folder"/delay.ml "$folder"/delay_stubs.c "$folder"/look.h "$folder"/delay.go "$tmp/" && cd "$tmp" &&
        ocamlopt -ccopt -O2 delay_stubs.c delay.ml -o delay-ocaml &&
        HOME=$tmp GOCACHE=$tmp/cache GOFLAGS='' GO111MODULE=off go build -o delay-go delay.go
)

# A point a line, its fields separated by single spaces.
points() {
    awk -F' *[|] *' '
        /^#/ || !NF { next }
        { n = split($4, live, " "); m = split($5, first, " "); k = split($6, second, " ")
          gsub(/ +/, " ")
          for (i = 1; i <= n; i++) for (j = 1; j <= m; j++) for (l = 1; l <= k; l++)
              print $1, $2, $3, live[i], first[j], second[l] }' "$folder/points" | grep -E "$chosen"
}

# A frame in 1.1 ms: the shortest sleep that the runtime keeps.
go_pause_us=1000

ask_judge() {
    local heap=$((live * 1048576))
    local line=("$mode" "$bytes" "$blocks" "$held" "$frames" "$heap" "$garbage" "$piece")
    if [ "$runtime" = ocaml ]; then
        OCAMLRUNPARAM=$first,$second "$tmp/delay-ocaml" "${line[@]}"
    else
        local limit=${second#limit=}
        GOGC=${first#gogc=} GOMEMLIMIT=$([ "$limit" = 0 ] && echo off || echo "${limit}MiB") \
            "$tmp/delay-go" "${line[@]}" "$go_pause_us"
    fi
}

# What OCaml's heap holds is not told but by its resident size; Go tells it.
ask_layer() {
    local options=mode=$mode figure=held beside=0 own=$((held * (blocks + 2) * 8))
    # The ring and the frames in it, a word for each block and two more, are the program's data, too, and so
    # is what waits there to be promoted.
    [ "$runtime" = go ] || [ "$garbage" = 0 ] || [ "$piece" != 64 ] || own=$((own + 4194304))
    options+=,live=$(((live * 1048576 + own + 4095) / 4096 * 4))KiB
    options+=,garbage=$((garbage / blocks))B
    [ "$garbage" = 0 ] || [ "$piece" = 64 ] || [ "$runtime" = go ] || options+=,garbage_piece=${piece}B
    if [ "$runtime" = ocaml ]; then
        options+=,overhead=${first#o=},ratio=${second#M=}
        [ "$mode" != heap ] || figure=rss
    else
        options+=,runtime=go,gogc=${first#gogc=},memory_limit=${second#limit=}MiB
        [ "$mode" != heap ] || beside=$((live * 1048576))
    fi
    "$layer" "gc:$options/glibc" $figure "$bytes" "$blocks" "$held" "$frames" $beside
}

# Go's finalizers run when their goroutine comes to run, in real time: of three runs each figure's median.
ask_often() {
    local times=1
    [ "$runtime $mode" != "go undeclared" ] || times=3
    for _ in $(seq $times); do ask_judge || return 1; done >"$tmp/asked"
    for field in 1 2 3; do
        cut -d ' ' -f $field "$tmp/asked" | sort -g | sed -n "$(((times + 1) / 2))p"
    done | paste -sd ' '
}

# The judge's words on a point, from the file if it has been asked before.
judge() { # POINT
    local said
    said=$(grep -F "$1 = " "$judged" | sed 's/.* = //')
    if [ -z "$said" ]; then
        said=$(ask_often) || return 1
        echo "$1 = $said" >>"$judged"
    fi
    echo "$said"
}

build_judges || { echo "FAILED: the judges don't build"; exit 1; }
while read -r point; do
    read -r runtime mode bytes blocks held frames garbage piece live first second <<<"$point"
    judge "$point" >"$tmp/said" &
    says=$(ask_layer)
    wait
    echo "$point = $says = $(cat "$tmp/said")"
done < <(points) >"$tmp/figures"
awk -f "$folder/agreement.awk" "$folder/exceptions" "$tmp/figures"
