/* From a command line to pairs (paired_run.h). */
#include "harness/cli/paired_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocators/base/printable.h"
#include "harness/cli/cli.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/plan.h"
#include "harness/cli/progress.h"
#include "harness/compare/pairs.h"

int pl_paired_run_self(char *path, size_t capacity)
{
    ssize_t n = readlink("/proc/self/exe", path, capacity - 1);
    if (n < 0 || (size_t)n + 1 >= capacity) {
        pl_cli_usage("can't tell where this program lies: is /proc mounted?");
        return PL_EXIT_MACHINE;
    }
    path[n] = '\0';
    return PL_EXIT_OK;
}

/* What every run of a cell is told beside the cell itself. @return NULL when out of memory */
static const char **passed_on(const struct pl_arguments *a, char *seed, size_t capacity)
{
    const char **list = calloc(2 * a->setting_count + 5, sizeof *list);
    size_t count = 0;
    if (!list)
        return NULL;
    list[count++] = "--tier";
    list[count++] = pl_tier_name(a->tier);
    for (size_t i = 0; i < a->setting_count; i++) {
        list[count++] = "--set";
        list[count++] = a->settings[i];
    }
    if (a->seed_given) {
        snprintf(seed, capacity, "%llu", (unsigned long long)a->seed);
        list[count++] = "--seed";
        list[count++] = seed;
    }
    return list;
}

static struct pl_pair_cell *list_cells(const struct pl_plan *plan, size_t *count)
{
    size_t most = 1;
    *count = 0;
    for (size_t i = 0; i < plan->count; i++)
        most += plan->planned[i].cell_count;
    struct pl_pair_cell *cells = calloc(most, sizeof *cells);
    for (size_t i = 0; cells && i < plan->count; i++) {
        const struct pl_planned *p = &plan->planned[i];
        for (size_t k = 0; k < p->cell_count; k++)
            cells[(*count)++] = (struct pl_pair_cell){
                .name = {p->scenario.name, p->cells[k].stack, pl_format_name(p->cells[k].format),
                         pl_clock_name(p->clock), p->cells[k].threads},
                .path = p->scenario.path,
                .set_threads = p->thread_count > 1};
    }
    return cells;
}

static void show(void *context, const struct pl_pair_cell *cell, size_t done, size_t total)
{
    struct pl_progress *progress = context;
    char stack[64];
    progress->done = done;
    progress->total = total;
    pl_cell_name_stack(&cell->name, stack, sizeof stack);
    pl_progress_show(progress, cell->name.scenario, stack, 0);
}

static void tell(void *context, const char *why)
{
    pl_progress_clear(context);
    pl_printable_line(stderr, "plimsoll: %s", why);
}

/* @param kept whether the folder is the person's */
static int exit_code(int rc, const struct pl_paired_run_options *s, bool kept,
                     const struct pl_error *error)
{
    char path[4096 + 32];
    snprintf(path, sizeof path, "%s/new/results.json", s->folder);
    if (rc == -EINTR && kept && access(path, F_OK) == 0)
        pl_printable_line(stderr,
                          "plimsoll: stopped by %s; the pairs that were finished are kept in "
                          "%s/base and %s/new",
                          pl_interrupt_name(), s->folder, s->folder);
    else if (rc == -EINTR)
        fprintf(stderr, "plimsoll: stopped by %s; nothing is kept\n", pl_interrupt_name());
    if (rc == -EINTR)
        return PL_EXIT_INTERRUPTED;
    return rc ? pl_cli_fail(PL_EXIT_USAGE, error) : PL_EXIT_OK;
}

static int run_plan(const struct pl_arguments *a, const struct pl_plan *plan,
                    const struct pl_paired_run_options *s)
{
    char seed[32];
    size_t count = 0;
    struct pl_error error = {""};
    struct pl_progress progress;
    const char **arguments = passed_on(a, seed, sizeof seed);
    struct pl_pair_cell *cells = list_cells(plan, &count);
    int code = PL_EXIT_USAGE;
    if (arguments && cells) {
        pl_plan_print_real_time(2 * (s->pairs + 1) * plan->real_seconds,
                                "--pairs"); /* one is thrown away */
        pl_progress_start(&progress, count, 0, false);
        struct pl_pairs_options options = {
            .programs = {s->programs[0], s->programs[1]},
            .directories = {s->directories[0], s->directories[1]},
            .folder = s->folder,
            .command = s->command,
            .cells = cells,
            .cell_count = count,
            .arguments = arguments,
            .screening = s->pairs,
            .confirming = s->confirming,
            .force = a->force,
            .seed = s->seed,
            .interrupted = pl_interrupt_catch(),
            .progress = show,
            .failed = tell,
            .context = &progress,
        };
        int rc = pl_pairs_run(&options, &error);
        pl_progress_clear(&progress);
        code = exit_code(rc, s, a->out != NULL, &error);
    } else {
        pl_cli_usage("out of memory");
    }
    free(arguments);
    free(cells);
    return code;
}

/* A program's own time is real. */
static int check_clock(const struct pl_planned *p)
{
    if (p->scenario.clock == PL_CLOCK_VIRTUAL)
        return PL_EXIT_OK;
    return pl_cli_usage("%s: clock: wall: real time differs from run to run, and pairs need what "
                        "does not; expected --set clock=virtual",
                        p->scenario.name);
}

int pl_paired_run(struct pl_arguments *a, const struct pl_paired_run_options *s)
{
    struct pl_plan plan = {0};
    if (a->repeat || a->json)
        return pl_cli_usage("%s does not go with pairs; --pairs sets how many",
                            a->repeat ? "--repeat" : "--json");
    if (a->clock != PL_CLOCK_VIRTUAL)
        return pl_cli_usage("--clock wall: real time differs from run to run, and pairs need what "
                            "does not; expected --clock virtual");
    a->repeat = 1; /* a pair is one of each, whatever the scenario repeats */
    if (!a->tier_given)
        a->tier = PL_TIER_SMOKE;
    int code = pl_arguments_all_scenarios(a);
    for (int i = 0; code == PL_EXIT_OK && i < 2; i++)
        if (access(s->programs[i], X_OK) != 0)
            code =
                pl_cli_usage("%s is not a program; expected a path to a plimsoll", s->programs[i]);
    if (code == PL_EXIT_OK)
        code = pl_plan_make(a, &plan);
    for (size_t i = 0; code == PL_EXIT_OK && i < plan.count; i++)
        code = check_clock(&plan.planned[i]);
    for (size_t i = 0; code == PL_EXIT_OK && i < plan.count; i++)
        if (plan.planned[i].skipped[0])
            pl_printable_line(stderr, "plimsoll: %s", plan.planned[i].skipped);
    if (code == PL_EXIT_OK)
        code = run_plan(a, &plan, s);
    pl_plan_free(&plan);
    return code;
}
