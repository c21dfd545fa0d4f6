/* Figures of the history (history.h). */
#include "harness/report/history/history.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/report/comparison/change_text.h"
#include "harness/results/document.h"
#include "harness/stats/values.h"

#define COMMIT_DIGITS 12

static void exact(const struct pl_metric *metric, double value, char *text)
{
    snprintf(text, PL_TEXT_FIGURE, "%.15g%s%s", value, *pl_unit_name(metric->unit) ? " " : "",
             pl_unit_name(metric->unit));
}

void pl_history_step(const struct pl_metric *metric, double before, double after, char *text)
{
    char from[PL_TEXT_FIGURE], to[PL_TEXT_FIGURE];
    pl_change_value(metric, before, from);
    pl_change_value(metric, after, to);
    if (strcmp(from, to) == 0) {
        exact(metric, before, from);
        exact(metric, after, to);
    }
    snprintf(text, PL_HISTORY_FIGURE, "%s -> %s", from, to);
    if (before != 0)
        pl_text_add(text, PL_HISTORY_FIGURE, " (%+.3g %%)", 100 * (after - before) / fabs(before));
}

static double median_of(const struct pl_series *s, size_t judged)
{
    double values[PL_TREND_RUNS_MAX];
    for (size_t i = 0; i < judged; i++)
        values[i] = s->points[s->count - judged + i].value;
    return pl_values_median(values, judged);
}

void pl_history_slope(const struct pl_series *s, const struct pl_trend *trend, char *text)
{
    const struct pl_slope *slope = &trend->slope;
    if (!trend->has_slope) {
        strcpy(text, "-");
        return;
    }
    double level = fabs(median_of(s, trend->judged));
    double scale = level > 0 ? 100 / level : 1;
    const char *unit = level > 0 ? "%" : pl_unit_name(s->metric->unit);
    snprintf(text, PL_HISTORY_FIGURE, "%+.3g%s%s (%+.3g..%+.3g)", slope->median * scale,
             *unit ? " " : "", unit, slope->low * scale, slope->high * scale);
}

void pl_history_commit(const char *commit, char *text)
{
    size_t digits = strspn(commit, "0123456789abcdef");
    const char *rest = commit + digits;
    if (digits > COMMIT_DIGITS && (!*rest || strcmp(rest, "-dirty") == 0))
        snprintf(text, PL_HISTORY_FIGURE, "%.*s%s", COMMIT_DIGITS, commit, rest);
    else
        snprintf(text, PL_HISTORY_FIGURE, "%.60s", commit);
}

void pl_history_change(const struct pl_metric *metric, const struct pl_trend_change *change,
                       char text[PL_HISTORY_CHANGE])
{
    char commit[PL_HISTORY_FIGURE], step[PL_HISTORY_FIGURE], p[32] = "exact";
    pl_history_commit(pl_document_string(change->run, "commit"), commit);
    pl_history_step(metric, change->before, change->after, step);
    if (!isnan(change->p))
        snprintf(p, sizeof p, "p %.3f", change->p);
    snprintf(text, PL_HISTORY_CHANGE, "at %s, %.40s: %s, %s", commit,
             pl_document_string(change->run, "started"), step, p);
}
