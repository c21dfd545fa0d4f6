/* Cells that differ only in their threads, or in their clock, are others: to a comparison, to a
 * calibration and to the baseline. What an older version wrote down had one thread. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/base/files.h"
#include "harness/compare/baseline.h"
#include "harness/compare/comparison.h"
#include "harness/compare/tests/documents.h"

#define CPU "cpu_ns_per_packet"

/* Adds a cell of glibc. @param threads 0: as an older version left it, without any */
static json_t *add(json_t *root, int threads, int repetition, int live)
{
    json_t *metrics = document_add(root, "glibc", repetition);
    json_t *cells = json_object_get(root, "cells");
    json_t *cell = json_array_get(cells, json_array_size(cells) - 1);
    json_object_set_new(metrics, "live_bytes_peak", json_integer(live));
    if (threads)
        json_object_set_new(cell, "threads", json_integer(threads));
    return cell;
}

static void one_thread_is_not_compared_with_two(void **state)
{
    (void)state;
    json_t *base = document_make(NULL), *new = document_make(NULL);
    for (int threads = 1; threads <= 2; threads++) {
        add(base, threads, 0, 1000 * threads);
        add(new, threads, 0, 1000 * threads);
    }
    struct pl_comparison c = documents_compare(base, new);
    assert_int_equal(c.cell_count, 2);
    assert_int_equal(c.cells[0].match->name.threads, 1);
    assert_int_equal(c.cells[1].match->name.threads, 2);
    assert_int_equal(c.counts[PL_CHANGE_SAME], 4); /* two metrics and two outcomes */
    pl_comparison_free(&c);
}

static void older_results_had_one_thread(void **state)
{
    (void)state;
    json_t *base = document_make(NULL), *new = document_make(NULL);
    add(base, 0, 0, 1000);
    add(new, 2, 0, 2000);
    add(new, 1, 0, 1000);
    struct pl_comparison c = documents_compare(base, new);
    assert_int_equal(c.cell_count, 2);
    assert_string_equal(c.cells[0].judged[0].why, "only in new");
    assert_int_equal(c.cells[1].judged[0].change, PL_CHANGE_SAME);
    pl_comparison_free(&c);
}

static void the_clocks_have_no_cell_in_common(void **state)
{
    (void)state;
    json_t *base = document_make(NULL), *new = document_make(NULL);
    add(base, 2, 0, 1000);
    json_object_set_new(add(new, 2, 0, 1000), "clock", json_string("wall"));
    documents_refuse(base, new, "same scenario, allocator, format, clock and threads");
}

static void repetitions_are_counted_for_each(void **state)
{
    (void)state;
    json_t *base = document_make(NULL);
    add(base, 1, 0, 1000);
    add(base, 2, 0, 1000);
    add(base, 2, 0, 1000);
    documents_refuse(base, document_make(NULL),
                     "base has two cells of steady-reader on glibc, 2 threads with repetition 0");
}

static void a_cell_that_failed_is_the_one_with_its_threads(void **state)
{
    (void)state;
    json_t *base = document_make(NULL), *new = document_make(NULL);
    add(base, 1, 0, 1000);
    add(base, 2, 0, 1000);
    add(new, 1, 0, 1000);
    json_object_set_new(json_object_get(new, "run"), "failed",
                        json_pack("[{s:s, s:s, s:s, s:s, s:s, s:i, s:s}]", "side", "new",
                                  "scenario", "steady-reader", "allocator", "glibc", "format",
                                  "f32", "clock", "virtual", "threads", 2, "why", "it can't"));
    struct pl_comparison c = documents_compare(base, new);
    assert_int_equal(c.cell_count, 2);
    assert_string_equal(c.cells[0].match->new_failure, "");
    assert_string_equal(c.cells[1].match->new_failure, "it can't");
    pl_comparison_free(&c);
}

static void observe(json_t *root, int threads, int instructions)
{
    json_t *list = json_object_get(root, "instruments");
    if (!list)
        json_object_set_new(root, "instruments", list = json_array());
    json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:f, s:{s:i}}",
                                          "instrument", "callgrind", "status", "ok", "scenario",
                                          "steady-reader", "allocator", "glibc", "format", "f32",
                                          "threads", threads, "duration_seconds", 60.0, "figures",
                                          "instructions_per_packet", instructions));
}

