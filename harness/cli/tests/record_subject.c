/* record-subject WHAT [NUMBER]: a program of nobody's whose heap test_record.sh records. What it
 * asks for has sizes that nothing else asks for. */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 4, SWAPPED = 64 };

static void *swapped[SWAPPED];

/* One that the compiler does not know. */
static size_t of(size_t size)
{
    volatile size_t kept = size;
    return kept;
}

static void every_call(void)
{
    void *block = NULL;
    free(malloc(of(10001)));
    free(calloc(of(3), of(3334)));
    block = realloc(malloc(of(10003)), of(10004));
    block = reallocarray(block, of(5), of(2001));
    free(realloc(block, of(10006)));
    if (posix_memalign(&block, of(256), of(10007)) == 0)
        free(block);
    free(aligned_alloc(of(64), of(10048)));
    free(memalign(of(1024), of(10009)));
    free(valloc(of(10010)));
    free(pvalloc(of(10011)));
    block = malloc(of(10012));
    if (malloc_usable_size(block) < 10012)
        exit(1);
    free(block);
    block = malloc(of(10013));
    if (realloc(block, of(SIZE_MAX / 2))) /* refused: the block stays */
        exit(1);
    free(block);
    free(realloc(NULL, of(10014)));
    block = malloc(of(10015));
    if (realloc(block, 0)) /* glibc frees it */
        exit(1);
    malloc_trim(10016);
}

/* Each event hands a block to whoever comes next. */
static void *swap(void *count)
{
    for (uintptr_t i = 0; i < (uintptr_t)count; i++) {
        void *block = malloc(of(20001));
        free(__atomic_exchange_n(&swapped[i * 7 % SWAPPED], block, __ATOMIC_ACQ_REL));
    }
    return NULL;
}

static void swap_in_threads(long count)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, swap, (void *)(uintptr_t)count))
            exit(3);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < SWAPPED; i++)
        free(swapped[i]);
}

static void *one_block(void *unused)
{
    free(malloc(of(30001)));
    return unused;
}

static void short_threads(long count)
{
    pthread_t thread;
    for (long i = 0; i < count; i++) {
        if (pthread_create(&thread, NULL, one_block, NULL))
            exit(3);
        pthread_join(thread, NULL);
    }
}

static void hold(long count, size_t size)
{
    for (long i = 0; i < count; i++)
        if (!malloc(of(size)))
            exit(3);
}

static void fork_one(long count)
{
    pid_t pid = fork();
    if (pid == 0) {
        hold(count, 40002);
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    hold(count, 40001);
}

/* Half of a block's pages are written to. */
static void touch_half(void)
{
    enum { PAGES = 100, BYTES = PAGES * 4096 + 4096 };
    for (int i = 0; i < 2; i++) {
        char *block = malloc(of(BYTES));
        memset(block, 1, BYTES / 2);
        free(block);
    }
}

/* Half of what it holds as it ends is written to. */
static void leave_half(void)
{
    enum { PAGES = 60, BYTES = PAGES * 4096 + 4096 };
    memset(malloc(of(BYTES)), 1, BYTES / 2);
}

static void map_beside(void)
{
    void *mapped = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    free(malloc(of(50001)));
    munmap(mapped, 1 << 19);
    free(malloc(of(50001)));
}

/* Memory that is none of the heap's, and little that is: zeroed data, a thread's stack, a mapping.
 */
static char zeroed[16 << 20];

static void *fill_stack(void *unused)
{
    char stack[4 << 20];
    free(malloc(of(10)));
    memset(stack, 1, sizeof stack);
    usleep(600000);
    return stack[of(100)] ? unused : NULL;
}

static void fill_all(long count)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, fill_stack, NULL))
        exit(3);
    void *mapped = mmap(NULL, 8 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(mapped, 1, 8 << 20);
    memset(zeroed, 1, sizeof zeroed);
    for (long i = 0; i < count; i++)
        memset(malloc(of(40001)), 1, 40001);
    pthread_join(thread, NULL);
}

/* Asks from within a function of the C library, which keeps no frame pointers. */
static int hold_and_compare(const void *a, const void *b)
{
    hold(1, 60001);
    return *(const int *)a - *(const int *)b;
}

static void hold_in_sort(void)
{
    int numbers[] = {3, 1, 4, 1, 5, 9, 2, 6};
    qsort(numbers, sizeof numbers / sizeof *numbers, sizeof *numbers, hold_and_compare);
}

/* Says who it is, and waits for the end of its input. */
static void rest(void)
{
    char text[32];
    int length = snprintf(text, sizeof text, "%d\n", (int)getpid());
    if (write(STDOUT_FILENO, text, (size_t)length) == length)
        while (read(STDIN_FILENO, text, sizeof text) > 0)
            continue;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    const long number = argc > 2 ? strtol(argv[2], NULL, 10) : 1;
    if (strcmp(what, "every-call") == 0)
        every_call();
    else if (strcmp(what, "swap") == 0)
        swap_in_threads(number);
    else if (strcmp(what, "threads") == 0)
        short_threads(number);
    else if (strcmp(what, "fork") == 0)
        fork_one(number);
    else if (strcmp(what, "touch") == 0)
        touch_half();
    else if (strcmp(what, "leave") == 0)
        leave_half();
    else if (strcmp(what, "map") == 0)
        map_beside();
    else if (strcmp(what, "fill") == 0)
        fill_all(number);
    else if (strcmp(what, "rest") == 0)
        hold(number, 400), rest();
    else if (strcmp(what, "sort") == 0)
        hold_in_sort();
    else if (strcmp(what, "hold") == 0)
        hold(number, 40001);
    else if (strcmp(what, "killed") == 0)
        hold(number, 40001), raise(SIGKILL);
    else if (strcmp(what, "crash") == 0)
        hold(number, 40001), raise(SIGSEGV);
    else if (strcmp(what, "close-all") == 0)
        close_range(0, ~0u, 0), hold(number, 40001);
    else if (strcmp(what, "exec") == 0)
        hold(3, 40002), execl(argv[0], argv[0], "hold", argv[2], (char *)NULL);
    else if (strcmp(what, "status") == 0)
        return free(malloc(of(10))), (int)number;
    else
        return 2;
    return 0;
}
