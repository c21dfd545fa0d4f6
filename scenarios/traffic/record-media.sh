#!/usr/bin/env bash
# Makes the media files that the scenarios decode, by FFmpeg from signals of its own:
#   music.mp3    MP3, 44.1 kHz stereo, 10 s      speech.ogg  Vorbis, 44.1 kHz stereo, 10 s
#   talk.m4a     AAC in MP4, 48 kHz stereo, 10 s  clip.mp4    H.264, 640x360, 25 fps, 2 s
#   uhd.mp4      H.264, 3840x2160, 30 fps, 12 pictures
#
#   record-media.sh          make what is missing; refuses to replace a file
#   record-media.sh --force  make all, replacing what there is
#   record-media.sh --check  do the files and their lock agree? (offline)
#
# Encoders of float samples differ by processor in the last bit, so that a new recording may differ
# from the lock's by some bytes: the lock says what is in the tree, and how it was made.
# Exit: 0 done, 1 disagreement or a failed recording, 2 bad usage, 3 this machine cannot do it.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

lock=$here/media.lock

# Sines that beat against each other over pink noise: tonal and noisy, as music is, left unlike
# right, and never the same twice.
sound() { # RATE
    echo "sine=f=220:b=3:r=$1[a];sine=f=331:r=$1,tremolo=f=3:d=0.7[b];anoisesrc=c=pink:a=0.1:seed=7:r=$1[n];" \
        "[a][n]amix=inputs=2:duration=first[l];[l][b]join=inputs=2:channel_layout=stereo[o]" | tr -d ' '
}

# What FFmpeg is asked for FILE; the lock keeps it.
arguments() { # FILE
    case $1 in
    music.mp3) echo "-filter_complex $(sound 44100) -map [o] -c:a libmp3lame -b:a 96k" ;;
    speech.ogg) echo "-filter_complex $(sound 44100) -map [o] -c:a libvorbis -q:a 2" ;;
    talk.m4a) echo "-filter_complex $(sound 48000) -map [o] -c:a aac -b:a 96k" ;;
    clip.mp4)
        echo "-f lavfi -i testsrc2=s=640x360:r=25 -c:v libx264 -preset veryfast -crf 30" \
            "-pix_fmt yuv420p -threads 1"
        ;;
    uhd.mp4)
        echo "-f lavfi -i testsrc2=s=3840x2160:r=30 -c:v libx264 -preset veryfast -crf 34 -bf 0" \
            "-refs 1 -pix_fmt yuv420p -threads 1"
        ;;
    esac
}

seconds() { # FILE
    case $1 in
    clip.mp4) echo 2 ;;
    uhd.mp4) echo 0.4 ;;
    *) echo 10 ;;
    esac
}

make_file() { # FILE: into $work
    local words
    read -ra words <<<"$(arguments "$1")"
    timeout 60 ffmpeg "${quiet[@]}" "${words[@]}" -t "$(seconds "$1")" \
        -fflags +bitexact -flags:v +bitexact -flags:a +bitexact "$work/$1" 2>"$work/log" ||
        die 1 "$1 failed: $(tail -n 1 "$work/log")"
}

write_lock() { # of the files in the folder
    echo "# Written by record-media.sh, checked by record-media.sh --check."
    echo "ffmpeg = $(ffmpeg_version)"
    local file
    for file in "${media[@]}"; do
        echo "$file.arguments = $(arguments "$file") -t $(seconds "$file")"
        echo "$file.bytes = $(bytes "$here/$file")"
        echo "$file.sha256 = $(digest <"$here/$file")"
    done
}

record() { # keep|force
    need ffmpeg
    need_room
    local file made=0
    for file in "${media[@]}"; do
        [ "$1" = force ] || [ ! -e "$here/$file" ] || continue
        make_file "$file"
        made=1
    done
    [ $made = 1 ] || die 1 "all files are there already: --force replaces them"
    for file in "$work"/*.*; do
        put "$file" "$here/$(basename "$file")"
    done
    write_lock >"$work/lock"
    put "$work/lock" "$lock"
    du -bc "${media[@]/#/$here/}" | tail -n 1
}

check() {
    local file
    for file in "${media[@]}"; do
        need_file "$lock" "$here/$file"
        agree "$file" "$lock" "$file.bytes" "$(bytes "$here/$file")"
        agree "$file" "$lock" "$file.sha256" "$(digest <"$here/$file")"
    done
    echo "media and lock agree: ${media[*]}"
}

[ $# -le 1 ] || die 2 "one argument at most: --force or --check"
case "${1:-}" in
'') record keep ;;
--force) record force ;;
--check) check ;;
-h | --help) print_help ;;
*) die 2 "unknown option $1; expected --force or --check" ;;
esac