static void instructions_are_those_of_the_same_threads(void **state)
{
    (void)state;
    json_t *base = document_make(NULL), *new = document_make(NULL);
    json_t *const sides[] = {base, new};
    for (int s = 0; s < 2; s++) {
        add(sides[s], 2, 0, 1000);
        observe(sides[s], 1, 1000 * (s + 1)); /* which would be a change */
        observe(sides[s], 2, 3000);
    }
    struct pl_comparison c = documents_compare(base, new);
    assert_int_equal(c.cells[0].judged_count, 2);
    assert_string_equal(c.cells[0].judged[1].metric->name, "instructions_per_packet");
    assert_true(c.cells[0].judged[1].base == 3000);
    assert_int_equal(c.cells[0].judged[1].change, PL_CHANGE_SAME);
    pl_comparison_free(&c);
}

static double noise_of(const struct pl_calibration *c, uint32_t threads)
{
    json_t *cell = json_pack("{s:f}", "duration_seconds", 60.0);
    const json_t *cells[] = {cell};
    struct pl_match match = {.name = {"steady-reader", "glibc", "f32", "virtual", threads},
                             .base = cells,
                             .base_count = 1};
    double noise = pl_calibration_noise(c, &match, CPU);
    json_decref(cell);
    return noise;
}

/* An A/A run of one cell, that sways by so much. */
static json_t *calibrate(int threads, double sway)
{
    json_t *base = document_make("base"), *new = document_make("new"), *root = NULL;
    struct pl_error error;
    for (int i = 0; i < PL_CALIBRATION_PAIRS_MIN; i++) {
        double ratio = 1 + sway * (i % 5 - 2);
        json_t *metrics = json_object_get(add(base, threads, i, 1), "metrics");
        json_object_set_new(metrics, CPU, json_real(100));
        metrics = json_object_get(add(new, threads, i, 1), "metrics");
        json_object_set_new(metrics, CPU, json_real(100 * ratio));
    }
    assert_int_equal(pl_calibration_make(base, new, &root, &error), 0);
    json_decref(base);
    json_decref(new);
    return root;
}

static void noise_is_that_of_the_same_threads(void **state)
{
    (void)state;
    struct pl_calibration c = {.root = calibrate(2, .01)};
    json_t *earlier = calibrate(0, .1);
    assert_true(isnan(noise_of(&c, 1)));
    double of_two = noise_of(&c, 2);
    assert_true(of_two > 0);
    json_object_del(json_array_get(json_object_get(earlier, "cells"), 0), "threads");
    pl_calibration_sum_up(c.root, earlier); /* another cell: both stay */
    assert_true(noise_of(&c, 1) > 5 * of_two);
    assert_true(fabs(noise_of(&c, 2) - of_two) < 1e-12);
    assert_int_equal(json_array_size(json_object_get(c.root, "cells")), 2);
    json_decref(earlier);
    pl_calibration_free(&c);
}

static void fail_on_any(void *context, const char *line)
{
    (void)context;
    fail_msg("%s", line);
}

static void the_baseline_has_a_line_for_each(void **state)
{
    (void)state;
    char folder[] = "/tmp/plimsoll-test-XXXXXX", path[64], *text = NULL;
    size_t size, differences;
    struct pl_error error;
    json_t *root = document_make(NULL);
    add(root, 0, 0, 1000);
    add(root, 1, 1, 1000);
    add(root, 2, 0, 2000);
    assert_non_null(mkdtemp(folder));
    assert_int_equal(pl_baseline_write(root, folder, &error), 0);
    snprintf(path, sizeof path, "%s/steady-reader.txt", folder);
    assert_int_equal(pl_file_read(path, PL_FILE_BYTES_MAX, &text, &size, NULL), 0);
    assert_non_null(strstr(text, "metric, value:\nglibc f32 live_bytes_peak 1000\n"
                                 "glibc f32 threads=2 live_bytes_peak 2000\n"));
    assert_int_equal(pl_baseline_check(root, folder, fail_on_any, NULL, &differences, &error), 0);
    assert_int_equal(differences, 0);
    json_object_set_new(add(root, 2, 0, 3000), "clock", json_string("wall"));
    assert_int_equal(pl_baseline_write(root, folder, &error), -EINVAL);
    assert_string_equal(error.text, "steady-reader on glibc ran under the wall clock; class D "
                                    "repeats under the virtual one only");
    free(text);
    json_decref(root);
    pl_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_thread_is_not_compared_with_two),
        cmocka_unit_test(older_results_had_one_thread),
        cmocka_unit_test(the_clocks_have_no_cell_in_common),
        cmocka_unit_test(repetitions_are_counted_for_each),
        cmocka_unit_test(a_cell_that_failed_is_the_one_with_its_threads),
        cmocka_unit_test(instructions_are_those_of_the_same_threads),
        cmocka_unit_test(noise_is_that_of_the_same_threads),
        cmocka_unit_test(the_baseline_has_a_line_for_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
