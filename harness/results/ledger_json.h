/* A cell's ledger in results.json. */
#ifndef PL_RESULTS_LEDGER_JSON_H
#define PL_RESULTS_LEDGER_JSON_H

#include <jansson.h>

#include "harness/cell/ledger_reports.h"

/** The reports that a person gets: those that were asked for, else that at the end; and where the
 *  cell did not come so far, the last one there is.
 *  @param asked how many times were asked for, the latest of them at `last_ns`
 *  @return the cell's "ledger" object; NULL for a cell without a report */
json_t *pl_ledger_json(const struct pl_ledger_reports *reports, size_t asked, int64_t last_ns);

#endif
