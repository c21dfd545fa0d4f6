/* The history of cells that differ only in their threads: series of their own, in one table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/history/history.h"
#include "harness/report/history/history_line.h"
#include "harness/report/tests/sample.h"
#include "harness/results/cell_name.h"

/* Adds a cell of glibc to a run. @param threads 0: as older runs have it, without any */
static void add(json_t *run, int threads, const char *clock, double cpu)
{
    json_t *cell =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:f, s:s, s:{s:f}}", "scenario", "stalled-reader",
                  "allocator", "glibc", "format", "f32", "clock", clock, "container", "none",
                  "container_bytes", 0, "duration_seconds", 60.0, "conditions", "fnv1a64:4567",
                  "metrics", "cpu_ns_per_packet", cpu);
    assert_non_null(cell);
    if (threads)
        json_object_set_new(cell, "threads", json_integer(threads));
    json_array_append_new(json_object_get(run, "cells"), cell);
}

/* A run that began on that day, added to `runs`. */
static json_t *add_run(json_t *runs, const char *day)
{
    json_t *run =
        json_pack("{s:s, s:s, s:{s:s, s:s}, s:[]}", "started", day, "commit", "c0ffee", "host",
                  "hash", "fnv1a64:0123456789abcdef", "cpu", "Abacus 3000", "cells");
    json_array_append_new(runs, run);
    return run;
}

static char *page_of(const json_t *runs)
{
    char *text = NULL;
    size_t size = 0;
    const struct pl_metric *cpu = pl_metric_find("cpu_ns_per_packet");
    struct pl_series_query query = {"stalled-reader", NULL, &cpu, 1};
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    assert_int_equal(pl_history_write(out, runs, &query, NULL), 0);
    fclose(out);
    return text;
}

static void has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("'%s' is not in it: %s", part, text);
}

static void one_thread_and_two_are_two_rows(void **state)
{
    (void)state;
    json_t *runs = json_array();
    add(add_run(runs, "2026-01-01"), 0, "virtual", 100);
    json_t *run = add_run(runs, "2026-01-02");
    add(run, 1, "virtual", 110);
    add(run, 2, "virtual", 200);
    char *text = page_of(runs);
    has(text, "stalled-reader: f32, no container, 1 min\n");
    has(text, "\nglibc             01234567     2  100.0 ns  110.0 ns");
    has(text, "\nglibc, 2 threads  01234567     1  200.0 ns  200.0 ns");
    assert_null(strstr(text, "(2)")); /* which would be the same stack under other conditions */
    free(text);
    json_decref(runs);
}

static void alike_rows_leave_it_to_the_conditions(void **state)
{
    (void)state;
    json_t *runs = json_array(), *run = add_run(runs, "2026-01-01");
    add(run, 2, "virtual", 200);
    add(run, 2, "wall", 300);
    char *text = page_of(runs);
    has(text, "stalled-reader: f32, no container, 1 min, 2 threads\n");
    has(text, "stalled-reader: f32, no container, 1 min, wall clock, 2 threads\n");
    has(text, "\nglibc  01234567     1  300.0 ns");
    free(text);
    json_decref(runs);
}

static void a_line_names_the_threads(void **state)
{
    (void)state;
    struct pl_model m;
    json_t *d = sample_empty(), *line = NULL;
    sample_metric(sample_cell(d, "glibc", "bounded"), "cpu_ns_per_packet", 100);
    json_t *cell = sample_cell(d, "glibc", "bounded");
    sample_metric(cell, "cpu_ns_per_packet", 200);
    json_object_set_new(cell, "threads", json_integer(2));
    assert_int_equal(pl_model_build(&m, d, NULL), 0);
    assert_int_equal(pl_history_line(&m, "c0ffee", &line, NULL), 0);
    const json_t *cells = json_object_get(line, "cells");
    assert_int_equal(json_array_size(cells), 2);
    for (size_t i = 0; i < 2; i++) {
        const json_t *metrics = json_object_get(json_array_get(cells, i), "metrics");
        struct pl_cell_name name = pl_cell_name_of(json_array_get(cells, i));
        assert_int_equal(name.threads, i + 1);
        assert_string_equal(name.allocator, "glibc");
        assert_true(json_number_value(json_object_get(metrics, "cpu_ns_per_packet")) ==
                    100 * (double)(i + 1));
    }
    json_decref(line);
    pl_model_free(&m);
    json_decref(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_thread_and_two_are_two_rows),
        cmocka_unit_test(alike_rows_leave_it_to_the_conditions),
        cmocka_unit_test(a_line_names_the_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
