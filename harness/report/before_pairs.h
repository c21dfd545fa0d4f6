/* The pairs of a cell as dots: each repetition before at the left, its partner after at the right.
 */
#ifndef PL_REPORT_BEFORE_PAIRS_H
#define PL_REPORT_BEFORE_PAIRS_H

#include <stdio.h>

#include "harness/report/before.h"

/** The width of one metric's panel in a picture. */
#define PL_BEFORE_PANEL_WIDTH 170

/** How many panels a cell has: its metrics that changed and were run as pairs, three at most. */
size_t pl_before_pairs_count(const struct pl_before *before, const struct pl_compared *cell);

/** Draws them beside each other into an SVG. @param left, top, height where */
void pl_before_pairs_draw(FILE *out, const struct pl_before *before, const struct pl_compared *cell,
                          double left, double top, double height);

#endif
