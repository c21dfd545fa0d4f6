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
    double left_seconds; /* where it is known how long cells take; else 0 */
};

int64_t pl_progress_now(void);
/** @param seconds that all cells take; 0 where only the first will tell */
void pl_progress_start(struct pl_progress *progress, size_t total, double seconds);
/** Shows which cell runs now. */
void pl_progress_show(const struct pl_progress *progress, const char *scenario, const char *stack);
/** Counts a cell as done. @param seconds what it was planned to take; 0 where that is not known */
void pl_progress_step(struct pl_progress *progress, double seconds);
void pl_progress_clear(const struct pl_progress *progress);

#endif
