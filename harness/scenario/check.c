/* What must fit together in a scenario (check.h). */
#include "harness/scenario/check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "allocators/base/nearest.h"
#include "harness/interpose/control.h"
#include "harness/scenario/counterpart.h"
#include "harness/scenario/sweep.h"
#include "harness/scenario/traits.h"

#define SAMPLES_MAX 2000000 /* 72 B each in the controller: 144 MB */

static struct pl_mark mark_of(const struct pl_decoder *d, const char *path)
{
    return d->marks[pl_schema_find(path) - pl_schema];
}

static bool is_among_keys(const char *const *keys, const char *path)
{
    for (; keys && *keys; keys++)
        if (strcmp(*keys, path) == 0)
            return true;
    return false;
}

static int check_required(struct pl_decoder *d)
{
    const struct pl_pipeline_traits *traits = pl_traits_of(d->scenario);
    for (size_t i = 0; i < pl_schema_count; i++) {
        enum pl_pipeline_kind kind = (enum pl_pipeline_kind)d->scenario->pipeline, owner = kind;
        bool foreign = pl_schema_foreign(&pl_schema[i], kind, &owner);
        unsigned required = PL_KEY_REQUIRED | (foreign ? 0 : PL_KEY_REQUIRED_HERE);
        bool needed = is_among_keys(traits->needed, pl_schema[i].path);
        if ((needed || pl_schema[i].flags & required) && !d->seen[i])
            return pl_decode_fail(d, (struct pl_mark){1, 1}, "the key '%s' is missing",
                                  pl_schema[i].path);
        if (d->seen[i] && is_among_keys(traits->refused, pl_schema[i].path))
            return pl_decode_fail(d, d->marks[i], "'%s' is not a key of the pipeline %s",
                                  pl_schema[i].path, traits->name);
        if (foreign && d->seen[i])
            return pl_decode_fail(d, d->marks[i], "'%s' is a key of the pipeline %s, not of %s",
                                  pl_schema[i].path, pl_pipeline_kind_name(owner),
                                  pl_pipeline_kind_name(kind));
    }
    return 0;
}

