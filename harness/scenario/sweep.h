/* The stacks that a scenario's sweeps stand for: each is a template with values in its places.
 *
 *     sweep:
 *       - {stack: "gc:overhead={o},ratio={M}/glibc", o: [20, 80], M: [44, 100]}
 *
 * is four stacks, the last name's values running fastest. The scenario holds them as text. */
#ifndef PL_SCENARIO_SWEEP_H
#define PL_SCENARIO_SWEEP_H

#include "harness/scenario/scenario.h"

#define PL_SWEEP_NAMES_MAX 6   /* places of one template */
#define PL_SWEEP_VALUE_MAX 128 /* bytes of a value, with its NUL */

/** A value for a place: `{name}` becomes `text`. */
struct pl_sweep_value {
    char name[PL_NAME_MAX];
    char text[PL_SWEEP_VALUE_MAX];
};

/** One stack of a sweep. */
struct pl_swept {
    char template[PL_STACK_TEXT_MAX]; /* as it was written */
    struct pl_sweep_value values[PL_SWEEP_NAMES_MAX];
    uint32_t value_count;
    char stack[PL_STACK_TEXT_MAX]; /* the template with its values */
    struct pl_mark mark;           /* of the template */
};

/** Puts the values into the template's places. @return 0 or -ENAMETOOLONG */
int pl_sweep_fill(struct pl_swept *swept);

/** Appends a stack to a scenario's. @return 0 or -ENOSPC */
int pl_sweep_add(struct pl_scenario *scenario, const struct pl_swept *swept);

/** Reads the next stack. @param at the scenario's `sweep` to begin with; advanced
 *  @return false behind the last */
bool pl_sweep_next(const char **at, struct pl_swept *swept);

/** @return whether a stack is one of the scenario's sweeps; `swept` is set then */
bool pl_sweep_find(const struct pl_scenario *scenario, const char *stack, struct pl_swept *swept);

/** How many stacks the scenario's sweeps stand for. */
size_t pl_sweep_count(const struct pl_scenario *scenario);

#endif
