/* What `plimsoll size` found for one stack, and how it is told. */
#ifndef PL_CLI_SIZED_H
#define PL_CLI_SIZED_H

#include <jansson.h>

#include "harness/cli/sizing.h"
#include "harness/pipelines/hold_time.h"

/** What was found for one stack. */
struct pl_sized_stack {
    struct pl_sizing sizing;
    struct pl_threshold thresholds[2];                         /* by enum pl_sized */
    struct pl_sized_run enough[2], too_small[2], too_large[2]; /* size 0: none */
    bool has_rule;
    struct pl_pace pace;
    uint64_t rule;
    struct pl_sized_run by_rule;
};

/** Bytes of a pool with so many blocks of each class. */
uint64_t pl_sized_pool_bytes(const struct pl_scenario *scenario, uint64_t blocks);

/** Prints it for a person. */
void pl_sized_print(const struct pl_sized_stack *sized);

/** The same for programs. @return new, or NULL when out of memory */
json_t *pl_sized_json(const struct pl_sized_stack *sized);

#endif
