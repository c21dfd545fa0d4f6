/* Before and after: what of a comparison is shown, its bars and pictures, in every form. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/compare/tests/documents.h"
#include "harness/report/model/context.h"
#include "harness/report/model/overlays.h"
#include "harness/report/page/page.h"
#include "harness/report/report.h"
#include "harness/report/tests/sample.h"
#include "harness/report/tests/validate.h"
#include "harness/report/writers/writer.h"

#define RUNS 60 /* 20 pairs that screen, 40 that confirm */

static void has(const char *text, const char *part)
{
    if (!text || !strstr(text, part))
        fail_msg("'%s' is not in:\n%s", part, text ? text : "(nothing)");
}

static void set(json_t *root, size_t cell, const char *metric, double value)
{
    json_object_set_new(document_metrics(root, cell), metric, json_real(value));
}

/* A half of pairs: glibc, whose CPU, RSS and live bytes are `worse`, slab that stays, and scudo
 * whose CPU is too noisy to tell. */
static json_t *half(const char *side, bool worse)
{
    static const double noise[] = {.4, 2.4, .7, 1.5, 1};
    json_t *root = document_make(side);
    for (int i = 0; i < RUNS; i++) {
        double cpu = 100 + i % 7;
        json_t *metrics = document_add(root, "glibc", i);
        json_object_set_new(metrics, "cpu_ns_per_packet", json_real(worse ? cpu * 1.2 : cpu));
        json_object_set_new(metrics, "rss_bytes_peak", json_integer(worse ? 3145728 : 1048576));
        json_object_set_new(metrics, "live_bytes_peak", json_integer(worse ? 4096 : 0));
        metrics = document_add(root, "slab", i);
        json_object_set_new(metrics, "cpu_ns_per_packet", json_real(cpu));
        metrics = document_add(root, "scudo", i);
        json_object_set_new(metrics, "cpu_ns_per_packet",
                            json_real(worse ? cpu * noise[i % 5] : cpu));
    }
    return root;
}

struct fixture {
    struct pl_comparison comparison;
    struct pl_baseline_diff diff;
};

static void compare(struct fixture *f, json_t *base, json_t *new)
{
    struct pl_error error;
    if (pl_comparison_make(base, new, NULL, &f->comparison, &error))
        fail_msg("%s", error.text);
    json_decref(base);
    json_decref(new);
    f->diff = pl_baseline_diff_make(&f->comparison);
}

static void release(struct fixture *f)
{
    pl_baseline_diff_free(&f->diff);
    pl_comparison_free(&f->comparison);
}

static const struct pl_judged *row_of(const struct pl_baseline_diff *b, const char *metric,
                                      size_t *at)
{
    for (size_t i = 0; i < b->count; i++)
        if (strcmp(b->rows[i].judged->metric->name, metric) == 0) {
            *at = i;
            return b->rows[i].judged;
        }
    fail_msg("no row of %s", metric);
    return NULL;
}

static void what_changed_leads_and_the_same_is_left_out(void **state)
{
    (void)state;
    struct fixture f;
    compare(&f, half("base", false), half("new", true));
    assert_int_equal(f.diff.changed, 3);
    assert_int_equal(f.diff.count, 4);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(f.diff.rows[i].cell->match->name.allocator, "glibc");
    assert_string_equal(f.diff.rows[3].cell->match->name.allocator, "scudo");
    assert_int_equal(f.diff.rows[3].judged->change, PL_CHANGE_INCONCLUSIVE);
    assert_int_equal(f.diff.cell_count, 1);
    release(&f);
}

static void worse_comes_before_better(void **state)
{
    (void)state;
    struct fixture f;
    json_t *base = document_make(NULL), *new = document_make(NULL);
    static const double values[][2] = {{2048, 1024}, {1024, 2048}};
    for (size_t i = 0; i < 2; i++) {
        document_add(base, i ? "slab" : "glibc", 0);
        document_add(new, i ? "slab" : "glibc", 0);
        set(base, i, "live_bytes_peak", values[i][0]);
        set(new, i, "live_bytes_peak", values[i][1]);
        set(base, i, "cpu_ns_per_packet", 100);
        set(new, i, "cpu_ns_per_packet", 100);
    }
    compare(&f, base, new);
    assert_int_equal(f.diff.count, 2); /* CPU that was not run as pairs is counted, not listed */
    assert_int_equal(f.diff.rows[0].judged->change, PL_CHANGE_WORSE);
    assert_int_equal(f.diff.rows[1].judged->change, PL_CHANGE_BETTER);
    assert_float_equal(f.diff.reach[0], 2, 0);
    release(&f);
}

