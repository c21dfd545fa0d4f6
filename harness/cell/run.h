/* Running one cell from the controller: start, collect, wait, gather the evidence, clean up. */
#ifndef PL_CELL_RUN_H
#define PL_CELL_RUN_H

#include <signal.h>
#include <stddef.h>

#include "harness/cell/alert_log.h"
#include "harness/cell/container.h"
#include "harness/cell/enclosing.h"
#include "harness/cell/ledger_reports.h"
#include "harness/cell/program_senders.h"
#include "harness/cell/record.h"
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

/** What is known of a cell that ran. Nothing here is judged yet: see measure/outcome.h. */
struct pl_cell_evidence {
    const struct pl_recording *recording; /* that was replayed: the caller's */
    bool in_virtual_time;
    uint32_t threads;          /* of the pipeline's own */
    bool recorded_heap;        /* of a trace: the stack is the heap alone that its program had */
    struct pl_sample *samples; /* in the order of time */
    size_t sample_count;
    struct pl_tree_record *trees;     /* of a foreign program, one a sample; else NULL */
    struct pl_program_record program; /* of a foreign program; else its kind is 0 */
    struct pl_program_sender fed;     /* what a foreign program was sent */
    struct pl_ledger_reports ledger;
    struct pl_alert_log alerted;
    bool has_final;
    struct pl_final final;
    int wait_status;
    bool timed_out; /* the controller killed it */
    enum pl_container_kind container;
    uint64_t container_bytes;
    struct pl_container_evidence kernel;
    char enclosed[PL_ENCLOSING_TEXT]; /* what may have held it before its container did; "" */
    bool killed_outside;              /* the OOM killer took it, and not at its container's limit */
    struct pl_environment environment; /* what the heap was told */
    int cpu;                           /* pinned to, or -1 */
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
