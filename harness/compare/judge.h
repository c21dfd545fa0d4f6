/* What two samples of one metric say: the rules of each class of metric.
 *
 *  D exact equality; repetitions of one side that differ are a fault of the suite itself.
 *  S a band of max(256 KiB, 1 %) around the base's median. All runs in it: the same. Medians
 * further apart, and Mann-Whitney below .01 over at least 5 runs a side (the least that 5 against 5
 * can show is .008): changed. Anything between can't be told. N pairs in two stages: all cells are
 * screened at .20 over their first pairs; what is flagged has to show again in fresh pairs, with a
 * Holm-adjusted p below .05 and a Hodges-Lehmann ratio beyond max(3 %, twice the noise). One stage
 * of 20 pairs at .05 finds a change of 5 % in a third of cases only, where pairs spread by 10 %;
 * two find it in 86 %.
 *
 * Pure functions; any thread. */
#ifndef PL_COMPARE_JUDGE_H
#define PL_COMPARE_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/measure/metrics.h"

#define PL_JUDGE_SCREENING_PAIRS 20
#define PL_JUDGE_CONFIRMING_PAIRS 40
#define PL_JUDGE_SCREENING_P .20
#define PL_JUDGE_CONFIRMING_P .05
#define PL_JUDGE_LEAST_RATIO .03   /* no smaller change of an N metric is called one */
#define PL_JUDGE_BAND_RUNS 5       /* a side, at least, for class S */
#define PL_JUDGE_BAND_P .01        /* of Mann and Whitney's test, for class S */
#define PL_JUDGE_BAND_BYTES 262144 /* 256 KiB: 64 pages */
#define PL_JUDGE_BAND_SHARE .01
#define PL_JUDGE_PAIRS_MIN 6 /* fewer can't reach .05: 2 / 2^5 is .0625 */
/* An interval that reaches further than this from no change can't be called "same": 10 % is the
 * change that the two stages find in 95 % of cases. */
#define PL_JUDGE_RESOLUTION .10

enum pl_change {
    PL_CHANGE_SAME,
    PL_CHANGE_BETTER,
    PL_CHANGE_WORSE,
    PL_CHANGE_INCONCLUSIVE,
    PL_CHANGE_NOT_COMPARABLE,
    PL_CHANGE_COUNT
};

/** "same", "better", "worse", "inconclusive", "not comparable". */
const char *pl_change_name(enum pl_change change);

/** What was found about one metric of one cell. Figures that don't apply are NaN. */
struct pl_judged {
    const struct pl_metric *metric;
    enum pl_change change;
    size_t base_count, new_count; /* values that were judged */
    double base, new;             /* medians, in the metric's unit */
    double ratio;          /* of new to base: of class N Hodges and Lehmann's, else of medians */
    double low, high;      /* class N: 95 % bootstrap interval of the ratio */
    double p;              /* class N: adjusted by Holm once confirmed; class S: Mann-Whitney */
    double threshold;      /* class N: a share; class S: in the metric's unit */
    bool flagged;          /* class N: by the screening pairs */
    bool confirming;       /* class N: p is of the confirming pairs, not adjusted yet */
    bool nondeterministic; /* class D: repetitions of one side differ */
    bool missing;          /* base has it and new lacks it, though both end alike */
    bool advisory;         /* told, but no gate may fail on it */
    char why[160];         /* one clause; empty where the figures say it all */
};

/** Values of one side. Of class N, value i of one side is the partner of value i of the other. */
struct pl_judge_values {
    const double *values;
    size_t count;
};

/** Fills in what every class shows: how many values, their medians and the ratio of these. */
void pl_judge_describe(struct pl_judged *judged, const struct pl_judge_values *base,
                       const struct pl_judge_values *new);

/** Sets the verdict by the sign of a difference that counts: the metric's better direction decides,
 *  and a change of one that has none is inconclusive. */
void pl_judge_turn(struct pl_judged *judged, double difference);

/** Of class D. `judged->metric` is set; the rest is filled in by these functions. */
void pl_judge_exact(struct pl_judged *judged, const struct pl_judge_values *base,
                    const struct pl_judge_values *new);

/** What 256 KiB mean to metrics that are no bytes. */
struct pl_band {
    double live_bytes; /* the base's peak, for ratios to it; NaN: not known */
    double seconds;    /* of replay, for slopes */
};

/** Of class S. */
void pl_judge_band(struct pl_judged *judged, const struct pl_judge_values *base,
                   const struct pl_judge_values *new, const struct pl_band *band);

/** Of class N: screens the first pairs and, where they are flagged, tests those after them. A
 * change that awaits pl_judge_confirm is inconclusive until then, with `confirming` set.
 *  @param screening how many of the pairs screen @param noise standard deviation of Hodges-Lehmann
 *  log ratios without a change; NaN: estimated from these pairs */
void pl_judge_pairs(struct pl_judged *judged, const struct pl_judge_values *base,
                    const struct pl_judge_values *new, size_t screening, double noise);

/** Ends what pl_judge_pairs left open. @param p adjusted over all that were flagged of this metric
 */
void pl_judge_confirm(struct pl_judged *judged, double p);

/** The log ratios of new to base, pair by pair. @param from the first pair @param count at least 1
 *  @return new memory; NULL where a value is not above 0, or memory is short */
double *pl_judge_log_ratios(const struct pl_judge_values *base, const struct pl_judge_values *new,
                            size_t from, size_t count);

/** Whether pairs are flagged: the test of the first stage. */
bool pl_judge_flags(const struct pl_judge_values *base, const struct pl_judge_values *new);

#endif
