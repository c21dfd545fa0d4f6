/* Opening books, and entering blocks in them (keep.h). As the layer in allocators/ledger/ledger.c,
 * but for sizes, which are not told when a block is freed: so a block's place goes by its usable
 * bytes. */
#include "harness/interpose/keep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/interpose/own_slot.h"
#include "harness/interpose/shared_count.h"
#include "harness/interpose/unwind.h"

/* linux/mman.h; before Linux 4.17 an unknown flag, and the address a wish */
#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif
#ifndef MADV_POPULATE_WRITE /* before Linux 5.14 refused: then each page is made by a fault */
#define MADV_POPULATE_WRITE 23
#endif

enum {
    PAGE = 4096,
    FIXED_COST =
        1 << 21, /* pages of struct pl_books that a program of thousands of sites touches */
    THREAD_COST = 1 << 18, /* likewise, of a thread's counts */
    AHEAD_LEVEL = 3,       /* of tables, whose blocks have less than 1 KiB */
    AHEAD_BYTES = 1 << 16
};

struct pl_books *pl_books;

static struct pl_page *shared_page;

static uint64_t pages_of(uint64_t bytes)
{
    return (bytes + PAGE - 1) / PAGE * PAGE;
}

/* The ledger's tables lie in the books. */
void *pl_mapping_new(size_t bytes)
{
    const uint64_t whole = pages_of(bytes);
    const uint64_t at = __atomic_fetch_add(&pl_books->bytes_used, whole, __ATOMIC_RELAXED);
    return at + whole <= PL_BOOKS_BYTES ? (char *)pl_books + at : NULL;
}

/* What was never written to takes no memory. */
void pl_mapping_delete(void *mapping, size_t bytes)
{
    (void)mapping;
    (void)bytes;
}

static struct pl_books *map(const char *page_path, uint32_t index)
{
    char path[1200];
    void *const wanted = pl_books_address(index);
    int length = snprintf(path, sizeof path, "%s" PL_BOOKS_SUFFIX, page_path);
    int fd = (size_t)length < sizeof path
                 ? open(path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW)
                 : -1;
    if (fd < 0)
        return NULL;
    void *mapped =
        mmap(wanted, PL_BOOKS_BYTES, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_NORESERVE | MAP_FIXED_NOREPLACE, fd, (off_t)(index * PL_BOOKS_BYTES));
    close(fd);
    if (mapped == wanted)
        return mapped;
    if (mapped != MAP_FAILED)
        munmap(mapped, PL_BOOKS_BYTES);
    return NULL;
}

bool pl_books_afford(size_t bytes)
{
    struct pl_page *page = shared_page;
    const uint64_t taken = __atomic_add_fetch(&page->books_bytes, bytes, __ATOMIC_RELAXED);
    return taken <= page->books_bytes_max;
}

/* Who has a block to free must have counts, whatever they cost. */
static __attribute__((noinline, cold)) struct pl_ledger_slot *new_slot(void)
{
    struct pl_ledger_slot *slot = pl_ledger_slot_turn_to(&pl_books->ledger);
    if (!slot || slot->beside)
        return slot;
    pl_books_afford(THREAD_COST);
    slot->beside = pl_mapping_new(sizeof(struct pl_books_walks));
    return slot;
}

static inline struct pl_ledger_slot *slot_of_thread(void)
{
    return PL_LIKELY(pl_ledger_mine.ledger == pl_books->ledger.number) ? pl_ledger_mine.slot
                                                                       : new_slot();
}

static struct pl_books *make(uint32_t index, const char *page_path)
{
    pl_books = pl_books_afford(FIXED_COST) ? map(page_path, index) : NULL;
    if (!pl_books)
        return NULL;
    struct pl_ledger *ledger = &pl_books->ledger;
    pl_books->bytes_used = pages_of(sizeof *pl_books);
    pl_books->site_claims = 1;
    pl_unwind_begin(pl_books->rules);
    ledger->number = index + 1;
    ledger->now_ns = &ledger->no_clock;
    if (!pl_ledger_table_open(&ledger->table) || !(pl_books->first = new_slot()))
        return NULL;
    __atomic_store_n(&ledger->site_count, 1, __ATOMIC_RELEASE);
    return pl_books;
}

