/* Writing what is to be drawn (drawing.h). */
#include "harness/report/model/drawing.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "harness/base/files.h"
#include "harness/results/document.h"

static int write_file(const char *path, const struct pl_model *m, const char *name,
                      json_t *pictures, struct pl_error *error)
{
    struct pl_file file;
    json_t *of = json_pack("{s:s, s:i, s:O}", "started",
                           pl_document_string(json_object_get(m->root, "run"), "started"), "cells",
                           (int)json_array_size(json_object_get(m->root, "cells")), name, pictures);
    int rc = of ? pl_file_open(&file, path, error) : pl_error_set(error, -ENOMEM, "out of memory");
    if (!rc) {
        json_dumpf(of, file.stream, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
        rc = pl_file_commit(&file, error);
    }
    json_decref(of);
    return rc;
}

int pl_drawing_write(const struct pl_model *m, const char *folder, const char *name,
                     json_t *pictures, struct pl_error *error)
{
    char path[4200];
    snprintf(path, sizeof path, "%.4000s/plots", folder);
    int rc = json_array_size(pictures) ? pl_folder_make(path, error) : 0;
    snprintf(path, sizeof path, "%.4000s/plots/%.100s.json", folder, name);
    if (!json_array_size(pictures))
        unlink(path);
    else if (!rc)
        rc = write_file(path, m, name, pictures, error);
    return rc;
}
