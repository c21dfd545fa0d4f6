#!/usr/bin/env bash
# usrsctp: the number of streams that WebRTC negotiates costs 13 MB a connection
# Guess: a stream costs memory when something is sent on it. That RFC 8831 has data channels
#   negotiate 65,535 of them is a figure in a handshake.
# Instead: both ends allocate and fill a table of all streams that the handshake agreed on, in each
#   direction. A connection, both of its ends together, takes 22 KiB with 16 streams and 13.0 MiB
#   with 65,535, before the first byte is sent.
# Version: libusrsctp 0.9.5.0 (Debian 12).
# Why it matters: a server of data channels that follows the RFC's figure pays its half, 6.5 MiB,
#   for each browser that connects, to use one or two channels: 6.5 GB for a thousand. Offer 1,024:
#   where the server calls, both ends then stay small; where it is called, the caller's table stays.
# Seen: 16 and 16 streams offered: 22 KiB a connection
#       65535 and 65535 streams offered: 13331 KiB a connection
#       65535 and 1024 streams offered: 4259 KiB a connection
#       1024 and 65535 streams offered: 227 KiB a connection
. "$(dirname "$0")/common"
fetch libusrsctp2=0.9.5.0-2 libusrsctp-dev=0.9.5.0-2
compile connect -lusrsctp <<'C'
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <usrsctp.h>
#include "resident.h"

enum { CONNECTIONS = 10, WAITING = 64, MTU = 2048, PORT = 5000 };

// What one end has sent and the other has not got yet. Ends are numbered; 2n and 2n + 1 are a pair.
static struct {
    uintptr_t to;
    size_t bytes;
    char data[MTU];
} wire[WAITING];
static unsigned sent, got;

static int put_on_wire(void *from, void *data, size_t bytes, uint8_t tos, uint8_t df) {
    unsigned i = sent % WAITING;
    (void)tos;
    (void)df;
    if (sent - got == WAITING || bytes > MTU)
        return -1;
    wire[i].to = (uintptr_t)from ^ 1;
    wire[i].bytes = bytes;
    memcpy(wire[i].data, data, bytes);
    sent++;
    return 0;
}

static void deliver(void) { // what is delivered may make its receiver send
    char data[MTU];
    for (; got != sent; got++) {
        unsigned i = got % WAITING;
        memcpy(data, wire[i].data, wire[i].bytes);
        usrsctp_conninput((void *)wire[i].to, data, wire[i].bytes, 0);
    }
}

static struct sockaddr_conn address_of(uintptr_t end) {
    return (struct sockaddr_conn){
        .sconn_family = AF_CONN, .sconn_port = htons(PORT), .sconn_addr = (void *)end};
}

static struct socket *endpoint(uintptr_t end, int streams) {
    struct sockaddr_conn at = address_of(end);
    struct sctp_initmsg ask = {.sinit_num_ostreams = (uint16_t)streams,
                               .sinit_max_instreams = (uint16_t)streams};
    struct socket *s = usrsctp_socket(AF_CONN, SOCK_STREAM, IPPROTO_SCTP, NULL, NULL, 0, NULL);
    usrsctp_register_address((void *)end);
    if (!s || usrsctp_set_non_blocking(s, 1) ||
        usrsctp_setsockopt(s, IPPROTO_SCTP, SCTP_INITMSG, &ask, sizeof ask) ||
        usrsctp_bind(s, (struct sockaddr *)&at, sizeof at))
        exit(77);
    return s;
}

int main(int argc, char **argv) {
    int called = atoi(argv[argc - 1]), calling = atoi(argv[argc - 2]);
    long base;
    without_huge_pages();
    usrsctp_init_nothreads(0, put_on_wire, NULL);
    memset(wire, 0, sizeof wire);
    base = resident();
    for (uintptr_t end = 2; end < 2 + 2 * CONNECTIONS; end += 2) {
        struct sockaddr_conn there = address_of(end);
        struct socket *listener = endpoint(end + 1, called), *caller = endpoint(end, calling);
        if (usrsctp_listen(listener, 1))
            return 77;
        usrsctp_connect(caller, (struct sockaddr *)&there, sizeof there);
        deliver();
        if (!usrsctp_accept(listener, NULL, NULL))
            return 77;
    }
    printf("%ld\n", (resident() - base) / CONNECTIONS);
    fflush(stdout);
    _exit(0); // sockets and timers go with the process
}
C
weigh() { # weigh CALLER LISTENER: sets KiB a connection where the two offer so many streams
    kib=$(run 20 connect "$1" "$2") || skip "two ends in one process don't connect with $1 and $2"
    echo "$1 and $2 streams offered: $kib KiB a connection"
}
weigh 16 16
[ "$kib" -le 200 ] || changed "$kib KiB a connection of 16 streams, expected at most 200"
few=$kib
weigh 65535 65535
[ "$kib" -ge 6000 ] || changed "$kib KiB a connection of 65535 streams, expected 6000 or more"
all=$kib
weigh 65535 1024
[ $((2 * kib)) -le "$all" ] ||
    changed "$kib KiB where the listener offers 1024, expected less than half of $all"
weigh 1024 65535
[ $((10 * kib)) -le "$all" ] ||
    changed "$kib KiB where the caller offers 1024, expected less than a tenth of $all"
as_stated "a connection weighs $few KiB with 16 streams and $all with 65535, none of them used"
