/* Trimming the heap of a model, where its stack asks for it (`glibc:trim_every=60s`). */
#ifndef PL_CELL_TRIM_H
#define PL_CELL_TRIM_H

#include "harness/cell/record.h"
#include "harness/cell/sampler.h"

struct pl_cell_trim {
    struct pl_stack_spec spec;
    uint64_t every_ns; /* 0: never */
    struct pl_trims trims;
};

void pl_cell_trim_open(struct pl_cell_trim *trim, const struct pl_stack_spec *spec);

/** Trims when it is due, which is at the first sample from each multiple of its time on: a heap
 * that no call reaches is trimmed, too. What it takes is the model's time. */
void pl_cell_trim_look(struct pl_cell_trim *trim, const struct pl_sampler *sampler, int64_t t_ns);

#endif
