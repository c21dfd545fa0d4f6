/* The history beside a report: which series are taken, their lines and changes, in every form. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/history/history_line.h"
#include "harness/report/model/context.h"
#include "harness/report/report.h"
#include "harness/report/tests/sample.h"
#include "harness/report/tests/validate.h"
#include "harness/results/history_file.h"

static void has(const char *text, const char *part)
{
    if (!text || !strstr(text, part))
        fail_msg("'%s' is not in:\n%s", part, text ? text : "(nothing)");
}

/* A run of glibc on day `day`, with so many live bytes. */
static json_t *run(int day, double live)
{
    char started[64];
    json_t *d = sample_empty(), *cell = sample_cell(d, "glibc", "bounded");
    snprintf(started, sizeof started, "2025-01-%02dT03:04:05Z", day);
    sample_set(json_object_get(d, "run"), "started", started);
    sample_metric(cell, "live_bytes_peak", live);
    sample_metric(cell, "rss_bytes_peak", 1048576 + day);
    return d;
}

/* Adds a run to the history, and lets it go. */
static void remember(const char *file, json_t *d, const char *commit)
{
    struct pl_model m;
    struct pl_error error;
    json_t *line = NULL;
    if (pl_model_build(&m, d, &error) || pl_history_line(&m, commit, &line, &error) ||
        pl_history_append(file, line, &error))
        fail_msg("%s", error.text);
    json_decref(line);
    pl_model_free(&m);
    json_decref(d);
}

static int report(const char *folder, const char *history, struct pl_error *error)
{
    FILE *nowhere = fopen("/dev/null", "w");
    int rc = pl_report_write(&(struct pl_report){folder, NULL, history}, nowhere, error);
    fclose(nowhere);
    return rc;
}

static json_t *set_host(json_t *d, const char *cpu)
{
    sample_set(json_object_get(d, "host"), "cpu", cpu);
    return d;
}

static json_t *set_duration(json_t *d, double seconds)
{
    json_t *cell = json_array_get(json_object_get(d, "cells"), 0);
    json_object_set_new(cell, "duration_seconds", json_real(seconds));
    return d;
}

/* Three days of 1 KiB, three of 2 KiB; another host and other conditions between them. */
static char *history_in(const char *folder)
{
    char *file = NULL;
    assert_true(asprintf(&file, "%s/history.jsonl", folder) > 0);
    for (int day = 1; day <= 6; day++)
        remember(file, run(day, day < 4 ? 1024 : 2048), day == 4 ? "c0ffee" : "0dd");
    remember(file, set_host(run(7, 2048), "Other 1"), "other");
    remember(file, set_duration(run(8, 77), 60), "short");
    return file;
}

static void changes_and_lines_are_shown(void **state)
{
    (void)state;
    struct pl_error error = {""};
    char *folder = sample_folder(), *file = history_in(folder);
    json_t *d = run(9, 2048);
    sample_cell(d, "slab", "bounded");
    sample_save(folder, d, 0);
    json_decref(d);
    if (report(folder, file, &error))
        fail_msg("%s", error.text);
    char *md = sample_read(folder, "report.md"), *html = sample_read(folder, "report.html");
    has(md, "The history has 8 runs: /tmp/");
    has(md, "- stalled-reader glibc `live_bytes_peak` at c0ffee, 2025-01-04T03:04:05Z: 1 KiB -&gt; "
            "2 KiB (+100 %), exact\n");
    /* class D of both hosts, RSS of this one */
    has(md, "| stalled-reader glibc f32 | 7 | ");
    has(md, "| ▁▁▁████ **changed** 2 KiB |");
    has(md, "| ▁▂▄▅▇█ 1.00 MiB |");
    has(md, "1 stack has fewer than two runs there");
    assert_null(strstr(md, " 77 B"));
    has(html, "<section id=\"past\" data-view=\"past\">");
    has(html, "aria-label=\"7 runs, changes: 1\"");
    has(html, "aria-label=\"6 runs, changes: 0\"");
    /* of seven points from 4 to 116 the fourth, at the top */
    has(html, "<circle cx=\"60.0\" cy=\"4.0\" r=\"3\"");
    free(md);
    free(html);
    free(file);
    sample_remove(folder);
}

static void programs_get_it_too(void **state)
{
    (void)state;
    struct pl_error error = {""};
    char *folder = sample_folder(), *file = history_in(folder), where[512] = "";
    json_t *d = run(9, 2048);
    sample_save(folder, d, 0);
    json_decref(d);
    assert_int_equal(report(folder, file, &error), 0);
    char *text = sample_read(folder, "report.json");
    json_t *json = json_loads(text, 0, NULL);
    json_t *schema = json_load_file(PL_SOURCE_DIR "/results/report.schema.json", 0, NULL);
    if (!validate(schema, json, where, sizeof where))
        fail_msg("%s", where);
    json_t *all = json_object_get(json_object_get(json, "history"), "series"), *series;
    size_t i, found = 0;
    json_array_foreach(all, i, series)
    {
        json_t *change = json_array_get(json_object_get(series, "changes"), 0);
        if (!change)
            continue;
        assert_string_equal(json_string_value(json_object_get(change, "commit")), "c0ffee");
        assert_float_equal(json_number_value(json_object_get(change, "after")), 2048, 0);
        assert_int_equal(json_array_size(json_object_get(series, "runs")), 7);
        found++;
    }
    assert_int_equal(found, 1);
    json_decref(json);
    json_decref(schema);
    free(text);
    free(file);
    sample_remove(folder);
}

