#!/usr/bin/env bash
# Makes the RTP recordings that the scenarios replay, sent by FFmpeg over loopback and captured by
# tcpdump with their real arrival times:
#   l16-stereo-44100   L16 stereo at 44.1 kHz, 128 samples a packet (the default)
#   opus-stereo-48000  Opus stereo, 20 ms a packet
#   h264-640x360       H.264 at 25 pictures a second and some 1 Mbit/s, a keyframe every 2 s
# (Media files are made by record-media.sh.)
#
#   record.sh [NAME]              record; refuses to replace a recording
#   record.sh --force [NAME]      record, replacing the one there is
#   record.sh --check [NAME]      do the recording and its lock agree? (offline)
#   record.sh --reproduce [NAME]  record anew elsewhere: does its RTP stream equal the lock's?
#
# The lock holds two hashes: of the file, and of the RTP stream with its random timestamp base taken
# off, which a new recording repeats although ports, IP ids and arrival times differ.
# Environment: PLIMSOLL_REBASED_RTP, the tool (default build/plimsoll-rebased-rtp); PORT (45004).
# Exit: 0 done, 1 disagreement or a failed recording, 2 bad usage, 3 this machine cannot do it.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

tool=${PLIMSOLL_REBASED_RTP:-$here/../../build/plimsoll-rebased-rtp}
port=${PORT:-45004}
seconds=13       # of signal, more than the packets need
deadline=60      # seconds after which a recording is given up

# Integer sines (libm's could differ by machine), different left and right, with a beep a second;
# their common period is no multiple of a packet, so that no two packets are alike.
signal() { # RATE SAMPLES_PER_FRAME
    echo "sine=f=440:b=4:r=$1:samples_per_frame=$2:d=${seconds}[l]" \
        ";sine=f=554:b=3:r=$1:samples_per_frame=$2:d=${seconds}[r]" \
        ";[l][r]join=inputs=2:channel_layout=stereo,arealtime[o]" | tr -d ' '
}

describe_recording() { # NAME: what is sent, and what the capture must turn out to hold
    case $1 in
    l16-stereo-44100)
        packets=4096 # 11.9 s at 344.5 packets a second
        source=$(signal 44100 128)
        encoder=(-c:a pcm_s16be)
        packet_bytes=524
        facts_wanted=(streams=1 codec=L16 rate=44100 channels=2)
        lock_facts=$'codec = L16\nrate_hz = 44100\nchannels = 2\npayload_bytes = 512'
        ;;
    opus-stereo-48000)
        packets=500 # 10 s
        source=$(signal 48000 960)
        encoder=(-c:a libopus -b:a 64k -frame_duration 20)
        packet_bytes=1472
        facts_wanted=(streams=1 codec=opaque) # its payload type is dynamic
        lock_facts=$'codec = opaque'
        ;;
    h264-640x360)
        packets=1200 # some 10 s
        source="testsrc2=s=640x360:r=25:d=$seconds,noise=alls=12:allf=t:all_seed=1,realtime[o]"
        encoder=(-c:v libx264 -threads 1 -preset veryfast -bf 0 -g 50 -sc_threshold 0 -b:v 1M -maxrate 1M
            -bufsize 500k)
        packet_bytes=1212 # 1,200 B and the header
        facts_wanted=(streams=1 codec=opaque)
        lock_facts=$'codec = opaque'
        ;;
    *) die 2 "unknown recording $1; expected l16-stereo-44100, opus-stereo-48000 or h264-640x360" ;;
    esac
    recording=$here/$1.pcap.zst
    lock=$here/$1.lock
    sender=(ffmpeg "${quiet[@]}" -filter_complex "$source" -map '[o]'
        "${encoder[@]}" -f rtp -ssrc 1 -seq 1000 -rtpflags skip_rtcp
        "rtp://127.0.0.1:$port?pkt_size=$packet_bytes")
    catcher=(tcpdump -i lo -n -U -B 4096 -Z root -s 0 --time-stamp-precision=nano -c "$packets")
}

need_tool() {
    [ -x "$tool" ] || die 3 "$tool is missing: build it with 'make plimsoll-rebased-rtp'"
}

# Another socket on the port, or one about to answer from it, would mix its packets in.
check_port() {
    [[ $port =~ ^[1-9][0-9]{3,4}$ && $port -ge 1024 && $port -le 65535 ]] ||
        die 2 "PORT=$port is out of range; expected 1024 to 65535"
    local hex table
    hex=$(printf ':%04X' "$port")
    for table in /proc/net/udp /proc/net/udp6; do
        [ ! -r "$table" ] || ! awk -v p="$hex" 'index($2, p) { found = 1 } END { exit !found }' \
            "$table" || die 3 "UDP port $port is taken: choose another with PORT=..."
    done
}

start_catcher() {
    timeout "$deadline" "${catcher[@]}" -w "$work/capture.pcap" "udp dst port $port" \
        2>"$work/catcher.log" &
    catcher_pid=$!
    started+=($!)
    local i
    for ((i = 0; i < 100; i++)); do
        grep -q 'listening on' "$work/catcher.log" && return
        kill -0 "$catcher_pid" 2>/dev/null ||
            die 3 "tcpdump cannot capture on lo (root, or cap_net_raw, is needed):" \
                "$(tail -n 1 "$work/catcher.log")"
        sleep 0.1
    done
    die 1 "tcpdump did not begin within 10 s: $(tail -n 1 "$work/catcher.log")"
}

