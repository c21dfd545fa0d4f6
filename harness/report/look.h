/* What a stack looks like in every chart of the page: a well-known one always the same. */
#ifndef PL_REPORT_LOOK_H
#define PL_REPORT_LOOK_H

#include "harness/report/model.h"

/** Stacks that a chart shows unasked: more can't be told apart. */
#define PL_LOOK_MOST 24

struct pl_look {
    unsigned colour; /* of report.css: --c0 and so on */
    unsigned dash;   /* of pl_look_dashes */
    bool dots;       /* one with more threads than another row of the stack */
    bool shown;      /* unasked */
};

/** Of lines, as SVG's stroke-dasharray. */
extern const char *const pl_look_dashes[];
extern const size_t pl_look_dash_count;

/** The looks of a group's rows, in their order. Swept stacks give way where there are many: the
 *  frontier has them. @param looks room for row_count */
void pl_look_of(const struct pl_model_group *group, struct pl_look *looks);

#endif
