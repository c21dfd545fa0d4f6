/* The history: a run's line, series and their trends, and the page to the letter. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/compare/trend.h"
#include "harness/report/history/history.h"
#include "harness/report/history/history_line.h"
#include "harness/report/tests/sample.h"
#include "harness/results/history_file.h"

static json_t *line_of(json_t *document, const char *commit)
{
    struct pl_model m;
    json_t *line = NULL;
    assert_int_equal(pl_model_build(&m, document, NULL), 0);
    assert_int_equal(pl_history_line(&m, commit, &line, NULL), 0);
    pl_model_free(&m);
    json_decref(document);
    return line;
}

static json_t *cell_of(const json_t *line, size_t index)
{
    return json_array_get(json_object_get(line, "cells"), index);
}

static double metric_of(const json_t *line, size_t index, const char *name)
{
    return json_number_value(
        json_object_get(json_object_get(cell_of(line, index), "metrics"), name));
}

static void a_line_holds_the_medians(void **state)
{
    (void)state;
    json_t *line = line_of(sample_document(), "c0ffee");
    assert_string_equal(json_string_value(json_object_get(line, "started")),
                        "2025-01-02T03:04:05Z");
    assert_string_equal(json_string_value(json_object_get(line, "commit")), "c0ffee");
    assert_string_equal(json_string_value(json_object_get(line, "tier")), "default");
    assert_int_equal(json_array_size(json_object_get(line, "cells")), 4);
    assert_true(metric_of(line, 2, "cpu_ns_per_packet") == 205);
    assert_true(metric_of(line, 2, "packets_dropped") == 158554);
    assert_int_equal(json_integer_value(json_object_get(cell_of(line, 2), "repetitions")), 3);
    assert_null(json_object_get(json_object_get(cell_of(line, 0), "metrics"), "packets_dropped"));
    char folder[] = "/tmp/plimsoll-line-XXXXXX", path[64];
    json_t *runs = NULL;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/h", folder);
    assert_int_equal(pl_history_append(path, line, NULL), 0); /* and it is one that is read back */
    assert_int_equal(pl_history_read(path, NULL, NULL, &runs, NULL), 0);
    assert_true(json_equal(json_array_get(runs, 0), line));
    json_decref(runs);
    json_decref(line);
    remove(path);
    assert_int_equal(remove(folder), 0);
}

/* 9,007,199,254,740,991 would lose its last digits as a number of twelve. */
static void large_counts_keep_their_digits(void **state)
{
    (void)state;
    json_t *d = sample_empty();
    sample_metric(sample_cell(d, "glibc", "bounded"), "allocated_bytes_total", 0x1p53 - 1);
    json_t *line = line_of(d, "c0ffee");
    char *text = json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(12));
    assert_non_null(strstr(text, "\"allocated_bytes_total\":9007199254740991}"));
    free(text);
    json_decref(line);
}

static const char *conditions_of(const json_t *line)
{
    return json_string_value(json_object_get(cell_of(line, 0), "conditions"));
}

static json_t *one_cell(void)
{
    json_t *d = sample_empty();
    sample_cell(d, "limited", "bounded");
    return d;
}

static void conditions_are_told_apart(void **state)
{
    (void)state;
    json_t *plain = line_of(one_cell(), "a"), *same = line_of(one_cell(), "b"), *d = one_cell();
    assert_string_equal(conditions_of(plain), conditions_of(same));
    json_t *recording = json_array_get(json_object_get(d, "recordings"), 0);
    json_object_set_new(recording, "conditions", json_pack("{s:s}", "receiver.jitter", "1"));
    json_t *keys = line_of(d, "a");
    assert_string_not_equal(conditions_of(keys), conditions_of(plain));
    d = one_cell();
    sample_set(json_array_get(json_object_get(d, "recordings"), 0), "hash", "fnv1a64:89ab");
    json_t *recorded = line_of(d, "a");
    assert_string_not_equal(conditions_of(recorded), conditions_of(plain));
    d = one_cell();
    json_object_set_new(json_array_get(json_object_get(d, "cells"), 0), "limits",
                        json_pack("{s:i}", "packets", 1 << 20));
    json_t *limits = line_of(d, "a");
    assert_string_not_equal(conditions_of(limits), conditions_of(plain));
    json_t *const lines[] = {plain, same, keys, recorded, limits};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        json_decref(lines[i]);
}

