#include "harness/cli/plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocators/base/units.h"
#include "harness/cli/cli.h"
#include "harness/cli/command.h"
#include "harness/cli/ledger_option.h"
#include "harness/cli/scenario_recording.h"
#include "harness/clock/virtual.h"
#include "harness/interpose/control.h"
#include "harness/pipelines/pipeline.h"
#include "harness/report/writers/text.h"
#include "harness/results/cell_name.h"
#include "harness/results/expect.h"
#include "harness/scenario/sweep.h"
#include "harness/scenario/traits.h"
#include "harness/traffic/identify.h"
#include "harness/traffic/tape.h"

static void note_skipped(struct pl_planned *p, const char *stack, const char *why)
{
    size_t used = strlen(p->skipped);
    snprintf(p->skipped + used, sizeof p->skipped - used, "%s%s skipped: %s", used ? "; " : "",
             stack, why);
}

static bool wants_several(const struct pl_planned *p)
{
    for (size_t i = 0; i < p->thread_count; i++)
        if (p->threads[i] > 1)
            return true;
    return false;
}

/* A stack that takes no lock serves one thread. Its cells with two are left out, unless the person
 * asked for them. */
static int check_threads(struct pl_planned *p, bool asked, const struct pl_stack_spec *spec)
{
    char what[PL_STACK_TEXT_MAX + 32];
    if (!pl_stack_one_thread(spec) || !wants_several(p))
        return PL_EXIT_OK;
    if (asked)
        return pl_cli_usage("stack '%.100s' serves one thread at a time, not several; expected "
                            "another stack, or %s",
                            spec->text,
                            p->clock == PL_CLOCK_WALL ? "--clock virtual" : "--set threads=1");
    snprintf(what, sizeof what, "%s with more than one thread", spec->text);
    note_skipped(p, what, "it serves one thread at a time");
    return PL_EXIT_OK;
}

/* Whether the stack can run here, with the heap's version that is here. @return an exit code
 * @param skip whether other stacks may run all the same */
static int check_machine(struct pl_heaps *heaps, const struct pl_stack_spec *spec,
                         struct pl_heap *heap, bool *skip, struct pl_error *error)
{
    *skip = true;
    if (pl_stack_available(spec, error))
        return PL_EXIT_MACHINE;
    int rc = pl_heaps_ask(heaps, spec, heap, error);
    if (!rc)
        return pl_stack_check_version(spec, heap->version, error) ? PL_EXIT_USAGE : PL_EXIT_OK;
    *skip = rc == -ENOEXEC;
    return rc == -ENOENT || rc == -EACCES ? PL_EXIT_USAGE : PL_EXIT_MACHINE;
}

/* Checks one stack against the scenario and this machine. @return an exit code
 * @param asked whether the person named it: then it must run */
static int check_stack(struct pl_heaps *heaps, struct pl_planned *p, bool asked, const char *stack,
                       bool *skip)
{
    const struct pl_scenario *s = &p->scenario;
    struct pl_stack_spec spec;
    struct pl_error error;
    *skip = false;
    if (pl_stack_parse(stack, &spec, &error) ||
        (p->clock == PL_CLOCK_VIRTUAL && pl_stack_virtual_time(&spec, &error)) ||
        (pl_traits_of(s)->foreign ? pl_interpose_check(&spec, &error)
                                  : pl_stack_check(&spec, s->classes, s->class_count, s->budgets,
                                                   s->budget_count, &error)))
        return pl_cli_fail(PL_EXIT_USAGE, &error);
    int code = check_machine(heaps, &spec, &p->heaps[p->stack_count], skip, &error);
    if (code != PL_EXIT_OK && (asked || !*skip))
        return pl_cli_fail(code, &error);
    if (code != PL_EXIT_OK)
        note_skipped(p, stack, error.text);
    *skip = code != PL_EXIT_OK;
    return *skip ? PL_EXIT_OK : check_threads(p, asked, &spec);
}

