/* The layers between a call and the heap (serve.h). */
#include "harness/interpose/serve.h"

#include <errno.h>

#include "harness/interpose/early.h"
#include "harness/interpose/fault.h"
#include "harness/interpose/keep.h"
#include "harness/interpose/limit.h"
#include "harness/interpose/next.h"
#include "harness/interpose/recorder.h"
#include "harness/interpose/spare.h"
#include "harness/interpose/trim.h"

unsigned pl_serve_layers;

/* Whether the heap tells sizes. mimalloc 3.0 can say it of nothing before it has served a block.
 * tcmalloc 2.10 makes an object by new when it is first asked: to be asked by that new would never
 * end. */
static bool tells_sizes(void)
{
    if (!pl_next_is_sized())
        return false;
    pl_next.free(pl_next.malloc(1));
    return pl_next.usable_size(NULL) == 0;
}

/* Without sizes a limit would count what it can't take back. */
void pl_serve_open(const struct pl_foreign *settings, bool is_recorded)
{
    const bool sized = tells_sizes();
    pl_process->unsized = !sized;
    pl_process->untrimmed = settings->trim_every_ns && !pl_next.trim;
    if (is_recorded) {
        pl_record_begin(sized);
        pl_serve_layers |= PL_SERVE_RECORD;
        return;
    }
    pl_limit_open(settings->limit_bytes);
    if (settings->limit_bytes && sized)
        pl_serve_layers |= PL_SERVE_LIMIT;
    if (settings->fault_nth || settings->fault_every)
        pl_serve_layers |= PL_SERVE_FAULT;
    if (pl_books && sized)
        pl_serve_layers |= PL_SERVE_LEDGER;
    if (settings->trim_every_ns && pl_next.trim)
        pl_serve_layers |= PL_SERVE_TRIM;
}

static inline bool stands(enum pl_serve_layer layer)
{
    return (pl_serve_layers & layer) != 0;
}

/* Whether sizes are needed. */
static inline bool counts(void)
{
    return (pl_serve_layers & (PL_SERVE_LIMIT | PL_SERVE_LEDGER)) != 0;
}

/* What refuses inside of the ledger is in its books. */
static void tell_ledger(enum pl_foreign_inside refusing, const void *caller)
{
    if (stands(PL_SERVE_LEDGER) && !(pl_settings.ledger_inside & refusing))
        pl_books_refused(caller);
}

static void limit_refused(size_t size, const void *caller)
{
    pl_limit_refused(size);
    tell_ledger(PL_FOREIGN_IN_LIMIT, caller);
}

static bool limit_takes(size_t bytes, size_t size, const void *caller)
{
    if (PL_LIKELY(pl_limit_take(bytes)))
        return true;
    limit_refused(size, caller);
    return false;
}

static bool fails(size_t size, const void *caller)
{
    if (PL_LIKELY(!pl_fault_fails(size, caller)))
        return false;
    tell_ledger(PL_FOREIGN_IN_FAULT, caller);
    return true;
}

/* Whether the layers let a request through, the outermost asked first.
 * @param bytes that the limit takes for it */
static inline bool is_admitted(size_t bytes, size_t size, const void *caller)
{
    const bool outside = pl_settings.fault_outside;
    if (stands(PL_SERVE_FAULT) && outside && fails(size, caller))
        return false;
    if (stands(PL_SERVE_LIMIT) && !limit_takes(bytes, size, caller))
        return false;
    if (!stands(PL_SERVE_FAULT) || outside || !fails(size, caller))
        return true;
    if (stands(PL_SERVE_LIMIT))
        pl_limit_give_back(bytes);
    return false;
}

/* Of a block that has just come. */
static inline size_t size_of_new(void *block, size_t size)
{
    const size_t usable = pl_next.usable_size(block);
    return PL_LIKELY(usable != 0) ? usable : pl_early_note(block, size);
}

/* Of one that is about to go. */
static inline size_t size_of_old(void *block)
{
    const size_t usable = pl_next.usable_size(block);
    return PL_LIKELY(usable != 0) ? usable : pl_early_forget(block);
}

/* Puts right what was taken for a block that turned out larger or smaller. @return false where that
 * passes the limit */
static bool adjust(size_t taken, size_t usable)
{
    if (usable < taken)
        pl_limit_give_back(taken - usable);
    return usable <= taken || !pl_limit_exceed(usable - taken);
}

static void take_back(void *block, size_t usable, size_t size, const void *caller)
{
    pl_next.free(block);
    pl_limit_give_back(usable);
    limit_refused(size, caller);
}

