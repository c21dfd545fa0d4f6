/* What the report says first: expectations that were not met, each with the command that reproduces
 * it; the worst of the run, with reasons and the rule; a sentence for each scenario and format, and
 * how many cells ended how; and warnings. */
#include <stdlib.h>
#include <string.h>

#include "harness/base/spare_memory.h"
#include "harness/report/model/columns.h"
#include "harness/report/model/severity.h"
#include "harness/report/model/verdict.h"
#include "harness/report/sections/sections.h"
#include "harness/results/cell_name.h"
#include "harness/results/document.h"

static bool has_failed(const json_t *cell)
{
    return strcmp(pl_document_string(cell, "expected"), pl_verdict_name(PL_VERDICT_FAILED)) == 0;
}

/* Once for all repetitions of a stack, by the first that failed. */
static void write_failure(struct pl_doc *doc, const struct pl_model_row *row)
{
    char how[PL_FACT];
    const json_t *cell = NULL;
    size_t failed = 0;
    for (size_t i = row->cell_count; i-- > 0;)
        if (has_failed(row->cells[i])) {
            cell = row->cells[i];
            failed++;
        }
    if (!cell)
        return;
    struct pl_cell_name name = pl_cell_name_of(cell);
    pl_cell_name_how(&name, how, sizeof how);
    pl_doc_term(doc, "%s %s %s", name.scenario, name.allocator, how);
    pl_doc_text(doc, PL_STYLE_BAD, pl_document_string(cell, "expected_why"));
    if (row->cell_count > 1)
        pl_doc_textf(doc, PL_STYLE_PLAIN, " (%zu of %zu repetitions failed)", failed,
                     row->cell_count);
    pl_doc_code(doc, pl_document_string(cell, "reproduce"));
    pl_doc_item_end(doc);
}

void pl_report_failures(struct pl_doc *doc, const struct pl_model *m)
{
    if (m->verdicts[PL_VERDICT_FAILED] == 0)
        return;
    pl_doc_section(doc, (struct pl_place){0}, "Expectations that were not met");
    pl_doc_list(doc, PL_LIST_TERMS, "failures");
    for (size_t i = 0; i < m->group_count; i++)
        for (size_t j = 0; j < m->groups[i].row_count; j++)
            write_failure(doc, &m->groups[i].rows[j]);
    pl_doc_list_end(doc);
    pl_doc_section_end(doc);
}

void pl_report_warnings(struct pl_doc *doc, const struct pl_model *m)
{
    const json_t *warnings = json_object_get(m->root, "warnings"), *warning;
    size_t i;
    if (json_array_size(warnings) == 0 && !doc->no_pictures)
        return;
    pl_doc_section(doc, (struct pl_place){0}, "Warnings");
    pl_doc_list(doc, PL_LIST_BULLETS, "warnings");
    if (doc->no_pictures)
        pl_doc_item_text(doc, "%s", doc->no_pictures);
    json_array_foreach(warnings, i, warning)
        pl_doc_item_text(doc, "%s", json_is_string(warning) ? json_string_value(warning) : "");
    pl_doc_list_end(doc);
    pl_doc_section_end(doc);
}

static void write_severe(struct pl_doc *doc, const struct pl_severe *worst)
{
    char reason[PL_SEVERITY_TEXT];
    pl_severe_reason(worst, reason);
    pl_doc_item(doc, PL_STYLE_PLAIN);
    pl_doc_textf(doc, PL_STYLE_STRONG, "%s %s", worst->group->scenario, worst->row->label);
    pl_doc_textf(doc, PL_STYLE_PLAIN, " %s: ", worst->group->format);
    pl_doc_text(doc, worst->rank == PL_SEVERITY_FAILED ? PL_STYLE_BAD : PL_STYLE_PLAIN, reason);
    pl_doc_item_end(doc);
}

void pl_report_severe(struct pl_doc *doc, const struct pl_model *m)
{
    struct pl_severe worst[PL_SEVERITY_MAX];
    size_t count = pl_severe_find(m, worst);
    pl_doc_section(doc, (struct pl_place){.id = "worst"}, "The worst");
    if (!count) {
        pl_doc_say(doc, "Nothing was killed, grew, failed or was dropped.");
        pl_doc_section_end(doc);
        return;
    }
    pl_doc_list(doc, PL_LIST_NUMBERS, "stacks");
    for (size_t i = 0; i < count; i++)
        write_severe(doc, &worst[i]);
    pl_doc_list_end(doc);
    pl_doc_note(doc, "%s", pl_severe_rule);
    pl_doc_section_end(doc);
}

