/* What runs beside a foreign program: its clients, which come, stall and go, and the actions that
 * befall it. They are in no container and under no heap of ours; each has a process group that ends
 * with it. */
#ifndef PL_PIPELINES_PROGRAM_HELPERS_H
#define PL_PIPELINES_PROGRAM_HELPERS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "allocators/base/error.h"
#include "harness/scenario/program_settings.h"

struct pl_helper_process {
    pid_t pid; /* 0 once it has ended */
    uint32_t client;
    bool action;
    bool stalled;
};

struct pl_helpers {
    const struct pl_program_settings *settings;
    const char *directory;
    int out_fd;
    struct pl_helper_process *processes;
    uint32_t count, capacity;
    uint32_t begun[PL_PROGRAM_CLIENTS_MAX];         /* processes of each entry */
    int64_t next_action_ns[PL_PROGRAM_ACTIONS_MAX]; /* INT64_MAX: never again */
    uint32_t failed;                                /* clients that ended by themselves, not well */
    uint32_t failed_first;                          /* the first one's entry */
    int failed_status;
};

/** @param directory they start in, NULL for the present one
 *  @param out_fd their stdout and stderr */
int pl_helpers_open(struct pl_helpers *helpers, const struct pl_program_settings *settings,
                    const char *directory, int out_fd);

/** Does what is due.
 *  @param program whom signals go to, 0 where it has ended
 *  @return 0, or a negative errno and why one could not be started */
int pl_helpers_turn(struct pl_helpers *helpers, int64_t now_ns, pid_t program,
                    struct pl_error *error);

/** When something is due next, after now; INT64_MAX for never. */
int64_t pl_helpers_due(const struct pl_helpers *helpers, int64_t now_ns);

/** Ends all of them. */
void pl_helpers_close(struct pl_helpers *helpers);

#endif
