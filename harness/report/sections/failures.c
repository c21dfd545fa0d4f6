/* Expectations that were not met, each with the command that reproduces it; and warnings. */
#include <string.h>

#include "harness/report/model/columns.h"
#include "harness/report/sections/sections.h"
#include "harness/results/cell_name.h"
#include "harness/results/document.h"

static bool is_failure(const json_t *cell)
{
    return strcmp(pl_document_string(cell, "expected"), pl_verdict_name(PL_VERDICT_FAILED)) == 0;
}

static void write_failure(struct pl_doc *doc, const json_t *cell)
{
    char how[PL_FACT];
    struct pl_cell_name name = pl_cell_name_of(cell);
    pl_cell_name_how(&name, how, sizeof how);
    pl_doc_term(doc, "%s %s %s", name.scenario, name.allocator, how);
    pl_doc_text(doc, PL_STYLE_BAD, pl_document_string(cell, "expected_why"));
    pl_doc_code(doc, pl_document_string(cell, "reproduce"));
    pl_doc_item_end(doc);
}

void pl_report_failures(struct pl_doc *doc, const struct pl_model *m)
{
    const json_t *cell;
    size_t i;
    if (m->verdicts[PL_VERDICT_FAILED] == 0)
        return;
    pl_doc_section(doc, (struct pl_place){0}, "Expectations that were not met");
    pl_doc_list(doc, PL_LIST_TERMS, "failures");
    json_array_foreach(json_object_get(m->root, "cells"), i, cell)
    {
        if (is_failure(cell))
            write_failure(doc, cell);
    }
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
