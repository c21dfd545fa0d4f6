#include "harness/traffic/tape_list.h"

#include <stdlib.h>
#include <string.h>

void *pl_tape_list_grow(struct pl_tape_list *l, size_t bytes)
{
    if (l->bytes + bytes > l->capacity) {
        size_t capacity = 2 * l->capacity > l->bytes + bytes ? 2 * l->capacity : l->bytes + bytes;
        char *data = realloc(l->data, capacity);
        if (!data)
            return NULL;
        l->data = data;
        l->capacity = capacity;
    }
    char *at = l->data + l->bytes;
    memset(at, 0, bytes);
    l->bytes += bytes;
    return at;
}

bool pl_tape_list_reach(struct pl_tape_list *l, size_t index, size_t size)
{
    return (index + 1) * size <= l->bytes || pl_tape_list_grow(l, (index + 1) * size - l->bytes);
}

bool pl_tape_list_word(struct pl_tape_list *l, enum pl_tape_op op, uint32_t slot, uint32_t argument)
{
    pl_tape_word *word = pl_tape_list_grow(l, sizeof *word);
    if (word)
        *word = pl_tape_word_of(op, slot, argument);
    return word;
}