static int check_name(struct pl_decoder *d)
{
    const char *name = d->scenario->name;
    if (*name && !name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-")])
        return 0;
    return pl_decode_fail(d, mark_of(d, "name"), "'%s' is not a name; expected a-z, 0-9 and -",
                          name);
}

/* A class that the pipeline acquires nothing of would be in no figure. */
static int check_class_names(struct pl_decoder *d)
{
    const struct pl_scenario *s = d->scenario;
    const struct pl_pipeline_traits *traits = pl_traits_of(s);
    char names[256] = "", kind[80];
    size_t used = 0;
    for (const char *const *name = traits->classes; name && *name && used < sizeof names; name++)
        used +=
            (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "", *name);
    snprintf(kind, sizeof kind, "class of the pipeline %s:", traits->name);
    for (uint32_t i = 0; traits->classes && i < s->class_count; i++)
        if (!is_among_keys(traits->classes, s->classes[i].name) &&
            !pl_background_has_class(s, s->classes[i].name) &&
            !pl_session_has_class(s, s->classes[i].name))
            return pl_decode_unknown(d, mark_of(d, "classes"), kind, s->classes[i].name, names);
    return 0;
}

static int check_classes(struct pl_decoder *d)
{
    const struct pl_scenario *s = d->scenario;
    for (uint32_t i = 0; i < s->class_count; i++)
        if (s->classes[i].size == 0 && !(pl_traits_of(s)->any_size && i + 1 == s->class_count))
            return pl_decode_fail(d, mark_of(d, "classes"), "class %s has no size",
                                  s->classes[i].name);
    if (s->class_count == 0 && !pl_traits_of(s)->foreign)
        return pl_decode_fail(d, mark_of(d, "classes"), "classes holds none");
    return 0;
}

/* As large as any of the cells has them: a limit must have room for one in each. */
static int fit_classes(struct pl_decoder *d)
{
    struct pl_scenario *s = d->scenario;
    enum pl_format formats[PL_FORMAT_COUNT];
    uint64_t largest[PL_CLASSES_MAX] = {0};
    char wrong[32];
    size_t count = pl_formats_parse(s->formats, formats, wrong);
    if (count == 0)
        return pl_decode_fail(d, mark_of(d, "formats"), "formats: %s is named twice; expected once",
                              wrong);
    for (size_t f = 0; f < count; f++) {
        pl_scenario_fit(s, formats[f]);
        for (uint32_t i = 0; i < s->class_count; i++)
            largest[i] = s->classes[i].size > largest[i] ? s->classes[i].size : largest[i];
    }
    for (uint32_t i = 0; i < s->class_count; i++)
        s->classes[i].size = largest[i];
    for (uint32_t i = 0; i < s->class_count; i++)
        if (s->class_fits & 1u << i && (largest[i] == 0 || largest[i] > PL_CLASS_BYTES_MAX))
            return pl_decode_fail(d, mark_of(d, "classes"),
                                  "class %s has no size that fits, of 1 B to 1 GiB, in each of the "
                                  "formats %s",
                                  s->classes[i].name, s->formats);
    return 0;
}

/* A limit on which no class draws: what the classes draw on, as "packets, frames". */
static int unknown_budget(struct pl_decoder *d, uint32_t index)
{
    const struct pl_scenario *s = d->scenario;
    char names[PL_BUDGETS_MAX * (PL_NAME_MAX + 2)] = "";
    size_t used = 0;
    for (uint32_t i = 0; i < s->budget_count; i++)
        for (uint32_t k = 0, told = 0; i != index && k < s->class_count && !told; k++)
            if ((told = s->classes[k].budget == (int32_t)i))
                used += (size_t)snprintf(names + used, sizeof names - used, "%s%s",
                                         used ? ", " : "", s->budgets[i].name);
    if (!*names)
        return pl_decode_fail(d, mark_of(d, "limits"),
                              "no class draws on the limit %s; expected classes with a budget",
                              s->budgets[index].name);
    return pl_decode_unknown(d, mark_of(d, "limits"),
                             "limit, on which no class draws:", s->budgets[index].name, names);
}

/* A class draws on a budget without a limit: one of those with a limit may be meant. */
static int unset_budget(struct pl_decoder *d, uint32_t index)
{
    const struct pl_scenario *s = d->scenario;
    struct pl_nearest nearest;
    pl_nearest_begin(&nearest, s->budgets[index].name);
    for (uint32_t i = 0; i < s->budget_count; i++)
        if (s->budgets[i].max)
            pl_nearest_try(&nearest, s->budgets[i].name);
    const char *name = pl_nearest_name(&nearest);
    return pl_decode_fail(d, mark_of(d, "classes"),
                          name ? "limits sets no maximum for the budget %s; did you mean %s?"
                               : "limits sets no maximum for the budget %s",
                          s->budgets[index].name, name);
}

static int check_budgets(struct pl_decoder *d)
{
    const struct pl_scenario *s = d->scenario;
    for (uint32_t i = 0; i < s->budget_count; i++) {
        bool drawn = false;
        for (uint32_t k = 0; k < s->class_count; k++)
            drawn |= s->classes[k].budget == (int32_t)i;
        if (drawn && s->budgets[i].max == 0)
            return unset_budget(d, i);
        if (!drawn)
            return unknown_budget(d, i);
    }
    return 0;
}

static int check_times(struct pl_decoder *d)
{
    const struct pl_scenario *s = d->scenario;
    if (s->sample_interval_ns * 8 > s->duration_ns)
        return pl_decode_fail(
            d, mark_of(d, "sample_interval"),
            "sample_interval is too wide; expected at least 8 samples within the duration");
    if (s->duration_ns / s->sample_interval_ns > SAMPLES_MAX)
        return pl_decode_fail(d, mark_of(d, "sample_interval"),
                              "sample_interval is too narrow: at most %d samples a run",
                              SAMPLES_MAX);
    return 0;
}

static int check_clock(struct pl_decoder *d)
{
    const struct pl_pipeline_traits *traits = pl_traits_of(d->scenario);
    if (d->scenario->clock == PL_CLOCK_VIRTUAL || traits->live)
        return 0;
    return pl_decode_fail(d, mark_of(d, "clock"),
                          "clock: the pipeline %s does not run in real time; expected virtual",
                          traits->name);
}

int pl_spans_resolve(struct pl_decoder *d, const char *key, struct pl_span *spans, uint32_t count)
{
    int64_t duration = d->scenario->duration_ns;
    for (uint32_t i = 0; i < count; i++) {
        struct pl_span *span = &spans[i];
        if (span->from_ns < 0)
            span->from_ns += duration;
        if (span->until_ns < 0)
            span->until_ns += duration;
        if (span->from_ns < 0 || span->until_ns <= span->from_ns)
            return pl_decode_fail(d, mark_of(d, key),
                                  "%s: one ends before it begins, or beyond the duration; expected "
                                  "from < until <= duration",
                                  key);
        if (i > 0 && span->from_ns < spans[i - 1].until_ns)
            return pl_decode_fail(d, mark_of(d, key),
                                  "%s overlap or are out of order; expected the earliest first",
                                  key);
    }
    return 0;
}

static int resolve_times(struct pl_decoder *d)
{
    struct pl_scenario *s = d->scenario;
    int rc = pl_spans_resolve(d, "receiver.stalls", s->receiver.stalls, s->receiver.stall_count);
    if (!rc)
        rc = pl_spans_resolve(d, "traffic.outages", s->traffic.outages, s->traffic.outage_count);
    if (!rc)
        rc = pl_spans_resolve(d, "broadcast.stalls", s->broadcast.stalls, s->broadcast.stall_count);
    if (!rc)
        rc = pl_spans_resolve(d, "relay.stalls", s->relay.stalls, s->relay.stall_count);
    return rc;
}

/* Whether a stack is among the first `count` of a list. */
static bool is_listed(const char *list, const char *stack, size_t count)
{
    char item[PL_STACK_TEXT_MAX];
    for (; list && count && !pl_stack_list_next(&list, item, sizeof item, NULL); count--)
        if (strcmp(item, stack) == 0)
            return true;
    return false;
}

static size_t count_listed(const struct pl_scenario *s)
{
    char item[PL_STACK_TEXT_MAX];
    const char *list = s->allocators;
    size_t count = 0;
    while (list && pl_stack_list_next(&list, item, sizeof item, NULL) == 0)
        count++;
    return count;
}

/* Whether a stack is among the first `count` of the scenario: those of allocators come first. */
static bool is_among(const struct pl_scenario *s, const char *stack, size_t count)
{
    struct pl_swept swept;
    const size_t listed = count_listed(s);
    const char *at = s->sweep;
    if (is_listed(s->allocators, stack, count))
        return true;
    for (; count > listed && pl_sweep_next(&at, &swept); count--)
        if (strcmp(swept.stack, stack) == 0)
            return true;
    return false;
}

/* Against the classes and budgets, or, in a foreign program, which has none, against what can stand
 * there. */
static int check_stack(const struct pl_scenario *s, const struct pl_stack_spec *spec,
                       struct pl_error *reason)
{
    return pl_traits_of(s)->foreign ? pl_interpose_check(spec, reason)
                                    : pl_stack_check(spec, s->classes, s->class_count, s->budgets,
                                                     s->budget_count, reason);
}

static int check_swept(struct pl_decoder *d, const struct pl_swept *swept, size_t before)
{
    const struct pl_scenario *s = d->scenario;
    struct pl_stack_spec spec;
    struct pl_error reason;
    if (before >= PL_STACKS_MAX)
        return pl_decode_fail(
            d, swept->mark, "sweep: more than %d stacks, with those of allocators", PL_STACKS_MAX);
    if (is_among(s, swept->stack, before))
        return pl_decode_fail(d, swept->mark, "sweep: the stack %.200s occurs twice; expected once",
                              swept->stack);
    if (pl_stack_parse(swept->stack, &spec, &reason) || check_stack(s, &spec, &reason))
        return pl_decode_fail(d, swept->mark, "sweep: %s", reason.text);
    return 0;
}

static int check_sweep(struct pl_decoder *d)
{
    struct pl_swept swept;
    size_t before = count_listed(d->scenario);
    int rc = 0;
    for (const char *at = d->scenario->sweep; !rc && pl_sweep_next(&at, &swept); before++) {
        d->setting = swept.mark.line ? NULL : "sweep"; /* where it was written */
        rc = check_swept(d, &swept, before);
        d->setting = NULL;
    }
    return rc;
}

static int check_stacks(struct pl_decoder *d)
{
    const struct pl_scenario *s = d->scenario;
    char item[PL_STACK_TEXT_MAX];
    struct pl_error reason;
    struct pl_stack_spec spec;
    const char *list = s->allocators;
    for (size_t before = 0; list; before++) {
        if (pl_stack_list_next(&list, item, sizeof item, &reason) ||
            pl_stack_parse(item, &spec, &reason) || check_stack(s, &spec, &reason))
            return pl_decode_fail(d, mark_of(d, "allocators"), "%s", reason.text);
        if (is_listed(s->allocators, item, before))
            return pl_decode_fail(d, mark_of(d, "allocators"),
                                  "allocators: %.200s is named twice; expected once (repeat "
                                  "repeats)",
                                  item);
    }
    return 0;
}

int pl_scenario_check(struct pl_decoder *d)
{
    int rc = check_required(d);
    if (!rc)
        rc = check_name(d);
    if (!rc && d->seen[pl_schema_find("counterpart") - pl_schema])
        rc = pl_counterpart_check(d, mark_of(d, "counterpart"));
    if (!rc)
        rc = pl_load_check(d);
    if (!rc && pl_traits_of(d->scenario)->check)
        rc = pl_traits_of(d->scenario)->check(d);
    if (!rc)
        rc = pl_threads_check(d);
    if (!rc)
        rc = pl_background_check(d);
    if (!rc)
        rc = pl_session_check(d);
    if (!rc)
        rc = check_class_names(d);
    if (!rc)
        rc = fit_classes(d);
    if (!rc)
        rc = check_classes(d);
    if (!rc)
        rc = check_budgets(d);
    if (!rc)
        rc = check_times(d);
    if (!rc)
        rc = check_clock(d);
    if (!rc)
        rc = resolve_times(d);
    if (!rc)
        rc = pl_alerts_check(d);
    if (!rc)
        rc = check_stacks(d);
    if (!rc)
        rc = check_sweep(d);
    return rc;
}
