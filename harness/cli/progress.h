/* The live line on stderr: cells done, how far the one that runs has come, ETA. None when stderr is
 * no terminal. */
#ifndef PL_CLI_PROGRESS_H
#define PL_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The line is written anew at most so often while a cell runs, in ns of real time. */
#define PL_PROGRESS_EVERY_NS INT64_C(250000000)

struct pl_progress {
    bool shown;
    size_t total; /* cells */
    size_t done;
    int64_t started_ns;
    int64_t written_ns;  /* when the line was written last */
    double work;         /* seconds of replay of all cells; 0 where they count alike */
    double work_done;    /* of the cells that are done */
    bool real_time;      /* a second of replay takes a second */
    int64_t duration_ns; /* of the cell that runs; 0 where it tells nothing before its end */
    int64_t reached_ns;  /* of it */
    char cell[96];       /* what runs */
};

/** @param work seconds of replay that all cells have; 0 where that is not known
 *  @param real_time whether they take as long */
void pl_progress_start(struct pl_progress *progress, size_t total, double work, bool real_time);

/** Shows which cell runs now. @param duration_ns of its replay; 0 where it will tell nothing */
void pl_progress_show(struct pl_progress *progress, const char *scenario, const char *stack,
                      int64_t duration_ns);

/** Takes what a cell tells on its way; writes the line when it is old enough.
 *  @param t_ns of replay that is reached @param now_ns pl_monotonic_ns() */
void pl_progress_reach(struct pl_progress *progress, int64_t t_ns, int64_t now_ns);

/** Counts a cell as done. @param work seconds of replay that it was planned to have */
void pl_progress_step(struct pl_progress *progress, double work);

/** Seconds of real time until all is done, by what was done so far; negative where nothing tells.
 */
double pl_progress_left(const struct pl_progress *progress, int64_t now_ns);

void pl_progress_clear(const struct pl_progress *progress);

#endif
