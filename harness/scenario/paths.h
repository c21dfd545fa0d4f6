/* Where the files lie that a scenario names. */
#ifndef PL_SCENARIO_PATHS_H
#define PL_SCENARIO_PATHS_H

#include "harness/scenario/scenario.h"

/** Takes the paths of recordings as relative to the file `beside`. One given by --set comes later,
 *  and is relative to where one is. @return 0 or -ENAMETOOLONG */
int pl_scenario_resolve(struct pl_scenario *scenario, const char *beside, struct pl_error *error);

/** Whether a key takes the path of a file or folder, or a list of them. */
bool pl_scenario_key_is_path(const char *key);

#endif
