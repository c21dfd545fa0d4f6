/* Two programs that answer `plimsoll run` as plimsoll does, but measure nothing: the order in which
 * they are run and what becomes of their results can then be tested in seconds. */
#ifndef PL_COMPARE_TESTS_FAKE_PROGRAM_H
#define PL_COMPARE_TESTS_FAKE_PROGRAM_H

#include <stddef.h>

#include "harness/results/cell_name.h"

/** The CPU that the fakes report of the k-th run of a cell on a side, in ns a packet. The first run
 *  of each is cold: three times as much. */
#define FAKE_STEADY "@STEADY@"   /* about 10000, the same on both sides where both report it */
#define FAKE_SWAYING "@SWAYING@" /* that, now more and now less by up to 0.8 %: no change */
#define FAKE_SLOW "@SLOW@"       /* 10 % more than the swaying one */
#define FAKE_COLD_NS 29000       /* no run but a first one is reported to take as long */

#define FAKE_RUNS_MAX 512

/** One run, as the log tells it. */
struct fake_run {
    char side[8], stack[32], format[8];
    unsigned threads;
};

struct fake {
    char folder[64];
    char programs[2][96]; /* of base and new */
    struct fake_run runs[FAKE_RUNS_MAX];
    size_t run_count;
};

/** Makes a folder with both programs. @return 0, or -1 */
int fake_make(struct fake *fake);

/** Removes the folder. */
void fake_remove(struct fake *fake);

/** Teaches both programs a cell. Its results say how many threads it had where it was more than
 * one: older programs don't. @param base, new its cpu_ns_per_packet on either side, one of the
 * above; NULL: it has none, like a cell that was killed */
void fake_teach(const struct fake *fake, const struct pl_cell_name *cell, const char *base,
                const char *new);

/** Reads the log of all runs since the start, or since fake_forget. */
void fake_read_log(struct fake *fake);

/** Empties the log; every cell's next run is its first. */
void fake_forget(struct fake *fake);

#endif
