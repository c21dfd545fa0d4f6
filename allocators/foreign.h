/* What of a stack can stand in a foreign program: one that knows no links, whose malloc is replaced
 * by preloading. A layer that can writes its options here, each into fields of its own. */
#ifndef PL_ALLOCATORS_FOREIGN_H
#define PL_ALLOCATORS_FOREIGN_H

#include "allocators/allocator.h"

/** Which layers stand outside of the ledger: of what they refuse it hears nothing. */
enum pl_foreign_inside { PL_FOREIGN_IN_LIMIT = 1, PL_FOREIGN_IN_FAULT = 2 };

/** The layers of a stack as they stand in a foreign program. Plain data: it crosses processes. */
struct pl_foreign {
    uint64_t limit_bytes;   /* limited:max; 0: no limit */
    uint64_t fault_nth;     /* fault:nth; 0: none */
    uint64_t fault_every;   /* fault:every; 0: none */
    uint32_t fault_outside; /* the fault stands outside of the limit: it is asked first */
    uint32_t ledger;        /* 0 or 1 */
    uint32_t ledger_depth;  /* frames of a site's chain of calls */
    uint32_t ledger_inside; /* enum pl_foreign_inside, or-ed */
    uint64_t trim_every_ns; /* glibc:trim_every; 0: never */
};

/** Reads a stack as one for a foreign program.
 *  @return 0, or -EINVAL with the layer that can't stand there, and why */
int pl_stack_foreign(const struct pl_stack_spec *spec, struct pl_foreign *foreign,
                     struct pl_error *error);

#endif
