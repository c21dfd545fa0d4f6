/* The sections of a report, each said once for every format. */
#ifndef PL_REPORT_SECTIONS_SECTIONS_H
#define PL_REPORT_SECTIONS_SECTIONS_H

#include "harness/report/model/held.h"
#include "harness/report/model/model.h"
#include "harness/report/writers/document.h"

/** Writes the whole of a report, in its order. */
void pl_report_sections(struct pl_doc *doc, const struct pl_model *model);

/** The sections, in that order; one that has nothing to say writes nothing. */
#define PL_REPORT_SECTIONS(section)                                                             \
    section(failures) section(baseline_diff) section(severe) section(verdict) section(warnings) \
        section(groups) section(trends) section(counterparts) section(formats)                  \
            section(instruments) section(recordings) section(host) section(trust) section(reading)

#define PL_REPORT_SECTION(name) void pl_report_##name(struct pl_doc *doc, const struct pl_model *);
PL_REPORT_SECTIONS(PL_REPORT_SECTION)

/** Within a group's section: what memory costs in CPU, where it has a sweep. */
void pl_report_frontier(struct pl_doc *doc, const struct pl_model_group *group);

/* Of those, what a run prints on the terminal, too. */

/** A group's table, and the alerts that its stacks raised. */
void pl_report_group(struct pl_doc *doc, const struct pl_model_group *group);

/** A table an instrument: its headline figure, and whether that agrees with our books. */
void pl_report_observed(struct pl_doc *doc, const struct pl_model *model);

/** The table of models beside their counterparts. */
void pl_report_held(struct pl_doc *doc, const struct pl_held_list *list);

/** Which models have a real counterpart, and how far they are off: the committed file as Markdown,
 *  which `plimsoll list scenarios --counterparts` and the README have alike: a row for each pair,
 * one for the models of each reason to have none, then a table of the documents' claims.
 *  @param root from pl_counterparts_read */
void pl_counterparts_table(FILE *out, const json_t *root);

#endif
