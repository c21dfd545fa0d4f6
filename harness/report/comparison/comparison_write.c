/* compare.md, compare.json and compare.xml: all made before the first takes its place. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/files.h"
#include "harness/base/text_stream.h"
#include "harness/report/comparison/comparison.h"

enum { MARKDOWN, JSON, JUNIT, FILES };

static const char *const names[FILES] = {"compare.md", "compare.json", "compare.xml"};

/* Through memory: the Markdown looks at how long it has become. */
static int make(int which, const struct pl_comparison *c, const char *base, const char *new,
                char **text, size_t *size)
{
    struct pl_text_stream stream;
    if (pl_text_stream_open(&stream))
        return -ENOMEM;
    FILE *out = stream.out;
    int rc = 0;
    if (which == MARKDOWN)
        pl_comparison_markdown(out, c, base, new);
    else if (which == JSON)
        rc = pl_comparison_json(out, c, base, new);
    else
        pl_comparison_junit(out, c);
    return pl_text_stream_close(&stream, text, size) || rc ? -ENOMEM : 0;
}

static int write_one(int which, const struct pl_comparison *c, const char *folder, const char *base,
                     const char *new, struct pl_file *file, struct pl_error *error)
{
    char path[4096], *text = NULL;
    size_t size = 0;
    snprintf(path, sizeof path, "%s/%s", folder, names[which]);
    int rc = make(which, c, base, new, &text, &size);
    if (rc)
        pl_error_set(error, rc, "out of memory");
    else if (!(rc = pl_file_open(file, path, error)) &&
             (fwrite(text, 1, size, file->stream) != size || fflush(file->stream)))
        rc = pl_error_set(error, -errno, "can't write %s: %s", path, strerror(errno));
    free(text);
    return rc;
}

int pl_comparison_write(const struct pl_comparison *c, const char *folder, const char *base,
                        const char *new, struct pl_error *error)
{
    struct pl_file files[FILES] = {0};
    int rc = 0;
    for (int i = 0; !rc && i < FILES; i++)
        rc = write_one(i, c, folder, base, new, &files[i], error);
    for (int i = 0; !rc && i < FILES; i++)
        rc = pl_file_commit(&files[i], error);
    for (int i = 0; i < FILES; i++)
        pl_file_discard(&files[i]);
    return rc;
}
