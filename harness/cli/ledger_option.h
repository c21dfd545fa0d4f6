/* `plimsoll run --ledger [--at TIME[,TIME]]`: its arguments, and where its reports go. */
#ifndef PL_CLI_LEDGER_OPTION_H
#define PL_CLI_LEDGER_OPTION_H

#include "harness/cell/ledger_record.h"
#include "harness/results/results.h"

/** The times of --at, rising. */
struct pl_ledger_times {
    int64_t at_ns[PL_LEDGER_TIMES_MAX];
    uint32_t count;
};

/** Reads the times of --at. @return PL_EXIT_OK, or PL_EXIT_USAGE with the line printed */
int pl_cli_ledger_times(const char *text, struct pl_ledger_times *times);

/** Whether a scenario is long enough for them. @return likewise */
int pl_cli_ledger_check(const struct pl_ledger_times *times, const struct pl_scenario *scenario);

/** Writes DIR/ledger/<cell>.txt of the latest cell, if that has a ledger.
 *  @return 0 or a negative errno */
int pl_cli_ledger_write(const struct pl_results *results, struct pl_error *error);

/** Prints the reports of all cells that have one. */
void pl_cli_ledger_print(const struct pl_results *results);

#endif
