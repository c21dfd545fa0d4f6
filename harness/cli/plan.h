/* The plan of a run: every scenario loaded and checked with its recording, and its cells laid out,
 * before the first of them starts. */
#ifndef PL_CLI_PLAN_H
#define PL_CLI_PLAN_H

#include "harness/cell/installed_heap.h"
#include "harness/cli/arguments.h"
#include "harness/traffic/recording.h"

#define PL_PLAN_CELLS_MAX (PL_STACKS_MAX * PL_FORMAT_COUNT * PL_THREAD_COUNTS_MAX)

/** One cell of the matrix, to be run once a repetition. */
struct pl_planned_cell {
    const char *stack;
    const char *named;          /* the stack as the scenario or the person named it */
    const struct pl_heap *heap; /* its heap, with the version */
    enum pl_format format;
    uint32_t threads;
};

struct pl_planned {
    struct pl_scenario scenario;
    struct pl_recording *recording;
    struct pl_capture_counts counts;
    char stacks[PL_STACKS_MAX][PL_STACK_TEXT_MAX];
    char named[PL_STACKS_MAX][PL_STACK_TEXT_MAX]; /* likewise, before a ledger was put in front */
    struct pl_heap heaps[PL_STACKS_MAX];          /* of these stacks */
    size_t stack_count;
    enum pl_format formats[PL_FORMAT_COUNT];
    size_t format_count;
    enum pl_clock clock; /* that its cells run under */
    uint32_t threads[PL_THREAD_COUNTS_MAX];
    size_t thread_count;
    struct pl_planned_cell cells[PL_PLAN_CELLS_MAX]; /* in the order in which they run */
    size_t cell_count;
    char skipped[1024]; /* what of the scenario's own lists can't be run, and why: one line */
};

struct pl_plan {
    struct pl_planned *planned;
    size_t count;
    struct pl_heaps heaps; /* that were asked for their versions */
    size_t cells;          /* of all, repetitions included */
    double real_seconds;   /* of replay that those under the wall clock have, which take as long */
    bool live;             /* cells of our own pipelines run under it */
};

/** Loads and checks everything. A stack that the person named must be there, with a heap whose
 * version reads its options, and serve as many threads as are asked for; one of the scenario's own
 * list, or of a group that stands for several, is skipped and said. Under the wall
 * clock a receiver always has two threads, whatever the scenario says.
 *  @return an exit code, with the line printed */
int pl_plan_make(const struct pl_arguments *arguments, struct pl_plan *plan);

/** Says how long cells that run in real time take, where that is more than ten minutes: nobody who
 *  waits for minutes in vain should wait for hours. @param fewer the option by which they are fewer
 */
void pl_plan_print_real_time(double seconds, const char *fewer);

/** What a cell is called while it runs: "glibc", "glibc, 2 threads". */
void pl_planned_label(const struct pl_planned_cell *cell, char *text, size_t capacity);

void pl_plan_free(struct pl_plan *plan);

#endif
