/* `plimsoll run`: the plan's cells one after the other, their results kept as they come. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "allocators/base/printable.h"
#include "harness/base/proc.h"
#include "harness/base/temporary.h"
#include "harness/cell/process.h"
#include "harness/cli/alert_lines.h"
#include "harness/cli/arguments.h"
#include "harness/cli/capture_notes.h"
#include "harness/cli/cell_notes.h"
#include "harness/cli/cli.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/kept.h"
#include "harness/cli/ledger_option.h"
#include "harness/cli/observe.h"
#include "harness/cli/plan.h"
#include "harness/cli/progress.h"
#include "harness/cli/reproduce.h"
#include "harness/cli/trace_notes.h"
#include "harness/report/writers/text.h"
#include "harness/results/results.h"
#include "harness/scenario/traits.h"

struct run {
    const struct pl_arguments *arguments;
    const struct pl_plan *plan;
    struct pl_results results;
    struct pl_containers containers;
    struct pl_progress progress;
    const volatile sig_atomic_t *interrupted;
    bool unexpected;
};

static void warn(struct run *run, const char *text)
{
    pl_results_warn(&run->results, text);
    pl_printable_line(stderr, "plimsoll: %s", text);
}

static void warn_of(void *run, const char *text)
{
    warn(run, text);
}

/* A cell's sample arrived. @param context the progress */
static void note_sample(void *context, int64_t t_ns)
{
    pl_progress_reach(context, t_ns, pl_progress_now());
}

/* Judges a cell that has run, and writes it into the results. @return 0 or a negative errno */
static int keep_cell(struct run *run, const struct pl_planned *p,
                     const struct pl_planned_cell *cell, const struct pl_cell_identity *identity,
                     const struct pl_cell_evidence *evidence, struct pl_error *error)
{
    char label[PL_STACK_TEXT_MAX + 32];
    struct pl_measured measured;
    struct pl_expected expected;
    pl_planned_label(cell, label, sizeof label);
    pl_measure(&p->scenario, evidence, &measured);
    pl_expectations_judge(&measured, cell->named, cell->format, cell->threads, &expected);
    run->unexpected |= expected.verdict == PL_VERDICT_FAILED;
    pl_cell_note(p, evidence, label, warn_of, run);
    pl_trace_note_cell(p, evidence, label, warn_of, run);
    int rc = pl_results_add_cell(&run->results, identity, &measured, &expected, error);
    if (!rc)
        rc = pl_cli_ledger_write(&run->results, error);
    return rc ? rc : pl_results_write(&run->results, false, error);
}

/* One cell, from its start to its place in the results. @return 0 or a negative errno */
static int run_cell(struct run *run, const struct pl_planned *p, const struct pl_planned_cell *cell,
                    uint32_t repetition, struct pl_error *error)
{
    struct pl_cell_options options = {
        .scenario = &p->scenario,
        .recording = p->recording,
        .stack = cell->stack,
        .format = cell->format,
        .clock = p->clock,
        .threads = cell->threads,
        .seed = p->scenario.seed,
        .containers = &run->containers,
        .interrupted = run->interrupted,
        .on_sample = run->progress.shown ? note_sample : NULL,
        .context = &run->progress,
        .ledger_at_ns = run->arguments->at.at_ns,
        .ledger_at_count = run->arguments->at.count,
        .on_alert = pl_alert_lines_print,
    };
    char reproduce[8192], label[PL_STACK_TEXT_MAX + 32], output[1024];
    struct pl_cell_evidence evidence;
    pl_planned_label(cell, label, sizeof label);
    struct pl_alert_lines alerts = {&p->scenario, label, &run->progress, 0};
    options.alert_context = &alerts;
    pl_reproduce(run->arguments, p, cell, reproduce, sizeof reproduce);
    struct pl_cell_identity identity = {
        cell->stack,
        cell->format,
        options.clock,
        cell->threads,
        repetition,
        options.seed,
        reproduce,
        options.ledger_at_count,
        options.ledger_at_count ? options.ledger_at_ns[options.ledger_at_count - 1] : 0,
        cell->heap};
    pl_progress_show(&run->progress, p->scenario.name, label, p->scenario.duration_ns);
    int rc = 0;
    if (pl_traits_of(&p->scenario)->foreign) {
        rc =
            pl_results_output(&run->results, &p->scenario, &identity, output, sizeof output, error);
        options.output = output;
    }
    if (!rc)
        rc = pl_cell_run(&options, &evidence, error);
    if (rc)
        return rc;
    pl_alert_lines_end(&alerts);
    rc = keep_cell(run, p, cell, &identity, &evidence, error);
    pl_cell_evidence_free(&evidence);
    pl_progress_step(&run->progress, (double)p->scenario.duration_ns / 1e9);
    return rc;
}

