/* What a person has to know of the trace that a scenario replays. */
#ifndef PL_CLI_TRACE_NOTES_H
#define PL_CLI_TRACE_NOTES_H

#include "harness/cell/run.h"
#include "harness/cli/capture_notes.h"

/** Before the first figure: what of it there is, what is not replayed, and what a replay can't
 *  know. Nothing of a scenario without a trace. */
void pl_trace_note(const struct pl_planned *planned, pl_note *note, void *context);

/** Of a cell that has run: what of the trace did not happen in it.
 *  @param stack what the cell is called */
void pl_trace_note_cell(const struct pl_planned *planned, const struct pl_cell_evidence *evidence,
                        const char *stack, pl_note *note, void *context);

#endif