/* The stack that runs: with --ledger one of those that have a ledger. */
static int put_ledger(const struct pl_arguments *a, const char *named, char *stack, size_t capacity)
{
    struct pl_stack_spec spec;
    struct pl_error error;
    if (!a->ledger) {
        snprintf(stack, capacity, "%s", named);
        return PL_EXIT_OK;
    }
    if (pl_stack_parse(named, &spec, &error) ||
        pl_stack_put_outermost(&spec, "ledger", stack, capacity, &error))
        return pl_cli_fail(PL_EXIT_USAGE, &error);
    return PL_EXIT_OK;
}

/* Takes one stack into the plan, unless it has to be skipped. */
static int plan_stack(struct pl_heaps *heaps, struct pl_planned *p, const struct pl_arguments *a,
                      const char *named)
{
    bool skip;
    char stack[PL_STACK_TEXT_MAX];
    if (p->stack_count == PL_STACKS_MAX)
        return pl_cli_usage("more than %d stacks", PL_STACKS_MAX);
    int rc = put_ledger(a, named, stack, sizeof stack);
    if (!rc)
        rc = check_stack(heaps, p, a->allocators && pl_stack_list_has(a->allocators, named), stack,
                         &skip);
    if (rc)
        return rc;
    for (size_t i = 0; i < p->stack_count; i++)
        if (strcmp(p->stacks[i], stack) == 0)
            return pl_cli_usage("the stack %s is named twice; expected once (--repeat repeats)",
                                stack);
    if (skip)
        return PL_EXIT_OK;
    snprintf(p->stacks[p->stack_count], PL_STACK_TEXT_MAX, "%s", stack);
    snprintf(p->named[p->stack_count++], PL_STACK_TEXT_MAX, "%s", named);
    return PL_EXIT_OK;
}

/* Those of the scenario's sweeps; what a person names replaces them, too. */
static int plan_sweep(struct pl_heaps *heaps, struct pl_planned *p, const struct pl_arguments *a)
{
    struct pl_swept swept;
    int rc = PL_EXIT_OK;
    for (const char *at = p->scenario.sweep; !rc && pl_sweep_next(&at, &swept);)
        rc = plan_stack(heaps, p, a, swept.stack);
    return rc;
}

static int plan_stacks(struct pl_heaps *heaps, struct pl_planned *p, const struct pl_arguments *a)
{
    const char *list = p->scenario.allocators;
    char stack[PL_STACK_TEXT_MAX], expanded[PL_LIST_TEXT_MAX];
    struct pl_error error;
    if (a->allocators && pl_stack_list_expand(a->allocators, expanded, sizeof expanded, &error))
        return pl_cli_fail(PL_EXIT_USAGE, &error);
    if (a->allocators)
        list = expanded;
    while (list) {
        if (pl_stack_list_next(&list, stack, sizeof stack, &error))
            return pl_cli_fail(PL_EXIT_USAGE, &error);
        int rc = plan_stack(heaps, p, a, stack);
        if (rc)
            return rc;
    }
    return a->allocators ? PL_EXIT_OK : plan_sweep(heaps, p, a);
}

static int plan_formats(struct pl_planned *p, const char *named)
{
    char wrong[32] = "own", names[128];
    if (named && pl_traits_of(&p->scenario)->foreign)
        return pl_cli_usage("--format: %s is a program, which holds its own; leave it out",
                            p->scenario.name);
    p->format_count = pl_formats_parse(named ? named : p->scenario.formats, p->formats, wrong);
    bool own = p->format_count && p->formats[0] == PL_FORMAT_OWN;
    if (p->format_count && (!own || !named))
        return PL_EXIT_OK;
    if (pl_format_parse(wrong) >= 0)
        return pl_cli_usage("the format %s is named twice; expected once (--repeat repeats)",
                            wrong);
    pl_format_names(names, sizeof names);
    return pl_cli_unknown("format", wrong, names);
}

static void plan_threads(struct pl_planned *p)
{
    if (p->clock == PL_CLOCK_WALL && pl_traits_of(&p->scenario)->sockets)
        p->threads[p->thread_count++] = 2; /* one for the network, one that reads */
    else
        p->thread_count = pl_scenario_threads(&p->scenario, p->threads);
}

