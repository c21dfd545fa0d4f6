/* Parts of a document that say what a comparison found: for `compare` and for the report. */
#ifndef PL_REPORT_COMPARISON_CHANGES_H
#define PL_REPORT_COMPARISON_CHANGES_H

#include "harness/compare/comparison.h"
#include "harness/report/writers/document.h"

/** A paragraph for each heap of which the runs have other versions. */
void pl_changes_heaps(struct pl_doc *doc, const struct pl_comparison *comparison);

/** A list of the cells that end otherwise than they did, or that the new run lacks. */
void pl_changes_ends(struct pl_doc *doc, const struct pl_comparison *comparison);

/** Begins a row on one metric of one cell, with PL_CHANGES_CELLS: the cell, the verdict, the metric
 *  and its class, both values, and the change. @param why said of the
 *  metric, or "" */
void pl_changes_row(struct pl_doc *doc, const struct pl_match *match,
                    const struct pl_judged *judged, const char *why);

#define PL_CHANGES_CELLS 6

/** A list of the reasons why metrics could not be told or compared, the most frequent first; behind
 *  the eighth the rest as "other reasons". */
void pl_changes_open(struct pl_doc *doc, const struct pl_comparison *comparison);

#endif
