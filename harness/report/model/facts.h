/* What a report says beside its figures, in words that Markdown and the page share. */
#ifndef PL_REPORT_MODEL_FACTS_H
#define PL_REPORT_MODEL_FACTS_H

#include "harness/report/model/model.h"

/** Room for a fact, with its NUL. */
#define PL_FACT 4096

/** How to read the report, a sentence each. */
extern const char *const pl_facts_reading[];
extern const size_t pl_facts_reading_count;

/** "16 met, 1 failed, 2 not checked": expectations by cell. */
void pl_fact_expectations(const struct pl_model *model, char *text, size_t capacity);

/** What was run: the tier, when, and whether it was stopped. */
void pl_fact_run(const struct pl_model *model, char *text, size_t capacity);

/** What a recording held and what of the capture was skipped or cut. */
void pl_fact_recording(const json_t *recording, char *text, size_t capacity);

/** A line of the host's fingerprint as text, whatever its type. */
void pl_fact_host(const json_t *value, char *text, size_t capacity);

/** Each heap that served a cell, with its version and library: "glibc 2.36, jemalloc 5.3.0
 * (/usr/lib/libjemalloc.so.2)"; empty where none is told. */
void pl_fact_heaps(const struct pl_model *model, char *text, size_t capacity);

/** A raised alert: "at 12.3 s: live_frames > 100 (101)"; bytes as "1.2 MiB". */
void pl_fact_alert(const char *alert, double t_seconds, double value, char *text, size_t capacity);

#endif
