/* The agreement for programs, the picture that is drawn from that, and agreement.md that shows it.
 */
#include <stdio.h>
#include <unistd.h>

#include "harness/base/files.h"
#include "harness/base/spare_memory.h"
#include "harness/report/agreement/agreement.h"
#include "harness/report/draw.h"
#include "harness/report/outputs.h"
#include "harness/results/document.h"

#define AGREEMENT_VERSION 1

static const char *const keys[PL_AGREEMENT_COUNT] = {"wall1", "wall2", "virtual"};

/* What each side has, by its key. */
static json_t *sides_json(const struct pl_agreed *a)
{
    json_t *peaks = json_object(), *outcomes = json_object(), *ends = json_object(),
           *curves = json_object();
    for (enum pl_agreement_side side = 0; side < PL_AGREEMENT_COUNT; side++) {
        const json_t *cell = a->cells.cells[side];
        json_object_set_new(peaks, keys[side], json_integer((json_int_t)a->peak_bytes[side]));
        json_object_set_new(outcomes, keys[side], json_string(a->outcomes[side]));
        json_object_set_new(ends, keys[side], json_real(a->end_seconds[side]));
        json_object_set_new(curves, keys[side],
                            json_pack("{s:s, s:s}", "folder", pl_document_string(cell, "folder"),
                                      "series", pl_document_string(cell, "series")));
    }
    return json_pack("{s:o, s:o, s:o, s:o}", "peak_bytes", peaks, "outcome", outcomes,
                     "end_seconds", ends, "curves", curves);
}

/* A cell's name but for its clock: it has both. */
static json_t *name_json(const struct pl_agreed *a)
{
    json_t *object = pl_cell_name_json(&a->cells.name);
    json_object_del(object, "clock");
    json_object_set(object, "duration_seconds",
                    json_object_get(a->cells.cells[PL_AGREEMENT_WALL1], "duration_seconds"));
    return object;
}

static const char *reason_of(const struct pl_agreement_page *page, const struct pl_agreed *a)
{
    const struct pl_agreement_reason *known =
        pl_agreement_reason(page->reasons, a->cells.name.allocator);
    return known && a->verdict != PL_AGREEMENT_AGREES ? known->reason : NULL;
}

static json_t *cell_json(const struct pl_agreement_page *page, const struct pl_agreed *a)
{
    json_t *object = name_json(a);
    json_object_update_new(
        object,
        json_pack("{s:s, s:s, s:s?, s:I, s:f, s:f, s:s, s:I, s:f, s:I}", "verdict",
                  pl_agreement_verdict_name(a->verdict), "why", a->why, "reason",
                  reason_of(page, a), "difference_bytes", (json_int_t)a->clocks.most,
                  "difference_share", a->highest_bytes > 0 ? a->clocks.most / a->highest_bytes : 0.,
                  "difference_at_seconds", (double)a->clocks.at_ns / 1e9, "difference_from",
                  keys[a->further], "walls_difference_bytes", (json_int_t)a->walls.most,
                  "walls_difference_at_seconds", (double)a->walls.at_ns / 1e9, "allowed_bytes",
                  (json_int_t)a->allowed_bytes));
    json_object_update_new(object, sides_json(a));
    return object;
}

void pl_agreement_json(FILE *out, const struct pl_agreement_page *page)
{
    const struct pl_agreement *a = page->agreement;
    json_t *cells = json_array();
    for (size_t i = 0; i < a->count; i++)
        json_array_append_new(cells, cell_json(page, &a->cells[i]));
    json_t *root = json_pack("{s:i, s:b, s:f, s:f}", "agreement_version", AGREEMENT_VERSION,
                             "agrees", !a->counts[PL_AGREEMENT_DIFFERS], "window_seconds",
                             PL_AGREEMENT_WINDOW_NS / 1e9, "share_of_peak", PL_AGREEMENT_SHARE);
    for (enum pl_agreement_side side = 0; side < PL_AGREEMENT_COUNT; side++)
        json_object_set_new(root, keys[side], json_string(page->folders[side]));
    json_object_set(root, "host",
                    json_object_get(a->roots[PL_AGREEMENT_WALL1], "host")); /* of all */
    json_object_set_new(root, "cells", cells);
    if (json_dumpf(root, out, JSON_INDENT(1) | JSON_REAL_PRECISION(12)))
        pl_memory_refused();
    json_decref(root);
    fputc('\n', out);
}

static void make_json(FILE *out, const void *page)
{
    pl_agreement_json(out, page);
}

static void make_markdown(FILE *out, const void *page)
{
    pl_agreement_markdown(out, page);
}

/* A picture of an earlier run must not stand for this one. */
static void draw(struct pl_agreement_page *page, const char *folder, FILE *progress,
                 struct pl_error *reason)
{
    char path[4096];
    struct pl_draw how = pl_draw_agreement();
    snprintf(path, sizeof path, "%s/agreement.svg", folder);
    unlink(path);
    page->no_picture = pl_draw_pictures(&how, folder, reason) ? reason->text : NULL;
    if (page->no_picture)
        fprintf(progress, "plimsoll: %s\n", page->no_picture);
}

int pl_agreement_write(const struct pl_agreement_page *page, const char *folder, FILE *progress,
                       struct pl_error *error)
{
    static const struct pl_output json = {"agreement.json", make_json},
                                  markdown = {"agreement.md", make_markdown};
    struct pl_agreement_page own = *page;
    struct pl_error reason;
    int rc = pl_folder_make(folder, error);
    if (!rc)
        rc = pl_outputs_write(folder, &json, 1, page, error);
    if (rc)
        return rc;
    draw(&own, folder, progress, &reason);
    return pl_outputs_write(folder, &markdown, 1, &own, error);
}
