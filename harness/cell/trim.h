/* Trimming the heap of a model, where its stack asks for it (`glibc:trim_every=60s`,
 * `jemalloc:trim_at=2m`). */
#ifndef PL_CELL_TRIM_H
#define PL_CELL_TRIM_H

#include "harness/cell/record.h"
#include "harness/cell/sampler.h"

struct pl_cell_trim {
    struct pl_stack_spec spec;
    uint64_t every_ns; /* 0: never */
    uint64_t at_ns;    /* likewise */
    uint64_t times;    /* that were due by every_ns, and done */
    uint64_t faults;   /* minor, when it was trimmed last */
    bool open;         /* no sample since then */
    struct pl_trims trims;
};

void pl_cell_trim_open(struct pl_cell_trim *trim, const struct pl_stack_spec *spec);

/** Trims when it is due, which is at the first sample from each multiple of its time on: a heap
 * that no call reaches is trimmed, too. What it takes is the model's time. */
void pl_cell_trim_look(struct pl_cell_trim *trim, const struct pl_sampler *sampler, int64_t t_ns);

#endif
