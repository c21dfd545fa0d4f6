/* `plimsoll run`: the plan's cells, their results kept as they come. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocators/base/printable.h"
#include "harness/base/proc.h"
#include "harness/base/spare_memory.h"
#include "harness/base/temporary.h"
#include "harness/cli/arguments.h"
#include "harness/cli/capture_notes.h"
#include "harness/cli/cli.h"
#include "harness/cli/idle_expectations.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/kept_results.h"
#include "harness/cli/lanes.h"
#include "harness/cli/observe.h"
#include "harness/cli/planned_arguments.h"
#include "harness/cli/reproduce.h"
#include "harness/cli/resume.h"
#include "harness/cli/run_cell.h"
#include "harness/cli/trace_notes.h"
#include "harness/cli/tree_commit.h"
#include "harness/pipelines/program/exec_words.h"
#include "harness/results/document.h"

/* The budget is that of the scenario as it stands in its file. */
static bool asks_for_more(const struct pl_arguments *a)
{
    return a->setting_count || a->repeat || a->allocators || a->formats;
}

/* A tier's budget is one of the virtual clock, and of cells one after another: in real time a cell
 * takes as long as it does. */
static void note_budget(struct pl_run *run, const struct pl_planned *p)
{
    char warning[256];
    double took = (double)run->took_ns[p - run->plan->planned] / 1e9;
    if (p->clock == PL_CLOCK_WALL || !p->scenario.budget_ns ||
        took <= (double)p->scenario.budget_ns / 1e9)
        return;
    snprintf(
        warning, sizeof warning,
        "%s took %.1f s, more than the %.0f s that its %s tier allows: this machine is slow or "
        "busy%s%s",
        p->scenario.name, took, (double)p->scenario.budget_ns / 1e9,
        pl_tier_name((enum pl_tier)p->scenario.tier),
        asks_for_more(run->arguments) ? ", or the command's own options ask for more" : "",
        p->scenario.tier == PL_TIER_SMOKE ? "" : "; --tier smoke is shorter");
    pl_results_warn(&run->results, warning);
}

/* Once for each scenario whose cells somebody else's limit may hold. */
static void note_enclosing(struct pl_run *run, const struct pl_scenario *s)
{
    char why[PL_ENCLOSING_TEXT], text[PL_ENCLOSING_TEXT + 320];
    struct pl_enclosing enclosing;
    pl_enclosing_look(&enclosing);
    uint64_t bytes = s->container_bytes ? s->container_bytes : pl_enclosing_room(&enclosing) / 2;
    if (!pl_enclosing_find(&enclosing, &(struct pl_enclosed_cell){bytes, s->timeout_ns}, why))
        return;
    snprintf(text, sizeof text,
             "%s: %s may hold its cells before the scenario's %s does: they are not checked",
             s->name, why, s->container_bytes ? "container" : "own end");
    pl_run_warn(run, text);
}

/* Whether the same was skipped of an earlier scenario: it is said once. */
static bool was_said(const struct pl_plan *plan, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(plan->planned[i].skipped, plan->planned[index].skipped) == 0)
            return true;
    return false;
}

/* A fall that never comes is one that nothing was measured behind. */
static void note_load(struct pl_run *run, const struct pl_scenario *s)
{
    char text[160];
    uint32_t behind = pl_load_behind(&s->load, s->duration_ns);
    snprintf(text, sizeof text, "%s: " PL_LOAD_BEHIND, s->name, behind, behind > 1 ? "s" : "");
    if (behind)
        pl_run_warn(run, text);
}

static void note_idle_expectation(struct pl_run *run, const struct pl_planned *p)
{
    char idle[400], text[600];
    pl_idle_expectation(&p->scenario, p, idle, sizeof idle);
    snprintf(text, sizeof text, "%s: %s", p->scenario.name, idle);
    if (*idle)
        pl_run_warn(run, text);
}

#define NAME_SHOWN 60 /* bytes of a variable's name, of as many as a line has */

