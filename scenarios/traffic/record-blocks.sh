#!/usr/bin/env bash
# Makes the profile that the pipeline `blocks` draws from: which sizes FFmpeg asks for while it decodes
# and encodes, and for how long it keeps each. heaptrack's raw trace of one run tells both.
#
#   record-blocks.sh              record; refuses to replace a profile
#   record-blocks.sh --force      record, replacing the one there is
#   record-blocks.sh --check      does the profile agree with its head? (offline)
#   record-blocks.sh --reproduce  record anew elsewhere: is its table the same, but for 1 %?
#
# The table has a line for each size and lifetime: size in bytes, lifetime, how many blocks. Lifetime
# k means: released after fewer than 2^k further acquires of the process, and after 2^(k-1) or more; the
# last, 16, also holds what lived longer or was never released. Sizes above 128 B are rounded up to 16 B,
# as every heap does. Blocks above 64 KiB (pictures) are left out: heaps map them or pool them apart.
# Exit: 0 done, 1 disagreement or a failed recording, 2 bad usage, 3 this machine cannot do it.
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
profile=$here/ffmpeg-blocks.tsv
largest=65536 # bytes of a block that is kept
last=16       # the longest lifetime
deadline=120  # seconds after which a recording is given up

# 30 s of a moving test picture and a sine: integer signals, one thread, so that runs ask alike, but for
# a few blocks.
media=(ffmpeg -nostdin -hide_banner -loglevel error -f lavfi -i 'testsrc2=s=640x360:r=25:d=30'
    -f lavfi -i 'sine=f=440:b=4:r=44100:d=30' -threads 1 -c:v libx264 -preset veryfast
    -c:a aac -b:a 96k in.mkv)
traced=(ffmpeg -nostdin -hide_banner -loglevel error -threads 1 -filter_threads 1 -i in.mkv
    -threads 1 -c:v libx264 -preset veryfast -c:a aac -b:a 96k -f matroska out.mkv)

work=
clean_up() {
    [ -z "$work" ] || rm -rf "$work"
    rm -f "$profile.$$"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

die() { # CODE LINE...
    local code=$1
    shift
    echo "record-blocks.sh: $*" >&2
    exit "$code"
}

need() { # PROGRAM...
    local program
    for program in "$@"; do
        command -v "$program" >/dev/null || die 3 "$program is missing: ci/setup --slow installs it"
    done
}

quoted() { # WORD...: as a shell would take it
    local line
    line=$(printf '%q ' "$@")
    echo "${line% }"
}

# heaptrack's raw trace, "+ SIZE TRACE POINTER" and "- POINTER" in hexadecimal, to the table. What it
# left out goes to $work/left as "blocks bytes".
tabulate() {
    awk -v largest=$largest -v last=$last -v left="$work/left" '
        function hex(text,    i, value) {
            for (i = 1; i <= length(text); i++)
                value = value * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
            return value
        }
        function rounded(bytes) { return bytes > 128 ? int((bytes + 15) / 16) * 16 : bytes }
        function book(pointer, lived,    k) {
            for (k = 0; k < last && 2 ^ k <= lived; k++);
            if (size[pointer] > largest) { blocks++; bytes += size[pointer] }
            else if (size[pointer] > 0) count[rounded(size[pointer]) "\t" k]++
            delete born[pointer]
        }
        $1 == "+" {
            if ($4 in born) book($4, acquires - born[$4])
            born[$4] = ++acquires
            size[$4] = hex($2)
        }
        $1 == "-" && $2 in born { book($2, acquires - born[$2]) }
        END {
            for (pointer in born) book(pointer, 2 ^ last)
            for (line in count) print line "\t" count[line]
            print blocks + 0, bytes + 0 > left
        }' | sort -n -k 1,1 -k 2,2
}

make_table() { # leaves $work/table and $work/left
    need ffmpeg heaptrack zstd
    work=$(mktemp -d)
    (cd "$work" && timeout $deadline "${media[@]}") || die 1 "FFmpeg made no media to decode"
    (cd "$work" && timeout $deadline heaptrack --raw -o trace "${traced[@]}") >"$work/log" 2>&1 ||
        die 1 "heaptrack failed: $(tail -n 1 "$work/log")"
    zstd -qdc "$work/trace.raw.zst" | tabulate >"$work/table"
    [ "$(wc -l <"$work/table")" -gt 100 ] || die 1 "the trace holds next to nothing"
}

table() { # FILE: without its head
    sed '/^#/d' "$1"
}

sum() { # of the counts on stdin
    awk '{ n += $3 } END { print n + 0 }'
}

digest() {
    sha256sum | cut -d ' ' -f 1
}

version() { # PROGRAM PATTERN: the word that the pattern marks in what it says of itself
    "$1" --version 2>&1 | sed -n "s/$2/\1/p" | head -n 1
}

write_profile() {
    read -r left_blocks left_bytes <"$work/left"
    cat <<EOF
# What FFmpeg asks for while it decodes and encodes: size in bytes, lifetime, blocks.
# Written by record-blocks.sh, checked by record-blocks.sh --check; what a lifetime is stands there.
# media = $(quoted "${media[@]}")
# traced = heaptrack --raw -o trace $(quoted "${traced[@]}")
# ffmpeg = $(ffmpeg -version | sed -n '1s/^ffmpeg version \([^ ]*\).*/\1/p')
# heaptrack = $(version heaptrack '^heaptrack \([0-9.]*\).*')
# left_out_blocks = $left_blocks
# left_out_bytes = $left_bytes
# blocks = $(sum <"$work/table")
# sha256 = $(digest <"$work/table")
EOF
    cat "$work/table"
}

record() { # FORCE
    [ ! -e "$profile" ] || [ "$1" = force ] ||
        die 1 "$profile is there already: --force replaces it"
    [ -w "$here" ] || die 3 "$here cannot be written"
    make_table
    write_profile >"$profile.$$"
    mv "$profile.$$" "$profile"
    echo "recorded $(sum <"$work/table") blocks: $profile"
}

told() { # KEY: its value in the head
    sed -n "s/^# $1 = //p" "$profile"
}

agree() { # KEY ACTUAL
    [ "$(told "$1")" = "$2" ] ||
        die 1 "$(basename "$profile"): $1 is $2, its head says '$(told "$1")'"
}

check() {
    [ -r "$profile" ] || die 1 "$profile is missing: record-blocks.sh makes it"
    agree blocks "$(table "$profile" | sum)"
    agree sha256 "$(table "$profile" | digest)"
    echo "$(basename "$profile") agrees with its head"
}

# How many blocks on stdin and in FILE have no partner in the other table.
apart_from() { # FILE
    awk 'NR == FNR { other[$1, $2] = $3; n += $3; next }
        { same += $3 < other[$1, $2] ? $3 : other[$1, $2]; m += $3 }
        END { print (n > m ? n : m) - same }' "$1" -
}

reproduce() {
    check
    make_table
    local apart all
    apart=$(table "$profile" | apart_from "$work/table")
    all=$(told blocks)
    [ $((apart * 100)) -le "$all" ] ||
        die 1 "recorded anew, $apart of $all blocks are other ones: more than 1 %"
    echo "recorded anew: $apart of $all blocks are other ones"
}

case "$#:${1-}" in
0:) record new ;;
1:--force) record force ;;
1:--check) check ;;
1:--reproduce) reproduce ;;
*) die 2 "takes one of --force, --check, --reproduce, or nothing" ;;
esac
