/* `plimsoll run --instrument`: each stack and format once more under each instrument, after the
 * scenario's own cells, which run as ever. With one thread, but for instruments that tell one from
 * two. */
#ifndef PL_CLI_OBSERVE_H
#define PL_CLI_OBSERVE_H

#include <signal.h>

#include "harness/cli/plan.h"
#include "harness/cli/progress.h"
#include "harness/results/results.h"

struct pl_observing {
    const struct pl_arguments *arguments;
    struct pl_results *results;
    struct pl_containers *containers;
    struct pl_progress *progress;
    const volatile sig_atomic_t *interrupted;
    bool failed; /* an instrument failed, or did not agree with our books */
};

/** How many observations there will be. */
size_t pl_observe_count(const struct pl_arguments *arguments, const struct pl_plan *plan);

/** Observes one scenario; the results are written after each observation.
 *  @return 0 (also when an instrument failed or is missing), -EINTR, or a negative errno */
int pl_observe_scenario(struct pl_observing *observing, const struct pl_planned *planned,
                        struct pl_error *error);

#endif
