/* The meter between a pipeline and its stack: exact books for each class, and the latency of one
 * acquire in 64 or so, since timing each would cost more than most acquires (68 ns for two reads
 * of the clock). */
#ifndef PL_PIPELINES_METER_H
#define PL_PIPELINES_METER_H

#include "allocators/allocator.h"
#include "allocators/ledger/site.h"
#include "harness/base/counter.h"
#include "harness/base/histogram.h"
#include "harness/scenario/scenario.h"

#define PL_METER_STRIDE 64 /* acquires from one timed acquire to the next, on average */

/** The books of one class. Live blocks are acquires - releases, of all meters together. */
struct pl_class_books {
    uint64_t acquires; /* that succeeded */
    uint64_t releases;
    uint64_t failures; /* acquires that gave NULL */
    /* Of blocks that are not the class's object: their bytes less the object's, modulo 2^64. */
    uint64_t acquired_excess;
    uint64_t released_excess;
};

/** A meter whose crowd is at work at once tells it of more than that, in bytes, that it acquired or
 *  released in the balance; where threads take turns, of each byte. */
#define PL_METER_UNTOLD 4096

/** Live bytes of many meters together, for their peak: what each of them holds would be too much to
 *  add up at each acquire. Never further from the sum of the meters than what each may leave untold and
 *  the blocks that are being booked; so is the peak from that of what is live. Cache lines of its
 *  own. */
struct pl_meter_crowd {
    uint64_t live_bytes; /* modulo 2^64 */
    uint64_t live_bytes_peak;
};

/** What one thread acquires and releases. Zero it, then pl_meter_open. The functions below are for
 *  that thread alone; its counters (harness/base/counter.h) may be read by any. */
struct pl_meter {
    struct pl_allocator *chains[PL_CLASSES_MAX];
    uint64_t sizes[PL_CLASSES_MAX]; /* bytes of one object */
    struct pl_class_books books[PL_CLASSES_MAX];
    uint32_t class_count;
    uint32_t until_timed; /* acquires until the next timed one */
    uint64_t random;      /* state of the seeded stride */
    uint64_t live_bytes;  /* requested less released by this thread, modulo 2^64: what one thread
                             requests another may release, so only the sum means something */
    uint64_t live_bytes_peak;     /* of both threads' sum, as this one saw it when it acquired */
    const struct pl_meter *other; /* of the cell's other thread, or NULL */
    struct pl_meter_crowd *crowd; /* of the cell's many threads, or NULL: then the peak is its */
    uint64_t told_bytes;          /* to the crowd, of live_bytes */
    uint64_t untold_bytes;        /* that may be left untold */
    struct pl_histogram acquire_ns;
};

void pl_meter_open(struct pl_meter *meter, struct pl_stack *stack, const struct pl_scenario *s,
                   uint64_t seed);

/** Bytes requested (and got) and released so far, all classes. Any thread. */
uint64_t pl_meter_churn(const struct pl_meter *meter);

/** Times no acquire: the two reads of the clock would be counted by what looks on, and the latency
 *  would mean nothing. Good for 2^32 acquires. */
void pl_meter_untimed(struct pl_meter *meter);

/** Acquires through the chain and times it. For the acquires below only. */
void *pl_meter_acquire_timed(struct pl_meter *meter, uint32_t class_index,
                             const struct pl_request *request);

/** Tells the crowd what is live in this meter. For the functions below only. */
void pl_meter_tell(struct pl_meter *meter, uint64_t live_bytes);

static inline void pl_meter_tell_some(struct pl_meter *meter, uint64_t live_bytes)
{
    if (live_bytes - meter->told_bytes + meter->untold_bytes > 2 * meter->untold_bytes)
        pl_meter_tell(meter, live_bytes);
}

/* Live bytes after a release. */
static inline void pl_meter_lessen(struct pl_meter *meter, uint64_t size)
{
    uint64_t live = pl_counter_add(&meter->live_bytes, -size);
    if (meter->crowd)
        pl_meter_tell_some(meter, live);
}

/* Books an acquire, but for its excess, where there is a block. @return the block */
static inline void *pl_meter_book(struct pl_meter *meter, uint32_t class_index, void *block,
                                  uint64_t size)
{
    if (__builtin_expect(!block, 0)) {
        pl_counter_add(&meter->books[class_index].failures, 1);
        return NULL;
    }
    pl_counter_add(&meter->books[class_index].acquires, 1);
    uint64_t live = pl_counter_add(&meter->live_bytes, size);
    if (meter->crowd) {
        pl_meter_tell_some(meter, live);
        return block;
    }
    if (meter->other)
        live += pl_counter_read(&meter->other->live_bytes);
    /* The other thread may be about to count a release below zero: no peak. */
    if (live > meter->live_bytes_peak && live <= INT64_MAX)
        pl_counter_set(&meter->live_bytes_peak, live);
    return block;
}

