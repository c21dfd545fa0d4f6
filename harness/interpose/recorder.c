/* Recording calls (recorder.h). What a call costs is two stores and the processor's clock; chunks
 * are taken from the file, with their pages, 64 Ki records at a time: record_chunks.c. */
#include "harness/interpose/recorder.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "harness/interpose/next.h"
#include "harness/interpose/own_slot.h"
#include "harness/interpose/record_begin.h"
#include "harness/interpose/record_chunks.h"
#include "harness/interpose/record_stacks.h"
#include "harness/interpose/record_thread.h"

enum {
    PAGE = 4096,
    TOLD_FROM = 8192, /* bytes: pages of smaller blocks are touched with their neighbours */
    PAGES_AT_ONCE = 1024,
    TOLD_WHOLE = 1024, /* of so many chains one */
    LAST_LOOKS = 200   /* half a millisecond each */
};

static bool is_sized;
static struct {
    uintptr_t begin, end;
} heap; /* its object */

static inline void emit(uint64_t first, unsigned beside, enum pl_raw_op op, uint64_t stamp)
{
    uint64_t *to = pl_record_mine.next;
    if (PL_UNLIKELY(to == pl_record_mine.end) && !(to = pl_record_refill()))
        return;
    pl_record_mine.next = to + 2;
    to[0] = first;
    __atomic_store_n(&to[1], stamp << PL_RAW_STAMP_SHIFT | beside << PL_RAW_BESIDE_SHIFT | op,
                     __ATOMIC_RELEASE);
}

static inline void emit_sized(const void *address, size_t size, unsigned beside, enum pl_raw_op op,
                              uint64_t stamp)
{
    uint64_t told = size;
    if (PL_UNLIKELY(size >= PL_RAW_SIZE_LARGE)) {
        emit(size, 0, PL_RAW_SIZE, stamp);
        told = PL_RAW_SIZE_LARGE;
    }
    emit((uint64_t)(uintptr_t)address >> 4 | told << PL_RAW_ADDRESS_BITS, beside, op, stamp);
}

static void was_there(const void *begin, size_t bytes)
{
    emit_sized(begin, bytes, PL_RAW_BEFORE, PL_RAW_MAP, pl_record_stamp());
}

void pl_record_begin(bool sized)
{
    struct dl_find_object object;
    void *malloc_of;
    is_sized = sized;
    __builtin_memcpy(&malloc_of, &pl_next.malloc, sizeof malloc_of);
    if (_dl_find_object(malloc_of, &object) == 0) {
        heap.begin = (uintptr_t)object.dlfo_map_start;
        heap.end = (uintptr_t)object.dlfo_map_end;
    }
    pl_record_what_is_there(was_there);
}

/* How many frames, from the outermost inwards, are those of the thread's latest chain. Now and then
 * a chain is told whole: a signal's handler may have told of one in the midst of another. */
static uint32_t known_frames(struct pl_record_thread *mine, const uint64_t *frames, uint32_t count)
{
    const uint32_t most = count < mine->frame_count ? count : mine->frame_count;
    uint32_t known = 0;
    if (++mine->sites % TOLD_WHOLE == 0)
        return 0;
    while (known < most && frames[count - 1 - known] == mine->frames[mine->frame_count - 1 - known])
        known++;
    return known;
}

static __attribute__((noinline)) void emit_stack(const void *caller, uint64_t stamp)
{
    struct pl_record_thread *mine = &pl_record_mine;
    uint64_t frames[PL_RAW_FRAMES_MAX];
    const uint32_t count = pl_record_stack(caller, pl_record_frames, frames);
    const uint32_t known = known_frames(mine, frames, count);
    for (uint32_t i = 0; i < count - known; i++)
        emit(frames[i], 0, PL_RAW_SITE, stamp);
    if (known)
        emit(known, 0, PL_RAW_SITE_REST, stamp);
    __builtin_memcpy(mine->frames, frames, count * sizeof *frames);
    mine->frame_count = count;
}

static inline void emit_site(const void *caller, uint64_t stamp)
{
    if (PL_LIKELY(!pl_record_frames))
        return;
    if (pl_record_frames == 1)
        emit((uint64_t)(uintptr_t)caller, 0, PL_RAW_SITE, stamp);
    else
        emit_stack(caller, stamp);
}

/* @return the block */
static inline void *came(void *block, size_t size, unsigned beside, const void *caller)
{
    const uint64_t stamp = pl_record_stamp();
    emit_site(caller, stamp);
    if (PL_LIKELY(block != NULL))
        emit_sized(block, size, beside, PL_RAW_ALLOCATE, stamp);
    else
        emit_sized(NULL, size, beside, PL_RAW_REFUSED, stamp);
    return block;
}

/* How many of a block's whole pages are there. */
static __attribute__((noinline)) void look_at_pages(const void *block, size_t usable)
{
    unsigned char there[PAGES_AT_ONCE];
    const int error = errno;
    uintptr_t at = ((uintptr_t)block + PAGE - 1) / PAGE * PAGE;
    const uintptr_t end = ((uintptr_t)block + usable) / PAGE * PAGE;
    size_t pages = 0;
    while (at < end) {
        const size_t left = (end - at) / PAGE, count = left < PAGES_AT_ONCE ? left : PAGES_AT_ONCE;
        if (syscall(SYS_mincore, at, count * PAGE, there))
            break;
        for (size_t i = 0; i < count; i++)
            pages += there[i] & 1;
        at += count * PAGE;
    }
    errno = error;
    emit_sized(block, pages, 0, PL_RAW_TOUCHED, 1);
}

