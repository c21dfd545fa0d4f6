#!/usr/bin/env bash
# libpcap: immediate mode turns a capture buffer of bytes into a few dozen slots
# Guess: a buffer of 4 MiB holds 4 MiB of packets, some 15,000 RTP packets of 172 B; immediate mode
#   only hands them over sooner.
# Instead: immediate mode needs the older kind of ring, of slots of one size, each as large as the
#   largest packet of the interface: 64 KiB on the loopback unless the snapshot length is smaller. 4
#   MiB are 63 slots, half of them taken by the copy of each packet that the loopback shows on its
#   way out and libpcap hides. A burst of 4,000 packets leaves 32; the rest is counted as dropped.
# Version: libpcap 1.10.3 (Debian 12), Linux 6.
# Why it matters: traffic for a benchmark is recorded on the loopback, and a monitor of jitter wants
#   immediate mode for its arrival times. Whenever it is off the CPU for the time of 32 packets it
#   loses some, and the recording shows a lossy network that never was. A snapshot length of 256
#   cures it: the same 4 MiB then hold all 4,000. ps_drop counts each lost packet twice here.
# Seen: immediate 0 snaplen 262144 kept 4000 of 4000, dropped 0
#       immediate 1 snaplen 262144 kept 32 of 4000, dropped 7936
#       immediate 1 snaplen 256 kept 4000 of 4000, dropped 0
. "$(dirname "$0")/common"
fetch libpcap0.8=1.10.3-1 libpcap0.8-dev=1.10.3-1
compile burst -lpcap <<'C'
#include <arpa/inet.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PACKETS = 4000, BYTES = 172, BUFFER = 4 << 20 };

static int drain(pcap_t *capture) {
    struct pcap_pkthdr *header;
    const u_char *data;
    int count = 0;
    while (pcap_next_ex(capture, &header, &data) == 1)
        count++;
    return count;
}

int main(int argc, char **argv) {
    char error[PCAP_ERRBUF_SIZE], filter[40], packet[BYTES] = {(char)0x80};
    struct sockaddr_in to = {.sin_family = AF_INET};
    socklen_t size = sizeof to;
    struct bpf_program program;
    struct pcap_stat count;
    int immediate = atoi(argv[argc - 2]), snaplen = atoi(argv[argc - 1]), kept;
    int in = socket(AF_INET, SOCK_DGRAM, 0), out = socket(AF_INET, SOCK_DGRAM, 0);
    pcap_t *capture = pcap_create("lo", error);

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (!capture || bind(in, (struct sockaddr *)&to, size) ||
        getsockname(in, (struct sockaddr *)&to, &size))
        return 77;
    pcap_set_snaplen(capture, snaplen);
    pcap_set_buffer_size(capture, BUFFER);
    pcap_set_timeout(capture, 100);
    pcap_set_immediate_mode(capture, immediate);
    if (pcap_activate(capture) < 0)
        return 77;
    snprintf(filter, sizeof filter, "udp dst port %d", ntohs(to.sin_port));
    if (pcap_compile(capture, &program, filter, 1, 0) ||
        pcap_setfilter(capture, &program) || pcap_setnonblock(capture, 1, error))
        return 77;
    for (int i = 0; i < PACKETS; i++)
        sendto(out, packet, BYTES, 0, (struct sockaddr *)&to, size);
    usleep(400000); // longer than the time after which a block that is not full is handed over
    kept = drain(capture);
    usleep(400000);
    kept += drain(capture);
    pcap_stats(capture, &count);
    printf("immediate %d snaplen %d kept %d of %d, dropped %u\n", immediate, snaplen, kept, PACKETS,
           count.ps_drop);
    pcap_close(capture);
    return 0;
}
C
capture() { # capture IMMEDIATE SNAPLEN: sets how many were kept
    figures=$(run 20 burst "$1" "$2") || skip "no right to capture on the loopback; run it as root"
    echo "$figures"
    kept=${figures#* kept }
    kept=${kept%% *}
}
capture 0 262144
[ "$kept" -ge 3900 ] || skip "this kernel drops without immediate mode too: $kept of 4000 kept"
capture 1 262144
[ "$kept" -le 200 ] || changed "immediate mode kept $kept of 4000, expected at most 200"
slots=$kept
capture 1 256
[ "$kept" -ge 3900 ] || changed "immediate mode with snaplen 256 kept $kept of 4000, expected all"
as_stated "4 MiB keep $slots packets in immediate mode, $kept with a snaplen of 256"