void pl_books_open(struct pl_page *page, const char *page_path, struct pl_page_process *process,
                   bool is_fork)
{
    struct pl_books *const parents = pl_books;
    shared_page = page;
    const uint32_t index = __atomic_fetch_add(&page->books_claims, 1, __ATOMIC_RELAXED);
    pl_books = index < PL_PAGE_BOOKS ? make(index, page_path) : NULL;
    if (parents)
        munmap(parents, PL_BOOKS_BYTES);
    if (!pl_books) {
        pl_count_shared(&page->books_lost, 1);
        return;
    }
    if (process->books && !is_fork) /* of the program that executed this one: its memory is gone */
        page->books[process->books - 1] = PL_PAGE_BOOKS_REPLACED;
    process->books = index + 1;
    __atomic_store_n(&page->books[index], PL_PAGE_BOOKS_KEPT, __ATOMIC_RELEASE);
}

/* Pages of a table that no block stood in yet are paid for once. Where blocks are small their
 * neighbours will want the next pages: to have the kernel make several at once takes a fraction of
 * a fault for each. */
static __attribute__((noinline, cold)) bool
make_pages(struct pl_ledger_entry *leaf, struct pl_ledger_entry *entry, unsigned level)
{
    const uintptr_t bytes = level <= AHEAD_LEVEL ? AHEAD_BYTES : PAGE;
    const uintptr_t begin = (uintptr_t)entry & ~(bytes - 1);
    const uintptr_t first = begin < (uintptr_t)leaf ? (uintptr_t)leaf : begin;
    const size_t count = (begin + bytes - first) / PAGE;
    if (!pl_books_afford(count * PAGE))
        return false;
    const int error = errno;
    madvise((void *)first, count * PAGE, MADV_POPULATE_WRITE);
    errno = error;
    memset(pl_ledger_touched(leaf, (void *)first) - (count - 1), 1, count);
    return true;
}

static inline bool affords_place(struct pl_ledger_entry *leaf, struct pl_ledger_entry *entry,
                                 unsigned level)
{
    return PL_LIKELY(__atomic_load_n(pl_ledger_touched(leaf, entry), __ATOMIC_RELAXED)) ||
           make_pages(leaf, entry, level);
}

static struct pl_ledger_entry *leaf_of(uintptr_t address, unsigned level, bool make_it)
{
    struct pl_ledger_table *table = &pl_books->ledger.table;
    struct pl_ledger_entry *leaf = pl_ledger_leaf_of(table->leaves[level], address);
    if (PL_UNLIKELY(!leaf) && make_it && pl_books_afford(2 * PAGE) &&
        pl_ledger_table_grow(table, level, address))
        leaf = pl_ledger_leaf_of(table->leaves[level], address);
    return leaf;
}

/* Where a block belongs; NULL when there is no room. */
static struct pl_ledger_entry *place_for(void *block, size_t usable, struct pl_ledger_entry **leaf)
{
    const unsigned level = pl_ledger_level(usable);
    *leaf = leaf_of((uintptr_t)block, level, true);
    if (PL_UNLIKELY(!*leaf))
        return NULL;
    struct pl_ledger_entry *entry =
        pl_ledger_place(*leaf, pl_ledger_shift(level), (uintptr_t)block);
    return PL_LIKELY(affords_place(*leaf, entry, level)) ? entry : NULL;
}

static uint32_t class_of(size_t size)
{
    const uint32_t class = pl_ledger_class_of(size);
    return class < PL_LEDGER_CLASSES ? class : PL_LEDGER_CLASSES - 1;
}

/* The counts of a thread, and where in each of them, and in `live`. */
struct counted {
    struct pl_ledger_slot *slot;
    size_t offset; /* of the count in the slot */
    size_t live;   /* index */
};

static inline int64_t own_live(const struct pl_ledger_slot *slot, size_t offset)
{
    const struct pl_ledger_count *count = (const void *)((const char *)slot + offset);
    return (int64_t)(pl_ledger_read(&count->allocated_bytes) - pl_ledger_read(&count->freed_bytes));
}

/* @return live bytes of all threads, once `change` of this one is counted */
static inline int64_t change_live(struct counted at, int64_t change)
{
    int64_t *live = &pl_books->live[at.live];
    const int64_t others = at.slot == pl_books->first
                               ? __atomic_load_n(live, __ATOMIC_RELAXED)
                               : __atomic_add_fetch(live, change, __ATOMIC_RELAXED);
    return others + own_live(pl_books->first, at.offset);
}

static inline void count_allocated(struct counted at, size_t size)
{
    struct pl_ledger_count *count = (void *)((char *)at.slot + at.offset);
    pl_ledger_add(&count->allocated_blocks, 1);
    pl_ledger_add(&count->allocated_bytes, size);
    const int64_t live = change_live(at, (int64_t)size);
    if (PL_UNLIKELY(live > (int64_t)pl_ledger_read(&count->peak_bytes)))
        __atomic_store_n(&count->peak_bytes, (uint64_t)live, __ATOMIC_RELAXED);
}

