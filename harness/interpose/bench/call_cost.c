/* interpose-calls [PAIRS]: what malloc and free cost a plain program, in ns of CPU a pair, a line a
 * pattern: the figure that ci/interpose-speed compares with and without the library. The median of
 * 15 runs of each.
 *   churn   one block of 100 B at a time
 *   window  256 blocks of 16 B to 2 KiB live, the oldest out and a new one in
 *   shared  as window, in two threads at once; each a pair's time */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { WINDOW = 256, SIZES = 1024, RUNS = 15 };

static long pairs = 200000;

static double cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void churn(void)
{
    for (long i = 0; i < pairs; i++) {
        char *block = malloc(100);
        *(volatile char *)block = 1;
        free(block);
    }
}

/* A xorshift of one seed: the same sizes each time. */
static void draw_sizes(uint16_t *sizes)
{
    uint32_t state = 2463534242u;
    for (int i = 0; i < SIZES; i++) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        sizes[i] = (uint16_t)(16u << state % 8 | (state >> 8) % 16);
    }
}

static void *window(void *unused)
{
    uint16_t sizes[SIZES];
    char *blocks[WINDOW] = {0};
    draw_sizes(sizes);
    for (long i = 0; i < pairs; i++) {
        char **block = &blocks[i % WINDOW];
        free(*block);
        *block = malloc(sizes[i % SIZES]);
        *(volatile char *)*block = 1;
    }
    for (int i = 0; i < WINDOW; i++)
        free(blocks[i]);
    return unused;
}

static void window_alone(void)
{
    window(NULL);
}

static void shared(void)
{
    pthread_t other;
    if (pthread_create(&other, NULL, window, NULL))
        exit(3);
    window(NULL);
    pthread_join(other, NULL);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void report(const char *name, void (*run)(void), int threads)
{
    double taken[RUNS];
    run(); /* faults the heap's pages in */
    for (int i = 0; i < RUNS; i++) {
        double begin = cpu_ns();
        run();
        taken[i] = (cpu_ns() - begin) / (double)pairs / threads;
    }
    qsort(taken, RUNS, sizeof *taken, compare);
    printf("%s\t%.2f\n", name, taken[RUNS / 2]);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        pairs = strtol(argv[1], NULL, 10);
    if (pairs < 1)
        return 2;
    report("churn", churn, 1);
    report("window", window_alone, 1);
    report("shared", shared, 2);
    return 0;
}
