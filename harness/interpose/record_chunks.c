/* Taking chunks of the raw file (record_chunks.h). */
#include "harness/interpose/record_chunks.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/interpose/record_stacks.h"
#include "harness/interpose/record_thread.h"

#ifndef MADV_POPULATE_WRITE /* Linux 5.14: fails where a store would end the program by SIGBUS */
#define MADV_POPULATE_WRITE 23
#endif

enum {
    GROWTH = 4,
    RESTS = 64,
    LEAST_REST = 512,        /* bytes of a chunk worth another thread's time */
    KEYS_WITHOUT_MEMORY = 32 /* glibc, descr.h: it allocates for those beyond */
};

PL_TLS struct pl_record_thread pl_record_mine;
struct pl_raw *pl_record_raw;
uint32_t pl_record_frames;
bool pl_record_by_counter;

static struct pl_raw_process *process;
static uint32_t process_index;
static pthread_key_t end_of_thread;
static bool has_key;
static struct pl_raw_chunk *rests[RESTS]; /* of chunks whose threads have ended; NULL: none */

/* Other events before this stamp may yet be on their way: they are no later than it. */
static void stop(enum pl_raw_stop reason)
{
    uint32_t goes_on = PL_RAW_GOES_ON;
    const uint64_t stamp = pl_record_stamp();
    if (__atomic_compare_exchange_n(&pl_record_raw->stop, &goes_on, reason, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_RELAXED))
        __atomic_store_n(&pl_record_raw->stop_stamp, stamp, __ATOMIC_RELEASE);
}

/* Of the kernel itself: the program's madvise may be another's. */
static long advise(void *address, size_t bytes, int advice)
{
    return syscall(SYS_madvise, address, bytes, advice);
}

static struct pl_raw_chunk *take_new(uint64_t bytes)
{
    const uint64_t at = __atomic_fetch_add(&pl_record_raw->used, bytes, __ATOMIC_RELAXED);
    if (at + bytes > pl_record_raw->bytes) {
        stop(PL_RAW_FULL);
        return NULL;
    }
    void *chunk = (char *)pl_record_raw + at;
    if (advise(chunk, bytes, MADV_POPULATE_WRITE)) {
        stop(PL_RAW_NO_ROOM);
        return NULL;
    }
    ((struct pl_raw_chunk *)chunk)->bytes = bytes;
    return chunk;
}

static struct pl_raw_chunk *take_rest(void)
{
    for (int i = 0; i < RESTS; i++) {
        struct pl_raw_chunk *rest = __atomic_exchange_n(&rests[i], NULL, __ATOMIC_ACQ_REL);
        if (rest)
            return rest;
    }
    return NULL;
}

/* Divides the chunk in two: the second word of the new half's head is 0, which ends the first. */
static void leave_rest(struct pl_record_thread *mine)
{
    struct pl_raw_chunk *chunk = mine->chunk, *rest = (void *)mine->next;
    const uint64_t used = (uint64_t)((char *)mine->next - (char *)chunk);
    struct pl_raw_chunk *none;
    mine->end = mine->next;
    if (!chunk || chunk->bytes - used < LEAST_REST)
        return;
    rest->bytes = chunk->bytes - used;
    __atomic_store_n(&chunk->bytes, used, __ATOMIC_RELEASE);
    mine->chunk = NULL;
    for (int i = 0; i < RESTS; i++) {
        none = NULL;
        if (__atomic_compare_exchange_n(&rests[i], &none, rest, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_RELAXED))
            return;
    }
}

/* In the last of the rounds that glibc makes: destructors of others may free until then. */
static void end_thread(void *round)
{
    const uintptr_t number = (uintptr_t)round;
    struct pl_record_thread *mine = &pl_record_mine;
    if (number < PTHREAD_DESTRUCTOR_ITERATIONS) {
        pthread_setspecific(end_of_thread, (void *)(number + 1));
        return;
    }
    if (!pl_record_raw || mine->next == mine->end)
        return;
    mine->next[0] = 0;
    mine->next[1] = pl_record_stamp() << PL_RAW_STAMP_SHIFT | PL_RAW_THREAD_END;
    mine->next += 2;
    leave_rest(mine);
}

static struct pl_raw_chunk *meet(struct pl_record_thread *mine)
{
    mine->number = __atomic_add_fetch(&process->threads, 1, __ATOMIC_RELAXED);
    mine->bytes = PL_RAW_CHUNK_FIRST;
    if (has_key)
        pthread_setspecific(end_of_thread, (void *)1);
    return take_rest();
}

static void enter(struct pl_record_thread *mine, struct pl_raw_chunk *chunk)
{
    chunk->stamp = pl_record_stamp();
    chunk->process = process_index;
    __atomic_store_n(&chunk->thread, mine->number, __ATOMIC_RELEASE);
    mine->chunk = chunk;
    mine->next = (uint64_t *)(chunk + 1);
    mine->end = (uint64_t *)((char *)chunk + chunk->bytes);
}

/* Its pages are none of the heap's. The C library keeps a thread's books at its stack's upper end.
 */
