/* `plimsoll size SCENARIO`: the smallest pool and the smallest limit at which it loses nothing,
 * beside the rule of thumb. */
#include <stdio.h>
#include <string.h>

#include "allocators/base/printable.h"
#include "harness/base/proc.h"
#include "harness/cli/arguments.h"
#include "harness/cli/cli.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/sized.h"
#include "harness/scenario/traits.h"

#define RUNS_LIKELY 40 /* of one stack, for the progress line */

/* The runs that say where the threshold is; without one, how far it goes on losing, and from where
 * on it does not even end. */
static void keep(struct pl_sized_stack *z, enum pl_sized sized)
{
    const struct pl_threshold *threshold = &z->thresholds[sized];
    struct pl_sized_run *small = &z->too_small[sized], *large = &z->too_large[sized];
    for (size_t i = 0; i < z->sizing.run_count; i++) {
        const struct pl_sized_run *run = &z->sizing.runs[i];
        if (run->size == threshold->enough)
            z->enough[sized] = *run;
        else if (threshold->found && run->size == threshold->too_small)
            *small = *run;
        else if (!threshold->found && run->ended && run->size > small->size)
            *small = *run;
        else if (!threshold->found && !run->ended && (!large->size || run->size < large->size))
            *large = *run;
    }
}

/* What a terminal sees in the live line. */
static void say_begun(const struct pl_sizing *z)
{
    if (!z->progress->shown)
        pl_printable_line(stderr, "plimsoll: %s %s: looking for the smallest %s",
                          z->planned->scenario.name, z->inner,
                          z->sized == PL_SIZED_POOL ? "pool" : "limit");
}

static int find(struct pl_sized_stack *z)
{
    int rc = 0;
    for (int sized = PL_SIZED_POOL; !rc && sized <= PL_SIZED_LIMIT; sized++) {
        z->sizing.sized = (enum pl_sized)sized;
        say_begun(&z->sizing);
        rc = pl_sizing_find(&z->sizing, &z->thresholds[sized]);
        if (!rc)
            keep(z, (enum pl_sized)sized);
    }
    z->sizing.sized = PL_SIZED_POOL;
    if (!rc && z->has_rule && z->rule <= PL_SIZING_POOL_MAX)
        rc = pl_sizing_run(&z->sizing, z->rule, &z->by_rule);
    return rc;
}

static int fail(int rc, const struct pl_error *error)
{
    if (rc == -EINTR)
        return PL_EXIT_INTERRUPTED;
    return pl_cli_fail(rc == -EINVAL ? PL_EXIT_USAGE : PL_EXIT_MACHINE, error);
}

/* @return an exit code */
static int size_stack(struct pl_sized_stack *z)
{
    struct pl_sizing *s = &z->sizing;
    int rc = pl_sizing_run(s, 0, &s->plain);
    if (rc)
        return fail(rc, &s->error);
    if (!s->plain.ended) {
        pl_printable_line(stderr,
                          "plimsoll: %s does not reach its end with %s alone (%s), so no size is "
                          "enough; expected a shorter --duration or --container none",
                          s->planned->scenario.name, s->inner, pl_outcome_name(s->plain.outcome));
        return PL_EXIT_UNEXPECTED;
    }
    rc = find(z);
    if (rc)
        return fail(rc, &s->error);
    bool certain = true;
    for (int i = 0; i < 2; i++)
        certain &= pl_threshold_is_certain(&z->thresholds[i]);
    return certain ? PL_EXIT_OK : PL_EXIT_UNEXPECTED;
}

/* Its layers have to fit below a pool and a limit. */
static int check_inner(const struct pl_scenario *s, const char *inner)
{
    static const char *const around[] = {"frame_pool:frames=1/", "limited:max=1GiB/"};
    char text[PL_STACK_TEXT_MAX];
    struct pl_stack_spec spec;
    struct pl_error error;
    for (size_t i = 0; i < 2; i++) {
        snprintf(text, sizeof text, "%s%s", around[i], inner);
        if (pl_stack_parse(text, &spec, &error) ||
            pl_stack_check(&spec, s->classes, s->class_count, s->budgets, s->budget_count, &error))
            return pl_cli_fail(PL_EXIT_USAGE, &error);
    }
    return PL_EXIT_OK;
}

