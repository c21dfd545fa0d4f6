/* What a person can act on: a sentence for each group, composed of measured figures. */
#ifndef PL_REPORT_MODEL_VERDICT_H
#define PL_REPORT_MODEL_VERDICT_H

#include <stdio.h>

#include "harness/report/model/model.h"

/** Writes one sentence as plain text: "In 256 MiB, a receiver whose reader stalls sinks slab after
 *  1 min 35 s and glibc after 2 min 20 s; limited stays at 44.2 MiB and drops ...". What is
 *  written is not escaped.
 *  @param out a stream in memory or a file */
void pl_verdict_write(FILE *out, const struct pl_model_group *group);

/** The sentence in new memory; free() it. */
char *pl_verdict_text(const struct pl_model_group *group);

#endif
