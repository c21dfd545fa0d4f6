/* Elements of the pictures that are drawn here. Their colours are those of plots/style.py, which
 * picture.h turns into the page's own; text is escaped. */
#ifndef PL_REPORT_SVG_H
#define PL_REPORT_SVG_H

#include <stdio.h>

#define PL_SVG_INK "#1b1f24"
#define PL_SVG_MUTED "#57606a"
#define PL_SVG_GRID "#d8dee4"
#define PL_SVG_PAPER "#ffffff"
#define PL_SVG_AFTER "#d55e00" /* Okabe and Ito's vermillion */

/** Begins a picture of that size, on paper. */
void pl_svg_begin(FILE *out, double width, double height);

void pl_svg_end(FILE *out);

void pl_svg_line(FILE *out, double x1, double y1, double x2, double y2, const char *colour);

void pl_svg_dot(FILE *out, double x, double y, const char *colour);

/** @param anchor "start", "middle" or "end" */
void pl_svg_text(FILE *out, double x, double y, const char *anchor, const char *colour,
                 const char *text);

#endif
