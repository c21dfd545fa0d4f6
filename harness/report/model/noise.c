/* Words for a calibration (noise.h). */
#include "harness/report/model/noise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/spare_memory.h"
#include "harness/report/model/model.h"
#include "harness/results/document.h"

void pl_noise_summary(const struct pl_report_context *a, char text[PL_NOISE_TEXT])
{
    if (a && a->calibration.root)
        snprintf(text, PL_NOISE_TEXT, "calibrated %.40s (%.400s).",
                 pl_document_string(json_object_get(a->calibration.root, "run"), "started"),
                 a->calibration.path);
    else if (a && a->calibration_why[0])
        snprintf(text, PL_NOISE_TEXT, "unknown. %.500s.", a->calibration_why);
    else
        snprintf(text, PL_NOISE_TEXT,
                 "not measured. plimsoll calibrate does it in about 6 minutes; until then CPU and "
                 "latencies are judged by the spread of their own pairs.");
}

static const json_t *metrics_of(const struct pl_report_context *a)
{
    return a && a->calibration.root ? json_object_get(a->calibration.root, "metrics") : NULL;
}

size_t pl_noise_count(const struct pl_report_context *a)
{
    return json_array_size(metrics_of(a));
}

/* @return new memory with the noise of each cell of a metric */
static double *gather(const json_t *cells, const char *metric, size_t *count)
{
    const json_t *row;
    size_t i;
    double *values = pl_memory_take(json_array_size(cells) + 1, sizeof *values);
    *count = 0;
    json_array_foreach(cells, i, row)
    {
        if (strcmp(pl_document_string(row, "metric"), metric) == 0)
            values[(*count)++] = json_number_value(json_object_get(row, "noise"));
    }
    return values;
}

void pl_noise_line(const struct pl_report_context *a, size_t index, char text[PL_NOISE_TEXT])
{
    const json_t *row = json_array_get(metrics_of(a), index);
    const char *metric = pl_document_string(row, "metric");
    double alarms = 0;
    size_t count;
    double *values = gather(json_object_get(a->calibration.root, "cells"), metric, &count);
    bool advisory = pl_calibration_advisory(&a->calibration, metric, &alarms);
    struct pl_summary s = count ? pl_summary_of(values, count) : (struct pl_summary){0};
    snprintf(text, PL_NOISE_TEXT,
             "%.80s: pairs of a program with itself spread by %.2g %% (%.2g to %.2g over %zu "
             "cells), false alarms %.2g %%%s",
             metric, 100 * s.median, 100 * s.lowest, 100 * s.highest, count, 100 * alarms,
             advisory ? ": advisory, no gate fails on it" : "");
    free(values);
}
