/* Measuring a foreign program (dock.h). */
#include "harness/cell/dock.h"
#include "harness/cell/record.h"
#include "harness/clock/real.h"
#include "harness/clock/virtual.h"

#define AHEAD_NS (PL_NS_PER_S / 10) /* from being ready to replay time 0: senders start then */
#define WHOLE_STEP_NS                                                            \
    PL_NS_PER_S /* from one reading of threads, processor time and faults to the \
                   next: they are exact at the ends of the window */

void pl_dock_charged(const struct pl_dock *d, struct pl_charged *c)
{
    const struct pl_orders *orders = &d->job->orders;
    pl_charged_read((enum pl_container_kind)orders->container_kind, orders->cgroup, c);
}

/* @return whether the program goes on */
bool pl_dock_sample(struct pl_dock *d, enum pl_process_tree_reading reading, int64_t t_ns)
{
    struct pl_tree_record tree = {.kind = PL_RECORD_TREE, .size = sizeof tree};
    if (t_ns - d->whole_ns >= WHOLE_STEP_NS)
        reading = PL_PROCESS_TREE_WHOLE;
    if (reading == PL_PROCESS_TREE_WHOLE)
        d->whole_ns = t_ns;
    if (pl_process_tree_read(&d->tree, reading, &d->now))
        return false;
    const struct pl_process_tree_figures f = d->now;
    if (pl_dock_has_ended(d, &f)) {
        d->facts.ended_ns = t_ns;
        return false;
    }
    if (!d->ledger.is_open) { /* whose books are mapped and shared, too */
        tree.vsz_bytes = f.vsz_bytes;
        tree.shared_bytes = f.shared_bytes;
    }
    tree.processes = f.processes;
    tree.threads = f.threads;
    pl_dock_charged(d, &tree.charged);
    pl_record_write(PL_RECORD_FD, &tree, sizeof tree);
    struct pl_sample s = {.kind = PL_RECORD_SAMPLE, .size = sizeof s, .t_ns = t_ns};
    s.rss_bytes = f.rss_bytes;
    s.cpu_ns = f.cpu_user_ns + f.cpu_system_ns - d->begun.cpu_user_ns - d->begun.cpu_system_ns;
    pl_record_write(PL_RECORD_FD, &s, sizeof s);
    pl_alert_watch_look(&d->alerts, &s, NULL);
    pl_program_ledger_sample(&d->ledger, t_ns);
    d->rss_bytes_peak = f.rss_bytes > d->rss_bytes_peak ? f.rss_bytes : d->rss_bytes_peak;
    d->at_ceiling = d->job->ceiling_bytes && f.rss_bytes > d->job->ceiling_bytes;
    return !d->at_ceiling;
}

/* From replay time 0 to the duration, or until the program has ended.
 * @param reached_ns set to where it came */
int pl_dock_run_window(struct pl_dock *d, int64_t *reached_ns, struct pl_error *error)
{
    const struct pl_scenario *s = &d->job->scenario;
    int64_t now_ns = 0, next_sample_ns = 0;
    int rc = 0;
    while (!rc && !pl_dock_told_to_end() && now_ns < s->duration_ns) {
        if (now_ns >= next_sample_ns) {
            if (!pl_dock_sample(d, now_ns ? PL_PROCESS_TREE_MEMORY : PL_PROCESS_TREE_WHOLE, now_ns))
                break;
            next_sample_ns += s->sample_interval_ns;
        }
        rc = pl_helpers_turn(&d->helpers, now_ns, d->main_ended ? 0 : d->keeper.program, error);
        int64_t due_ns = pl_helpers_due(&d->helpers, now_ns);
        due_ns = due_ns < next_sample_ns ? due_ns : next_sample_ns;
        pl_dock_wait(d, d->start_ns + (due_ns < s->duration_ns ? due_ns : s->duration_ns));
        now_ns = pl_real_now() - d->start_ns;
    }
    *reached_ns = now_ns < s->duration_ns ? now_ns : s->duration_ns;
    return rc;
}

void pl_dock_begin_window(struct pl_dock *d)
{
    struct pl_ready_record ready = {.kind = PL_RECORD_READY, .size = sizeof ready};
    d->start_ns = pl_real_now() + AHEAD_NS;
    ready.start_ns = d->start_ns;
    pl_record_write(PL_RECORD_FD, &ready, sizeof ready);
    pl_program_ledger_open(&d->ledger, d->job, PL_RECORD_FD);
    pl_dock_wait(d, d->start_ns);
    pl_process_tree_read(&d->tree, PL_PROCESS_TREE_WHOLE, &d->begun);
    pl_dock_charged(d, &d->charged_begun);
}
