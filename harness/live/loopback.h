/* Whether this machine's loopback carries anything. */
#ifndef PL_LIVE_LOOPBACK_H
#define PL_LIVE_LOOPBACK_H

#include "allocators/base/error.h"

/** A new network namespace has its loopback down: sockets bind, and nothing arrives.
 *  @return 0, or a negative errno with a line that says what is missing and how to get it */
int pl_live_loopback(struct pl_error *error);

#endif