static void figures_are_in_words(void **state)
{
    (void)state;
    struct fixture f;
    char text[PL_CHANGE_TEXT];
    size_t at = 0;
    compare(&f, half("base", false), half("new", true));
    const struct pl_judged *rss = row_of(&f.diff, "rss_bytes_peak", &at);
    pl_baseline_diff_threshold(rss, text);
    assert_string_equal(text, "256 KiB");
    pl_baseline_diff_beyond(rss, text);
    assert_string_equal(text, "8.0 x"); /* 2 MiB of 256 KiB */
    const struct pl_judged *live = row_of(&f.diff, "live_bytes_peak", &at);
    pl_baseline_diff_p(live, text);
    assert_string_equal(text, "exact");
    pl_baseline_diff_threshold(live, text);
    assert_string_equal(text, "any");
    pl_baseline_diff_beyond(live, text);
    assert_string_equal(text, "-");
    const struct pl_judged *cpu = row_of(&f.diff, "cpu_ns_per_packet", &at);
    pl_baseline_diff_threshold(cpu, text);
    assert_string_equal(text, "3.0 %");
    pl_baseline_diff_beyond(cpu, text);
    assert_string_equal(text, "6.7 x"); /* 20 % of 3 % */
    assert_int_equal(cpu->change, PL_CHANGE_WORSE);
    release(&f);
}

static void less_is_as_far_beyond_as_more(void **state)
{
    (void)state;
    struct fixture f;
    char text[PL_CHANGE_TEXT];
    size_t at = 0;
    compare(&f, half("base", true), half("new", false));
    pl_baseline_diff_beyond(row_of(&f.diff, "rss_bytes_peak", &at), text);
    assert_string_equal(text, "8.0 x");
    pl_baseline_diff_beyond(row_of(&f.diff, "cpu_ns_per_packet", &at), text);
    assert_string_equal(text, "6.7 x");
    assert_int_equal(f.diff.rows[at].judged->change, PL_CHANGE_BETTER);
    release(&f);
}

static void bar_is(double ratio, double low, double high, const char *expected)
{
    const struct pl_judged j = {.metric = pl_metric_find("cpu_ns_per_packet"),
                                .ratio = ratio,
                                .low = low,
                                .high = high,
                                .threshold = .03};
    struct pl_doc_bar bar;
    struct pl_doc doc = {.writer = &pl_writer_markdown};
    char *text;
    size_t size;
    assert_true(pl_baseline_diff_bar(2, &j, &bar));
    doc.out = open_memstream(&text, &size);
    pl_doc_bar(&doc, &bar, "a label");
    fclose(doc.out);
    assert_string_equal(text, expected);
    free(text);
    assert_true(fabs(bar.band - .5 * log(1.03) / log(2)) < 1e-9);
}

static void bars_are_drawn_to_scale(void **state)
{
    (void)state;
    struct pl_judged none = {.metric = pl_metric_find("live_bytes_peak"), .ratio = (double)NAN};
    struct pl_doc_bar bar;
    bar_is(1, NAN, NAN, "··········●··········");
    bar_is(2, NAN, NAN, "··········│·········●");
    bar_is(.5, NAN, NAN, "●·········│··········");
    bar_is(12, NAN, NAN, "··········│·········◆");
    bar_is(1.42, 1.15, 1.74, "··········│·━━━●━━━··");
    bar_is(1.42, .8, 3, "·······━━━│━━━━●━━━━━");
    assert_false(pl_baseline_diff_bar(2, &none, &bar));
    none.ratio = INFINITY;
    assert_false(pl_baseline_diff_bar(2, &none, &bar));
    none.ratio = 0;
    assert_false(pl_baseline_diff_bar(2, &none, &bar));
}

/* Both folders on the disk, each with a curve of the first cell. */
static void save(char *folders[2], json_t *base, json_t *new)
{
    json_t *roots[2] = {base, new};
    for (size_t i = 0; i < 2; i++) {
        folders[i] = sample_folder();
        sample_set(json_array_get(json_object_get(roots[i], "cells"), 0), "series", "series/a.csv");
        sample_save(folders[i], roots[i], 0);
        sample_write(folders[i], "series/a.csv",
                     i ? "t_ns,rss_bytes,live_bytes\n0,0,0\n10000000000,4194304,0\n"
                         "20000000000,1048576,0\n"
                       : "t_ns,rss_bytes,live_bytes\n0,0,0\n20000000000,2097152,0\n");
        json_decref(roots[i]);
    }
}

/* What is left to be drawn. */
static json_t *overlays(const char *folder)
{
    char path[4200];
    snprintf(path, sizeof path, "%s/plots/overlays.json", folder);
    json_t *root = json_load_file(path, 0, NULL),
           *list = json_incref(json_object_get(root, "overlays"));
    json_decref(root);
    return list;
}

