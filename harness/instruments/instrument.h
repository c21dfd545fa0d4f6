/* Instruments: what observes a cell from outside, each with what it sees and what it can't.
 *
 * One file an instrument, one row in table.c. A cell under an instrument runs once more, without a
 * container and for a shorter replay; its RSS and CPU mean nothing and are not recorded. */
#ifndef PL_INSTRUMENTS_INSTRUMENT_H
#define PL_INSTRUMENTS_INSTRUMENT_H

#include <jansson.h>

#include "harness/cell/run.h"
#include "harness/instruments/stacks.h"

struct pl_observation;

struct pl_instrument {
    const char *name;
    const char *sees;     /* half a sentence */
    const char *blind;    /* what it can't see, whole sentences: every report says so */
    const char *headline; /* the figure that it is there for */
    const char *get;      /* how to get it, for a person without it */
    double slowdown;      /* of a malloc-bound program, 1 or more: timeouts grow by it */
    /** The longest replay under it, ns; a longer scenario is run for so long. */
    int64_t longest_ns;
    const char *slab_option; /* "key=value" for slabs that don't set it, so that it can see into
                                them; NULL for none */
    bool blind_to_null;      /* the heap `null` hands out what it can't see */
    bool tells_threads; /* each number of threads is observed. Others are shown one thread: they
                           know the measured window by its caller, or count in that thread */
    /** Whether this machine has it. @return 0, or -ENOENT with what is missing */
    int (*check)(struct pl_error *error);
    /** Runs the cell under it and fills in what it found. On failure what was found before is kept.
     *  @return 0; -EINTR when interrupted; -ENOTSUP when it can't observe this stack; else what
     *  went wrong, in one line */
    int (*observe)(struct pl_observation *observation, struct pl_error *error);
};

/** One instrument: `pl_instruments[i]` for i below `pl_instrument_count`. */
extern const struct pl_instrument *const pl_instruments[];
extern const size_t pl_instrument_count;

/** @return the instrument, or NULL */
const struct pl_instrument *pl_instrument_find(const char *name);

/** Writes all names, separated by ", ". */
void pl_instrument_names(char *text, size_t capacity);

/** Whether it can run here. @return 0, or -ENOENT with what is missing and how to get it */
int pl_instrument_available(const struct pl_instrument *instrument, struct pl_error *error);

/** How the person asked, for an instrument that starts a program which reads the scenario anew. */
struct pl_observation_question {
    const char *const *settings; /* KEY=VALUE each */
    size_t setting_count;
};

/** What an observation starts from. */
struct pl_observation_inputs {
    struct pl_cell_options cell; /* the scenario already shortened; the stack as asked */
    struct pl_observation_question asked;
    const char *folder;    /* the run's */
    const char *reproduce; /* a shell command */
    size_t number;         /* of the observation in its run, to keep files apart */
};

/** Observes a cell: an entry of `instruments` in results.json, whatever happens (skipped, failed).
 *  The raw output is kept in FOLDER/instruments/.
 *  @param entry set on success; json_decref
 *  @return 0, -EINTR when interrupted, -ENOMEM */
int pl_instrument_observe(const struct pl_instrument *instrument,
                          const struct pl_observation_inputs *inputs, json_t **entry,
                          struct pl_error *error);

#endif
