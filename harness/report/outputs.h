/* Documents of a folder that are written together: each whole or not at all, and none where one
 * can't be made. */
#ifndef PL_REPORT_OUTPUTS_H
#define PL_REPORT_OUTPUTS_H

#include <stddef.h>
#include <stdio.h>

#include "allocators/base/error.h"

struct pl_output {
    const char *name;
    void (*make)(FILE *out, const void *context);
};

/** Makes all in memory and writes all beside their places before the first takes its own, in their
 *  order: a full disk shows before. @param folder stands already
 *  @return 0 or a negative errno with one line */
int pl_outputs_write(const char *folder, const struct pl_output *outputs, size_t count,
                     const void *context, struct pl_error *error);

#endif
