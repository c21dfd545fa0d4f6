/* Expectations: what a scenario says of each stack, against what was measured. */
#ifndef PL_RESULTS_EXPECT_H
#define PL_RESULTS_EXPECT_H

#include "harness/measure/metrics.h"

enum pl_verdict {
    PL_VERDICT_MET,
    PL_VERDICT_FAILED,
    PL_VERDICT_NOT_CHECKED, /* the run left the conditions that were stated */
    PL_VERDICT_NONE         /* nothing is expected of this stack under these conditions */
};

struct pl_expected {
    enum pl_verdict verdict;
    char why[640]; /* for failed, with each bound that is missed, and not checked */
};

/** "met", "failed", "not checked" or "none". */
const char *pl_verdict_name(enum pl_verdict verdict);

/** Checks metric names, comparisons and values of a scenario's bounds, without running it.
 *  @return 0 or -EINVAL with the place */
int pl_expectations_check(const struct pl_scenario *scenario, struct pl_error *error);

/** A bound read from its text. */
struct pl_bound_value {
    char comparison[3]; /* "<=", ">=", "<", ">", "=" or "==" */
    double value;       /* in the metric's unit */
};

/** @return 0 or -EINVAL with what is wrong */
int pl_bound_read(const struct pl_bound *bound, const struct pl_metric *metric,
                  struct pl_bound_value *out, struct pl_error *reason);

/** What an expectation asks of a cell before it holds for it. */
struct pl_expected_of {
    const char *stack;
    enum pl_format format;
    uint32_t threads;
    const char *container; /* "cgroup", "rlimit" or "none" */
    enum pl_clock clock;
    int64_t duration_ns;
};

/** Whether its stacks are the stack, or a group that it belongs to. */
bool pl_expectation_names(const struct pl_expectation *expectation, const char *stack);

bool pl_expectation_applies(const struct pl_expectation *expectation,
                            const struct pl_expected_of *cell);

/** Judges one cell. Integrity errors fail any cell, whatever is expected. */
void pl_expectations_judge(const struct pl_measured *measured, const char *stack,
                           enum pl_format format, enum pl_clock clock, uint32_t threads,
                           struct pl_expected *expected);

#endif
