/* Checks and reads results documents (document.h). */
#include "harness/results/document.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/files.h"
#include "harness/measure/outcome.h"
#include "harness/results/clean.h"
#include "harness/results/expect.h"
#include "harness/results/hosts.h"
#include "harness/results/ranges.h"

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
            return pl_error_set(error, -EINVAL, "cell %zu: '%s' is not text", number, keys[i]);
    return 0;
}

/* @return 0 also where there is none: results of a version that had one thread alone */
static int check_threads(const json_t *object, const char *what, size_t number,
                         struct pl_error *error)
{
    const json_t *threads = json_object_get(object, "threads");
    if (!threads || (json_is_integer(threads) && json_integer_value(threads) > 0 &&
                     json_integer_value(threads) <= UINT32_MAX))
        return 0;
    return pl_error_set(error, -EINVAL, "%s %zu: 'threads' is not a number of threads", what,
                        number);
}

static int check_figures(const json_t *cell, size_t number, struct pl_error *error)
{
    const json_t *container = json_object_get(cell, "container"), *value;
    const char *key;
    if (!json_is_string(json_object_get(container, "kind")) ||
        !json_is_integer(json_object_get(container, "bytes")))
        return pl_error_set(error, -EINVAL, "cell %zu: 'container' has no kind and bytes", number);
    if (!json_is_number(json_object_get(cell, "duration_seconds")))
        return pl_error_set(error, -EINVAL, "cell %zu: 'duration_seconds' is not a number", number);
    if (!json_is_object(json_object_get(cell, "metrics")))
        return pl_error_set(error, -EINVAL, "cell %zu: 'metrics' is not an object", number);
    json_object_foreach((json_t *)json_object_get(cell, "metrics"), key, value) if (
        !json_is_number(value)) return pl_error_set(error, -EINVAL,
                                                    "cell %zu: metric '%.60s' is not a number",
                                                    number, key);
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

/* Each has a name and why it was skipped, or ""; the rest is figures. */
static int check_benchmark(const json_t *benchmark, size_t number, struct pl_error *error)
{
    const json_t *value;
    const char *key;
    if (!json_is_string(json_object_get(benchmark, "name")) ||
        !json_is_string(json_object_get(benchmark, "why")))
        return pl_error_set(error, -EINVAL, "instrument %zu: a benchmark without 'name' and 'why'",
                            number);
    json_object_foreach((json_t *)benchmark, key, value)
    {
        if (!json_is_number(value) && strcmp(key, "name") != 0 && strcmp(key, "why") != 0)
            return pl_error_set(error, -EINVAL,
                                "instrument %zu: benchmark '%.60s': '%.60s' is not a number",
                                number, json_string_value(json_object_get(benchmark, "name")), key);
    }
    return 0;
}

static int check_benchmarks(const json_t *benchmarks, size_t number, struct pl_error *error)
{
    const json_t *benchmark;
    size_t i;
    int rc = 0;
    if (benchmarks && !json_is_array(benchmarks))
        return pl_error_set(error, -EINVAL, "instrument %zu: 'benchmarks' is not an array", number);
    json_array_foreach(benchmarks, i, benchmark)
    {
        if (!rc)
            rc = check_benchmark(benchmark, number, error);
    }
    return rc;
}

/* What an instrument found: the report trusts its shape, too. */
static int check_instrument(const json_t *entry, size_t number, struct pl_error *error)
{
    static const char *const texts[] = {"instrument",    "scenario", "allocator",
                                        "allocator_run", "format",   "status",
                                        "why",           "command",  "reproduce"};
    const json_t *figures = json_object_get(entry, "figures"), *value;
    const char *key;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!json_is_string(json_object_get(entry, texts[i])))
            return pl_error_set(error, -EINVAL, "instrument %zu: '%s' is not text", number,
                                texts[i]);
    if (!json_is_object(figures))
        return pl_error_set(error, -EINVAL, "instrument %zu: 'figures' is not an object", number);
    json_object_foreach(
        (json_t *)figures, key,
        value) if (!json_is_number(value)) return pl_error_set(error, -EINVAL,
                                                               "instrument %zu: figure '%.60s' is "
                                                               "not a number",
                                                               number, key);
    int rc = check_threads(entry, "instrument", number, error);
    return rc ? rc : check_benchmarks(json_object_get(entry, "benchmarks"), number, error);
}

