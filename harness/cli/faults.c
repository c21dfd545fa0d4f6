/* `plimsoll faults -- PROGRAM`: refuses one allocation after another, each in a run of its own, and
 * says what became of the program. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "allocators/base/printable.h"
#include "harness/base/monotonic.h"
#include "harness/base/proc.h"
#include "harness/cli/arguments.h"
#include "harness/cli/cli.h"
#include "harness/cli/faulted.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/progress.h"
#include "harness/cli/reproduce.h"
#include "harness/interpose/control.h"
#include "harness/scenario/traits.h"

#define RUNS_DEFAULT 20
#define RUNS_MAX 1000000
#define DURATION_DEFAULT "duration=5s" /* a walk is many runs */

/* No program makes so many calls: it is counted like the others, and nothing is refused. */
#define NEVER ((uint64_t)INT64_MAX)

#define INNER_MAX (PL_STACK_TEXT_MAX - 32) /* behind "fault:nth=", up to 19 digits and "/" */

struct walk {
    struct pl_faulted found;
    struct pl_containers containers;
    struct pl_progress progress;
    const volatile sig_atomic_t *interrupted;
};

void pl_faulted_stack(const struct pl_faulted *f, uint64_t nth, char *text, size_t capacity)
{
    snprintf(text, capacity, "fault:nth=%" PRIu64 "/%.*s", nth, INNER_MAX, f->inner);
}

void pl_faulted_reproduce(const struct pl_faulted *f, uint64_t nth, char *text, size_t capacity)
{
    char stack[PL_STACK_TEXT_MAX];
    pl_faulted_stack(f, nth, stack, sizeof stack);
    struct pl_planned_cell cell = f->planned->cells[0];
    cell.stack = stack;
    cell.named = stack;
    pl_reproduce(f->arguments, f->planned, &cell, text, capacity);
}

void pl_faulted_count(const struct pl_faulted *f, size_t *counts)
{
    memset(counts, 0, PL_FATE_COUNT * sizeof *counts);
    for (size_t i = 0; i < f->run_count; i++)
        counts[f->runs[i].fate.kind]++;
}

static void note_sample(void *context, int64_t t_ns)
{
    pl_progress_reach(context, t_ns, pl_monotonic_ns());
}

/* @param takes_unready as of pl_cell_options @return 0 or a negative errno */
static int run_cell(struct walk *w, uint64_t nth, bool takes_unready, struct pl_cell_evidence *e,
                    struct pl_error *error)
{
    const struct pl_planned *p = w->found.planned;
    char stack[PL_STACK_TEXT_MAX];
    pl_faulted_stack(&w->found, nth, stack, sizeof stack);
    const struct pl_cell_options options = {
        .scenario = &p->scenario,
        .recording = p->recording,
        .stack = stack,
        .format = p->formats[0],
        .clock = p->clock,
        .threads = p->threads[0],
        .seed = p->scenario.seed,
        .containers = &w->containers,
        .interrupted = w->interrupted,
        .on_sample = w->progress.shown ? note_sample : NULL,
        .context = &w->progress,
        .takes_unready = takes_unready,
        .watched = true,
    };
    pl_progress_show(&w->progress, p->scenario.name, nth == NEVER ? w->found.inner : stack,
                     p->scenario.duration_ns);
    int rc = pl_cell_run(&options, e, error);
    if (!rc && !e->program.kind && !e->timed_out) {
        pl_cell_evidence_free(e);
        rc =
            pl_error_set(error, -EPROTO, "a run of %s left no record of its end", p->scenario.name);
    }
    pl_progress_step(&w->progress, (double)p->scenario.duration_ns / 1e9);
    return rc;
}

/* What faults do to a program that does not work without them can't be told. */
static int check_reference(const struct pl_scenario *s, const struct pl_cell_evidence *e,
                           struct pl_error *error)
{
    const struct pl_program_record *r = &e->program;
    const char *name = s->program.command.text, *last = r->last_line;
    bool ended = r->ended_ns >= 0;
    if (e->timed_out || (!ended && (r->ready_ns < 0 || (e->has_final && e->final.at_ceiling))))
        return pl_error_set(error, -EINVAL, "'%s' does not come to its end without any fault",
                            name);
    if (ended && WIFSIGNALED(r->wait_status))
        return pl_error_set(error, -EINVAL, "'%s' is ended by signal %d (%s) without any fault%s%s",
                            name, WTERMSIG(r->wait_status), strsignal(WTERMSIG(r->wait_status)),
                            last[0] ? "; it printed last: " : "", last);
    if (ended && r->ready_ns < 0 && WEXITSTATUS(r->wait_status) != 0)
        return pl_error_set(error, -EINVAL, "'%s' ended with status %d before it was ready%s%s",
                            name, WEXITSTATUS(r->wait_status), last[0] ? "; it printed last: " : "",
                            last);
    if (!r->allocating_calls)
        return pl_error_set(error, -EINVAL,
                            "'%s' allocates nothing by the C library's malloc, so there is nothing "
                            "to refuse; if it should, it is linked statically, is a Go program, or "
                            "has a heap of its own",
                            name);
    return 0;
}