static bool serves_one_thread(const char *stack)
{
    struct pl_stack_spec spec;
    return pl_stack_parse(stack, &spec, NULL) == 0 && pl_stack_one_thread(&spec);
}

/* Whether threads of a trace call the stack at once. */
static bool has_free_threads(const struct pl_planned *p)
{
    return p->clock == PL_CLOCK_WALL && pl_traits_of(&p->scenario)->material == PL_MATERIAL_TAPE &&
           p->scenario.trace.copies * pl_tape_of(p->recording)->lanes > 1;
}

/* A stack for one thread can't serve them: it is left out, unless the person named it. */
static int check_lanes(struct pl_planned *p, const struct pl_arguments *a)
{
    for (size_t i = 0; has_free_threads(p) && i < p->stack_count; i++) {
        if (!serves_one_thread(p->stacks[i]))
            continue;
        if (a->allocators)
            return pl_cli_usage("stack '%.100s' serves one thread at a time, and those of a trace "
                                "run freely; expected another stack, or --clock virtual",
                                p->stacks[i]);
        note_skipped(p, p->stacks[i], "it serves one thread at a time");
    }
    return PL_EXIT_OK;
}

/* One thread and two of a stack run next to each other, since they will be compared. */
static void lay_out(struct pl_planned *p)
{
    bool at_once = has_free_threads(p);
    for (size_t f = 0; f < p->format_count; f++)
        for (size_t s = 0; s < p->stack_count; s++)
            for (size_t t = 0; t < p->thread_count; t++)
                if ((p->threads[t] == 1 && !at_once) || !serves_one_thread(p->stacks[s]))
                    p->cells[p->cell_count++] = (struct pl_planned_cell){
                        p->stacks[s], p->named[s], &p->heaps[s], p->formats[f], p->threads[t]};
}

static int read_traffic(struct pl_planned *p)
{
    struct pl_error error;
    if (pl_recording_of(&p->scenario, &p->recording, &p->counts, &error))
        return pl_cli_fail(PL_EXIT_USAGE, &error);
    for (size_t i = 0; i < p->format_count; i++)
        if (pl_pipeline_of(&p->scenario)->check(&p->scenario, p->recording, p->formats[i], &error))
            return pl_cli_fail(PL_EXIT_USAGE, &error);
    return PL_EXIT_OK;
}

/* A live receiver tells packets by what is on the wire. */
static int check_reach(const struct pl_planned *p)
{
    char longest[32];
    if (!pl_traits_of(&p->scenario)->sockets)
        return PL_EXIT_OK;
    int64_t reach_ns = pl_identifier_reach_ns(p->recording, p->scenario.traffic.rate);
    if (p->scenario.duration_ns <= reach_ns)
        return PL_EXIT_OK;
    pl_time_format(reach_ns / PL_NS_PER_S * PL_NS_PER_S, longest, sizeof longest);
    return pl_cli_usage("%s: under --clock wall packets are identified by their timestamps, which "
                        "wrap around after %s at this rate; expected a shorter duration",
                        p->scenario.name, longest);
}

/* What is asked of a pipeline that is ours. */
static int check_clock(const struct pl_planned *p, const struct pl_arguments *a)
{
    const struct pl_pipeline_traits *traits = pl_traits_of(&p->scenario);
    if (p->clock == PL_CLOCK_VIRTUAL)
        return PL_EXIT_OK;
    if (!traits->live)
        return pl_cli_usage(
            "%s: the pipeline %s does not run in real time; expected --clock virtual",
            p->scenario.name, traits->name);
    if (p->scenario.background_count)
        return pl_cli_usage("%s: background goes on in the replay's loop; expected --clock virtual",
                            p->scenario.name);
    if (p->scenario.traffic.load.count)
        return pl_cli_usage("%s: senders come and go by a load in virtual time; expected --clock "
                            "virtual",
                            p->scenario.name);
    if (a->instrument_count)
        return pl_cli_usage("--instrument with --clock wall: a program under an instrument is too "
                            "slow for real time; expected --clock virtual");
    return PL_EXIT_OK;
}

