/* Printing the committed counterparts (counterparts_table.h). */
#include "harness/report/terminal/counterparts_table.h"

#include <math.h>
#include <stdint.h>

#include "harness/report/writers/document.h"
#include "harness/report/writers/text.h"
#include "harness/report/writers/writer.h"
#include "harness/results/counterparts.h"
#include "harness/results/document.h"

static void write_names(struct pl_doc *doc, const json_t *names)
{
    const json_t *name;
    size_t i;
    pl_doc_cell(doc, PL_STYLE_PLAIN);
    json_array_foreach(names, i, name)
    {
        pl_doc_text(doc, PL_STYLE_PLAIN, i ? ", " : "");
        pl_doc_text(doc, PL_STYLE_CODE, json_string_value(name));
    }
    pl_doc_cell_end(doc);
}

static double number(const json_t *row, const char *object, const char *key)
{
    return json_number_value(json_object_get(json_object_get(row, object), key));
}

/* "877.5 MiB, 624.2: -28.9 % (of 30)" */
static void write_figure(struct pl_doc *doc, const json_t *row, const char *figure,
                         const char *tolerated)
{
    char real[PL_TEXT_FIGURE], model[PL_TEXT_FIGURE];
    if (!json_object_get(json_object_get(row, "tolerated_percent"), tolerated)) {
        pl_doc_cell_text(doc, "-");
        return;
    }
    pl_text_bytes(real, number(row, "real", figure));
    pl_text_bytes(model, number(row, "modelled", figure));
    double off =
        pl_counterparts_error(number(row, "modelled", figure), number(row, "real", figure));
    pl_doc_cell(doc, PL_STYLE_PLAIN);
    pl_doc_textf(doc, PL_STYLE_PLAIN, "%s, %s: ", real, model);
    pl_doc_textf(doc, PL_STYLE_STRONG, "%+.*f %%", fabs(off) < 1 ? 2 : 1, off);
    pl_doc_textf(doc, PL_STYLE_PLAIN, " (%g)", number(row, "tolerated_percent", tolerated));
    pl_doc_cell_end(doc);
}

static void write_pair(struct pl_doc *doc, const json_t *row)
{
    pl_doc_row(doc);
    pl_doc_cell(doc, PL_STYLE_PLAIN);
    pl_doc_text(doc, PL_STYLE_CODE, pl_document_string(row, "model"));
    pl_doc_textf(doc, PL_STYLE_PLAIN, ", %s", pl_document_string(row, "stack"));
    pl_doc_cell_end(doc);
    pl_doc_cell_textf(doc, "%s, %s", pl_document_string(row, "counterpart"),
                      pl_document_string(row, "counterpart_stack"));
    write_figure(doc, row, "peak_bytes", "peak");
    write_figure(doc, row, "mean_bytes", "mean");
    pl_doc_cell_textf(doc, "%s. Off: %s", pl_document_string(row, "held"),
                      pl_document_string(row, "why"));
    pl_doc_cell_textf(doc, "%s, %.20s", pl_document_string(row, "versions"),
                      pl_document_string(row, "date"));
    pl_doc_row_end(doc);
}

static void write_none(struct pl_doc *doc, const json_t *row)
{
    pl_doc_row(doc);
    write_names(doc, json_object_get(row, "models"));
    pl_doc_cell_textf(doc, "none: %s", pl_document_string(row, "why"));
    while (doc->column < doc->columns)
        pl_doc_cell_text(doc, "-");
    pl_doc_row_end(doc);
}

static void write_pairs(struct pl_doc *doc, const json_t *root)
{
    static const struct pl_doc_column columns[] = {
        {.head = "model, stack"},
        {.head = "real program"},
        {.head = "peak: real, model, off (tolerated, %)"},
        {.head = "mean, likewise"},
        {.head = "what is held against what"},
        {.head = "measured"}};
    const json_t *row;
    size_t i;
    pl_doc_table(doc, PL_DOC_COLUMNS(columns), "models", "%s", "");
    json_array_foreach(json_object_get(root, "pairs"), i, row) write_pair(doc, row);
    json_array_foreach(json_object_get(root, "none"), i, row) write_none(doc, row);
    pl_doc_table_end(doc);
}

static void write_claims(struct pl_doc *doc, const json_t *claims)
{
    static const struct pl_doc_column columns[] = {{.head = "document"},
                                                   {.head = "claim"},
                                                   {.head = "verdict"},
                                                   {.head = "measured"},
                                                   {.head = "by"}};
    const json_t *row;
    size_t i;
    pl_doc_table(doc, PL_DOC_COLUMNS(columns), "claims", "%s", "");
    json_array_foreach(claims, i, row)
    {
        pl_doc_row(doc);
        for (size_t k = 0; k < doc->columns; k++)
            pl_doc_cell_text(doc, pl_document_string(row, columns[k].head));
        pl_doc_row_end(doc);
    }
    pl_doc_table_end(doc);
}

void pl_counterparts_table(FILE *out, const json_t *root)
{
    struct pl_doc doc = {.writer = &pl_writer_markdown, .out = out, .most = SIZE_MAX};
    write_pairs(&doc, root);
    write_claims(&doc, json_object_get(root, "claims"));
}