static double number_of(const json_t *picture, size_t curve, const char *axis, size_t i)
{
    const json_t *of = json_array_get(json_object_get(picture, "curves"), curve);
    return json_number_value(json_array_get(json_object_get(of, axis), i));
}

static void curves_and_pairs_are_drawn(void **state)
{
    (void)state;
    struct fixture f;
    char *folders[2];
    struct pl_error error;
    json_t *base = half("base", false), *new = half("new", true);
    save(folders, json_incref(base), json_incref(new));
    compare(&f, base, new);
    struct pl_report_context context = {.baseline = folders[0], .diff = f.diff};
    struct pl_model m = {.root = new, .context = &context};
    assert_int_equal(pl_overlays_write(&m, folders[1], &error), 0);
    json_t *list = overlays(folders[1]);
    const json_t *picture = json_array_get(list, 0), *pairs = json_object_get(picture, "pairs");
    assert_string_equal(json_string_value(json_object_get(picture, "picture")), "before-1");
    assert_int_equal(json_array_size(json_object_get(picture, "curves")), 2);
    assert_true(number_of(picture, 0, "bytes", 1) == 2097152);
    assert_true(number_of(picture, 1, "seconds", 1) == 10);
    assert_true(number_of(picture, 1, "bytes", 1) == 4194304);
    const json_t *panel = json_array_get(pairs, 0);
    assert_int_equal(json_array_size(pairs), 1);
    assert_string_equal(json_string_value(json_object_get(panel, "metric")), "cpu_ns_per_packet");
    assert_int_equal(json_array_size(json_object_get(panel, "before")), RUNS);
    assert_int_equal(json_array_size(json_object_get(panel, "after")), RUNS);
    json_decref(list);
    context.baseline = "/nowhere";
    assert_int_equal(pl_overlays_write(&m, folders[1], &error), 0);
    list = overlays(folders[1]);
    assert_int_equal(json_array_size(json_object_get(json_array_get(list, 0), "curves")), 1);
    json_decref(list);
    context.baseline = NULL; /* and what an earlier report left is gone */
    assert_int_equal(pl_overlays_write(&m, folders[1], &error), 0);
    assert_null(overlays(folders[1]));
    release(&f);
    sample_remove(folders[0]);
    sample_remove(folders[1]);
}

/* Samples between the points of a picture: the highest and the lowest of them are drawn. */
static void peaks_survive(void **state)
{
    (void)state;
    struct fixture f;
    struct pl_error error;
    char *folders[2], *text = NULL;
    size_t size, peaks = 0, troughs = 0;
    json_t *base = half("base", false), *new = half("new", true);
    save(folders, json_incref(base), json_incref(new));
    FILE *out = open_memstream(&text, &size);
    fputs("t_ns,rss_bytes,live_bytes\n", out);
    for (int i = 0; i <= 20000; i++)
        fprintf(out, "%d000000,%d,0\n", i, i == 7777 ? 8388608 : i == 3333 ? 0 : 1048576);
    fclose(out);
    sample_write(folders[1], "series/a.csv", text);
    free(text);
    compare(&f, base, new);
    struct pl_report_context context = {.baseline = folders[0], .diff = f.diff};
    struct pl_model m = {.root = new, .context = &context};
    assert_int_equal(pl_overlays_write(&m, folders[1], &error), 0);
    json_t *list = overlays(folders[1]);
    const json_t *picture = json_array_get(list, 0);
    const json_t *curve = json_array_get(json_object_get(picture, "curves"), 1);
    size_t count = json_array_size(json_object_get(curve, "bytes"));
    assert_true(count > 4 && count < 1100);
    for (size_t i = 0; i < count; i++) {
        peaks += number_of(picture, 1, "bytes", i) == 8388608;
        troughs += number_of(picture, 1, "bytes", i) == 0;
    }
    assert_int_equal(peaks, 1);
    assert_int_equal(troughs, 1);
    json_decref(list);
    release(&f);
    sample_remove(folders[0]);
    sample_remove(folders[1]);
}

static int report(const struct pl_report *r, struct pl_error *error)
{
    FILE *nowhere = fopen("/dev/null", "w");
    int rc = pl_report_write(r, nowhere, error);
    fclose(nowhere);
    return rc;
}

static void fits_its_schema(const char *text)
{
    char where[512] = "";
    json_t *json = json_loads(text, 0, NULL);
    json_t *schema = json_load_file(PL_SOURCE_DIR "/results/report.schema.json", 0, NULL);
    assert_non_null(json_object_get(json, "before_after"));
    if (!validate(schema, json, where, sizeof where))
        fail_msg("%s", where);
    json_decref(schema);
    json_decref(json);
}

