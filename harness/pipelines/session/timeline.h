/* Sessions in the order in which their next objects are due: of one entry of session.objects, one
 * thread's. All have the same time from one to the next, so each comes in at the end or near it. */
#ifndef PL_PIPELINES_SESSION_TIMELINE_H
#define PL_PIPELINES_SESSION_TIMELINE_H

#include <stdint.h>

/** A session's place in it. */
struct timeline_place {
    int64_t due_ns;
    uint32_t previous, next; /* sessions, index + 1, 0 for none */
};

/** All zero is empty. */
struct timeline {
    uint32_t first, last; /* likewise */
};

/** Puts a session in that is not there. @param places of all sessions */
void timeline_put(struct timeline *timeline, struct timeline_place *places, uint32_t session,
                  int64_t due_ns);

/** Takes one out that is there. */
void timeline_take(struct timeline *timeline, struct timeline_place *places, uint32_t session);

#endif
