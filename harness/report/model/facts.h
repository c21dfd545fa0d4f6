/* What a report says beside its figures, in words that several share. */
#ifndef PL_REPORT_MODEL_FACTS_H
#define PL_REPORT_MODEL_FACTS_H

#include "harness/report/model/model.h"

/** Room for a fact, with its NUL. */
#define PL_FACT 512

/** What was run: the tier, when, and whether it was stopped. */
void pl_fact_run(const struct pl_model *model, char *text, size_t capacity);

/** A raised alert: "at 12.3 s: live_frames > 100 (101)"; bytes as "1.2 MiB". */
void pl_fact_alert(const char *alert, double t_seconds, double value, char *text, size_t capacity);

#endif
