/* A cell's ledger as it arrives at the controller: reports put together from their records. */
#ifndef PL_CELL_LEDGER_REPORTS_H
#define PL_CELL_LEDGER_REPORTS_H

#include "harness/cell/record.h"

/** One report, whole. */
struct pl_ledger_report {
    struct pl_ledger_record record;
    struct pl_ledger_site_record *sites;
    size_t site_count;
    char **chains; /* of each site, or NULL: its calls, innermost first, a line each; else NULL */
};

/** All reports of a cell, in the order of time. Zeroed, it has none. */
struct pl_ledger_reports {
    struct pl_ledger_report *reports;
    size_t count;
    struct pl_ledger_report next; /* its sites so far */
};

/** Takes a record of a ledger. @return 0, -ENOMEM, or -EPROTO for a report whose sites are not all
 *  there, or a record of anything else */
int pl_ledger_reports_take(struct pl_ledger_reports *reports, const union pl_record *record);

void pl_ledger_reports_free(struct pl_ledger_reports *reports);

#endif
