/* The table of metrics, and its names. */
#include "harness/measure/metrics.h"
#include "allocators/base/nearest.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define PL_METRIC(name, unit, better, class, how) \
    {#name, PL_UNIT_##unit, PL_BETTER_##better, PL_CLASS_##class, how, pl_metric_##name},
const struct pl_metric pl_metrics[] = {
#include "harness/measure/metrics.def"
};
#undef PL_METRIC

const size_t pl_metric_count = sizeof pl_metrics / sizeof *pl_metrics;

const struct pl_metric *pl_metric_find(const char *name)
{
    for (size_t i = 0; i < pl_metric_count; i++)
        if (strcmp(pl_metrics[i].name, name) == 0)
            return &pl_metrics[i];
    return NULL;
}

struct pl_range pl_metric_range(const struct pl_metric *m)
{
    static const struct pl_range ranges[] = {
        [PL_UNIT_BYTES] = {0, PL_RANGE_COUNT, false},
        [PL_UNIT_BYTES_PER_SECOND] = {0, PL_RANGE_RATE, false},
        [PL_UNIT_BYTES_PER_MINUTE] = {-PL_RANGE_RATE, PL_RANGE_RATE, false}, /* it shrinks */
        [PL_UNIT_COUNT] = {0, PL_RANGE_COUNT, true},
        [PL_UNIT_PER_SECOND] = {0, PL_RANGE_RATE, false},
        [PL_UNIT_SECONDS] = {0, PL_RANGE_SECONDS, false},
        [PL_UNIT_NANOSECONDS] = {0, PL_RANGE_RATE, false},
        [PL_UNIT_PERCENT] = {0, PL_RANGE_RATE, false},
        [PL_UNIT_RATIO] = {0, PL_RANGE_RATE, false},
        [PL_UNIT_DECIBELS] = {-PL_RANGE_RATE, PL_RANGE_RATE, false}, /* more error than signal */
    };
    struct pl_range range = ranges[m->unit];
    if (m->value == pl_metric_rss_bytes_per_media_second) /* RSS at the end less that before */
        range.minimum = -PL_RANGE_RATE;
    return range;
}

void pl_metric_unknown(const char *name, char *text, size_t capacity)
{
    struct pl_nearest nearest;
    char end[160];
    pl_nearest_begin(&nearest, name);
    for (size_t i = 0; i < pl_metric_count; i++)
        pl_nearest_try(&nearest, pl_metrics[i].name);
    pl_nearest_end(&nearest, "one that `plimsoll list metrics` names", end, sizeof end);
    snprintf(text, capacity, "unknown metric %.60s%s", name, end);
}

const char *pl_unit_name(enum pl_unit unit)
{
    static const char *const names[] = {"B", "B/s", "B/min", "", "/s", "s", "ns", "%", "x", "dB"};
    return names[unit];
}

const char *pl_better_name(enum pl_better better)
{
    static const char *const names[] = {"lower", "higher", "none"};
    return names[better];
}

const char *pl_class_name(enum pl_metric_class class)
{
    static const char *const names[] = {"D", "S", "N"};
    return names[class];
}

double pl_value_double(struct pl_value value)
{
    if (value.kind == PL_VALUE_INTEGER)
        return (double)value.integer;
    return value.kind == PL_VALUE_REAL ? value.real : (double)NAN;
}

void pl_measure(const struct pl_scenario *scenario, const struct pl_cell_evidence *evidence,
                struct pl_measured *m)
{
    *m = (struct pl_measured){.scenario = scenario, .evidence = evidence};
    pl_growth_judge(evidence->samples, evidence->sample_count, &m->growth);
    pl_outcome_judge(evidence, &m->growth, &m->judgement);
}
