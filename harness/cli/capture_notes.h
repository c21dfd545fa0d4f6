/* What a person has to know of the capture that a scenario replays, before the first figure. */
#ifndef PL_CLI_CAPTURE_NOTES_H
#define PL_CLI_CAPTURE_NOTES_H

#include "harness/cli/plan.h"

/** Takes one line. */
typedef void pl_note(void *context, const char *text);

/** Notes what of the capture is not replayed, or otherwise than it may seem. */
void pl_capture_note(const struct pl_planned *planned, pl_note *note, void *context);

/** Prints a summary of a capture that did not come with Plimsoll (those have a lock beside them):
 *  its streams, and what was skipped. */
void pl_capture_summarize(const struct pl_planned *planned);

#endif
