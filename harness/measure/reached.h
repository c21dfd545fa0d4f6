/* What reached the heap between two samples. */
#ifndef PL_MEASURE_REACHED_H
#define PL_MEASURE_REACHED_H

#include "harness/cell/run.h"

/** Bytes requested and released from one sample to a later one; of pools, what their reserve
 *  changed by. 0: no call reached the heap. */
uint64_t pl_reached_bytes(const struct pl_cell_evidence *evidence, size_t from, size_t to);

#endif
