/* Why a program of ours is not to be had. */
#ifndef PL_CELL_PROGRAM_H
#define PL_CELL_PROGRAM_H

#include "allocators/base/error.h"

/** Says why pl_child_find_beside found no program of this name.
 *  @return -ENOENT where it is not there, -EACCES where it may not be executed, -ENOSYS where
 * nobody can tell, or where what it is made of is missing */
int pl_program_missing(const char *name, struct pl_error *error);

#endif
