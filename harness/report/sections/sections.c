/* A report from its first section to its last (sections.h). */
#include "harness/report/sections/sections.h"

void pl_report_sections(struct pl_doc *doc, const struct pl_model *model)
{
    static void (*const sections[])(struct pl_doc *, const struct pl_model *) = {
        pl_report_failures, pl_report_baseline_diff, pl_report_severe,     pl_report_verdict,
        pl_report_warnings, pl_report_groups,        pl_report_trends,     pl_report_counterparts,
        pl_report_formats,  pl_report_instruments,   pl_report_recordings, pl_report_host,
        pl_report_trust,    pl_report_reading,
    };
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        sections[i](doc, model);
}
