/* Where this process and this thread count: their slot and stripe in the page file (attach.c).
 *
 * The first call of any function attaches the process, which may be before any constructor. A child
 * of fork finds itself unattached, whatever system call made it, and takes a slot of its own; one
 * of vfork works in its parent's memory and so in its parent's slot. */
#ifndef PL_INTERPOSE_OWN_SLOT_H
#define PL_INTERPOSE_OWN_SLOT_H

#include "harness/interpose/page.h"
#include "harness/interpose/shared_count.h"

#define PL_TLS _Thread_local __attribute__((tls_model("initial-exec")))

/** The process's slot; one of its own memory where the page has none for it. */
extern struct pl_page_process *pl_process;

struct pl_books;

/** The process's books (keep.h); NULL: it has none. */
extern struct pl_books *pl_books;

/** What was asked for; all zero without a page file. */
extern struct pl_foreign pl_settings;

/** Zero in a child of fork: the kernel wipes it. Alone on its page therefore. */
struct pl_wiped {
    _Alignas(4096) uint32_t attached;
};
extern struct pl_wiped pl_wiped;

/** The thread's stripe; NULL while it has none, and where it shares one. */
extern PL_TLS struct pl_page_stripe *pl_stripe;

/** Adds to counters of a thread without a stripe of its own; attaches what is not yet attached.
 *  @param offset of the first counter in the stripe @param second 0 for one counter only */
void pl_process_count(size_t offset, uint64_t amount, size_t second, uint64_t second_amount);

/** Attaches the process and the thread, if they are not. Keeps errno. */
void pl_process_attach(void);

/** Bytes that are live by the stripes, of this process. */
uint64_t pl_process_live(const struct pl_page_process *process, uint64_t *blocks);

/** Keeps the end of a path that is too long. */
void pl_process_copy_path(char *to, const char *path);

static inline struct pl_page_stripe *pl_own_stripe(void)
{
    return PL_LIKELY(pl_wiped.attached) ? pl_stripe : NULL;
}

static inline void pl_count_call(void)
{
    struct pl_page_stripe *own = pl_own_stripe();
    if (PL_LIKELY(own))
        pl_count_own(&own->calls, 1);
    else
        pl_process_count(offsetof(struct pl_page_stripe, calls), 1, 0, 0);
}

static inline void pl_count_allocated(uint64_t bytes)
{
    struct pl_page_stripe *own = pl_own_stripe();
    if (PL_LIKELY(own)) {
        pl_count_own(&own->allocated_blocks, 1);
        pl_count_own(&own->allocated_bytes, bytes);
    } else {
        pl_process_count(offsetof(struct pl_page_stripe, allocated_blocks), 1,
                         offsetof(struct pl_page_stripe, allocated_bytes), bytes);
    }
}

static inline void pl_count_freed(uint64_t bytes)
{
    struct pl_page_stripe *own = pl_own_stripe();
    if (PL_LIKELY(own)) {
        pl_count_own(&own->freed_blocks, 1);
        pl_count_own(&own->freed_bytes, bytes);
    } else {
        pl_process_count(offsetof(struct pl_page_stripe, freed_blocks), 1,
                         offsetof(struct pl_page_stripe, freed_bytes), bytes);
    }
}

#endif