/* One that has no sign of being ready may be over before that is waited for: then it was never a
 * server, and its end is what is compared. */
static int run_reference(struct walk *w, struct pl_error *error)
{
    const struct pl_scenario *s = &w->found.planned->scenario;
    struct pl_cell_evidence e;
    int rc = run_cell(w, NEVER, s->program.ready == PL_READY_TIME, &e, error);
    if (rc)
        return rc;
    rc = check_reference(s, &e, error);
    w->found.reference = e.program;
    if (!rc && !e.program.watched)
        fprintf(stderr, "plimsoll: no program may be traced here: a process that crashes while the "
                        "first one goes on is not seen\n");
    if (e.program.ready_ns < 0) /* all that it did was before */
        w->found.reference.allocating_before = e.program.allocating_calls;
    pl_cell_evidence_free(&e);
    return rc;
}

static int run_one(struct walk *w, uint64_t nth, struct pl_error *error)
{
    struct pl_faulted *f = &w->found;
    struct pl_faulted_run run = {.nth = nth};
    struct pl_cell_evidence e;
    int rc = run_cell(w, nth, true, &e, error);
    if (rc)
        return rc;
    run.fate = pl_fate_judge(&f->reference, (int)f->planned->scenario.program.stop_signal, &e);
    run.fault = e.program.fault;
    pl_cell_evidence_free(&e);
    pl_call_site_find(run.fault.object, run.fault.offset, &run.site);
    f->runs[f->run_count++] = run;
    return 0;
}

/* Even steps from the first call to the last one. */
static uint64_t call_of(const struct pl_faulted *f, size_t i)
{
    uint64_t calls = f->reference.allocating_calls;
    if (f->runs_asked == 1)
        return 1;
    return 1 + (uint64_t)((double)i * (double)(calls - 1) / (double)(f->runs_asked - 1) + 0.5);
}

static int walk(struct walk *w, struct pl_error *error)
{
    struct pl_faulted *f = &w->found;
    uint64_t calls = f->reference.allocating_calls;
    f->runs_asked = f->runs_asked < calls ? f->runs_asked : (size_t)calls;
    f->runs = calloc(f->runs_asked, sizeof *f->runs);
    if (!f->runs)
        return pl_error_set(error, -ENOMEM, "out of memory");
    double seconds = (double)f->planned->scenario.duration_ns / 1e9;
    pl_progress_start(&w->progress, f->runs_asked, (double)f->runs_asked * seconds, true);
    int rc = 0;
    for (size_t i = 0; !rc && i < f->runs_asked; i++)
        rc = run_one(w, call_of(f, i), error);
    pl_progress_clear(&w->progress);
    return rc;
}

static int tell(const struct pl_faulted *f, bool as_json)
{
    size_t counts[PL_FATE_COUNT];
    if (as_json) {
        json_t *document = pl_faulted_json(f);
        if (!document)
            return pl_cli_usage("out of memory");
        json_dumpf(document, stdout, JSON_INDENT(1));
        putchar('\n');
        json_decref(document);
    } else {
        pl_faulted_print(f);
    }
    pl_faulted_count(f, counts);
    return counts[PL_FATE_CRASHED] || counts[PL_FATE_HUNG] ? PL_EXIT_UNEXPECTED : PL_EXIT_OK;
}

static int fail(int rc, const struct pl_error *error)
{
    if (rc == -EINTR)
        return PL_EXIT_INTERRUPTED;
    bool is_input = rc == -EINVAL || rc == -ENOENT || rc == -EACCES;
    return pl_cli_fail(is_input ? PL_EXIT_USAGE : PL_EXIT_MACHINE, error);
}

