/* What the formats of a scenario's samples or pixels cost beside each other: the groups that differ
 * in nothing but their format, a figure a table. */
#ifndef PL_REPORT_MODEL_FORMATS_H
#define PL_REPORT_MODEL_FORMATS_H

#include "harness/report/model/model.h"
#include "harness/report/writers/text.h"

/** Groups of one question, a format each, in the order of the document. */
struct pl_formats {
    const struct pl_model_group *groups[PL_FORMAT_COUNT];
    size_t count;
};

/** A figure that is shown for each stack and format. */
struct pl_format_figure {
    const char *name;
    const char *unit;
    enum pl_model_metric metric;
    double scale;
};

extern const struct pl_format_figure pl_format_figures[];
extern const size_t pl_format_figure_count;

/** Finds the groups that differ from group `first` in their format alone.
 *  @return whether it is the first of two or more */
bool pl_formats_find(const struct pl_model *model, size_t first, struct pl_formats *formats);

/** Whether any cell of them has the figure. */
bool pl_formats_have(const struct pl_formats *formats, const struct pl_format_figure *figure);

/** The median of a stack (a row of the first group) in one of the formats; "-" where there is none.
 */
void pl_formats_figure(const struct pl_formats *formats, const struct pl_format_figure *figure,
                       const struct pl_model_row *row, size_t format, char text[PL_TEXT_FIGURE]);

#endif
