#!/usr/bin/env bash
# Makes the profile of packets that scenario packet-pool draws from: which sizes the packets of this
# folder's recordings have, and for how long a server keeps each. All of it is read from the recordings:
# nothing is measured, and the same recordings give the same profile.
#
#   record-packets.sh              make it; refuses to replace a profile
#   record-packets.sh --force      make it, replacing the one there is
#   record-packets.sh --check      does the profile agree with its head and the recordings' hashes? (offline)
#   record-packets.sh --reproduce  make it anew elsewhere: is it the same to the byte?
#
# The table has a line for each size and lifetime: size in bytes, lifetime, packets. Each recording counts as if it went on for ten seconds. A packet of a media file is kept
# until the next one of its stream is read, an RTP packet for a receiver's latency of 200 ms. Meanwhile the
# other streams' packets come: lifetime k is 2^(k-1) to 2^k - 1 acquires of all streams together.
# Exit: 0 done, 1 disagreement or a failed recording, 2 bad usage, 3 this machine cannot do it.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

profile=$here/packets.tsv
captures=(l16-stereo-44100.pcap.zst opus-stereo-48000.pcap.zst)
latency=0.2 # seconds that an RTP packet is kept
last=16     # the longest lifetime
deadline=60 # seconds after which a recording is given up

# The sizes of a file's packets, in the order in which they are read.
file_sizes() { # FILE
    timeout $deadline ffprobe -v error -show_entries packet=size -of csv=p=0 "$here/$1" |
        sed -n 's/^\([0-9][0-9]*\).*/\1/p'
}

file_seconds() { # FILE
    timeout $deadline ffprobe -v error -show_entries stream=duration -of csv=p=0 "$here/$1" | head -n 1
}

# The lengths of a capture's datagrams, RTP's header included.
capture_sizes() { # FILE
    timeout $deadline zstd -dqc "$here/$1" | timeout $deadline tcpdump -nn -q -r - 2>/dev/null |
        sed -n 's/.* UDP, length \([0-9]*\)$/\1/p'
}

capture_seconds() { # FILE
    timeout $deadline zstd -dqc "$here/$1" | timeout $deadline tcpdump -nn -q -tt -r - 2>/dev/null |
        awk 'NR == 1 { first = $1 } END { print $1 - first }'
}

# A line "SIZE SECONDS HELD RECORDING" for each packet: 0 held means until the next one of its stream.
read_all() {
    local file seconds
    for file in "${media[@]}"; do
        seconds=$(file_seconds "$file")
        file_sizes "$file" | sed "s/\$/ $seconds 0 $file/"
    done
    for file in "${captures[@]}"; do
        seconds=$(capture_seconds "$file")
        capture_sizes "$file" | sed "s/\$/ $seconds $latency $file/"
    done
}

# Those lines to the table.
tabulate() {
    awk -v last=$last '
        $2 <= 0 { exit bad = 1 }
        { size[NR] = $1; seconds[NR] = $2; held[NR] = $3; of[NR] = $4; packets[$4]++ }
        END {
            if (bad) exit 1
            for (i = 1; i <= NR; i++) rate += 1 / seconds[i] # packets a second, all streams
            for (i = 1; i <= NR; i++) {
                kept = held[i] > 0 ? held[i] : seconds[i] / packets[of[i]]
                for (k = 0; k < last && 2 ^ k <= kept * rate; k++);
                count[size[i] "\t" k] += 10 / seconds[i]
            }
            for (line in count) print line "\t" int(count[line] + 0.5)
        }' | sort -n -k 1,1 -k 2,2
}

make_table() { # leaves $work/table
    need ffprobe tcpdump zstd
    read_all >"$work/packets" || die 1 "a recording can't be read"
    tabulate <"$work/packets" >"$work/table" || die 1 "a recording has no length"
    [ "$(wc -l <"$work/table")" -gt 100 ] || die 1 "the recordings hold next to nothing"
}

table() { # FILE: without its head
    sed '/^#/d' "$1"
}

sum() { # of the counts on stdin
    awk '{ n += $3 } END { print n + 0 }'
}

recordings() { # the hash of them all, one after the other
    (cd "$here" && cat "${media[@]}" "${captures[@]}") | digest
}

write_profile() {
    cat <<EOF
# The packets of this folder's recordings: size in bytes, lifetime, packets in ten seconds.
# Written by record-packets.sh, checked by record-packets.sh --check; what a lifetime is stands there.
# recordings = ${media[*]} ${captures[*]}
# recordings_sha256 = $(recordings)
# blocks = $(sum <"$work/table")
# sha256 = $(digest <"$work/table")
EOF
    cat "$work/table"
}

record() { # FORCE
    [ ! -e "$profile" ] || [ "$1" = force ] ||
        die 1 "$profile is there already: --force replaces it"
    need_room
    make_table
    write_profile >"$work/profile"
    put "$work/profile" "$profile"
    echo "made of $(sum <"$work/table") packets: $profile"
}

check() {
    need_file "$profile"
    agree "$profile" "$profile" recordings_sha256 "$(recordings)"
    agree "$profile" "$profile" blocks "$(table "$profile" | sum)"
    agree "$profile" "$profile" sha256 "$(table "$profile" | digest)"
    echo "$(basename "$profile") agrees with its head and the recordings"
}

reproduce() {
    check
    make_table
    table "$profile" | cmp -s - "$work/table" || die 1 "made anew, the table is another one"
    echo "made anew: the table is the same"
}

case "$#:${1-}" in
0:) record new ;;
1:--force) record force ;;
1:--check) check ;;
1:--reproduce) reproduce ;;
*) die 2 "unknown option $1; expected --force, --check, --reproduce or none" ;;
esac
