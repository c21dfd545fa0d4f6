/* The files that a process has mapped, as its books list them. */
#ifndef PL_INTERPOSE_OBJECTS_H
#define PL_INTERPOSE_OBJECTS_H

#include <dlfcn.h>
#include <stdint.h>

#include "harness/interpose/program_books.h"

/** Finds an object in the books, and lists it if it is new there. Takes no lock and no memory.
 *  @return its number, from 1; 0 when there are too many */
uint64_t pl_object_find(struct pl_books *books, const struct dl_find_object *found);

#endif
