/* Connected sockets, opened when they are first needed (outlets.h). */
#include "harness/live/outlets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define OTHER_FDS 32 /* that the process has besides */

static int allow(uint64_t count, struct pl_error *error)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit))
        return -errno;
    if (limit.rlim_cur < count + OTHER_FDS) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur >= count + OTHER_FDS)
        return 0;
    return pl_error_set(error, -EMFILE,
                        "the senders need %llu sockets, but only %llu files may be open; "
                        "`ulimit -n %llu` allows more",
                        (unsigned long long)count, (unsigned long long)limit.rlim_cur,
                        (unsigned long long)count + OTHER_FDS);
}

/* The kernel's range of ports to give; the default has 28,232. */
static int allow_ports(uint64_t count, struct pl_error *error)
{
    unsigned low = 0, high = 65535;
    FILE *file = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");
    if (file && fscanf(file, "%u %u", &low, &high) != 2)
        low = 0;
    if (file)
        fclose(file);
    if (count <= high - low)
        return 0;
    return pl_error_set(error, -EADDRNOTAVAIL,
                        "the senders need %llu ports, but net.ipv4.ip_local_port_range has %u; "
                        "expected fewer traffic.sessions",
                        (unsigned long long)count, high - low);
}

/* Of 4,194,304 addresses, none of which a system uses by itself (127.0.0.1, 127.0.1.1, 127.0.0.53).
 */
static uint32_t draw_source(void)
{
    uint32_t random = 0;
    if (getrandom(&random, sizeof random, 0) < 0)
        random = (uint32_t)getpid();
    return UINT32_C(0x7f400000) | (random & 0x3fffff); /* 127.64.0.0/10 */
}

static int connected(const struct outlets *o, uint32_t session)
{
    const struct sockaddr_in *to = &o->to[session % o->to_count];
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (bind(fd, (const struct sockaddr *)&o->from, sizeof o->from) == 0 &&
        connect(fd, (const struct sockaddr *)to, sizeof *to) == 0)
        return fd;
    int rc = -errno;
    close(fd);
    return rc;
}

/* Once, before it counts. */
static int try_out(const struct outlets *o, struct pl_error *error)
{
    char address[INET_ADDRSTRLEN];
    int fd = connected(o, 0);
    if (fd >= 0) {
        close(fd);
        return 0;
    }
    inet_ntop(AF_INET, &o->from.sin_addr, address, sizeof address);
    return pl_error_set(error, fd,
                        "the senders can't send from %s: %s; loopback needs all of 127.0.0.0/8: as "
                        "root, `ip address add 127.0.0.1/8 dev lo`",
                        address, strerror(-fd));
}

static void address(struct outlets *o, const struct pl_live_link *link)
{
    o->to_count = link->sockets ? link->sockets : 1;
    for (uint32_t i = 0; i < o->to_count; i++)
        o->to[i] = (struct sockaddr_in){
            .sin_family = AF_INET,
            .sin_port = htons((uint16_t)atomic_load(&link->port[i])),
            .sin_addr.s_addr = htonl(link->to ? link->to : INADDR_LOOPBACK),
        };
}

int outlets_open(struct outlets *o, uint32_t streams, uint32_t identities,
                 const struct pl_live_link *link, struct pl_error *error)
{
    uint64_t needed = (uint64_t)streams * identities + 1; /* the hostile sender's */
    uint32_t count = (uint32_t)needed;
    int rc = allow_ports(needed, error);
    if (!rc)
        rc = allow(needed, error);
    if (rc)
        return rc;
    *o = (struct outlets){
        .each = malloc(count * sizeof *o->each),
        .count = count,
        .identities = identities,
        .from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(draw_source())},
    };
    address(o, link);
    if (!o->each)
        return pl_error_set(error, -ENOMEM, "out of memory");
    for (uint32_t i = 0; i < count; i++)
        o->each[i] = (struct outlet){.fd = -1};
    return try_out(o, error);
}

/* The hostile sender's has the last place, whatever it calls itself. */
int outlets_of(struct outlets *o, const struct pl_arrival *arrival)
{
    uint64_t place = (uint64_t)arrival->session * o->identities + arrival->epoch % o->identities;
    struct outlet *outlet = &o->each[arrival->packet && place < o->count ? place : o->count - 1];
    if (outlet->fd >= 0 && outlet->port == arrival->port)
        return outlet->fd;
    int fd = connected(o, arrival->session);
    if (fd < 0)
        return fd;
    if (outlet->fd >= 0)
        close(outlet->fd); /* after the new one was opened: its port is another */
    *outlet = (struct outlet){.fd = fd, .port = arrival->port};
    return fd;
}

void outlets_close(struct outlets *o)
{
    for (uint32_t i = 0; i < o->count; i++)
        if (o->each[i].fd >= 0)
            close(o->each[i].fd);
    free(o->each);
    o->each = NULL;
    o->count = 0;
}
