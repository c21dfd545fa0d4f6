/* From hyperfine's JSON to its times (hyperfine_results.h). */
#include "harness/instruments/hyperfine_results.h"

#include <errno.h>

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

static int read_result(const json_t *result, const char *path, struct pl_hyperfine *t,
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
    size_t runs = json_array_size(json_object_get(result, "times"));
    size_t count = sizeof keys / sizeof *keys - (runs == 1); /* one has no deviation */
    int rc = runs ? 0 : pl_error_set(error, -EINVAL, "%s: no 'times' of any run", path);
    for (size_t i = 0; !rc && i < count; i++)
        rc = read_seconds(result, keys[i].key, path, keys[i].seconds, error);
    t->runs = runs;
    return rc;
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
            : pl_error_set(error, -EINVAL, "%s: the results of one command are wanted, not %zu",
                           path, json_array_size(results));
    json_decref(root);
    if (!rc)
        *times = read;
    return rc;
}
