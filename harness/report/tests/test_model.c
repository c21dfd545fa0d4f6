/* The model: medians, groups, names, and what is refused, to the word. */
#include <stdio.h>
#include <string.h>

#include "harness/report/model/columns.h"
#include "harness/report/model/model.h"
#include "harness/report/tests/sample.h"

static void medians(void **state)
{
    (void)state;
    double odd[] = {3, 1, 2}, even[] = {4, 1, 3, 2}, one[] = {7};
    struct pl_summary s = pl_summary_of(odd, 3);
    assert_true(s.count == 3 && s.median == 2 && s.lowest == 1 && s.highest == 3);
    s = pl_summary_of(even, 4);
    assert_true(s.count == 4 && s.median == 2.5 && s.lowest == 1 && s.highest == 4);
    s = pl_summary_of(one, 1);
    assert_true(s.count == 1 && s.median == 7 && s.lowest == 7 && s.highest == 7);
    assert_int_equal(pl_summary_of(NULL, 0).count, 0);
}

static void build(struct pl_model *model, json_t *document)
{
    struct pl_error error;
    assert_int_equal(pl_model_build(model, document, &error), 0);
    json_decref(document); /* the model holds it */
}

static void repetitions_are_a_row(void **state)
{
    (void)state;
    struct pl_model m;
    build(&m, sample_document());
    assert_int_equal(m.group_count, 1);
    assert_int_equal(m.cell_count, 6);
    assert_int_equal(m.groups[0].row_count, 4);
    assert_int_equal(m.groups[0].repetitions, 3);
    const struct pl_model_row *limited = &m.groups[0].rows[2];
    assert_string_equal(limited->stack, "limited");
    assert_int_equal(limited->cell_count, 3);
    const struct pl_summary *cpu = &limited->metrics[PL_MODEL_cpu_ns_per_packet];
    assert_true(cpu->median == 205 && cpu->lowest == 200 && cpu->highest == 210);
    assert_int_equal(limited->metrics[PL_MODEL_time_to_oom_seconds].count, 0);
    assert_int_equal(m.outcomes[PL_OUTCOME_OOM_KILLED], 2);
    assert_int_equal(m.outcomes[PL_OUTCOME_BOUNDED], 3);
    assert_int_equal(m.verdicts[PL_VERDICT_FAILED], 1);
    assert_int_equal(m.verdicts[PL_VERDICT_MET], 5);
    pl_model_free(&m);
}

static void mixed_outcomes_show_the_worst(void **state)
{
    (void)state;
    struct pl_model m;
    char text[PL_COLUMN_TEXT];
    json_t *d = sample_empty();
    sample_set(sample_cell(d, "glibc", "bounded"), "expected", "failed");
    sample_set(sample_cell(d, "glibc", "oom_killed"), "expected", "not checked");
    sample_cell(d, "glibc", "bounded");
    build(&m, d);
    const struct pl_model_row *row = &m.groups[0].rows[0];
    pl_row_outcome(row, text);
    assert_string_equal(text, "oom_killed 1/3, bounded 2/3");
    assert_int_equal(row->outcome, PL_OUTCOME_OOM_KILLED);
    assert_string_equal(pl_row_expected(row), "FAILED");
    pl_model_free(&m);
}

static void each_condition_is_a_group(void **state)
{
    (void)state;
    struct pl_model m;
    json_t *d = sample_empty();
    sample_cell(d, "glibc", "bounded");
    sample_set(sample_cell(d, "glibc", "bounded"), "format", "s16");
    sample_set(sample_cell(d, "glibc", "bounded"), "scenario", "../steady reader");
    json_object_set_new(sample_cell(d, "glibc", "bounded"), "duration_seconds", json_real(60));
    sample_set(json_object_get(sample_cell(d, "glibc", "bounded"), "container"), "kind", "none");
    sample_set(sample_cell(d, "glibc", "bounded"), "clock", "wall");
    build(&m, d);
    static const char *const names[] = {"stalled-reader-f32",   "stalled-reader-s16",
                                        "..-steady-reader-f32", "stalled-reader-f32-2",
                                        "stalled-reader-f32-3", "stalled-reader-f32-4"};
    assert_int_equal(m.group_count, 6);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(m.groups[i].picture, names[i]);
    pl_model_free(&m);
}

/* A name that was given to tell groups apart may itself be taken, by an earlier group. */
static void picture_names_are_not_shared(void **state)
{
    (void)state;
    struct pl_model m;
    json_t *d = sample_empty();
    sample_set(sample_cell(d, "glibc", "bounded"), "format", "f32-2");
    sample_cell(d, "glibc", "bounded");
    json_object_set_new(sample_cell(d, "glibc", "bounded"), "duration_seconds", json_real(60));
    build(&m, d);
    assert_string_equal(m.groups[0].picture, "stalled-reader-f32-2");
    assert_string_equal(m.groups[1].picture, "stalled-reader-f32");
    assert_string_equal(m.groups[2].picture, "stalled-reader-f32-3");
    pl_model_free(&m);
}

static void floor_is_taken_off(void **state)
{
    (void)state;
    struct pl_model m;
    const struct pl_column *above = &pl_columns[pl_column_count - 1];
    json_t *d = sample_empty();
    assert_true(above->above_floor);
    sample_metric(sample_cell(d, "null", "bounded"), "cpu_ns_per_packet", 140);
    sample_metric(sample_cell(d, "glibc", "bounded"), "cpu_ns_per_packet", 172);
    sample_metric(sample_cell(d, "glibc", "bounded"), "cpu_ns_per_packet", 176);
    build(&m, d);
    struct pl_summary s = pl_column_of(above, &m.groups[0], &m.groups[0].rows[1]);
    assert_true(s.count == 2 && s.median == 34 && s.lowest == 32 && s.highest == 36);
    assert_int_equal(pl_column_of(above, &m.groups[0], &m.groups[0].rows[0]).count, 0);
    pl_model_free(&m);
}

