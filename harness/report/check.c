/* Refuses what is no results document of ours, so that what follows may trust its shape (check.h).
 */
#include "harness/report/check.h"

#include <errno.h>
#include <string.h>

#include "harness/measure/outcome.h"
#include "harness/results/expect.h"
#include "harness/results/results.h"

static int check_version(const json_t *root, struct pl_error *error)
{
    const json_t *version = json_object_get(root, "schema_version");
    if (!json_is_integer(version))
        return pl_error_set(error, -EINVAL, "no schema_version: these are no results of plimsoll");
    if (json_integer_value(version) != PL_SCHEMA_VERSION)
        return pl_error_set(error, -EINVAL,
                            "schema_version is %lld; this program reads %d: run it again with this "
                            "one, or report with the one that ran it",
                            (long long)json_integer_value(version), PL_SCHEMA_VERSION);
    return 0;
}

static int check_strings(const json_t *cell, size_t number, struct pl_error *error)
{
    static const char *const keys[] = {"scenario", "title",    "allocator", "format",
                                       "clock",    "outcome",  "expected",  "outcome_why",
                                       "series",   "reproduce"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!json_is_string(json_object_get(cell, keys[i])))
            return pl_error_set(error, -EINVAL, "cell %zu: '%s' is no text", number, keys[i]);
    return 0;
}

static int check_figures(const json_t *cell, size_t number, struct pl_error *error)
{
    const json_t *container = json_object_get(cell, "container"), *value;
    const char *key;
    if (!json_is_string(json_object_get(container, "kind")) ||
        !json_is_integer(json_object_get(container, "bytes")))
        return pl_error_set(error, -EINVAL, "cell %zu: 'container' has no kind and bytes", number);
    if (!json_is_number(json_object_get(cell, "duration_seconds")))
        return pl_error_set(error, -EINVAL, "cell %zu: 'duration_seconds' is no number", number);
    if (!json_is_object(json_object_get(cell, "metrics")))
        return pl_error_set(error, -EINVAL, "cell %zu: 'metrics' is no object", number);
    json_object_foreach((json_t *)json_object_get(cell, "metrics"), key, value) if (
        !json_is_number(value)) return pl_error_set(error, -EINVAL,
                                                    "cell %zu: metric '%.60s' is no number", number,
                                                    key);
    return 0;
}

static int check_names(const json_t *cell, size_t number, struct pl_error *error)
{
    const char *outcome = json_string_value(json_object_get(cell, "outcome"));
    const char *expected = json_string_value(json_object_get(cell, "expected"));
    int known = 0;
    for (int i = 0; i < PL_OUTCOME_COUNT; i++)
        known |= strcmp(outcome, pl_outcome_name((enum pl_outcome)i)) == 0;
    if (!known)
        return pl_error_set(error, -EINVAL, "cell %zu: unknown outcome '%.60s'", number, outcome);
    for (int i = known = 0; i <= PL_VERDICT_NONE; i++)
        known |= strcmp(expected, pl_verdict_name((enum pl_verdict)i)) == 0;
    if (!known)
        return pl_error_set(error, -EINVAL, "cell %zu: unknown verdict '%.60s'", number, expected);
    return 0;
}

int pl_document_check(const json_t *root, struct pl_error *error)
{
    const json_t *cells = json_object_get(root, "cells"), *cell;
    size_t i;
    int rc = check_version(root, error);
    if (!rc && json_array_size(cells) == 0)
        rc = pl_error_set(error, -EINVAL, "no cells: nothing was measured");
    json_array_foreach(cells, i, cell)
    {
        if (!rc)
            rc = check_strings(cell, i, error);
        if (!rc)
            rc = check_figures(cell, i, error);
        if (!rc)
            rc = check_names(cell, i, error);
    }
    return rc;
}