static void tell_stack(struct pl_record_thread *mine)
{
    mine->next[0] = (uint64_t)pthread_self() >> 4;
    mine->next[1] =
        mine->chunk->stamp << PL_RAW_STAMP_SHIFT | PL_RAW_STACK << PL_RAW_BESIDE_SHIFT | PL_RAW_MAP;
    mine->next += 2;
}

static bool refill(struct pl_record_thread *mine)
{
    const bool is_new = !mine->number;
    struct pl_raw_chunk *chunk = is_new ? meet(mine) : NULL, *old = mine->chunk;
    if (!chunk) {
        chunk = take_new(mine->bytes);
        if (mine->bytes < PL_RAW_CHUNK_MAX)
            mine->bytes *= GROWTH;
    }
    if (!chunk)
        return false;
    enter(mine, chunk);
    if (is_new)
        tell_stack(mine);
    if (old && old->bytes >= PL_RAW_CHUNK_MAX) /* the kernel writes it when it has time */
        advise(old, old->bytes, MADV_DONTNEED);
    return true;
}

__attribute__((noinline, cold)) uint64_t *pl_record_refill(void)
{
    struct pl_record_thread *mine = &pl_record_mine;
    const int error = errno;
    if (!pl_record_raw || mine->is_busy ||
        __atomic_load_n(&pl_record_raw->stop, __ATOMIC_RELAXED) != PL_RAW_GOES_ON)
        return NULL;
    mine->is_busy = true;
    bool filled = refill(mine);
    mine->is_busy = false;
    errno = error;
    return filled ? mine->next : NULL;
}

static bool is_raw(const struct pl_raw *raw, off_t bytes)
{
    return raw->magic == PL_RAW_MAGIC && raw->version == PL_RAW_VERSION &&
           raw->size == sizeof *raw && raw->bytes == (uint64_t)bytes;
}

static struct pl_raw *map(const char *path)
{
    struct stat status;
    struct pl_raw *mapped = MAP_FAILED;
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
    if (fd < 0)
        return NULL;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > (off_t)PL_RAW_FIRST)
        mapped = (struct pl_raw *)syscall(SYS_mmap, NULL, status.st_size, PROT_READ | PROT_WRITE,
                                          MAP_SHARED | MAP_NORESERVE, fd, 0);
    close(fd);
    if (mapped == MAP_FAILED)
        return NULL;
    if (is_raw(mapped, status.st_size))
        return mapped;
    syscall(SYS_munmap, mapped, status.st_size);
    return NULL;
}

static void unmap(void)
{
    struct pl_raw *raw = pl_record_raw;
    pl_record_raw = NULL;
    if (raw)
        syscall(SYS_munmap, raw, raw->bytes);
}

/* Each program of a process is one of its own. */
static bool take_process(void)
{
    process_index = __atomic_fetch_add(&pl_record_raw->process_count, 1, __ATOMIC_RELAXED);
    if (process_index >= PL_RAW_PROCESSES) {
        pl_count_shared(&pl_record_raw->processes_lost, 1);
        return false;
    }
    process = &pl_record_raw->processes[process_index];
    process->pid = (int32_t)syscall(SYS_getpid);
    pl_process_copy_path(process->program, pl_process->program);
    pl_process_copy_path(process->heap, pl_process->heap);
    __atomic_store_n(&process->began, pl_record_stamp(), __ATOMIC_RELEASE);
    return true;
}

static void look_for_raw(void)
{
    const char *path = secure_getenv(PL_RAW_VARIABLE);
    if (!path || *path != '/' || !(pl_record_raw = map(path)))
        return;
    pl_record_frames = pl_record_raw->frames;
    pl_record_by_counter = pl_record_raw->by_counter;
    has_key = pthread_key_create(&end_of_thread, end_thread) == 0;
    if (has_key && end_of_thread >= KEYS_WITHOUT_MEMORY) {
        pthread_key_delete(end_of_thread);
        has_key = false;
    }
}

/* The first one to come is it where none is named. */
static bool is_wanted(void)
{
    int32_t none = 0;
    const int32_t own = (int32_t)syscall(SYS_getpid);
    __atomic_compare_exchange_n(&pl_record_raw->pid, &none, own, false, __ATOMIC_ACQ_REL,
                                __ATOMIC_RELAXED);
    return pl_record_raw->pid == own || pl_record_raw->children;
}

/* A child of fork has mapped what its parent has. */
static void open_sites(bool is_fork)
{
    const char *path = is_fork ? NULL : secure_getenv(PL_RAW_VARIABLE);
    if (path)
        pl_record_maps(path, process_index);
    if (pl_record_frames > 1 && !pl_record_stacks_open())
        pl_record_frames = 1;
}

bool pl_record_open(bool is_fork)
{
    if (!is_fork)
        look_for_raw();
    if (!pl_record_raw)
        return false;
    pl_record_mine = (struct pl_record_thread){0};
    memset(rests, 0, sizeof rests);
    if (!is_wanted() || !take_process())
        unmap();
    else if (pl_record_frames)
        open_sites(is_fork);
    return pl_record_raw != NULL;
}
