#!/usr/bin/env bash
# Makes the trace of a program's heap that the pipeline `trace` replays: FFmpeg that decodes a clip and
# encodes it anew, in real time, for eight seconds, in two threads. (What a trace holds:
# harness/trace/FORMAT.md.)
#
#   record-trace.sh              record; refuses to replace a trace
#   record-trace.sh --force      record, replacing the one there is
#   record-trace.sh --check      do the trace and its lock agree? (offline)
#   record-trace.sh --reproduce  record anew elsewhere: as many blocks and as large a peak, but for 2 %?
#
# Environment: PLIMSOLL, the program (default build/plimsoll).
# Exit: 0 done, 1 disagreement or a failed recording, 2 bad usage, 3 this machine cannot do it.
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
plimsoll=$(realpath "${PLIMSOLL:-$here/../../build/plimsoll}")
trace=$here/ffmpeg.trace lock=$here/ffmpeg.trace.lock
deadline=60 # seconds after which a recording is given up
command=(ffmpeg -nostdin -hide_banner -loglevel error -re -stream_loop 3 -i clip.mp4
    -c:v libx264 -preset veryfast -threads 2 -f null -)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

die() { # CODE LINE...
    local code=$1
    shift
    echo "record-trace.sh: $*" >&2
    exit "$code"
}

record() { # FILE
    command -v ffmpeg >/dev/null || die 3 "ffmpeg is missing: ci/setup --slow installs it"
    [ -x "$plimsoll" ] || die 3 "$plimsoll is missing: ci/build build makes it"
    (cd "$here" && timeout "$deadline" "$plimsoll" record --out "$1" -- "${command[@]}" 2>"$work/said") ||
        die 1 "the recording failed: $(tail -1 "$work/said")"
}

figures() { # FILE: "blocks B", of all blocks and of the most that lived
    "$plimsoll" list "$1" >"$work/listed" || die 1 "$1 can't be read"
    awk '$1 == "blocks" && $2 ~ /,$/ { blocks = $2 + 0 } $1 == "live" { peak = $3 } END { print blocks, peak }' "$work/listed"
}

locked() { # KEY
    sed -n "s/^$1 = //p" "$lock"
}

write_lock() {
    {
        echo "# Written by record-trace.sh, checked by record-trace.sh --check."
        echo "ffmpeg = $(ffmpeg -version | sed -n '1s/ffmpeg version \([^ ]*\).*/\1/p')"
        echo "command = ${command[*]}"
        echo "bytes = $(stat -c %s "$trace")"
        echo "sha256 = $(sha256sum <"$trace" | cut -d' ' -f1)"
        echo "figures = $(figures "$trace")"
    } >"$lock.$$"
    mv "$lock.$$" "$lock"
}

check() {
    [ "$(stat -c %s "$trace")" = "$(locked bytes)" ] || die 1 "ffmpeg.trace has not the bytes of its lock"
    [ "$(sha256sum <"$trace" | cut -d' ' -f1)" = "$(locked sha256)" ] ||
        die 1 "ffmpeg.trace has not the hash of its lock"
    [ "$(figures "$trace")" = "$(locked figures)" ] || die 1 "ffmpeg.trace has not the figures of its lock"
}

near() { # A B: within 2 % of each other
    awk -v a="$1" -v b="$2" 'BEGIN { exit !(a > 0 && a < 1.02 * b && b < 1.02 * a) }'
}

reproduce() {
    local blocks peak wanted_blocks wanted_peak
    record "$work/again.trace"
    read -r blocks peak <<<"$(figures "$work/again.trace")"
    read -r wanted_blocks wanted_peak <<<"$(locked figures)"
    near "$blocks" "$wanted_blocks" || die 1 "$blocks blocks, and the lock has $wanted_blocks"
    near "$peak" "$wanted_peak" || die 1 "$peak B at most, and the lock has $wanted_peak"
}

case ${1-} in
"" | --force)
    [ "${1-}" = --force ] || [ ! -e "$trace" ] || die 2 "$trace is there: --force replaces it"
    record "$work/new.trace"
    mv "$work/new.trace" "$trace"
    write_lock
    ;;
--check) check ;;
--reproduce) reproduce ;;
*) die 2 "record-trace.sh [--force|--check|--reproduce] would be right" ;;
esac
