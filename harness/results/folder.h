/* The folder of a run: one run at a time writes into it, and none over another's results unasked.
 */
#ifndef PL_RESULTS_FOLDER_H
#define PL_RESULTS_FOLDER_H

#include <jansson.h>
#include <stdbool.h>

#include "allocators/base/error.h"

/** What lies in a folder. */
enum pl_folder_state {
    PL_FOLDER_FREE, /* no run: there may be other files */
    PL_FOLDER_RUN,  /* a run of ours, be it whole or stopped */
    PL_FOLDER_OTHER /* a results.json that is not ours */
};

enum pl_folder_state pl_folder_look(const char *folder);

/** Makes the folder and claims it until the descriptor is closed, however this process ends (flock
 * on the folder itself: nothing is left behind; a file system without locks goes unlocked).
 *  @param force a run that it holds is removed, reports included
 *  @param claim set to a descriptor
 *  @return 0, -EBUSY when another run writes into it, -EEXIST when it holds a run, or another
 *  negative errno, each with the reason */
int pl_folder_claim(const char *folder, bool force, int *claim, struct pl_error *error);

/** Claims a folder likewise, and leaves the run that it holds as it is.
 *  @param read_only others may read it meanwhile
 *  @return 0, -EBUSY when another run writes into it, or -EINVAL when it holds none, each with the
 *  reason */
int pl_folder_claim_run(const char *folder, bool read_only, int *claim, struct pl_error *error);

/** Removes what a run writes from a folder that is claimed and has no results.json yet, and then
 *  the folder unless something else lies in it. */
void pl_folder_discard(const char *folder);

/** Copies a run's series, outputs and ledgers into another's folder: of the cells for which `has`
 *  says so. @return 0 or a negative errno with the reason */
int pl_folder_copy_cells(const char *from, const char *to,
                         bool (*has)(const void *context, size_t number), const void *context,
                         struct pl_error *error);

/** Removes what runs and reports write, and then the folder unless something else lies in it.
 *  @return 0, or -EBUSY when a run writes into it */
int pl_folder_remove_run(const char *folder, struct pl_error *error);

#endif
