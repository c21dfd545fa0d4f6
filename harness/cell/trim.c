/* When to trim, and what came of it (trim.h). */
#include "harness/cell/trim.h"

#include <sys/resource.h>

#include "harness/clock/real.h"

void pl_cell_trim_open(struct pl_cell_trim *t, const struct pl_stack_spec *spec)
{
    *t = (struct pl_cell_trim){
        .spec = *spec, .every_ns = pl_stack_trim_every(spec), .at_ns = pl_stack_trim_at(spec)};
}

static uint64_t minor_faults(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (uint64_t)usage.ru_minflt;
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
    t->faults = minor_faults();
    t->open = true;
}

/* What was given back and is asked for again. */
static void count_faults(struct pl_cell_trim *t)
{
    if (t->open)
        t->trims.faults += minor_faults() - t->faults;
    t->open = false;
}

void pl_cell_trim_look(struct pl_cell_trim *t, const struct pl_sampler *sampler, int64_t t_ns)
{
    uint64_t now_ns = (uint64_t)t_ns, times = t->every_ns ? now_ns / t->every_ns : 0;
    bool once = t->at_ns && now_ns >= t->at_ns;
    count_faults(t);
    if (times > t->times || once)
        trim(t, sampler);
    t->times = times;
    if (once)
        t->at_ns = 0;
}
