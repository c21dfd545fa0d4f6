/* The sections of a report, each said once for every format. */
#ifndef PL_REPORT_SECTIONS_SECTIONS_H
#define PL_REPORT_SECTIONS_SECTIONS_H

#include "harness/report/model/held.h"
#include "harness/report/model/model.h"
#include "harness/report/writers/document.h"

/** Writes the whole of a report, in its order. */
void pl_report_sections(struct pl_doc *doc, const struct pl_model *model);

/* The sections, in that order; one that has nothing to say writes nothing. */
void pl_report_failures(struct pl_doc *doc, const struct pl_model *model);
void pl_report_baseline_diff(struct pl_doc *doc, const struct pl_model *model);
void pl_report_severe(struct pl_doc *doc, const struct pl_model *model);
void pl_report_verdict(struct pl_doc *doc, const struct pl_model *model);
void pl_report_warnings(struct pl_doc *doc, const struct pl_model *model);
void pl_report_groups(struct pl_doc *doc, const struct pl_model *model);
void pl_report_trends(struct pl_doc *doc, const struct pl_model *model);
void pl_report_counterparts(struct pl_doc *doc, const struct pl_model *model);
void pl_report_formats(struct pl_doc *doc, const struct pl_model *model);
void pl_report_instruments(struct pl_doc *doc, const struct pl_model *model);
void pl_report_recordings(struct pl_doc *doc, const struct pl_model *model);
void pl_report_host(struct pl_doc *doc, const struct pl_model *model);
void pl_report_trust(struct pl_doc *doc, const struct pl_model *model);
void pl_report_reading(struct pl_doc *doc, const struct pl_model *model);

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