# tcpdump ends by itself after the last packet; the sender has signal left then.
capture() {
    start_catcher
    timeout "$deadline" "${sender[@]}" >/dev/null 2>"$work/sender.log" &
    sender_pid=$!
    started+=($!)
    while kill -0 "$catcher_pid" 2>/dev/null; do
        if ! kill -0 "$sender_pid" 2>/dev/null; then
            sleep 1
            kill -0 "$catcher_pid" 2>/dev/null || break
            die 1 "FFmpeg ended before $packets packets came: $(tail -n 1 "$work/sender.log")"
        fi
        sleep 0.2
    done
    wait "$catcher_pid" || die 1 "tcpdump failed: $(tail -n 1 "$work/catcher.log")"
    started=("$sender_pid")
    ! grep -q '^[1-9][0-9]* packets\? dropped' "$work/catcher.log" ||
        die 1 "the kernel dropped packets, the machine is too busy: $(tail -n 1 "$work/catcher.log")"
}

# What the tool says of a capture: $work/facts (key=value words) and the hash of its RTP stream.
describe() { # CAPTURE
    "$tool" "$1" >"$work/rtp" 2>"$work/facts" || die 1 "$(tail -n 1 "$work/facts")"
    rtp_sha256=$(digest <"$work/rtp")
    facts=$(tr '\n' ' ' <"$work/facts")
}

expect_fact() { # WORD
    case " $facts" in
    *" $1 "*) ;;
    *) die 1 "the capture has no $1, but: $facts" ;;
    esac
}

make_recording() { # leaves $work/capture.pcap, described
    need ffmpeg tcpdump zstd
    need_tool
    check_port
    capture
    describe "$work/capture.pcap"
    local fact
    for fact in "${facts_wanted[@]}" "packets=$packets" "sequence_span=$packets" bytes_cut=0; do
        expect_fact "$fact"
    done
}

quoted() { # WORD...: as a shell would take it
    local line
    line=$(printf '%q ' "$@")
    echo "${line% }"
}

write_lock() { # COMPRESSED
    cat <<EOF
# Written by record.sh, checked by record.sh --check.
file = $(basename "$recording")
sender = $(quoted "${sender[@]}")
catcher = $(quoted "${catcher[@]}")
ffmpeg = $(ffmpeg_version)
tcpdump = $(tcpdump --version 2>&1 | sed -n 's/^tcpdump version //p')
libpcap = $(tcpdump --version 2>&1 | sed -n 's/^libpcap version \([^ ]*\).*/\1/p')
zstd = $(zstd --version | grep -o '[0-9]*\.[0-9]*\.[0-9]*')
$lock_facts
packets = $packets
bytes = $(bytes "$1")
sha256 = $(digest <"$1")
rtp_sha256 = $rtp_sha256
EOF
}

record() {
    [ ! -e "$recording" ] || [ "$1" = force ] ||
        die 1 "$recording is there already: --force replaces it"
    need_room
    make_recording
    zstd -q -19 "$work/capture.pcap" -o "$work/capture.zst"
    write_lock "$work/capture.zst" >"$work/lock"
    put "$work/capture.zst" "$recording" "$work/lock" "$lock"
    echo "recorded $packets packets, $(bytes "$recording") bytes: $recording"
}

check() {
    need_tool
    need_file "$lock" "$recording"
    agree "$recording" "$lock" file "$(basename "$recording")"
    agree "$recording" "$lock" bytes "$(bytes "$recording")"
    agree "$recording" "$lock" sha256 "$(digest <"$recording")"
    describe "$recording"
    agree "$recording" "$lock" rtp_sha256 "$rtp_sha256"
    local fact
    for fact in "${facts_wanted[@]}"; do
        expect_fact "$fact"
    done
    expect_fact "packets=$(locked "$lock" packets)"
    expect_fact bytes_cut=0
    echo "recording and lock agree: $(locked "$lock" packets) packets, $(locked "$lock" bytes) bytes"
}

reproduce() {
    need_file "$lock"
    make_recording
    [ "$rtp_sha256" = "$(locked "$lock" rtp_sha256)" ] ||
        die 1 "a new recording's RTP stream is $rtp_sha256, the lock says $(locked "$lock" rtp_sha256)" \
            "(by FFmpeg $(locked "$lock" ffmpeg); here $(ffmpeg -version | sed -n '1s/ Copyright.*//p'))"
    echo "a new recording repeats the lock's RTP stream"
}

action=
case "${1:-}" in
-*) action=$1 && shift ;;
esac
[ $# -le 1 ] || die 2 "one recording at most"
[ "$action" = -h ] || [ "$action" = --help ] || describe_recording "${1:-l16-stereo-44100}"
case "$action" in
'') record keep ;;
--force) record force ;;
--check) check ;;
--reproduce) reproduce ;;
-h | --help) print_help ;;
*) die 2 "unknown option $action; expected --force, --check or --reproduce" ;;
esac
