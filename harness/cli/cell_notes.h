/* What befell a cell that its figures do not say. */
#ifndef PL_CLI_CELL_NOTES_H
#define PL_CLI_CELL_NOTES_H

#include "harness/cell/run.h"
#include "harness/cli/capture_notes.h"

/** Notes what a cell was stopped for, not sent, or disturbed by, and what befell its program.
 *  @param stack what the cell is called */
void pl_cell_note(const struct pl_planned *planned, const struct pl_planned_cell *cell,
                  const struct pl_cell_evidence *evidence, const char *stack, pl_note *note,
                  void *context);

#endif
