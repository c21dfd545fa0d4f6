/* Runs for `plimsoll size`: one scenario through a pool or below a limit of each size asked for,
 * held against the same without either. */
#ifndef PL_CLI_SIZING_H
#define PL_CLI_SIZING_H

#include <signal.h>

#include "harness/cli/plan.h"
#include "harness/cli/progress.h"
#include "harness/measure/outcome.h"
#include "harness/stats/threshold_search.h"

#define PL_SIZING_STEP 4096      /* B: how exact a limit is found; a page */
#define PL_SIZING_POOL_MAX 65536 /* blocks of each class that frame_pool takes at most */

/** What is sized. */
enum pl_sized { PL_SIZED_POOL, PL_SIZED_LIMIT };

/** What one run came to. */
struct pl_sized_run {
    uint64_t size;  /* blocks of each class in the pool, or bytes of each budget; 0: neither */
    bool ended;     /* it came to its end; else it was killed, or could not begin */
    uint64_t drops; /* packets; of a pipeline without packets, acquires that failed */
    uint64_t fallbacks;
    uint64_t cuts; /* crossfades of which nothing was made: their packets count as delivered */
    uint64_t rss_bytes_peak;
    uint64_t live_bytes_peak;
    uint64_t delivered;
    enum pl_outcome outcome;
};

struct pl_sizing {
    const struct pl_planned *planned;
    const char *inner; /* the stack below pool or limit */
    enum pl_sized sized;
    struct pl_containers *containers;
    struct pl_progress *progress;
    const volatile sig_atomic_t *interrupted;
    struct pl_sized_run plain; /* without pool and limit */
    struct pl_sized_run runs[PL_THRESHOLD_TRIALS_MAX + 1];
    size_t run_count;
    struct pl_error error; /* of a trial that ended the search */
};

/** The spec of a size; 0: the inner stack alone. */
void pl_sizing_stack(const struct pl_sizing *sizing, uint64_t size, char *text, size_t capacity);

/** Runs a size and keeps what it came to. @return as pl_cell_run; a pool that there is no memory
 *  for has run, and not ended */
int pl_sizing_run(struct pl_sizing *sizing, uint64_t size, struct pl_sized_run *run);

/** Whether a run lost and cut nothing beside what the plain one does, and went around no pool. */
bool pl_sizing_enough(const struct pl_sizing *sizing, const struct pl_sized_run *run);

/** Finds the threshold. `plain` has run. @return 0, or a negative errno with `error` set */
int pl_sizing_find(struct pl_sizing *sizing, struct pl_threshold *threshold);

#endif
