#!/usr/bin/env bash
# What a person is told of a capture of their own, before it is replayed.     test_captures.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
# shellcheck disable=SC2317 # `all` calls them by name
. "$(dirname "$0")/../../tests/lib.sh"
# Bytes as printf's escapes, into the variable `escaped`: no process for any of them, of hundreds of packets.
le32() { printf -v escaped '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255)); }
be16() { printf -v escaped '\\x%02x\\x%02x' $(($1 >> 8 & 255)) $(($1 & 255)); }
be32() { printf -v escaped '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 >> 24 & 255)) $(($1 >> 16 & 255)) $(($1 >> 8 & 255)) $(($1 & 255)); }
zeros() {
    printf -v escaped '%*s' "$1" ''
    escaped=${escaped// /'\x00'}
}
all() { # WORD NUMBER...: the escapes of each, in `joined`
    joined=
    while [ $# -gt 0 ]; do
        if [ "$1" = text ]; then escaped=$2; else "$1" "$2"; fi
        joined+=$escaped
        shift 2
    done
}
begin() {
    all text '\xd4\xc3\xb2\xa1\x02\x00\x04\x00' zeros 8 le32 262144 le32 1
    printf '%b' "$joined"
}
# datagram MICROSECONDS ESCAPES [CAPTURED]: a record of Ethernet, IPv4 and UDP
datagram() {
    local us=$1 payload=$2 size=$((${#2} / 4)) captured
    captured=${3:-$((size + 42))}
    all le32 $((1700000000 + us / 1000000)) le32 $((us % 1000000)) le32 "$captured" le32 $((size + 42))
    printf '%b' "$joined"
    all zeros 12 text '\x08\x00\x45\x00' be16 $((size + 28)) zeros 5 text '\x11' zeros 2 \
        text '\xc0\x00\x02\x01\xc0\x00\x02\x02' be16 4000 be16 5004 be16 $((size + 8)) zeros 2 text "$payload"
    printf '%b' "${joined:0:4*captured}"
}
# rtp SEQUENCE TIMESTAMP SSRC TYPE: in `joined`
rtp() {
    printf -v escaped '\\x80\\x%02x' "$4"
    all text "$escaped" be16 "$1" be32 "$2" be32 "$3" zeros 160
}
# packets COUNT FROM_US STEP_US FIRST TYPE: 160 samples each
packets() {
    local i
    for ((i = 0; i < $1; i++)); do
        rtp $(($4 + i)) $((160 * ($4 + i))) 305419896 "$5"
        datagram $(($2 + i * $3)) "$joined"
    done
}
replay() { # FILE [OPTION...]: what the console said in $tmp/out
    rm -rf "$tmp/run"
    timeout 60 "$build/plimsoll" run steady-reader --allocator glibc --repeat 1 --set container=none \
        --set duration=5s --set "traffic.file=$1" --out "$tmp/run" "${@:2}" >"$tmp/out" 2>&1
}
says() { # PATTERN
    grep -Eq -- "$1" "$tmp/out" || bad "not said: $1: $(head -20 "$tmp/out")"
}
silent() { # PATTERN
    ! grep -Eq -- "$1" "$tmp/out" || bad "said: $(grep -E -- "$1" "$tmp/out")"
}

{ begin && packets 20 0 20000 1 0; } >"$tmp/plain.pcap"
replay "$tmp/plain.pcap" || bad "plain: $(cat "$tmp/out")"
says "plain.pcap: 20 RTP packets in 1 stream, 0.400 s"
says "SSRC 0x12345678, type 0 \(PCMU, clock of 8000 Hz\): 20 packets, 50.0 a second, 8.0 kB/s"
says "2 sessions: 20 packets of the capture become 40"
silent "skipped|clock counts|lie within|interfaces|sorted"
replay scenarios/traffic/l16-stereo-44100.pcap.zst || bad "our own: $(cat "$tmp/out")"
silent "RTP packets in"

# A payload that nobody named; one that is named by a file, or wrongly.
{ begin && packets 20 0 20000 1 111; } >"$tmp/dynamic.pcap"
replay "$tmp/dynamic.pcap"
says "type 111 \(unknown\)"
says "what payload type 111 holds is not known: it is paced by its arrivals; traffic.payload="
printf 'v=0\r\nm=audio 5004 RTP/AVP 111\r\na=rtpmap:111 G7221/8000\r\n' >"$tmp/a.sdp"
replay "$tmp/dynamic.pcap" --set "traffic.sdp=$tmp/a.sdp"
says "type 111 \(no samples, clock of 8000 Hz\)"
silent "not known"
replay "$tmp/dynamic.pcap" --set traffic.payload=opus/48000/2
says "the timestamps of SSRC 0x12345678 count 8000 a second, and type 111 is taken for one of 48000 Hz"
silent "alike"
{ begin && packets 20 0 20000 1 111 && for i in 1 2 3 4 5 6; do
    rtp $i $((160 * i)) 77 96 && datagram $((400000 + i * 20000)) "$joined"; done; } >"$tmp/two.pcap"
replay "$tmp/two.pcap" --set traffic.payload=opus/48000/2
says "traffic.payload=opus/48000/2 is taken for payload types 111 and 96 alike; traffic.sdp=FILE tells them apart"
replay "$tmp/dynamic.pcap" --set traffic.sdp=/no/such.sdp && bad "an SDP that is not there was taken"
says "expected a file of SDP"

# What is not RTP is counted by kind.
all text '\x00\x01\x00\x00\x21\x12\xa4\x42' zeros 12
stun=$joined
all text '\x80\xc8\x00\x06' zeros 8
rtcp=$joined
{ begin && packets 5 0 20000 1 0 && for i in 1 2 3 4 5 6; do datagram $((100000 + i)) "$stun"; done &&
    datagram 200000 "$rtcp"; } >"$tmp/mixed.pcap"
replay "$tmp/mixed.pcap"
says "6 of 12 UDP datagrams are STUN/TURN: skipped"
says "  skipped: 6 STUN/TURN, 1 RTCP"

# Time: a gap that no session outlives, and the key that shortens it; a pace that no network has.
{ begin && packets 20 0 20000 1 0 && packets 20 400000000 20000 21 0; } >"$tmp/gap.pcap"
replay "$tmp/gap.pcap"
says "nothing arrives for 400 s behind packet 20; traffic.max_gap=10s shortens gaps"
says "20 of 40 packets lie within the 5.0 s that are replayed"
replay "$tmp/gap.pcap" --set traffic.max_gap=1s
silent "nothing arrives|lie within"
{ begin && packets 200 0 15 1 0; } >"$tmp/burst.pcap"
replay "$tmp/burst.pcap" --set duration=1s
says "200 packets of SSRC 0x12345678 arrive within 0.003[0-9]* s, though their clock counts 4.0 s"

# A packet that the snap length cut has its length on the wire.
{ begin && packets 19 0 20000 1 0 && rtp 20 3200 305419896 0 && datagram 380000 "$joined" 60; } >"$tmp/cut.pcap"
replay "$tmp/cut.pcap"
says "1 of 20 packets were captured cut: they have their length on the wire, and zeros for what lacks"
[ "$(jq '.cells[0].metrics.integrity_errors' "$tmp/run/results.json")" = 0 ] || bad "a cut packet is no error"
finish
