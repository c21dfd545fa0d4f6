/* `plimsoll run --ledger [--at TIME[,TIME]]`: its arguments, and where its reports go. */
#ifndef PL_CLI_LEDGER_H
#define PL_CLI_LEDGER_H

#include "harness/cli/arguments.h"
#include "harness/results/results.h"

/** Reads the times of --at. @return PL_EXIT_OK, or PL_EXIT_USAGE with the line printed */
int pl_cli_ledger_times(const char *text, struct pl_arguments *arguments);

/** Whether a scenario is long enough for them. @return likewise */
int pl_cli_ledger_check(const struct pl_arguments *arguments, const struct pl_scenario *scenario);

/** Writes DIR/ledger/<cell>.txt of the latest cell, if that has a ledger.
 *  @return 0 or a negative errno */
int pl_cli_ledger_write(const struct pl_results *results, struct pl_error *error);

/** Prints the reports of all cells that have one. */
void pl_cli_ledger_print(const struct pl_results *results);

#endif
