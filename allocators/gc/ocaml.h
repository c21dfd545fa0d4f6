/* OCaml's collector, in two halves: ocaml.c says what the program allocates, ocaml_work.c collects.
 */
#ifndef PL_ALLOCATORS_GC_OCAML_H
#define PL_ALLOCATORS_GC_OCAML_H

#include "allocators/gc/gc.h"

/* config.h, Max_young_wosize: larger blocks go to the major heap at once. */
enum { YOUNG_WORDS_MAX = 256 };

/** A declared block has come to the major heap: it adds to E. */
void pl_gc_ocaml_speed_up(struct pl_gc *gc, uint64_t bytes);

/** Words have come to the major heap, which grows if it has no room for them.
 *  @param direct not by promotion */
void pl_gc_ocaml_allocate_major(struct pl_gc *gc, uint64_t words, bool direct);

/** Words have come to the minor heap, which is collected whenever it has no room for them.
 *  @param garbage they are to be promoted, and dead then */
void pl_gc_ocaml_fill_minor(struct pl_gc *gc, uint64_t words, bool garbage);

/** Does what was asked for. */
void pl_gc_ocaml_serve(struct pl_gc *gc);

#endif