static json_t *set_limit(json_t *d)
{
    json_t *cell = json_array_get(json_object_get(d, "cells"), 0);
    json_object_set_new(cell, "limits", json_pack("{s:i}", "packets", 1048576));
    return d;
}

/* Since a limit was changed the figures are another series: the one that goes on is shown. */
static void the_series_that_goes_on_is_shown(void **state)
{
    (void)state;
    struct pl_error error = {""};
    char *folder = sample_folder(), *file = NULL;
    assert_true(asprintf(&file, "%s/history.jsonl", folder) > 0);
    for (int day = 1; day <= 6; day++)
        remember(file, day < 3 ? run(day, 512) : set_limit(run(day, 4096)), "0dd");
    json_t *d = run(9, 4096);
    sample_save(folder, d, 0);
    json_decref(d);
    assert_int_equal(report(folder, file, &error), 0);
    char *md = sample_read(folder, "report.md");
    has(md, "| stalled-reader glibc f32 | 4 | ");
    has(md, " 4 KiB |");
    free(md);
    free(file);
    sample_remove(folder);
}

/* Stores a calibration of the host that made `d`. */
static void calibrate(const json_t *d, const char *path)
{
    struct pl_error error;
    json_t *root = json_pack(
        "{s:i, s:O, s:{s:s}, s:[{s:s, s:f}, {s:s, s:f}, {s:s, s:f}], s:[{s:s, s:f, s:b}]}",
        "calibration_version", 1, "host", json_object_get(d, "host"), "run", "started",
        "2025-01-01T00:00:00Z", "cells", "metric", "cpu_ns_per_packet", "noise", .01, "metric",
        "cpu_ns_per_packet", "noise", .002, "metric", "cpu_ns_per_packet", "noise", .05, "metrics",
        "metric", "cpu_ns_per_packet", "false_alarms", .12, "advisory", 1);
    assert_non_null(root);
    assert_int_equal(pl_calibration_store(path, root, &error), 0);
    json_decref(root);
}

static void noise_is_told(void **state)
{
    (void)state;
    struct pl_error error = {""};
    char *folder = sample_folder(), path[4096];
    json_t *d = run(1, 1);
    sample_save(folder, d, 0);
    setenv("XDG_STATE_HOME", folder, 1);
    assert_int_equal(pl_calibration_path(json_object_get(d, "host"), path, sizeof path, &error), 0);
    calibrate(d, path);
    json_decref(d);
    assert_int_equal(report(folder, NULL, &error), 0);
    char *md = sample_read(folder, "report.md"), *html = sample_read(folder, "report.html");
    has(md, "Noise of this host: calibrated 2025-01-01T00:00:00Z (/tmp/");
    has(md,
        "- cpu\\_ns\\_per\\_packet: pairs of a program with itself spread by 1 % (0.2 to 5 over 3 "
        "cells), false alarms 12 %: advisory, no gate fails on it\n");
    has(html, "spread by 1 % (0.2 to 5 over 3 cells)");
    free(md);
    free(html);
    FILE *damaged = fopen(path, "w");
    fputs("{", damaged);
    fclose(damaged);
    assert_int_equal(report(folder, NULL, &error), 0);
    md = sample_read(folder, "report.md");
    has(md, "Noise of this host: unknown. /tmp/");
    free(md);
    setenv("XDG_STATE_HOME", "/nowhere", 1);
    sample_remove(folder);
}

static void an_unreadable_history_is_an_error(void **state)
{
    (void)state;
    struct pl_error error = {""};
    char *folder = sample_folder(), file[4096];
    json_t *d = run(1, 1);
    sample_save(folder, d, 0);
    json_decref(d);
    snprintf(file, sizeof file, "%s/history.jsonl", folder);
    assert_int_not_equal(report(folder, file, &error), 0);
    has(error.text, "history.jsonl: No such file");
    sample_write(folder, "history.jsonl", "{\"history_version\": 9}\n");
    assert_int_not_equal(report(folder, file, &error), 0);
    assert_null(sample_read(folder, "report.md"));
    assert_null(sample_read(folder, "report.json"));
    sample_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_and_lines_are_shown),       cmocka_unit_test(programs_get_it_too),
        cmocka_unit_test(the_series_that_goes_on_is_shown),  cmocka_unit_test(noise_is_told),
        cmocka_unit_test(an_unreadable_history_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
