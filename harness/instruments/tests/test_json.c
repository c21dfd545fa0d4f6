/* The JSON of Google Benchmark and hyperfine: real outputs, cut ones, garbage, what JSON has not.
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/base/files.h"
#include "harness/instruments/gbench_results.h"
#include "harness/instruments/hyperfine_results.h"

#define CAPTURES PL_SOURCE_DIR "/harness/instruments/tests/captures/"

static char *capture(const char *name, size_t *size)
{
    char path[4096], *text = NULL;
    struct pl_error error;
    snprintf(path, sizeof path, CAPTURES "%s", name);
    if (pl_file_read(path, PL_FILE_BYTES_MAX, &text, size, &error))
        fail_msg("%s", error.text);
    return text;
}

static double number(const json_t *object, const char *key)
{
    if (!json_is_number(json_object_get(object, key)))
        fail_msg("no number '%s'", key);
    return json_number_value(json_object_get(object, key));
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "(none)";
}

static bool about(double a, double b)
{
    return fabs(a - b) < 1e-9 * fmax(1, fabs(b));
}

/* One repetition of "x", as text. */
static char *repetition(const char *fields)
{
    char *text = malloc(strlen(fields) + 200);
    assert_non_null(text);
    sprintf(text, "{\"benchmarks\": [{\"run_name\": \"x\", %s}]}", fields);
    return text;
}

static void times_are_medians_of_repetitions(void **state)
{
    static const char made[] =
        "{\"benchmarks\": ["
        "{\"run_name\": \"x\", \"cpu_time\": 3, \"real_time\": 30, \"time_unit\": \"us\"},"
        "{\"run_name\": \"y\", \"cpu_time\": 7, \"real_time\": 8, \"time_unit\": \"ns\"},"
        "{\"run_name\": \"x\", \"cpu_time\": 9, \"real_time\": 10, \"time_unit\": \"us\"},"
        "{\"run_name\": \"x\", \"cpu_time\": 1, \"real_time\": 20, \"time_unit\": \"us\"},"
        "{\"run_name\": \"x\", \"cpu_time\": 5, \"real_time\": 40, \"time_unit\": \"us\"},"
        "{\"run_name\": \"x\", \"run_type\": \"aggregate\", \"cpu_time\": 99}]}";
    struct pl_error error;
    json_t *list;
    (void)state;
    assert_int_equal(pl_gbench_times(made, strlen(made), "x", &list, &error), 0);
    assert_int_equal(json_array_size(list), 2);
    const json_t *x = json_array_get(list, 0), *y = json_array_get(list, 1);
    assert_string_equal(text_of(x, "name"), "x");
    assert_string_equal(text_of(x, "why"), "");
    assert_true(about(number(x, "repetitions"), 4));
    assert_true(about(number(x, "cpu_ns_per_operation"), 4000));
    assert_true(about(number(x, "cpu_ns_per_operation_min"), 1000));
    assert_true(about(number(x, "cpu_ns_per_operation_max"), 9000));
    assert_true(about(number(x, "real_ns_per_operation"), 25000));
    assert_true(about(number(x, "operations_per_cpu_second"), 250000));
    assert_true(about(number(y, "cpu_ns_per_operation"), 7));
    json_decref(list);
}

static void a_real_output_is_read(void **state)
{
    size_t size;
    char *text = capture("gbench.json", &size);
    struct pl_error error;
    json_t *list;
    (void)state;
    assert_int_equal(pl_gbench_times(text, size, "x", &list, &error), 0);
    assert_int_equal(json_array_size(list), 3);
    const json_t *one = json_array_get(list, 0), *skipped = json_array_get(list, 1);
    assert_string_equal(text_of(one, "name"), "acquire_release/packet");
    assert_true(about(number(one, "repetitions"), 3));
    assert_true(number(one, "cpu_ns_per_operation_min") <= number(one, "cpu_ns_per_operation"));
    assert_true(number(one, "cpu_ns_per_operation") <= number(one, "cpu_ns_per_operation_max"));
    assert_string_equal(text_of(skipped, "name"), "acquire_release/packet/threads:2");
    assert_string_equal(text_of(skipped, "why"), "this stack serves one thread at a time");
    assert_null(json_object_get(skipped, "cpu_ns_per_operation"));
    json_decref(list);
    free(text);
}

