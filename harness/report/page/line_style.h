/* What a stack looks like in every chart of the page: a well-known one always the same. */
#ifndef PL_REPORT_PAGE_LINE_STYLE_H
#define PL_REPORT_PAGE_LINE_STYLE_H

#include "harness/report/model/model.h"

/** Stacks that a chart shows unasked: more can't be told apart. plots/palette.json has the number.
 */
extern const size_t pl_line_style_most;

/** The well-known stacks, in their order. */
extern const char *const pl_line_style_known[];
extern const size_t pl_line_style_known_count;

struct pl_line_style {
    const char *colour; /* a name of the palette, and the page's variable of that name */
    const char *dash;   /* of its line, as SVG's stroke-dasharray */
    bool dots;          /* one with more threads than another row of the stack */
    bool shown;         /* unasked */
};

/** The styles of a group's rows, in their order: of the stacks that are shown no two are alike.
 * Swept stacks give way where there are many: the frontier has them. @param styles room for
 * row_count */
void pl_line_style_of(const struct pl_model_group *group, struct pl_line_style *styles);

#endif
