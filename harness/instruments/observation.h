/* One observation while it is made: what the files of the instruments share. */
#ifndef PL_INSTRUMENTS_OBSERVATION_H
#define PL_INSTRUMENTS_OBSERVATION_H

#include "harness/instruments/instrument.h"

/** Of the two sides of an agreement, at most: 1 %. */
#define PL_AGREEMENT_TOLERANCE 0.01

#define PL_OBSERVATION_PATH 4608 /* bytes of a path, with its NUL */

struct pl_observation {
    const struct pl_instrument *instrument;
    struct pl_cell_options cell; /* the stack as it is run */
    const char *folder;
    char stem[320]; /* what its files are called, below the folder, without a suffix */
    char stack_run[PL_STACK_TEXT_MAX];
    struct pl_scenario *scenario; /* as it is run: without a container */
    struct pl_cell_evidence evidence;
    bool ran; /* evidence is there, and final with it */
    char command[8192];
    char version[64]; /* of the program that observes; empty: not known */
    json_t *figures, *sites, *files;
    json_t *agreement;  /* NULL for none */
    json_t *benchmarks; /* likewise */
    struct pl_observation_question asked;
};

/** FOLDER/<stem>.SUFFIX. */
void pl_observation_path(const struct pl_observation *observation, const char *suffix, char *path,
                         size_t capacity);

/** The same, as valgrind's --*-file options take it: '%' doubled (manual 3.19, 2.6.1). */
void pl_observation_valgrind_path(const struct pl_observation *observation, const char *suffix,
                                  char *path, size_t capacity);

/** Names a file of it in the results. */
void pl_observation_file(struct pl_observation *observation, const char *suffix);

/** Adds a figure, its unit in its name. */
void pl_observation_integer(struct pl_observation *observation, const char *name, uint64_t value);
void pl_observation_real(struct pl_observation *observation, const char *name, double value);

/** Says what of theirs has to be what of ours. Beyond PL_AGREEMENT_TOLERANCE the observation
 *  fails. */
void pl_observation_agree(struct pl_observation *observation, const char *what, uint64_t theirs,
                          uint64_t ours);

/** The figures of a peak: whole, within the window and before it; that the window's is our own
 *  peak of live bytes; its dearest sites.
 *  @param stacks of the peak, in bytes; they are sorted
 *  @return 0, or -ENODATA when no stack tells the window apart */
int pl_observation_peak(struct pl_observation *observation, struct pl_stacks *stacks,
                        struct pl_error *error);

/** Removes a file that an earlier run into the same folder may have left, so that it can't be taken
 *  for this one's. */
void pl_observation_forget(const struct pl_observation *observation, const char *suffix);

/** Lists the dearest of them, ten at most. @param stacks sorted */
void pl_observation_sites(struct pl_observation *observation, const struct pl_stacks *stacks,
                          const char *unit);

/** Runs the cell under a wrapper, to its end.
 *  @return 0; -EINTR; -EIO with how it ended when it did not reach its end */
int pl_observation_run(struct pl_observation *observation, const struct pl_cell_wrapper *wrapper,
                       struct pl_error *error);

/** Notes the version that a program tells when asked with --version. */
void pl_observation_version(struct pl_observation *observation, const char *program);

/** Runs a program that measures by itself, for so long at most, and what it starts with it. What it
 *  says on stderr is kept as <stem>.log if it fails. It becomes the command in the results if none
 *  stands there.
 *  @return 0, -EINTR, or how it ended and the last that it said */
int pl_observation_program(struct pl_observation *observation, const char *const *argv,
                           unsigned timeout_ms, struct pl_error *error);

/** Runs a helper program for a minute at most, its complaints to <stem>.log.
 *  @param in, out paths, or NULL for /dev/null
 *  @return 0, -EINTR, or why it failed */
int pl_observation_help(struct pl_observation *observation, const char *const *argv, const char *in,
                        const char *out, struct pl_error *error);

#endif
