/* A recording under way, in its parts: a program that runs as by hand (recorded_program.c) or in a
 * cell, as a scenario says (recorded_cell.c), and the traces that are made of it
 * (recorded_traces.c). */
#ifndef PL_CLI_RECORDED_H
#define PL_CLI_RECORDED_H

#include <signal.h>

#include "harness/base/temporary.h"
#include "harness/cli/arguments.h"
#include "harness/trace/watch.h"

struct pl_recorded {
    const char *out; /* the trace's path */
    struct pl_arguments arguments;
    uint32_t frames;                  /* of a call site */
    bool children;                    /* each process is recorded */
    struct pl_temporary disk, memory; /* folders */
    char raw_path[1100], page_path[1100];
    struct pl_raw *raw;
    FILE *samples;
    struct pl_trace_watch watch;
    int64_t began_unix_ms;
    char command[PL_TRACE_TEXT_MAX];
    char ended[PL_TRACE_TEXT_MAX]; /* in words */
    uint64_t others;               /* processes that are not recorded */
};

/** Runs the program of the command line in the foreground, with what is ours of terminal and files,
 *  and watches it until it has ended. @return 0, -ENOSYS where it can't be recorded, or why it
 * can't be run */
int pl_recorded_run_program(struct pl_recorded *recorded, const volatile sig_atomic_t *interrupted,
                            struct pl_error *error);

/** Runs the one cell that the arguments name. @return an exit code, with the line printed */
int pl_recorded_run_cell(struct pl_recorded *recorded, const volatile sig_atomic_t *interrupted);

/** Writes the trace, and says what is in it; with `children` one each of the others, too. */
int pl_recorded_write(struct pl_recorded *recorded, struct pl_error *error);

#endif
