# Sourced by the scripts that make the recordings of this folder. What they make stands in $work until it
# is whole; whatever way a script ends, $work is removed, and what it half wrote, and what it started.
# shellcheck shell=bash
# shellcheck disable=SC2034 # what is set here is used there
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
started=() # process ids
quiet=(-nostdin -hide_banner -loglevel error) # of FFmpeg
media=(music.mp3 speech.ogg talk.m4a clip.mp4 uhd.mp4)

clean_up() {
    local pid
    for pid in "${started[@]}"; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    rm -rf "$work"
    rm -f "$here"/*.$$
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

die() { # CODE LINE...
    local code=$1
    shift
    echo "$(basename "$0"): $*" >&2
    exit "$code"
}

need() { # PROGRAM...: each one must be there
    local program
    for program in "$@"; do
        command -v "$program" >/dev/null || die 3 "$program is missing: ci/setup --slow installs it"
    done
}

need_room() {
    [ -w "$here" ] || die 3 "$here cannot be written"
}

need_file() { # FILE...: in this folder, or by its path
    local file
    for file in "$@"; do
        [ -r "$file" ] || die 1 "$file is missing: $(basename "$0") makes it"
    done
}

put() { # FILE NAME...: all are complete before any takes its name
    local name names=()
    while [ $# -gt 0 ]; do
        cp "$1" "$2.$$"
        names+=("$2")
        shift 2
    done
    for name in "${names[@]}"; do
        mv "$name.$$" "$name"
    done
}

digest() { # of stdin
    sha256sum | cut -d ' ' -f 1
}

bytes() { # FILE
    stat -c %s "$1"
}

locked() { # LOCK KEY: its value there
    sed -n "s/^\(# \)\?$2 = //p" "$1"
}

agree() { # FILE LOCK KEY ACTUAL
    local told
    told=$(locked "$2" "$3")
    [ "$told" = "$4" ] || die 1 "$(basename "$1"): $3 is $4, $(basename "$2") says '$told'"
}

ffmpeg_version() {
    ffmpeg -version | sed -n '1s/^ffmpeg version \([^ ]*\).*/\1/p'
}

print_help() { # what stands at the script's head
    sed -n '1d;/^#/!q;s/^# \{0,1\}//p' "$0"
}
