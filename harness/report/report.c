/* A results folder to report.md and report.html (report.h). */
#include "harness/report/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/files.h"
#include "harness/report/draw.h"
#include "harness/report/frontier.h"
#include "harness/report/html.h"
#include "harness/report/markdown.h"
#include "harness/report/model.h"

struct document {
    char *text;
    size_t size;
    struct pl_file file;
};

/* Everything but the rename, which is done when both documents are on the disk: a full one shows
 * here. */
static int write_document(struct document *d, const char *folder, const char *name,
                          struct pl_error *error)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int rc = pl_file_open(&d->file, path, error);
    if (rc)
        return rc;
    if (fwrite(d->text, 1, d->size, d->file.stream) != d->size || fflush(d->file.stream))
        return pl_error_set(error, -errno, "can't write %s: %s", path, strerror(errno));
    return 0;
}

static int make_documents(const struct pl_model *m, const char *folder, const char *no_pictures,
                          struct document *md, struct document *html, struct pl_error *error)
{
    if (pl_markdown_make(m, folder, no_pictures, &md->text, &md->size) ||
        pl_html_make(m, folder, no_pictures, &html->text, &html->size))
        return pl_error_set(error, -ENOMEM, "out of memory");
    int rc = write_document(md, folder, "report.md", error);
    if (!rc)
        rc = write_document(html, folder, "report.html", error);
    if (!rc)
        rc = pl_file_commit(&html->file, error);
    if (!rc)
        rc = pl_file_commit(&md->file, error);
    return rc;
}

int pl_report_write(const char *folder, FILE *progress, struct pl_error *error)
{
    struct pl_model model;
    struct pl_error reason;
    struct pl_draw draw = pl_draw_default();
    struct document md = {0}, html = {0};
    int rc = pl_model_load(&model, folder, error);
    if (rc)
        return rc;
    rc = pl_frontier_write(&model, folder, error);
    if (rc) {
        pl_model_free(&model);
        return rc;
    }
    const char *no_pictures = pl_draw_pictures(&draw, folder, &reason) ? reason.text : NULL;
    if (no_pictures)
        fprintf(progress, "plimsoll: %s\n", no_pictures);
    rc = make_documents(&model, folder, no_pictures, &md, &html, error);
    pl_file_discard(&md.file);
    pl_file_discard(&html.file);
    free(md.text);
    free(html.text);
    pl_model_free(&model);
    return rc;
}
