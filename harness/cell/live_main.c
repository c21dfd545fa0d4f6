/* plimsoll-live: one measured run under the wall clock, over real sockets. It reads the clock that
 * everybody reads, and has three threads: the network's, the reader's, and this one, which samples
 * and sleeps. */
#include <errno.h>
#include <unistd.h>

#include "harness/cell/body.h"
#include "harness/clock/real.h"
#include "harness/clock/virtual.h"
#include "harness/live/receiver.h"
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

/* @return the replay time that was reached */
static int64_t sample_until_the_end(struct pl_cell *cell, int64_t start_ns)
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

static int run(struct pl_cell *cell, struct pl_live *live, struct pl_live_link *link)
{
    int64_t start_ns = await_start(link);
    if (!start_ns)
        return pl_cell_fail(-ETIMEDOUT, "no sender came");
    pl_live_start(live, start_ns);
    pl_live_wait(-1, start_ns);
    pl_cell_begin(cell);
    int64_t t_ns = sample_until_the_end(cell, start_ns);
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

int main(void)
{
    struct pl_cell cell;
    struct pl_live *live;
    struct pl_error error;
    int rc = pl_cell_open(&cell);
    if (rc)
        return cell.job ? 1 : 2;
    pl_cell_clock(&cell, NULL);
    struct pl_pipeline_inputs inputs = pl_cell_inputs(&cell, NULL);
    rc = pl_live_open(&inputs, &cell.job->link, &live, &error);
    return rc ? pl_cell_fail(rc, error.text) : run(&cell, live, &cell.job->link);
}
