/* interpose-subject WHAT [NUMBER]: a program of nobody's that allocates in one way or another, for
 * test_interposed.sh to run with the library in it. It knows nothing of that: it prints what it
 * saw, on stdout, and ends with 1 where the C standard's promises are broken. */
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BLOCKS_MAX = 1 << 20 };

static void *blocks[BLOCKS_MAX];
static void *before_main;

/* Without the C library's streams, which allocate. */
__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (write(STDOUT_FILENO, text, (size_t)length) != length)
        _exit(1);
}

#define CHECK(condition)                                        \
    do {                                                        \
        if (!(condition)) {                                     \
            say("line %d: not so: %s\n", __LINE__, #condition); \
            exit(1);                                            \
        }                                                       \
    } while (0)

__attribute__((constructor(101))) static void allocate_before_main(void)
{
    before_main = malloc(100);
}

/* A size that the compiler does not know. */
static size_t volatile_size(size_t size)
{
    volatile size_t kept = size;
    return kept;
}

static void hold(long count)
{
    for (long i = 0; i < count; i++)
        CHECK((blocks[i] = malloc(1000)) != NULL);
}

/* Until the heap says no. Then a block that is freed can be had again, and no more. */
static void fill(long size)
{
    size_t count = 0, usable = 0;
    while (count < BLOCKS_MAX && (blocks[count] = malloc((size_t)size)))
        usable += malloc_usable_size(blocks[count++]);
    CHECK(errno == ENOMEM);
    say("handed_out=%zu\nusable=%zu\n", count, usable);
    free(blocks[0]);
    CHECK((blocks[0] = malloc((size_t)size)) != NULL);
    CHECK(malloc((size_t)size) == NULL);
    for (size_t i = 0; i < count; i++)
        free(blocks[i]);
    CHECK((blocks[0] = malloc((size_t)size)) != NULL);
}

static void resize(long too_large)
{
    char *block = malloc(100000);
    CHECK(block);
    memset(block, 7, 100000);
    errno = 0;
    CHECK(realloc(block, (size_t)too_large) == NULL && errno == ENOMEM);
    for (int i = 0; i < 100000; i++)
        CHECK(block[i] == 7);
    block = realloc(block, 200000);
    CHECK(block && block[99999] == 7);
    block = realloc(block, 10);
    CHECK(block && block[9] == 7);
    block = reallocarray(block, 3, 1000);
    CHECK(block && block[9] == 7);
    void *nothing = realloc(block, volatile_size(0));
    free(nothing);
    free(realloc(NULL, 500));
}

/* Not every heap tells errno of it. */
static void overflow(long errno_too)
{
    errno = 0;
    CHECK(calloc(volatile_size(SIZE_MAX / 2), 4) == NULL && (!errno_too || errno == ENOMEM));
    errno = 0;
    CHECK(reallocarray(NULL, volatile_size(SIZE_MAX / 2), 4) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(malloc(volatile_size(SIZE_MAX - 4096)) == NULL && (!errno_too || errno == ENOMEM));
    char *zeroed = calloc(100, 100);
    CHECK(zeroed);
    for (int i = 0; i < 10000; i++)
        CHECK(zeroed[i] == 0);
    free(zeroed);
    errno = 5;
    free(malloc(100));
    CHECK(errno == 5);
}

static void check_aligned(void *block, size_t alignment, size_t size)
{
    CHECK(block && (uintptr_t)block % alignment == 0);
    CHECK(malloc_usable_size(block) >= size);
    memset(block, 1, size);
    free(block);
}

static void aligned(long pvalloc_too)
{
    void *block = &block;
    for (size_t alignment = sizeof(void *); alignment <= 65536; alignment *= 2) {
        check_aligned(memalign(alignment, 300), alignment, 300);
        check_aligned(aligned_alloc(alignment, alignment * 3), alignment, alignment * 3);
        CHECK(posix_memalign(&block, alignment, 300) == 0);
        check_aligned(block, alignment, 300);
    }
    block = &block;
    CHECK(posix_memalign(&block, volatile_size(24), 300) == EINVAL && block == (void *)&block);
    check_aligned(valloc(300), 4096, 300);
    if (pvalloc_too)
        check_aligned(pvalloc(300), 4096, 4096);
}

static void early(long unused)
{
    (void)unused;
    CHECK(before_main);
    free(before_main);
}

static void *churn(void *barrier)
{
    void *own[50];
    for (int i = 0; i < 50; i++)
        CHECK((own[i] = malloc(1000)) != NULL);
    pthread_barrier_wait(barrier); /* all of them live at a time */
    for (int i = 0; i < 50; i++)
        free(own[i]);
    return NULL;
}

/* Waves of threads that come and go. */
static void threads(long count)
{
    enum { THREADS_MAX = 256 };
    pthread_t ids[THREADS_MAX];
    pthread_barrier_t barrier;
    CHECK(count > 0 && count <= THREADS_MAX);
    for (int wave = 0; wave < 3; wave++) {
        pthread_barrier_init(&barrier, NULL, (unsigned)count);
        for (long i = 0; i < count; i++)
            CHECK(pthread_create(&ids[i], NULL, churn, &barrier) == 0);
        for (long i = 0; i < count; i++)
            pthread_join(ids[i], NULL);
        pthread_barrier_destroy(&barrier);
    }
}

static void wait_for(pid_t child)
{
    int status;
    CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
}

/* The child frees half of what its parent holds, the parent all; neither hears of the other. */
static void part(pid_t child, long count)
{
    if (child)
        wait_for(child);
    for (long i = 0; i < (child ? count : count / 2); i++)
        free(blocks[i]);
    if (!child)
        _exit(0);
}

static void fork_it(long count)
{
    hold(count);
    part(fork(), count);
}

/* Of which the C library, and whoever registered with it, hear nothing. */
static void fork_unseen(long count)
{
    hold(count);
    part((pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0), count);
}

static void *busy(void *stop)
{
    while (!__atomic_load_n((int *)stop, __ATOMIC_RELAXED))
        for (size_t size = 16; size < 4096; size *= 2)
            free(malloc(size));
    return NULL;
}

enum { TOGETHER = 8 };

static struct {
    size_t size, handed_out, usable;
    pthread_barrier_t filled, emptied;
} together;

static void *fill_beside(void *unused)
{
    void *block;
    size_t index;
    while ((block = malloc(together.size))) {
        __atomic_add_fetch(&together.usable, malloc_usable_size(block), __ATOMIC_RELAXED);
        index = __atomic_fetch_add(&together.handed_out, 1, __ATOMIC_RELAXED);
        CHECK(index < BLOCKS_MAX);
        blocks[index] = block;
    }
    pthread_barrier_wait(&together.filled);
    pthread_barrier_wait(&together.emptied);
    return unused;
}

/* Threads that live on until all has been given back, and what each of them may still have to give
 * is wanted. */
static void fill_together(long size)
{
    pthread_t ids[TOGETHER];
    together.size = (size_t)size;
    pthread_barrier_init(&together.filled, NULL, TOGETHER + 1);
    pthread_barrier_init(&together.emptied, NULL, TOGETHER + 1);
    for (int i = 0; i < TOGETHER; i++)
        CHECK(pthread_create(&ids[i], NULL, fill_beside, NULL) == 0);
    pthread_barrier_wait(&together.filled);
    CHECK(malloc(together.size) == NULL);
    for (size_t i = 0; i < together.handed_out; i++)
        free(blocks[i]);
    say("handed_out=%zu\nusable=%zu\n", together.handed_out, together.usable);
    size_t again = 0;
    while (again < BLOCKS_MAX && (blocks[again] = malloc(together.size)))
        again++;
    CHECK((again + 2) * together.size + (64 << 10) > together.handed_out * together.size);
    pthread_barrier_wait(&together.emptied);
    for (int i = 0; i < TOGETHER; i++)
        pthread_join(ids[i], NULL);
}

/* Children that are made while other threads are at it: each allocates, frees and ends. */
static void fork_busy(long count)
{
    enum { THREADS = 3 };
    pthread_t ids[THREADS];
    int stop = 0;
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&ids[i], NULL, busy, &stop) == 0);
    for (long i = 0; i < count; i++) {
        pid_t child = fork();
        if (child == 0) {
            for (int k = 0; k < 100; k++)
                free(malloc(1000));
            _exit(0);
        }
        wait_for(child);
    }
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    for (int i = 0; i < THREADS; i++)
        pthread_join(ids[i], NULL);
}

