/* The plan of a run: every scenario loaded and checked with its recording, its stacks and formats,
 * before the first cell starts. */
#ifndef PL_CLI_PLAN_H
#define PL_CLI_PLAN_H

#include "harness/cli/arguments.h"
#include "harness/traffic/recording.h"

#define PL_PLAN_STACKS_MAX 64

struct pl_planned {
    struct pl_scenario scenario;
    struct pl_recording *recording;
    struct pl_capture_counts counts;
    char stacks[PL_PLAN_STACKS_MAX][PL_STACK_TEXT_MAX];
    size_t stack_count;
    enum pl_format formats[PL_FORMAT_COUNT];
    size_t format_count;
    char skipped[1024]; /* heaps of the scenario's own list that this machine lacks, one line */
};

struct pl_plan {
    struct pl_planned *planned;
    size_t count;
    size_t cells; /* of all, repetitions included */
};

/** Loads and checks everything. A stack that the person named must be there; one of the scenario's
 *  own list that is not installed is skipped and said.
 *  @return an exit code, with the line printed */
int pl_plan_make(const struct pl_arguments *arguments, struct pl_plan *plan);

void pl_plan_free(struct pl_plan *plan);

#endif
