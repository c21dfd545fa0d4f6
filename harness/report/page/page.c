/* The page: its frame, and as much in it as it has room for (html.h). */
#include "harness/report/page/page.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "harness/base/spare_memory.h"
#include "harness/base/text_stream.h"
#include "harness/report/model/columns.h"
#include "harness/report/model/curves.h"
#include "harness/report/page/payload.h"
#include "harness/report/sections/sections.h"
#include "harness/report/writers/text.h"
#include "report_css.h"
#include "report_script.h"
#include "report_script_hash.h"

/* Of all curves: in the page one takes some 8 bytes, so 0.4 MB. */
#define POINTS_MAX 50000

struct page {
    struct pl_doc doc;
    const struct pl_model *whole; /* what is judged, counted, ranked and listed */
    const struct pl_model *model; /* as much of it as the script draws */
    const struct pl_curves *curves;
};

/* Nothing is loaded, and no script runs but the page's own, whose hash is known, whatever a string
 * in it may say. */
static void write_start(const struct page *p)
{
    FILE *out = p->doc.out;
    char fact[PL_FACT];
    fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
          "style-src 'unsafe-inline'; script-src '" REPORT_SCRIPT_HASH "'\">\n"
          "<title>Plimsoll report</title>\n<style>\n",
          out);
    fwrite(report_css, 1, sizeof report_css, out);
    fputs("</style>\n</head>\n<body>\n<header><h1>Plimsoll report</h1>\n<p>", out);
    pl_fact_run(p->whole, fact, sizeof fact);
    pl_text_html(out, fact);
    fputs("</p></header>\n<main>\n", out);
}

/* The figures, and the script that draws them. */
static void write_script(const struct page *p)
{
    FILE *out = p->doc.out;
    json_t *payload = pl_payload_make(p->model, p->curves);
    fputs("<script type=\"application/json\" id=\"figures\">", out);
    pl_payload_write(out, payload);
    json_decref(payload);
    fputs("</script>\n<script>", out);
    fwrite(report_script, 1, sizeof report_script, out);
    fputs("</script>\n</body>\n</html>\n", out);
}

static void write_page(FILE *out, const void *context)
{
    struct page page = *(const struct page *)context;
    page.doc.out = out;
    write_start(&page);
    pl_report_sections(&page.doc, page.whole);
    fputs("</main>\n", out);
    write_script(&page);
}

/* @param room for pictures, bytes */
static char *make(struct page page, size_t room, size_t *size)
{
    page.doc.room = room;
    return pl_text_written(write_page, &page, size);
}

/* The longest list that there may be. */
static size_t longest(const struct pl_model *m)
{
    static const char *const lists[] = {"warnings", "recordings", "instruments"};
    size_t most = m->group_count;
    most = m->verdicts[PL_VERDICT_FAILED] > most ? m->verdicts[PL_VERDICT_FAILED] : most;
    for (size_t i = 0; i < m->group_count; i++)
        most = m->groups[i].row_count > most ? m->groups[i].row_count : most;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        size_t size = json_array_size(json_object_get(m->root, lists[i]));
        most = size > most ? size : most;
    }
    return most;
}

/* The first groups, each with its first rows: a view of what the whole owns; free() its groups. */
static struct pl_model shorten(const struct pl_model *whole, size_t most)
{
    struct pl_model view = *whole;
    view.group_count = whole->group_count < most ? whole->group_count : most;
    view.groups = pl_memory_take(view.group_count, sizeof *view.groups);
    for (size_t i = 0; i < view.group_count; i++) {
        view.groups[i] = whole->groups[i];
        if (view.groups[i].row_count > most)
            view.groups[i].row_count = most;
    }
    return view;
}

/* A page of thousands of stacks would open nowhere. What it takes goes nearly with the length of
 * its lists, so a guess or two find the length that fits. @param page is left with what fits, in
 * `view` @param text of the whole */
static char *make_shorter(struct page *page, struct pl_model *view, char *text, size_t *size)
{
    page->doc.most = longest(page->whole);
    while (*size > PL_HTML_MAX && page->doc.most > 1) {
        double share = fmin(.9, .95 * PL_HTML_MAX / (double)*size);
        page->doc.most = (size_t)fmax(1, floor((double)page->doc.most * share));
        free(text);
        free(view->groups);
        *view = shorten(page->whole, page->doc.most);
        page->model = view;
        text = make(*page, 0, size);
    }
    return text;
}

/* Anew with pictures in the room that is left. Each has some words around it: where those are what
 * is too much, as much room is taken back. */
static char *make_pictured(struct page page, char *text, size_t *size)
{
    size_t room = PL_HTML_MAX - *size;
    free(text);
    text = make(page, room, size);
    if (*size <= PL_HTML_MAX)
        return text;
    size_t excess = *size - PL_HTML_MAX;
    free(text);
    return make(page, room > excess ? room - excess : 0, size);
}

char *pl_html_make(const struct pl_model *m, const char *folder, const char *no_pictures,
                   size_t *size)
{
    struct pl_curves curves = pl_curves_load(m, folder, POINTS_MAX);
    struct pl_model view = {0};
    struct page page = {.doc = {.writer = &pl_writer_html,
                                .most = SIZE_MAX,
                                .commands = true,
                                .folder = folder,
                                .no_pictures = no_pictures},
                        .whole = m,
                        .model = m,
                        .curves = &curves};
    char *text = make(page, 0, size); /* to see what is left for pictures */
    if (*size > PL_HTML_MAX)
        text = make_shorter(&page, &view, text, size);
    if (!no_pictures && *size < PL_HTML_MAX)
        text = make_pictured(page, text, size);
    free(view.groups);
    pl_curves_free(&curves);
    return text;
}