#define SENTENCES_OPEN 8  /* that stand open beside each other */
#define SENTENCES_FIRST 4 /* of more than these, so many stand open */

/* By the worst that was not expected. */
static enum pl_style style_of(const struct pl_model_group *g)
{
    enum pl_style style = PL_STYLE_OPEN;
    for (size_t i = 0; i < g->row_count; i++) {
        if (g->rows[i].expected == PL_VERDICT_FAILED)
            return PL_STYLE_BAD;
        if (g->rows[i].expected == PL_VERDICT_MET)
            style = PL_STYLE_GOOD;
    }
    return style;
}

static void write_sentence(struct pl_doc *doc, const struct pl_model *m, size_t number)
{
    const struct pl_model_group *g = &m->groups[number];
    char id[32], *text = pl_doc_writes(doc) ? pl_verdict_text(g) : NULL;
    snprintf(id, sizeof id, "g%zu", number);
    pl_doc_item(doc, style_of(g));
    pl_doc_link(doc, id, g->scenario);
    pl_doc_textf(doc, PL_STYLE_PLAIN, " %s: %s", g->format, text ? text : "");
    pl_doc_item_end(doc);
    free(text);
}

/* The gravest stand open, the others are folded away. */
static void write_sentences(struct pl_doc *doc, const struct pl_model *m)
{
    size_t open = m->group_count > SENTENCES_OPEN ? SENTENCES_FIRST : m->group_count;
    struct pl_severe *groups = pl_memory_take(m->group_count, sizeof *groups);
    bool *written = pl_memory_take(m->group_count, sizeof *written);
    pl_severe_groups(m, groups);
    pl_doc_list(doc, PL_LIST_BULLETS, "sentences");
    for (size_t i = 0; i < open; i++) {
        size_t number = open < m->group_count ? (size_t)(groups[i].group - m->groups) : i;
        write_sentence(doc, m, number);
        written[number] = true;
    }
    pl_doc_list_end(doc);
    if (open < m->group_count) {
        pl_doc_details(doc, "A sentence for each of the %zu other scenarios and formats",
                       m->group_count - open);
        pl_doc_list(doc, PL_LIST_BULLETS, "sentences");
        for (size_t i = 0; i < m->group_count; i++)
            if (!written[i])
                write_sentence(doc, m, i);
        pl_doc_list_end(doc);
        pl_doc_details_end(doc);
    }
    free(groups);
    free(written);
}

static void write_counts(struct pl_doc *doc, const struct pl_model *m)
{
    static const char *const expectations[] = {"met", "failed", "not checked",
                                               "without an expectation"};
    pl_doc_paragraph(doc);
    pl_doc_text(doc, PL_STYLE_PLAIN, "Outcomes: ");
    for (int i = 0, any = 0; i < PL_OUTCOME_COUNT; i++)
        if (m->outcomes[i]) {
            pl_doc_textf(doc, PL_STYLE_PLAIN, "%s%zu ", any++ ? ", " : "", m->outcomes[i]);
            pl_doc_outcome(doc, (enum pl_outcome)i, pl_outcome_name((enum pl_outcome)i));
        }
    pl_doc_text(doc, PL_STYLE_PLAIN, ". Expectations: ");
    for (int i = 0, any = 0; i <= PL_VERDICT_NONE; i++)
        if (m->verdicts[i])
            pl_doc_textf(doc, PL_STYLE_PLAIN, "%s%zu %s", any++ ? ", " : "", m->verdicts[i],
                         expectations[i]);
    pl_doc_text(doc, PL_STYLE_PLAIN, ".");
    pl_doc_paragraph_end(doc);
}

void pl_report_verdict(struct pl_doc *doc, const struct pl_model *m)
{
    pl_doc_section(doc, (struct pl_place){.id = "verdict"}, "Verdict");
    write_sentences(doc, m);
    write_counts(doc, m);
    pl_doc_section_end(doc);
}
