/* Noise out of an A/A run, and where it is kept. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/base/files.h"
#include "harness/base/random.h"
#include "harness/compare/calibration.h"
#include "harness/compare/tests/documents.h"

static double noise(uint64_t *seed)
{
    double a = (double)(pl_random_next(seed) >> 11) / 9007199254740992.0;
    return a - (double)(pl_random_next(seed) >> 11) / 9007199254740992.0;
}

/* An A/A run of one cell. @param spread of the log ratios @param bias of the second half: none in a
 * true A/A run */
static void make_pairs(json_t **base, json_t **new, int count, double spread, double bias)
{
    uint64_t seed = 11;
    *base = document_make("base");
    *new = document_make("new");
    for (int i = 0; i < count; i++) {
        json_object_set_new(document_add(*base, "glibc", i), "cpu_ns_per_packet", json_real(100));
        json_object_set_new(document_add(*new, "glibc", i), "cpu_ns_per_packet",
                            json_real(100 * exp(bias + spread * noise(&seed))));
    }
}

static json_t *calibrate(int count, double spread, double bias)
{
    json_t *base, *new, *root = NULL;
    struct pl_error error = {""};
    make_pairs(&base, &new, count, spread, bias);
    if (pl_calibration_make(base, new, &root, &error))
        fail_msg("%s", error.text);
    json_decref(base);
    json_decref(new);
    return root;
}

/* How noisy the cell is said to be, when it ran for so long. */
static double noise_of(const struct pl_calibration *c, double seconds, const char *metric)
{
    json_t *root = document_make(NULL);
    document_add(root, "glibc", 0);
    json_t *cell = json_array_get(json_object_get(root, "cells"), 0);
    json_object_set_new(cell, "duration_seconds", json_real(seconds));
    const json_t *cells[] = {cell};
    struct pl_match match = {.name = pl_cell_name_of(cell), .base = cells, .base_count = 1};
    double found = pl_calibration_noise(c, &match, metric);
    json_decref(root);
    return found;
}

static void the_noise_is_that_of_forty_pairs(void **state)
{
    (void)state;
    struct pl_calibration c = {.root = calibrate(100, .1, 0)};
    double expected = .1 / sqrt(6) / sqrt(40); /* of a mean; Hodges and Lehmann's is alike */
    double found = noise_of(&c, 60, "cpu_ns_per_packet");
    assert_true(found > .7 * expected && found < 1.4 * expected);
    assert_true(isnan(noise_of(&c, 60, "acquire_ns_p50")));
    assert_true(isnan(noise_of(&c, 61, "cpu_ns_per_packet")));
    assert_true(isnan(noise_of(NULL, 60, "cpu_ns_per_packet")));
    pl_calibration_free(&c);
}

static void false_alarms_make_a_metric_advisory(void **state)
{
    (void)state;
    double alarms = -1;
    struct pl_calibration good = {.root = calibrate(100, .1, 0)};
    assert_false(pl_calibration_advisory(&good, "cpu_ns_per_packet", &alarms));
    assert_true(alarms >= 0 && alarms <= PL_CALIBRATION_ALARMS_MAX);
    struct pl_calibration biased = {.root = calibrate(100, .1, .05)};
    assert_true(pl_calibration_advisory(&biased, "cpu_ns_per_packet", &alarms));
    assert_true(alarms > .5);
    assert_false(pl_calibration_advisory(NULL, "cpu_ns_per_packet", &alarms));
    pl_calibration_free(&good);
    pl_calibration_free(&biased);
}

static void refuses(json_t *base, json_t *new, const char *reason)
{
    json_t *root = NULL;
    struct pl_error error = {""};
    assert_int_equal(pl_calibration_make(base, new, &root, &error), -EINVAL);
    assert_null(root);
    if (!strstr(error.text, reason))
        fail_msg("%s", error.text);
    json_decref(base);
    json_decref(new);
}

