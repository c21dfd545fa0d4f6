/* Where a ledger keeps its blocks: tables that an address leads to without a search.
 *
 * Two live blocks of 16 B or more can't begin in the same 16 B, nor two of 4 KiB or more in the
 * same 4 KiB: so each block has a place of its own in the table for its size, no other thread
 * writes there while the block is live, and plain stores do. Nothing is probed, moved or cleaned
 * up. Blocks that are neighbours in memory are neighbours here, which is what keeps a million of
 * them cheap. Tables are sparse: a page is there once a block stood in it. */
#ifndef PL_ALLOCATORS_LEDGER_LEAF_TABLE_H
#define PL_ALLOCATORS_LEDGER_LEAF_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PL_LEDGER_SIZE_BITS 35 /* of the largest block, 32 GiB */
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

enum { PL_LEDGER_SITE_SHIFT = PL_LEDGER_SIZE_BITS + PL_LEDGER_LOW_BITS };
#define PL_LEDGER_LIVE (UINT64_C(1) << 63)
#define PL_LEDGER_SITE_MASK (PL_LEDGER_LIVE - (UINT64_C(1) << PL_LEDGER_SITE_SHIFT))

/** What an entry of the block holds, but for the site. */
static inline uint64_t pl_ledger_word(uintptr_t address, size_t size)
{
    const uint64_t low = address & ((1u << PL_LEDGER_LOW_BITS) - 1);
    return PL_LEDGER_LIVE | low << PL_LEDGER_SIZE_BITS | size;
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
    return (uint32_t)((word & PL_LEDGER_SITE_MASK) >> PL_LEDGER_SITE_SHIFT);
}

/** The leaf of a level that the address lies in; NULL while nothing around it has a place. */
static inline struct pl_ledger_entry *pl_ledger_leaf_of(struct pl_ledger_entry *const *leaves,
                                                        uintptr_t address)
{
    if (__builtin_expect(address >> PL_LEDGER_ADDRESS_BITS != 0, 0))
        return NULL;
    return __atomic_load_n(&leaves[address >> PL_LEDGER_REGION_BITS], __ATOMIC_ACQUIRE);
}

/** The block's place in its leaf. */
static inline struct pl_ledger_entry *pl_ledger_place(struct pl_ledger_entry *leaf, unsigned shift,
                                                      uintptr_t address)
{
    return &leaf[(address & ((1u << PL_LEDGER_REGION_BITS) - 1)) >> shift];
}

/** Whether a block ever stood in the page of the table that the entry lies in: a byte for each page
 *  lies before the leaf, counted backwards. */
static inline uint8_t *pl_ledger_touched(struct pl_ledger_entry *leaf,
                                         const struct pl_ledger_entry *entry)
{
    return (uint8_t *)leaf - 1 - (((const char *)entry - (const char *)leaf) >> 12);
}

/** Enters a block that has none. A walk finds it from here on. */
static inline void pl_ledger_enter(struct pl_ledger_entry *leaf, struct pl_ledger_entry *entry,
                                   int64_t birth_ns, uint64_t word)
{
    __atomic_store_n(pl_ledger_touched(leaf, entry), 1, __ATOMIC_RELAXED);
    __atomic_store_n(&entry->birth_ns, birth_ns, __ATOMIC_RELAXED);
    __atomic_store_n(&entry->word, word, __ATOMIC_RELEASE);
}

#endif
