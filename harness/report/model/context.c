/* Loading what stands beside the results (context.h). */
#include "harness/report/model/context.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/spare_memory.h"
#include "harness/report/writers/text.h"
#include "harness/results/document.h"
#include "harness/results/history_file.h"
#include "harness/results/hosts.h"

/* None is no error, and a damaged one is the gate's business: here it is told. */
static void load_calibration(const struct pl_model *m, struct pl_report_context *a)
{
    struct pl_error error;
    int rc = pl_hosts_count(m->root) > 1 /* it is one host's */
                 ? 0
                 : pl_calibration_find(json_object_get(m->root, "host"), &a->calibration, &error);
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
        rc = pl_trends_make(a->runs,
                            pl_hosts_count(m->root) > 1 ? NULL : json_object_get(m->root, "host"),
                            &m->groups[i], &a->trends[i], error);
    return rc;
}

/* What the report that is written anew was told; a folder's run takes its reports with it.
 * @return new memory; NULL where there was no history */
static char *history_of_last_report(const char *folder)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/report.json", folder);
    json_t *last = json_load_file(path, 0, NULL);
    const char *file = json_string_value(json_object_get(json_object_get(last, "history"), "file"));
    char *kept = file ? strdup(file) : NULL;
    json_decref(last);
    return kept;
}

static void drop_history(struct pl_report_context *a)
{
    for (size_t i = 0; i < a->trends_count; i++)
        pl_trends_free(&a->trends[i]);
    free(a->trends);
    json_decref(a->runs);
    free(a->kept_history);
    a->history = a->kept_history = NULL;
    a->runs = NULL;
    a->trends = NULL;
    a->trends_count = 0;
}

/* Nobody asked for it this time: one that can't be read costs no report. */
static void keep_history(const struct pl_model *m, const char *folder, FILE *progress,
                         struct pl_report_context *a)
{
    struct pl_error reason;
    a->history = a->kept_history = history_of_last_report(folder);
    if (a->history && load_history(m, progress, a, &reason)) {
        char text[600];
        snprintf(text, sizeof text,
                 "the last report's history is left out: %.400s; expected --history FILE",
                 reason.text);
        warn(progress, text);
        drop_history(a);
    }
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
    else if (!rc)
        keep_history(m, folder, progress, context);
    if (rc)
        pl_report_context_free(context);
    else
        context->held = pl_held_make(m, folder, NULL);
    return rc;
}

void pl_report_context_free(struct pl_report_context *a)
{
    drop_history(a);
    pl_held_free(&a->held);
    pl_baseline_diff_free(&a->diff);
    pl_comparison_free(&a->comparison);
    json_decref(a->base);
    pl_calibration_free(&a->calibration);
    *a = (struct pl_report_context){0};
}
