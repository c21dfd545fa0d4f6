/* Call stacks with a cost each, "folded": the form that flame graphs are drawn from, and to which
 * every instrument's own form is brought.
 *
 * A stack is its frames from the outermost caller inwards, separated by ';'. */
#ifndef PL_INSTRUMENTS_STACKS_H
#define PL_INSTRUMENTS_STACKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "allocators/base/error.h"

/** The frame below which the measured window lies: harness/clock/loop.h. What has no such frame was
 *  allocated before the window, by the loader or a library's initialiser. */
#define PL_STACKS_WINDOW "pl_loop_run"

struct pl_stack_cost {
    char *frames;
    uint64_t cost; /* bytes, or a count */
};

/** Zero it, then add. */
struct pl_stacks {
    struct pl_stack_cost *list;
    size_t count;
    size_t capacity;
};

/** Adds a stack. @param length of frames, which is copied @return 0 or -ENOMEM */
int pl_stacks_add(struct pl_stacks *stacks, const char *frames, size_t length, uint64_t cost);

/** Reads "frames cost" lines. @param path for messages
 *  @return 0, -EINVAL with `path:line: what is wrong`, -ENOMEM */
int pl_stacks_parse(const char *text, size_t size, const char *path, struct pl_stacks *stacks,
                    struct pl_error *error);

/** Reads a file of them. @return as pl_stacks_parse, or why it can't be read */
int pl_stacks_read(const char *path, struct pl_stacks *stacks, struct pl_error *error);

/** Writes them as such a file, whole or not at all. @return 0 or a negative errno */
int pl_stacks_write(const struct pl_stacks *stacks, const char *path, struct pl_error *error);

/** Whether a frame of the stack is that function, whatever file stands behind it. */
bool pl_stack_cost_passes(const struct pl_stack_cost *stack, const char *function);

/** The sum of all costs, or of those whose stack passes through a function.
 *  @param function NULL for all */
uint64_t pl_stacks_sum(const struct pl_stacks *stacks, const char *function);

/** The dearest first; equal ones by name. */
void pl_stacks_sort(struct pl_stacks *stacks);

void pl_stacks_free(struct pl_stacks *stacks);

#endif
