/* What a report says beside its own results, where it is asked to or can: how they compare with an
 * earlier run, where the figures come from, how noisy this host is. */
#ifndef PL_REPORT_MODEL_CONTEXT_H
#define PL_REPORT_MODEL_CONTEXT_H

#include "allocators/allocator.h"
#include "harness/compare/comparison.h"
#include "harness/report/model/baseline_diff.h"
#include "harness/report/model/held.h"
#include "harness/report/model/trends.h"

/** Room for the name of a cell in a line, with its NUL. */
#define PL_FACT_NAME (PL_STACK_TEXT_MAX + 320)

struct pl_report_context {
    const char *baseline; /* a folder, as it was named; NULL: none */
    json_t *base;
    struct pl_comparison comparison;
    struct pl_baseline_diff diff;      /* what of the comparison is shown */
    struct pl_calibration calibration; /* of this host; root is NULL where there is none */
    char calibration_why[512];         /* why the one that is there can't be read, or "" */
    const char *history;               /* a file, as it was named; NULL: none */
    char *kept_history;                /* the same, where an earlier report was told of it */
    json_t *runs;
    struct pl_trends *trends; /* of each group of the model; NULL without a history */
    size_t trends_count;
    struct pl_held_list held; /* models beside their counterparts */
};

/** Loads what is asked for, and without a history that of the folder's last report. @param model
 * built; kept by the caller as long as the context
 *  @param folder of the model's results @param baseline a folder, or NULL @param history a file, or
 * NULL
 *  @param progress where skipped lines of the history are told
 *  @param context set on success; pl_report_context_free
 *  @return 0; -EINVAL with one line when either can't be read or compared; -ENOMEM */
int pl_report_context_load(const struct pl_model *model, const char *folder, const char *baseline,
                           const char *history, FILE *progress, struct pl_report_context *context,
                           struct pl_error *error);

/** Takes one that was never loaded, or half. */
void pl_report_context_free(struct pl_report_context *context);

#endif
