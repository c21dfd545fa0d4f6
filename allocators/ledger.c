/* Keeps a ledger of who acquired what: totals, by site, by size and by age, and each live block.
 * What a server's debug memory tracker should have been: it changes no size, adds no header, takes
 * no lock, and its tables lie outside the heap and outside RssAnon. */
#include <errno.h>
#include <string.h>

#include "allocators/ledger_books.h"

struct ledger_layer {
    struct pl_ledger ledger;
    struct ledger_link {
        struct pl_allocator link;
        struct pl_ledger *ledger;
    } links[];
};

static void corrupt(struct pl_ledger *ledger)
{
    __atomic_fetch_add(&ledger->corruptions, 1, __ATOMIC_RELAXED);
}

/* Which index the site has here; its id may be that of another ledger. */
static inline uint32_t index_of(struct pl_ledger *ledger, struct pl_site *site)
{
    if (__builtin_expect(!site, 0))
        return 0;
    uint32_t id = __atomic_load_n(&site->id, __ATOMIC_RELAXED);
    if (__builtin_expect(id < PL_LEDGER_SITES_MAX &&
                             __atomic_load_n(&ledger->sites[id], __ATOMIC_ACQUIRE) == site,
                         1))
        return id;
    return pl_ledger_site_find(ledger, site);
}

static inline void count_acquired(struct pl_ledger *ledger, struct pl_ledger_slot *slot,
                                  struct pl_ledger_count *count, size_t size)
{
    pl_ledger_add(&count->allocated_blocks, 1);
    pl_ledger_add(&count->allocated_bytes, size);
    uint64_t live = pl_ledger_read(&count->allocated_bytes) - pl_ledger_read(&count->freed_bytes);
    if (__atomic_load_n(&ledger->slot_count, __ATOMIC_RELAXED) > 1)
        live = pl_ledger_sum_live(ledger, (size_t)((char *)count - (char *)slot));
    /* Another thread may be about to count an acquire whose release is counted: no peak. */
    if (live > pl_ledger_read(&count->peak_bytes) && live <= INT64_MAX)
        __atomic_store_n(&count->peak_bytes, live, __ATOMIC_RELAXED);
}

static inline void count_released(struct pl_ledger_count *count, size_t size)
{
    pl_ledger_add(&count->freed_blocks, 1);
    pl_ledger_add(&count->freed_bytes, size);
}

static void *refuse(struct pl_ledger *ledger, struct pl_ledger_slot *slot)
{
    pl_ledger_add(&slot->total.refused, 1);
    pl_ledger_add(&slot->sites[index_of(ledger, pl_site_current)].refused, 1);
    return NULL;
}

/* What can't be entered is not handed out: its release would be one of an unknown block. */
static void *give_up(struct pl_allocator *self, void *block, size_t size)
{
    struct pl_ledger *ledger = ((struct ledger_link *)self)->ledger;
    if (block)
        pl_release(self->inner, block, size);
    __atomic_fetch_add(&ledger->failures, 1, __ATOMIC_RELAXED);
    return NULL;
}

static inline struct pl_ledger_entry *new_place(struct pl_ledger *ledger, uintptr_t address,
                                                unsigned level)
{
    struct pl_ledger_entry *entry = pl_ledger_place(&ledger->table, level, address);
    if (__builtin_expect(!entry, 0) && pl_ledger_table_grow(&ledger->table, level, address))
        entry = pl_ledger_place(&ledger->table, level, address);
    return entry;
}

static void *acquire(struct pl_allocator *self, size_t size)
{
    struct pl_ledger *ledger = ((struct ledger_link *)self)->ledger;
    struct pl_ledger_slot *slot = pl_ledger_slot_find(ledger);
    if (__builtin_expect(!slot || size >> PL_LEDGER_SIZE_BITS, 0))
        return give_up(self, NULL, size);
    void *block = pl_acquire(self->inner, size);
    if (__builtin_expect(!block, 0))
        return refuse(ledger, slot);
    const uintptr_t address = (uintptr_t)block;
    const unsigned level = pl_ledger_level(size);
    struct pl_ledger_entry *entry = new_place(ledger, address, level);
    if (__builtin_expect(!entry, 0))
        return give_up(self, block, size);
    const uint32_t site = index_of(ledger, pl_site_current);
    if (__builtin_expect(__atomic_load_n(&entry->word, __ATOMIC_RELAXED) != 0, 0))
        corrupt(ledger); /* handed out twice */
    int64_t now_ns = __atomic_load_n(ledger->now_ns, __ATOMIC_RELAXED);
    pl_ledger_enter(&ledger->table, level, address, entry, now_ns,
                    pl_ledger_word(address, size, site));
    count_acquired(ledger, slot, &slot->total, size);
    count_acquired(ledger, slot, &slot->classes[pl_ledger_class_of(size)], size);
    count_acquired(ledger, slot, &slot->sites[site], size);
    return block;
}

