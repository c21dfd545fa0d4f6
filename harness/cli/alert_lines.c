#include "harness/cli/alert_lines.h"

#include <stdio.h>

#include "allocators/base/printable.h"
#include "harness/report/model/columns.h"

#define TOLD_MAX 10 /* lines of a cell: an alert that comes and goes would bury all others */

void pl_alert_lines_print(void *context, const struct pl_alert_record *alert)
{
    struct pl_alert_lines *lines = context;
    char what[256];
    if (++lines->raised > TOLD_MAX)
        return;
    pl_fact_alert(lines->scenario->alerts[alert->index].text, (double)alert->t_ns / 1e9,
                  (double)alert->value, what, sizeof what);
    pl_progress_clear(lines->progress);
    pl_printable_line(stderr, "alert: %s %s %s", lines->scenario->name, lines->label, what);
}

void pl_alert_lines_end(const struct pl_alert_lines *lines)
{
    if (lines->raised > TOLD_MAX)
        pl_printable_line(stderr, "alert: ... and %llu more of %s %s",
                          (unsigned long long)(lines->raised - TOLD_MAX), lines->scenario->name,
                          lines->label);
}
