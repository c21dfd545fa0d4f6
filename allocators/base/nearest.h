/* What a person may have meant: of all names that are known, the one nearest to a word. */
#ifndef PL_ALLOCATORS_BASE_NEAREST_H
#define PL_ALLOCATORS_BASE_NEAREST_H

#include <stddef.h>

#define PL_NEAREST_MAX 95 /* bytes of a name that are compared */

/** A search; begin it, try each name, ask. */
struct pl_nearest {
    const char *word;
    char name[PL_NEAREST_MAX + 1]; /* the nearest yet, "" before the first */
    size_t beginning;              /* how far it is off: see pl_nearest_try */
    size_t whole;
};

void pl_nearest_begin(struct pl_nearest *nearest, const char *word);

/** Letters to insert, to leave out, to exchange or to swap with the next one (Damerau and
 * Levenshtein, optimal string alignment), first to get any beginning of `name`, for names are long
 * and cut short, then to get all of it; of equals the first stays. */
void pl_nearest_try(struct pl_nearest *nearest, const char *name);

/** Tries each name of "a, b, c" or "a|b|c". */
void pl_nearest_try_list(struct pl_nearest *nearest, const char *names);

/** @return the name, or NULL where none is near: a third of the word's letters may be wrong, or, of
 * the beginning of a name, a quarter and not the first */
const char *pl_nearest_name(const struct pl_nearest *nearest);

/** The end of a message: "; did you mean NAME?", or "; expected OTHERS" where none is near.
 */
void pl_nearest_end(const struct pl_nearest *nearest, const char *others, char *text,
                    size_t capacity);

/** A whole message, "unknown KIND WORD; did you mean NAME?", with `names` as "a, b, c" or "a|b|c".
 */
void pl_nearest_say(const char *kind, const char *word, const char *names, char *text,
                    size_t capacity);

#endif