static void failed_floor_is_not_taken_off(void **state)
{
    (void)state;
    struct pl_model m;
    json_t *d = sample_empty();
    sample_metric(sample_cell(d, "null", "alloc_failed"), "cpu_ns_per_packet", 69);
    sample_metric(sample_cell(d, "glibc", "bounded"), "cpu_ns_per_packet", 172);
    build(&m, d);
    assert_null(pl_model_floor(&m.groups[0]));
    assert_int_equal(
        pl_column_of(&pl_columns[pl_column_count - 1], &m.groups[0], &m.groups[0].rows[1]).count,
        0);
    pl_model_free(&m);
}

/* Whether the document is refused with just this line. */
static void refused(json_t *document, const char *line)
{
    struct pl_model m;
    struct pl_error error = {""};
    assert_int_equal(pl_model_build(&m, document, &error), -22);
    assert_string_equal(error.text, line);
    assert_null(m.root);
    json_decref(document);
}

static json_t *with(const char *key, json_t *value)
{
    json_t *d = sample_document();
    json_object_set_new(json_array_get(json_object_get(d, "cells"), 1), key, value);
    return d;
}

static void unfit_documents(void **state)
{
    (void)state;
    json_t *d = sample_document();
    json_object_set_new(d, "schema_version", json_integer(2));
    refused(d, "schema_version is 2; this program reads 1: run it again with this one, or report "
               "with the one that ran it");
    refused(json_array(), "no schema_version: these are no results of plimsoll");
    refused(sample_empty(), "no cells: nothing was measured");
    refused(with("scenario", json_integer(1)), "cell 1: 'scenario' is not text");
    refused(with("reproduce", json_null()), "cell 1: 'reproduce' is not text");
    refused(with("outcome", json_string("fine")), "cell 1: unknown outcome 'fine'");
    refused(with("expected", json_string("maybe")), "cell 1: unknown verdict 'maybe'");
    refused(with("metrics", json_array()), "cell 1: 'metrics' is not an object");
    refused(with("metrics", json_pack("{s:s}", "rss_bytes_peak", "much")),
            "cell 1: metric 'rss_bytes_peak' is not a number");
    refused(with("duration_seconds", json_string("4 min")),
            "cell 1: 'duration_seconds' is not a number");
    refused(with("threads", json_integer(0)), "cell 1: 'threads' is not a number of threads");
    refused(with("threads", json_integer(INT64_C(1) << 32)),
            "cell 1: 'threads' is not a number of threads");
    refused(with("threads", json_string("2")), "cell 1: 'threads' is not a number of threads");
    refused(with("container", json_string("none")), "cell 1: 'container' has no kind and bytes");
}

static void load_refused(const char *folder, const char *line)
{
    struct pl_model m;
    struct pl_error error = {""};
    char expected[512];
    snprintf(expected, sizeof expected, line, folder);
    assert_int_equal(pl_model_load(&m, folder, &error), -22);
    assert_string_equal(error.text, expected);
}

static void unfit_folders(void **state)
{
    (void)state;
    char *folder = sample_folder();
    load_refused("/tmp/no-such-folder-of-plimsoll",
                 "%s: no results.json in it; expected a folder that `plimsoll run --out` wrote");
    load_refused(folder,
                 "%s: no results.json in it; expected a folder that `plimsoll run --out` wrote");
    sample_write(folder, "results.json", "{\"schema_version\": 1,\n \"cells\": [");
    load_refused(folder, "%s/results.json:2:11: no whole JSON (']' expected near end of file); run "
                         "it again");
    sample_write(folder, "results.json", "");
    load_refused(folder, "%s/results.json:1:0: no whole JSON ('[' or '{' expected near end of "
                         "file); run it again");
    sample_write(folder, "results.json", "{\"schema_version\": 7, \"cells\": []}");
    load_refused(folder, "%s/results.json: schema_version is 7; this program reads 1: run it again "
                         "with this one, or report with the one that ran it");
    sample_remove(folder);
}

static void missing_series_are_counted(void **state)
{
    (void)state;
    struct pl_model m;
    struct pl_error error;
    char *folder = sample_folder(), path[4096];
    json_t *d = sample_document();
    sample_save(folder, d, 1);
    snprintf(path, sizeof path, "%s/series/003.csv", folder);
    assert_int_equal(remove(path), 0);
    assert_int_equal(pl_model_load(&m, folder, &error), 0);
    assert_int_equal(m.groups[0].rows[0].series_missing, 0);
    assert_int_equal(m.groups[0].rows[2].series_missing, 1);
    pl_model_free(&m);
    json_decref(d);
    sample_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(medians),
        cmocka_unit_test(repetitions_are_a_row),
        cmocka_unit_test(mixed_outcomes_show_the_worst),
        cmocka_unit_test(each_condition_is_a_group),
        cmocka_unit_test(picture_names_are_not_shared),
        cmocka_unit_test(floor_is_taken_off),
        cmocka_unit_test(failed_floor_is_not_taken_off),
        cmocka_unit_test(unfit_documents),
        cmocka_unit_test(unfit_folders),
        cmocka_unit_test(missing_series_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
