/* The sending process of a live cell, seen from the controller. */
#ifndef PL_CELL_SENDER_PROCESS_H
#define PL_CELL_SENDER_PROCESS_H

#include "harness/cell/process.h"
#include <stdbool.h>

struct pl_sender_process {
    struct pl_process process; /* pid 0 where there is none */
    int status;
    bool ended;
};

/** Starts plimsoll-sender beside a cell, on the same job, outside the cell's container.
 *  @return 0 or a negative errno */
int pl_sender_process_start(struct pl_sender_process *sender, int job_fd, struct pl_error *error);

/** @return whether it ended before its time, and why in `error`; false where there is no sender */
bool pl_sender_process_failed(struct pl_sender_process *sender, struct pl_error *error);

/** Ends it if it still runs, and waits for it. */
void pl_sender_process_end(struct pl_sender_process *sender);

#endif
