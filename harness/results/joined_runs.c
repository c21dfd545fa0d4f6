/* Joining documents (joined_runs.h): the first is the document, the others add their cells to it.
 */
#include "harness/results/joined_runs.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/results/cell_name.h"
#include "harness/results/document.h"

static int load(const char *folder, json_t **root, struct pl_error *error)
{
    json_t *cell;
    size_t i;
    int rc = pl_document_load(folder, root, error);
    if (rc)
        return rc;
    json_array_foreach(json_object_get(*root, "cells"), i, cell)
        json_object_set_new(cell, "folder", json_string(folder));
    return 0;
}

static bool is_same(const json_t *a, const json_t *b)
{
    struct pl_cell_name x = pl_cell_name_of(a), y = pl_cell_name_of(b);
    return pl_cell_name_equal(&x, &y) &&
           json_equal(json_object_get(a, "repetition"), json_object_get(b, "repetition"));
}

static int add_cell(json_t *cells, json_t *cell, struct pl_error *error)
{
    char name[200];
    struct pl_cell_name of = pl_cell_name_of(cell);
    for (size_t i = 0; i < json_array_size(cells); i++) {
        if (!is_same(json_array_get(cells, i), cell))
            continue;
        pl_cell_name_text(&of, name, sizeof name);
        return pl_error_set(error, -EINVAL, "%s is in %.300s, too", name,
                            pl_document_string(json_array_get(cells, i), "folder"));
    }
    return json_array_append(cells, cell) ? pl_error_set(error, -ENOMEM, "out of memory") : 0;
}

/* A scenario is asked the same way everywhere, so one entry stands for all. */
static int add_recording(json_t *recordings, json_t *recording, struct pl_error *error)
{
    const char *scenario = pl_document_string(recording, "scenario");
    for (size_t i = 0; i < json_array_size(recordings); i++) {
        const json_t *other = json_array_get(recordings, i);
        if (strcmp(pl_document_string(other, "scenario"), scenario) != 0)
            continue;
        return json_equal(other, recording)
                   ? 0
                   : pl_error_set(error, -EINVAL,
                                  "%.60s was asked otherwise than beside it (recording or "
                                  "conditions)",
                                  scenario);
    }
    return json_array_append(recordings, recording) ? pl_error_set(error, -ENOMEM, "out of memory")
                                                    : 0;
}

static int join(json_t *root, const json_t *other, struct pl_error *error)
{
    json_t *run = json_object_get(root, "run"), *recordings = json_object_get(root, "recordings");
    json_t *entry;
    size_t i;
    int rc = 0;
    if (!json_equal(json_object_get(root, "host"), json_object_get(other, "host")))
        return pl_error_set(error, -EINVAL, "it ran on another host than what lies beside it");
    if (json_is_false(json_object_get(json_object_get(other, "run"), "complete")))
        json_object_set_new(run, "complete", json_false());
    if (!recordings && json_object_get(other, "recordings"))
        json_object_set_new(root, "recordings", recordings = json_array());
    json_array_foreach(json_object_get(other, "recordings"), i, entry) rc =
        rc ? rc : add_recording(recordings, entry, error);
    json_array_foreach(json_object_get(other, "cells"), i, entry) rc =
        rc ? rc : add_cell(json_object_get(root, "cells"), entry, error);
    return rc;
}

/* @return 0 also for an entry that holds no results */
static int add_folder(const char *folder, const char *name, json_t **root, struct pl_error *error)
{
    char path[3800], file[4096];
    struct pl_error reason;
    json_t *other = NULL;
    int n = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (n < 0 || (size_t)n >= sizeof path)
        return pl_error_set(error, -EINVAL, "%.80s...: the path is too long", folder);
    snprintf(file, sizeof file, "%s/results.json", path);
    if (name[0] == '.' || access(file, F_OK) != 0)
        return 0;
    int rc = load(path, &other, error);
    if (rc)
        return rc;
    if (!*root) {
        *root = other;
        return 0;
    }
    rc = join(*root, other, &reason);
    json_decref(other);
    return rc ? pl_error_set(error, rc, "%.300s: %s", path, reason.text) : 0;
}

static int gather(const char *folder, json_t **root, struct pl_error *error)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort), rc = 0;
    if (count < 0)
        return pl_error_set(error, -EINVAL, "%s: %s", folder, strerror(errno));
    for (int i = 0; i < count; i++) {
        if (!rc)
            rc = add_folder(folder, entries[i]->d_name, root, error);
        free(entries[i]);
    }
    free(entries);
    if (!rc && !*root)
        rc = pl_error_set(error, -EINVAL,
                          "%s: no results.json in it; expected a folder that `plimsoll run --out` "
                          "wrote, or one that holds such folders",
                          folder);
    return rc;
}

int pl_document_gather(const char *folder, json_t **root, struct pl_error *error)
{
    char path[4096];
    json_t *document = NULL;
    int n = snprintf(path, sizeof path, "%s/results.json", folder);
    bool one = n > 0 && (size_t)n < sizeof path && access(path, F_OK) == 0;
    int rc = one ? load(folder, &document, error) : gather(folder, &document, error);
    if (rc)
        json_decref(document);
    else
        *root = document;
    return rc;
}