/* A tier's budget is one of the virtual clock: in real time a cell takes as long as it does. */
static void note_budget(struct run *run, const struct pl_planned *p, int64_t started)
{
    char warning[256];
    double took = (double)(pl_progress_now() - started) / 1e9;
    if (p->clock == PL_CLOCK_WALL || !p->scenario.budget_ns ||
        took <= (double)p->scenario.budget_ns / 1e9)
        return;
    snprintf(
        warning, sizeof warning,
        "%s took %.1f s, more than the %.0f s that its %s tier allows: this machine is slow or "
        "busy%s",
        p->scenario.name, took, (double)p->scenario.budget_ns / 1e9,
        pl_tier_name((enum pl_tier)p->scenario.tier),
        p->scenario.tier == PL_TIER_SMOKE ? "" : "; --tier smoke is shorter");
    pl_results_warn(&run->results, warning);
}

static int run_scenario(struct run *run, const struct pl_planned *p, struct pl_error *error)
{
    int64_t started = pl_progress_now();
    for (uint32_t r = 0; r < p->scenario.repeat; r++)
        for (size_t i = 0; i < p->cell_count; i++) {
            int rc = run_cell(run, p, &p->cells[i], r, error);
            if (rc)
                return rc;
        }
    note_budget(run, p, started);
    return 0;
}

/* Once for each scenario whose cells somebody else's limit may hold. */
static void note_enclosing(struct run *run, const struct pl_scenario *s)
{
    char why[PL_ENCLOSING_TEXT], text[PL_ENCLOSING_TEXT + 320];
    uint64_t bytes = s->container_bytes ? s->container_bytes : pl_enclosing_room() / 2;
    if (!pl_enclosing_find(&(struct pl_enclosed_cell){bytes, s->timeout_ns}, why))
        return;
    snprintf(text, sizeof text,
             "%s: %s may hold its cells before the scenario's %s does: they are not checked",
             s->name, why, s->container_bytes ? "container" : "own end");
    warn(run, text);
}

/* Whether the same was skipped of an earlier scenario: it is said once. */
static bool was_said(const struct pl_plan *plan, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(plan->planned[i].skipped, plan->planned[index].skipped) == 0)
            return true;
    return false;
}

/* What a reader of the results has to know before the first figure. */
static void note_conditions(struct run *run)
{
    bool contained = false;
    for (size_t i = 0; i < run->plan->count; i++) {
        const struct pl_planned *p = &run->plan->planned[i];
        contained |= p->scenario.container_bytes > 0;
        pl_results_add_recording(&run->results, &p->scenario, p->recording, &p->counts);
        if (p->skipped[0] && !was_said(run->plan, i))
            warn(run, p->skipped);
        note_enclosing(run, &p->scenario);
        pl_trace_note(p, warn_of, run);
        pl_capture_summarize(p);
        pl_capture_note(p, warn_of, run);
    }
    if (contained && run->containers.why_not[0])
        warn(run, run->containers.why_not);
    if (!pl_process_can_fix_addresses())
        warn(run, "address randomisation can't be switched off here (a seccomp filter?): RSS may "
                  "differ by some pages between runs");
}

