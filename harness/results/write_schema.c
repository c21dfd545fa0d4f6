/* Writes the part of results/schema.json that is the table of metrics (metrics.def), and leaves the
 * rest as a person wrote it: a new metric is a function and a row there, and `make schema`.
 *   plimsoll-schema FILE            renews it
 *   plimsoll-schema --check FILE    ends with 1 where it is not what would be written */
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/files.h"
#include "harness/measure/metrics.h"
#include "harness/results/ranges.h"

#define SCHEMA_BYTES_MAX (1 << 20)

static json_t *number(double value)
{
    return json_integer((json_int_t)value); /* every bound is whole, and at most 1e18 */
}

static json_t *property(const struct pl_metric *metric)
{
    bool integer;
    struct pl_range range = pl_range_of("metrics", metric->name, &integer);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "type",
                     range.whole ? "integer" : "number", "unit", pl_unit_name(metric->unit),
                     "better", pl_better_name(metric->better), "class",
                     pl_class_name(metric->class), "description", metric->how, "minimum",
                     number(range.minimum), "maximum", number(range.maximum));
}

/* @return what the schema says of a cell's metrics, borrowed; NULL where it has no such part */
static json_t *metrics_of(json_t *schema)
{
    static const char *const path[] = {"properties", "cells", "items", "properties", "metrics"};
    for (size_t i = 0; i < sizeof path / sizeof *path; i++)
        schema = json_object_get(schema, path[i]);
    return schema;
}

/* @return the schema as it should be, free() it; NULL where it is no schema of results */
static char *renewed(const char *text)
{
    json_t *schema = json_loads(text, JSON_REJECT_DUPLICATES, NULL), *properties = json_object();
    char *made = NULL;
    for (size_t i = 0; i < pl_metric_count; i++)
        json_object_set_new(properties, pl_metrics[i].name, property(&pl_metrics[i]));
    if (json_object_set_new(metrics_of(schema), "properties", properties) == 0)
        made = json_dumps(schema, JSON_INDENT(2));
    json_decref(schema);
    return made;
}

static int write_whole(const char *path, const char *text, struct pl_error *error)
{
    struct pl_file file;
    int rc = pl_file_open(&file, path, error);
    if (!rc) {
        fprintf(file.stream, "%s\n", text);
        rc = pl_file_commit(&file, error);
    }
    return rc;
}

static int fail(int code, const char *where, const char *what)
{
    fprintf(stderr, "plimsoll-schema: %s%s\n", where, what);
    return code;
}

static int check_or_write(bool check, const char *path, const char *text, const char *made)
{
    struct pl_error error;
    size_t length = strlen(made);
    if (strncmp(text, made, length) == 0 && strcmp(text + length, "\n") == 0)
        return 0;
    if (check)
        return fail(1, path,
                    ": not what metrics.def says; expected what `make -C build schema` writes");
    return write_whole(path, made, &error) ? fail(2, "", error.text) : 0;
}

int main(int argc, char **argv)
{
    bool check = argc == 3 && strcmp(argv[1], "--check") == 0;
    const char *path = argv[argc - 1];
    struct pl_error error;
    char *text = NULL;
    size_t size;
    if (argc != 2 && !check)
        return fail(2, "", "wrong arguments; expected [--check] FILE");
    if (pl_file_read(path, SCHEMA_BYTES_MAX, &text, &size, &error))
        return fail(2, "", error.text);
    char *made = renewed(text);
    int code = made ? check_or_write(check, path, text, made)
                    : fail(2, path, ": no schema of results; expected one with a cell's metrics");
    free(made);
    free(text);
    return code;
}
