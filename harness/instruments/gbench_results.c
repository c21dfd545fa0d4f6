/* From Google Benchmark's JSON to ours (gbench_results.h). */
#include "harness/instruments/gbench_results.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/instruments/json_text.h"

/* The repetitions of one benchmark. */
struct repetitions {
    double cpu_ns[PL_GBENCH_REPETITIONS_MAX];
    double real_ns[PL_GBENCH_REPETITIONS_MAX];
    size_t count;
    const char *skipped; /* why, or NULL */
};

/* @return its `benchmarks`, borrowed from the root, or NULL */
static const json_t *load(const char *text, size_t size, const char *path, json_t **root,
                          struct pl_error *error)
{
    *root = pl_json_text_load(text, size, path, error);
    const json_t *entries = json_object_get(*root, "benchmarks");
    if (!*root || json_array_size(entries) > 0)
        return entries;
    json_decref(*root);
    pl_error_set(error, -EINVAL, "%s: no 'benchmarks' in it: nothing was measured", path);
    return NULL;
}

static const char *string_of(const json_t *entry, const char *key)
{
    const char *text = json_string_value(json_object_get(entry, key));
    return text ? text : "";
}

static bool is_repetition(const json_t *entry)
{
    return strcmp(string_of(entry, "run_type"), "aggregate") != 0;
}

/* ns in a `time_unit`, or 0 */
static double unit_ns(const char *unit)
{
    static const struct {
        const char *name;
        double ns;
    } units[] = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(units[i].name, unit) == 0)
            return units[i].ns;
    return 0;
}

/* @return whether it is a number from 0 to where doubles still hold whole ones */
static bool is_figure(const json_t *value)
{
    return json_is_number(value) && json_number_value(value) >= 0 &&
           json_number_value(value) < 0x1p53;
}

static int read_time(const json_t *entry, const char *key, const char *path, double *ns,
                     struct pl_error *error)
{
    const json_t *value = json_object_get(entry, key);
    double factor = unit_ns(string_of(entry, "time_unit"));
    if (!is_figure(value) || factor <= 0)
        return pl_error_set(error, -EINVAL, "%s: %.100s has no '%s' with a known 'time_unit'", path,
                            string_of(entry, "run_name"), key);
    *ns = json_number_value(value) * factor;
    return 0;
}

static const char *why_skipped(const json_t *entry)
{
    const char *why = pl_json_text_line(entry, "error_message");
    return why ? why : "it gave up and did not say why";
}

static int add_repetition(const json_t *entry, const char *path, struct repetitions *r,
                          struct pl_error *error)
{
    if (json_is_true(json_object_get(entry, "error_occurred"))) {
        r->skipped = why_skipped(entry);
        return 0;
    }
    if (r->count == PL_GBENCH_REPETITIONS_MAX)
        return pl_error_set(error, -EINVAL, "%s: more than %d repetitions", path,
                            PL_GBENCH_REPETITIONS_MAX);
    int rc = read_time(entry, "cpu_time", path, &r->cpu_ns[r->count], error);
    if (!rc)
        rc = read_time(entry, "real_time", path, &r->real_ns[r->count], error);
    r->count += rc == 0;
    return rc;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts. @param count 1 or more */
static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, ascending);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static json_t *benchmark_json(const char *name, struct repetitions *r)
{
    if (r->skipped || r->count == 0)
        return json_pack("{s:s, s:s}", "name", name, "why", r->skipped ? r->skipped : "not run");
    double cpu_ns = median(r->cpu_ns, r->count), real_ns = median(r->real_ns, r->count);
    json_t *benchmark =
        json_pack("{s:s, s:s, s:I, s:f, s:f, s:f, s:f}", "name", name, "why", "", "repetitions",
                  (json_int_t)r->count, "cpu_ns_per_operation", cpu_ns, "cpu_ns_per_operation_min",
                  r->cpu_ns[0], "cpu_ns_per_operation_max", r->cpu_ns[r->count - 1],
                  "real_ns_per_operation", real_ns);
    if (benchmark && cpu_ns > 0)
        json_object_set_new(benchmark, "operations_per_cpu_second", json_real(1e9 / cpu_ns));
    return benchmark;
}