/* @return whether the limit has room for what the heap made of the request */
static inline bool limit_settles(void *block, size_t taken, size_t usable, size_t size,
                                 const void *caller)
{
    if (PL_UNLIKELY(usable != taken)) {
        bool fits = adjust(taken, usable);
        pl_limit_learn(size, usable);
        if (!fits) {
            take_back(block, usable, size, caller);
            return false;
        }
    }
    pl_limit_handed_out();
    pl_count_allocated(usable);
    return true;
}

static void heap_refused(size_t taken, const void *caller)
{
    if (stands(PL_SERVE_LIMIT))
        pl_limit_give_back(taken);
    if (stands(PL_SERVE_LEDGER))
        pl_books_refused(caller);
}

/* @return the block, counted; NULL where the heap gave none, or more than the limit has room for */
static inline void *settle(void *block, size_t taken, size_t size, const void *caller)
{
    if (!counts())
        return block;
    if (PL_UNLIKELY(!block)) {
        heap_refused(taken, caller);
        return NULL;
    }
    const size_t usable = size_of_new(block, size);
    if (stands(PL_SERVE_LIMIT) && !limit_settles(block, taken, usable, size, caller))
        return NULL;
    if (stands(PL_SERVE_LEDGER))
        pl_books_enter(block, size, usable, caller);
    return block;
}

static inline void look_at_time(void)
{
    if (stands(PL_SERVE_TRIM))
        pl_trim_look();
}

/* As the functions of the C library do. */
static inline void *tell(void *block)
{
    if (PL_UNLIKELY(!block))
        errno = ENOMEM;
    return block;
}

static inline size_t guess(size_t size)
{
    return stands(PL_SERVE_LIMIT) ? pl_limit_guess(size) : size;
}

void *pl_serve_malloc(size_t size, const void *caller)
{
    if (PL_LIKELY(stands(PL_SERVE_RECORD)))
        return pl_record_malloc(size, caller);
    const size_t taken = guess(size);
    look_at_time();
    if (!is_admitted(taken, size, caller))
        return tell(NULL);
    return tell(settle(pl_next.malloc(size), taken, size, caller));
}

void *pl_serve_calloc(size_t count, size_t size, const void *caller)
{
    if (PL_LIKELY(stands(PL_SERVE_RECORD)))
        return pl_record_calloc(count, size, caller);
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return tell(NULL);
    const size_t taken = guess(bytes);
    look_at_time();
    if (!is_admitted(taken, bytes, caller))
        return tell(NULL);
    return tell(settle(pl_next.calloc(count, size), taken, bytes, caller));
}

void *pl_serve_aligned(void *(*serve)(size_t alignment, size_t size), size_t alignment, size_t size,
                       const void *caller)
{
    if (PL_LIKELY(stands(PL_SERVE_RECORD)))
        return pl_record_aligned(serve, alignment, size, caller);
    look_at_time();
    if (!is_admitted(size, size, caller))
        return tell(NULL);
    /* EINVAL of a bad alignment is the heap's to tell. */
    return settle(serve(alignment, size), size, size, caller);
}

void *pl_serve_pages(void *(*serve)(size_t size), size_t size, const void *caller)
{
    if (PL_LIKELY(stands(PL_SERVE_RECORD)))
        return pl_record_pages(serve, size, caller);
    look_at_time();
    if (!is_admitted(size, size, caller))
        return tell(NULL);
    return tell(settle(serve(size), size, size, caller));
}

int pl_serve_posix_memalign(void **block, size_t alignment, size_t size, const void *caller)
{
    if (PL_LIKELY(stands(PL_SERVE_RECORD)))
        return pl_record_posix_memalign(block, alignment, size, caller);
    void *served = NULL;
    look_at_time();
    if (!is_admitted(size, size, caller))
        return ENOMEM;
    int rc = pl_next.posix_memalign(&served, alignment, size);
    served = settle(rc ? NULL : served, size, size, caller);
    if (served)
        *block = served;
    return rc ? rc : served ? 0 : ENOMEM;
}

/* What a block is before it goes or moves: whoever frees it in the heap may see its address handed
 * out again at once. */
struct before {
    size_t usable;
    struct pl_books_left left;
};

static inline struct before look_before(void *block)
{
    struct before before = {0};
    if (counts())
        before.usable = size_of_old(block);
    if (stands(PL_SERVE_LEDGER))
        before.left = pl_books_leave(block, before.usable);
    return before;
}

static inline void count_gone(const struct before *before)
{
    if (stands(PL_SERVE_LIMIT)) {
        pl_limit_give_back(before->usable);
        pl_count_freed(before->usable);
    }
    if (stands(PL_SERVE_LEDGER))
        pl_books_count_freed(before->left);
}

