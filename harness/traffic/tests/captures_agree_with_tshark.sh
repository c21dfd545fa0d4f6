#!/usr/bin/env bash
# Holds the packets and streams that are read of captures against tshark's own count: the repository's
# recordings, and those of every kind that WRITER makes.
#   captures_agree_with_tshark.sh WRITER LISTER RECORDINGS
set -euo pipefail
writer=$1 lister=$2 recordings=$3
command -v tshark >/dev/null || { echo "skipped: no tshark; ci/setup --slow installs it" && exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$writer" "$folder"
for packed in "$recordings"/*.pcap.zst; do
    zstd -qd "$packed" -o "$folder/$(basename "$packed" .zst)"
done

# What tshark 4 does not dissect: capture and SSRC.
beyond="over-ip-12.pcap 0x00000018  ERSPAN III of IP packets
log-group-239.pcap 0x00000004  NFLOG in the other byte order than the file's
labels-219.pcap 0x00000001  the link type MPLS
labels-219.pcap 0x00000002  the same"

# Streams of a capture that tshark can see as well.
comparable() {
    local ssrc packets
    while read -r ssrc packets; do
        grep -q "^$1 $ssrc " <<<"$beyond" || echo "$ssrc $packets"
    done
}

# SSRC and packets of each stream that tshark sees.
by_tshark() {
    tshark -r "$1" -q -z rtp,streams -o tcp.reassemble_out_of_order:TRUE --enable-heuristic rtp_udp --enable-heuristic rtp_stun \
        -d udp.port==5004,rtp -d udp.port==8472,vxlan -d mpls.label==102,pwethnocw 2>/dev/null |
        sed -nE 's/.* (0x[0-9A-Fa-f]{8}) .* ([0-9]+) +-?[0-9]+ \(.*/\1 \2/p' | tr A-F a-f
}

failed=0 captures=0
for capture in "$folder"/*.pcap*; do
    ours=$("$lister" "$capture" | comparable "$(basename "$capture")" | sort) || failed=1
    theirs=$(by_tshark "$capture" | sort) || true
    captures=$((captures + 1))
    [ "$ours" = "$theirs" ] && continue
    echo "$(basename "$capture"): < is read, > is tshark's"
    diff <(echo "$ours") <(echo "$theirs") || failed=1
done
echo "$captures captures held against $(tshark --version 2>/dev/null | head -1)"
exit $failed
