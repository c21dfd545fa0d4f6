/* Loading what stands beside the results (context.h). */
#include "harness/report/model/context.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/spare_memory.h"
#include "harness/report/writers/text.h"
#include "harness/results/document.h"
#include "harness/results/history_file.h"

/* None is no error, and a damaged one is the gate's business: here it is told. */
static void load_calibration(const struct pl_model *m, struct pl_report_context *a)
{
    struct pl_error error;
    int rc = pl_calibration_find(json_object_get(m->root, "host"), &a->calibration, &error);
    if (rc)
        snprintf(a->calibration_why, sizeof a->calibration_why, "%.500s", error.text);
}

static int load_baseline(const struct pl_model *m, struct pl_report_context *a,
                         struct pl_error *error)
{
    struct pl_error reason;
    const struct pl_calibration *calibration = a->calibration.root ? &a->calibration : NULL;
    int rc = pl_document_load(a->baseline, &a->base, error);
    if (rc)
        return rc;
    rc = pl_comparison_make(a->base, m->root, calibration, &a->comparison, &reason);
    if (rc)
        return pl_error_set(error, rc, "%s: %s", a->baseline, reason.text);
    a->diff = pl_baseline_diff_make(&a->comparison);
    return 0;
}

static void warn(void *context, const char *warning)
{
    fputs("plimsoll: warning: ", context);
    pl_text_plain(context, warning);
    fputc('\n', context);
}

static int load_history(const struct pl_model *m, FILE *progress, struct pl_report_context *a,
                        struct pl_error *error)
{
    int rc = pl_history_read(a->history, warn, progress, &a->runs, error);
    if (rc)
        return rc;
    a->trends = pl_memory_take(m->group_count, sizeof *a->trends);
    a->trends_count = m->group_count;
    for (size_t i = 0; !rc && i < m->group_count; i++)
        rc = pl_trends_make(a->runs, json_object_get(m->root, "host"), &m->groups[i], &a->trends[i],
                            error);
    return rc;
}

int pl_report_context_load(const struct pl_model *m, const char *folder, const char *baseline,
                           const char *history, FILE *progress, struct pl_report_context *context,
                           struct pl_error *error)
{
    *context = (struct pl_report_context){.baseline = baseline, .history = history};
    load_calibration(m, context);
    int rc = baseline ? load_baseline(m, context, error) : 0;
    if (!rc && history)
        rc = load_history(m, progress, context, error);
    if (rc)
        pl_report_context_free(context);
    else
        context->held = pl_held_make(m, folder, NULL);
    return rc;
}

void pl_report_context_free(struct pl_report_context *a)
{
    for (size_t i = 0; i < a->trends_count; i++)
        pl_trends_free(&a->trends[i]);
    free(a->trends);
    json_decref(a->runs);
    pl_held_free(&a->held);
    pl_baseline_diff_free(&a->diff);
    pl_comparison_free(&a->comparison);
    json_decref(a->base);
    pl_calibration_free(&a->calibration);
    *a = (struct pl_report_context){0};
}
