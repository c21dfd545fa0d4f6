/* Keeps a ledger of who acquired what: totals, by site, by size and by age, and each live block.
 * What a server's debug memory tracker should have been: it changes no size, adds no header, takes
 * no lock, and its tables lie outside the heap and outside RssAnon. */
#include <errno.h>
#include <string.h>

#include "allocators/foreign.h"
#include "allocators/ledger/books.h"

/* What follows from a block's size. */
struct sized {
    struct pl_ledger_entry **leaves;
    uint32_t level, shift, class;
};

struct ledger_layer {
    struct pl_ledger ledger;
    struct ledger_link {
        struct pl_allocator link;
        struct pl_ledger *ledger;
        size_t object; /* the class's size, by far the most frequent one */
        struct sized own;
    } links[];
};

static struct sized look_up(const struct pl_ledger *ledger, size_t size)
{
    unsigned level = pl_ledger_level(size);
    return (struct sized){
        .leaves = ledger->table.leaves[level],
        .level = level,
        .shift = pl_ledger_shift(level),
        .class = size >> PL_LEDGER_SIZE_BITS ? 0 : pl_ledger_class_of(size),
    };
}

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
    if (__builtin_expect(id < PL_LEDGER_NAMED_MAX &&
                             __atomic_load_n(&ledger->sites[id], __ATOMIC_ACQUIRE) == site,
                         1))
        return id;
    return pl_ledger_site_find(ledger, site);
}

/* Of all threads. One may be about to count an acquire whose release is counted: then there is no
 * telling, and no peak. */
static uint64_t live_of_all(const struct pl_ledger *ledger, size_t offset)
{
    uint64_t live = pl_ledger_sum_live(ledger, offset);
    return live <= INT64_MAX ? live : 0;
}

