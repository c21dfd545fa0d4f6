/* Reading the committed counterparts (counterparts.h). */
#include "harness/results/counterparts.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/files.h"
#include "harness/results/document.h"

#define FILE_BYTES_MAX (1 << 20) /* ours has some 30 kB */
#define BYTES_MAX 1e15           /* of a figure: more than any machine has */
#define SECONDS_MAX 1e9

static const char *find(void)
{
    static const char *const candidates[] = {
        "results/counterparts.json", PL_SOURCE_DIR "/results/counterparts.json",
        PL_DATA_DIR "/results/counterparts.json", PL_PACKAGE_DATA_DIR "/results/counterparts.json"};
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++)
        if (access(candidates[i], R_OK) == 0)
            return candidates[i];
    return candidates[0];
}

static bool is_within(const json_t *number, double least, double most)
{
    double value = json_number_value(number);
    return json_is_number(number) && isfinite(value) && value >= least && value <= most;
}

static int check_texts(const json_t *row, const char *const *keys, size_t count, const char *what,
                       size_t number, struct pl_error *error)
{
    for (size_t i = 0; i < count; i++)
        if (!json_is_string(json_object_get(row, keys[i])))
            return pl_error_set(error, -EINVAL, "%s %zu: '%s' is not text", what, number, keys[i]);
    return 0;
}

static int check_figure(const json_t *row, const char *of, const char *key, double least,
                        size_t number, struct pl_error *error)
{
    if (is_within(json_object_get(json_object_get(row, of), key), least, BYTES_MAX))
        return 0;
    return pl_error_set(error, -EINVAL, "pair %zu: %s.%s is not a number from %g to %g", number, of,
                        key, least, BYTES_MAX);
}

/* A mean is not held of all: curves of other shapes, and where no curve is known. */
static int check_figures(const json_t *row, size_t number, struct pl_error *error)
{
    static const char *const keys[][2] = {{"peak_bytes", "peak"}, {"mean_bytes", "mean"}};
    bool has_mean = json_object_get(json_object_get(row, "tolerated_percent"), "mean") != NULL;
    int rc = 0;
    for (size_t i = 0; !rc && i < (has_mean ? 2 : 1); i++) {
        rc = check_figure(row, "real", keys[i][0], 1, number, error);
        rc = rc ? rc : check_figure(row, "modelled", keys[i][0], 0, number, error);
        rc = rc ? rc : check_figure(row, "tolerated_percent", keys[i][1], 0, number, error);
    }
    return rc;
}

static int check_pair(const json_t *row, size_t number, struct pl_error *error)
{
    static const char *const texts[] = {"model", "stack", "counterpart", "counterpart_stack",
                                        "held",  "why",   "versions",    "date"};
    int rc = check_texts(row, texts, sizeof texts / sizeof *texts, "pair", number, error);
    return rc ? rc : check_figures(row, number, error);
}

static int check_none(const json_t *row, size_t number, struct pl_error *error)
{
    static const char *const texts[] = {"why"};
    const json_t *models = json_object_get(row, "models"), *model;
    size_t i;
    if (json_array_size(models) == 0)
        return pl_error_set(error, -EINVAL, "none %zu: 'models' is not a list of names", number);
    json_array_foreach(models, i, model)
    {
        if (!json_is_string(model))
            return pl_error_set(error, -EINVAL, "none %zu: 'models' is not a list of names",
                                number);
    }
    return check_texts(row, texts, 1, "none", number, error);
}

static int check_claim(const json_t *row, size_t number, struct pl_error *error)
{
    static const char *const texts[] = {"document", "claim", "verdict", "measured", "by"};
    return check_texts(row, texts, sizeof texts / sizeof *texts, "claim", number, error);
}