/* @param one what an entry of the list is called */
static int check_list(const json_t *list, const char *one, struct pl_error *error)
{
    struct pl_error reason;
    const json_t *entry;
    size_t i;
    json_array_foreach(list, i, entry)
    {
        if (pl_ranges_check(entry, "", false, &reason))
            return pl_error_set(error, -EINVAL, "%s %zu: %s", one, i, reason.text);
    }
    return 0;
}

static int check_ranges(const json_t *root, struct pl_error *error)
{
    static const char *const lists[][2] = {
        {"cells", "cell"}, {"instruments", "instrument"}, {"recordings", "recording"}};
    const json_t *value;
    const char *key;
    int rc = 0;
    json_object_foreach((json_t *)root, key, value)
    {
        const char *one = NULL;
        for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
            one = strcmp(key, lists[i][0]) == 0 ? lists[i][1] : one;
        if (!rc)
            rc = one ? check_list(value, one, error) : pl_ranges_check(value, key, false, error);
    }
    return rc;
}

/* A place in a list that is there. */
static int check_hosts(const json_t *root, struct pl_error *error)
{
    const json_t *hosts = json_object_get(root, "hosts"), *cell;
    size_t i, count = pl_hosts_count(root);
    if (hosts && (!json_is_array(hosts) || count == 0))
        return pl_error_set(error, -EINVAL, "'hosts' is not a list of hosts");
    json_array_foreach(hosts, i, cell)
    {
        if (!json_is_object(cell))
            return pl_error_set(error, -EINVAL, "'hosts' is not a list of hosts");
    }
    json_array_foreach(json_object_get(root, "cells"), i, cell)
    {
        if (pl_hosts_place(cell) >= count)
            return pl_error_set(error, -EINVAL, "cell %zu: 'host' is %zu; expected one of %zu", i,
                                pl_hosts_place(cell), count);
    }
    return 0;
}

static int check_instruments(const json_t *entries, struct pl_error *error)
{
    const json_t *entry;
    size_t i;
    int rc = 0;
    if (entries && !json_is_array(entries))
        return pl_error_set(error, -EINVAL, "'instruments' is not a list");
    json_array_foreach(entries, i, entry) rc = rc ? rc : check_instrument(entry, i, error);
    return rc;
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
        if (!rc)
            rc = check_threads(cell, "cell", i, error);
    }
    if (!rc)
        rc = check_instruments(json_object_get(root, "instruments"), error);
    if (!rc)
        rc = check_hosts(root, error);
    return rc ? rc : check_ranges(root, error);
}

int pl_document_read(const char *path, const char *again, json_t **root, struct pl_error *error)
{
    char *text = NULL;
    size_t size = 0;
    json_error_t where;
    struct pl_error reason;
    if (pl_file_read(path, PL_FILE_BYTES_MAX, &text, &size, &reason))
        return pl_error_set(error, -EINVAL, "%s", reason.text);
    *root = json_loadb(text, size, 0, &where);
    free(text);
    if (!*root)
        return pl_error_set(error, -EINVAL, "%s:%d:%d: no whole JSON (%.80s); %s", path, where.line,
                            where.column, where.text, again);
    if (!pl_clean_tree(*root))
        return 0;
    json_decref(*root);
    *root = NULL;
    return pl_error_set(error, -ENOMEM, "out of memory");
}

int pl_document_load(const char *folder, json_t **root, struct pl_error *error)
{
    char path[4096];
    json_t *document = NULL;
    struct pl_error reason;
    int n = snprintf(path, sizeof path, "%s/results.json", folder);
    if (n < 0 || (size_t)n >= sizeof path)
        return pl_error_set(error, -EINVAL, "%.80s...: the path is too long", folder);
    if (access(path, F_OK) != 0)
        return pl_error_set(
            error, -EINVAL,
            "%s: no results.json in it; expected a folder that `plimsoll run --out` wrote", folder);
    int rc = pl_document_read(path, "run it again", &document, error);
    if (rc)
        return rc;
    rc = pl_document_check(document, &reason);
    if (rc) {
        json_decref(document);
        return pl_error_set(error, rc, "%s: %.300s", path, reason.text);
    }
    *root = document;
    return 0;
}

const char *pl_document_string(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}
