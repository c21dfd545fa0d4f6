/* The ledger in a cell: fed with each sample, and reported when it is time. No malloc. */
#ifndef PL_CELL_LEDGER_SAMPLING_H
#define PL_CELL_LEDGER_SAMPLING_H

#include "harness/cell/ledger_record.h"

struct pl_cell_ledger {
    struct pl_ledger *ledger; /* NULL: the stack has none, and nothing here does anything */
    int record_fd;
    int64_t duration_ns;
    const int64_t *at_ns; /* rising */
    uint32_t at_count;
    uint32_t asked; /* of them that are over */
    uint32_t parts; /* likewise */
    int64_t now_ns; /* of the latest sample: what a stack under the wall clock goes by */
};

/** Looks at the ledger, and reports it when a time that was asked for, or a part of the run, is
 *  over. @param at_rest no thread is at work: then its books have to agree */
void pl_cell_ledger_sample(struct pl_cell_ledger *ledger, int64_t t_ns, bool at_rest);

/** Reports it: the window is over, every thread at rest, nothing torn down yet. */
void pl_cell_ledger_end(struct pl_cell_ledger *ledger, int64_t t_ns);

/** Writes a report as records. */
void pl_cell_ledger_report(struct pl_ledger *ledger, int record_fd, int64_t t_ns,
                           enum pl_ledger_reason reason, bool at_rest);

#endif