static void release(struct pl_allocator *self, void *block, size_t size)
{
    struct pl_ledger *ledger = ((struct ledger_link *)self)->ledger;
    const uintptr_t address = (uintptr_t)block;
    struct pl_ledger_slot *slot = pl_ledger_slot_find(ledger);
    if (!block)
        return;
    struct pl_ledger_entry *entry = pl_ledger_place(&ledger->table, pl_ledger_level(size), address);
    uint64_t word = entry ? __atomic_load_n(&entry->word, __ATOMIC_RELAXED) : 0;
    const uint32_t site = pl_ledger_word_site(word);
    if (__builtin_expect(!slot || !word || word != pl_ledger_word(address, size, site), 0)) {
        corrupt(ledger); /* unknown, released twice, or of another size */
        return;
    }
    __atomic_store_n(&entry->word, 0, __ATOMIC_RELAXED);
    count_released(&slot->total, size);
    count_released(&slot->classes[pl_ledger_class_of(size)], size);
    count_released(&slot->sites[site], size);
    pl_release(self->inner, block, size);
}

static size_t footprint(const struct pl_allocator *self, size_t size)
{
    return self->inner->footprint(self->inner, size);
}

/* One keeps the books; which of two a report should show nobody could say. */
static int check(const struct pl_layer_context *context, struct pl_error *error)
{
    for (size_t i = 0; i < context->layer; i++)
        if (context->stack->layers[i].backend == context->stack->layers[context->layer].backend)
            return pl_error_set(error, -EINVAL,
                                "stack '%.100s': the ledger stands twice; once would be right",
                                context->stack->text);
    return 0;
}

static size_t state_bytes(const struct pl_layer_context *context)
{
    return sizeof(struct ledger_layer) + context->class_count * sizeof(struct ledger_link);
}

static int open_links(void *state, const struct pl_layer_context *context,
                      struct pl_allocator **links, struct pl_error *error)
{
    static uint64_t ledgers; /* so far: a thread knows its slot by the number */
    struct ledger_layer *layer = state;
    struct pl_ledger *ledger = &layer->ledger;
    ledger->number = __atomic_add_fetch(&ledgers, 1, __ATOMIC_RELAXED);
    ledger->now_ns = &ledger->no_clock;
    ledger->site_count = 1;
    if (!pl_ledger_table_open(&ledger->table))
        return pl_error_set(error, -ENOMEM, "stack '%.100s': no memory for the ledger",
                            context->stack->text);
    for (size_t i = 0; i < context->class_count; i++) {
        layer->links[i].link = (struct pl_allocator){acquire, release, footprint, links[i]};
        layer->links[i].ledger = ledger;
        links[i] = &layer->links[i].link;
    }
    return 0;
}

static void add_stats(const void *state, struct pl_stack_stats *stats)
{
    const struct pl_ledger *ledger = &((const struct ledger_layer *)state)->ledger;
    stats->corruptions += pl_ledger_read(&ledger->corruptions);
    stats->heap_failures += pl_ledger_read(&ledger->failures);
}

static void set_clock(void *state, const int64_t *now_ns)
{
    ((struct ledger_layer *)state)->ledger.now_ns = now_ns;
}

static struct pl_ledger *ledger_of(void *state)
{
    return &((struct ledger_layer *)state)->ledger;
}

static void close_ledger(void *state)
{
    struct pl_ledger *ledger = ledger_of(state);
    pl_ledger_slots_close(ledger);
    pl_ledger_table_close(&ledger->table);
}

const struct pl_backend pl_backend_ledger = {
    .name = "ledger",
    .summary = "counts who allocated what, by site, size and age; plimsoll run prints its report",
    .check = check,
    .state_bytes = state_bytes,
    .open = open_links,
    .stats = add_stats,
    .clock = set_clock,
    .ledger = ledger_of,
    .close = close_ledger,
};
