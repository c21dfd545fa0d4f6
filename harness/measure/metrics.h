/* The one table of metrics, and what a metric is computed from. */
#ifndef PL_MEASURE_METRICS_H
#define PL_MEASURE_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/cell/run.h"
#include "harness/measure/growth.h"
#include "harness/measure/outcome.h"

enum pl_unit {
    PL_UNIT_BYTES,
    PL_UNIT_BYTES_PER_SECOND,
    PL_UNIT_BYTES_PER_MINUTE,
    PL_UNIT_COUNT,
    PL_UNIT_PER_SECOND,
    PL_UNIT_SECONDS,
    PL_UNIT_NANOSECONDS,
    PL_UNIT_PERCENT,
    PL_UNIT_RATIO,
    PL_UNIT_DECIBELS
};

/** What a number may be. Bounds leave room for any machine, and for int64_t behind any unit. */
struct pl_range {
    double minimum, maximum;
    bool whole;
};

/** Counts and bytes are exact in a double up to here. */
#define PL_RANGE_COUNT 9007199254740992.0
/** Rates, ratios and nanoseconds. */
#define PL_RANGE_RATE 1e18
/** Seconds that are nanoseconds in an int64_t, too. */
#define PL_RANGE_SECONDS 9e9

/** Which way is better: judged by comparisons and shown by reports. */
enum pl_better { PL_BETTER_LOWER, PL_BETTER_HIGHER, PL_BETTER_NONE };

/** How a metric repeats: D exactly, S nearly, N noisily. */
enum pl_metric_class { PL_CLASS_D, PL_CLASS_S, PL_CLASS_N };

/** A metric's value: an exact integer, a real number, or none where it does not apply. */
struct pl_value {
    enum { PL_VALUE_NONE, PL_VALUE_INTEGER, PL_VALUE_REAL } kind;
    uint64_t integer;
    double real;
};

/** All that is known of a cell that ran. */
struct pl_measured {
    const struct pl_scenario *scenario;
    const struct pl_cell_evidence *evidence;
    struct pl_growth growth;
    struct pl_judgement judgement;
};

struct pl_metric {
    const char *name;
    enum pl_unit unit;
    enum pl_better better;
    enum pl_metric_class class;
    const char *how;
    struct pl_value (*value)(const struct pl_measured *);
};

extern const struct pl_metric pl_metrics[];
extern const size_t pl_metric_count;

/** @return the metric, or NULL */
const struct pl_metric *pl_metric_find(const char *name);

/** `unknown metric NAME; did you mean ...?` */
void pl_metric_unknown(const char *name, char *text, size_t capacity);

/** What one value of a metric may be; a median of counts need not be whole. */
struct pl_range pl_metric_range(const struct pl_metric *metric);

const char *pl_unit_name(enum pl_unit unit);
const char *pl_better_name(enum pl_better better);
const char *pl_class_name(enum pl_metric_class class);

/** The value as a double; NaN where there is none. */
double pl_value_double(struct pl_value value);

/** Judges a cell. The result points to what it was given. */
void pl_measure(const struct pl_scenario *scenario, const struct pl_cell_evidence *evidence,
                struct pl_measured *measured);

#define PL_METRIC(name, unit, better, class, how) \
    struct pl_value pl_metric_##name(const struct pl_measured *);
#include "harness/measure/metrics.def"
#undef PL_METRIC

#endif
