#!/usr/bin/env bash
# Background work beside each pipeline of ours: its bytes come on top of what the pipeline asks for, to the
# byte, in one thread and two; and what can't be is refused in one line.     test_background.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"

requested() { # NAME ARGS...: bytes requested in the run, and integrity errors
    local name=$1
    shift
    # A sanitizer's build is larger than expected: then 1.
    timeout 100 "$build/plimsoll" run "$@" --allocator glibc --set container=none --set duration=5s --repeat 1 \
        --out "$tmp/$name" >"$tmp/out" 2>"$tmp/err" || [ $? -eq 1 ] || cat "$tmp/err" >&2
    jq -r '.cells[0] | if .outcome == "crashed" then "crashed" else
        "\(.metrics.allocated_bytes_total) \(.metrics.integrity_errors)" end' "$tmp/$name/results.json"
}

# 100 a second, of 1,000 B: 499 come before the 5th second ends.
work='background=[{rate: 100, size: 1000B, queue: 50}]'
beside() { # NAME SCENARIO ARGS...
    local name=$1 plain=0 with=0 errors
    shift
    read -r plain _ < <(requested "$name" "$@")
    read -r with errors < <(requested "$name-with" "$@" --set "$work")
    [ "$((with - plain))" -eq 499000 ] || bad "$name: $with B requested, $plain B without background"
    [ "${errors:-}" = 0 ] || bad "$name: ${errors:-no} integrity errors"
}

beside receiver steady-reader
beside receiver-two-threads steady-reader --set threads=2
beside blocks short-cycle-fragmentation --set sweep=[] --set blocks.cycle=1s --set blocks.idle=750ms
if [ -x "$build/plimsoll-media" ]; then
    beside media sample-formats --format s16 --set media.delay=1s
    beside broadcast stalled-viewer --set 'broadcast.stalls=[{from: 1s, until: 3s}]'
fi

refuses 'expected --clock virtual' run steady-reader --no-save --clock wall --set "$work"
refuses "is not a key of the pipeline program" run --no-save --set "$work" -- true

finish
