/* A results folder to report.md, report.html, report.json and junit.xml (report.h): all made before
 * the first takes its place, and after the pictures that they show. */
#include "harness/report/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocators/base/printable.h"
#include "harness/base/files.h"
#include "harness/base/text_stream.h"
#include "harness/report/draw.h"
#include "harness/report/markdown_report.h"
#include "harness/report/model/context.h"
#include "harness/report/model/frontier.h"
#include "harness/report/model/model.h"
#include "harness/report/model/overlays.h"
#include "harness/report/page/page.h"
#include "harness/report/writers/junit.h"
#include "harness/report/writers/report_json.h"

/* In the order in which they take their places: who sees the page finds the others there. */
enum { MARKDOWN, JSON, JUNIT, PAGE, DOCUMENTS };

static const char *const names[DOCUMENTS] = {"report.md", "report.json", "junit.xml",
                                             "report.html"};

struct writing {
    const struct pl_model *model;
    const char *folder;
    const char *no_pictures;
    struct pl_file files[DOCUMENTS];
};

/* Through memory: neither is half a document ever in a file, nor is a full disk taken for it. */
static int make_stream(int which, const struct pl_model *m, char **text, size_t *size)
{
    struct pl_text_stream stream;
    int rc = 0;
    if (pl_text_stream_open(&stream))
        return -ENOMEM;
    if (which == JSON)
        rc = pl_report_json(stream.out, m);
    else
        pl_junit_write(stream.out, m);
    if (pl_text_stream_close(&stream, text, size) == 0 && !rc)
        return 0;
    free(*text);
    return -ENOMEM;
}

static int make(int which, const struct writing *w, char **text, size_t *size)
{
    if (which == MARKDOWN)
        return pl_markdown_make(w->model, w->folder, w->no_pictures, text, size);
    if (which == PAGE)
        return pl_html_make(w->model, w->folder, w->no_pictures, text, size);
    return make_stream(which, w->model, text, size);
}

/* Everything but the rename, which is done when all documents are on the disk: a full one shows
 * here. */
static int write_text(struct pl_file *file, const char *path, const char *text, size_t size,
                      struct pl_error *error)
{
    int rc = pl_file_open(file, path, error);
    if (rc)
        return rc;
    if (fwrite(text, 1, size, file->stream) != size || fflush(file->stream))
        return pl_error_set(error, -errno, "can't write %s: %s", path, strerror(errno));
    return 0;
}

static int write_document(int which, struct writing *w, struct pl_error *error)
{
    char path[4096], *text = NULL;
    size_t size = 0;
    int rc = make(which, w, &text, &size);
    if (rc)
        return pl_error_set(error, rc, "out of memory");
    snprintf(path, sizeof path, "%s/%s", w->folder, names[which]);
    rc = write_text(&w->files[which], path, text, size, error);
    free(text);
    return rc;
}

static int write_all(struct writing *w, struct pl_error *error)
{
    int rc = 0;
    for (int i = 0; !rc && i < DOCUMENTS; i++)
        rc = write_document(i, w, error);
    for (int i = 0; !rc && i < DOCUMENTS; i++)
        rc = pl_file_commit(&w->files[i], error);
    for (int i = 0; i < DOCUMENTS; i++)
        pl_file_discard(&w->files[i]);
    return rc;
}

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
    struct writing *w = calloc(1, sizeof *w); /* each file has room for two paths */
    if (!w)
        return pl_error_set(error, -ENOMEM, "out of memory");
    w->model = m;
    w->folder = folder;
    w->no_pictures = pl_draw_pictures(&draw, folder, &reason) ? reason.text : NULL;
    if (w->no_pictures)
        pl_printable_line(progress, "plimsoll: %s", w->no_pictures);
    rc = write_all(w, error);
    free(w);
    return rc;
}

int pl_report_write(const struct pl_report *r, FILE *progress, struct pl_error *error)
{
    struct pl_model model;
    struct pl_report_context context;
    int rc = pl_model_load(&model, r->folder, error);
    if (rc)
        return rc;
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
