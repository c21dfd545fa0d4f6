#include "harness/cli/observe.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocators/base/printable.h"
#include "harness/base/shell_words.h"
#include "harness/cli/reproduce.h"
#include "harness/instruments/instrument.h"
#include "harness/results/cell_name.h"

/* Once for each stack and format where the instrument is shown one thread; cells that differ only
 * in their threads stand next to each other in the plan. */
static bool is_observed(const struct pl_instrument *instrument, const struct pl_planned *p,
                        size_t index)
{
    const struct pl_planned_cell *cells = p->cells;
    return instrument->tells_threads || index == 0 ||
           cells[index - 1].stack != cells[index].stack ||
           cells[index - 1].format != cells[index].format;
}

size_t pl_observe_count(const struct pl_arguments *a, const struct pl_plan *plan)
{
    size_t count = 0;
    for (size_t i = 0; i < plan->count; i++)
        for (size_t k = 0; k < a->instrument_count; k++)
            for (size_t c = 0; c < plan->planned[i].cell_count; c++)
                count += is_observed(a->instruments[k], &plan->planned[i], c);
    return count;
}

static bool sets_duration(const struct pl_arguments *a)
{
    for (size_t i = 0; i < a->setting_count; i++)
        if (strncmp(a->settings[i], "duration=", strlen("duration=")) == 0)
            return true;
    return false;
}

/* Loads the scenario once more with a shorter duration, since what is told from the end (a stall
 * until -10s) moves with it. A duration that the person set is kept. */
static int shorten(const struct pl_arguments *a, const struct pl_planned *p, int64_t longest_ns,
                   struct pl_scenario *s, struct pl_error *error)
{
    char duration[64];
    *s = p->scenario;
    if (sets_duration(a) || s->duration_ns <= longest_ns)
        return 0;
    const char **settings = calloc(a->setting_count + 1, sizeof *settings);
    if (!settings)
        return pl_error_set(error, -ENOMEM, "out of memory");
    if (a->setting_count)
        memcpy(settings, a->settings, a->setting_count * sizeof *settings);
    snprintf(duration, sizeof duration, "duration=%" PRId64 "ns", longest_ns);
    settings[a->setting_count] = duration;
    int rc = pl_scenario_load(p->scenario.path, a->tier, settings, a->setting_count + 1, s, error);
    s->seed = p->scenario.seed;
    free(settings);
    return rc;
}

/* Says once what is missing, or at each stack what went wrong. */
static void tell(struct pl_observing *o, const json_t *entry)
{
    char text[1024];
    const char *status = json_string_value(json_object_get(entry, "status"));
    bool skipped = strcmp(status, "skipped") == 0;
    if (strcmp(status, "ok") == 0)
        return;
    o->failed |= !skipped;
    struct pl_cell_name name = pl_cell_name_of(entry);
    char stack[PL_STACK_TEXT_MAX + 32];
    pl_cell_name_stack(&name, stack, sizeof stack);
    snprintf(text, sizeof text, "%s %s%s%s: %s",
             json_string_value(json_object_get(entry, "instrument")), status,
             skipped ? "" : " with ", skipped ? "" : stack,
             json_string_value(json_object_get(entry, "why")));
    if (pl_results_warn(o->results, text))
        pl_printable_line(stderr, "plimsoll: %s", text);
}

static int observe_cell(struct pl_observing *o, const struct pl_instrument *instrument,
                        const struct pl_scenario *s, const struct pl_planned *p,
                        const struct pl_planned_cell *planned, struct pl_error *error)
{
    struct pl_planned_cell cell = *planned;
    if (!instrument->tells_threads)
        cell.threads = 1;
    struct pl_observation_inputs inputs = {
        .cell = {.scenario = s,
                 .recording = p->recording,
                 .stack = cell.stack,
                 .format = cell.format,
                 .clock = PL_CLOCK_VIRTUAL,
                 .threads = cell.threads,
                 .seed = s->seed,
                 .containers = o->containers,
                 .interrupted = o->interrupted},
        .asked = {o->arguments->settings, o->arguments->setting_count},
        .folder = o->results->folder,
        .number = json_array_size(json_object_get(o->results->root, "instruments")),
    };
    json_t *entry;
    char reproduce[4096], label[PL_STACK_TEXT_MAX + 32], shown[sizeof label + 40];
    pl_planned_label(&cell, label, sizeof label);
    pl_reproduce(o->arguments, p, &cell, reproduce, sizeof reproduce);
    pl_shell_words_add(reproduce, sizeof reproduce, "--instrument");
    pl_shell_words_add(reproduce, sizeof reproduce, instrument->name);
    inputs.reproduce = reproduce;
    snprintf(shown, sizeof shown, "%s, %s", instrument->name, label);
    pl_progress_show(o->progress, s->name, shown, 0);
    int rc = pl_instrument_observe(instrument, &inputs, &entry, error);
    if (rc)
        return rc;
    pl_progress_clear(o->progress);
    tell(o, entry);
    pl_progress_step(o->progress, 0);
    pl_results_add_instrument(o->results, entry);
    return pl_results_write(o->results, false, error);
}

static int observe_all(struct pl_observing *o, const struct pl_planned *p,
                       const struct pl_instrument *instrument, struct pl_scenario *s,
                       struct pl_error *error)
{
    int rc = shorten(o->arguments, p, instrument->longest_ns, s, error);
    for (size_t i = 0; !rc && i < p->cell_count; i++)
        if (is_observed(instrument, p, i))
            rc = observe_cell(o, instrument, s, p, &p->cells[i], error);
    return rc;
}

int pl_observe_scenario(struct pl_observing *o, const struct pl_planned *p, struct pl_error *error)
{
    struct pl_scenario *s = malloc(sizeof *s);
    int rc = s ? 0 : pl_error_set(error, -ENOMEM, "out of memory");
    for (size_t i = 0; !rc && i < o->arguments->instrument_count; i++)
        rc = observe_all(o, p, o->arguments->instruments[i], s, error);
    free(s);
    return rc;
}
