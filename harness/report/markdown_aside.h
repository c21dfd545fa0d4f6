/* The parts of report.md that stand beside the tables: the worst, before and after, the history,
 * and how far all of it is to be trusted. Lists have `most` lines at most and say so. */
#ifndef PL_REPORT_MARKDOWN_ASIDE_H
#define PL_REPORT_MARKDOWN_ASIDE_H

#include <stdio.h>

#include "harness/report/model.h"

/** The worst of the run, with reasons and the rule. */
void pl_markdown_worst(FILE *out, const struct pl_model *model);

/** "Before and after", where a baseline was given. */
void pl_markdown_before(FILE *out, const struct pl_model *model, size_t most);

/** "Over the runs", where a history was given. */
void pl_markdown_past(FILE *out, const struct pl_model *model, size_t most);

/** "Recordings": what was replayed. */
void pl_markdown_recordings(FILE *out, const struct pl_model *model, size_t most);

/** "Host and trust": the fingerprint, this host's noise, and what the report can't vouch for. */
void pl_markdown_trust(FILE *out, const struct pl_model *model, size_t most);

#endif
