/* A loopback socket of a given size (socket.h). */
#include "harness/live/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/live/loopback.h"

#ifndef SO_MEMINFO
#define SO_MEMINFO 55 /* asm-generic/socket.h */
#endif

static uint64_t rcvbuf_of(int fd)
{
    int bytes = 0;
    socklen_t size = sizeof bytes;
    getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, &size);
    return (uint64_t)bytes;
}

/* The kernel doubles what it is asked for (man 7 socket). */
static int set_rcvbuf(int fd, uint64_t bytes, struct pl_error *error)
{
    int half = (int)((bytes + 1) / 2);
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &half, sizeof half))
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &half, sizeof half);
    uint64_t got = rcvbuf_of(fd);
    if (got >= bytes && got <= bytes + 1)
        return 0;
    return pl_error_set(error, -EPERM,
                        "the kernel gives a socket buffer of %llu B, not receiver.rcvbuf's %llu B; "
                        "as root, or with sysctl net.core.rmem_max=%llu, it would",
                        (unsigned long long)got, (unsigned long long)bytes,
                        (unsigned long long)half);
}

static int bind_loopback(int fd, uint32_t *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    if (bind(fd, (struct sockaddr *)&address, sizeof address) ||
        getsockname(fd, (struct sockaddr *)&address, &size))
        return -errno;
    *port = ntohs(address.sin_port);
    return 0;
}

int pl_live_socket(uint64_t rcvbuf_bytes, uint32_t *port, struct pl_error *error)
{
    int rc = pl_live_loopback(error);
    if (rc)
        return rc;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    rc = fd < 0 ? -errno : bind_loopback(fd, port);
    if (rc)
        pl_error_set(error, rc, "no UDP socket on 127.0.0.1: %s", strerror(-rc));
    else
        rc = set_rcvbuf(fd, rcvbuf_bytes, error);
    if (!rc)
        return fd;
    if (fd >= 0)
        close(fd);
    return rc;
}

uint32_t pl_live_socket_drops(int fd)
{
    uint32_t info[SK_MEMINFO_VARS] = {0};
    socklen_t size = sizeof info;
    getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &size);
    return info[SK_MEMINFO_DROPS];
}

void pl_live_socket_claim(int fd)
{
    int no = 0;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &no, sizeof no);
}

struct pl_live_drained pl_live_socket_drain(int fd, uint32_t source)
{
    uint8_t byte;
    struct sockaddr_in from = {0};
    socklen_t size = sizeof from;
    struct pl_live_drained drained = {0};
    while (recvfrom(fd, &byte, sizeof byte, MSG_DONTWAIT, (struct sockaddr *)&from, &size) >= 0) {
        *(from.sin_addr.s_addr == source ? &drained.ours : &drained.foreign) += 1;
        size = sizeof from;
    }
    return drained;
}
