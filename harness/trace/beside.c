/* What is the heap's and what is not (beside.h). */
#include "harness/trace/beside.h"

#include <errno.h>
#include <stdlib.h>

int pl_beside_add_stack(struct pl_beside *b, uint64_t address)
{
    if (b->stack_count == b->stack_capacity) {
        const uint32_t capacity = 2 * b->stack_capacity + 16;
        uint64_t *grown = reallocarray(b->stacks, capacity, sizeof *grown);
        if (!grown)
            return -ENOMEM;
        b->stacks = grown;
        b->stack_capacity = capacity;
    }
    b->stacks[b->stack_count++] = address;
    return 0;
}

void pl_beside_note_block(struct pl_beside *b, uint64_t address)
{
    pl_address_ranges_drop(&b->before, address);
    pl_address_ranges_drop(&b->mapped, address);
}

/* Behind its last page another's may follow, which the kernel has joined. */
static int add_stack(struct pl_address_ranges *ranges, const struct pl_memory_sample *sample,
                     uint64_t address)
{
    const uint64_t guard = pl_memory_sample_guard(sample, address);
    return guard ? pl_address_ranges_add(ranges, guard, (address / 4096 + 1) * 4096) : 0;
}

static int add_all(struct pl_address_ranges *to, const struct pl_address_ranges *from)
{
    int rc = 0;
    for (uint32_t i = 0; i < from->count && !rc; i++)
        rc = pl_address_ranges_add(to, from->list[i].begin, from->list[i].end);
    return rc;
}

/* All that is beside, in ranges that don't overlap. */
static int gather(const struct pl_beside *b, const struct pl_memory_sample *sample,
                  struct pl_address_ranges *all)
{
    int rc = add_all(all, &b->mapped);
    rc = rc ? rc : add_all(all, &b->before);
    for (uint32_t i = 0; i < b->stack_count && !rc; i++)
        rc = add_stack(all, sample, b->stacks[i]);
    return rc ? rc
              : pl_address_ranges_remove(all, sample->heap_image.begin, sample->heap_image.end);
}

int64_t pl_beside_heap_bytes(const struct pl_beside *b, const struct pl_memory_sample *sample)
{
    struct pl_address_ranges all = {0};
    bool known;
    int64_t pages = gather(b, sample, &all) ? -1 : (int64_t)pl_memory_sample_all(sample);
    for (uint32_t i = 0; i < all.count && pages >= 0; i++)
        pages -=
            (int64_t)pl_memory_sample_pages(sample, all.list[i].begin, all.list[i].end, &known);
    free(all.list);
    return pages < 0 ? -1 : pages * 4096;
}

void pl_beside_free(struct pl_beside *b)
{
    free(b->mapped.list);
    free(b->before.list);
    free(b->stacks);
    *b = (struct pl_beside){0};
}