/* A program would have them from the shell without us. */
static void note_variables_of_heaps(struct pl_run *run)
{
    struct pl_environment found = {0};
    struct pl_error error;
    char text[512];
    size_t used = 0;
    if (pl_exec_words_of_heaps(&found, &error) || !found.count)
        return;
    for (size_t i = 0; i < found.count && used < sizeof text / 2; i++) {
        const char *variable = pl_environment_at(&found, i);
        int length = (int)strcspn(variable, "=");
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%.*s", i ? ", " : "",
                                 length < NAME_SHOWN ? length : NAME_SHOWN, variable);
    }
    snprintf(text + used, sizeof text - used,
             " of this shell %s not reach the program: say it by a stack (--allocator "
             "glibc:arena_max=2) or by program.environment",
             found.count > 1 ? "do" : "does");
    pl_run_warn(run, text);
}

/* What a reader of the results has to know before the first figure. */
static void note_conditions(struct pl_run *run)
{
    bool contained = false, foreign = false;
    for (size_t i = 0; i < run->plan->count; i++) {
        const struct pl_planned *p = &run->plan->planned[i];
        contained |= p->scenario.container_bytes > 0;
        foreign |= p->scenario.program.command.count > 0;
        if (!run->arguments->resume) /* which has checked that they are the same */
            pl_results_add_recording(&run->results, &p->scenario, p->recording, &p->counts);
        if (p->skipped[0] && !was_said(run->plan, i))
            pl_run_warn(run, p->skipped);
        note_enclosing(run, &p->scenario);
        note_load(run, &p->scenario);
        note_idle_expectation(run, p);
        pl_trace_note(p, pl_run_warn_of, run);
        pl_capture_summarize(p);
        pl_capture_note(p, pl_run_warn_of, run);
    }
    if (contained && run->containers.why_not[0])
        pl_run_warn(run, run->containers.why_not);
    if (foreign)
        note_variables_of_heaps(run);
    if (!pl_process_can_fix_addresses())
        pl_run_warn(run,
                    "address randomisation can't be switched off here (a seccomp filter?): RSS may "
                    "differ by some pages between runs");
}