static int run_all(struct run *run, struct pl_error *error)
{
    int rc = 0;
    pl_temporary_clean();
    pl_containers_open(&run->containers);
    note_conditions(run);
    for (size_t i = 0; !rc && i < run->plan->count; i++)
        rc = run_scenario(run, &run->plan->planned[i], error);
    struct pl_observing observing = {.arguments = run->arguments,
                                     .results = &run->results,
                                     .containers = &run->containers,
                                     .progress = &run->progress,
                                     .interrupted = run->interrupted};
    for (size_t i = 0; !rc && i < run->plan->count; i++)
        rc = pl_observe_scenario(&observing, &run->plan->planned[i], error);
    run->unexpected |= observing.failed;
    pl_containers_close(&run->containers);
    pl_progress_clear(&run->progress);
    return rc;
}

/* A run that was stopped keeps the cells that were finished. */
static int finish(struct run *run, int rc, struct pl_error *error)
{
    size_t done = json_array_size(json_object_get(run->results.root, "cells"));
    struct pl_error second;
    if (rc && rc != -EINTR)
        pl_printable_line(stderr, "plimsoll: %s", error->text);
    if (done > 0 || rc == 0) {
        int written = pl_results_write(&run->results, rc == 0, &second);
        if (written)
            return pl_cli_fail(PL_EXIT_USAGE, &second);
        pl_kept_print(&run->results, run->arguments);
    }
    if (rc == -EINTR) {
        pl_kept_print_stopped(&run->results, run->arguments, run->plan->cells);
        return PL_EXIT_INTERRUPTED;
    }
    if (rc)
        return rc == -EINVAL || rc == -ENOSPC || rc == -EACCES || rc == -EROFS || rc == -EDQUOT ||
                       rc == -ENOENT
                   ? PL_EXIT_USAGE
                   : PL_EXIT_MACHINE;
    return run->unexpected ? PL_EXIT_UNEXPECTED : PL_EXIT_OK;
}

static int run_plan(const struct pl_arguments *a, const struct pl_plan *plan, const char *command)
{
    struct run run = {.arguments = a, .plan = plan};
    struct pl_temporary unsaved = {.fd = -1};
    struct pl_error error;
    if (pl_proc_check(&error))
        return pl_cli_fail(PL_EXIT_MACHINE, &error);
    int code;
    run.interrupted = pl_interrupt_catch(); /* from here on there is a folder to leave whole */
    if (pl_kept_open(&run.results, a, command, &unsaved, &error)) {
        code = pl_cli_fail(PL_EXIT_USAGE, &error);
    } else {
        pl_plan_print_real_time(plan, 1, "--repeat");
        /* an instrument slows its cells by what is not known: then all count alike */
        size_t observed = pl_observe_count(a, plan);
        pl_progress_start(&run.progress, plan->cells + observed, observed ? 0 : plan->seconds,
                          plan->live);
        code = finish(&run, run_all(&run, &error), &error);
    }
    pl_results_close(&run.results);
    pl_temporary_remove(&unsaved);
    return code;
}

int pl_cli_run(int argc, char **argv)
{
    struct pl_arguments arguments;
    struct pl_plan plan = {0};
    char command[4096];
    pl_reproduce_command(argc, argv, command, sizeof command);
    int code = pl_arguments_read(argc, argv, &arguments);
    if (code == PL_EXIT_OK && arguments.scenario_count == 0 && !arguments.command)
        code = pl_cli_usage("nothing to run; expected a scenario (`plimsoll list scenarios` names "
                            "them), or a program: plimsoll run -- ./server --port 5004");
    if (code == PL_EXIT_OK)
        code = pl_plan_make(&arguments, &plan);
    if (code == PL_EXIT_OK)
        code = run_plan(&arguments, &plan, command);
    pl_plan_free(&plan);
    pl_arguments_free(&arguments);
    return code;
}
