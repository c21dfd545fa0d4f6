/* What a stack looks like in every chart of the page: a well-known one always the same. */
#ifndef PL_REPORT_PAGE_LINE_STYLE_H
#define PL_REPORT_PAGE_LINE_STYLE_H

#include "harness/report/model/model.h"

/** Stacks that a chart shows unasked: more can't be told apart. */
#define PL_LINE_STYLE_MOST 24

struct pl_line_style {
    unsigned colour; /* of report.css: --c0 and so on */
    unsigned dash;   /* of pl_line_style_dashes */
    bool dots;       /* one with more threads than another row of the stack */
    bool shown;      /* unasked */
};

/** Of lines, as SVG's stroke-dasharray. */
extern const char *const pl_line_style_dashes[];

/** The styles of a group's rows, in their order. Swept stacks give way where there are many: the
 *  frontier has them. @param styles room for row_count */
void pl_line_style_of(const struct pl_model_group *group, struct pl_line_style *styles);

#endif