static int size_all(const struct pl_planned *p, bool as_json)
{
    static struct pl_sized_stack z; /* too large for a stack */
    struct pl_containers containers;
    struct pl_progress progress;
    json_t *all = json_array();
    int code = PL_EXIT_OK;
    const volatile sig_atomic_t *interrupted = pl_interrupt_catch();
    pl_containers_open(&containers);
    for (size_t i = 0; i < p->stack_count && (code == PL_EXIT_OK || code == PL_EXIT_UNEXPECTED);
         i++) {
        z = (struct pl_sized_stack){.sizing = {.planned = p,
                                               .inner = p->stacks[i],
                                               .containers = &containers,
                                               .progress = &progress,
                                               .interrupted = interrupted}};
        z.has_rule = pl_pace_of(&p->scenario, p->recording, &z.pace);
        z.rule = z.has_rule ? pl_pace_rule(&z.pace) : 0;
        pl_progress_start(&progress, RUNS_LIKELY, 0, false);
        int own = size_stack(&z);
        pl_progress_clear(&progress);
        bool complete = own == PL_EXIT_OK || (own == PL_EXIT_UNEXPECTED && z.sizing.plain.ended);
        if (complete && as_json)
            json_array_append_new(all, pl_sized_json(&z));
        else if (complete)
            pl_sized_print(&z);
        code = own == PL_EXIT_OK ? code : own;
    }
    pl_containers_close(&containers);
    if (as_json) {
        json_dumpf(all, stdout, JSON_INDENT(1));
        putchar('\n');
    }
    json_decref(all);
    return code;
}

static int check_arguments(const struct pl_arguments *a)
{
    if (a->command)
        return pl_cli_usage("size counts what a model's pools hold; expected a scenario, or for a "
                            "limit `plimsoll run --allocator limited:max=SIZE/glibc -- %s`",
                            a->command[0]);
    if (a->scenario_count != 1)
        return pl_cli_usage(
            "wrong number of scenarios; expected one (`plimsoll list scenarios` names them)");
    if (a->clock == PL_CLOCK_WALL)
        return pl_cli_usage(
            "--clock wall: size replays under the virtual clock; expected --clock virtual");
    if (a->out)
        return pl_cli_usage("--out: size writes no folder; expected no --out");
    if (a->formats && strchr(a->formats, ','))
        return pl_cli_usage("--format %s is a list; expected one format", a->formats);
    if (a->instrument_count || a->repeat)
        return pl_cli_usage(
            "--instrument and --repeat: a replay counts exactly; expected size without them");
    return PL_EXIT_OK;
}

/* Whatever the scenario says, it is replayed. */
static int make_plan(struct pl_arguments *a, struct pl_plan *plan)
{
    a->clock = PL_CLOCK_VIRTUAL;
    a->clock_given = true;
    return pl_plan_make(a, plan);
}

int pl_cli_size(int argc, char **argv)
{
    struct pl_arguments a;
    struct pl_plan plan = {0};
    struct pl_error error;
    int code = pl_arguments_read(argc, argv, &a);
    if (code == PL_EXIT_OK)
        code = check_arguments(&a);
    if (code == PL_EXIT_OK && pl_proc_check(&error))
        code = pl_cli_fail(PL_EXIT_MACHINE, &error);
    if (code == PL_EXIT_OK && !a.allocators)
        a.allocators = "glibc";
    if (code == PL_EXIT_OK)
        code = make_plan(&a, &plan);
    if (code == PL_EXIT_OK && pl_traits_of(&plan.planned[0].scenario)->foreign)
        code = pl_cli_usage("%s runs a program, whose pools and losses are its own; expected a "
                            "scenario of another pipeline, or for a limit `plimsoll run "
                            "--allocator limited:max=SIZE/glibc`",
                            plan.planned[0].scenario.name);
    if (code == PL_EXIT_OK && plan.planned[0].format_count > 1)
        plan.planned[0].format_count = 1;
    for (size_t i = 0; code == PL_EXIT_OK && i < plan.planned[0].stack_count; i++)
        code = check_inner(&plan.planned[0].scenario, plan.planned[0].stacks[i]);
    if (code == PL_EXIT_OK)
        code = size_all(&plan.planned[0], a.json);
    pl_plan_free(&plan);
    pl_arguments_free(&a);
    return code;
}
