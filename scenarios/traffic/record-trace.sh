#!/usr/bin/env bash
# Makes the traces of real programs' heaps that scenarios replay, or draw blocks from. (What a trace holds:
# harness/trace/FORMAT.md.)
#
#   ffmpeg         a clip is decoded and encoded anew with x264, in real time, for eight seconds, in two threads
#   ffmpeg-blocks  30 s of a moving test picture and a sine are decoded and encoded anew, in one thread, so that
#                  runs ask alike but for a few blocks: where the pipeline `blocks` has sizes and lifetimes from
#   liquidsoap     a sine is encoded as Vorbis as fast as it goes, for ten seconds: a program with a collector
#
#   record-trace.sh [NAME...]              record; refuses to replace a trace
#   record-trace.sh --force [NAME...]      record, replacing what is there
#   record-trace.sh --check [NAME...]      do the traces and their locks agree? (offline)
#   record-trace.sh --reproduce [NAME...]  record anew elsewhere: as many blocks and as large a peak, but for 2 %?
#
# Environment: PLIMSOLL, the program (default build/plimsoll).
# Exit: 0 done, 1 disagreement or a failed recording, 2 bad usage, 3 this machine cannot do it.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

plimsoll=$(realpath "${PLIMSOLL:-$here/../../build/plimsoll}")
deadline=120 # seconds after which a recording is given up
names=(ffmpeg ffmpeg-blocks liquidsoap)

command_of() { # NAME: into `command`, which runs in the folder `work`
    case $1 in
    ffmpeg) command=(ffmpeg "${quiet[@]}" -re -stream_loop 3 -i clip.mp4
        -c:v libx264 -preset veryfast -threads 2 -f null -) ;;
    ffmpeg-blocks) command=(ffmpeg "${quiet[@]}" -threads 1 -filter_threads 1 -i in.mkv
        -threads 1 -c:v libx264 -preset veryfast -c:a aac -b:a 96k -f matroska out.mkv) ;;
    liquidsoap) command=(liquidsoap 'set("init.allow_root", true)
output.file(%vorbis, "out.ogg", fallible=true, sine(duration=60.))
thread.run(delay=10., fun() -> shutdown())') ;;
    *) die 2 "unknown recording $1; expected one of ${names[*]}" ;;
    esac
}

prepare() { # NAME: what its program reads
    cp "$here/clip.mp4" "$work"
    [ "$1" != ffmpeg-blocks ] || [ -e "$work/in.mkv" ] ||
        (cd "$work" && timeout "$deadline" ffmpeg "${quiet[@]}" -f lavfi -i 'testsrc2=s=640x360:r=25:d=30' \
            -f lavfi -i 'sine=f=440:b=4:r=44100:d=30' -threads 1 -c:v libx264 -preset veryfast \
            -c:a aac -b:a 96k in.mkv) || die 1 "FFmpeg made no media to decode"
}

record() { # NAME FILE
    [ -x "$plimsoll" ] || die 3 "$plimsoll is missing: ci/build build makes it"
    command_of "$1"
    command -v "${command[0]}" >/dev/null || die 3 "${command[0]} is missing: ci/setup --slow --servers installs it"
    prepare "$1"
    rm -f "$work"/out.*
    (cd "$work" && timeout "$deadline" "$plimsoll" record --out "$2" -- "${command[@]}" >"$work/printed" 2>"$work/said") ||
        die 1 "the recording failed: $(tail -n 1 "$work/said")"
}

figures() { # FILE: "blocks B", of all blocks and of the most that lived
    "$plimsoll" list "$1" >"$work/listed" || die 1 "$1 can't be read"
    awk '$1 == "blocks" && $2 ~ /,$/ { blocks = $2 + 0 } $1 == "live" { peak = $3 } END { print blocks, peak }' "$work/listed"
}

version_of() { # PROGRAM: its name and version, as Debian has it
    dpkg-query -W -f '${Package} ${Version}' "$(dpkg-query -S "$(realpath "$(command -v "$1")")" | cut -d: -f1)"
}

write_lock() { # NAME TRACE: into the folder `work`
    local trace=$2
    command_of "$1"
    {
        echo "# Written by record-trace.sh, checked by record-trace.sh --check."
        echo "program = $(version_of "${command[0]}")"
        echo "command = $(echo "${command[*]}" | paste -sd ' ')"
        echo "bytes = $(bytes "$trace")"
        echo "sha256 = $(digest <"$trace")"
        echo "figures = $(figures "$trace")"
    } >"$work/lock"
}

replace() { # NAME
    record "$1" "$work/new.trace"
    write_lock "$1" "$work/new.trace"
    put "$work/new.trace" "$here/$1.trace" "$work/lock" "$here/$1.trace.lock"
}

check() { # NAME
    local trace=$here/$1.trace
    need_file "$trace" "$trace.lock"
    agree "$trace" "$trace.lock" bytes "$(bytes "$trace")"
    agree "$trace" "$trace.lock" sha256 "$(digest <"$trace")"
    agree "$trace" "$trace.lock" figures "$(figures "$trace")"
}

near() { # A B: within 2 % of each other
    awk -v a="$1" -v b="$2" 'BEGIN { exit !(a > 0 && a < 1.02 * b && b < 1.02 * a) }'
}

reproduce() { # NAME
    local blocks peak wanted_blocks wanted_peak
    record "$1" "$work/again.trace"
    read -r blocks peak <<<"$(figures "$work/again.trace")"
    read -r wanted_blocks wanted_peak <<<"$(locked "$here/$1.trace.lock" figures)"
    near "$blocks" "$wanted_blocks" || die 1 "$1: $blocks blocks, and the lock has $wanted_blocks"
    near "$peak" "$wanted_peak" || die 1 "$1: $peak B at most, and the lock has $wanted_peak"
}

make_new() { # NAME
    [ ! -e "$here/$1.trace" ] || die 2 "$here/$1.trace is there: --force replaces it"
    replace "$1"
}

action=make_new
case ${1-} in
--force) action=replace && shift ;;
--check) action=check && shift ;;
--reproduce) action=reproduce && shift ;;
-*) die 2 "unknown option $1; expected record-trace.sh [--force|--check|--reproduce] [NAME...]" ;;
esac
[ $# -gt 0 ] || set -- "${names[@]}"
for name in "$@"; do
    command_of "$name" # or it is none
    $action "$name"
done
