/* A cell before and after in one picture: both curves of resident memory over each other, and dots
 * of its pairs. */
#ifndef PL_REPORT_BEFORE_PICTURE_H
#define PL_REPORT_BEFORE_PICTURE_H

#include "harness/report/before.h"

/** Cells that are drawn at most, the first that changed. */
#define PL_BEFORE_PICTURES_MAX 24

/** Draws a cell as an SVG of its own, in the ink and paper of plots/style.py.
 *  @param base, new the folders of both
 *  @return new memory, free() it; NULL where there is nothing to draw, or no memory */
char *pl_before_picture(const struct pl_before *before, const struct pl_compared *cell,
                        const char *base, const char *new);

/** The name of a picture in plots/, without ".svg". @param number of the cell among those that
 *  changed */
void pl_before_picture_name(char *name, size_t capacity, size_t number);

#endif