static int run_all(struct pl_run *run, struct pl_error *error)
{
    pl_temporary_clean();
    pl_containers_open(&run->containers);
    note_conditions(run);
    int rc = pl_lanes_run(run, error);
    for (size_t i = 0; !rc && i < run->plan->count; i++)
        note_budget(run, &run->plan->planned[i]);
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
static int finish(struct pl_run *run, int rc, struct pl_error *error)
{
    size_t done = json_array_size(json_object_get(run->results.root, "cells"));
    struct pl_error second;
    if (rc && rc != -EINTR)
        pl_printable_line(stderr, "plimsoll: %s", error->text);
    if (done > 0 || rc == 0) {
        int written = pl_results_write(&run->results, rc == 0, &second);
        if (written && rc && rc != -EINTR) /* the disk is full, and was just said to be */
            return PL_EXIT_USAGE;
        if (written)
            return pl_cli_fail(PL_EXIT_USAGE, &second);
        pl_kept_print(&run->results, run->arguments,
                      rc && rc != -EINTR ? run->selection->count : 0);
    }
    if (rc == -EINTR) {
        pl_kept_print_stopped(&run->results, run->arguments, run->selection->count);
        return PL_EXIT_INTERRUPTED;
    }
    if (rc)
        return rc == -EINVAL || rc == -ENOSPC || rc == -EACCES || rc == -EROFS || rc == -EDQUOT ||
                       rc == -ENOENT
                   ? PL_EXIT_USAGE
                   : PL_EXIT_MACHINE;
    return run->unexpected ? PL_EXIT_UNEXPECTED : PL_EXIT_OK;
}

/* A new run, or one that is gone on with. @return 0 or a negative errno */
static int open_results(struct pl_run *run, const char *command, struct pl_temporary *unsaved,
                        struct pl_error *error)
{
    char commit[PL_TREE_COMMIT_MAX + 1];
    pl_tree_commit(commit, sizeof commit);
    if (run->arguments->resume)
        return pl_resume_open(&run->results, run->arguments, run->plan, commit, run->selection,
                              &run->unexpected, error);
    int rc = pl_kept_open(&run->results, run->arguments, command, unsaved, error);
    const struct pl_matrix_record record = pl_selection_record(run->selection, commit);
    if (!rc)
        pl_results_note_matrix(&run->results, &record);
    return rc;
}

static int run_plan(const struct pl_arguments *a, const struct pl_plan *plan,
                    struct pl_selection *selection, const char *command)
{
    struct pl_error unfit;
    if (pl_proc_check(&unfit))
        return pl_cli_fail(PL_EXIT_MACHINE, &unfit);
    struct pl_run run = {.arguments = a,
                         .plan = plan,
                         .selection = selection,
                         .jobs = a->jobs ? a->jobs : pl_process_lanes(),
                         .lock = PTHREAD_MUTEX_INITIALIZER,
                         .took_ns = pl_memory_take(plan->count + 1, sizeof *run.took_ns)};
    struct pl_temporary unsaved = {.fd = -1};
    struct pl_error error;
    int code;
    run.interrupted = pl_interrupt_catch(); /* from here on there is a folder to leave whole */
    if (open_results(&run, command, &unsaved, &error)) {
        code = pl_cli_fail(PL_EXIT_USAGE, &error);
    } else {
        const struct pl_selection_left left = pl_selection_left(selection);
        pl_plan_print_real_time(left.real_seconds, "--repeat");
        /* an instrument slows its cells by what is not known: then all count alike */
        size_t observed = pl_observe_count(a, plan);
        pl_progress_start(&run.progress, left.cells + observed, observed ? 0 : left.seconds,
                          plan->live);
        code = finish(&run, run_all(&run, &error), &error);
    }
    pl_results_close(&run.results);
    pl_temporary_remove(&unsaved);
    free(run.took_ns);
    return code;
}

/* More shards than groups of cells: the others have all. */
static int say_empty(const struct pl_selection *s)
{
    fprintf(
        stderr,
        "plimsoll: shard %u/%u has no cells: the matrix has %zu group%s of them; nothing is run "
        "or kept\n",
        s->shard, s->shards, s->matrix.group_count, s->matrix.group_count == 1 ? "" : "s");
    return PL_EXIT_OK;
}

/* What a run was begun with, to be typed again. */
static int say_command_of(const char *folder)
{
    json_t *root;
    struct pl_error error;
    if (pl_document_load(folder, &root, &error))
        return pl_cli_fail(PL_EXIT_USAGE, &error);
    int code =
        pl_cli_usage("--resume without the command that began the run; expected it before --resume "
                     "%s, without its --out: %s",
                     folder, pl_document_string(json_object_get(root, "run"), "command"));
    json_decref(root);
    return code;
}

int pl_cli_run(int argc, char **argv)
{
    struct pl_arguments arguments;
    struct pl_planned_arguments planned;
    struct pl_selection selection = {0};
    struct pl_plan plan = {0};
    char command[4096];
    pl_reproduce_command(argc, argv, command, sizeof command);
    int code = pl_planned_arguments_read(argc, argv, &arguments, &planned);
    if (code == PL_EXIT_OK && arguments.scenario_count == 0 && !arguments.command &&
        arguments.resume)
        code = say_command_of(arguments.resume);
    if (code == PL_EXIT_OK && arguments.scenario_count == 0 && !arguments.command)
        code = pl_cli_usage("nothing to run; expected a scenario (`plimsoll list scenarios` names "
                            "them), or a program: plimsoll run -- ./server --port 5004");
    if (code == PL_EXIT_OK)
        code = pl_plan_make(&arguments, &plan);
    if (code == PL_EXIT_OK)
        code = pl_selection_make(&arguments, &plan, planned.plan, &selection);
    if (code == PL_EXIT_OK)
        code = selection.count || !selection.shard
                   ? run_plan(&arguments, &plan, &selection, command)
                   : say_empty(&selection);
    pl_selection_free(&selection);
    pl_plan_free(&plan);
    pl_arguments_free(&arguments);
    pl_planned_arguments_free(&planned);
    return code;
}