static void line_refused(const char *section, const char *key, const char *commit,
                         const char *reason)
{
    struct pl_model m;
    struct pl_error error;
    json_t *d = sample_document(), *line = NULL;
    if (key)
        json_object_del(json_object_get(d, section), key);
    else
        json_object_del(d, section);
    assert_int_equal(pl_model_build(&m, d, NULL), 0);
    assert_int_equal(pl_history_line(&m, commit, &line, &error), -EINVAL);
    assert_string_equal(error.text, reason);
    assert_null(line);
    pl_model_free(&m);
    json_decref(d);
}

static void results_without_a_start_are_refused(void **state)
{
    (void)state;
    const char *when = "'run' says neither when nor in which tier it ran";
    line_refused("run", "started", "a", when);
    line_refused("run", "tier", "a", when);
    line_refused("run", NULL, "a", when);
    line_refused("host", NULL, "a", "'host' is not an object");
    line_refused("warnings", NULL, "\xff", "the commit is no UTF-8");
}

/* A run of one cell, as the history holds it. */
static json_t *run_of(const char *started, const char *host, const char *stack, double cpu,
                      double live)
{
    char hash[64];
    snprintf(hash, sizeof hash, "fnv1a64:%s", host);
    json_t *run = json_pack(
        "{s:s, s:s, s:{s:s, s:s}, s:[{s:s, s:s, s:s, s:s, s:s, s:I, s:f, s:s, s:{s:f, s:f}}]}",
        "started", started, "commit", "0123456789abcdef0123456789abcdef01234567-dirty", "host",
        "hash", hash, "cpu", "Abacus 3000", "cells", "scenario", "stalled-reader", "allocator",
        stack, "format", "f32", "clock", "virtual", "container", "cgroup2", "container_bytes",
        (json_int_t)268435456, "duration_seconds", 240.0, "conditions", "fnv1a64:4567", "metrics",
        "cpu_ns_per_packet", cpu, "live_bytes_peak", live);
    assert_non_null(run);
    return run;
}

static const struct pl_metric *chosen[2];

static struct pl_series_query query_of(const char *stack)
{
    chosen[0] = pl_metric_find("cpu_ns_per_packet");
    chosen[1] = pl_metric_find("live_bytes_peak");
    return (struct pl_series_query){"stalled-reader", stack, chosen, 2};
}

static struct pl_series_list collected(const json_t *runs, const char *stack)
{
    struct pl_series_list list;
    struct pl_series_query query = query_of(stack);
    assert_int_equal(pl_series_collect(runs, &query, &list), 0);
    return list;
}

static void noisy_series_are_split_by_host(void **state)
{
    (void)state;
    json_t *runs = json_array();
    json_array_append_new(runs, run_of("2026-01-03", "bb", "glibc", 30, 3));
    json_array_append_new(runs, run_of("2026-01-01", "aa", "glibc", 10, 1));
    json_array_append_new(runs, run_of("2026-01-02", "aa", "glibc", 20, 2));
    json_array_append_new(runs, run_of("2026-01-04", "aa", "slab", 40, 4));
    struct pl_series_list list = collected(runs, "glibc");
    assert_int_equal(list.count, 3);
    assert_int_equal(list.runs, 4);
    assert_int_equal(list.series[0].count, 2); /* CPU on aa */
    assert_true(list.series[0].points[0].value == 10 && list.series[0].points[1].value == 20);
    assert_int_equal(list.series[1].count, 3); /* live bytes on either, by date */
    assert_null(list.series[1].host);
    assert_true(list.series[1].points[0].value == 1 && list.series[1].points[2].value == 3);
    assert_int_equal(list.series[2].count, 1); /* CPU on bb */
    pl_series_free(&list);
    list = collected(runs, NULL);
    assert_int_equal(list.count, 5);
    pl_series_free(&list);
    json_decref(runs);
}

static void each_condition_is_a_series(void **state)
{
    (void)state;
    static const char *const texts[] = {"format", "clock", "container", "conditions", "allocator"};
    static const char *const numbers[] = {"container_bytes", "duration_seconds"};
    json_t *runs = json_array();
    for (size_t i = 0; i <= 7; i++) {
        json_t *run = run_of("2026-01-01", "aa", "glibc", 1, 1);
        if (i < 5)
            json_object_set_new(cell_of(run, 0), texts[i], json_string("another"));
        else if (i < 7)
            json_object_set_new(cell_of(run, 0), numbers[i - 5], json_integer(7));
        json_array_append_new(runs, run);
    }
    struct pl_series_list list = collected(runs, NULL);
    assert_int_equal(list.count, 2 * 8);
    pl_series_free(&list);
    json_decref(runs);
}

