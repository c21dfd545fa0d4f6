/* One arm of all pairs: a program, and the results that its runs add up to. */
#ifndef PL_COMPARE_PAIR_ARM_H
#define PL_COMPARE_PAIR_ARM_H

#include <jansson.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "allocators/base/error.h"
#include "harness/base/files.h"
#include "harness/compare/pair_options.h"

struct pl_pair_arm {
    const char *side; /* "base" or "new" */
    const char *program;
    const char *directory; /* that a scenario's program starts in; NULL: the scenario's own */
    char folder[3072];
    int claim;    /* on that folder (results/folder.h); 0 or less: none */
    json_t *root; /* NULL before the first run */
};

/** Claims FOLDER/<side> and makes its series/. @param arm with its side, program and directory
 *  @param force removes a run that lies there
 *  @return 0; -EEXIST when results lie there, -EBUSY when they are being written; a negative errno
 */
int pl_pair_arm_open(struct pl_pair_arm *arm, const char *folder, bool force,
                     struct pl_error *error);

/** Runs one cell once, in a process, and adds it to the results as this repetition.
 *  @param repetition negative: a warm-up, whose results are dropped
 *  @param cell set to what was added, or NULL
 *  @return 0; -EINTR; -EINVAL when the program can't run it, with the line that it said, or left no
 *  results */
int pl_pair_arm_run(struct pl_pair_arm *arm, const struct pl_pairs_options *options,
                    const struct pl_pair_cell *what, int repetition, const json_t **cell,
                    struct pl_error *error);

/** What both arms record of each other. */
struct pl_pairing {
    const char *id;
    bool complete;
    json_t *failed; /* cells that a program could not run */
};

/** Writes FOLDER/<side>/results.json but for the last step, so that both arms take their places
 *  together. @param file pl_file_commit or pl_file_discard it @return 0 or a negative errno */
int pl_pair_arm_write(struct pl_pair_arm *arm, const struct pl_pairs_options *options,
                      const struct pl_pairing *pairing, struct pl_file *file,
                      struct pl_error *error);

/** Frees, and removes the folder when nothing was written into it. */
void pl_pair_arm_close(struct pl_pair_arm *arm);

#endif
