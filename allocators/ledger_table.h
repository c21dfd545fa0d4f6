/* Where a ledger keeps its blocks: tables that an address leads to without a search.
 *
 * Two live blocks of 16 B or more can't begin in the same 16 B, nor two of 4 KiB or more in the
 * same 4 KiB: so each block has a place of its own in the table for its size, no other thread
 * writes there while the block is live, and plain stores do. Nothing is probed, moved or cleaned
 * up. Blocks that are neighbours in memory are neighbours here, which is what keeps a million of
 * them cheap. Tables are sparse: a page is there once a block stood in it. */
#ifndef PL_ALLOCATORS_LEDGER_TABLE_H
#define PL_ALLOCATORS_LEDGER_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PL_LEDGER_SIZE_BITS 39 /* of the largest block, 512 GiB */
#define PL_LEDGER_LOW_BITS 12  /* of its address: what a place in a table does not tell */

enum {
    PL_LEDGER_LEVELS = 6,
    PL_LEDGER_ADDRESS_BITS = 48, /* x86-64's and ARM64's, without what a program has to ask for */
    PL_LEDGER_REGION_BITS = 26   /* of the addresses that one leaf is for */
};

struct pl_ledger_entry {
    int64_t birth_ns;
    uint64_t word; /* live, site, low address, size; 0: no block */
};

struct pl_ledger_leaf;

struct pl_ledger_table {
    struct pl_ledger_entry **leaves[PL_LEDGER_LEVELS]; /* by the address's upper bits */
    struct pl_ledger_leaf *first;                      /* of all of them, each names the next */
};

/** @return false when there is no memory */
bool pl_ledger_table_open(struct pl_ledger_table *table);
void pl_ledger_table_close(struct pl_ledger_table *table);

/** Makes the leaf that is missing. @return false when there is no memory, or no such address */
bool pl_ledger_table_grow(struct pl_ledger_table *table, unsigned level, uintptr_t address);

/** Calls `visit` for each entry that is live. */
void pl_ledger_table_walk(const struct pl_ledger_table *table,
                          void (*visit)(void *context, uintptr_t address,
                                        const struct pl_ledger_entry *entry),
                          void *context);

/** Blocks of 0 to 15 B, to 63 B, to 255 B, to 1023 B, to 4095 B, and larger. */
static inline unsigned pl_ledger_level(size_t size)
{
    unsigned level = (unsigned)(63 - __builtin_clzll(size | 15)) / 2 - 1;
    return level < PL_LEDGER_LEVELS ? level : PL_LEDGER_LEVELS - 1;
}

/** Bits of an address within a place: no heap has blocks that begin less than 8 B apart. */
static inline unsigned pl_ledger_shift(unsigned level)
{
    return level ? 2 * level + 2 : 3;
}

static inline uint64_t pl_ledger_word(uintptr_t address, size_t size, uint32_t site)
{
    const uint64_t low = address & ((1u << PL_LEDGER_LOW_BITS) - 1);
    return UINT64_C(1) << 63 | (uint64_t)site << (PL_LEDGER_SIZE_BITS + PL_LEDGER_LOW_BITS) |
           low << PL_LEDGER_SIZE_BITS | size;
}

static inline uint64_t pl_ledger_word_size(uint64_t word)
{
    return word & ((UINT64_C(1) << PL_LEDGER_SIZE_BITS) - 1);
}

static inline uintptr_t pl_ledger_word_low(uint64_t word)
{
    return (word >> PL_LEDGER_SIZE_BITS) & ((1u << PL_LEDGER_LOW_BITS) - 1);
}

static inline uint32_t pl_ledger_word_site(uint64_t word)
{
    return (word & ~(UINT64_C(1) << 63)) >> (PL_LEDGER_SIZE_BITS + PL_LEDGER_LOW_BITS);
}

/** The block's place, or NULL while nothing around it has one. */
static inline struct pl_ledger_entry *pl_ledger_place(const struct pl_ledger_table *table,
                                                      unsigned level, uintptr_t address)
{
    if (__builtin_expect(address >> PL_LEDGER_ADDRESS_BITS != 0, 0))
        return NULL;
    struct pl_ledger_entry *leaf =
        __atomic_load_n(&table->leaves[level][address >> PL_LEDGER_REGION_BITS], __ATOMIC_ACQUIRE);
    uintptr_t within = address & ((1u << PL_LEDGER_REGION_BITS) - 1);
    return leaf ? &leaf[within >> pl_ledger_shift(level)] : NULL;
}

/** Enters a block that has none. A walk finds it from here on. */
static inline void pl_ledger_enter(const struct pl_ledger_table *table, unsigned level,
                                   uintptr_t address, struct pl_ledger_entry *entry,
                                   int64_t birth_ns, uint64_t word)
{
    uint8_t *touched = (uint8_t *)__atomic_load_n(
        &table->leaves[level][address >> PL_LEDGER_REGION_BITS], __ATOMIC_RELAXED);
    ptrdiff_t page = (ptrdiff_t)(((uint8_t *)entry - touched) >> 12);
    __atomic_store_n(&touched[-1 - page], 1, __ATOMIC_RELAXED);
    __atomic_store_n(&entry->birth_ns, birth_ns, __ATOMIC_RELAXED);
    __atomic_store_n(&entry->word, word, __ATOMIC_RELEASE);
}

#endif
