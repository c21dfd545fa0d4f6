/* The rules of the classes D and S, and names (judge.h); those of class N are in judge_pairs.c. */
#include "harness/compare/judge.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/spare_memory.h"
#include "harness/stats/rank_sum.h"
#include "harness/stats/values.h"

const char *pl_change_name(enum pl_change change)
{
    static const char *const names[PL_CHANGE_COUNT] = {"same", "better", "worse", "inconclusive",
                                                       "not comparable"};
    return names[change];
}

static double median_of(const struct pl_judge_values *side)
{
    double *copy = pl_memory_take(side->count, sizeof *copy);
    memcpy(copy, side->values, side->count * sizeof *copy);
    double median = pl_values_median(copy, side->count);
    free(copy);
    return median;
}

void pl_judge_describe(struct pl_judged *j, const struct pl_judge_values *base,
                       const struct pl_judge_values *new)
{
    j->base_count = base->count;
    j->new_count = new->count;
    j->base = median_of(base);
    j->new = median_of(new);
    j->ratio = j->base != 0 ? j->new / j->base : (double)NAN;
    j->low = j->high = j->p = j->threshold = (double)NAN;
}

/* Which way a difference that counts goes. */
void pl_judge_turn(struct pl_judged *j, double difference)
{
    if (difference == 0) {
        j->change = PL_CHANGE_SAME;
    } else if (j->metric->better == PL_BETTER_NONE) {
        j->change = PL_CHANGE_INCONCLUSIVE;
        snprintf(j->why, sizeof j->why, "changed; neither way of this metric is better");
    } else {
        j->change = (difference > 0) == (j->metric->better == PL_BETTER_HIGHER) ? PL_CHANGE_BETTER
                                                                                : PL_CHANGE_WORSE;
    }
}

/* @return the first value that differs from the first of all, or NULL */
static const double *odd_one(const struct pl_judge_values *side)
{
    for (size_t i = 1; i < side->count; i++)
        if (side->values[i] != side->values[0])
            return &side->values[i];
    return NULL;
}

static void note_fault(struct pl_judged *j, const char *which, double first, double other)
{
    j->change = PL_CHANGE_NOT_COMPARABLE;
    j->nondeterministic = true;
    snprintf(j->why, sizeof j->why,
             "repetitions of %s differ (%.15g and %.15g), which class D must not: a fault of the "
             "suite",
             which, first, other);
}

void pl_judge_exact(struct pl_judged *j, const struct pl_judge_values *base,
                    const struct pl_judge_values *new)
{
    pl_judge_describe(j, base, new);
    const double *odd = odd_one(base);
    if (odd) {
        note_fault(j, "base", base->values[0], *odd);
    } else if ((odd = odd_one(new))) {
        note_fault(j, "new", new->values[0], *odd);
    } else {
        j->threshold = 0;
        pl_judge_turn(j, new->values[0] - base->values[0]);
    }
}

/* The least difference of class S that counts whatever the share, in the metric's unit. */
static double least_difference(const struct pl_metric *metric, const struct pl_band *band)
{
    static const double page_bytes = 4096;
    static const double two_samples_seconds = .2; /* of the default sample_interval */
    switch (metric->unit) {
    case PL_UNIT_BYTES:
        return PL_JUDGE_BAND_BYTES;
    case PL_UNIT_BYTES_PER_MINUTE: /* so much over the half of the run that the slope is of */
        return PL_JUDGE_BAND_BYTES / (band->seconds / 60 / 2);
    case PL_UNIT_COUNT: /* page faults */
        return PL_JUDGE_BAND_BYTES / page_bytes;
    case PL_UNIT_SECONDS:
        return two_samples_seconds;
    case PL_UNIT_RATIO: /* to the live bytes */
        return band->live_bytes > 0 ? PL_JUDGE_BAND_BYTES / band->live_bytes : 0;
    default:
        return 0;
    }
}

/* How far any value lies from the base's median. */
static double furthest(const struct pl_judge_values *side, double median)
{
    double most = 0;
    for (size_t i = 0; i < side->count; i++)
        most = fmax(most, fabs(side->values[i] - median));
    return most;
}

static void judge_spread(struct pl_judged *j, const struct pl_judge_values *base,
                         const struct pl_judge_values *new)
{
    struct pl_rank_sum test;
    j->change = PL_CHANGE_INCONCLUSIVE;
    if (pl_memory_had(pl_rank_sum(new->values, new->count, base->values, base->count, &test))) {
        snprintf(j->why, sizeof j->why, "its values can't be ranked");
        return;
    }
    j->p = test.p;
    if (fabs(j->new - j->base) <= j->threshold)
        snprintf(j->why, sizeof j->why, "medians within the band, but single runs beyond it");
    else if (test.p >= PL_JUDGE_BAND_P)
        snprintf(j->why, sizeof j->why, "beyond the band, but within the spread of its runs");
    else
        pl_judge_turn(j, j->new - j->base);
}

void pl_judge_band(struct pl_judged *j, const struct pl_judge_values *base,
                   const struct pl_judge_values *new, const struct pl_band *band)
{
    pl_judge_describe(j, base, new);
    j->threshold = fmax(least_difference(j->metric, band), PL_JUDGE_BAND_SHARE * fabs(j->base));
    if (base->count < PL_JUDGE_BAND_RUNS || new->count < PL_JUDGE_BAND_RUNS) {
        j->change = PL_CHANGE_INCONCLUSIVE;
        snprintf(j->why, sizeof j->why, "%zu and %zu runs; class S takes %d a side", base->count,
                 new->count, PL_JUDGE_BAND_RUNS);
    } else if (furthest(base, j->base) <= j->threshold && furthest(new, j->base) <= j->threshold) {
        j->change = PL_CHANGE_SAME;
    } else {
        judge_spread(j, base, new);
    }
}