static void vfork_it(long count)
{
    char number[32];
    snprintf(number, sizeof number, "%ld", count);
    hold(10);
    pid_t child = vfork();
    if (child == 0) {
        execl("/proc/self/exe", "interpose-subject", "hold", number, (char *)NULL);
        _exit(127);
    }
    wait_for(child);
}

static void execute(long count)
{
    char number[32];
    snprintf(number, sizeof number, "%ld", count);
    hold(10);
    execl("/proc/self/exe", "interpose-subject", "hold", number, (char *)NULL);
}

static void clear_environment(long count)
{
    clearenv();
    execute(count);
}

static void allocate_in_handler(int signal)
{
    (void)signal;
    free(malloc(100));
    blocks[1] = malloc(1000);
}

static void *raise_in_thread(void *unused)
{
    raise(SIGUSR1); /* the thread's first call of malloc is in the handler */
    return unused;
}

static void handler(long unused)
{
    pthread_t thread;
    (void)unused;
    signal(SIGUSR1, allocate_in_handler);
    raise(SIGUSR1);
    CHECK(blocks[1]);
    free(blocks[1]);
    CHECK(pthread_create(&thread, NULL, raise_in_thread, NULL) == 0);
    pthread_join(thread, NULL);
    CHECK(blocks[1]);
    free(blocks[1]);
}

