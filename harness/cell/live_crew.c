/* A pipeline of workers in real time (live.h). */
#include "harness/cell/live.h"

static void run(void *context, int64_t start_ns)
{
    pl_crew_run(context, start_ns);
}

static void stop(void *context, int64_t reached_ns)
{
    (void)reached_ns;
    pl_crew_stop(context);
}

int pl_cell_live_crew(struct pl_cell *cell, const struct pl_pipeline *pipeline)
{
    struct pl_error error;
    void *state = NULL;
    int rc = pl_cell_open_crew(cell, NULL, &error);
    struct pl_pipeline_inputs inputs = pl_cell_inputs(cell, NULL);
    if (!rc)
        rc = pipeline->open(&inputs, &state, &error);
    if (rc)
        return pl_cell_fail(rc, error.text);
    rc = pl_cell_live_threads(cell, &(const struct pl_free_threads){&cell->crew, run, stop});
    if (rc)
        return rc;
    pipeline->close(state, cell->final.t_ns);
    pl_cell_finish(cell);
    return 0;
}
