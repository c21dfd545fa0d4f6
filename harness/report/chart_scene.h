/* A still chart while it is drawn: shared by the files that draw its parts. */
#ifndef PL_REPORT_CHART_SCENE_H
#define PL_REPORT_CHART_SCENE_H

#include <stdio.h>

#include "harness/report/axis.h"
#include "harness/report/curves.h"
#include "harness/report/look.h"

/** Of an SVG unit, which is a pixel where there is room. */
enum { PL_CHART_WIDTH = 960, PL_CHART_LEFT = 58, PL_CHART_RIGHT = 700, PL_CHART_HEIGHT = 330 };

#define PL_CHART_MIB (1024.0 * 1024)

struct pl_chart {
    FILE *out;
    const struct pl_model_group *group;
    const struct pl_group_curves *curves;
    struct pl_look *looks;
    struct pl_axis time; /* seconds */
    struct pl_axis bytes;
    double top; /* of the plot: above it stand the names of what was killed */
    bool linear;
};

double pl_chart_x(const struct pl_chart *chart, double seconds);
double pl_chart_y(const struct pl_chart *chart, double bytes);

/** Whether a row has a curve in this picture. */
bool pl_chart_has(const struct pl_chart *chart, size_t row);

/** Text at a place, escaped, cut after so many characters. @param class of report.css */
void pl_chart_text(const struct pl_chart *chart, double x, double y, const char *class,
                   const char *text, int most);

/** How a line of a row is drawn: the attributes of its element. */
void pl_chart_stroke(const struct pl_chart *chart, size_t row);

/** How many rows the names of killed stacks take above the plot. */
unsigned pl_chart_kill_rows(const struct pl_chart *chart);

/** The lines of the container and of the limits. */
void pl_chart_lines(const struct pl_chart *chart);

/** An x at each kill, with its name above, and a triangle at each alert. */
void pl_chart_marks(const struct pl_chart *chart);

/** What each line stands for, those that sank first. @return where it ends */
double pl_chart_legend(const struct pl_chart *chart);

#endif
