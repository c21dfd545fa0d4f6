/* results/schema.json against what the program knows and what is really written; its metrics are
 * written from their table (harness/results/write_schema.c). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/report/tests/sample.h"
#include "harness/report/tests/validate.h"
#include "harness/results/document.h"
#include "harness/results/ranges.h"
#include "harness/results/results.h"

static json_t *schema_of_results(void)
{
    json_error_t error;
    json_t *schema =
        json_load_file(PL_SOURCE_DIR "/results/schema.json", JSON_REJECT_DUPLICATES, &error);
    if (!schema)
        fail_msg("results/schema.json:%d: %s", error.line, error.text);
    return schema;
}

static json_t *at(json_t *schema, const char *a, const char *b)
{
    json_t *next = json_object_get(json_object_get(schema, "properties"), a);
    if (json_object_get(next, "items"))
        next = json_object_get(next, "items");
    return b ? json_object_get(json_object_get(next, "properties"), b) : next;
}

static void names_are_those_of_the_program(void **state)
{
    (void)state;
    json_t *schema = schema_of_results();
    const json_t *outcomes = json_object_get(at(schema, "cells", "outcome"), "enum");
    assert_int_equal(json_array_size(outcomes), PL_OUTCOME_COUNT);
    for (size_t i = 0; i < PL_OUTCOME_COUNT; i++)
        assert_string_equal(json_string_value(json_array_get(outcomes, i)),
                            pl_outcome_name((enum pl_outcome)i));
    const json_t *expected = json_object_get(at(schema, "cells", "expected"), "enum");
    assert_int_equal(json_array_size(expected), PL_VERDICT_NONE + 1);
    for (size_t i = 0; i <= PL_VERDICT_NONE; i++)
        assert_string_equal(json_string_value(json_array_get(expected, i)),
                            pl_verdict_name((enum pl_verdict)i));
    assert_int_equal(
        json_integer_value(json_object_get(at(schema, "schema_version", NULL), "const")),
        PL_SCHEMA_VERSION);
    json_decref(schema);
}

/* What the schema says of a number is what the program enforces when it loads one. */
static void same_range(const json_t *schema, const char *parent, const char *key)
{
    bool integer;
    struct pl_range range = pl_range_of(parent, key, &integer);
    const json_t *minimum = json_object_get(schema, "minimum");
    const json_t *maximum = json_object_get(schema, "maximum");
    if (!minimum || !maximum || json_number_value(minimum) != range.minimum ||
        json_number_value(maximum) != range.maximum ||
        range.whole != (strcmp(json_string_value(json_object_get(schema, "type")), "integer") == 0))
        fail_msg("%s.%s: the schema and ranges.def differ", parent, key);
}

/* @return how many numbers there are below it */
static size_t same_ranges(const json_t *schema, const char *parent, const char *key)
{
    static const char *const lists[] = {"cells", "instruments", "recordings"};
    const char *type = json_string_value(json_object_get(schema, "type")), *name, *entry = key;
    const json_t *items = json_object_get(schema, "items"), *each;
    const json_t *extra = json_object_get(schema, "additionalProperties");
    size_t count = 0;
    if (type && (strcmp(type, "number") == 0 || strcmp(type, "integer") == 0))
        return same_range(schema, parent, key), 1;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        entry = strcmp(key, lists[i]) == 0 ? "" : entry;
    json_object_foreach(json_object_get(schema, "properties"), name, each)
    {
        count += same_ranges(each, key, name);
    }
    if (json_is_object(extra))
        count += same_ranges(extra, key, "anything");
    return count + (items ? same_ranges(items, parent, entry) : 0);
}

static void ranges_are_those_of_the_program(void **state)
{
    (void)state;
    json_t *schema = schema_of_results();
    assert_true(same_ranges(schema, "", "") > pl_metric_count);
    json_decref(schema);
}

static void validator_knows_the_schema(void **state)
{
    (void)state;
    json_t *schema = schema_of_results();
    assert_true(validate_knows(schema));
    json_object_set_new(at(schema, "cells", "metrics"), "maxProperties", json_integer(1));
    assert_false(validate_knows(schema));
    json_decref(schema);
}

static void satisfies(const char *path)
{
    char where[512] = "";
    json_t *schema = schema_of_results(), *document = json_load_file(path, 0, NULL);
    assert_non_null(document);
    if (!validate(schema, document, where, sizeof where))
        fail_msg("%s%s", path, where);
    json_decref(document);
    json_decref(schema);
}

/* What a cell leaves behind, made up: one that was killed, one that reached its end. */
static void add_cell(struct pl_results *results, const struct pl_scenario *scenario, bool killed,
                     enum pl_clock clock, uint32_t threads)
{
    struct pl_sample samples[16];
    struct pl_cell_evidence evidence = {.samples = samples, .sample_count = 16};
    struct pl_measured measured;
    struct pl_expected expected;
    struct pl_error error;
    struct pl_cell_identity identity = {
        .stack = killed ? "glibc" : "limited",
        .format = PL_FORMAT_F32,
        .clock = clock,
        .threads = threads,
        .number = json_array_size(json_object_get(results->root, "cells")),
        .seed = 1,
        .reproduce = "plimsoll run x",
        .took_seconds = 0.25};
    memset(samples, 0, sizeof samples);
    for (size_t i = 0; i < 16; i++)
        samples[i] = (struct pl_sample){.t_ns = (int64_t)i * 1000000000, .rss_bytes = 4096 * i};
    evidence.has_final = !killed;
    evidence.final.t_ns = 15000000000;
    evidence.final.counts.received = 10;
    evidence.container_bytes = 1 << 28;
    evidence.kernel.oom_kills = killed;
    evidence.wait_status = killed ? 9 : 0;
    pl_measure(scenario, &evidence, &measured);
    pl_expectations_judge(&measured, identity.stack, identity.format, clock, 1, &expected);
    assert_int_equal(pl_results_add_cell(results, &identity, &measured, &expected, &error), 0);
}