static inline void going(void *block, enum pl_raw_op op)
{
    const size_t usable = is_sized ? pl_next.usable_size(block) : 0;
    if (PL_UNLIKELY(usable >= TOLD_FROM))
        look_at_pages(block, usable);
    emit_sized(block, 0, 0, op, pl_record_stamp());
}

static inline unsigned exponent_of(size_t alignment)
{
    return alignment ? (unsigned)__builtin_ctzl(alignment) : 0;
}

void *pl_record_malloc(size_t size, const void *caller)
{
    return came(pl_next.malloc(size), size, 0, caller);
}

void *pl_record_calloc(size_t count, size_t size, const void *caller)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return pl_next.calloc(count, size);
    return came(pl_next.calloc(count, size), bytes, PL_RAW_ZEROED, caller);
}

static void *resized(void *served, size_t size, const void *caller)
{
    const uint64_t stamp = pl_record_stamp();
    emit_site(caller, stamp);
    emit_sized(served, size, 0, served || !size ? PL_RAW_RESIZED : PL_RAW_STAYED, stamp);
    return served;
}

void *pl_record_realloc(void *block, size_t size, const void *caller)
{
    going(block, PL_RAW_RESIZE);
    return resized(pl_next.realloc(block, size), size, caller);
}

int pl_record_posix_memalign(void **block, size_t alignment, size_t size, const void *caller)
{
    void *served = NULL;
    int rc = pl_next.posix_memalign(&served, alignment, size);
    if (rc == EINVAL)
        return rc;
    if (!rc)
        *block = served;
    came(rc ? NULL : served, size, exponent_of(alignment), caller);
    return rc;
}

void *pl_record_aligned(void *(*serve)(size_t alignment, size_t size), size_t alignment,
                        size_t size, const void *caller)
{
    return came(serve(alignment, size), size, exponent_of(alignment), caller);
}

void *pl_record_pages(void *(*serve)(size_t size), size_t size, const void *caller)
{
    return came(serve(size), size, exponent_of(PAGE), caller);
}

void pl_record_free(void *block)
{
    going(block, PL_RAW_FREE);
    pl_next.free(block);
}

size_t pl_record_usable_size(void *block)
{
    if (block)
        emit_sized(block, 0, 0, PL_RAW_ASK_SIZE, pl_record_stamp());
    return pl_next.usable_size(block);
}

int pl_record_trim(size_t pad)
{
    emit_sized(NULL, pad, 0, PL_RAW_TRIM, pl_record_stamp());
    return pl_next.trim ? pl_next.trim(pad) : 0;
}

/* jemalloc's flags: MALLOCX_LG_ALIGN is what is in the lowest six bits, MALLOCX_ZERO 64. */
void *pl_record_hooked(const struct pl_hooked *hooked, const void *caller)
{
    const unsigned beside = (unsigned)hooked->flags & (PL_RAW_EXPONENT | PL_RAW_ZEROED);
    return came(hooked->call(hooked), hooked->size, beside, caller);
}

void *pl_record_hooked_resize(const struct pl_hooked *hooked, const void *caller)
{
    going(hooked->block, PL_RAW_RESIZE);
    return resized(hooked->call(hooked), hooked->size, caller);
}

void pl_record_hooked_free(const struct pl_hooked *hooked)
{
    going(hooked->block, PL_RAW_FREE);
    hooked->call(hooked);
}

/* What it holds as it ends was touched as far as nobody saw since the latest look. 100 ms at
 * most: on a busy machine the controller comes late. */
__attribute__((destructor)) static void await_last_look(void)
{
    static const struct timespec half_ms = {.tv_nsec = 500000};
    struct pl_raw *raw = pl_record_raw;
    if (!raw || raw->pid != (int32_t)syscall(SYS_getpid))
        return;
    __atomic_store_n(&raw->leaving, PL_RAW_LEAVES, __ATOMIC_RELEASE);
    for (int i = 0; i < LAST_LOOKS; i++) {
        if (__atomic_load_n(&raw->leaving, __ATOMIC_ACQUIRE) == PL_RAW_LOOKED_AT)
            return;
        syscall(SYS_nanosleep, &half_ms, NULL);
    }
}

static bool is_heaps_own(const void *caller)
{
    return (uintptr_t)caller - heap.begin < heap.end - heap.begin;
}

void pl_record_mapped(const void *address, size_t size, const void *caller)
{
    if (!is_heaps_own(caller))
        emit_sized(address, size, 0, PL_RAW_MAP, pl_record_stamp());
}

void pl_record_unmapped(const void *address, size_t size, const void *caller)
{
    if (!is_heaps_own(caller))
        emit_sized(address, size, 0, PL_RAW_UNMAP, pl_record_stamp());
}
