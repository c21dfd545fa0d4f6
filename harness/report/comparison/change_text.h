/* What a comparison found about one metric, in words and figures. */
#ifndef PL_REPORT_COMPARISON_CHANGE_TEXT_H
#define PL_REPORT_COMPARISON_CHANGE_TEXT_H

#include <stddef.h>

#include "harness/compare/comparison.h"
#include "harness/report/writers/text.h"

/** Room for any of these texts, with its NUL. */
#define PL_CHANGE_TEXT 256

/** How many metrics of cells were judged. */
size_t pl_change_judged(const struct pl_comparison *comparison);

/** A value with its unit: "44.2 MiB", "1,240,174", "163.3 ns"; "-" for NaN.
 *  @return the text */
const char *pl_change_value(const struct pl_metric *metric, double value, char *text);

/** Both sides' values; all digits of them where they differ but would read alike. */
void pl_change_values(const struct pl_judged *judged, char *base, char *new);

/** "+8.5 %", "x 12.0", or the difference where base is 0; empty where either is unknown. */
void pl_change_size(const struct pl_judged *judged, char *text);

/** Why the verdict: "exact", "beyond 8.44 KiB, p 0.008", "1.041..1.062, p 0.003, beyond 3.0 %". */
void pl_change_evidence(const struct pl_judged *judged, char *text);

/** One line on one metric of one cell: "steady-reader glibc f32: live_bytes_peak 382 KiB -> 415
 *  KiB (+8.5 %; exact)". */
void pl_change_line(const struct pl_match *match, const struct pl_judged *judged, char *text,
                    size_t capacity);

/** Every reason why the gate fails, a line each, through `take`. */
void pl_change_reasons(const struct pl_comparison *comparison,
                       void (*take)(void *context, const char *line), void *context);

/** Likewise what only advisory metrics have against it. */
void pl_change_advisory(const struct pl_comparison *comparison,
                        void (*take)(void *context, const char *line), void *context);

/** The change of a cell's heap, where the runs have other versions of it and no earlier cell has
 * the same. @param line set then: "jemalloc 5.3.0 -> 5.3.1: a change of the heap" @return or NULL
 */
const struct pl_heap_change *pl_change_heap(const struct pl_comparison *comparison, size_t cell,
                                            char line[PL_HEAP_CHANGE_TEXT]);

/** The whole in one line: "2 worse, 1 better, 310 same, 12 inconclusive, 3 not comparable". */
void pl_change_counts(const struct pl_comparison *comparison, char *text, size_t capacity);

#endif
