/* heaptrack_print 1.4 writes folded stacks from the outermost caller inwards, but functions that
 * the compiler inlined into one another the other way round: run_window before the main that it is
 * part of. The data of heaptrack says which belong to one address, so their order can be mended. */
#ifndef PL_INSTRUMENTS_INLINED_H
#define PL_INSTRUMENTS_INLINED_H

#include "harness/instruments/stacks.h"

/** Turns each run of frames that are inlined into one address, in place.
 *  @param data what heaptrack_interpret wrote; lines of other kinds are passed over
 *  @param path for messages @return 0, -EINVAL with `path:line: what is wrong`, -ENOMEM */
int pl_inlined_mend(const char *data, size_t size, const char *path, struct pl_stacks *stacks,
                    struct pl_error *error);

#endif
