/* How a cell ended, judged from evidence: the container's oom_kill counter, the wait status, the
 * cell's own books, growth. Never from a signal alone. */
#ifndef PL_MEASURE_OUTCOME_H
#define PL_MEASURE_OUTCOME_H

#include "harness/cell/run.h"
#include "harness/measure/growth.h"

enum pl_outcome {
    PL_OUTCOME_BOUNDED,
    PL_OUTCOME_GROWING,
    PL_OUTCOME_OOM_KILLED,
    PL_OUTCOME_ALLOC_FAILED,
    PL_OUTCOME_CRASHED,
    PL_OUTCOME_TIMEOUT,
    PL_OUTCOME_EXITED, /* a foreign program, by itself, before its time was over */
    PL_OUTCOME_COUNT
};

struct pl_judgement {
    enum pl_outcome outcome;
    char why[256]; /* the evidence in words */
};

const char *pl_outcome_name(enum pl_outcome outcome);

void pl_outcome_judge(const struct pl_cell_evidence *evidence, const struct pl_growth *growth,
                      struct pl_judgement *judgement);

#endif