/* Runs that begin a day apart, with these values as CPU and as live bytes. */
static json_t *runs_with(const double *values, size_t count)
{
    json_t *runs = json_array();
    for (size_t i = 0; i < count; i++) {
        char started[32];
        snprintf(started, sizeof started, "2026-01-01T00:%02u:%02uZ", (unsigned)(i / 60),
                 (unsigned)(i % 60));
        json_array_append_new(
            runs, run_of(started, "0123456789abcdef", "glibc", values[i], values[i] * 1000));
    }
    return runs;
}

/* One change of one byte, and back: two exact changes. To a noisy metric it is nothing. */
static void deterministic_changes_are_exact(void **state)
{
    (void)state;
    const double values[] = {5, 5, 5.001, 5, 5, 5, 5, 5, 5, 5, 5, 5};
    json_t *runs = runs_with(values, 12);
    struct pl_series_list list = collected(runs, NULL);
    struct pl_trend trend;
    assert_int_equal(pl_trend_judge(&list.series[0], &trend), 0);
    assert_int_equal(trend.change_count, 0);
    pl_trend_free(&trend);
    assert_int_equal(pl_trend_judge(&list.series[1], &trend), 0);
    assert_int_equal(trend.change_count, 2);
    assert_true(trend.changes[0].before == 5000 && trend.changes[0].after == 5001);
    assert_true(trend.changes[1].before == 5001 && trend.changes[1].after == 5000);
    assert_true(isnan(trend.changes[0].p));
    assert_string_equal(json_string_value(json_object_get(trend.changes[0].run, "started")),
                        "2026-01-01T00:00:02Z");
    pl_trend_free(&trend);
    pl_series_free(&list);
    json_decref(runs);
}

/* Of 300 runs the last 256 are judged: a rise before them leaves no slope and no change. */
static void the_last_runs_are_judged(void **state)
{
    (void)state;
    double values[300];
    for (size_t i = 0; i < 300; i++)
        values[i] = i < 40 ? 1 : 2;
    json_t *runs = runs_with(values, 300);
    struct pl_series_list list = collected(runs, NULL);
    struct pl_trend trend;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(pl_trend_judge(&list.series[i], &trend), 0);
        assert_int_equal(trend.judged, 256);
        assert_int_equal(trend.change_count, 0);
        assert_true(trend.has_slope && trend.slope.median == 0 && trend.slope.high == 0);
        pl_trend_free(&trend);
    }
    pl_series_free(&list);
    json_decref(runs);
}

static void line_is(const double *values, size_t count, const char *expected)
{
    json_t *runs = runs_with(values, count);
    struct pl_series_list list = collected(runs, NULL);
    char text[PL_TREND_LINE_TEXT];
    assert_int_equal(pl_trend_line(&list.series[0], text), 0);
    assert_string_equal(text, expected);
    pl_series_free(&list);
    json_decref(runs);
}

static void a_line_of_blocks(void **state)
{
    (void)state;
    const double eight[] = {0, 1, 2, 3, 4, 5, 6, 7}, flat[] = {3, 3}, one[] = {9};
    double many[64];
    line_is(eight, 8, "▁▂▃▄▅▆▇█");
    line_is(flat, 2, "▁▁");
    line_is(one, 1, "▁");
    for (size_t i = 0; i < 64; i++) /* one outlier in a share of four is no peak */
        many[i] = i == 9 ? 1000 : i < 32 ? 1 : 2;
    line_is(many, 64, "▁▁▁▁▁▁▁▁████████");
}

static void step_is(const char *metric, double before, double after, const char *expected)
{
    char text[PL_HISTORY_FIGURE];
    pl_history_step(pl_metric_find(metric), before, after, text);
    assert_string_equal(text, expected);
}

static void figures(void **state)
{
    (void)state;
    char text[PL_HISTORY_FIGURE];
    step_is("rss_bytes_peak", 46313472, 49283072, "44.2 MiB -> 47 MiB (+6.41 %)");
    step_is("live_bytes_peak", 391640, 391641, "391640 B -> 391641 B (+0.000255 %)");
    step_is("packets_dropped", 0, 1200, "0 -> 1,200");
    step_is("packets_dropped", 1200, 0, "1,200 -> 0 (-100 %)");
    step_is("cpu_ns_per_packet", 200, 150, "200.0 ns -> 150.0 ns (-25 %)");
    step_is("rss_growth_bytes_per_minute", -10, 5, "-10 B/min -> 5 B/min (+150 %)");
    pl_history_commit("0123456789abcdef0123456789abcdef01234567", text);
    assert_string_equal(text, "0123456789ab");
    pl_history_commit("0123456789abcdef-dirty", text);
    assert_string_equal(text, "0123456789ab-dirty");
    pl_history_commit("0123456789abcdef-release", text);
    assert_string_equal(text, "0123456789abcdef-release");
    pl_history_commit("unknown", text);
    assert_string_equal(text, "unknown");
}

