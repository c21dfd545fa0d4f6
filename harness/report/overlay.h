/* Two curves of resident memory over each other, in a picture that is drawn here. */
#ifndef PL_REPORT_OVERLAY_H
#define PL_REPORT_OVERLAY_H

#include <stdbool.h>
#include <stdio.h>

#include "harness/results/rss_series.h"

#define PL_OVERLAY_LEFT 70  /* where the plot begins; the scale stands before it */
#define PL_OVERLAY_TOP 24   /* the legend stands above */
#define PL_OVERLAY_ALL 1060 /* the width of every picture, so that all have letters of one size */
#define PL_OVERLAY_HEIGHT 150
#define PL_OVERLAY_BENEATH 44 /* for the time */

/** What is drawn: the first curve dashed and muted, the second over it. */
struct pl_overlay {
    const struct pl_rss_series *first, *second; /* count 0: none */
    const char *title, *first_name, *second_name;
    double width;          /* of the plot */
    double seconds, bytes; /* the ends of the axes, by pl_overlay_scale */
};

/** Finds the ends of the axes. @return whether there is anything to draw: more than a moment */
bool pl_overlay_scale(struct pl_overlay *overlay);

/** Writes axes, legend and curves into an <svg> that is begun. A curve has its lowest and its
 *  highest sample of each column of the picture, so that peaks survive. */
void pl_overlay_draw(FILE *out, const struct pl_overlay *overlay);

#endif
