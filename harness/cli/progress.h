/* The live line on stderr: cells done, ETA. None when stderr is no terminal. */
#ifndef PL_CLI_PROGRESS_H
#define PL_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pl_progress {
    bool shown;
    size_t total;
    size_t done;
    int64_t started_ns;
};

int64_t pl_progress_now(void);
void pl_progress_start(struct pl_progress *progress, size_t total);
/** Shows which cell runs now. */
void pl_progress_show(const struct pl_progress *progress, const char *scenario, const char *stack);
/** Counts a cell as done. */
void pl_progress_step(struct pl_progress *progress);
void pl_progress_clear(const struct pl_progress *progress);

#endif
