#include "harness/cli/run_cell.h"
#include "harness/base/monotonic.h"

#include <errno.h>
#include <stdio.h>

#include "allocators/base/printable.h"
#include "harness/cli/alert_lines.h"
#include "harness/cli/cell_notes.h"
#include "harness/cli/ledger_option.h"
#include "harness/cli/reproduce.h"
#include "harness/cli/trace_notes.h"
#include "harness/scenario/traits.h"

void pl_run_warn(struct pl_run *run, const char *text)
{
    if (pl_results_warn(&run->results, text))
        pl_printable_line(stderr, "plimsoll: %s", text);
}

void pl_run_warn_of(void *run, const char *text)
{
    pl_run_warn(run, text);
}

/* What a cell tells while it runs. */
struct told {
    struct pl_run *run;
    struct pl_alert_lines alerts;
};

/* A cell's sample arrived. */
static void note_sample(void *context, int64_t t_ns)
{
    struct pl_run *run = ((struct told *)context)->run;
    pthread_mutex_lock(&run->lock);
    pl_progress_reach(&run->progress, t_ns, pl_monotonic_ns());
    pthread_mutex_unlock(&run->lock);
}

static void note_alert(void *context, const struct pl_alert_record *alert)
{
    struct told *told = context;
    pthread_mutex_lock(&told->run->lock);
    pl_alert_lines_print(&told->alerts, alert);
    pthread_mutex_unlock(&told->run->lock);
}

/* Judges a cell that has run, and writes it into the results. @return 0 or a negative errno */
static int keep_cell(struct pl_run *run, const struct pl_planned *p,
                     const struct pl_planned_cell *cell, const struct pl_cell_identity *identity,
                     const struct pl_cell_evidence *evidence, struct pl_error *error)
{
    char label[PL_STACK_TEXT_MAX + 32];
    struct pl_measured measured;
    struct pl_expected expected;
    pl_planned_label(cell, label, sizeof label);
    pl_measure(&p->scenario, evidence, &measured);
    pl_expectations_judge(&measured, cell->named, cell->format, p->clock, cell->threads, &expected);
    run->unexpected |= expected.verdict == PL_VERDICT_FAILED;
    pl_cell_note(p, cell, evidence, label, pl_run_warn_of, run);
    pl_trace_note_cell(p, evidence, label, pl_run_warn_of, run);
    int rc = pl_results_add_cell(&run->results, identity, &measured, &expected, error);
    if (!rc)
        rc = pl_cli_ledger_write(&run->results, error);
    return rc ? rc : pl_results_keep(&run->results, error);
}

static void show(struct pl_run *run, const struct pl_planned *p, const char *label)
{
    pthread_mutex_lock(&run->lock);
    pl_progress_show(&run->progress, p->scenario.name, label, p->scenario.duration_ns);
    pthread_mutex_unlock(&run->lock);
}

/* @return 0 or a negative errno */
static int keep(struct pl_run *run, const struct pl_planned *p, const struct pl_planned_cell *cell,
                struct pl_cell_identity *identity, const struct pl_alert_lines *alerts,
                const struct pl_cell_evidence *evidence, int64_t took_ns, struct pl_error *error)
{
    pthread_mutex_lock(&run->lock);
    pl_alert_lines_end(alerts);
    identity->took_seconds = (double)took_ns / 1e9;
    run->took_ns[p - run->plan->planned] += took_ns;
    int rc = keep_cell(run, p, cell, identity, evidence, error);
    pl_progress_step(&run->progress, (double)p->scenario.duration_ns / 1e9);
    pthread_mutex_unlock(&run->lock);
    return rc;
}

static struct pl_cell_identity identity_of(const struct pl_matrix_cell *place, size_t number,
                                           const struct pl_lane *lane,
                                           const struct pl_cell_options *options,
                                           const char *reproduce)
{
    uint32_t asked = options->ledger_at_count;
    return (struct pl_cell_identity){
        .stack = options->stack,
        .format = options->format,
        .clock = options->clock,
        .threads = options->threads,
        .repetition = place->repetition,
        .number = number,
        .seed = options->seed,
        .reproduce = reproduce,
        .ledger_asked = asked,
        .ledger_last_ns = asked ? options->ledger_at_ns[asked - 1] : 0,
        .heap = place->cell->heap,
        .beside = lane->beside,
    };
}

int pl_run_cell(struct pl_run *run, size_t number, const struct pl_lane *lane,
                struct pl_error *error)
{
    const struct pl_matrix_cell *place = &run->selection->matrix.cells[number];
    const struct pl_planned *p = place->planned;
    const struct pl_planned_cell *cell = place->cell;
    const int64_t started = pl_monotonic_ns();
    char reproduce[8192], label[PL_STACK_TEXT_MAX + 32], output[1024];
    struct pl_cell_evidence evidence;
    struct told told = {run, {&p->scenario, label, &run->progress, 0}};
    /* beside others nobody's place in its replay stands for the run's */
    bool shown = run->progress.shown && !lane->beside;
    struct pl_cell_options options = {
        .scenario = &p->scenario,
        .recording = p->recording,
        .stack = cell->stack,
        .format = cell->format,
        .clock = p->clock,
        .threads = cell->threads,
        .seed = p->scenario.seed,
        .lane = lane->number,
        .memory = lane->memory,
        .ceiling_bytes = lane->ceiling_bytes,
        .containers = &run->containers,
        .interrupted = run->interrupted,
        .on_sample = shown ? note_sample : NULL,
        .context = &told,
        .ledger_at_ns = run->arguments->at.at_ns,
        .ledger_at_count = run->arguments->at.count,
        .on_alert = note_alert,
        .alert_context = &told,
    };
    pl_planned_label(cell, label, sizeof label);
    pl_reproduce(run->arguments, p, cell, reproduce, sizeof reproduce);
    struct pl_cell_identity identity = identity_of(place, number, lane, &options, reproduce);
    show(run, p, label);
    int rc = 0;
    if (pl_traits_of(&p->scenario)->foreign) {
        rc =
            pl_results_output(&run->results, &p->scenario, &identity, output, sizeof output, error);
        options.output = output;
    }
    if (!rc)
        rc = pl_cell_run(&options, &evidence, error);
    if (rc == -EINTR && options.output)
        pl_results_output_remove(&run->results, options.output);
    if (rc)
        return rc;
    bool too_large = lane->ceiling_bytes && evidence.has_final && evidence.final.at_ceiling;
    rc = too_large ? -EAGAIN
                   : keep(run, p, cell, &identity, &told.alerts, &evidence,
                          pl_monotonic_ns() - started, error);
    pl_cell_evidence_free(&evidence);
    return rc;
}