static int check_curve(const json_t *row, size_t number, struct pl_error *error)
{
    static const char *const texts[] = {"counterpart", "stack", "date", "versions"};
    const json_t *t = json_object_get(row, "t_seconds"), *rss = json_object_get(row, "rss_bytes");
    size_t count = json_array_size(t);
    double before = -1;
    if (count < 2 || json_array_size(rss) != count)
        return pl_error_set(
            error, -EINVAL,
            "curve %zu: t_seconds and rss_bytes are no lists of one length, 2 or more", number);
    for (size_t i = 0; i < count; i++) {
        double seconds = json_number_value(json_array_get(t, i));
        if (!is_within(json_array_get(t, i), 0, SECONDS_MAX) || seconds <= before ||
            !is_within(json_array_get(rss, i), 0, BYTES_MAX))
            return pl_error_set(error, -EINVAL, "curve %zu: its point %zu is none", number, i);
        before = seconds;
    }
    return check_texts(row, texts, sizeof texts / sizeof *texts, "curve", number, error);
}

static int check(const json_t *root, struct pl_error *error)
{
    static const struct {
        const char *key;
        int (*check)(const json_t *, size_t, struct pl_error *);
    } lists[] = {{"pairs", check_pair},
                 {"none", check_none},
                 {"claims", check_claim},
                 {"curves", check_curve}};
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
        const json_t *list = json_object_get(root, lists[k].key), *row;
        size_t i;
        if (!json_is_array(list))
            return pl_error_set(error, -EINVAL, "'%s' is not a list", lists[k].key);
        json_array_foreach(list, i, row)
        {
            int rc = lists[k].check(row, i, error);
            if (rc)
                return rc;
        }
    }
    return 0;
}

int pl_counterparts_read(const char *path, json_t **root, struct pl_error *error)
{
    char *text = NULL;
    size_t size = 0;
    json_error_t where;
    struct pl_error reason;
    path = path ? path : find();
    if (pl_file_read(path, FILE_BYTES_MAX, &text, &size, &reason))
        return pl_error_set(error, -EINVAL, "%s", reason.text);
    json_t *document = json_loadb(text, size, JSON_REJECT_DUPLICATES, &where);
    free(text);
    if (!document)
        return pl_error_set(error, -EINVAL, "%s:%d:%d: no whole JSON (%.80s)", path, where.line,
                            where.column, where.text);
    int rc = check(document, &reason);
    if (rc) {
        json_decref(document);
        return pl_error_set(error, rc, "%s: %.300s", path, reason.text);
    }
    *root = document;
    return 0;
}

const json_t *pl_counterparts_curve(const json_t *root, const char *counterpart, const char *stack)
{
    const json_t *row;
    size_t i;
    json_array_foreach(json_object_get(root, "curves"), i, row)
    {
        if (strcmp(pl_document_string(row, "counterpart"), counterpart) == 0 &&
            strcmp(pl_document_string(row, "stack"), stack) == 0)
            return row;
    }
    return NULL;
}

int pl_counterparts_series(const json_t *curve, struct pl_rss_series *s)
{
    const json_t *t = json_object_get(curve, "t_seconds"),
                 *rss = json_object_get(curve, "rss_bytes");
    size_t count = json_array_size(t);
    *s = (struct pl_rss_series){.t_ns = calloc(count + 1, sizeof *s->t_ns),
                                .rss_bytes = calloc(count + 1, sizeof *s->rss_bytes),
                                .live_bytes = calloc(count + 1, sizeof *s->live_bytes),
                                .count = count};
    if (!s->t_ns || !s->rss_bytes || !s->live_bytes) {
        pl_rss_series_free(s);
        *s = (struct pl_rss_series){0};
        return -ENOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        s->t_ns[i] = (int64_t)(json_number_value(json_array_get(t, i)) * 1e9);
        s->rss_bytes[i] = json_number_value(json_array_get(rss, i));
        s->live_bytes[i] = NAN;
    }
    return 0;
}

double pl_counterparts_error(double model, double real)
{
    return 100 * (model / real - 1);
}
