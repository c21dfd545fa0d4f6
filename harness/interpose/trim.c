/* When to trim, and what came of it (trim.h).
 *
 * There is no thread for it: a second thread makes glibc lock where a program of one thread needs
 * no lock, and takes an arena of its own; a program that forks or counts its threads may break. So
 * a program that calls neither malloc nor free is not trimmed. */
#include "harness/interpose/trim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "harness/interpose/next.h"
#include "harness/interpose/own_slot.h"

enum { CALLS_A_LOOK = 64 };

static uint64_t latest_ns; /* when the process was trimmed last, or began */

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* RssAnon. No descriptor is kept for it: programs close what they don't know. */
static uint64_t resident_bytes(void)
{
    char text[128];
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    if (length <= 0)
        return 0;
    text[length] = '\0';
    char *at = text;
    strtoul(at, &at, 10);
    uint64_t resident = strtoul(at, &at, 10), shared = strtoul(at, &at, 10);
    return (resident - shared) * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void trim(void)
{
    const int error = errno;
    uint64_t before = resident_bytes(), start = clock_ns(CLOCK_MONOTONIC);
    pl_next.trim(0);
    uint64_t pause = clock_ns(CLOCK_MONOTONIC) - start, after = resident_bytes();
    pl_count_shared(&pl_process->trims, 1);
    pl_count_shared(&pl_process->trimmed_bytes, before > after ? before - after : 0);
    pl_count_shared(&pl_process->trim_ns, pause);
    pl_count_max(&pl_process->trim_ns_max, pause);
    errno = error;
}

void pl_trim_look(void)
{
    static PL_TLS uint32_t calls;
    if (PL_LIKELY(calls++ % CALLS_A_LOOK != 0) || !pl_next.trim || !pl_process)
        return;
    uint64_t now = clock_ns(CLOCK_MONOTONIC_COARSE), latest = pl_count_read(&latest_ns);
    uint64_t due = latest + pl_settings.trim_every_ns;
    if (latest && now < due)
        return;
    if (__atomic_compare_exchange_n(&latest_ns, &latest, now, false, __ATOMIC_RELAXED,
                                    __ATOMIC_RELAXED) &&
        latest)
        trim();
}
