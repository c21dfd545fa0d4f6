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

/** Removes what runs and reports write, and then the folder unless something else lies in it.
 *  @return 0, or -EBUSY when a run writes into it */
int pl_folder_remove_run(const char *folder, struct pl_error *error);

#endif