static void written_as(const struct pl_results *results, size_t index, const char *clock,
                       int threads, const char *series)
{
    const json_t *cell = json_array_get(json_object_get(results->root, "cells"), index);
    assert_string_equal(json_string_value(json_object_get(cell, "clock")), clock);
    assert_int_equal(json_integer_value(json_object_get(cell, "threads")), threads);
    assert_string_equal(json_string_value(json_object_get(cell, "series")), series);
}

/* A swept stack says so; one that the scenario lists does not. */
static void sweep_is_written(const struct pl_results *results)
{
    const json_t *cells = json_object_get(results->root, "cells");
    const json_t *sweep = json_object_get(json_array_get(cells, 0), "sweep");
    assert_string_equal(json_string_value(json_object_get(sweep, "stack")), "{a}{B}");
    char *values = json_dumps(json_object_get(sweep, "values"), JSON_COMPACT);
    assert_string_equal(values, "{\"B\":\"bc\",\"a\":\"gli\"}");
    free(values);
    assert_null(json_object_get(json_array_get(cells, 1), "sweep"));
}

static void written_results_satisfy_it(void **state)
{
    (void)state;
    static const char *const settings[] = {"allocators=[limited]", "counterpart=recorded-transcode",
                                           "sweep=[{stack: \"{a}{B}\", B: [bc], a: [gli]}]"};
    struct pl_results results;
    struct pl_scenario *scenario = calloc(1, sizeof *scenario);
    struct pl_error error;
    char *folder = sample_folder(), path[4096];
    assert_non_null(scenario);
    if (pl_scenario_load(PL_SOURCE_DIR "/scenarios/stalled-reader.yaml", PL_TIER_DEFAULT, settings,
                         3, scenario, &error))
        fail_msg("%s", error.text);
    assert_int_equal(pl_results_open(&results, folder, false, "plimsoll run", "default", &error),
                     0);
    pl_results_warn(&results, "a warning");
    add_cell(&results, scenario, true, PL_CLOCK_VIRTUAL, 1);
    add_cell(&results, scenario, false, PL_CLOCK_VIRTUAL, 2);
    add_cell(&results, scenario, false, PL_CLOCK_WALL, 2);
    sweep_is_written(&results);
    written_as(&results, 0, "virtual", 1, "series/000.stalled-reader.glibc.f32.r0.csv");
    written_as(&results, 1, "virtual", 2, "series/001.stalled-reader.limited.f32.t2.r0.csv");
    written_as(&results, 2, "wall", 2, "series/002.stalled-reader.limited.f32.t2.r0.csv");
    assert_int_equal(pl_results_write(&results, true, &error), 0);
    pl_results_close(&results);
    snprintf(path, sizeof path, "%s/results.json", folder);
    satisfies(path);
    sample_remove(folder);
    free(scenario);
}

static void a_real_run_satisfies_it(void **state)
{
    (void)state;
    char *folder = sample_folder(), command[8192], path[4096];
    if (access(PL_BUILD_DIR "/plimsoll", X_OK) != 0 ||
        access(PL_BUILD_DIR "/plimsoll-cell", X_OK) != 0) {
        sample_remove(folder);
        skip();
    }
    snprintf(command, sizeof command,
             PL_BUILD_DIR "/plimsoll run stalled-reader steady-reader --allocator glibc,limited "
                          "--set duration=20s --set container=none "
                          "--instrument massif,heaptrack,callgrind --out %s >/dev/null 2>&1",
             folder);
    int status = system(command); /* 1: not as expected; ASan's quarantine grows, for one */
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) <= 1);
    snprintf(path, sizeof path, "%s/results.json", folder);
    satisfies(path);
    sample_remove(folder);
}

static void damaged_results_do_not(void **state)
{
    (void)state;
    json_t *schema = schema_of_results();
    const json_t *cell = at(schema, "cells", NULL);
    json_t *d = sample_document(), *c = json_array_get(json_object_get(d, "cells"), 0);
    char where[512] = "";
    assert_true(validate(cell, c, where, sizeof where));
    sample_metric(c, "rss_bytes_peek", 1);
    assert_false(validate(cell, c, where, sizeof where));
    assert_string_equal(where, "/metrics/rss_bytes_peek: unknown");
    json_object_del(json_object_get(c, "metrics"), "rss_bytes_peek");
    sample_metric(c, "rss_bytes_peak", -1);
    where[0] = '\0';
    assert_false(validate(cell, c, where, sizeof where));
    assert_string_equal(where, "/metrics/rss_bytes_peak: below its minimum");
    sample_metric(c, "rss_bytes_peak", 1);
    json_object_set_new(c, "threads", json_integer(0));
    where[0] = '\0';
    assert_false(validate(cell, c, where, sizeof where));
    assert_string_equal(where, "/threads: below its minimum");
    json_object_del(c, "threads"); /* as in results from before there were any */
    assert_true(validate(cell, c, where, sizeof where));
    json_object_del(c, "seed");
    where[0] = '\0';
    assert_false(validate(cell, c, where, sizeof where));
    assert_string_equal(where, ": seed");
    json_decref(d);
    json_decref(schema);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_those_of_the_program),
        cmocka_unit_test(ranges_are_those_of_the_program),
        cmocka_unit_test(validator_knows_the_schema),
        cmocka_unit_test(written_results_satisfy_it),
        cmocka_unit_test(a_real_run_satisfies_it),
        cmocka_unit_test(damaged_results_do_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
