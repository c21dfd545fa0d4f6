/* Attaching a process and its threads to the page file (own_slot.h). */
#include "harness/interpose/own_slot.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/interpose/keep.h"
#include "harness/interpose/limit.h"
#include "harness/interpose/next.h"
#include "harness/interpose/record_chunks.h"
#include "harness/interpose/serve.h"
#include "harness/interpose/slots.h"

extern char **environ;

struct pl_page_process *pl_process;
struct pl_foreign pl_settings;
struct pl_wiped pl_wiped;
PL_TLS struct pl_page_stripe *pl_stripe;

static PL_TLS bool is_attaching;
static PL_TLS bool is_surplus; /* it shares the last stripe */

static struct pl_page *page;          /* NULL: there is none */
static bool has_looked;               /* for the page file */
static char page_path[1100];          /* for its children, whatever becomes of the environment */
static struct pl_page_process nobody; /* counts what the page has no slot for */

/* Live at the latest fork, as its parent counted. */
static struct {
    uint64_t blocks, bytes;
} at_fork;

static bool is_page(const struct pl_page *mapped)
{
    return mapped->magic == PL_PAGE_MAGIC && mapped->version == PL_PAGE_VERSION &&
           mapped->size == sizeof *mapped;
}

/* The descriptor is closed at once: programs close all that they find, or count them. */
static struct pl_page *map_page(const char *path)
{
    struct stat status;
    struct pl_page *mapped = MAP_FAILED;
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return NULL;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == sizeof *mapped)
        mapped = mmap(NULL, sizeof *mapped, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (mapped != MAP_FAILED && is_page(mapped))
        return mapped;
    if (mapped != MAP_FAILED)
        munmap(mapped, sizeof *mapped);
    return NULL;
}

/* Not where the program runs with more rights than its user has. */
static void look_for_page(void)
{
    const char *path = secure_getenv(PL_PAGE_VARIABLE);
    has_looked = true;
    if (path && *path == '/')
        page = map_page(path);
    if (!page)
        return;
    pl_settings = page->settings;
    memcpy(page_path, path, strnlen(path, sizeof page_path - 1));
}

void pl_process_copy_path(char *to, const char *path)
{
    size_t length = strlen(path);
    const char *from = length < PL_PAGE_PATH_MAX ? path : path + length - PL_PAGE_PATH_MAX + 1;
    memcpy(to, from, strlen(from) + 1);
}

static void describe(struct pl_page_process *process)
{
    char path[4096];
    Dl_info info;
    void *heap;
    memcpy(&heap, &pl_next.malloc, sizeof heap);
    if (dladdr(heap, &info) && info.dli_fname)
        pl_process_copy_path(process->heap, info.dli_fname);
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    path[length > 0 ? length : 0] = '\0';
    pl_process_copy_path(process->program, path);
    const char *ahead = pl_next_ahead();
    pl_process_copy_path(process->ahead, ahead ? ahead : "");
    process->calls_of_earlier = 0;
    for (int i = 0; i < PL_PAGE_STRIPES; i++)
        process->calls_of_earlier += pl_count_read(&process->stripes[i].calls);
}

/* In a child of fork another thread may have held the lock that dladdr takes. */
static void describe_as(struct pl_page_process *process, const struct pl_page_process *parent)
{
    if (process == parent)
        return;
    memcpy(process->heap, parent->heap, sizeof process->heap);
    memcpy(process->program, parent->program, sizeof process->program);
    memcpy(process->ahead, parent->ahead, sizeof process->ahead);
}

uint64_t pl_process_live(const struct pl_page_process *process, uint64_t *blocks)
{
    uint64_t bytes = process->inherited_bytes;
    *blocks = process->inherited_blocks;
    for (int i = 0; i < PL_PAGE_STRIPES; i++) {
        const struct pl_page_stripe *stripe = &process->stripes[i];
        bytes += pl_count_read(&stripe->allocated_bytes) - pl_count_read(&stripe->freed_bytes);
        *blocks += pl_count_read(&stripe->allocated_blocks) - pl_count_read(&stripe->freed_blocks);
    }
    return bytes;
}

