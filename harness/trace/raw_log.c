/* Merging the threads' records of a raw file (raw_log.h). */
#include "harness/trace/raw_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE = 4096 };

struct pl_raw_cursor {
    const uint64_t *at, *end; /* records of the present chunk */
    size_t place, place_end;  /* the chunks that follow */
    uint64_t stamp;           /* of the latest record */
    struct pl_raw_record next;
    uint64_t frames[PL_RAW_FRAMES_MAX]; /* of the latest site */
    uint32_t frame_count;
};

/* The head's pages are there before anything is written: where there is no room, a store would end
 * the process, be it ours or the recorded one. */
static int fill_head(void *head)
{
    if (madvise(head, PL_RAW_FIRST, MADV_POPULATE_WRITE) == 0)
        return 0;
    return errno == EINVAL ? -ENOSYS : errno == EFAULT ? -ENOSPC : -errno;
}

int pl_raw_make(const char *path, uint64_t bytes, struct pl_raw **raw, struct pl_error *error)
{
    void *mapped = MAP_FAILED;
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0 && ftruncate(fd, (off_t)bytes) == 0)
        mapped = mmap(NULL, PL_RAW_FIRST, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    int rc = mapped == MAP_FAILED ? -errno : fill_head(mapped);
    if (fd >= 0)
        close(fd);
    if (rc && mapped != MAP_FAILED)
        munmap(mapped, PL_RAW_FIRST);
    if (rc == -ENOSYS)
        return pl_error_set(error, rc, "recording takes Linux 5.14 or newer (MADV_POPULATE_WRITE)");
    if (rc)
        return pl_error_set(error, rc, "%.400s: %s", path, strerror(-rc));
    *raw = mapped;
    **raw = (struct pl_raw){.magic = PL_RAW_MAGIC,
                            .version = PL_RAW_VERSION,
                            .size = sizeof **raw,
                            .bytes = bytes,
                            .used = PL_RAW_FIRST};
    return 0;
}

static bool add_place(struct pl_raw_log *log, uint64_t at, uint32_t thread)
{
    if (log->place_count == log->place_capacity) {
        const size_t capacity = 2 * log->place_capacity + 64;
        struct pl_raw_place *grown = reallocarray(log->places, capacity, sizeof *grown);
        if (!grown)
            return false;
        log->places = grown;
        log->place_capacity = capacity;
    }
    log->places[log->place_count++] = (struct pl_raw_place){.at = at, .thread = thread};
    return true;
}

static const struct pl_raw_chunk *chunk_at(const struct pl_raw_log *log, uint64_t at)
{
    return (const void *)((const char *)log->raw + at);
}

static bool can_be(const struct pl_raw_log *log, uint64_t at)
{
    const uint64_t bytes = chunk_at(log, at)->bytes;
    return bytes >= sizeof(struct pl_raw_chunk) && bytes % 16 == 0 && bytes <= log->bytes - at;
}

/* One that was taken but not begun is empty up to its end, which is a page's. */
/* Where something is written, from an offset on. Holes are not looked into: on a tmpfs that has no
 * room for their pages even reading them ends us. */
static uint64_t written_from(int fd, uint64_t at)
{
    const off_t found = lseek(fd, (off_t)at, SEEK_DATA);
    return found < 0 ? UINT64_MAX : (uint64_t)found;
}

static int find_chunks(struct pl_raw_log *log, int fd, uint32_t process)
{
    uint64_t at = PL_RAW_FIRST;
    while (!log->is_damaged && (at = written_from(fd, at)) < log->bytes &&
           log->bytes - at >= sizeof(struct pl_raw_chunk)) {
        const struct pl_raw_chunk *chunk = chunk_at(log, at);
        if (!chunk->bytes) {
            at = at / PAGE * PAGE + PAGE;
            continue;
        }
        log->is_damaged = !can_be(log, at);
        if (!log->is_damaged && chunk->thread && chunk->process == process &&
            !add_place(log, at, chunk->thread))
            return -ENOMEM;
        at += chunk->bytes;
    }
    return 0;
}

static int by_thread(const void *a, const void *b)
{
    const struct pl_raw_place *x = a, *y = b;
    if (x->thread != y->thread)
        return x->thread < y->thread ? -1 : 1;
    return x->at < y->at ? -1 : 1;
}

