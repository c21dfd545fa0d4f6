#!/usr/bin/env bash
# mergecap: two good captures become one of which libpcap reads no packet
# Guess: a merge of two captures of the same link type reads wherever each of them does; mergecap
#   ended with 0.
# Instead: mergecap writes pcapng with an interface for each snapshot length, and libpcap wants all
#   interfaces of a file to have the same. It opens the file without complaint and gives up at the
#   second interface's description, before the first packet, in either order, though no packet here
#   is cut by either length. Written as pcap (-F pcap) the same merge reads whole.
# Version: mergecap 4.0.17, libpcap 1.10.3 (Debian 12).
# Why it matters: the audio was captured whole, the video with -s 256 to save space, and a replay of
#   both is wanted in one file. What is built on libpcap (tcpdump, and most replayers of RTP) then
#   sees nothing of it, while capinfos of the same package counts all 6 packets. A program that
#   treats the end of the loop as the end of the file takes it for an empty capture.
# Seen: packets read of the whole capture 3, of the short one 3, of both as pcap 6, as pcapng 0 ("an
#       interface has a snapshot length 256 different from the snapshot length of the first
#       interface"), of a pcapng of two equal lengths 6
. "$(dirname "$0")/common"
need python3
fetch libpcap0.8=1.10.3-1 libpcap0.8-dev=1.10.3-1 wireshark-common=4.0.17-0+deb12u3 \
    libwiretap13=4.0.17-0+deb12u3 libwsutil14=4.0.17-0+deb12u3
mergecap=$root/usr/bin/mergecap
complete "$mergecap"
compile count -lpcap <<'C'
#include <pcap/pcap.h>
#include <stdio.h>

int main(int argc, char **argv) {
    char error[PCAP_ERRBUF_SIZE];
    struct pcap_pkthdr *header;
    const u_char *data;
    int status, count = 0;
    pcap_t *file = pcap_open_offline(argv[argc - 1], error);
    if (!file) {
        printf("refused (%s)\n", error);
        return 0;
    }
    while ((status = pcap_next_ex(file, &header, &data)) == 1)
        count++;
    printf("%d %s\n", count, status == PCAP_ERROR_BREAK ? "to the end" : pcap_geterr(file));
    pcap_close(file);
    return 0;
}
C
python3 - "$work" <<'PY' || skip "can't write the captures"
import struct
import sys

def capture(name, snaplen, ssrc):
    """Three RTP packets of 20 ms of PCMU, cut at snaplen."""
    with open(f"{sys.argv[1]}/{name}.pcap", "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, snaplen, 1))
        for n in range(3):
            rtp = struct.pack(">BBHII", 0x80, 0, n, 160 * n, ssrc) + b"\xff" * 160
            udp = struct.pack(">HHHH", 5004, 5004, 8 + len(rtp), 0) + rtp
            address = bytes((127, 0, 0, 1))
            ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(udp), n, 0, 64, 17, 0) + 2 * address
            frame = bytes(12) + b"\x08\x00" + ip + udp
            held = frame[:snaplen]
            out.write(struct.pack("<IIII", 1700000000, 20000 * n, len(held), len(frame)) + held)

capture("whole", 262144, 1)
capture("short", 256, 2)
capture("whole-too", 262144, 2)
PY
merge() { # merge OUT IN IN [FLAG...]
    local out=$1 a=$2 b=$3
    shift 3
    LD_LIBRARY_PATH=$lib timeout 30 "$mergecap" "$@" -w "$work/$out" "$work/$a" "$work/$b" \
        2>"$work/merge.log" ||
        skip "mergecap can't merge: $(tail -1 "$work/merge.log")"
}
merge different.pcapng whole.pcap short.pcap
merge swapped.pcapng short.pcap whole.pcap
merge different.pcap whole.pcap short.pcap -F pcap
merge equal.pcapng whole.pcap whole-too.pcap
for file in whole.pcap short.pcap equal.pcapng different.pcap different.pcapng swapped.pcapng; do
    read=$(run 10 count "$work/$file") || skip "no count of $file"
    echo "$file: $read"
    case $file:$read in
    whole.pcap:3\ to* | short.pcap:3\ to* | equal.pcapng:6\ to* | different.pcap:6\ to*) ;;
    whole.pcap:* | short.pcap:*) skip "libpcap doesn't read the captures themselves" ;;
    different.pcapng:*snapshot\ length* | swapped.pcapng:*snapshot\ length*) ;;
    *) changed "$file read as: $read" ;;
    esac
done
as_stated "the merge of different snapshot lengths is refused as pcapng and read as pcap"
