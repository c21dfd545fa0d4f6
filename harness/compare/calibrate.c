/* Reads noise and false alarms off an A/A run (calibration.h). */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/random.h"
#include "harness/base/spare_memory.h"
#include "harness/compare/calibration.h"
#include "harness/compare/judge.h"
#include "harness/results/document.h"
#include "harness/stats/bootstrap.h"
#include "harness/stats/signed_rank.h"

#define ROUNDS 2000 /* of the bootstrap */
#define SETS 1000   /* of pairs, for the share of false alarms */
#define SEED 20212
#define ALARM_P .05

/* The share of SETS sets of PL_JUDGE_SCREENING_PAIRS pairs, drawn without putting back, that the
 * test calls different. What is drawn are whole pairs of a run without a change, so that whatever
 * sways this host is in them. Moves the values about. @return NaN when they can't be tested */
static double false_alarms(double *logs, size_t count)
{
    uint64_t state = SEED;
    size_t alarms = 0;
    struct pl_signed_rank test;
    for (int set = 0; set < SETS; set++) {
        for (size_t i = 0; i < PL_JUDGE_SCREENING_PAIRS; i++) {
            size_t from = i + pl_random_next(&state) % (count - i);
            double swap = logs[i];
            logs[i] = logs[from];
            logs[from] = swap;
        }
        if (pl_signed_rank(logs, PL_JUDGE_SCREENING_PAIRS, &test))
            return (double)NAN;
        alarms += test.p < ALARM_P;
    }
    return (double)alarms / SETS;
}

/* The log ratios of a cell's pairs. @return NULL where there are too few, or they have none */
static double *logs_of(const struct pl_match *m, const char *metric, size_t *count)
{
    double *values = pl_memory_take(2 * m->base_count + 1, sizeof *values), *logs = NULL;
    double *base = values, *new = values + m->base_count;
    *count = pl_match_pairs(m, metric, base, new);
    if (*count >= PL_CALIBRATION_PAIRS_MIN)
        logs = pl_judge_log_ratios(&(struct pl_judge_values){base, *count},
                                   &(struct pl_judge_values){new, *count}, 0, *count);
    free(values);
    return logs;
}

static json_t *row_of(const struct pl_match *m, const char *metric, double *logs, size_t count)
{
    struct pl_bootstrap spread;
    if (pl_bootstrap_hodges_lehmann(logs, count, PL_JUDGE_CONFIRMING_PAIRS, ROUNDS, .95, SEED,
                                    &spread))
        return NULL;
    double alarms = false_alarms(logs, count);
    if (isnan(alarms))
        return NULL;
    json_t *row = pl_cell_name_json(&m->name);
    json_object_update_new(row, json_pack("{s:f, s:s, s:i, s:f, s:f}", "duration_seconds",
                                          pl_match_seconds(m), "metric", metric, "pairs",
                                          (int)count, "noise", spread.sd, "false_alarms", alarms));
    return row;
}

static void add_cells(const struct pl_matches *all, const char *metric, json_t *rows)
{
    for (size_t i = 0; i < all->count; i++) {
        size_t count = 0;
        double *logs = logs_of(&all->matches[i], metric, &count);
        json_t *row = logs ? row_of(&all->matches[i], metric, logs, count) : NULL;
        free(logs);
        if (row)
            json_array_append_new(rows, row);
    }
}

/* Whether both rows are of the same metric of the same cell. */
static bool is_same_row(const json_t *a, const json_t *b)
{
    struct pl_cell_name x = pl_cell_name_of(a), y = pl_cell_name_of(b);
    return pl_cell_name_equal(&x, &y) &&
           json_equal(json_object_get(a, "duration_seconds"),
                      json_object_get(b, "duration_seconds")) &&
           json_equal(json_object_get(a, "metric"), json_object_get(b, "metric"));
}

/* Takes over what was known of cells that were not calibrated now. */
static void keep_others(const json_t *earlier, json_t *rows)
{
    const json_t *row, *mine;
    size_t i, k;
    json_array_foreach(json_object_get(earlier, "cells"), i, row)
    {
        bool renewed = false;
        json_array_foreach(rows, k, mine) renewed |= is_same_row(row, mine);
        if (!renewed)
            json_array_append(rows, (json_t *)row);
    }
}

/* A metric's share over all its cells. */
static void add_total(json_t *root, const char *metric)
{
    const json_t *row;
    double alarms = 0;
    size_t i, count = 0;
    json_array_foreach(json_object_get(root, "cells"), i, row)
    {
        if (strcmp(pl_document_string(row, "metric"), metric) != 0)
            continue;
        alarms += json_number_value(json_object_get(row, "false_alarms"));
        count++;
    }
    if (count)
        json_array_append_new(json_object_get(root, "metrics"),
                              json_pack("{s:s, s:f, s:b}", "metric", metric, "false_alarms",
                                        alarms / (double)count, "advisory",
                                        alarms / (double)count > PL_CALIBRATION_ALARMS_MAX));
}

void pl_calibration_sum_up(json_t *root, const json_t *earlier)
{
    keep_others(earlier, json_object_get(root, "cells"));
    json_object_set_new(root, "metrics", json_array());
    for (size_t i = 0; i < pl_metric_count; i++)
        if (pl_metrics[i].class == PL_CLASS_N)
            add_total(root, pl_metrics[i].name);
}

static void fill(const struct pl_matches *all, json_t *root)
{
    for (size_t i = 0; i < pl_metric_count; i++)
        if (pl_metrics[i].class == PL_CLASS_N)
            add_cells(all, pl_metrics[i].name, json_object_get(root, "cells"));
    pl_calibration_sum_up(root, NULL);
}

int pl_calibration_make(const json_t *base, const json_t *new, json_t **root,
                        struct pl_error *error)
{
    struct pl_matches all;
    size_t screening;
    const char *unpaired = pl_match_pairing(base, new, &screening);
    if (unpaired)
        return pl_error_set(error, -EINVAL, "no calibration: %s", unpaired);
    int rc = pl_matches_make(base, new, &all, error);
    if (rc)
        return rc;
    *root = json_pack("{s:i, s:O, s:O, s:[], s:[]}", "calibration_version", 1, "host",
                      json_object_get(new, "host"), "run", json_object_get(new, "run"), "cells",
                      "metrics");
    if (*root)
        fill(&all, *root);
    if (!*root)
        rc = pl_error_set(error, -ENOMEM, "out of memory");
    else if (json_array_size(json_object_get(*root, "cells")) == 0)
        rc = pl_error_set(error, -EINVAL, "no calibration: no cell has %d pairs of a noisy metric",
                          PL_CALIBRATION_PAIRS_MIN);
    if (rc) {
        json_decref(*root);
        *root = NULL;
    }
    pl_matches_free(&all);
    return rc;
}