/* A new program holds nothing of what an earlier one of this process did; a child of fork holds all
 * that its parent does. */
static void inherit(struct pl_page_process *process, bool is_fork)
{
    uint64_t blocks, bytes = pl_process_live(process, &blocks);
    const bool is_limited = is_fork && pl_serve_layers & PL_SERVE_LIMIT;
    uint64_t inherited = is_limited ? (uint64_t)pl_limit_inherit() : is_fork ? at_fork.bytes : 0;
    process->inherited_bytes += inherited - bytes;
    process->inherited_blocks += (is_fork ? at_fork.blocks : 0) - blocks;
}

/* Without the kernel's help (Linux before 4.14) only fork of the C library is seen. */
static void forget_in_child(void)
{
    pl_wiped.attached = 0;
    pl_limit_unlock();
}

static void count_before_fork(void)
{
    pl_process_attach(); /* a child of another call than fork, which may have found it locked */
    pl_limit_lock();
    if (pl_process)
        at_fork.bytes = pl_process_live(pl_process, &at_fork.blocks);
}

static void attach_process(void)
{
    const bool is_fork = pl_process != NULL;
    if (!environ && !has_looked)
        return; /* the C library has not come to it yet: the next call tries again */
    if (!has_looked)
        look_for_page();
    struct pl_page_process *process = page ? pl_slots_take(page) : NULL;
    if (!process)
        process = &nobody;
    inherit(process, is_fork);
    if (is_fork)
        describe_as(process, pl_process);
    else
        describe(process);
    __atomic_fetch_add(&process->images, !is_fork, __ATOMIC_RELAXED);
    pl_process = process;
    if (pl_settings.ledger)
        pl_books_open(page, page_path, process, is_fork);
    const bool is_recorded = pl_record_open(is_fork);
    if (!is_recorded)
        pl_serve_layers &= ~(unsigned)PL_SERVE_RECORD;
    if (!is_fork) {
        madvise(&pl_wiped, sizeof pl_wiped, MADV_WIPEONFORK);
        pl_serve_open(&pl_settings, is_recorded);
    }
    __atomic_store_n(&pl_wiped.attached, 1, __ATOMIC_RELEASE);
}

/* In a child of fork the stripe is the parent's still. Without a page file each thread counts for
 * nobody, and in no cache line of another's. */
static void attach_thread(void)
{
    static PL_TLS struct pl_page_stripe nowhere;
    pl_stripe = page ? pl_stripes_take(pl_process) : &nowhere;
    is_surplus = !pl_stripe;
    if (page)
        pl_limit_join(pl_stripe ? (int)(pl_stripe - pl_process->stripes) : -1);
}

void pl_process_attach(void)
{
    const int error = errno;
    if (is_attaching)
        return;
    is_attaching = true;
    pl_next_find();
    const bool was_attached = pl_wiped.attached;
    if (!was_attached)
        attach_process();
    if (pl_wiped.attached && (!was_attached || (!pl_stripe && !is_surplus)))
        attach_thread();
    is_attaching = false;
    errno = error;
}

static void add(struct pl_page_stripe *stripe, size_t offset, uint64_t amount)
{
    pl_count_shared((uint64_t *)(void *)((char *)stripe + offset), amount);
}

void pl_process_count(size_t offset, uint64_t amount, size_t second, uint64_t second_amount)
{
    if (!pl_wiped.attached || !is_surplus)
        pl_process_attach();
    if (!pl_wiped.attached)
        return;
    struct pl_page_stripe *stripe =
        pl_stripe ? pl_stripe : &pl_process->stripes[PL_PAGE_STRIPES - 1];
    add(stripe, offset, amount);
    if (second)
        add(stripe, second, second_amount);
}

__attribute__((constructor)) static void begin(void)
{
    pl_process_attach();
    pthread_atfork(count_before_fork, pl_limit_unlock, forget_in_child);
}
