/* Lines of class D: written, and every way to differ from them. */
#include <errno.h>
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
#include "harness/compare/tests/documents.h"

struct fixture {
    char folder[64];
    char said[4096];
    size_t differences;
    struct pl_error error;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    strcpy(f->folder, "/tmp/plimsoll-test-XXXXXX");
    *state = f;
    return mkdtemp(f->folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    pl_folder_remove(((struct fixture *)*state)->folder);
    free(*state);
    return 0;
}

static json_t *make(int live, double churn, int rss)
{
    json_t *root = document_make(NULL);
    for (int i = 0; i < 2; i++) {
        json_t *metrics = document_add(root, "glibc", i);
        json_object_set_new(metrics, "live_bytes_peak", json_integer(live));
        json_object_set_new(metrics, "churn_bytes_per_second", json_real(churn));
        json_object_set_new(metrics, "rss_bytes_peak", json_integer(rss));
    }
    return root;
}

static void take(void *context, const char *line)
{
    struct fixture *f = context;
    size_t used = strlen(f->said);
    snprintf(f->said + used, sizeof f->said - used, "%s\n", line);
}

static int check(struct fixture *f, json_t *root)
{
    f->said[0] = f->error.text[0] = '\0';
    int rc = pl_baseline_check(root, f->folder, take, f, &f->differences, &f->error);
    json_decref(root);
    return rc;
}

static void write_one(struct fixture *f)
{
    json_t *root = make(391640, 2728589.86667, 512000);
    assert_int_equal(pl_baseline_write(root, f->folder, &f->error), 0);
    json_decref(root);
}

static void class_d_alone_is_written_and_sorted(void **state)
{
    struct fixture *f = *state;
    char path[128], *text = NULL;
    size_t size = 0;
    write_one(f);
    snprintf(path, sizeof path, "%s/steady-reader.txt", f->folder);
    assert_int_equal(pl_file_read(path, PL_FILE_BYTES_MAX, &text, &size, NULL), 0);
    assert_non_null(strstr(text, "\nglibc f32 churn_bytes_per_second 2728589.86667\n"
                                 "glibc f32 live_bytes_peak 391640\n"));
    assert_null(strstr(text, "rss_bytes_peak"));
    free(text);
}

static void alike_is_alike(void **state)
{
    struct fixture *f = *state;
    write_one(f);
    assert_int_equal(check(f, make(391640, 2728589.86667, 1)), 0);
    assert_int_equal(f->differences, 0);
    assert_string_equal(f->said, "");
}

static void what_differs_is_told(void **state)
{
    struct fixture *f = *state;
    write_one(f);
    assert_int_equal(check(f, make(391641, 2728589.86667, 1)), 0);
    assert_int_equal(f->differences, 1);
    assert_string_equal(f->said, "steady-reader: glibc f32 live_bytes_peak 391640 -> 391641\n");
}

static void what_is_missing_on_a_side_is_told(void **state)
{
    struct fixture *f = *state;
    write_one(f);
    json_t *root = make(391640, 2728589.86667, 1);
    for (size_t i = 0; i < 2; i++)
        json_object_del(document_metrics(root, i), "live_bytes_peak");
    json_object_set_new(document_add(root, "slab", 0), "packets_held", json_integer(7));
    assert_int_equal(check(f, root), 0);
    assert_int_equal(f->differences, 2);
    assert_string_equal(
        f->said, "steady-reader: glibc f32 live_bytes_peak 391640 is in the baseline, but was not "
                 "measured\nsteady-reader: slab f32 packets_held 7 is not in the baseline\n");
}

static void repetitions_that_differ_are_refused(void **state)
{
    struct fixture *f = *state;
    json_t *root = make(1, 2, 3);
    json_object_set_new(document_metrics(root, 1), "live_bytes_peak", json_integer(2));
    assert_int_equal(pl_baseline_write(root, f->folder, &f->error), -EINVAL);
    assert_non_null(strstr(f->error.text, "repetitions differ"));
    json_decref(root);
}

static void names_stay_in_the_folder(void **state)
{
    struct fixture *f = *state;
    json_t *root = make(1, 2, 3);
    json_object_set_new(json_array_get(json_object_get(root, "cells"), 0), "scenario",
                        json_string("../evil"));
    assert_int_equal(pl_baseline_write(root, f->folder, &f->error), -EINVAL);
    assert_non_null(strstr(f->error.text, "can't name a file"));
    json_decref(root);
}

static void a_scenario_that_was_not_run_is_told(void **state)
{
    struct fixture *f = *state;
    char path[128];
    write_one(f);
    snprintf(path, sizeof path, "%s/gone.txt", f->folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
    assert_int_equal(check(f, make(391640, 2728589.86667, 1)), 0);
    assert_int_equal(f->differences, 1);
    assert_string_equal(f->said, "gone: is in the baseline, but was not measured\n");
}

static void no_file_is_an_error(void **state)
{
    struct fixture *f = *state;
    assert_true(check(f, make(1, 2, 3)) < 0);
    assert_non_null(strstr(f->error.text, "steady-reader.txt"));
}

static void what_is_no_value_is_refused(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *line, *reason;
    } cases[] = {
        {"glibc f32 packets_dropped -1e300",
         "steady-reader.txt:2: packets_dropped is -1e+300; expected a whole number from 0"},
        {"glibc f32 live_bytes_peak nan", "steady-reader.txt:2: live_bytes_peak is "},
        {"glibc f32 live_bytes_peak 7x",
         "steady-reader.txt:2: 'glibc f32 live_bytes_peak 7x' is no"},
        {"glibc f32 live_bytes_peek 7",
         "is not a line of a baseline; expected stack, format, metric and value"},
        {"7", "steady-reader.txt:2: '7' is not a line"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/steady-reader.txt", f->folder);
        FILE *out = fopen(path, "w");
        assert_non_null(out);
        fprintf(out, "# a comment\n%s\n", cases[i].line);
        fclose(out);
        assert_int_equal(check(f, make(1, 2, 3)), -EINVAL);
        if (!strstr(f->error.text, cases[i].reason))
            fail_msg("%s", f->error.text);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(class_d_alone_is_written_and_sorted),
        TEST(alike_is_alike),
        TEST(what_differs_is_told),
        TEST(what_is_missing_on_a_side_is_told),
        TEST(repetitions_that_differ_are_refused),
        TEST(names_stay_in_the_folder),
        TEST(a_scenario_that_was_not_run_is_told),
        TEST(no_file_is_an_error),
        TEST(what_is_no_value_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
