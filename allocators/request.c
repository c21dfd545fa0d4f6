/* Requests beside a plain size, for links that have no call of their own for them (allocator.h). */
#include <stdatomic.h>
#include <string.h>

#include "allocators/allocator.h"

static void count(_Atomic uint64_t *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

/* malloc owes a block the alignment of what fits into it: C11 7.22.3 as amended by N2293. */
static bool is_owed(const struct pl_allocator *a, const struct pl_request *r)
{
    return r->alignment <= a->alignment && r->alignment <= r->size;
}

/* The aligned part begins behind the address of the whole, which is kept right before it. A whole
 * of `alignment` bytes more holds both wherever it begins at a multiple of a pointer's size. */
static size_t whole_of(const struct pl_allocator *a, const struct pl_request *r)
{
    return is_owed(a, r) ? r->size : r->size + (r->alignment < 16 ? 16 : r->alignment);
}

static void *aligned_part(void *whole, size_t alignment)
{
    uintptr_t at = (uintptr_t)whole + sizeof whole;
    at = (at + alignment - 1) & ~(uintptr_t)(alignment - 1);
    memcpy((void *)(at - sizeof whole), &whole, sizeof whole);
    return (void *)at;
}

static void *whole_behind(void *block)
{
    void *whole;
    memcpy(&whole, (char *)block - sizeof whole, sizeof whole);
    return whole;
}

static size_t at_least_a_pointer(size_t alignment)
{
    return alignment < sizeof(void *) ? sizeof(void *) : alignment;
}

static void *acquire_by_hand(struct pl_allocator *a, const struct pl_request *r)
{
    size_t whole = whole_of(a, r);
    void *block = whole < r->size ? NULL : pl_acquire(a, whole);
    if (!is_owed(a, r)) {
        count(&a->fallbacks->alignments);
        block = block ? aligned_part(block, at_least_a_pointer(r->alignment)) : NULL;
    }
    if (r->zeroed) {
        count(&a->fallbacks->zeroings);
        if (block)
            memset(block, 0, r->size);
    }
    return block;
}

void *pl_acquire_special(struct pl_allocator *a, const struct pl_request *r)
{
    return a->acquire_as ? a->acquire_as(a, r) : acquire_by_hand(a, r);
}

void pl_release_special(struct pl_allocator *a, void *block, const struct pl_request *r)
{
    if (a->release_as)
        a->release_as(a, block, r);
    else if (block && !is_owed(a, r))
        pl_release(a, whole_behind(block), whole_of(a, r));
    else
        pl_release(a, block, r->size);
}

static void *resize_by_hand(struct pl_allocator *from, void *block, const struct pl_request *old,
                            struct pl_allocator *to, size_t size)
{
    void *fresh = pl_acquire(to, size);
    count(&to->fallbacks->resizes);
    if (!fresh)
        return NULL;
    memcpy(fresh, block, size < old->size ? size : old->size);
    pl_release_as(from, block, old);
    return fresh;
}

void *pl_resize(struct pl_allocator *a, void *block, const struct pl_request *old, size_t size)
{
    return a->resize ? a->resize(a, block, old, size) : resize_by_hand(a, block, old, a, size);
}

void *pl_resize_across(struct pl_allocator *from, void *block, const struct pl_request *old,
                       struct pl_allocator *to, size_t size)
{
    return from == to ? pl_resize(from, block, old, size)
                      : resize_by_hand(from, block, old, to, size);
}

static const struct pl_allocator *last_that_hands_on(const struct pl_allocator *a)
{
    while (a->acquire_as && a->inner)
        a = a->inner;
    return a;
}

size_t pl_request_bytes(const struct pl_allocator *a, const struct pl_request *r)
{
    a = last_that_hands_on(a);
    return a->acquire_as ? r->size : whole_of(a, r);
}

/* Layers that hand requests on weigh nothing of their own. */
size_t pl_footprint_as(const struct pl_allocator *a, const struct pl_request *r)
{
    a = last_that_hands_on(a);
    return a->footprint(a, pl_request_bytes(a, r));
}