static bool next_chunk(const struct pl_raw_log *log, struct pl_raw_cursor *c)
{
    if (c->place == c->place_end)
        return false;
    const struct pl_raw_chunk *chunk = chunk_at(log, log->places[c->place++].at);
    c->at = (const uint64_t *)(chunk + 1);
    c->end = (const uint64_t *)((const char *)chunk + chunk->bytes);
    c->stamp = chunk->stamp;
    return true;
}

/* The next two words; a chunk ends where they are not there. */
static bool next_words(const struct pl_raw_log *log, struct pl_raw_cursor *c, uint64_t words[2])
{
    while (c->at == c->end || !c->at[1])
        if (!next_chunk(log, c))
            return false;
    words[0] = c->at[0];
    words[1] = c->at[1];
    c->at += 2;
    return true;
}

/* Of its low 48 bits: the next one that has them, or one of just before, of a signal's handler. */
static uint64_t whole_stamp(uint64_t latest, uint64_t low)
{
    enum { JUST_BEFORE = 1 << 30 };
    const uint64_t step = (low - latest) & PL_RAW_STAMP_MASK;
    return step > PL_RAW_STAMP_MASK - JUST_BEFORE ? latest - (PL_RAW_STAMP_MASK + 1 - step)
                                                  : latest + step;
}

/* The outermost frames of the latest chain, as many as there are. */
static void take_rest(struct pl_raw_cursor *c, uint64_t count)
{
    struct pl_raw_record *r = &c->next;
    const uint32_t room = PL_RAW_FRAMES_MAX - r->frame_count;
    const uint32_t most = c->frame_count < room ? c->frame_count : room;
    const uint32_t taken = count < most ? (uint32_t)count : most;
    memcpy(&r->frames[r->frame_count], &c->frames[c->frame_count - taken],
           taken * sizeof *r->frames);
    r->frame_count += taken;
}

/* For the chains to come. */
static void keep_chain(struct pl_raw_cursor *c)
{
    const struct pl_raw_record *r = &c->next;
    if (!r->frame_count)
        return;
    memcpy(c->frames, r->frames, r->frame_count * sizeof *r->frames);
    c->frame_count = r->frame_count;
}

/* @return whether it is one that stands before another */
static bool take_before(struct pl_raw_cursor *c, const uint64_t words[2])
{
    struct pl_raw_record *r = &c->next;
    switch (words[1] & PL_RAW_OP_MASK) {
    case PL_RAW_SIZE:
        r->size = words[0];
        return true;
    case PL_RAW_TOUCHED:
        r->touched = words[0] >> PL_RAW_ADDRESS_BITS;
        if (r->touched == PL_RAW_SIZE_LARGE)
            r->touched = r->size;
        r->size = 0;
        return true;
    case PL_RAW_SITE:
        if (r->frame_count < PL_RAW_FRAMES_MAX)
            r->frames[r->frame_count++] = words[0];
        return true;
    case PL_RAW_SITE_REST:
        take_rest(c, words[0]);
        return true;
    default:
        return false;
    }
}

/* @return false at the thread's end */
static bool advance(const struct pl_raw_log *log, struct pl_raw_cursor *c)
{
    struct pl_raw_record *r = &c->next;
    uint64_t words[2];
    r->size = r->frame_count = 0;
    r->touched = UINT64_MAX;
    do {
        if (!next_words(log, c, words))
            return false;
    } while (take_before(c, words));
    keep_chain(c);
    c->stamp = r->stamp = whole_stamp(c->stamp, words[1] >> PL_RAW_STAMP_SHIFT);
    r->op = (enum pl_raw_op)(words[1] & PL_RAW_OP_MASK);
    r->beside = (unsigned)(words[1] & ((1 << PL_RAW_STAMP_SHIFT) - 1)) >> PL_RAW_BESIDE_SHIFT;
    r->address = (words[0] & ((UINT64_C(1) << PL_RAW_ADDRESS_BITS) - 1)) << 4;
    if (words[0] >> PL_RAW_ADDRESS_BITS != PL_RAW_SIZE_LARGE)
        r->size = words[0] >> PL_RAW_ADDRESS_BITS;
    return true;
}

