/* Noise and false alarms out of an A/A run; storing and finding them (calibration.h). */
#include "harness/compare/calibration.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/files.h"
#include "harness/compare/judge.h"
#include "harness/results/document.h"
#include "harness/results/host.h"
#include "harness/results/ranges.h"

#define VERSION 1

int pl_calibration_path(const json_t *host, char *path, size_t capacity, struct pl_error *error)
{
    char hash[PL_HOST_HASH_TEXT];
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    bool given = state && state[0] == '/'; /* XDG: a relative path is to be ignored */
    if (pl_host_hash(host, hash, sizeof hash))
        return pl_error_set(error, -EINVAL, "the host has no fingerprint");
    if (!given && !(home && *home))
        return pl_error_set(error, -ENOENT,
                            "neither XDG_STATE_HOME nor HOME is set: no place "
                            "for this host's calibration");
    int n = snprintf(path, capacity, "%s%s/plimsoll/calibration/%s.json", given ? state : home,
                     given ? "" : "/.local/state", strchr(hash, ':') + 1);
    return n > 0 && (size_t)n < capacity
               ? 0
               : pl_error_set(error, -ENAMETOOLONG, "the path of the calibration is too long");
}

int pl_calibration_store(const char *path, const json_t *root, struct pl_error *error)
{
    char folder[4096];
    struct pl_file file;
    const char *slash = strrchr(path, '/');
    int rc = 0;
    if (slash && slash > path) {
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
        rc = pl_folder_make(folder, error);
    }
    if (!rc)
        rc = pl_file_open(&file, path, error);
    if (rc)
        return rc;
    if (json_dumpf(root, file.stream, JSON_INDENT(1) | JSON_REAL_PRECISION(6)) == 0)
        fputc('\n', file.stream);
    return pl_file_commit(&file, error);
}

static int check(const json_t *root, struct pl_error *error)
{
    const json_t *row;
    size_t i;
    if (json_integer_value(json_object_get(root, "calibration_version")) != VERSION)
        return pl_error_set(error, -EINVAL,
                            "no calibration of version %d; `plimsoll calibrate` "
                            "makes one",
                            VERSION);
    json_array_foreach(json_object_get(root, "cells"), i, row) if (
        !json_is_number(
            json_object_get(row, "noise"))) return pl_error_set(error, -EINVAL,
                                                                "cell %zu has no noise; `plimsoll "
                                                                "calibrate` makes it anew",
                                                                i);
    if (!json_is_array(json_object_get(root, "metrics")))
        return pl_error_set(error, -EINVAL, "no metrics; `plimsoll calibrate` makes it anew");
    return pl_ranges_check(root, "", false, error);
}

int pl_calibration_load(const char *path, struct pl_calibration *c, struct pl_error *error)
{
    json_t *root = NULL;
    struct pl_error reason;
    if (access(path, F_OK) != 0)
        return pl_error_set(error, -ENOENT, "%s: there is no such calibration", path);
    int rc = pl_document_read(path, "`plimsoll calibrate` makes it anew", &root, error);
    if (!rc && (rc = check(root, &reason)))
        pl_error_set(error, rc, "%s: %s", path, reason.text);
    if (rc) {
        json_decref(root);
        return rc;
    }
    c->root = root;
    snprintf(c->path, sizeof c->path, "%s", path);
    return 0;
}

int pl_calibration_find(const json_t *host, struct pl_calibration *c, struct pl_error *error)
{
    char path[4096];
    c->root = NULL;
    int rc = pl_calibration_path(host, path, sizeof path, error);
    if (!rc)
        rc = pl_calibration_load(path, c, error);
    return rc == -ENOENT || (rc && !host) ? 0 : rc;
}

bool pl_calibration_of_host(const struct pl_calibration *c, const json_t *host)
{
    char mine[PL_HOST_HASH_TEXT], theirs[PL_HOST_HASH_TEXT];
    return pl_host_hash(json_object_get(c->root, "host"), theirs, sizeof theirs) == 0 &&
           pl_host_hash(host, mine, sizeof mine) == 0 && strcmp(mine, theirs) == 0;
}

void pl_calibration_free(struct pl_calibration *c)
{
    json_decref(c->root);
    c->root = NULL;
}

double pl_calibration_noise(const struct pl_calibration *c, const struct pl_match *m,
                            const char *metric)
{
    const json_t *row;
    size_t i;
    json_array_foreach(c ? json_object_get(c->root, "cells") : NULL, i, row)
    {
        struct pl_cell_name name = pl_cell_name_of(row);
        if (pl_cell_name_equal(&name, &m->name) &&
            json_number_value(json_object_get(row, "duration_seconds")) == pl_match_seconds(m) &&
            strcmp(pl_document_string(row, "metric"), metric) == 0)
            return json_number_value(json_object_get(row, "noise"));
    }
    return (double)NAN;
}

bool pl_calibration_advisory(const struct pl_calibration *c, const char *metric, double *alarms)
{
    const json_t *row;
    size_t i;
    json_array_foreach(c ? json_object_get(c->root, "metrics") : NULL, i, row)
    {
        if (strcmp(pl_document_string(row, "metric"), metric) != 0)
            continue;
        *alarms = json_number_value(json_object_get(row, "false_alarms"));
        return *alarms > PL_CALIBRATION_ALARMS_MAX;
    }
    return false;
}