static int walk_all(const struct pl_arguments *a, const struct pl_planned *p, uint32_t count)
{
    struct walk w = {
        .found = {.arguments = a, .planned = p, .inner = p->stacks[0], .runs_asked = count}};
    struct pl_error error = {""};
    w.interrupted = pl_interrupt_catch();
    pl_containers_open(&w.containers);
    pl_progress_start(&w.progress, 1, (double)p->scenario.duration_ns / 1e9, true);
    int rc = run_reference(&w, &error);
    pl_progress_clear(&w.progress);
    if (!rc)
        rc = walk(&w, &error);
    pl_containers_close(&w.containers);
    int code = w.found.runs ? tell(&w.found, a->json) : PL_EXIT_OK;
    free(w.found.runs);
    return rc ? fail(rc, &error) : code;
}

static int check_arguments(const struct pl_arguments *a)
{
    if (!a->command && a->scenario_count != 1)
        return pl_cli_usage("no program; expected `-- PROGRAM [ARGUMENT...]`, or one scenario of "
                            "the pipeline program");
    if (a->allocators && strchr(a->allocators, ','))
        return pl_cli_usage("--allocator %s is a list; expected one allocator", a->allocators);
    if (a->out)
        return pl_cli_usage("--out: faults writes no folder; expected no --out");
    if (a->instrument_count || a->repeat || a->ledger)
        return pl_cli_usage(
            "--instrument, --repeat and --ledger are options of run; expected faults without them");
    return PL_EXIT_OK;
}

/* Its stack has to fit below a fault. */
static int check_planned(const struct pl_planned *p)
{
    struct pl_faulted faulted = {.inner = p->stacks[0]};
    char text[PL_STACK_TEXT_MAX];
    struct pl_stack_spec spec;
    struct pl_error error;
    if (!pl_traits_of(&p->scenario)->foreign)
        return pl_cli_usage(
            "%s runs no program; expected a scenario of the pipeline program, or `-- PROGRAM`",
            p->scenario.name);
    if (strlen(faulted.inner) > INNER_MAX)
        return pl_cli_usage("--allocator: too long behind a fault; expected at most %d characters",
                            INNER_MAX);
    pl_faulted_stack(&faulted, NEVER, text, sizeof text);
    if (pl_stack_parse(text, &spec, &error) || pl_interpose_check(&spec, &error))
        return pl_cli_fail(PL_EXIT_USAGE, &error);
    return PL_EXIT_OK;
}

static int read_count(const char *text, uint32_t *count)
{
    *count = text && strcmp(text, "all") == 0 ? RUNS_MAX : RUNS_DEFAULT;
    if (*count == RUNS_MAX)
        return PL_EXIT_OK;
    int rc = pl_arguments_count("count", text, RUNS_MAX, count);
    if (rc || *count)
        return rc;
    return pl_cli_usage("--count 0 is out of range; expected 1 or more, or all");
}

/* There is room for one setting more than there are arguments. */
static void set_duration(struct pl_arguments *a)
{
    for (size_t i = 0; i < a->setting_count; i++)
        if (strncmp(a->settings[i], "duration=", strlen("duration=")) == 0)
            return;
    a->settings[a->setting_count++] = DURATION_DEFAULT;
}

int pl_cli_faults(int argc, char **argv)
{
    struct pl_arguments a = {0};
    struct pl_plan plan = {0};
    struct pl_error error;
    const char *text = NULL;
    uint32_t count = 0;
    int code = pl_arguments_take(&argc, argv, "--count", false, &text);
    if (code == PL_EXIT_OK)
        code = read_count(text, &count);
    if (code == PL_EXIT_OK)
        code = pl_arguments_read(argc, argv, &a);
    if (code == PL_EXIT_OK)
        code = check_arguments(&a);
    if (code == PL_EXIT_OK && pl_proc_check(&error))
        code = pl_cli_fail(PL_EXIT_MACHINE, &error);
    if (code == PL_EXIT_OK && a.command)
        set_duration(&a);
    if (code == PL_EXIT_OK && !a.allocators)
        a.allocators = "glibc";
    if (code == PL_EXIT_OK)
        code = pl_plan_make(&a, &plan);
    if (code == PL_EXIT_OK)
        code = check_planned(&plan.planned[0]);
    if (code == PL_EXIT_OK)
        code = walk_all(&a, &plan.planned[0], count);
    pl_plan_free(&plan);
    pl_arguments_free(&a);
    return code;
}
