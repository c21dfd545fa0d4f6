/* What is known of a cell that ran. Nothing here is judged yet: see measure/outcome.h. */
#ifndef PL_CELL_EVIDENCE_H
#define PL_CELL_EVIDENCE_H

#include "harness/cell/alert_log.h"
#include "harness/cell/container.h"
#include "harness/cell/enclosing.h"
#include "harness/cell/ledger_reports.h"
#include "harness/cell/program_senders.h"
#include "harness/cell/record.h"
#include "harness/traffic/recording.h"

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

#endif
