/* The books of session objects (objects.h): how large they are, and whether they can be had; and
 * the profiles of entries. */
#ifndef PL_PIPELINES_SESSION_BOOKS_H
#define PL_PIPELINES_SESSION_BOOKS_H

#include "harness/scenario/scenario.h"
#include "harness/traffic/profile.h"
#include "harness/traffic/recording.h"

/** @return of how many times a session may keep an entry's objects; 0: of all, as leaks */
uint64_t books_slots(const struct pl_scenario *scenario, const struct pl_session_object *object);

/** @return the places for blocks that one session has; no integer holds what may be asked for */
double books_places(const struct pl_scenario *scenario);

/** @param recording with the profiles behind all else @return the entry's, NULL where it has sizes
 */
const struct pl_profile *books_profile(const struct pl_scenario *scenario,
                                       const struct pl_session_object *object,
                                       const struct pl_recording *recording);

/** Whether the books of so many sessions can be had, and profiles fit into their classes.
 *  @param recording with the profiles behind it; NULL: they are not known yet
 *  @param sessions at a time, at most @return 0, or -EINVAL, where books would take gigabytes, too
 */
int pl_session_objects_check(const struct pl_scenario *scenario,
                             const struct pl_recording *recording, uint32_t sessions,
                             struct pl_error *error);

#endif
