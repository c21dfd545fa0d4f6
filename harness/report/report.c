/* A results folder to report.md, report.html, report.json and junit.xml (report.h): all made before
 * the first takes its place, and after the pictures that they show. */
#include "harness/report/report.h"

#include <stdlib.h>
#include <string.h>

#include "allocators/base/printable.h"
#include "harness/report/draw.h"
#include "harness/report/model/columns.h"
#include "harness/report/model/context.h"
#include "harness/report/model/frontier.h"
#include "harness/report/model/model.h"
#include "harness/report/model/overlays.h"
#include "harness/report/outputs.h"
#include "harness/report/page/page.h"
#include "harness/report/sections/sections.h"
#include "harness/report/writers/document.h"
#include "harness/report/writers/junit.h"
#include "harness/report/writers/report_json.h"
#include "harness/report/writers/text.h"

static void write_page(struct pl_doc *doc, const void *context)
{
    const struct pl_model *m = context;
    char fact[PL_FACT];
    fputs("# Plimsoll report\n\n", doc->out);
    pl_fact_run(m, fact, sizeof fact);
    pl_text_markdown(doc->out, fact);
    fputc('\n', doc->out);
    pl_report_sections(doc, m);
}

/* The longest list there is. */
static size_t longest_list(const struct pl_model *m)
{
    size_t rows = m->context ? m->context->diff.count : 0;
    return rows > m->cell_count ? rows : m->cell_count;
}

/* Even with every list cut it may be too long, by one text of a scenario: then its end goes. */
static void cut(char *text, size_t *size)
{
    static const char note[] = "\n\nCut here: the rest is in report.html.\n";
    if (*size <= PL_MARKDOWN_MAX)
        return;
    size_t at = PL_MARKDOWN_MAX - sizeof note;
    while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80)
        at--; /* no character is cut in two */
    memcpy(text + at, note, sizeof note);
    *size = at + sizeof note - 1;
}

char *pl_markdown_make(const struct pl_model *m, const char *folder, const char *no_pictures,
                       size_t *size)
{
    const struct pl_doc doc = {.writer = &pl_writer_markdown,
                               .most = longest_list(m),
                               .folder = folder,
                               .no_pictures = no_pictures};
    char *text = pl_doc_fitted(doc, write_page, m, PL_MARKDOWN_MAX, size);
    cut(text, size);
    return text;
}

struct writing {
    const struct pl_model *model;
    const char *folder;
    const char *no_pictures;
};

typedef char *(*maker)(const struct pl_model *, const char *folder, const char *no_pictures,
                       size_t *size);

static void put(FILE *out, const struct writing *w, maker make)
{
    size_t size;
    char *text = make(w->model, w->folder, w->no_pictures, &size);
    fwrite(text, 1, size, out);
    free(text);
}

static void make_markdown(FILE *out, const void *writing)
{
    put(out, writing, pl_markdown_make);
}

static void make_page(FILE *out, const void *writing)
{
    put(out, writing, pl_html_make);
}

static void make_json(FILE *out, const void *writing)
{
    pl_report_json(out, ((const struct writing *)writing)->model);
}

static void make_junit(FILE *out, const void *writing)
{
    pl_junit_write(out, ((const struct writing *)writing)->model);
}

/* In the order in which they take their places: who sees the page finds the others there. */
static const struct pl_output outputs[] = {{"report.md", make_markdown},
                                           {"report.json", make_json},
                                           {"junit.xml", make_junit},
                                           {"report.html", make_page}};

static int write_report(const char *folder, const struct pl_model *m, FILE *progress,
                        struct pl_error *error)
{
    struct pl_error reason;
    struct pl_draw draw = pl_draw_default();
    int rc = pl_frontier_write(m, folder, error);
    if (!rc)
        rc = pl_overlays_write(m, folder, error);
    if (rc)
        return rc;
    struct writing w = {.model = m, .folder = folder};
    w.no_pictures = pl_draw_pictures(&draw, folder, &reason) ? reason.text : NULL;
    if (w.no_pictures)
        pl_printable_line(progress, "plimsoll: %s", w.no_pictures);
    return pl_outputs_write(folder, outputs, sizeof outputs / sizeof *outputs, &w, error);
}

static void warn_of_series(const struct pl_model *m, FILE *progress)
{
    char more[64] = "";
    if (m->damaged_series > 1)
        snprintf(more, sizeof more, " (and %zu more such file%s)", m->damaged_series - 1,
                 m->damaged_series > 2 ? "s" : "");
    if (m->damaged_series)
        pl_printable_line(progress, "plimsoll: warning: %s%s", m->damaged.text, more);
}

int pl_report_write(const struct pl_report *r, FILE *progress, struct pl_error *error)
{
    struct pl_model model;
    struct pl_report_context context;
    int rc = pl_model_load(&model, r->folder, error);
    if (rc)
        return rc;
    warn_of_series(&model, progress);
    rc = pl_report_context_load(&model, r->folder, r->baseline, r->history, progress, &context,
                                error);
    if (!rc) {
        model.context = &context;
        rc = write_report(r->folder, &model, progress, error);
        pl_report_context_free(&context);
    }
    pl_model_free(&model);
    return rc;
}