static bool is_listed(const json_t *benchmarks, const char *name)
{
    const json_t *benchmark;
    size_t i;
    json_array_foreach(benchmarks, i, benchmark)
    {
        if (strcmp(string_of(benchmark, "name"), name) == 0)
            return true;
    }
    return false;
}

/* Gathers the repetitions of the benchmark of that name. */
static int add_benchmark(const json_t *entries, const char *name, const char *path,
                         json_t *benchmarks, struct pl_error *error)
{
    struct repetitions r = {.count = 0};
    const json_t *entry;
    size_t i;
    int rc = 0;
    json_array_foreach(entries, i, entry)
    {
        if (!rc && is_repetition(entry) && strcmp(string_of(entry, "run_name"), name) == 0)
            rc = add_repetition(entry, path, &r, error);
    }
    if (!rc && json_array_append_new(benchmarks, benchmark_json(name, &r)))
        rc = pl_error_set(error, -ENOMEM, "out of memory");
    return rc;
}

int pl_gbench_times(const char *text, size_t size, const char *path, json_t **benchmarks,
                    struct pl_error *error)
{
    json_t *root, *made = json_array();
    const json_t *entries = load(text, size, path, &root, error), *entry;
    size_t i;
    int rc = entries ? 0 : -EINVAL;
    json_array_foreach(entries, i, entry)
    {
        const char *name = pl_json_text_line(entry, "run_name");
        if (!rc && !name)
            rc = pl_error_set(error, -EINVAL, "%s: benchmark %zu has no 'run_name'", path, i);
        if (!rc && !is_listed(made, name))
            rc = add_benchmark(entries, name, path, made, error);
    }
    if (entries)
        json_decref(root);
    if (rc)
        json_decref(made);
    else
        *benchmarks = made;
    return rc;
}

/* What a memory pass has to have, and what it is called with us. */
static const struct {
    const char *theirs, *ours;
} memory_figures[] = {
    {"max_bytes_used", "live_bytes_peak"},    {"net_heap_growth", "live_bytes_grown"},
    {"rss_bytes_before", "rss_bytes_before"}, {"rss_bytes_peak", "rss_bytes_peak"},
    {"rss_bytes_after", "rss_bytes_after"},
};

static int add_memory(const json_t *entry, const char *path, json_t *benchmark,
                      struct pl_error *error)
{
    const json_t *allocs = json_object_get(entry, "allocs_per_iter");
    if (!is_figure(allocs))
        return pl_error_set(error, -EINVAL, "%s: %.100s has no 'allocs_per_iter'", path,
                            string_of(entry, "run_name"));
    for (size_t i = 0; i < sizeof memory_figures / sizeof *memory_figures; i++) {
        const json_t *value = json_object_get(entry, memory_figures[i].theirs);
        if (!is_figure(value))
            return pl_error_set(error, -EINVAL, "%s: %.100s has no '%s' of 0 or more", path,
                                string_of(entry, "run_name"), memory_figures[i].theirs);
        json_object_set_new(benchmark, memory_figures[i].ours,
                            json_integer((json_int_t)json_number_value(value)));
    }
    json_object_set_new(benchmark, "acquires_per_operation", json_real(json_number_value(allocs)));
    return 0;
}

int pl_gbench_memory(const char *text, size_t size, const char *path, json_t *benchmark,
                     struct pl_error *error)
{
    json_t *root;
    const json_t *entries = load(text, size, path, &root, error);
    const char *name = string_of(benchmark, "name");
    if (!entries)
        return -EINVAL;
    const json_t *entry = json_array_get(entries, 0);
    int rc = 0;
    if (strcmp(string_of(entry, "run_name"), name) != 0)
        rc = pl_error_set(error, -EINVAL, "%s: this is not %.100s", path, name);
    else if (json_is_true(json_object_get(entry, "error_occurred")))
        json_object_set_new(benchmark, "why", json_string(why_skipped(entry)));
    else
        rc = add_memory(entry, path, benchmark, error);
    json_decref(root);
    return rc;
}
