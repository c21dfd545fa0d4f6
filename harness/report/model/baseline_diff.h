/* Before and after: which of a comparison's findings a report shows, and their figures in words.
 * Before is the comparison's base, after its new. */
#ifndef PL_REPORT_MODEL_BASELINE_DIFF_H
#define PL_REPORT_MODEL_BASELINE_DIFF_H

#include "harness/compare/comparison.h"
#include "harness/report/comparison/change_text.h"
#include "harness/report/writers/document.h"

/** One line of the table: a metric of a cell. */
struct pl_baseline_diff_row {
    const struct pl_compared *cell;
    const struct pl_judged *judged;
};

struct pl_baseline_diff {
    const struct pl_comparison *comparison;
    struct pl_baseline_diff_row *rows; /* worse, better, then what was measured and can't be told */
    size_t count;
    size_t changed;                   /* rows, the first of all */
    const struct pl_compared **cells; /* those that changed in a metric or in how they end */
    size_t cell_count;
    double reach[2]; /* of the bars, of what changed and of the rest: the ratio at their right end,
                        its inverse at the left one */
};

/** Chooses. What can't be told because it was not run as pairs is left out here: it is of every
 *  noisy metric, and pl_change_open counts it.
 *  @return pointing into the comparison; pl_baseline_diff_free */
struct pl_baseline_diff pl_baseline_diff_make(const struct pl_comparison *comparison);

void pl_baseline_diff_free(struct pl_baseline_diff *before);

/** How sure: "0.003", "exact", or "-". */
void pl_baseline_diff_p(const struct pl_judged *judged, char text[PL_CHANGE_TEXT]);

/** From where on a difference counts: "3.0 %", "256 KiB", "any" of class D, or "-". */
void pl_baseline_diff_threshold(const struct pl_judged *judged, char text[PL_CHANGE_TEXT]);

/** How far beyond the threshold: "1.7 x", or "-" where it is within, or there is none. */
void pl_baseline_diff_beyond(const struct pl_judged *judged, char text[PL_CHANGE_TEXT]);

/** The difference and its interval on a bar that ends at `reach`.
 *  @param reach of the bar, above 1 @return false where there is no ratio to draw */
bool pl_baseline_diff_bar(double reach, const struct pl_judged *judged, struct pl_doc_bar *bar);

#endif
