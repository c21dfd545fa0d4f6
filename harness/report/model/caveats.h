/* What a report can't vouch for: what was not checked, skipped, not run, or is incomplete. Listed
 * by every form of the report, so that silence means that there was none. */
#ifndef PL_REPORT_MODEL_CAVEATS_H
#define PL_REPORT_MODEL_CAVEATS_H

#include "harness/report/model/model.h"

/** Gathers the caveats of a run: an array of {"kind", "what", "stacks", "cells", "why"}, where kind
 *  is "not checked", "no expectation", "skipped", "not run", "no series", "idle" or "stopped".
 *  @return new memory, json_decref; NULL when out of memory */
json_t *pl_caveats_make(const struct pl_model *model);

/** A caveat in one line: "steady-reader f32, 6 cells (glibc, slab): --set duration leaves the
 * stated conditions". @param most stacks that are named @return new memory, free() it */
char *pl_caveat_text(const json_t *caveat, size_t most);

#endif
