/* Words of touched pages, where they belong (tape_touches.h). */
#include "harness/traffic/tape_touches.h"

#include <stdlib.h>
#include <string.h>

struct touch {
    size_t at; /* where in the list it is said, until somebody has looked; 0: somebody has */
    uint64_t pages;
};

struct late {
    size_t at; /* before what stands there */
    pl_tape_word word;
};

static struct touch *touch_of(struct pl_tape_touches *t, uint32_t slot)
{
    return (struct touch *)(void *)t->slots.data + slot;
}

void pl_tape_touches_time(struct pl_tape_touches *t, const struct pl_tape_list *words,
                          uint64_t time_ms)
{
    if (!t->half && t->look_ms && time_ms >= t->half_ms)
        t->half = words->bytes;
}

/* Looks come evenly. */
void pl_tape_touches_look(struct pl_tape_touches *t, uint64_t time_ms)
{
    t->half_ms = time_ms + (time_ms - t->look_ms) / 2;
    t->look_ms = time_ms;
    t->half = 0;
}

bool pl_tape_touches_block(struct pl_tape_touches *t, struct pl_tape_list *words, uint32_t slot,
                           uint64_t size)
{
    if (!pl_tape_list_reach(&t->slots, slot, sizeof(struct touch)))
        return false;
    *touch_of(t, slot) = (struct touch){.pages = UINT64_MAX};
    if (size < PL_TAPE_TOLD_FROM)
        return true;
    *touch_of(t, slot) = (struct touch){.at = words->bytes};
    return pl_tape_list_word(words, PL_TAPE_TOUCH, slot, PL_TAPE_ALL_PAGES);
}

/* At once before half of the time is over. */
static bool touch_more(struct pl_tape_touches *t, struct pl_tape_list *words, pl_tape_word word)
{
    if (!t->half)
        return pl_tape_list_word(words, PL_TAPE_TOUCH, pl_tape_slot_of(word),
                                 pl_tape_argument_of(word));
    struct late *late = pl_tape_list_grow(&t->late, sizeof *late);
    if (late)
        *late = (struct late){t->half, word};
    return late;
}

bool pl_tape_touches_found(struct pl_tape_touches *t, struct pl_tape_list *words, uint32_t slot,
                           uint64_t pages)
{
    struct touch *touch = touch_of(t, slot);
    if (!touch->at && pages <= touch->pages)
        return true;
    const size_t at = touch->at;
    const uint32_t told = pages < PL_TAPE_ALL_PAGES ? (uint32_t)pages : PL_TAPE_ALL_PAGES - 1;
    const pl_tape_word word = pl_tape_word_of(PL_TAPE_TOUCH, slot, told);
    *touch = (struct touch){.pages = told};
    if (!at)
        return touch_more(t, words, word);
    memcpy(words->data + at, &word, sizeof word); /* as the block came */
    return true;
}

/* From the end on, so that each word is moved once. */
bool pl_tape_touches_insert(struct pl_tape_touches *t, struct pl_tape_list *words)
{
    const struct late *late = (const void *)t->late.data;
    size_t left = t->late.bytes / sizeof *late, from = words->bytes;
    if (!left)
        return true;
    if (!pl_tape_list_grow(words, left * sizeof(pl_tape_word)))
        return false;
    for (size_t to = words->bytes; left;) {
        const size_t behind = from - late[left - 1].at;
        memmove(words->data + to - behind, words->data + from - behind, behind);
        from -= behind;
        to -= behind + sizeof(pl_tape_word);
        memcpy(words->data + to, &late[--left].word, sizeof(pl_tape_word));
    }
    return true;
}

void pl_tape_touches_free(struct pl_tape_touches *t)
{
    free(t->slots.data);
    free(t->late.data);
}
