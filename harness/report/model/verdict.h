/* What a person can act on: a sentence for each group, composed of measured figures. */
#ifndef PL_REPORT_MODEL_VERDICT_H
#define PL_REPORT_MODEL_VERDICT_H

#include "harness/report/model/model.h"

/** One sentence as plain text: "In 256 MiB the kernel kills slab after 1 min 35 s and glibc after
 *  2 min 20 s; limited stays at 44.2 MiB and drops ...". The scenario is not in it.
 *  @return new memory, free() it */
char *pl_verdict_text(const struct pl_model_group *group);

#endif
