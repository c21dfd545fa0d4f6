/* Running one cell from the controller: start, collect, wait, gather the evidence, clean up. */
#ifndef PL_CELL_RUN_H
#define PL_CELL_RUN_H

#include <signal.h>
#include <stddef.h>

#include "harness/cell/evidence.h"
#include "harness/cell/job_memory.h"
#include "harness/cell/wrapper.h"
#include "harness/scenario/scenario.h"
#include "harness/traffic/recording.h"
#include "harness/traffic/tape.h"

/** The longest that a cell under an instrument may take, in ns of real time, whatever its slowdown:
 *  ten minutes. A scenario with a longer timeout keeps its own. */
#define PL_CELL_OBSERVED_MAX_NS (INT64_C(600) * 1000000000)

/** What is asked of one cell. */
struct pl_cell_options {
    const struct pl_scenario *scenario;
    const struct pl_recording *recording;
    const char *stack; /* the spec */
    enum pl_format format;
    enum pl_clock clock;
    uint32_t threads; /* that call the stack, from 1; of a receiver under the wall clock always 2;
                         of a trace those of its program, and this is 1 */
    uint64_t seed;
    uint32_t
        lane; /* of cells at the same time: which processor it is pinned to, from the last one */
    struct pl_job_memory *memory; /* that is taken again, or NULL: of one cell at a time */
    struct pl_containers *containers;
    const volatile sig_atomic_t *interrupted; /* nonzero: kill the cell and return -EINTR */
    uint64_t ceiling_bytes; /* RSS at which a cell stops itself that no smaller container holds; 0
                               for half of what the machine and the cgroups above have to spare */
    /** Told the time of replay of the latest sample, each time that some arrived; NULL for nobody.
     */
    void (*on_sample)(void *context, int64_t t_ns);
    void *context;
    const int64_t *ledger_at_ns; /* when a stack with a ledger reports it, rising; it does so at the
                                    end, too */
    uint32_t ledger_at_count;    /* PL_LEDGER_TIMES_MAX at most */
    /** Told of each alert as it comes; NULL for nobody. */
    void (*on_alert)(void *context, const struct pl_alert_record *alert);
    void *alert_context;
    const char *output; /* where a foreign program's output is kept (orders.h); NULL: nowhere */
    bool takes_unready; /* a foreign program that ends before it is ready, or never is, is a result
                           without samples, and no error */
    bool watched;       /* how each process of it ends is seen (pipelines/program/watch.h) */
    const char *raw;    /* where a foreign program is recorded (interpose/raw.h), or NULL */
    const struct pl_cell_wrapper *wrapper; /* an instrument that looks on, or NULL. The cell then
                                              times no acquires, and means nothing by its RSS */
};

/** Whether a stack's heap is the one that a tape's program had. */
bool pl_cell_has_recorded_heap(const struct pl_stack_spec *spec, const struct pl_tape *tape);

/** Runs a cell to its end. Every wait is bounded by the scenario's timeout (under the wall clock
 *  beyond the duration, which no such cell can be shorter than; under an instrument by that times
 *  its slowdown, but no more than PL_CELL_OBSERVED_MAX_NS).
 *  @param evidence set on success; pl_cell_evidence_free
 *  @return 0, -EINTR, or a negative errno when the cell could not be run at all */
int pl_cell_run(const struct pl_cell_options *options, struct pl_cell_evidence *evidence,
                struct pl_error *error);

void pl_cell_evidence_free(struct pl_cell_evidence *evidence);

#endif
