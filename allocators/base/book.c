/* Open addressing with linear probes (Knuth, The Art of Computer Programming 3, 6.4, algorithms L
 * and R): one cache miss a look-up, and removal leaves no tombstones, so that a book never decays.
 */
#include "allocators/base/book.h"

#include <stdint.h>

#include "allocators/base/mapping.h"

enum { FIRST_CAPACITY = 4096 };

static size_t home(const struct pl_book *book, const void *block)
{
    uint64_t mixed = ((uint64_t)(uintptr_t)block >> 4) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(mixed >> 20) & (book->capacity - 1);
}

/* Where the block stands, or would. */
static size_t probe(const struct pl_book *book, const void *block)
{
    size_t at = home(book, block);
    while (book->entries[at].block && book->entries[at].block != block)
        at = (at + 1) & (book->capacity - 1);
    return at;
}

static bool grow(struct pl_book *book)
{
    struct pl_book larger = {.capacity = book->capacity ? 2 * book->capacity : FIRST_CAPACITY,
                             .count = book->count};
    larger.entries = pl_mapping_new(larger.capacity * sizeof *larger.entries);
    if (!larger.entries)
        return false;
    for (size_t i = 0; i < book->capacity; i++)
        if (book->entries[i].block)
            larger.entries[probe(&larger, book->entries[i].block)] = book->entries[i];
    pl_book_close(book);
    *book = larger;
    return true;
}

bool pl_book_put(struct pl_book *book, void *block, void *value)
{
    if (book->count >= book->capacity / 8 * 5 && !grow(book))
        return false;
    book->entries[probe(book, block)] = (struct pl_book_entry){block, value};
    book->count++;
    return true;
}

bool pl_book_add(struct pl_book *book, void *block, uintptr_t amount)
{
    struct pl_book_entry *entry = book->count ? &book->entries[probe(book, block)] : NULL;
    if (!entry || !entry->block)
        return pl_book_put(book, block, (void *)amount);
    entry->value = (void *)((uintptr_t)entry->value + amount);
    return true;
}

void *pl_book_find(const struct pl_book *book, const void *block)
{
    return book->count ? book->entries[probe(book, block)].value : NULL;
}

/* Moves up what its gap would hide. */
void pl_book_remove(struct pl_book *book, const void *block)
{
    const size_t mask = book->capacity - 1;
    size_t gap = probe(book, block);
    for (size_t at = (gap + 1) & mask; book->entries[at].block; at = (at + 1) & mask) {
        size_t wanted = home(book, book->entries[at].block);
        if (((at - wanted) & mask) < ((at - gap) & mask))
            continue;
        book->entries[gap] = book->entries[at];
        gap = at;
    }
    book->entries[gap] = (struct pl_book_entry){0};
    book->count--;
}

void pl_book_close(struct pl_book *book)
{
    pl_mapping_delete(book->entries, book->capacity * sizeof *book->entries);
    *book = (struct pl_book){0};
}
