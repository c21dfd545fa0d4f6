/* Whether a results document is one that the model can be built from. */
#ifndef PL_REPORT_CHECK_H
#define PL_REPORT_CHECK_H

#include <jansson.h>

#include "allocators/error.h"

/** @return 0, or -EINVAL with the first thing that is wrong */
int pl_document_check(const json_t *root, struct pl_error *error);

#endif
