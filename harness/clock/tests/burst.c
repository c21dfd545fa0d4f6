/* The named workload of the clock's tests: a burst of 400 MB is freed at once, then traffic goes on
 * that is freed in batches of 100 (freed one by one it would never leave a thread cache, and no
 * allocator would look at its clock). Built twice: with the virtual clock exported, when it runs
 * 20 s of replay as fast as it can, and without, when it runs 20 s of real time.
 * Prints `<seconds> <rss bytes>` at the peak and at 5, 10, 15 and 20 s. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness/clock/virtual.h"

#define BLOCK 4096 /* bytes of one block of the burst */
#define BLOCKS (400000000 / BLOCK)
#define BURST_NS INT64_C(2000000000) /* the burst is spread over this much time, as a real one */
#define BATCH 100
#define PACKET 600 /* bytes */
#define TICK_NS INT64_C(1000000)
#define PACKETS                                                                     \
    10 /* a tick: enough that jemalloc, which looks at the clock once in a thousand \
          operations, does so many times a second */

static long rss_bytes(void)
{
    char text[128];
    long size, resident, shared;
    int fd = open("/proc/self/statm", O_RDONLY);
    ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    text[n > 0 ? n : 0] = '\0';
    if (sscanf(text, "%ld %ld %ld", &size, &resident, &shared) != 3)
        return -1;
    return (resident - shared) * sysconf(_SC_PAGESIZE);
}

#ifdef PL_BURST_VIRTUAL
static void reach(int64_t ns)
{
    pl_virtual_advance(ns);
}
#else
/* Waits until `ns` after the program's first call: absolute, so that no drift adds up. */
static void reach(int64_t ns)
{
    static struct timespec origin;
    if (origin.tv_sec == 0)
        clock_gettime(CLOCK_MONOTONIC, &origin);
    int64_t at = origin.tv_sec * PL_NS_PER_S + origin.tv_nsec + ns;
    struct timespec until = {at / PL_NS_PER_S, at % PL_NS_PER_S};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}
#endif

static void burst(void)
{
    void **blocks = malloc(BLOCKS * sizeof *blocks);
    if (!blocks)
        exit(1);
    for (int64_t i = 0; i < BLOCKS; i++) {
        if (i % 256 == 0)
            reach(BURST_NS * i / BLOCKS);
        blocks[i] = malloc(BLOCK);
        if (!blocks[i])
            exit(1);
        memset(blocks[i], 1, BLOCK);
    }
    printf("0 %ld\n", rss_bytes());
    fflush(stdout);
    for (int64_t i = 0; i < BLOCKS; i++)
        free(blocks[i]);
    free(blocks);
}

/* One tick's packets; a full batch is freed at once. @return how many are held */
static int traffic(void **batch, int held)
{
    for (int i = 0; i < PACKETS; i++) {
        batch[held] = malloc(PACKET);
        if (!batch[held])
            exit(1);
        memset(batch[held++], 2, PACKET);
        for (; held == BATCH; held = 0)
            for (int k = BATCH; k > 0; k--)
                free(batch[k - 1]);
    }
    return held;
}

int main(void)
{
    void *batch[BATCH];
    int held = 0;
    int64_t shown_s = 0;
    reach(0);
    burst();
    for (int64_t t = BURST_NS; t <= 20 * PL_NS_PER_S; t += TICK_NS) {
        reach(t);
        held = traffic(batch, held);
        if (t / PL_NS_PER_S >= shown_s + 5) {
            shown_s += 5;
            printf("%lld %ld\n", (long long)shown_s, rss_bytes());
            fflush(stdout);
        }
    }
    return 0;
}
