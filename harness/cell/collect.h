/* What a cell writes into its pipe, record by record, until its end. Controller side. */
#ifndef PL_CELL_COLLECT_H
#define PL_CELL_COLLECT_H

#include <signal.h>

#include "harness/cell/evidence.h"
#include "harness/cell/process.h"

/** Whose records, and who is told of them (run.h). */
struct pl_collector {
    const struct pl_process *process; /* the cell's */
    uint32_t alert_count;             /* of its scenario */
    const volatile sig_atomic_t *interrupted;
    void (*on_sample)(void *context, int64_t t_ns);
    void *context;
    void (*on_alert)(void *context, const struct pl_alert_record *alert);
    void *alert_context;
    int64_t timeout_ns;              /* of real time */
    struct pl_program_senders *feed; /* of a foreign program, else NULL */
    struct pl_failure failure;       /* what the cell could not do, where its kind is set */
};

/** Reads until the cell closes its pipe, which its death does too, or its time is up, which the
 * evidence then says.
 *  @param sender of a live cell, or of none
 *  @return 0; -EINTR; -EPIPE where a sender failed; another negative errno, in words or not */
int pl_collect(struct pl_collector *collector, struct pl_sender_process *sender,
               struct pl_cell_evidence *evidence, struct pl_error *error);

#endif
