/* When to trim, and what came of it (trim.h). */
#include "harness/cell/trim.h"

#include "harness/clock/real.h"

void pl_cell_trim_open(struct pl_cell_trim *t, const struct pl_stack_spec *spec)
{
    *t = (struct pl_cell_trim){.spec = *spec, .every_ns = pl_stack_trim_every(spec)};
}

static void trim(struct pl_cell_trim *t, const struct pl_sampler *sampler)
{
    uint64_t before, after, shared;
    pl_sampler_resident(sampler, &before, &shared);
    int64_t start_ns = pl_real_now();
    pl_stack_trim(&t->spec);
    uint64_t pause_ns = (uint64_t)(pl_real_now() - start_ns);
    pl_sampler_resident(sampler, &after, &shared);
    t->trims.count++;
    t->trims.bytes += before > after ? before - after : 0;
    t->trims.ns_max = pause_ns > t->trims.ns_max ? pause_ns : t->trims.ns_max;
}

void pl_cell_trim_look(struct pl_cell_trim *t, const struct pl_sampler *sampler, int64_t t_ns)
{
    if (t->every_ns && (uint64_t)t_ns / t->every_ns > t->trims.count)
        trim(t, sampler);
}
