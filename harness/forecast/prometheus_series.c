/* Choosing and reading a series of a matrix (prometheus_series.h). */
#include "harness/forecast/prometheus_series.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/results/document.h"

#define LABELS_MAX 400

/* As Prometheus writes it: name{job="a",instance="b"} */
static void write_labels(const json_t *metric, char *text, size_t capacity)
{
    const char *key, *separator = "{";
    const json_t *value;
    int used = snprintf(text, capacity, "%s", pl_document_string(metric, "__name__"));
    json_object_foreach((json_t *)metric, key, value)
    {
        if (strcmp(key, "__name__") == 0 || used < 0 || (size_t)used >= capacity)
            continue;
        used += snprintf(text + used, capacity - (size_t)used, "%s%s=\"%s\"", separator, key,
                         json_string_value(value) ? json_string_value(value) : "");
        separator = ",";
    }
    if (used >= 0 && (size_t)used + 2 < capacity && *separator == ',')
        strcpy(text + used, "}");
}

static int refuse_choice(const struct pl_memory_reading *r, const json_t *result, size_t fitting,
                         struct pl_error *error)
{
    char names[300] = "", labels[LABELS_MAX];
    size_t used = 0;
    if (!json_array_size(result))
        return pl_error_set(
            error, -EINVAL,
            "%s: Prometheus found no series; expected one, by another query or time", r->path);
    for (size_t i = 0; i < json_array_size(result) && used < sizeof names - 1; i++) {
        write_labels(json_object_get(json_array_get(result, i), "metric"), labels, sizeof labels);
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "", labels);
    }
    return pl_error_set(error, -EINVAL, "%s: %zu of %zu series fit; expected one, by --series: %s",
                        r->path, fitting, json_array_size(result), names);
}

static int refuse_failure(const struct pl_memory_reading *r, const json_t *root,
                          struct pl_error *error)
{
    const char *kind = pl_document_string(root, "errorType"),
               *why = pl_document_string(root, "error");
    return pl_error_set(
        error, -EINVAL,
        "%s: Prometheus failed%s%.40s%s%.200s; expected the answer of a query that did not",
        r->path, *kind || *why ? ": " : "", kind, *kind && *why ? ": " : "", why);
}

static int choose(const struct pl_memory_reading *r, const json_t *result, const json_t **chosen,
                  struct pl_error *error)
{
    char labels[LABELS_MAX];
    size_t fitting = 0;
    for (size_t i = 0; i < json_array_size(result); i++) {
        const json_t *one = json_array_get(result, i);
        write_labels(json_object_get(one, "metric"), labels, sizeof labels);
        if (r->wishes->series && !strstr(labels, r->wishes->series))
            continue;
        fitting++;
        *chosen = one;
    }
    return fitting == 1 ? 0 : refuse_choice(r, result, fitting, error);
}

static int read_values(struct pl_memory_reading *r, const json_t *values, struct pl_error *error)
{
    double unit = r->wishes->unit_bytes > 0 ? r->wishes->unit_bytes : 1;
    for (size_t i = 0; i < json_array_size(values); i++) {
        const json_t *pair = json_array_get(values, i), *time = json_array_get(pair, 0);
        const char *text = json_string_value(json_array_get(pair, 1));
        char *end = NULL;
        double seconds = json_number_value(time), value = text ? strtod(text, &end) : (double)NAN;
        if (!json_is_number(time) || !(seconds >= 0) || seconds > 9e9 || !text || end == text ||
            *end)
            return pl_error_set(error, -EINVAL,
                                "%s: sample %zu is none; expected [SECONDS, \"VALUE\"]", r->path,
                                i + 1);
        int rc = pl_memory_reading_add(r, 0, llround(seconds * 1e9), value * unit, error);
        if (rc)
            return rc;
    }
    return 0;
}

/* By its descriptor: what came by a pipe has no other path. @return 0 or a negative errno */
static int read_document(const struct pl_memory_reading *r, FILE *file, json_t **root,
                         struct pl_error *error)
{
    char place[64];
    struct pl_error reason;
    snprintf(place, sizeof place, "/proc/self/fd/%d", fileno(file));
    int rc = pl_document_read(place, "export it again", root, &reason);
    const char *text = reason.text;
    if (rc && strncmp(text, place, strlen(place)) == 0)
        text += strlen(place);
    return rc ? pl_error_set(error, rc, "%s%s%s", r->path, text == reason.text ? ": " : "", text)
              : 0;
}

int pl_prometheus_series_read(struct pl_memory_reading *r, FILE *file, struct pl_error *error)
{
    json_t *root = NULL;
    const json_t *chosen = NULL;
    int rc = read_document(r, file, &root, error);
    if (rc)
        return rc;
    if (r->wishes->interval_ns)
        rc = pl_error_set(error, -EINVAL, "%s: its samples have times; expected no --interval",
                          r->path);
    const json_t *data = json_object_get(root, "data"), *result = json_object_get(data, "result");
    if (!rc && strcmp(pl_document_string(root, "status"), "error") == 0)
        rc = refuse_failure(r, root, error);
    else if (!rc && strcmp(pl_document_string(data, "resultType"), "matrix") != 0)
        rc = pl_error_set(error, -EINVAL,
                          "%s: no matrix; expected the answer of Prometheus' /api/v1/query_range",
                          r->path);
    rc = rc ? rc : choose(r, result, &chosen, error);
    rc = rc ? rc : read_values(r, json_object_get(chosen, "values"), error);
    json_decref(root);
    return rc;
}
