/* The rules of class N: pairs, in two stages (judge.h). Everything is done on log ratios, so that a
 * doubling and a halving weigh alike. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/base/spare_memory.h"
#include "harness/compare/judge.h"
#include "harness/stats/bootstrap.h"
#include "harness/stats/signed_rank.h"

#define ROUNDS 2000
#define LEVEL .95
#define SEED 20211 /* any: the same pairs then give the same interval */

double *pl_judge_log_ratios(const struct pl_judge_values *base, const struct pl_judge_values *new,
                            size_t from, size_t count)
{
    double *logs = pl_memory_take(count, sizeof *logs);
    for (size_t i = 0; i < count; i++) {
        double a = base->values[from + i], b = new->values[from + i];
        if (!(a > 0 && b > 0)) {
            free(logs);
            return NULL;
        }
        logs[i] = log(b / a);
    }
    return logs;
}

/* Tests `count` pairs from `from` on and fills in ratio, interval, p and threshold.
 * @return whether it could */
static bool test_pairs(struct pl_judged *j, const struct pl_judge_values *base,
                       const struct pl_judge_values *new, size_t from, size_t count, double noise)
{
    struct pl_signed_rank test;
    struct pl_bootstrap interval;
    double *logs = pl_judge_log_ratios(base, new, from, count);
    bool tested = logs && pl_memory_had(pl_signed_rank(logs, count, &test)) == 0 &&
                  pl_memory_had(pl_bootstrap_hodges_lehmann(logs, count, 0, ROUNDS, LEVEL, SEED,
                                                            &interval)) == 0;
    free(logs);
    if (!tested)
        return false;
    j->ratio = exp(test.estimate);
    j->low = exp(interval.low);
    j->high = exp(interval.high);
    j->p = test.p;
    j->threshold = fmax(PL_JUDGE_LEAST_RATIO, 2 * (isnan(noise) ? interval.sd : noise));
    return true;
}

/* Nothing was shown to have changed: is that because nothing did, or because too little is seen? */
static void settle(struct pl_judged *j, const char *why)
{
    double furthest = fmax(j->high, 1 / j->low) - 1;
    bool around_one = j->low <= 1 && j->high >= 1;
    j->change = PL_CHANGE_INCONCLUSIVE;
    if (furthest > PL_JUDGE_RESOLUTION && around_one) {
        snprintf(j->why, sizeof j->why, "too noisy: a change of %.0f %% can't be excluded",
                 100 * PL_JUDGE_RESOLUTION);
    } else if (!around_one && furthest > j->threshold) {
        snprintf(j->why, sizeof j->why, "its pairs point one way, but don't prove it");
    } else {
        j->change = PL_CHANGE_SAME;
        snprintf(j->why, sizeof j->why, "%s", why);
    }
}

bool pl_judge_flags(const struct pl_judge_values *base, const struct pl_judge_values *new)
{
    struct pl_signed_rank test;
    size_t count = base->count < new->count ? base->count : new->count;
    double *logs = pl_judge_log_ratios(base, new, 0, count);
    bool flagged = logs && pl_memory_had(pl_signed_rank(logs, count, &test)) == 0 &&
                   test.p < PL_JUDGE_SCREENING_P;
    free(logs);
    return flagged;
}

void pl_judge_pairs(struct pl_judged *j, const struct pl_judge_values *base,
                    const struct pl_judge_values *new, size_t screening, double noise)
{
    size_t pairs = base->count, first = pairs < screening ? pairs : screening;
    pl_judge_describe(j, base, new);
    j->change = PL_CHANGE_INCONCLUSIVE;
    if (first < PL_JUDGE_PAIRS_MIN) {
        snprintf(j->why, sizeof j->why, "%zu pairs; %d at least can show anything", first,
                 PL_JUDGE_PAIRS_MIN);
        return;
    }
    if (!test_pairs(j, base, new, 0, first, noise)) {
        snprintf(j->why, sizeof j->why, "its values have no ratio");
        return;
    }
    j->flagged = j->p < PL_JUDGE_SCREENING_P;
    if (!j->flagged)
        settle(j, "");
    else if (pairs - first < PL_JUDGE_PAIRS_MIN)
        snprintf(j->why, sizeof j->why,
                 "flagged by %zu pairs (p %.3f); fresh ones have to confirm it", first, j->p);
    else if (!(j->confirming = test_pairs(j, base, new, first, pairs - first, noise)))
        snprintf(j->why, sizeof j->why, "flagged, but values of the fresh pairs have no ratio");
}

void pl_judge_confirm(struct pl_judged *j, double p)
{
    double share = j->ratio >= 1 ? j->ratio - 1 : 1 / j->ratio - 1;
    j->confirming = false;
    j->p = p;
    if (p >= PL_JUDGE_CONFIRMING_P) {
        settle(j, "flagged, but fresh pairs did not confirm it");
    } else if (share > j->threshold) {
        pl_judge_turn(j, j->ratio - 1);
    } else if (share <= PL_JUDGE_RESOLUTION) {
        j->change = PL_CHANGE_SAME;
        snprintf(j->why, sizeof j->why, "a real difference, but within the threshold");
    } else {
        j->change = PL_CHANGE_INCONCLUSIVE;
        snprintf(j->why, sizeof j->why, "changed, but this host's noise asks for more");
    }
}
