/* Writing documents together (outputs.h). */
#include "harness/report/outputs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/files.h"
#include "harness/base/spare_memory.h"
#include "harness/base/text_stream.h"

/* Through memory: half a document is never in a file, nor is a full disk taken for one. */
static int write_one(const char *folder, const struct pl_output *output, const void *context,
                     struct pl_file *file, struct pl_error *error)
{
    char path[sizeof file->path];
    size_t size;
    snprintf(path, sizeof path, "%s/%s", folder, output->name);
    char *text = pl_text_written(output->make, context, &size);
    int rc = pl_file_open(file, path, error);
    if (!rc && (fwrite(text, 1, size, file->stream) != size || fflush(file->stream)))
        rc = pl_error_set(error, -errno, "can't write %s: %s", path, strerror(errno));
    free(text);
    return rc;
}

int pl_outputs_write(const char *folder, const struct pl_output *outputs, size_t count,
                     const void *context, struct pl_error *error)
{
    struct pl_file *files = pl_memory_take(count, sizeof *files); /* each has room for two paths */
    int rc = 0;
    for (size_t i = 0; !rc && i < count; i++)
        rc = write_one(folder, &outputs[i], context, &files[i], error);
    for (size_t i = 0; !rc && i < count; i++)
        rc = pl_file_commit(&files[i], error);
    for (size_t i = 0; i < count; i++)
        pl_file_discard(&files[i]);
    free(files);
    return rc;
}
