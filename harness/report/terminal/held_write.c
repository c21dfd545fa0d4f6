/* What is said of models and their counterparts, laid out once (held.h). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/model/held.h"
#include "harness/report/writers/grid.h"
#include "harness/report/writers/text.h"

const char pl_held_heading[] = "Models held against real programs";
const char pl_held_note[] = "RSS of each is net of its own first sample, which was taken before "
                            "the load began: the program's "
                            "start is left out, and so is the model's process. Off is what the "
                            "model has too much, percent of the "
                            "real figure. The program ran in real time, the model in the replay's; "
                            "where one lasted longer, the "
                            "other's curve is stretched to it.";

enum { MODEL, STACK, REAL, REAL_PEAK, PEAK, PEAK_OFF, REAL_MEAN, MEAN, MEAN_OFF, WHEN };

static const struct {
    const char *head;
    bool figure;
} columns[PL_HELD_COLUMNS] = {
    [MODEL] = {"model", false},         [STACK] = {"stack", false},
    [REAL] = {"real program", false},   [REAL_PEAK] = {"peak, real", true},
    [PEAK] = {"peak, model", true},     [PEAK_OFF] = {"off", true},
    [REAL_MEAN] = {"mean, real", true}, [MEAN] = {"mean, model", true},
    [MEAN_OFF] = {"off", true},         [WHEN] = {"measured", false},
};

static void write_off(char *text, double percent)
{
    snprintf(text, PL_HELD_TEXT, "%+.1f %%", percent);
}

void pl_held_cell(const struct pl_held *h, size_t column, char text[PL_HELD_TEXT])
{
    const double bytes[PL_HELD_COLUMNS] = {[REAL_PEAK] = h->real.peak_bytes,
                                           [PEAK] = h->model.peak_bytes,
                                           [REAL_MEAN] = h->real.mean_bytes,
                                           [MEAN] = h->model.mean_bytes};
    if (column == MODEL)
        snprintf(text, PL_HELD_TEXT, "%.120s", h->group->scenario);
    else if (column == STACK)
        snprintf(text, PL_HELD_TEXT, "%.150s", h->row->label);
    else if (column == REAL)
        snprintf(text, PL_HELD_TEXT, "%.80s, %.60s", h->counterpart, h->stack);
    else if (column == WHEN && !h->date)
        snprintf(text, PL_HELD_TEXT, "in this run");
    else if (column == WHEN)
        snprintf(text, PL_HELD_TEXT, "%.20s: %.120s", h->date, h->versions);
    else if (column == PEAK_OFF)
        write_off(text, pl_held_peak_error(h));
    else if (column == MEAN_OFF)
        write_off(text, pl_held_mean_error(h));
    else
        pl_text_bytes(text, bytes[column] > 0 ? bytes[column] : 0);
}

void pl_held_caption(const struct pl_held *h, char text[2 * PL_HELD_TEXT])
{
    char model[PL_TEXT_FIGURE], real[PL_TEXT_FIGURE];
    pl_text_duration(model, h->model.seconds);
    pl_text_duration(real, h->real.seconds);
    int used = snprintf(text, 2 * PL_HELD_TEXT, "%.64s, %.100s, over %.64s", h->group->scenario,
                        h->row->label, h->counterpart);
    if (h->stretched)
        snprintf(text + used, 2 * PL_HELD_TEXT - (size_t)used, ", whose %s are stretched to %s",
                 real, model);
}

static void print_grid(FILE *out, const struct pl_held_list *list)
{
    char text[PL_HELD_TEXT];
    struct pl_grid grid;
    if (pl_grid_make(&grid, 1 + list->count, 1, PL_HELD_COLUMNS)) {
        grid.ranks[WHEN] = 3;
        grid.ranks[REAL_MEAN] = grid.ranks[MEAN] = 2;
        for (size_t column = 0; column < PL_HELD_COLUMNS; column++) {
            grid.left[column] = !columns[column].figure;
            pl_grid_set(&grid, 0, column, columns[column].head);
            for (size_t i = 0; i < list->count; i++) {
                pl_held_cell(&list->rows[i], column, text);
                pl_grid_set(&grid, 1 + i, column, text);
            }
        }
        pl_grid_print(out, &grid, NULL);
    }
    pl_grid_free(&grid);
}

void pl_held_table(FILE *out, const json_t *root, const char *folder)
{
    struct pl_model model;
    struct pl_held_list list;
    struct pl_error ignored;
    if (pl_model_build(&model, root, &ignored))
        return;
    if (pl_held_make(&model, folder, NULL, &list) == 0) {
        if (list.count) {
            fprintf(out, "\n%s, net of the first sample\n", pl_held_heading);
            print_grid(out, &list);
        }
        pl_held_free(&list);
    }
    pl_model_free(&model);
}

void pl_held_rows(struct pl_doc *doc, const struct pl_held_list *list)
{
    char text[PL_HELD_TEXT];
    struct pl_doc_column heads[PL_HELD_COLUMNS];
    for (size_t i = 0; i < PL_HELD_COLUMNS; i++)
        heads[i] = (struct pl_doc_column){columns[i].head, NULL, columns[i].figure};
    pl_doc_table(doc, heads, PL_HELD_COLUMNS, "rows", "%s", "");
    for (size_t i = 0; i < list->count; i++) {
        pl_doc_row(doc);
        for (size_t column = 0; column < PL_HELD_COLUMNS; column++) {
            pl_held_cell(&list->rows[i], column, text);
            pl_doc_cell_text(doc, text);
        }
        pl_doc_row_end(doc);
    }
    pl_doc_table_end(doc);
}

static json_t *curve_json(const char *scenario, const char *stack, const struct pl_held_curve *c)
{
    return json_pack("{s:s, s:s, s:f, s:f, s:f, s:f}", "scenario", scenario, "allocator", stack,
                     "first_bytes", c->first_bytes, "peak_bytes", c->peak_bytes, "mean_bytes",
                     c->mean_bytes, "seconds", c->seconds);
}

json_t *pl_held_json(const struct pl_held_list *list)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < list->count; i++) {
        const struct pl_held *h = &list->rows[i];
        json_array_append_new(
            rows, json_pack("{s:o, s:o, s:f, s:f, s:b, s:s*, s:s*}", "model",
                            curve_json(h->group->scenario, h->row->stack, &h->model), "real",
                            curve_json(h->counterpart, h->stack, &h->real), "peak_error_percent",
                            pl_held_peak_error(h), "mean_error_percent", pl_held_mean_error(h),
                            "stretched", h->stretched, "date", h->date, "versions", h->versions));
    }
    return rows;
}