static bool is_earlier(const struct pl_raw_log *log, uint32_t a, uint32_t b)
{
    const struct pl_raw_record *x = &log->cursors[a].next, *y = &log->cursors[b].next;
    return x->stamp != y->stamp ? x->stamp < y->stamp : x->thread < y->thread;
}

static void sift_down(struct pl_raw_log *log, uint32_t at)
{
    for (;;) {
        uint32_t least = 2 * at + 1;
        if (least >= log->heap_count)
            return;
        if (least + 1 < log->heap_count && is_earlier(log, log->heap[least + 1], log->heap[least]))
            least++;
        if (!is_earlier(log, log->heap[least], log->heap[at]))
            return;
        const uint32_t swapped = log->heap[at];
        log->heap[at] = log->heap[least];
        log->heap[least] = swapped;
        at = least;
    }
}

static uint32_t count_threads(const struct pl_raw_log *log)
{
    uint32_t count = 0;
    for (size_t i = 0; i < log->place_count; i++)
        count += !i || log->places[i].thread != log->places[i - 1].thread;
    return count;
}

static void open_cursors(struct pl_raw_log *log)
{
    for (size_t i = 0; i < log->place_count;) {
        struct pl_raw_cursor *c = &log->cursors[log->cursor_count];
        const uint32_t thread = log->places[i].thread;
        c->place = i;
        c->next.thread = thread;
        while (i < log->place_count && log->places[i].thread == thread)
            i++;
        c->place_end = i;
        if (advance(log, c))
            log->heap[log->heap_count++] = log->cursor_count++;
    }
    for (uint32_t at = log->heap_count / 2; at-- > 0;)
        sift_down(log, at);
}

static int index_chunks(struct pl_raw_log *log, int fd, uint32_t process)
{
    int rc = find_chunks(log, fd, process);
    if (rc || !log->place_count)
        return rc;
    qsort(log->places, log->place_count, sizeof *log->places, by_thread);
    const uint32_t threads = count_threads(log);
    log->cursors = calloc(threads, sizeof *log->cursors);
    log->heap = calloc(threads, sizeof *log->heap);
    if (!log->cursors || !log->heap)
        return -ENOMEM;
    open_cursors(log);
    return 0;
}

static int map(struct pl_raw_log *log, int fd)
{
    struct stat status;
    void *mapped = MAP_FAILED;
    if (fstat(fd, &status) == 0 && status.st_size >= (off_t)PL_RAW_FIRST)
        mapped = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED | MAP_NORESERVE, fd, 0);
    if (mapped == MAP_FAILED)
        return -EINVAL;
    log->raw = mapped;
    log->bytes = (size_t)status.st_size;
    return log->raw->magic == PL_RAW_MAGIC && log->raw->version == PL_RAW_VERSION &&
                   log->raw->size == sizeof *log->raw
               ? 0
               : -EINVAL;
}

int pl_raw_log_open(struct pl_raw_log *log, const char *path, uint32_t process,
                    struct pl_error *error)
{
    *log = (struct pl_raw_log){0};
    int fd = open(path, O_RDONLY | O_CLOEXEC), rc = fd < 0 ? -errno : map(log, fd);
    const size_t whole = log->bytes;
    if (!rc) {
        log->bytes = log->raw->used < whole ? log->raw->used : whole;
        rc = index_chunks(log, fd, process);
        log->bytes = whole;
    }
    if (fd >= 0)
        close(fd);
    if (!rc)
        return 0;
    pl_raw_log_close(log);
    return pl_error_set(error, rc, "%.400s: %s", path,
                        rc == -EINVAL ? "it is not a raw recording" : strerror(-rc));
}

bool pl_raw_log_next(struct pl_raw_log *log, struct pl_raw_record *record)
{
    if (!log->heap_count)
        return false;
    struct pl_raw_cursor *c = &log->cursors[log->heap[0]];
    *record = c->next;
    if (log->raw->stop && record->stamp > log->raw->stop_stamp)
        return false; /* other threads may have gone on without these */
    if (!advance(log, c))
        log->heap[0] = log->heap[--log->heap_count];
    sift_down(log, 0);
    return true;
}

void pl_raw_log_close(struct pl_raw_log *log)
{
    if (log->raw)
        munmap((void *)(uintptr_t)log->raw, log->bytes);
    free(log->cursors);
    free(log->heap);
    free(log->places);
    *log = (struct pl_raw_log){0};
}