static inline void count_freed(struct counted at, size_t size)
{
    struct pl_ledger_count *count = (void *)((char *)at.slot + at.offset);
    pl_ledger_add(&count->freed_blocks, 1);
    pl_ledger_add(&count->freed_bytes, size);
    if (at.slot != pl_books->first)
        __atomic_fetch_sub(&pl_books->live[at.live], (int64_t)size, __ATOMIC_RELAXED);
}

/* Everything together, its class and its site. */
static inline void count_all(struct pl_ledger_slot *slot, uint32_t site, size_t size,
                             void (*count)(struct counted at, size_t size))
{
    const uint32_t class = class_of(size);
    count((struct counted){slot, offsetof(struct pl_ledger_slot, total), 0}, size);
    count((struct counted){slot, offsetof(struct pl_ledger_slot, classes[class]), 1 + class}, size);
    count((struct counted){slot, offsetof(struct pl_ledger_slot, sites[site]),
                           1 + PL_LEDGER_CLASSES + site},
          size);
}

/* A block whose address is handed out again went without us. */
static void write_entry(struct pl_ledger_entry *leaf, struct pl_ledger_entry *entry,
                        struct pl_books_left left)
{
    const struct pl_books_left gone = {__atomic_load_n(&entry->word, __ATOMIC_RELAXED), 0};
    if (PL_UNLIKELY(gone.word))
        pl_books_count_freed(gone);
    pl_ledger_enter(leaf, entry, left.birth_ns, left.word);
}

/* The block's place is asked for first: it comes while the stack is walked. */
void pl_books_enter(void *block, size_t size, size_t usable, const void *caller)
{
    struct pl_ledger_entry *leaf = NULL;
    struct pl_ledger_slot *slot = pl_books ? slot_of_thread() : NULL;
    struct pl_ledger_entry *entry =
        slot && !(size >> PL_LEDGER_SIZE_BITS) ? place_for(block, usable, &leaf) : NULL;
    if (PL_UNLIKELY(!entry)) {
        if (pl_books)
            pl_count_shared(&pl_books->unentered_blocks, 1);
        return;
    }
    __builtin_prefetch(entry, 1);
    const uint32_t site = pl_books_site(slot->beside, caller);
    const uint64_t word = pl_ledger_word((uintptr_t)block, size) | (uint64_t)site
                                                                       << PL_LEDGER_SITE_SHIFT;
    write_entry(leaf, entry, (struct pl_books_left){word, pl_books->ledger.no_clock});
    if (PL_UNLIKELY(!site))
        pl_count_shared(&pl_books->unsited_blocks, 1);
    count_all(slot, site, size, count_allocated);
}

struct pl_books_left pl_books_leave(void *block, size_t usable)
{
    const struct pl_books_left unknown = {0, 0};
    const unsigned level = pl_ledger_level(usable);
    struct pl_ledger_entry *leaf = pl_books ? leaf_of((uintptr_t)block, level, false) : NULL;
    if (PL_UNLIKELY(!leaf))
        return unknown;
    struct pl_ledger_entry *entry = pl_ledger_place(leaf, pl_ledger_shift(level), (uintptr_t)block);
    const struct pl_books_left left = {__atomic_load_n(&entry->word, __ATOMIC_RELAXED),
                                       entry->birth_ns};
    if (PL_UNLIKELY(pl_ledger_word((uintptr_t)block, pl_ledger_word_size(left.word)) !=
                    (left.word & ~PL_LEDGER_SITE_MASK)))
        return unknown;
    __atomic_store_n(&entry->word, 0, __ATOMIC_RELAXED);
    return left;
}

void pl_books_put_back(void *block, size_t usable, struct pl_books_left left)
{
    struct pl_ledger_entry *leaf, *entry = left.word ? place_for(block, usable, &leaf) : NULL;
    if (entry)
        write_entry(leaf, entry, left);
}

void pl_books_count_freed(struct pl_books_left left)
{
    if (PL_UNLIKELY(!pl_books))
        return;
    struct pl_ledger_slot *slot = left.word ? slot_of_thread() : NULL;
    if (PL_UNLIKELY(!slot)) {
        pl_count_shared(&pl_books->unknown_frees, 1);
        return;
    }
    count_all(slot, pl_ledger_word_site(left.word), pl_ledger_word_size(left.word), count_freed);
}

void pl_books_refused(const void *caller)
{
    struct pl_ledger_slot *slot = pl_books ? slot_of_thread() : NULL;
    if (!slot)
        return;
    pl_ledger_add(&slot->total.refused, 1);
    pl_ledger_add(&slot->sites[pl_books_site(slot->beside, caller)].refused, 1);
}
