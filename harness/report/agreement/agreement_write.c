/* agreement.json, the picture that is drawn from it, and agreement.md that shows the picture. */
#include <stdio.h>
#include <unistd.h>

#include "harness/base/files.h"
#include "harness/report/agreement/agreement.h"
#include "harness/report/draw.h"
#include "harness/report/outputs.h"

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
