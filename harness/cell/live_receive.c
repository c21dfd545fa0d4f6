/* A receiver in real time (live.h). */
#include <errno.h>
#include <unistd.h>

#include "harness/cell/live.h"
#include "harness/clock/real.h"
#include "harness/clock/virtual.h"
#include "harness/live/live_receiver.h"
#include "harness/live/wait.h"

#define SENDER_WAIT_NS (30 * PL_NS_PER_S)

/* @return replay time 0, or 0 when no sender came */
static int64_t await_start(struct pl_live_link *link)
{
    int64_t start_ns, until_ns = pl_real_now() + SENDER_WAIT_NS;
    while ((start_ns = atomic_load(&link->start_ns)) == 0 && pl_real_now() < until_ns)
        usleep(1000);
    return start_ns;
}

static int run(struct pl_cell *cell, struct pl_live *live, struct pl_live_link *link)
{
    int64_t start_ns = await_start(link);
    if (!start_ns)
        return pl_cell_fail(-ETIMEDOUT, "no sender came");
    pl_live_start(live, start_ns);
    pl_live_wait(-1, start_ns);
    pl_cell_begin(cell);
    int64_t t_ns = pl_cell_live_sample(cell, start_ns);
    pl_cell_end(cell, t_ns);
    pl_live_stop(live, cell->sampler.at_ceiling);
    pl_cell_settle(cell);
    cell->final.is_live = 1;
    cell->final.sent_all = cell->sampler.at_ceiling || atomic_load(&link->sent_all);
    cell->final.send_errors = atomic_load(&link->send_errors);
    cell->final.sender_late_ns = atomic_load(&link->late_ns_max);
    pl_live_close(live, t_ns);
    pl_cell_finish(cell);
    return 0;
}

int pl_cell_live_receive(struct pl_cell *cell)
{
    struct pl_live *live;
    struct pl_error error;
    struct pl_pipeline_inputs inputs = pl_cell_inputs(cell, NULL);
    int rc = pl_live_open(&inputs, &cell->job->link, &live, &error);
    return rc ? pl_cell_fail(rc, error.text) : run(cell, live, &cell->job->link);
}
