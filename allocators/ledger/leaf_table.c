/* Leaves of a ledger's tables, and walking over them (leaf_table.h). */
#include "allocators/ledger/leaf_table.h"

#include "allocators/backend.h"
#include "allocators/base/mapping.h"

enum { PAGE = 4096, PER_PAGE = PAGE / sizeof(struct pl_ledger_entry) };

/* At the beginning of a leaf's mapping. Its entries begin at a page; right before them lies a byte
 * for each of their pages, counted backwards: whether a block ever stood there. A page that is only
 * read would be there from then on, too. */
struct pl_ledger_leaf {
    struct pl_ledger_leaf *next;
    uintptr_t base; /* the lowest address that it is for */
    unsigned level;
};

static size_t region_count(void)
{
    return (size_t)1 << (PL_LEDGER_ADDRESS_BITS - PL_LEDGER_REGION_BITS);
}

static size_t entry_count(unsigned level)
{
    return ((size_t)1 << PL_LEDGER_REGION_BITS) >> pl_ledger_shift(level);
}

static size_t head_bytes(unsigned level)
{
    size_t bytes = sizeof(struct pl_ledger_leaf) + entry_count(level) / PER_PAGE;
    return (bytes + PAGE - 1) / PAGE * PAGE;
}

static size_t leaf_bytes(unsigned level)
{
    return head_bytes(level) + entry_count(level) * sizeof(struct pl_ledger_entry);
}

static struct pl_ledger_entry *entries_of(struct pl_ledger_leaf *leaf)
{
    return (struct pl_ledger_entry *)(void *)((char *)leaf + head_bytes(leaf->level));
}

bool pl_ledger_table_open(struct pl_ledger_table *table)
{
    for (unsigned level = 0; level < PL_LEDGER_LEVELS; level++) {
        table->leaves[level] = pl_mapping_new(region_count() * sizeof *table->leaves[level]);
        if (!table->leaves[level]) {
            pl_ledger_table_close(table);
            return false;
        }
    }
    return true;
}

void pl_ledger_table_close(struct pl_ledger_table *table)
{
    while (table->first) {
        struct pl_ledger_leaf *leaf = table->first;
        table->first = leaf->next;
        pl_mapping_delete(leaf, leaf_bytes(leaf->level));
    }
    for (unsigned level = 0; level < PL_LEDGER_LEVELS; level++)
        pl_mapping_delete(table->leaves[level], region_count() * sizeof *table->leaves[level]);
    *table = (struct pl_ledger_table){0};
}

static void push(struct pl_ledger_table *table, struct pl_ledger_leaf *leaf)
{
    struct pl_ledger_leaf *first = __atomic_load_n(&table->first, __ATOMIC_RELAXED);
    do
        leaf->next = first;
    while (!__atomic_compare_exchange_n(&table->first, &first, leaf, true, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED));
}

bool pl_ledger_table_grow(struct pl_ledger_table *table, unsigned level, uintptr_t address)
{
    const uintptr_t region = address >> PL_LEDGER_REGION_BITS;
    struct pl_ledger_entry *none = NULL;
    if (address >> PL_LEDGER_ADDRESS_BITS)
        return false;
    struct pl_ledger_leaf *leaf = pl_mapping_new(leaf_bytes(level));
    if (!leaf)
        return false;
    leaf->base = region << PL_LEDGER_REGION_BITS;
    leaf->level = level;
    if (__atomic_compare_exchange_n(&table->leaves[level][region], &none, entries_of(leaf), false,
                                    __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        push(table, leaf);
    else
        pl_mapping_delete(leaf, leaf_bytes(level)); /* another thread was first */
    return true;
}

static void walk_page(const struct pl_ledger_leaf *leaf, const struct pl_ledger_entry *entries,
                      size_t from, void (*visit)(void *, uintptr_t, const struct pl_ledger_entry *),
                      void *context)
{
    for (size_t i = from; i < from + PER_PAGE; i++) {
        struct pl_ledger_entry entry;
        entry.word = __atomic_load_n(&entries[i].word, __ATOMIC_ACQUIRE);
        if (!entry.word)
            continue;
        entry.birth_ns = __atomic_load_n(&entries[i].birth_ns, __ATOMIC_RELAXED);
        uintptr_t place = leaf->base | i << pl_ledger_shift(leaf->level);
        uintptr_t low = ((uintptr_t)1 << PL_LEDGER_LOW_BITS) - 1;
        visit(context, (place & ~low) | pl_ledger_word_low(entry.word), &entry);
    }
}

void pl_ledger_table_walk(const struct pl_ledger_table *table,
                          void (*visit)(void *, uintptr_t, const struct pl_ledger_entry *),
                          void *context)
{
    struct pl_ledger_leaf *leaf = __atomic_load_n(&table->first, __ATOMIC_ACQUIRE);
    for (; leaf; leaf = leaf->next) {
        const struct pl_ledger_entry *entries = entries_of(leaf);
        const uint8_t *touched = (const uint8_t *)entries;
        for (size_t page = 0; page < entry_count(leaf->level) / PER_PAGE; page++)
            if (__atomic_load_n(&touched[-1 - (ptrdiff_t)page], __ATOMIC_RELAXED))
                walk_page(leaf, entries, page * PER_PAGE, visit, context);
    }
}
