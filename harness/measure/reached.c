#include "harness/measure/reached.h"

static uint64_t distance(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

uint64_t pl_reached_bytes(const struct pl_cell_evidence *e, size_t from, size_t to)
{
    uint64_t bytes = 0;
    for (size_t i = from + 1; i <= to; i++) {
        const struct pl_sample *now = &e->samples[i], *before = now - 1;
        bytes += e->final.stack.pooled ? distance(now->reserved_bytes, before->reserved_bytes)
                                       : now->churn_bytes - before->churn_bytes;
    }
    return bytes;
}
