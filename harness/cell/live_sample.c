/* Samples by the clock (live.h). */
#include "harness/cell/live.h"
#include "harness/live/wait.h"

int64_t pl_cell_live_sample(struct pl_cell *cell, int64_t start_ns)
{
    const struct pl_scenario *s = &cell->job->scenario;
    for (int64_t t_ns = 0; t_ns < s->duration_ns; t_ns += s->sample_interval_ns) {
        pl_live_wait(-1, start_ns + t_ns);
        pl_cell_trim(cell, t_ns);
        pl_cell_sample(cell, t_ns);
        if (cell->sampler.at_ceiling)
            return t_ns;
    }
    pl_live_wait(-1, start_ns + s->duration_ns);
    return s->duration_ns;
}
