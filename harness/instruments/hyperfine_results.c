/* From hyperfine's JSON to its times (hyperfine_results.h). */
#include "harness/instruments/hyperfine_results.h"

#include <errno.h>
#include <string.h>

#include "harness/instruments/json_text.h"

static int read_seconds(const json_t *result, const char *key, const char *path, double *seconds,
                        struct pl_error *error)
{
    const json_t *value = json_object_get(result, key);
    if (!json_is_number(value) || json_number_value(value) < 0)
        return pl_error_set(error, -EINVAL, "%s: no '%s' of 0 or more seconds", path, key);
    *seconds = json_number_value(value);
    return 0;
}

static int read_times(const json_t *times, uint64_t runs, const char *path, struct pl_hyperfine *t,
                      struct pl_error *error)
{
    const struct {
        const char *key;
        double *seconds;
    } keys[] = {{"mean", &t->mean_seconds},
                {"median", &t->median_seconds},
                {"min", &t->min_seconds},
                {"max", &t->max_seconds},
                {"stddev", &t->stddev_seconds}};
    size_t count = sizeof keys / sizeof *keys - (runs == 1); /* one has no deviation */
    int rc = 0;
    for (size_t i = 0; !rc && i < count; i++)
        rc = read_seconds(times, keys[i].key, path, keys[i].seconds, error);
    t->runs = runs;
    return rc;
}

/* Before 2.0: the figures lie beside the list of the runs' times. */
static int read_first_layout(const json_t *result, const char *path, struct pl_hyperfine *t,
                             struct pl_error *error)
{
    size_t runs = json_array_size(json_object_get(result, "times"));
    if (!runs)
        return pl_error_set(error, -EINVAL, "%s: no 'times' of any run", path);
    return read_times(result, runs, path, t, error);
}

/* From 2.0 on: a summary for each of the things measured, with its unit and how many runs it is of.
 */
static int read_second_layout(const json_t *summary, const char *path, struct pl_hyperfine *t,
                              struct pl_error *error)
{
    const json_t *wall = json_object_get(summary, "time_wall_clock");
    const char *unit = json_string_value(json_object_get(wall, "unit"));
    json_int_t runs = json_integer_value(json_object_get(wall, "count"));
    if (runs <= 0)
        return pl_error_set(error, -EINVAL, "%s: no 'time_wall_clock' of any run", path);
    if (!unit || strcmp(unit, "second") != 0)
        return pl_error_set(error, -EINVAL, "%s: 'time_wall_clock' is not in seconds", path);
    return read_times(wall, (uint64_t)runs, path, t, error);
}

static int read_result(const json_t *result, const char *path, struct pl_hyperfine *t,
                       struct pl_error *error)
{
    const json_t *summary = json_object_get(result, "summary");
    return summary ? read_second_layout(summary, path, t, error)
                   : read_first_layout(result, path, t, error);
}

int pl_hyperfine_parse(const char *text, size_t size, const char *path, struct pl_hyperfine *times,
                       struct pl_error *error)
{
    struct pl_hyperfine read = {.runs = 0};
    json_t *root = pl_json_text_load(text, size, path, error);
    if (!root)
        return -EINVAL;
    const json_t *results = json_object_get(root, "results");
    int rc =
        json_array_size(results) == 1
            ? read_result(json_array_get(results, 0), path, &read, error)
            : pl_error_set(error, -EINVAL, "%s: the results of %zu commands; expected those of one",
                           path, json_array_size(results));
    json_decref(root);
    if (!rc)
        *times = read;
    return rc;
}