static void memory_joins_its_benchmark(void **state)
{
    size_t size;
    char *text = capture("gbench-memory.json", &size);
    struct pl_error error;
    json_t *benchmark = json_pack("{s:s, s:s}", "name", "receiver", "why", "");
    json_t *other = json_pack("{s:s, s:s}", "name", "replay_floor", "why", "");
    (void)state;
    assert_int_equal(pl_gbench_memory(text, size, "x", benchmark, &error), 0);
    assert_true(about(number(benchmark, "acquires_per_operation"), 2.375));
    assert_true(about(number(benchmark, "live_bytes_peak"), 391640));
    assert_true(about(number(benchmark, "rss_bytes_before"), 425984));
    assert_true(about(number(benchmark, "rss_bytes_peak"), 851968));
    assert_string_equal(text_of(benchmark, "why"), "");
    assert_int_equal(pl_gbench_memory(text, size, "x", other, &error), -EINVAL);
    assert_string_equal(error.text, "x: this is not replay_floor");
    free(text);
    text = repetition("\"error_occurred\": true, \"error_message\": \"no room\"");
    json_object_set_new(other, "name", json_string("x"));
    assert_int_equal(pl_gbench_memory(text, strlen(text), "x", other, &error), 0);
    assert_string_equal(text_of(other, "why"), "no room");
    free(text);
    json_decref(benchmark);
    json_decref(other);
}

static void unfit_benchmarks_are_refused(void **state)
{
    static const struct {
        const char *fields, *says;
    } unfit[] = {
        {"\"cpu_time\": NaN, \"real_time\": 1, \"time_unit\": \"ns\"", "f:1: no whole JSON"},
        {"\"cpu_time\": Infinity, \"real_time\": 1, \"time_unit\": \"ns\"", "f:1: no whole JSON"},
        {"\"cpu_time\": -1, \"real_time\": 1, \"time_unit\": \"ns\"", "x has no 'cpu_time'"},
        {"\"cpu_time\": 1e300, \"real_time\": 1, \"time_unit\": \"s\"", "x has no 'cpu_time'"},
        {"\"cpu_time\": \"1\", \"real_time\": 1, \"time_unit\": \"ns\"", "x has no 'cpu_time'"},
        {"\"cpu_time\": 1, \"time_unit\": \"ns\"", "x has no 'real_time'"},
        {"\"cpu_time\": 1, \"real_time\": 1, \"time_unit\": \"h\"", "known 'time_unit'"},
        {"\"cpu_time\": 1, \"real_time\": 1", "known 'time_unit'"},
        {"\"run_name\": \"\"", "benchmark 0 has no 'run_name'"},
        {"\"run_name\": \"a\\nb\"", "benchmark 0 has no 'run_name'"},
    };
    struct pl_error error;
    json_t *list;
    (void)state;
    for (size_t i = 0; i < sizeof unfit / sizeof *unfit; i++) {
        char *text = repetition(unfit[i].fields);
        assert_int_equal(pl_gbench_times(text, strlen(text), "f", &list, &error), -EINVAL);
        if (!strstr(error.text, unfit[i].says) || strchr(error.text, '\n'))
            fail_msg("%s: %s", unfit[i].fields, error.text);
        free(text);
    }
    static const char *const others[] = {"",
                                         "{}",
                                         "[]",
                                         "{\"benchmarks\": []}",
                                         "garbage\n\n",
                                         "{\"benchmarks\": 3}",
                                         "{\"benchmarks\": [3]}"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(pl_gbench_times(others[i], strlen(others[i]), "f", &list, &error),
                         -EINVAL);
}

static void memory_without_its_figures_is_refused(void **state)
{
    static const char *const keys[] = {"allocs_per_iter", "max_bytes_used", "rss_bytes_peak"};
    struct pl_error error;
    size_t size;
    char *whole = capture("gbench-memory.json", &size);
    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        json_t *root = json_loadb(whole, size, 0, NULL),
               *benchmark = json_pack("{s:s}", "name", "receiver");
        json_object_del(json_array_get(json_object_get(root, "benchmarks"), 0), keys[i]);
        char *text = json_dumps(root, 0);
        assert_int_equal(pl_gbench_memory(text, strlen(text), "f", benchmark, &error), -EINVAL);
        assert_non_null(strstr(error.text, keys[i]));
        free(text);
        json_decref(root);
        json_decref(benchmark);
    }
    free(whole);
}

static void hyperfine_is_read(void **state)
{
    size_t size;
    char *text = capture("hyperfine.json", &size);
    struct pl_hyperfine t;
    struct pl_error error;
    (void)state;
    assert_int_equal(pl_hyperfine_parse(text, size, "f", &t, &error), 0);
    assert_int_equal(t.runs, 3);
    assert_true(about(t.median_seconds, 0.00079902));
    assert_true(about(t.min_seconds, 0.000776322));
    assert_true(about(t.max_seconds, 0.000847303));
    assert_true(t.mean_seconds > t.min_seconds && t.mean_seconds < t.max_seconds);
    assert_true(t.stddev_seconds > 0 && t.stddev_seconds < t.mean_seconds);
    free(text);
    static const char once[] = "{\"results\": [{\"mean\": 1, \"stddev\": null, \"median\": 1, "
                               "\"min\": 1, \"max\": 1, \"times\": [1]}]}";
    assert_int_equal(pl_hyperfine_parse(once, strlen(once), "f", &t, &error), 0);
    assert_true(about(t.stddev_seconds, 0));
}