static void takes_pairs_and_enough_of_them(void **state)
{
    (void)state;
    json_t *base, *new;
    make_pairs(&base, &new, PL_CALIBRATION_PAIRS_MIN - 1, .1, 0);
    refuses(base, new, "no cell has 40 pairs");
    make_pairs(&base, &new, 50, .1, 0);
    json_object_del(json_object_get(new, "run"), "pairing");
    refuses(base, new, "not run side by side");
}

static void what_is_stored_is_found_again(void **state)
{
    (void)state;
    char folder[] = "/tmp/plimsoll-test-XXXXXX", path[4096];
    struct pl_calibration c = {0};
    struct pl_error error = {""};
    json_t *root = calibrate(60, .1, 0);
    assert_non_null(mkdtemp(folder));
    setenv("XDG_STATE_HOME", folder, 1);
    const json_t *host = json_object_get(root, "host");
    assert_int_equal(pl_calibration_path(host, path, sizeof path, &error), 0);
    assert_int_equal(strncmp(path, folder, strlen(folder)), 0);
    assert_int_equal(pl_calibration_load(path, &c, &error), -ENOENT);
    assert_int_equal(pl_calibration_store(path, root, &error), 0);
    assert_int_equal(pl_calibration_load(path, &c, &error), 0);
    assert_true(noise_of(&c, 60, "cpu_ns_per_packet") > 0);
    pl_calibration_free(&c);
    json_object_set_new((json_t *)host, "cpu", json_string("another"));
    char other[4096];
    assert_int_equal(pl_calibration_path(host, other, sizeof other, &error), 0);
    assert_string_not_equal(path, other);
    json_decref(root);
    pl_folder_remove(folder);
}

static void other_cells_stay_calibrated(void **state)
{
    (void)state;
    struct pl_calibration c = {.root = calibrate(60, .1, 0)};
    json_t *earlier = calibrate(60, .4, .2);
    json_t *row = json_array_get(json_object_get(earlier, "cells"), 0);
    double alarms = 0, noise = noise_of(&c, 60, "cpu_ns_per_packet");
    pl_calibration_sum_up(c.root, earlier); /* the same cell: the new one counts */
    assert_true(fabs(noise_of(&c, 60, "cpu_ns_per_packet") - noise) < 1e-12);
    assert_false(pl_calibration_advisory(&c, "cpu_ns_per_packet", &alarms));
    json_object_set_new(row, "duration_seconds", json_real(5));
    pl_calibration_sum_up(c.root, earlier);
    assert_true(noise_of(&c, 5, "cpu_ns_per_packet") > 2 * noise);
    assert_true(fabs(noise_of(&c, 60, "cpu_ns_per_packet") - noise) < 1e-12);
    assert_true(pl_calibration_advisory(&c, "cpu_ns_per_packet", &alarms));
    assert_true(pl_calibration_of_host(&c, json_object_get(earlier, "host")));
    json_object_set_new(json_object_get(earlier, "host"), "kernel", json_string("another"));
    assert_false(pl_calibration_of_host(&c, json_object_get(earlier, "host")));
    json_decref(earlier);
    pl_calibration_free(&c);
}

static void broken_ones_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{", "[]", "{\"calibration_version\": 2}", "{\"calibration_version\": 1}",
        "{\"calibration_version\":1,\"cells\":[{}],\"metrics\":[]}"};
    char path[] = "/tmp/plimsoll-test-XXXXXX";
    struct pl_calibration c = {0};
    struct pl_error error;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        FILE *file = fopen(path, "w");
        fputs(texts[i], file);
        fclose(file);
        error.text[0] = '\0';
        assert_int_equal(pl_calibration_load(path, &c, &error), -EINVAL);
        assert_non_null(strstr(error.text, "plimsoll calibrate"));
    }
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_noise_is_that_of_forty_pairs),
        cmocka_unit_test(false_alarms_make_a_metric_advisory),
        cmocka_unit_test(takes_pairs_and_enough_of_them),
        cmocka_unit_test(what_is_stored_is_found_again),
        cmocka_unit_test(other_cells_stay_calibrated),
        cmocka_unit_test(broken_ones_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
