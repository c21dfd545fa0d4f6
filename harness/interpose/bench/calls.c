/* interpose-calls [PAIRS]: what a call of malloc and free costs in a plain program, in ns a pair, a
 * line a pattern: the figure that ci/interpose-speed compares with and without the library.
 *   churn   one block of 100 B at a time
 *   window  256 blocks of 16 B to 2 KiB live, the oldest out and a new one in
 *   shared  as window, in two threads at once; each a pair's time */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { WINDOW = 256, SIZES = 1024 };

static long pairs = 2000000;

static double now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
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

static void report(const char *name, void (*run)(void))
{
    double begin = now_ns();
    run();
    printf("%s\t%.2f\n", name, (now_ns() - begin) / (double)pairs);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        pairs = strtol(argv[1], NULL, 10);
    if (pairs < 1)
        return 2;
    report("churn", churn);
    report("window", window_alone);
    report("shared", shared);
    return 0;
}