static void close_all(long count)
{
    int out = dup(1);
    for (int fd = 3; fd < 1024; fd++)
        if (fd != out)
            close(fd);
    close(out);
    hold(count);
}

/* Which of so many allocating calls fail, the first being that of the constructor. */
static void failing(long count)
{
    for (long i = 2; i <= count; i++) {
        errno = 0;
        void *block = malloc(24);
        if (!block)
            say("failed=%ld errno=%d\n", i, errno);
        free(block);
    }
}

/* More than a small limit has room for, so many times. */
static void large(long count)
{
    for (long i = 0; i < count; i++)
        CHECK(malloc(2u << 20) == NULL);
}

/* What a heap keeps until it is trimmed: free blocks below a live one. */
static void waste(long milliseconds)
{
    for (int i = 0; i < 50000; i++)
        CHECK((blocks[i] = malloc(1000)) != NULL && memset(blocks[i], 1, 1000));
    void *last = malloc(1000);
    for (int i = 0; i < 50000; i++)
        free(blocks[i]);
    for (long i = 0; i < milliseconds; i++) {
        for (int k = 0; k < 100; k++)
            free(malloc(100));
        usleep(1000);
    }
    free(last);
}

static const struct {
    const char *name;
    void (*run)(long number);
} all[] = {
    {"hold", hold},
    {"fill", fill},
    {"fill-together", fill_together},
    {"realloc", resize},
    {"overflow", overflow},
    {"aligned", aligned},
    {"early", early},
    {"threads", threads},
    {"fork", fork_it},
    {"fork-unseen", fork_unseen},
    {"fork-busy", fork_busy},
    {"vfork", vfork_it},
    {"exec", execute},
    {"clear-environment", clear_environment},
    {"handler", handler},
    {"close-all", close_all},
    {"failing", failing},
    {"large", large},
    {"waste", waste},
};

int main(int argc, char **argv)
{
    long number = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
    for (size_t i = 0; argc > 1 && i < sizeof all / sizeof *all; i++)
        if (strcmp(argv[1], all[i].name) == 0) {
            all[i].run(number);
            return 0;
        }
    return 2;
}