static void hyperfine_2_is_read(void **state)
{
    size_t size;
    char *text = capture("hyperfine-2.json", &size);
    struct pl_hyperfine t;
    struct pl_error error;
    (void)state;
    assert_int_equal(pl_hyperfine_parse(text, size, "f", &t, &error), 0);
    assert_int_equal(t.runs, 3);
    assert_true(about(t.median_seconds, 0.010673562000000001));
    assert_true(about(t.min_seconds, 0.004120912));
    assert_true(about(t.max_seconds, 0.011585451));
    assert_true(about(t.mean_seconds, 0.008793308333333335));
    assert_true(about(t.stddev_seconds, 0.004072020506933915));
    free(text);
    static const char once[] =
        "{\"results\": [{\"summary\": {\"time_wall_clock\": {\"unit\": \"second\", \"count\": 1, "
        "\"mean\": 1, \"stddev\": null, \"median\": 1, \"min\": 1, \"max\": 1}}}]}";
    assert_int_equal(pl_hyperfine_parse(once, strlen(once), "f", &t, &error), 0);
    assert_int_equal(t.runs, 1);
    assert_true(about(t.stddev_seconds, 0));
}

static void unfit_times_are_refused(void **state)
{
    static const struct {
        const char *text, *says;
    } unfit[] = {
        {"", "f:1: no whole JSON"},
        {"{\"results\": [", "f:1: no whole JSON"},
        {"{\"results\": []}", "the results of 0 commands; expected those of one"},
        {"{\"results\": [{}, {}]}", "the results of 2 commands"},
        {"{\"results\": [{\"mean\": 1}]}", "no 'times'"},
        {"{\"results\": [{\"mean\": 1, \"times\": [1, 1]}]}", "no 'median'"},
        {"{\"results\": [{\"mean\": -1, \"times\": [1, 1]}]}", "no 'mean' of 0 or more"},
        {"{\"results\": [{\"summary\": {}}]}", "no 'time_wall_clock'"},
        {"{\"results\": [{\"summary\": {\"time_wall_clock\": {\"count\": 2, \"mean\": 1}}}]}",
         "not in seconds"},
        {"{\"results\": [{\"summary\": {\"time_wall_clock\": {\"unit\": \"millisecond\", "
         "\"count\": 2, \"mean\": 1}}}]}",
         "not in seconds"},
        {"{\"results\": [{\"summary\": {\"time_wall_clock\": {\"unit\": \"second\", \"count\": 2, "
         "\"mean\": 1}}}]}",
         "no 'median'"},
        {"{\"results\": [{\"mean\": NaN, \"times\": [1, 1]}]}", "f:1: no whole JSON"},
    };
    struct pl_hyperfine t = {.runs = 42};
    struct pl_error error;
    (void)state;
    for (size_t i = 0; i < sizeof unfit / sizeof *unfit; i++) {
        assert_int_equal(pl_hyperfine_parse(unfit[i].text, strlen(unfit[i].text), "f", &t, &error),
                         -EINVAL);
        if (!strstr(error.text, unfit[i].says))
            fail_msg("%s: %s", unfit[i].text, error.text);
    }
    assert_int_equal(t.runs, 42); /* set on success only */
}

/* A process that was killed leaves any part of its output. */
static void every_cut_is_refused(void **state)
{
    static const char *const names[] = {"gbench.json", "gbench-memory.json", "hyperfine.json",
                                        "hyperfine-2.json"};
    struct pl_hyperfine t;
    struct pl_error error;
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t size;
        char *text = capture(names[i], &size);
        for (size_t cut = 0; cut + 3 < size; cut += 7) { /* the last is the brace */
            json_t *list, *benchmark = json_pack("{s:s}", "name", "receiver");
            assert_int_equal(pl_gbench_times(text, cut, "f", &list, &error), -EINVAL);
            assert_int_equal(pl_gbench_memory(text, cut, "f", benchmark, &error), -EINVAL);
            assert_int_equal(pl_hyperfine_parse(text, cut, "f", &t, &error), -EINVAL);
            json_decref(benchmark);
        }
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_medians_of_repetitions),
        cmocka_unit_test(a_real_output_is_read),
        cmocka_unit_test(memory_joins_its_benchmark),
        cmocka_unit_test(unfit_benchmarks_are_refused),
        cmocka_unit_test(memory_without_its_figures_is_refused),
        cmocka_unit_test(hyperfine_is_read),
        cmocka_unit_test(hyperfine_2_is_read),
        cmocka_unit_test(unfit_times_are_refused),
        cmocka_unit_test(every_cut_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