/* @param name of a scenario; NULL: the program of the command line */
static int load(const struct pl_arguments *a, const char *name, struct pl_scenario *s,
                struct pl_error *error)
{
    char path[1024];
    if (!name)
        return pl_command_scenario(a, s, error);
    if (pl_command_is_trace(name))
        return pl_command_trace(a, name, s, error);
    int rc = pl_scenario_find(name, path, sizeof path, error);
    return rc ? rc : pl_scenario_load(path, a->tier, a->settings, a->setting_count, s, error);
}

static int plan_one(struct pl_heaps *heaps, const struct pl_arguments *a, const char *name,
                    struct pl_planned *p)
{
    struct pl_error error;
    if (load(a, name, &p->scenario, &error) || pl_expectations_check(&p->scenario, &error)) {
        pl_arguments_name_option(a, &error);
        return pl_cli_fail(PL_EXIT_USAGE, &error);
    }
    if (a->repeat)
        p->scenario.repeat = a->repeat;
    if (a->seed_given)
        p->scenario.seed = a->seed;
    bool foreign = pl_traits_of(&p->scenario)->foreign;
    enum pl_clock asked = a->clock_given ? a->clock : (enum pl_clock)p->scenario.clock;
    p->clock = foreign ? PL_CLOCK_WALL : asked;
    int rc = foreign ? PL_EXIT_OK : check_clock(p, a);
    if (!rc)
        rc = pl_cli_ledger_check(&a->at, &p->scenario);
    if (!rc)
        plan_threads(p);
    if (!rc)
        rc = plan_stacks(heaps, p, a);
    if (!rc)
        rc = plan_formats(p, a->formats);
    if (!rc)
        rc = read_traffic(p);
    if (!rc)
        rc = check_lanes(p, a);
    if (!rc)
        lay_out(p);
    return rc || foreign || p->clock != PL_CLOCK_WALL ? rc : check_reach(p);
}

int pl_plan_make(const struct pl_arguments *a, struct pl_plan *plan)
{
    size_t count = a->command ? 1 : a->scenario_count;
    *plan = (struct pl_plan){.planned = calloc(count, sizeof *plan->planned)};
    if (!plan->planned)
        return pl_cli_usage("out of memory");
    for (size_t i = 0; i < count; i++) {
        struct pl_planned *p = &plan->planned[i];
        plan->count++;
        int rc = plan_one(&plan->heaps, a, a->command ? NULL : a->scenarios[i], p);
        if (rc)
            return rc;
        for (size_t k = 0; k < i; k++)
            if (strcmp(plan->planned[k].scenario.name, p->scenario.name) == 0)
                return pl_cli_usage(
                    "the scenario %s is named twice; expected once (--repeat repeats)",
                    p->scenario.name);
        size_t cells = p->cell_count * p->scenario.repeat;
        plan->cells += cells;
        double seconds = (double)cells * (double)p->scenario.duration_ns / 1e9;
        plan->real_seconds += p->clock == PL_CLOCK_WALL ? seconds : 0;
        plan->live |= p->clock == PL_CLOCK_WALL && !pl_traits_of(&p->scenario)->foreign;
    }
    return PL_EXIT_OK;
}

void pl_plan_print_real_time(double seconds, const char *fewer)
{
    static const double untold_seconds = 600;
    char duration[PL_TEXT_FIGURE];
    if (seconds <= untold_seconds)
        return;
    pl_text_duration(duration, seconds);
    fprintf(stderr,
            "plimsoll: cells run in real time here and take %s at least; --set duration, %s or "
            "fewer stacks make it shorter\n",
            duration, fewer);
}

void pl_planned_label(const struct pl_planned_cell *cell, char *text, size_t capacity)
{
    const struct pl_cell_name name = {.allocator = cell->stack, .threads = cell->threads};
    pl_cell_name_stack(&name, text, capacity);
}

void pl_plan_free(struct pl_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        free(plan->planned[i].recording);
    free(plan->planned);
}
