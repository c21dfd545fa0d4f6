/* The counting link (counting_link.h). Relaxed order: each count stands for itself. */
#include "harness/bench/counting_link.h"

static void note_live(struct books *books, int64_t bytes)
{
    int64_t live =
        atomic_fetch_add_explicit(&books->live_bytes, bytes, memory_order_relaxed) + bytes;
    int64_t peak = atomic_load_explicit(&books->live_bytes_peak, memory_order_relaxed);
    while (live > peak && !atomic_compare_exchange_weak(&books->live_bytes_peak, &peak, live))
        continue;
}

static void *acquire(struct pl_allocator *self, size_t size)
{
    struct books *books = ((struct counted *)self)->books;
    void *block = pl_acquire(self->inner, size);
    if (!block)
        return NULL;
    atomic_fetch_add_explicit(&books->acquires, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&books->acquired_bytes, size, memory_order_relaxed);
    note_live(books, (int64_t)size);
    return block;
}

static void release(struct pl_allocator *self, void *block, size_t size)
{
    if (block)
        note_live(((struct counted *)self)->books, -(int64_t)size);
    pl_release(self->inner, block, size);
}

static size_t footprint(const struct pl_allocator *self, size_t size)
{
    return self->inner->footprint(self->inner, size);
}

struct pl_allocator *books_link(struct books *books, uint32_t class_index,
                                struct pl_allocator *chain)
{
    books->links[class_index] = (struct counted){
        .link = {.acquire = acquire, .release = release, .footprint = footprint, .inner = chain},
        .books = books};
    return &books->links[class_index].link;
}

void books_begin(struct books *books)
{
    atomic_store(&books->acquires, 0);
    atomic_store(&books->acquired_bytes, 0);
}

void books_start(void *context)
{
    struct books *books = context;
    books_begin(books);
    atomic_store(&books->live_bytes_peak, atomic_load(&books->live_bytes));
}

/* Everything is released at a benchmark's end, so what is live then is what has grown. */
void books_stop(void *context, struct pl_bench_memory *memory)
{
    struct books *books = context;
    *memory = (struct pl_bench_memory){
        .acquires = atomic_load(&books->acquires),
        .acquired_bytes = atomic_load(&books->acquired_bytes),
        .live_bytes_peak = (uint64_t)atomic_load(&books->live_bytes_peak),
        .live_bytes_grown = atomic_load(&books->live_bytes),
    };
}
