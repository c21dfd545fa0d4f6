/* Benchmarks of an instrument's section as tables: a row each, a column for each stack. */
#ifndef PL_REPORT_MODEL_BENCHMARKS_H
#define PL_REPORT_MODEL_BENCHMARKS_H

#include "harness/report/model/observed.h"

/** The entries of a section that ran the same scenario in the same format: columns of one table. */
struct pl_benchmark_group {
    const json_t *const *entries;
    size_t count;
    const char **names; /* of benchmarks, each once; pl_benchmark_next frees them */
    size_t name_count;
};

/** What a table tells. */
enum pl_benchmark_figure { PL_BENCHMARK_TIME, PL_BENCHMARK_MEMORY, PL_BENCHMARK_FIGURES };

/** The next group of a section that has any benchmarks.
 *  @param at 0 at first; moved on @param group {0} at first; walked to the end, it holds nothing
 *  @return false at the end */
bool pl_benchmark_next(const struct pl_observed *section, size_t *at,
                       struct pl_benchmark_group *group);

/** Walks the names of a group, each once, in the order in which they ran.
 *  @param at 0 at first; moved on @return NULL at the end */
const char *pl_benchmark_name(const struct pl_benchmark_group *group, size_t *at);

/** What a stack has there: "161.9 (161.4-164.7)", "416 KiB", "skipped", or "-".
 *  @param text of PL_OBSERVED_TEXT bytes */
void pl_benchmark_text(const json_t *entry, const char *name, enum pl_benchmark_figure figure,
                       char *text);

/** What a table shows, as its caption. */
const char *pl_benchmark_caption(enum pl_benchmark_figure figure);

/** Why a benchmark of an entry was skipped, or "". */
const char *pl_benchmark_why(const json_t *entry, const char *name);

#endif