static inline void count_acquired(struct pl_ledger *ledger, struct pl_ledger_slot *slot,
                                  struct pl_ledger_count *count, size_t size, bool shared)
{
    uint64_t allocated = pl_ledger_read(&count->allocated_bytes) + size;
    uint64_t live = allocated - pl_ledger_read(&count->freed_bytes);
    pl_ledger_add(&count->allocated_blocks, 1);
    __atomic_store_n(&count->allocated_bytes, allocated, __ATOMIC_RELAXED);
    if (__builtin_expect(shared, 0))
        live = live_of_all(ledger, (size_t)((char *)count - (char *)slot));
    if (__builtin_expect(live > pl_ledger_read(&count->peak_bytes), 0))
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
static void *give_up(struct pl_allocator *self, void *block, const struct pl_request *request)
{
    struct pl_ledger *ledger = ((struct ledger_link *)self)->ledger;
    if (block)
        pl_release_as(self->inner, block, request);
    __atomic_fetch_add(&ledger->failures, 1, __ATOMIC_RELAXED);
    return NULL;
}

static inline struct sized sized_of(const struct ledger_link *link, size_t size)
{
    return __builtin_expect(size == link->object, 1) ? link->own : look_up(link->ledger, size);
}

/* The leaf that a block belongs into, made if need be; NULL when there is no memory. */
static inline struct pl_ledger_entry *leaf_for(struct pl_ledger *ledger, const struct sized *sized,
                                               uintptr_t address)
{
    struct pl_ledger_entry *leaf = pl_ledger_leaf_of(sized->leaves, address);
    if (__builtin_expect(!leaf, 0) && pl_ledger_table_grow(&ledger->table, sized->level, address))
        leaf = pl_ledger_leaf_of(sized->leaves, address);
    return leaf;
}

static inline void enter(struct pl_ledger *ledger, const struct sized *sized, uint32_t site,
                         struct pl_ledger_entry *leaf, uintptr_t address, size_t size)
{
    struct pl_ledger_entry *entry = pl_ledger_place(leaf, sized->shift, address);
    int64_t now_ns = __atomic_load_n(ledger->now_ns, __ATOMIC_RELAXED);
    if (__builtin_expect(__atomic_load_n(&entry->word, __ATOMIC_RELAXED) != 0, 0))
        corrupt(ledger); /* handed out twice */
    pl_ledger_enter(leaf, entry, now_ns,
                    pl_ledger_word(address, size) | (uint64_t)site << PL_LEDGER_SITE_SHIFT);
}

/* Enters a block that the links below gave. @return false: there is no memory for its entry */
static inline bool enter_block(const struct ledger_link *link, struct pl_ledger_slot *slot,
                               void *block, size_t size)
{
    struct pl_ledger *ledger = link->ledger;
    const struct sized sized = sized_of(link, size);
    struct pl_ledger_entry *leaf = leaf_for(ledger, &sized, (uintptr_t)block);
    if (__builtin_expect(!leaf, 0))
        return false;
    const uint32_t site = index_of(ledger, pl_site_current);
    enter(ledger, &sized, site, leaf, (uintptr_t)block, size);
    const bool shared = __atomic_load_n(&ledger->slot_count, __ATOMIC_RELAXED) > 1;
    count_acquired(ledger, slot, &slot->total, size, shared);
    count_acquired(ledger, slot, &slot->classes[sized.class], size, shared);
    count_acquired(ledger, slot, &slot->sites[site], size, shared);
    return true;
}

static inline void *acquire_as(struct pl_allocator *self, const struct pl_request *request)
{
    struct ledger_link *link = (struct ledger_link *)self;
    struct pl_ledger_slot *slot = pl_ledger_slot_find(link->ledger);
    if (__builtin_expect(!slot || request->size >> PL_LEDGER_SIZE_BITS, 0))
        return give_up(self, NULL, request);
    void *block = pl_acquire_as(self->inner, request);
    if (__builtin_expect(!block, 0))
        return refuse(link->ledger, slot);
    return __builtin_expect(enter_block(link, slot, block, request->size), 1)
               ? block
               : give_up(self, block, request);
}

static void *acquire(struct pl_allocator *self, size_t size)
{
    struct ledger_link *link = (struct ledger_link *)self;
    const struct pl_request plain = {.size = size};
    struct pl_ledger_slot *slot = pl_ledger_slot_find(link->ledger);
    if (__builtin_expect(!slot || size >> PL_LEDGER_SIZE_BITS, 0))
        return give_up(self, NULL, &plain);
    void *block = pl_acquire(self->inner, size);
    if (__builtin_expect(!block, 0))
        return refuse(link->ledger, slot);
    return __builtin_expect(enter_block(link, slot, block, size), 1) ? block
                                                                     : give_up(self, block, &plain);
}

/* @return its entry's word, the entry being free from here on; 0 when the block is unknown, was
 * released before, or has another size */
static inline uint64_t leave(const struct sized *sized, uintptr_t address, size_t size)
{
    struct pl_ledger_entry *leaf = pl_ledger_leaf_of(sized->leaves, address);
    if (__builtin_expect(!leaf, 0))
        return 0;
    struct pl_ledger_entry *entry = pl_ledger_place(leaf, sized->shift, address);
    uint64_t word = __atomic_load_n(&entry->word, __ATOMIC_RELAXED);
    if (__builtin_expect((word & ~PL_LEDGER_SITE_MASK) != pl_ledger_word(address, size), 0))
        return 0;
    __atomic_store_n(&entry->word, 0, __ATOMIC_RELAXED);
    return word;
}

static void count_left(struct pl_ledger_slot *slot, const struct sized *sized, uint64_t word,
                       size_t size)
{
    count_released(&slot->total, size);
    count_released(&slot->classes[sized->class], size);
    count_released(&slot->sites[pl_ledger_word_site(word)], size);
}

/* @return whether the block was one, and is no more */
static inline bool leave_block(const struct ledger_link *link, void *block, size_t size)
{
    struct pl_ledger_slot *slot = pl_ledger_slot_find(link->ledger);
    const struct sized sized = sized_of(link, size);
    uint64_t word = __builtin_expect(slot != NULL, 1) ? leave(&sized, (uintptr_t)block, size) : 0;
    if (__builtin_expect(!word, 0)) {
        corrupt(link->ledger);
        return false;
    }
    count_left(slot, &sized, word, size);
    return true;
}

static void release(struct pl_allocator *self, void *block, size_t size)
{
    if (block && leave_block((struct ledger_link *)self, block, size))
        pl_release(self->inner, block, size);
}

static void release_as(struct pl_allocator *self, void *block, const struct pl_request *request)
{
    if (block && leave_block((struct ledger_link *)self, block, request->size))
        pl_release_as(self->inner, block, request);
}

/* A resize that was refused: the old block stands where it stood. */
static void *stay(const struct sized *sized, struct pl_ledger *ledger, struct pl_ledger_slot *slot,
                  uintptr_t address, uint64_t word)
{
    struct pl_ledger_entry *leaf = pl_ledger_leaf_of(sized->leaves, address);
    __atomic_store_n(&pl_ledger_place(leaf, sized->shift, address)->word, word, __ATOMIC_RELAXED);
    return refuse(ledger, slot);
}

/* The old entry goes first: as soon as its memory is free another thread may be given it. */
static void *resize(struct pl_allocator *self, void *block, const struct pl_request *old,
                    size_t size)
{
    struct ledger_link *link = (struct ledger_link *)self;
    struct pl_ledger *ledger = link->ledger;
    struct pl_ledger_slot *slot = pl_ledger_slot_find(ledger);
    const struct sized sized = sized_of(link, old->size);
    uint64_t word = slot ? leave(&sized, (uintptr_t)block, old->size) : 0;
    if (!word)
        corrupt(ledger);
    if (!word || size >> PL_LEDGER_SIZE_BITS)
        return word ? stay(&sized, ledger, slot, (uintptr_t)block, word) : NULL;
    void *resized = pl_resize(self->inner, block, old, size);
    if (!resized)
        return stay(&sized, ledger, slot, (uintptr_t)block, word);
    count_left(slot, &sized, word, old->size);
    if (!enter_block(link, slot, resized,
                     size)) /* it can't be undone: its release will be one of */
        corrupt(ledger);    /* an unknown block, and the cell has failed */
    return resized;
}

static size_t footprint(const struct pl_allocator *self, size_t size)
{
    return self->inner->footprint(self->inner, size);
}

enum { OPTION_DEPTH };

static const struct pl_option options[] = {
    [OPTION_DEPTH] = {.name = "depth",
                      .help = "frames of a chain of calls, in a foreign program",
                      .type = PL_OPTION_COUNT,
                      .min = 1,
                      .max = 64,
                      .default_text = "16"},
};

/* One keeps the books; which of two a report should show nobody could say. */
static int check(const struct pl_layer_context *context, struct pl_error *error)
{
    for (size_t i = 0; i < context->layer; i++)
        if (context->stack->layers[i].backend == context->stack->layers[context->layer].backend)
            return pl_error_set(error, -EINVAL,
                                "stack '%.100s': the ledger occurs twice; expected one",
                                context->stack->text);
    if (context->stack->layers[context->layer].values[OPTION_DEPTH].set)
        return pl_error_set(error, -EINVAL,
                            "stack '%.100s': depth is that of calls in a program of one's own; a "
                            "model's sites are single places",
                            context->stack->text);
    return 0;
}

/* Its sites are chains of calls there. What stands further out has been read by now. */
static int stand_in_foreign(const struct pl_stack_spec *spec, size_t layer,
                            struct pl_foreign *foreign, struct pl_error *error)
{
    (void)error;
    foreign->ledger = 1;
    foreign->ledger_depth = (uint32_t)spec->layers[layer].values[OPTION_DEPTH].number;
    foreign->ledger_inside = (foreign->limit_bytes ? PL_FOREIGN_IN_LIMIT : 0) |
                             (foreign->fault_nth || foreign->fault_every ? PL_FOREIGN_IN_FAULT : 0);
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
        layer->links[i].link = (struct pl_allocator){.acquire = acquire,
                                                     .release = release,
                                                     .footprint = footprint,
                                                     .inner = links[i],
                                                     .acquire_as = acquire_as,
                                                     .release_as = release_as,
                                                     .resize = resize};
        layer->links[i].ledger = ledger;
        layer->links[i].object = context->classes[i].size;
        layer->links[i].own = look_up(ledger, context->classes[i].size);
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
    .options = options,
    .option_count = PL_ARRAY_COUNT(options),
    .check = check,
    .state_bytes = state_bytes,
    .open = open_links,
    .stats = add_stats,
    .clock = set_clock,
    .ledger = ledger_of,
    .foreign = stand_in_foreign,
    .close = close_ledger,
};
