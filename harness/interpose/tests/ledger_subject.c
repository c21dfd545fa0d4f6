/* Allocates from places that a ledger has to name: each call that a test looks for has a mark on
 * its line.     ledger-subject WHAT [ARGUMENT] */
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define APART __attribute__((noinline, noclone))

enum { BLOCKS = 1000, THREADS = 4 };

static void *volatile held[THREADS * BLOCKS];

/* What is behind a call keeps it from being the last: a jump leaves no frame. */
static void *kept(void *block)
{
    __asm__ volatile("" : : "r"(block) : "memory");
    return block;
}

APART static void *inner(size_t size)
{
    void *block = malloc(size); /* MARK inner */
    return kept(block);
}

APART static void *outer(size_t size)
{
    void *block = inner(size); /* MARK outer */
    return kept(block);
}

static inline __attribute__((always_inline)) void *within(size_t size)
{
    return malloc(size + 1); /* MARK within; were it like inner, they would become one */
}

APART static void *inlining(size_t size)
{
    void *block = within(size); /* MARK inlining */
    return kept(block);
}

static void fill(void *(*get)(size_t), size_t from, size_t count)
{
    for (size_t i = from; i < from + count; i++)
        held[i] = get(64);
}

static void drain(size_t from, size_t count)
{
    for (size_t i = from; i < from + count; i++)
        free(held[i]);
}

/* Half of them stay. */
static int plain(const char *argument)
{
    (void)argument;
    fill(outer, 0, BLOCKS);
    drain(0, BLOCKS / 2);
    return 0;
}

static int inlined(const char *argument)
{
    (void)argument;
    fill(inlining, 0, BLOCKS);
    return 0;
}

static int resized(const char *argument)
{
    (void)argument;
    char *block = outer(64);
    for (size_t size = 128; size <= 1 << 20; size *= 2)
        block = realloc(block, size); /* MARK resized */
    held[0] = block;
    return 0;
}

static void *work(void *from)
{
    fill(outer, (size_t)from, BLOCKS);
    return NULL;
}

/* Blocks of threads that have ended are freed by another. */
static int threads(const char *argument)
{
    pthread_t all[THREADS];
    (void)argument;
    for (size_t i = 0; i < THREADS; i++)
        pthread_create(&all[i], NULL, work, (void *)(i * BLOCKS));
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(all[i], NULL);
    drain(0, (THREADS - 1) * BLOCKS);
    return 0;
}

/* What was there before belongs to both, and is freed by both. */
static int forked(const char *argument)
{
    (void)argument;
    fill(outer, 0, BLOCKS);
    pid_t child = fork();
    if (child == 0) {
        fill(inlining, BLOCKS, BLOCKS);
        drain(0, 2 * BLOCKS);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    drain(0, BLOCKS);
    return 0;
}

static int killed(const char *argument)
{
    (void)argument;
    fill(outer, 0, BLOCKS);
    return raise(SIGKILL);
}

/* A library that is closed again before anybody looks at what it allocated. */
static int plugin(const char *path)
{
    void *library = dlopen(path, RTLD_NOW);
    void *(*get)(size_t) = NULL;
    if (library)
        *(void **)&get = dlsym(library, "plugin_get");
    if (!get)
        return 1;
    fill(get, 0, BLOCKS);
    return dlclose(library);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(const char *argument);
    } all[] = {{"plain", plain},   {"inlined", inlined}, {"resized", resized}, {"threads", threads},
               {"forked", forked}, {"killed", killed},   {"plugin", plugin}};
    for (size_t i = 0; argc > 1 && i < sizeof all / sizeof *all; i++)
        if (strcmp(argv[1], all[i].name) == 0)
            return all[i].run(argc > 2 ? argv[2] : NULL);
    return 2;
}
