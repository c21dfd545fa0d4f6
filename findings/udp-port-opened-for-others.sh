#!/usr/bin/env bash
# libuv: handing it a bound socket opens that socket's port to others
# Guess: a UDP socket that is bound without SO_REUSEADDR keeps its port to itself, and uv_udp_open()
#   only takes it into the loop.
# Instead: uv_udp_open() turns SO_REUSEADDR on. From then on a second socket that sets the option
#   too may bind the same port, without an error on either end, and Linux gives every datagram to
#   the newer one.
# Version: libuv 1.44.2 (Debian 12).
# Why it matters: a test harness or supervisor binds a free port, tells the sender and hands the
#   socket to the receiver. A second receiver on that port by mistake (FFmpeg 5.1 with
#   udp://127.0.0.1:PORT?reuse=1 gets it, and is refused before) then takes the stream away: the
#   first one's queue stays empty, its memory flat, and nothing has failed. Only comparing what was
#   sent with what came finds it.
# Seen: before: reuse 0, second bind "address already in use", first 10 of 10
#       after uv_udp_open: reuse 1, second bind ok, first 0 of 10, second 10 of 10
. "$(dirname "$0")/common"
fetch libuv1=1.44.2-1+deb12u1 libuv1-dev=1.44.2-1+deb12u1
compile port -luv <<'C'
#include <arpa/inet.h>
#include <stdio.h>
#include <unistd.h>
#include <uv.h>

static struct sockaddr_in address = {.sin_family = AF_INET};

static int option(int fd) {
    int on = -1;
    socklen_t size = sizeof on;
    getsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, &size);
    return on;
}

static int second(void) { // a socket that sets the option, on the port that is taken; -1 if refused
    int on = 1, fd = socket(AF_INET, SOCK_DGRAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

static int arrived(int fd) {
    char byte;
    int count = 0;
    while (recv(fd, &byte, 1, MSG_DONTWAIT) == 1)
        count++;
    return count;
}

static void ten(void) {
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    for (int i = 0; i < 10; i++)
        sendto(fd, "x", 1, 0, (struct sockaddr *)&address, sizeof address);
    close(fd);
    usleep(50000);
}

int main(void) {
    socklen_t size = sizeof address;
    int first = socket(AF_INET, SOCK_DGRAM, 0), other;
    uv_udp_t handle;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(first, (struct sockaddr *)&address, size) ||
        getsockname(first, (struct sockaddr *)&address, &size))
        return 77;
    other = second();
    ten();
    printf("before: reuse %d second %d", option(first), other >= 0);
    printf(" first-got %d\n", arrived(first));
    if (uv_udp_init(uv_default_loop(), &handle) || uv_udp_open(&handle, first))
        return 77;
    other = second();
    ten();
    printf("after: reuse %d second %d", option(first), other >= 0);
    printf(" first-got %d second-got %d\n", arrived(first), other >= 0 ? arrived(other) : 0);
    return 0;
}
C
figures=$(run 20 port) || skip "no UDP socket on the loopback"
echo "$figures"
[ "$(sed -n 1p <<<"$figures")" = "before: reuse 0 second 0 first-got 10" ] ||
    skip "this kernel shares or drops already before libuv is asked"
[ "$(sed -n 2p <<<"$figures")" = "after: reuse 1 second 1 first-got 0 second-got 10" ] ||
    changed "expected reuse 1, a second socket on the port, and all 10 datagrams in it"
as_stated "after uv_udp_open a second socket took the port and all its datagrams"
