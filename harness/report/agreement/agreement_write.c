/* agreement.json, the picture that is drawn from it, and agreement.md that shows the picture. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/files.h"
#include "harness/report/agreement/agreement.h"
#include "harness/report/draw.h"

enum { JSON, MARKDOWN, FILES };

/* Both before anything is written: a folder that takes none shows here. */
static int open_files(struct pl_file *files, const char *folder, struct pl_error *error)
{
    static const char *const names[FILES] = {"agreement.json", "agreement.md"};
    char path[4096];
    int rc = pl_folder_make(folder, error);
    for (int i = 0; !rc && i < FILES; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        rc = pl_file_open(&files[i], path, error);
    }
    return rc;
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
    struct pl_file files[FILES] = {0};
    struct pl_agreement_page own = *page;
    struct pl_error reason;
    int rc = open_files(files, folder, error);
    if (!rc && (rc = pl_agreement_json(files[JSON].stream, page)))
        pl_error_set(error, rc, "out of memory");
    if (!rc)
        rc = pl_file_commit(&files[JSON], error);
    if (!rc) {
        draw(&own, folder, progress, &reason);
        pl_agreement_markdown(files[MARKDOWN].stream, &own);
        rc = pl_file_commit(&files[MARKDOWN], error);
    }
    for (int i = 0; i < FILES; i++)
        pl_file_discard(&files[i]);
    return rc;
}
