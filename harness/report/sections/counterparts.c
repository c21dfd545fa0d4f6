/* Models beside the real programs that they are held against. */
#include "harness/report/model/context.h"
#include "harness/report/model/overlays.h"
#include "harness/report/sections/sections.h"
#include "harness/report/writers/text.h"

static void write_row(struct pl_doc *doc, const struct pl_held *h)
{
    char real_peak[PL_TEXT_FIGURE], peak[PL_TEXT_FIGURE], real_mean[PL_TEXT_FIGURE],
        mean[PL_TEXT_FIGURE];
    pl_text_bytes(real_peak, h->real.peak_bytes);
    pl_text_bytes(peak, h->model.peak_bytes);
    pl_text_bytes(real_mean, h->real.mean_bytes);
    pl_text_bytes(mean, h->model.mean_bytes > 0 ? h->model.mean_bytes : 0);
    pl_doc_row(doc);
    pl_doc_cell_text(doc, h->group->scenario);
    pl_doc_cell_text(doc, h->row->label);
    pl_doc_cell_textf(doc, "%s, %s", h->counterpart, h->stack);
    pl_doc_cell_text(doc, real_peak);
    pl_doc_cell_text(doc, peak);
    pl_doc_cell_textf(doc, "%+.1f %%", pl_held_peak_error(h));
    pl_doc_cell_text(doc, real_mean);
    pl_doc_cell_text(doc, mean);
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
    char name[64], model[PL_TEXT_FIGURE], real[PL_TEXT_FIGURE], stretched[160] = "";
    pl_text_duration(model, h->model.seconds);
    pl_text_duration(real, h->real.seconds);
    if (h->stretched)
        snprintf(stretched, sizeof stretched, ", whose %s are stretched to %s", real, model);
    pl_overlay_counterpart_name(name, sizeof name, number);
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
