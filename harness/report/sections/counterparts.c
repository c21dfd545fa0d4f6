/* Models beside the real programs that they are held against: those of a run, and the committed
 * ones. */
#include <math.h>
#include <stdint.h>

#include "harness/report/model/context.h"
#include "harness/report/model/overlays.h"
#include "harness/report/sections/sections.h"
#include "harness/report/writers/document.h"
#include "harness/report/writers/text.h"
#include "harness/results/counterparts.h"
#include "harness/results/document.h"

static void write_row(struct pl_doc *doc, const struct pl_held *h)
{
    pl_doc_row(doc);
    pl_doc_cell_text(doc, h->group->scenario);
    pl_doc_cell_text(doc, h->row->label);
    pl_doc_cell_textf(doc, "%s, %s", h->counterpart, h->stack);
    pl_doc_cell_text(doc, pl_text_bytes(PL_FIGURE, h->real.peak_bytes));
    pl_doc_cell_text(doc, pl_text_bytes(PL_FIGURE, h->model.peak_bytes));
    pl_doc_cell_textf(doc, "%+.1f %%", pl_held_peak_error(h));
    pl_doc_cell_text(doc, pl_text_bytes(PL_FIGURE, h->real.mean_bytes));
    pl_doc_cell_text(doc, pl_text_bytes(PL_FIGURE, fmax(h->model.mean_bytes, 0)));
    pl_doc_cell_textf(doc, "%+.1f %%", pl_held_mean_error(h));
    if (h->date)
        pl_doc_cell_textf(doc, "%s: %s", h->date, h->versions);
    else
        pl_doc_cell_text(doc, "in this run");
    pl_doc_row_end(doc);
}

void pl_report_held(struct pl_doc *doc, const struct pl_held_list *list)
{
    static const struct pl_doc_column columns[] = {
        {.head = "model"},
        {.head = "stack"},
        {.head = "real program"},
        {.head = "peak, real", .figure = true},
        {.head = "peak, model", .figure = true},
        {.head = "off", .figure = true},
        {.head = "mean, real", .figure = true, .rank = 2},
        {.head = "mean, model", .figure = true, .rank = 2},
        {.head = "off", .figure = true},
        {.head = "measured", .rank = 3},
    };
    pl_doc_table(doc, PL_DOC_COLUMNS(columns), "rows", "%s", "");
    for (size_t i = 0; i < list->count; i++)
        write_row(doc, &list->rows[i]);
    pl_doc_table_end(doc);
}

static void draw(struct pl_doc *doc, const struct pl_held *h, size_t number)
{
    char name[64], stretched[160] = "";
    if (h->stretched)
        snprintf(stretched, sizeof stretched, ", whose %s are stretched to %s",
                 pl_text_duration(PL_FIGURE, h->real.seconds),
                 pl_text_duration(PL_FIGURE, h->model.seconds));
    snprintf(name, sizeof name, PL_OVERLAY_COUNTERPART, number + 1);
    pl_doc_figure(doc, NULL, name, "%s, %s, over %s%s", h->group->scenario, h->row->label,
                  h->counterpart, stretched);
}

void pl_report_counterparts(struct pl_doc *doc, const struct pl_model *m)
{
    if (!m->context || !m->context->held.count)
        return;
    const struct pl_held_list *list = &m->context->held;
    pl_doc_section(doc, (struct pl_place){.id = "counterparts", .view = "charts"},
                   "Models held against real programs");
    pl_doc_say(doc, "RSS of each is net of its own first sample, which was taken before the load "
                    "began: the program's start is left out, and so is the model's process. Off is "
                    "what the model has too much, percent of the real figure. The program ran in "
                    "real time, the model in the replay's; where one lasted longer, the other's "
                    "curve is stretched to it.");
    pl_report_held(doc, list);
    for (size_t i = 0; i < list->count && i < doc->most && i < PL_OVERLAYS_MAX; i++)
        draw(doc, &list->rows[i], i);
    pl_doc_section_end(doc);
}

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
    if (!json_object_get(json_object_get(row, "tolerated_percent"), tolerated)) {
        pl_doc_cell_text(doc, "-");
        return;
    }
    double real = number(row, "real", figure), model = number(row, "modelled", figure);
    double off = pl_counterparts_error(model, real);
    pl_doc_cell(doc, PL_STYLE_PLAIN);
    pl_doc_textf(doc, PL_STYLE_PLAIN, "%s, %s: ", pl_text_bytes(PL_FIGURE, real),
                 pl_text_bytes(PL_FIGURE, model));
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
