/* Putting an SVG of plots/ into the page. */
#ifndef PL_REPORT_WRITERS_PICTURE_H
#define PL_REPORT_WRITERS_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/** The path of a picture in a folder: FOLDER/plots/NAME.svg. */
void pl_picture_path(char *path, size_t capacity, const char *folder, const char *name);

/** Reads a picture that may be put into a page. @return new memory, free() it; NULL where there is
 *  none, or where it could run a script */
char *pl_picture_read(const char *path, size_t *size);

/** Writes the picture's <svg> element: its ids made the page's own, its ink and paper the page's
 *  colours, its comments left out.
 *  @param number of the picture in the page @param label what a screen reader says */
void pl_picture_write(FILE *out, const char *svg, unsigned number, const char *label);

#endif