/* An acquire and its books, but for the excess. */
static inline void *pl_meter_take(struct pl_meter *meter, uint32_t class_index, uint64_t size)
{
    void *block;
    if (__builtin_expect(--meter->until_timed == 0, 0))
        block =
            pl_meter_acquire_timed(meter, class_index, &(const struct pl_request){.size = size});
    else
        block = pl_acquire(meter->chains[class_index], size);
    return pl_meter_book(meter, class_index, block, size);
}

static inline void pl_meter_give(struct pl_meter *meter, uint32_t class_index, void *block,
                                 uint64_t size)
{
    pl_counter_add(&meter->books[class_index].releases, 1);
    pl_meter_lessen(meter, size);
    pl_release(meter->chains[class_index], block, size);
}

/** @return an object of the class, or NULL, which is counted; what a ledger says of it stands under
 *  the place of the call */
#define pl_meter_acquire(meter, class_index) \
    pl_meter_acquire_object((meter), (class_index), PL_SITE_HERE)

/** The same under a site that the caller names. */
static inline void *pl_meter_acquire_object(struct pl_meter *meter, uint32_t class_index,
                                            struct pl_site *site)
{
    pl_site_set(site);
    return pl_meter_take(meter, class_index, meter->sizes[class_index]);
}

static inline void pl_meter_release(struct pl_meter *meter, uint32_t class_index, void *block)
{
    pl_meter_give(meter, class_index, block, meter->sizes[class_index]);
}

/** For classes whose objects differ in size.
 *  @param size bytes; beyond the class's size a pool refuses
 *  @return a block, or NULL, which is counted */
#define pl_meter_acquire_sized(meter, class_index, size) \
    pl_meter_acquire_at((meter), (class_index), (size), PL_SITE_HERE)

/** The same under a site that the caller names: PL_SITE("label"), or one made of data. */
static inline void *pl_meter_acquire_at(struct pl_meter *meter, uint32_t class_index, uint64_t size,
                                        struct pl_site *site)
{
    pl_site_set(site);
    void *block = pl_meter_take(meter, class_index, size);
    if (block)
        pl_counter_add(&meter->books[class_index].acquired_excess,
                       size - meter->sizes[class_index]);
    return block;
}

/** @param size what was asked for */
static inline void pl_meter_release_sized(struct pl_meter *meter, uint32_t class_index, void *block,
                                          uint64_t size)
{
    pl_counter_add(&meter->books[class_index].released_excess, size - meter->sizes[class_index]);
    pl_meter_give(meter, class_index, block, size);
}

/** Of blocks that are aligned, zeroed or resized. @return a block, or NULL, which is counted */
static inline void *pl_meter_acquire_as(struct pl_meter *meter, uint32_t class_index,
                                        const struct pl_request *request, struct pl_site *site)
{
    void *block;
    pl_site_set(site);
    if (__builtin_expect(--meter->until_timed == 0, 0))
        block = pl_meter_acquire_timed(meter, class_index, request);
    else
        block = pl_acquire_as(meter->chains[class_index], request);
    if (pl_meter_book(meter, class_index, block, request->size))
        pl_counter_add(&meter->books[class_index].acquired_excess,
                       request->size - meter->sizes[class_index]);
    return block;
}

/* Books a release. */
static inline void pl_meter_unbook(struct pl_meter *meter, uint32_t class_index, uint64_t size)
{
    pl_counter_add(&meter->books[class_index].releases, 1);
    pl_counter_add(&meter->books[class_index].released_excess, size - meter->sizes[class_index]);
    pl_meter_lessen(meter, size);
}

/** @param request what was asked for last */
static inline void pl_meter_release_as(struct pl_meter *meter, uint32_t class_index, void *block,
                                       const struct pl_request *request)
{
    pl_meter_unbook(meter, class_index, request->size);
    pl_release_as(meter->chains[class_index], block, request);
}

/** A resize counts as a release and an acquire, of the class that the block has then.
 *  @param old what was asked for last @return the block, or NULL, which is counted: the old one
 *  stays */
static inline void *pl_meter_resize(struct pl_meter *meter, uint32_t old_class, void *block,
                                    const struct pl_request *old, uint32_t class_index,
                                    uint64_t size, struct pl_site *site)
{
    pl_site_set(site);
    void *resized =
        pl_resize_across(meter->chains[old_class], block, old, meter->chains[class_index], size);
    if (resized)
        pl_meter_unbook(meter, old_class, old->size);
    if (pl_meter_book(meter, class_index, resized, size))
        pl_counter_add(&meter->books[class_index].acquired_excess,
                       size - meter->sizes[class_index]);
    return resized;
}

#endif