static char *page_of(const json_t *runs, const char *stack)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    struct pl_series_query query = query_of(stack);
    assert_non_null(out);
    assert_int_equal(pl_history_write(out, runs, &query, NULL), 0);
    fclose(out);
    return text;
}

static void golden(void **state)
{
    (void)state;
    const double values[] = {100, 101, 99, 100.5, 99.5, 100.2, 110, 111, 109, 110.5, 109.5, 110.2};
    json_t *runs = runs_with(values, 12);
    for (size_t i = 0; i < 12; i++)
        json_object_set_new(json_object_get(cell_of(json_array_get(runs, i), 0), "metrics"),
                            "live_bytes_peak", json_integer(i < 4 ? 391640 : 391648));
    json_object_set_new(cell_of(json_array_get(runs, 11), 0), "conditions", json_string("other"));
    char *text = page_of(runs, NULL);
    assert_string_equal(
        text,
        "stalled-reader: f32, 256 MiB (cgroup2), 4 min\n"
        "\n"
        "cpu_ns_per_packet (class N, lower is better)\n"
        "stack      host      runs     first      last              trend a run\n"
        "glibc      01234567    11  100.0 ns  109.5 ns  +1.16 % (-0.124..+1.78)  ▁▂▁▂▁▁██▇██\n"
        "glibc (2)  01234567     1  110.2 ns  110.2 ns                        -  ▁\n"
        "- change: glibc on 01234567 at 0123456789ab-dirty, 2026-01-01T00:00:06Z: 100.1 ns -> "
        "110.0 ns (+9.89 %), p 0.007\n"
        "\n"
        "live_bytes_peak (class D, lower is better)\n"
        "stack      host  runs      first       last                  trend a run\n"
        "glibc      any     11  382.5 KiB  382.5 KiB  +0.000204 % (+0..+0.000409)  ▁▁▁▁███████\n"
        "glibc (2)  any      1  382.5 KiB  382.5 KiB                            -  ▁\n"
        "- change: glibc at 0123456789ab-dirty, 2026-01-01T00:00:04Z: 391640 B -> 391648 B "
        "(+0.00204 %), exact\n"
        "\n"
        "First and last: medians of a run. Trend: Theil-Sen, with its 95 % interval.\n"
        "- host 01234567: Abacus 3000, fnv1a64:0123456789abcdef\n"
        "- (2), (3), ...: since the recording, a key of the scenario or a limit was changed.\n"
        "- Changes of S and N metrics are looked for from 10 runs of a host on.\n");
    free(text);
    json_decref(runs);
}

static void refused(const json_t *runs, const struct pl_series_query *query, const char *reason)
{
    struct pl_error error;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_int_equal(pl_history_write(out, runs, query, &error), -EINVAL);
    fclose(out);
    assert_string_equal(error.text, reason);
    assert_string_equal(text, "");
    free(text);
}

static void what_the_history_lacks(void **state)
{
    (void)state;
    const double values[] = {1, 2};
    json_t *runs = runs_with(values, 2);
    json_object_set_new(json_object_get(cell_of(json_array_get(runs, 1), 0), "metrics"),
                        "cpu_ns_per_packet", json_real(1e308));
    json_array_append_new(runs, run_of("2026", "aa", "slab", 1, 1));
    struct pl_series_query query = query_of("jemalloc");
    refused(runs, &query,
            "no run of 'stalled-reader' has such a figure of jemalloc; its stacks in the history: "
            "glibc, slab");
    query = query_of("glibc");
    refused(runs, &query, "cpu_ns_per_packet of glibc: a value is beyond any measure");
    query.scenario = "steady-reader";
    refused(runs, &query, "no run of 'steady-reader' in the history; it holds stalled-reader");
    query = query_of(NULL);
    chosen[0] = pl_metric_find("rss_over_live");
    query.metric_count = 1;
    refused(runs, &query,
            "no run of 'stalled-reader' has such a figure; its stacks in the history: glibc, slab");
    json_decref(runs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_holds_the_medians),
        cmocka_unit_test(large_counts_keep_their_digits),
        cmocka_unit_test(conditions_are_told_apart),
        cmocka_unit_test(results_without_a_start_are_refused),
        cmocka_unit_test(noisy_series_are_split_by_host),
        cmocka_unit_test(each_condition_is_a_series),
        cmocka_unit_test(deterministic_changes_are_exact),
        cmocka_unit_test(the_last_runs_are_judged),
        cmocka_unit_test(a_line_of_blocks),
        cmocka_unit_test(figures),
        cmocka_unit_test(golden),
        cmocka_unit_test(what_the_history_lacks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
