/* plimsoll-heap-traits: what a heap does where people expect something else, a figure a trait, in
 * plain programs without the harness. ci/heap-traits runs it under each heap of this machine;
 * allocators/README.md has the table by release. plimsoll-heap-traits TRAIT      prints one number,
 * in the unit that the table below says */
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define MIB 1048576.0
#define PACKET 1400 /* bytes: an RTP packet of the usual MTU */
#define BURST 100000
#define PICTURE 12441600 /* bytes: 4K in yuv420p */
#define STEADY_SECONDS 10
#define STEADY_PACKETS 50000

static double rss_mib(void)
{
    long pages = 0, shared = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%*d %ld %ld", &pages, &shared) != 2)
        pages = shared = 0;
    if (file)
        fclose(file);
    return (double)(pages - shared) * (double)sysconf(_SC_PAGESIZE) / MIB;
}

static void *touched(size_t bytes)
{
    void *block = malloc(bytes);
    if (!block)
        exit(3);
    return memset(block, 1, bytes);
}

static void sleep_ns(long ns)
{
    nanosleep(&(struct timespec){ns / 1000000000, ns % 1000000000}, NULL);
}

/* A burst is freed but for `window` packets, and traffic goes on for ten seconds: `batch` in, then
 * the oldest out. What is left beside the window? */
static double left_after_burst(size_t window, size_t batch)
{
    static void *ring[BURST];
    double base = rss_mib();
    for (size_t i = 0; i < BURST; i++)
        ring[i] = touched(PACKET);
    for (size_t i = window; i < BURST; i++)
        free(ring[i]);
    size_t oldest = 0;
    for (size_t sent = 0; sent < STEADY_PACKETS; sent += batch) {
        void *fresh[1000];
        for (size_t i = 0; i < batch; i++)
            fresh[i] = touched(PACKET);
        for (size_t i = 0; i < batch; i++, oldest = (oldest + 1) % window) {
            free(ring[oldest]);
            ring[oldest] = fresh[i];
        }
        sleep_ns((long)(batch * (STEADY_SECONDS * INT64_C(1000000000) / STEADY_PACKETS)));
    }
    return rss_mib() - base;
}

static double one_by_one(void)
{
    return left_after_burst(1000, 1);
}

static double by_the_thousand(void)
{
    return left_after_burst(1000, 1000);
}

static double faults_a_picture(void)
{
    struct rusage before, after;
    free(touched(PICTURE));
    getrusage(RUSAGE_SELF, &before);
    for (int i = 0; i < 50; i++)
        free(touched(PICTURE));
    getrusage(RUSAGE_SELF, &after);
    return (double)(after.ru_minflt - before.ru_minflt) / 50;
}

static double calloc_touches(void)
{
    double base = rss_mib();
    void *volatile block = calloc(1, PICTURE);
    double taken = rss_mib() - base;
    free(block);
    return taken;
}

static double four_pictures_stay(void)
{
    void *pictures[4];
    double base = rss_mib();
    for (int i = 0; i < 4; i++)
        pictures[i] = touched(PICTURE);
    for (int i = 0; i < 4; i++)
        free(pictures[i]);
    return rss_mib() - base;
}

static void *work(void *context)
{
    void *blocks[1024];
    (void)context;
    for (int i = 0; i < 1024; i++)
        blocks[i] = touched(10240);
    for (int i = 0; i < 1024; i++)
        free(blocks[i]);
    return NULL;
}

static double ended_threads_leave(void)
{
    double base = rss_mib();
    pthread_t threads[16];
    for (int i = 0; i < 16; i++)
        pthread_create(&threads[i], NULL, work, NULL);
    for (int i = 0; i < 16; i++)
        pthread_join(threads[i], NULL);
    return rss_mib() - base;
}

static void *allocate_one(void *context)
{
    (void)context;
    void *volatile block = malloc(100);
    free(block);
    return NULL;
}

/* A thread that starts while a burst is held, as one that answers a call does. */
static double thread_at_the_peak(void)
{
    static void *packets[BURST];
    pthread_t thread;
    double base = rss_mib();
    for (size_t i = 0; i < BURST; i++)
        packets[i] = touched(PACKET);
    pthread_create(&thread, NULL, allocate_one, NULL);
    pthread_join(thread, NULL);
    for (size_t i = 0; i < BURST; i++)
        free(packets[i]);
    return rss_mib() - base;
}

static double realloc_milliseconds(void)
{
    struct rusage usage;
    char *volatile block = NULL;
    for (size_t bytes = 1 << 20; bytes <= 64u << 20; bytes += 64 << 10) {
        char *larger = realloc(block, bytes);
        if (!larger)
            exit(3);
        memset(larger + bytes - (64 << 10), 1, 64 << 10);
        block = larger;
    }
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

/* What a block of 400 B takes that is aligned to 64, as FFmpeg's are. */
static double aligned_400(void)
{
    enum { COUNT = 100000 };
    double base = rss_mib();
    for (int i = 0; i < COUNT; i++) {
        void *block;
        if (posix_memalign(&block, 64, 400))
            exit(3);
        memset(block, 1, 400);
    }
    return (rss_mib() - base) * MIB / COUNT;
}

static const struct {
    const char *name, *unit;
    double (*measure)(void);
} traits[] = {
    {"one-by-one", "MiB left of a burst of 134 after 10 s of packets, one in and the oldest out",
     one_by_one},
    {"by-the-thousand", "MiB likewise, a thousand at a time", by_the_thousand},
    {"faults-a-picture", "page faults of a 4K picture that is freed and asked for again",
     faults_a_picture},
    {"calloc-touches", "MiB resident of 11.9 from calloc, untouched", calloc_touches},
    {"four-pictures", "MiB that stay of four freed 4K pictures, 47.5", four_pictures_stay},
    {"ended-threads", "MiB that 16 ended threads leave, each of which freed 10",
     ended_threads_leave},
    {"thread-at-peak", "MiB of a freed burst of 134 that stay where a thread began meanwhile",
     thread_at_the_peak},
    {"realloc", "ms of CPU to grow a block from 1 to 64 MiB by 64 KiB", realloc_milliseconds},
    {"aligned-400", "bytes that a block of 400 aligned to 64 takes", aligned_400},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof traits / sizeof *traits; i++)
        if (argc == 2 && strcmp(argv[1], traits[i].name) == 0) {
            printf("%.0f\n", traits[i].measure());
            return 0;
        }
    for (size_t i = 0; i < sizeof traits / sizeof *traits; i++)
        printf("%s\t%s\n", traits[i].name, traits[i].unit);
    return argc == 1 ? 0 : 2;
}
