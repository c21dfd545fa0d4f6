/* Planning a run (plan.h). */
#include "harness/cli/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cli/cli.h"
#include "harness/pipelines/pipeline.h"
#include "harness/results/expect.h"

static void note_skipped(struct pl_planned *p, const char *stack, const char *why)
{
    size_t used = strlen(p->skipped);
    snprintf(p->skipped + used, sizeof p->skipped - used, "%s%s skipped: %s", used ? "; " : "",
             stack, why);
}

/* Checks one stack against the scenario and this machine. @return an exit code */
static int check_stack(struct pl_planned *p, const char *stack, bool named, bool *skip)
{
    const struct pl_scenario *s = &p->scenario;
    struct pl_stack_spec spec;
    struct pl_error error;
    *skip = false;
    if (pl_stack_parse(stack, &spec, &error) || pl_stack_virtual_time(&spec, &error) ||
        pl_stack_check(&spec, s->classes, s->class_count, s->budgets, s->budget_count, &error))
        return pl_cli_fail(PL_EXIT_USAGE, &error);
    if (pl_stack_available(&spec, &error) == 0)
        return PL_EXIT_OK;
    if (named)
        return pl_cli_fail(PL_EXIT_MACHINE, &error);
    note_skipped(p, stack, error.text);
    *skip = true;
    return PL_EXIT_OK;
}

static int plan_stacks(struct pl_planned *p, const char *named)
{
    const char *list = named ? named : p->scenario.allocators;
    struct pl_error error;
    while (list) {
        char *stack = p->stacks[p->stack_count];
        bool skip;
        if (p->stack_count == PL_PLAN_STACKS_MAX)
            return pl_cli_usage("more than %d stacks", PL_PLAN_STACKS_MAX);
        if (pl_stack_list_next(&list, stack, PL_STACK_TEXT_MAX, &error))
            return pl_cli_fail(PL_EXIT_USAGE, &error);
        int rc = check_stack(p, stack, named != NULL, &skip);
        if (rc)
            return rc;
        for (size_t i = 0; i < p->stack_count; i++)
            if (strcmp(p->stacks[i], stack) == 0)
                return pl_cli_usage("the stack %s is named twice; --repeat repeats", stack);
        p->stack_count += !skip;
    }
    return PL_EXIT_OK;
}

static int plan_formats(struct pl_planned *p, const char *named)
{
    char list[256], *rest = list;
    snprintf(list, sizeof list, "%s", named ? named : p->scenario.formats);
    for (char *name; (name = strsep(&rest, ","));) {
        int format = pl_format_parse(name);
        if (format < 0)
            return pl_cli_usage("'%s' is no format; f32, s16 would be right", name);
        for (size_t i = 0; i < p->format_count; i++)
            if (p->formats[i] == (enum pl_format)format)
                return pl_cli_usage("the format %s is named twice; --repeat repeats", name);
        p->formats[p->format_count++] = (enum pl_format)format;
    }
    return PL_EXIT_OK;
}

static int read_traffic(struct pl_planned *p)
{
    const struct pl_traffic_settings *traffic = &p->scenario.traffic;
    struct pl_capture_options options = {.filter = traffic->filter,
                                         .payload = traffic->payload[0] ? traffic->payload : NULL};
    struct pl_error error;
    if (pl_capture_read(traffic->file, &options, &p->recording, &p->counts, &error))
        return pl_cli_fail(PL_EXIT_USAGE, &error);
    for (size_t i = 0; i < p->format_count; i++)
        if (pl_pipeline_of(&p->scenario)->check(&p->scenario, p->recording, p->formats[i], &error))
            return pl_cli_fail(PL_EXIT_USAGE, &error);
    return PL_EXIT_OK;
}

static int plan_one(const struct pl_arguments *a, const char *name, struct pl_planned *p)
{
    char path[1024];
    struct pl_error error;
    if (pl_scenario_find(name, path, sizeof path, &error) ||
        pl_scenario_load(path, a->tier, a->settings, a->setting_count, &p->scenario, &error) ||
        pl_expectations_check(&p->scenario, &error))
        return pl_cli_fail(PL_EXIT_USAGE, &error);
    if (a->repeat)
        p->scenario.repeat = a->repeat;
    if (a->seed_given)
        p->scenario.seed = a->seed;
    int rc = plan_stacks(p, a->allocators);
    if (!rc)
        rc = plan_formats(p, a->formats);
    return rc ? rc : read_traffic(p);
}

int pl_plan_make(const struct pl_arguments *a, struct pl_plan *plan)
{
    *plan = (struct pl_plan){.planned = calloc(a->scenario_count, sizeof *plan->planned)};
    if (!plan->planned)
        return pl_cli_usage("out of memory");
    for (size_t i = 0; i < a->scenario_count; i++) {
        struct pl_planned *p = &plan->planned[i];
        plan->count++;
        int rc = plan_one(a, a->scenarios[i], p);
        if (rc)
            return rc;
        for (size_t k = 0; k < i; k++)
            if (strcmp(plan->planned[k].scenario.name, p->scenario.name) == 0)
                return pl_cli_usage("the scenario %s is named twice; --repeat repeats",
                                    p->scenario.name);
        plan->cells += p->stack_count * p->format_count * p->scenario.repeat;
    }
    return PL_EXIT_OK;
}

void pl_plan_free(struct pl_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        free(plan->planned[i].recording);
    free(plan->planned);
}