static void every_form_shows_it(void **state)
{
    (void)state;
    struct pl_error error = {""};
    char *folders[2];
    save(folders, half("base", false), half("new", true));
    if (report(&(struct pl_report){folders[1], folders[0], NULL}, &error))
        fail_msg("%s", error.text);
    char *md = sample_read(folders[1], "report.md"), *html = sample_read(folders[1], "report.html"),
         *json = sample_read(folders[1], "report.json");
    has(md, "\n## Before and after\n\nBefore (base) is /tmp/");
    has(md, "3 cells, their metrics: 3 worse, 0 better, 4 same, 1 inconclusive, 0 not comparable.");
    has(md, "| steady-reader glibc f32 | worse | `rss_bytes_peak` (S)");
    has(md, " | 1 MiB | 3 MiB | +200 % | ··········│·········◆ | ");
    has(md, " | 256 KiB | 8.0 x |\n");
    has(md, "| steady-reader scudo f32 | inconclusive | `cpu_ns_per_packet` (N)");
    has(md, "- **inconclusive**, 1 metric of cells: too noisy");
    has(html, "<section id=\"before\" data-view=\"before\"><h2>Before and after</h2>");
    has(html, "<td><code>rss_bytes_peak</code> (S)");
    has(json, "\"gate_fails\": true");
    fits_its_schema(json);
    if (sample_can_draw()) {
        has(md, "![steady-reader glibc f32: resident memory before and after, and its pairs where "
                "they were run](plots/before-1.svg)");
        has(html, "<svg role=\"img\" aria-label=\"steady-reader glibc f32: resident memory");
        has(html, "stroke: var(--muted)");
    }
    free(md);
    free(html);
    free(json);
    /* a report without a baseline does not show the last one's */
    assert_int_equal(report(&(struct pl_report){folders[1], NULL, NULL}, &error), 0);
    assert_null(sample_read(folders[1], "plots/before-1.svg"));
    md = sample_read(folders[1], "report.md");
    assert_null(strstr(md, "Before and after"));
    free(md);
    sample_remove(folders[0]);
    sample_remove(folders[1]);
}

static void another_end_is_told(void **state)
{
    (void)state;
    struct pl_error error = {""};
    char *folders[2];
    json_t *base = document_make(NULL), *new = document_make(NULL);
    for (int i = 0; i < 2; i++) {
        json_object_set_new(document_add(i ? new : base, "glibc", 0), "live_bytes_peak",
                            json_integer(1));
        json_object_set_new(document_add(i ? new : base, "slab", 0), "live_bytes_peak",
                            json_integer(1));
    }
    document_add(base, "tcmalloc", 0);
    sample_set(json_array_get(json_object_get(new, "cells"), 1), "outcome", "oom_killed");
    save(folders, base, new);
    if (report(&(struct pl_report){folders[1], folders[0], NULL}, &error))
        fail_msg("%s", error.text);
    char *md = sample_read(folders[1], "report.md"), *html = sample_read(folders[1], "report.html");
    has(md, "\n- **worse** steady-reader slab f32: ends bounded, then oom\\_killed\n");
    has(md,
        "\n- **missing** steady-reader tcmalloc f32: ends unknown: only the earlier run has it\n");
    has(html, "<li><b>worse</b> steady-reader slab f32: ends bounded, then oom_killed</li>");
    free(md);
    free(html);
    sample_remove(folders[0]);
    sample_remove(folders[1]);
}

static void nothing_is_written_for_a_bad_baseline(void **state)
{
    (void)state;
    struct pl_error error = {""};
    char *folders[2];
    json_t *base = half("base", false);
    json_object_set_new(base, "schema_version", json_integer(9));
    save(folders, base, half("new", true));
    assert_int_not_equal(report(&(struct pl_report){folders[1], folders[0], NULL}, &error), 0);
    has(error.text, "schema_version is 9");
    assert_int_equal(sample_entries(folders[1]), 2); /* results and series */
    sample_remove(folders[0]);
    sample_remove(folders[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_changed_leads_and_the_same_is_left_out),
        cmocka_unit_test(worse_comes_before_better),
        cmocka_unit_test(figures_are_in_words),
        cmocka_unit_test(less_is_as_far_beyond_as_more),
        cmocka_unit_test(bars_are_drawn_to_scale),
        cmocka_unit_test(curves_and_pairs_are_drawn),
        cmocka_unit_test(peaks_survive),
        cmocka_unit_test(every_form_shows_it),
        cmocka_unit_test(another_end_is_told),
        cmocka_unit_test(nothing_is_written_for_a_bad_baseline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
