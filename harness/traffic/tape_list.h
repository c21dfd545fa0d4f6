/* A list that grows, of whatever it is told: what a tape is made of (tape_compile.c). One thread.
 */
#ifndef PL_TRAFFIC_TAPE_LIST_H
#define PL_TRAFFIC_TAPE_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/traffic/tape.h"

/** Starts as zeroes; free() the data. */
struct pl_tape_list {
    char *data;
    size_t bytes, capacity;
};

/** More room at its end, zeroed. @return where it begins, or NULL when out of memory */
void *pl_tape_list_grow(struct pl_tape_list *list, size_t bytes);

/** As long as an index needs it to be. @return false when out of memory */
bool pl_tape_list_reach(struct pl_tape_list *list, size_t index, size_t size);

/** Adds a word at its end. @return false when out of memory */
bool pl_tape_list_word(struct pl_tape_list *list, enum pl_tape_op op, uint32_t slot,
                       uint32_t argument);

#endif