/* What a block was is given back when the new one is there; until then both may be. */
static void count_moved(void *moved, const struct before *before, size_t taken, size_t size,
                        const void *caller)
{
    const size_t usable = size_of_new(moved, size);
    if (stands(PL_SERVE_LIMIT)) {
        adjust(before->usable + taken, usable);
        pl_limit_learn(size, usable);
        pl_limit_handed_out();
        pl_count_freed(before->usable);
        pl_count_allocated(usable);
    }
    if (stands(PL_SERVE_LEDGER)) {
        pl_books_count_freed(before->left);
        pl_books_enter(moved, size, usable, caller);
    }
}

/* realloc(block, 0) frees it in glibc and tcmalloc, and is a small block to others. */
static void *shrink_to_nothing(void *block, const void *caller)
{
    const struct before before = look_before(block);
    void *served = pl_next.realloc(block, 0);
    if (served && counts())
        count_moved(served, &before, 0, 0, caller);
    else
        count_gone(&before);
    return served;
}

/* The heap has no more: the old block is what it was. */
static void stay(void *block, const struct before *before, size_t taken)
{
    if (stands(PL_SERVE_LIMIT))
        pl_limit_give_back(taken);
    if (before->usable && !pl_next.usable_size(block))
        pl_early_note(block, before->usable);
    if (stands(PL_SERVE_LEDGER))
        pl_books_put_back(block, before->usable, before->left);
}

static void *resize(void *block, size_t size, const void *caller, const struct pl_hooked *hooked)
{
    const struct before before = look_before(block);
    const size_t after = guess(size), taken = after > before.usable ? after - before.usable : 0;
    if (!is_admitted(taken, size, caller)) {
        if (counts())
            stay(block, &before, 0);
        return tell(NULL);
    }
    void *served = hooked ? hooked->call(hooked) : pl_next.realloc(block, size);
    if (served && counts())
        count_moved(served, &before, taken, size, caller);
    if (!served && counts()) {
        stay(block, &before, taken);
        if (stands(PL_SERVE_LEDGER))
            pl_books_refused(caller);
    }
    return tell(served);
}

static void *move_from_spare(void *block, size_t size, const void *caller)
{
    void *served = pl_serve_malloc(size, caller);
    size_t kept = pl_spare_usable(block);
    if (served)
        __builtin_memcpy(served, block, kept < size ? kept : size);
    return served;
}

void *pl_serve_realloc(void *block, size_t size, const void *caller)
{
    if (!block)
        return pl_serve_malloc(size, caller);
    if (PL_UNLIKELY(pl_spare_has(block)))
        return move_from_spare(block, size, caller);
    if (stands(PL_SERVE_RECORD))
        return pl_record_realloc(block, size, caller);
    look_at_time();
    return size ? resize(block, size, caller, NULL) : shrink_to_nothing(block, caller);
}

size_t pl_serve_usable_size(void *block)
{
    return stands(PL_SERVE_RECORD) ? pl_record_usable_size(block) : pl_next.usable_size(block);
}

int pl_serve_trim(size_t pad)
{
    if (stands(PL_SERVE_RECORD))
        return pl_record_trim(pad);
    return pl_next.trim ? pl_next.trim(pad) : 0;
}

static void release(void *block, const struct pl_hooked *hooked)
{
    const struct before before = look_before(block);
    if (hooked)
        hooked->call(hooked);
    else
        pl_next.free(block);
    count_gone(&before);
}

void pl_serve_free(void *block)
{
    look_at_time();
    if (!block || PL_UNLIKELY(pl_spare_has(block)))
        return;
    if (PL_LIKELY(stands(PL_SERVE_RECORD)))
        pl_record_free(block);
    else
        release(block, NULL);
}

void *pl_serve_hooked(const struct pl_hooked *hooked, const void *caller)
{
    if (PL_LIKELY(stands(PL_SERVE_RECORD)))
        return pl_record_hooked(hooked, caller);
    const size_t size = hooked->size;
    if (!is_admitted(size, size, caller))
        return tell(NULL);
    return settle(hooked->call(hooked), size, size, caller);
}

void *pl_serve_hooked_resize(const struct pl_hooked *hooked, const void *caller)
{
    if (PL_LIKELY(stands(PL_SERVE_RECORD)))
        return pl_record_hooked_resize(hooked, caller);
    return resize(hooked->block, hooked->size, caller, hooked);
}

void pl_serve_hooked_free(const struct pl_hooked *hooked)
{
    if (stands(PL_SERVE_RECORD))
        pl_record_hooked_free(hooked);
    else
        release(hooked->block, hooked);
}
