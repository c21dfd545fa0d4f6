/* Reading a ledger: the threads' counts merged, blocks one by one, and whether all of it agrees
 * (ledger.h). */
#include "allocators/ledger/books.h"

static void merge(struct pl_ledger_count *sum, const struct pl_ledger_count *own)
{
    uint64_t peak = pl_ledger_read(&own->peak_bytes);
    sum->allocated_blocks += pl_ledger_read(&own->allocated_blocks);
    sum->allocated_bytes += pl_ledger_read(&own->allocated_bytes);
    sum->freed_blocks += pl_ledger_read(&own->freed_blocks);
    sum->freed_bytes += pl_ledger_read(&own->freed_bytes);
    sum->refused += pl_ledger_read(&own->refused);
    if (peak > sum->peak_bytes)
        sum->peak_bytes = peak;
}

static void merge_all(const struct pl_ledger *ledger, size_t offset, struct pl_ledger_count *count)
{
    const struct pl_ledger_slot *slot = __atomic_load_n(&ledger->slots, __ATOMIC_ACQUIRE);
    *count = (struct pl_ledger_count){0};
    for (; slot; slot = slot->next)
        merge(count, (const void *)((const char *)slot + offset));
}

void pl_ledger_totals(const struct pl_ledger *ledger, struct pl_ledger_count *count)
{
    merge_all(ledger, offsetof(struct pl_ledger_slot, total), count);
}

uint32_t pl_ledger_site_count(const struct pl_ledger *ledger)
{
    return __atomic_load_n(&ledger->site_count, __ATOMIC_ACQUIRE);
}

const struct pl_site *pl_ledger_site(const struct pl_ledger *ledger, uint32_t index,
                                     struct pl_ledger_count *count)
{
    merge_all(ledger,
              offsetof(struct pl_ledger_slot, sites) + index * sizeof(struct pl_ledger_count),
              count);
    return index < PL_LEDGER_NAMED_MAX ? __atomic_load_n(&ledger->sites[index], __ATOMIC_ACQUIRE)
                                       : NULL;
}

void pl_ledger_class(const struct pl_ledger *ledger, uint32_t index, struct pl_ledger_count *count)
{
    merge_all(ledger,
              offsetof(struct pl_ledger_slot, classes) + index * sizeof(struct pl_ledger_count),
              count);
}

struct walk {
    void (*visit)(void *context, const struct pl_ledger_block *block);
    void *context;
};

static void visit_entry(void *context, uintptr_t address, const struct pl_ledger_entry *entry)
{
    const struct walk *walk = context;
    const struct pl_ledger_block block = {
        .block = (const void *)address,
        .size = pl_ledger_word_size(entry->word),
        .site = pl_ledger_word_site(entry->word),
        .birth_ns = entry->birth_ns,
    };
    walk->visit(walk->context, &block);
}

void pl_ledger_walk(const struct pl_ledger *ledger,
                    void (*visit)(void *context, const struct pl_ledger_block *block),
                    void *context)
{
    struct walk walk = {visit, context};
    pl_ledger_table_walk(&ledger->table, visit_entry, &walk);
}

static void add(struct pl_ledger_count *sum, const struct pl_ledger_count *part)
{
    sum->allocated_blocks += part->allocated_blocks;
    sum->allocated_bytes += part->allocated_bytes;
    sum->freed_blocks += part->freed_blocks;
    sum->freed_bytes += part->freed_bytes;
}

static bool equal(const struct pl_ledger_count *a, const struct pl_ledger_count *b)
{
    return a->allocated_blocks == b->allocated_blocks && a->allocated_bytes == b->allocated_bytes &&
           a->freed_blocks == b->freed_blocks && a->freed_bytes == b->freed_bytes;
}

bool pl_ledger_check(struct pl_ledger *ledger)
{
    struct pl_ledger_count total, part, sites = {0}, classes = {0};
    pl_ledger_totals(ledger, &total);
    for (uint32_t i = 0; i < pl_ledger_site_count(ledger); i++) {
        pl_ledger_site(ledger, i, &part);
        add(&sites, &part);
    }
    for (uint32_t i = 0; i < PL_LEDGER_CLASSES; i++) {
        pl_ledger_class(ledger, i, &part);
        add(&classes, &part);
    }
    bool balanced = equal(&total, &sites) && equal(&total, &classes);
    if (!balanced)
        __atomic_fetch_add(&ledger->corruptions, 1, __ATOMIC_RELAXED);
    return balanced;
}

uint64_t pl_ledger_corruptions(const struct pl_ledger *ledger)
{
    return pl_ledger_read(&ledger->corruptions);
}
