#!/usr/bin/env bash
# libsrt: a receive buffer of 12 MB is 8,192 packets, and each weighs a full one
# Guess: SRTO_RCVBUF is in bytes and reads 12,058,624; a stalled reader of 100-byte messages is full
#   after some 120,000 of them.
# Instead: the option is divided by the size of a full packet when it is set. What is counted is
#   packets, and each takes a full slot: the buffer is full after 8,191 messages, whether of 100
#   bytes (0.8 MB) or of 1,456 (11.9 MB). The sender's buffer takes 8,192 more, and both ends
#   together grow by 24 MiB for either size.
# Version: libsrt 1.5.1 (Debian 12), message mode.
# Why it matters: a buffer sized in bytes for audio, or for small data beside it, is full fifteen
#   times sooner than computed, and a connection of 1.6 MB in flight weighs as much as one of 24.
#   Compute the buffer as packets in the time to be bridged, times 1,472 bytes; above 25,600 packets
#   set SRTO_FC as well.
# Seen: message 100 B: rcvbuf 12058624 B, held 8191 packets = 819100 B, grown 24944 KiB
#       message 1456 B: rcvbuf 12058624 B, held 8191 packets = 11926096 B, grown 24940 KiB
. "$(dirname "$0")/common"
fetch libsrt1.5-openssl=1.5.1-1+deb12u2 libsrt-openssl-dev=1.5.1-1+deb12u2
compile stall -lsrt -lpthread <<'C'
#include <arpa/inet.h>
#include <srt/srt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "resident.h"

static SRTSOCKET endpoint(void) { // messages, every one of them delivered
    SRTSOCKET s = srt_create_socket();
    int type = SRTT_FILE, yes = 1;
    srt_setsockflag(s, SRTO_TRANSTYPE, &type, sizeof type);
    srt_setsockflag(s, SRTO_MESSAGEAPI, &yes, sizeof yes);
    return s;
}

int main(int argc, char **argv) {
    static char message[1456];
    struct sockaddr_in at = {.sin_family = AF_INET};
    int bytes = atoi(argv[argc - 1]), no = 0, size = sizeof at, buffer = 0, held = 0;
    long base;
    SRTSOCKET listener, sender, receiver;

    srt_startup();
    srt_setloglevel(0);
    listener = endpoint();
    sender = endpoint();
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (srt_bind(listener, (struct sockaddr *)&at, size) ||
        srt_getsockname(listener, (struct sockaddr *)&at, &size) || srt_listen(listener, 1) ||
        srt_connect(sender, (struct sockaddr *)&at, size) == SRT_ERROR)
        return 77;
    receiver = srt_accept(listener, NULL, NULL);
    if (receiver == SRT_INVALID_SOCK)
        return 77;
    base = resident();
    srt_setsockflag(sender, SRTO_SNDSYN, &no, sizeof no);
    for (int idle = 0; idle < 200; idle++) // nobody reads; until nothing was taken for 2 s
        if (srt_sendmsg2(sender, message, bytes, NULL) > 0)
            idle = 0;
        else
            usleep(10000);
    size = sizeof buffer;
    srt_getsockflag(receiver, SRTO_RCVBUF, &buffer, &size);
    size = sizeof held;
    srt_getsockflag(receiver, SRTO_RCVDATA, &held, &size);
    printf("%d %d %ld\n", buffer, held, resident() - base);
    fflush(stdout);
    _exit(0);
}
C
small=$(run 40 stall 100) || skip "no SRT connection over the loopback"
full=$(run 40 stall 1456) || skip "no SRT connection over the loopback"
read -r buffer held kib <<<"$small"
read -r buffer_full held_full kib_full <<<"$full"
echo "message 100 B: rcvbuf $buffer B, held $held packets = $((held * 100)) B, grown $kib KiB"
echo "message 1456 B: rcvbuf $buffer_full B, held $held_full packets = $((held_full * 1456)) B," \
    "grown $kib_full KiB"
[ $((held * 100 * 4)) -lt "$buffer" ] ||
    changed "$held messages of 100 B held, expected less than a quarter of $buffer B"
[ $((held * 10 / held_full)) -eq 10 ] || [ $((held_full * 10 / held)) -eq 10 ] ||
    changed "$held small and $held_full full packets held, expected the same count"
[ $((kib * 2)) -ge "$kib_full" ] ||
    changed "small packets grew by $kib KiB, full ones by $kib_full, expected the same"
as_stated "$held packets of 100 B fill $buffer B and weigh $kib KiB; of 1456 B, $kib_full KiB"
