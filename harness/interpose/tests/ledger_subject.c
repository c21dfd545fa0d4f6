/* interpose-ledger-* WHAT [NUMBER [MILLISECONDS]]: a program that, after so long, allocates by
 * functions and lines that are known, for test_ledger.sh to find them again. Lines that allocate
 * end with their names. It is built in several ways: at a fixed address, stripped, without debug
 * information. */
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __clang__
#define APART __attribute__((noinline))
#else
#define APART __attribute__((noinline, noclone))
#endif

enum { BLOCKS_MAX = 1 << 20 };

static void *volatile blocks[BLOCKS_MAX];

/* Not a tail call: the frame would be gone. */
#define KEEP_FRAME __asm__ volatile("" ::: "memory")

APART static void *take(size_t size)
{
    void *block = malloc(size); /* site: take */
    KEEP_FRAME;
    return block;
}

/* As C++ calls a function. */
APART void *load(size_t size) __asm__("_ZN6player4loadEm");
void *load(size_t size)
{
    void *block = malloc(size); /* site: load */
    KEEP_FRAME;
    return block;
}

__attribute__((always_inline)) static inline void *take_inlined(size_t size)
{
    return calloc(1, size); /* site: inlined */
}

APART static void *around(size_t size)
{
    void *block = take_inlined(size); /* site: around */
    KEEP_FRAME;
    return block;
}

/* A stack that is aligned to more than the machine's own: its frame is found through memory. */
APART static void *aligned_frame(size_t size)
{
    alignas(128) volatile char room[256];
    room[0] = 0;
    room[size % sizeof room] = 1;
    void *block = malloc(size + (size_t)room[0] / 2); /* site: aligned */
    KEEP_FRAME;
    return block;
}

/* One whose size is known at run time only. */
APART static void *varying_frame(size_t size)
{
    volatile char room[size];
    room[0] = 1;
    void *block = malloc(size); /* site: varying */
    return room[0] ? block : NULL;
}

APART static char *copy(const char *text)
{
    char *copied = strdup(text); /* site: copy */
    KEEP_FRAME;
    return copied;
}

APART static void *grow(void *block, size_t size)
{
    void *grown = realloc(block, size); /* site: grow */
    KEEP_FRAME;
    return grown;
}

static void sites(long count)
{
    for (long i = 0; i < count; i++) {
        blocks[i] = take(100);
        free(load(50));
    }
    for (long i = 0; i < count / 2; i++)
        free(blocks[i]);
    blocks[0] = around(30);
    blocks[1] = aligned_frame(40);
    blocks[2] = varying_frame(60);
    blocks[3] = copy("seven B");
    blocks[4] = grow(grow(NULL, 1000), 3000);
}

static void *take_some(void *first)
{
    void *volatile *own = first;
    for (int i = 0; i < 1000; i++)
        own[i] = take(64);
    return NULL;
}

static void threads(long count)
{
    pthread_t ids[64];
    for (long i = 0; i < count; i++)
        pthread_create(&ids[i], NULL, take_some, (void *)&blocks[1000 * i]);
    for (long i = 0; i < count; i++)
        pthread_join(ids[i], NULL);
    for (long i = 0; i < 1000 * count; i += 2)
        free(blocks[i]); /* none of them its own */
}

static void forked(long count)
{
    for (long i = 0; i < count; i++)
        blocks[i] = take(100);
    pid_t child = fork();
    if (child == 0) {
        for (long i = 0; i < count; i++)
            free(blocks[i]);
        for (long i = 0; i < 7; i++)
            blocks[i] = load(10);
        _exit(0);
    }
    waitpid(child, NULL, 0);
}

static void executed(long count)
{
    for (long i = 0; i < count; i++)
        blocks[i] = take(100);
    execl("/proc/self/exe", "ledger-subject", "sites", "10", (char *)NULL);
}

static void killed(long count)
{
    for (long i = 0; i < count; i++)
        blocks[i] = take(100);
    raise(SIGKILL);
}

/* Two that take each other's place in memory. */
static void plugins(long count)
{
    static const char *const names[] = {"./interpose-ledger-one.so", "./interpose-ledger-two.so"};
    for (int i = 0; i < 4; i++) {
        void *(*run)(void);
        void *library = dlopen(names[i % 2], RTLD_NOW);
        void *found = library ? dlsym(library, "run") : NULL;
        memcpy(&run, &found, sizeof run);
        for (long k = 0; k < count; k++)
            blocks[k] = run();
        dlclose(library);
    }
}

static void take_in_handler(int number)
{
    blocks[number] = take(10);
}

static void handler(long count)
{
    signal(SIGUSR1, take_in_handler);
    for (long i = 0; i < count; i++)
        raise(SIGUSR1);
}

/* A chain of calls of its own for each number: which of two functions calls the next is a bit. */
APART static void *left(unsigned path, int depth);
APART static void *right(unsigned path, int depth);

static void *next(unsigned path, int depth)
{
    void *block = depth == 0 ? take(16)
                  : path & 1 ? left(path >> 1, depth - 1)
                             : right(path >> 1, depth - 1);
    KEEP_FRAME;
    return block;
}

static void *left(unsigned path, int depth)
{
    void *block = next(path, depth);
    KEEP_FRAME;
    return block;
}

static void *right(unsigned path, int depth)
{
    void *block = next(path, depth);
    KEEP_FRAME;
    return block;
}

static void chains(long bits)
{
    for (unsigned path = 0; path < 1u << bits; path++)
        free(left(path, (int)bits));
}

static void many(long count)
{
    for (long i = 0; i < count; i++)
        blocks[i] = take(16);
}

static void refused(long count)
{
    for (long i = 0; i < count; i++)
        blocks[i] = take(2u << 20);
}

static const struct {
    const char *name;
    void (*run)(long number);
} all[] = {{"sites", sites},   {"threads", threads}, {"fork", forked},     {"exec", executed},
           {"killed", killed}, {"plugins", plugins}, {"handler", handler}, {"chains", chains},
           {"many", many},     {"refused", refused}};

int main(int argc, char **argv)
{
    long number = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
    if (argc > 3)
        usleep((useconds_t)strtol(argv[3], NULL, 10) * 1000);
    for (size_t i = 0; argc > 1 && i < sizeof all / sizeof *all; i++)
        if (strcmp(argv[1], all[i].name) == 0) {
            all[i].run(number);
            return 0;
        }
    return 2;
}
