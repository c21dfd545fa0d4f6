/* Cells that differ only in their threads: rows beside each other, which say so where a group has
 * both, and conditions that say so where it has not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/report/draw.h"
#include "harness/report/model/columns.h"
#include "harness/report/model/verdict.h"
#include "harness/report/page/page.h"
#include "harness/report/report.h"
#include "harness/report/terminal/table.h"
#include "harness/report/tests/sample.h"

/* A cell of `stack` that costs `cpu`. @param threads 0: as older results have it, without any */
static json_t *add(json_t *d, const char *stack, int threads, double cpu)
{
    json_t *cell = sample_cell(d, stack, "bounded");
    if (threads)
        json_object_set_new(cell, "threads", json_integer(threads));
    sample_metric(cell, "cpu_ns_per_packet", cpu);
    sample_metric(cell, "rss_bytes_peak", cpu * 1048576);
    return cell;
}

/* In the order in which a run may have come to them. */
static json_t *mixed(void)
{
    json_t *d = sample_empty();
    add(d, "null", 0, 100);
    add(d, "slab", 2, 300);
    add(d, "glibc", 1, 150);
    add(d, "slab", 1, 200);
    add(d, "glibc", 2, 250);
    add(d, "slab", 2, 310);
    return d;
}

static json_t *of_two(const char *clock)
{
    json_t *d = sample_empty();
    sample_set(add(d, "glibc", 2, 250), "clock", clock);
    sample_set(add(d, "slab", 2, 300), "clock", clock);
    return d;
}

static void build(struct pl_model *m, json_t *document)
{
    assert_int_equal(pl_model_build(m, document, NULL), 0);
    json_decref(document);
}

static void row_is(const struct pl_model_row *row, const char *label, uint32_t threads,
                   size_t repetitions)
{
    assert_string_equal(row->label, label);
    assert_int_equal(row->threads, threads);
    assert_int_equal(row->cell_count, repetitions);
}

static void rows_of_a_stack_stand_together(void **state)
{
    (void)state;
    struct pl_model m;
    build(&m, mixed());
    assert_int_equal(m.group_count, 1);
    assert_int_equal(m.groups[0].threads, 0);
    assert_int_equal(m.groups[0].row_count, 5);
    row_is(&m.groups[0].rows[0], "null", 1, 1);
    row_is(&m.groups[0].rows[1], "slab", 1, 1);
    row_is(&m.groups[0].rows[2], "slab, 2 threads", 2, 2);
    row_is(&m.groups[0].rows[3], "glibc", 1, 1);
    row_is(&m.groups[0].rows[4], "glibc, 2 threads", 2, 1);
    assert_string_equal(m.groups[0].rows[4].stack, "glibc");
    assert_true(m.groups[0].rows[2].metrics[PL_MODEL_cpu_ns_per_packet].median == 305);
    pl_model_free(&m);
}

static void a_row_comes_before_other_stacks(void **state)
{
    (void)state;
    struct pl_model m;
    json_t *d = sample_empty();
    add(d, "glibc", 1, 150);
    add(d, "slab", 1, 200);
    add(d, "glibc", 2, 250);
    build(&m, d);
    row_is(&m.groups[0].rows[0], "glibc", 1, 1);
    row_is(&m.groups[0].rows[1], "glibc, 2 threads", 2, 1);
    row_is(&m.groups[0].rows[2], "slab", 1, 1);
    pl_model_free(&m);
}

static void conditions_are(json_t *document, const char *expected)
{
    struct pl_model m;
    char text[256];
    build(&m, document);
    pl_group_conditions(&m.groups[0], text, sizeof text);
    assert_string_equal(text, expected);
    row_is(&m.groups[0].rows[0], m.groups[0].rows[0].stack, m.groups[0].rows[0].threads, 1);
    pl_model_free(&m);
}

static void alike_rows_leave_it_to_the_conditions(void **state)
{
    (void)state;
    json_t *one = sample_empty();
    add(one, "glibc", 0, 150);
    add(one, "slab", 1, 200);
    conditions_are(one, "f32, 256 MiB (cgroup2), 4 min");
    conditions_are(of_two("virtual"), "f32, 256 MiB (cgroup2), 4 min, 2 threads");
    conditions_are(of_two("wall"), "f32, 256 MiB (cgroup2), 4 min, wall clock, 2 threads");
    conditions_are(mixed(), "f32, 256 MiB (cgroup2), 4 min, 2 repetitions");
}

/* What handing over costs is the harness's, and `null` with one thread does not hand over. */
static void the_floor_is_that_of_one_thread(void **state)
{
    (void)state;
    struct pl_model m;
    const struct pl_column *above = &pl_columns[pl_column_count - 1];
    build(&m, mixed());
    const struct pl_model_group *g = &m.groups[0];
    assert_true(above->above_floor);
    assert_true(pl_column_of(above, g, &g->rows[3]).median == 50);
    assert_int_equal(pl_column_of(above, g, &g->rows[4]).count, 0);
    pl_model_free(&m);
}

static void verdict_is(json_t *document, const char *sentence)
{
    struct pl_model m;
    build(&m, document);
    char *text = pl_verdict_text(&m.groups[0]);
    assert_string_equal(text, sentence);
    free(text);
    pl_model_free(&m);
}

static void sentences_count_stacks_and_name_threads(void **state)
{
    (void)state;
    json_t *d = sample_empty();
    verdict_is(mixed(),
               "In 256 MiB both stacks are bounded, from 150 "
               "MiB (glibc) to 305 MiB (slab with 2 threads); a packet costs from 150 ns of CPU "
               "(glibc) to 305 (slab with 2 threads).");
    verdict_is(of_two("virtual"),
               "In 256 MiB both stacks are bounded, from 250 "
               "MiB (glibc) to 300 MiB (slab); a packet costs from 250 ns of CPU (glibc) to 300 "
               "(slab).");
    add(d, "glibc", 1, 150);
    add(d, "glibc", 2, 160);
    verdict_is(d, "In 256 MiB glibc is bounded, from 150 MiB "
                  "(glibc) to 160 MiB (glibc with 2 threads); a packet costs from 150 ns of CPU "
                  "(glibc) to 160 (glibc with 2 threads).");
    d = sample_empty();
    sample_set(add(d, "glibc", 1, 10), "outcome", "growing");
    sample_set(add(d, "glibc", 2, 20), "outcome", "growing");
    add(d, "slab", 2, 5);
    verdict_is(d, "In 256 MiB memory still grows under glibc with 2 "
                  "threads to 20 MiB and glibc to 10 MiB within 4 min; slab with 2 threads stays "
                  "at 5 MiB.");
}

static void has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("'%s' is not in it: %s", part, text);
}

/* Both rows of slab, of which the second failed. */
static json_t *failed(void)
{
    json_t *d = sample_empty();
    add(d, "slab", 1, 200);
    json_t *cell = add(d, "slab", 2, 300);
    sample_set(cell, "expected", "failed");
    sample_set(cell, "expected_why", "too much");
    return d;
}

static void the_terminal_tells_them_apart(void **state)
{
    (void)state;
    char *text;
    size_t size;
    json_t *d = failed();
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    pl_report_table(out, d, NULL);
    fclose(out);
    has(text, "\nslab             bounded");
    has(text, "\nslab, 2 threads  bounded");
    has(text, "\nstalled-reader slab f32, 2 threads: too much\n");
    free(text);
    json_decref(d);
}

typedef char *(*maker)(const struct pl_model *, const char *, const char *, size_t *);

static char *page_of(maker make, json_t *document)
{
    struct pl_model m;
    char *text;
    size_t size;
    build(&m, document);
    text = make(&m, "/nowhere", NULL, &size);
    pl_model_free(&m);
    return text;
}

static void pages_tell_them_apart(void **state)
{
    (void)state;
    char *text = page_of(pl_markdown_make, failed());
    has(text, "| slab | bounded | met | 200.0 |");
    has(text, "| slab, 2 threads | bounded | **FAILED** | 300.0 |");
    has(text, "- **stalled-reader slab f32, 2 threads**: **too much**");
    free(text);
    text = page_of(pl_html_make, failed());
    has(text, "<tr><th scope=\"row\">slab, 2 threads</th>");
    has(text, "<dt>slab, 2 threads</dt>");
    has(text, "<dt>stalled-reader slab f32, 2 threads</dt>");
    free(text);
}

static json_t *observed(void)
{
    json_t *d = of_two("virtual");
    json_object_set_new(
        d, "instruments",
        json_pack("[{s:s, s:s, s:s, s:s, s:s, s:i, s:f, s:s, s:s, s:s, s:s, s:{s:i}, s:{}, s:[], "
                  "s:[s]}]",
                  "instrument", "massif", "scenario", "stalled-reader", "allocator", "slab",
                  "allocator_run", "slab:backing=mmap/glibc", "format", "f32", "threads", 2,
                  "duration_seconds", 60.0, "status", "failed", "why", "it hung", "command", "x",
                  "reproduce", "y", "figures", "peak_bytes_window", 7, "ours", "sites", "files",
                  "instruments/a.folded"));
    return d;
}

static void observations_tell_their_threads(void **state)
{
    (void)state;
    char *text = page_of(pl_markdown_make, observed());
    has(text,
        "| slab, 2 threads, run as slab:backing=mmap/glibc | stalled-reader 60 s | **failed** "
        "| 7 |");
    has(text, "**failed:** it hung");
    has(text, "- **slab, 2 threads, run as slab:backing=mmap/glibc f32**: ");
    free(text);
    text = page_of(pl_html_make, observed());
    has(text, "<th scope=\"row\">slab, 2 threads, run as slab:backing=mmap/glibc</th>");
    free(text);
    size_t size;
    json_t *d = observed();
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    pl_report_table(out, d, NULL);
    fclose(out);
    has(text, "\nslab, 2 threads, run as slab:backing=mmap/glibc\n");
    free(text);
    json_decref(d);
}

/* matplotlib writes each text as a comment beside its outlines. */
static char *picture_of(json_t *document, const char *name)
{
    struct pl_error error = {""};
    struct pl_draw draw = pl_draw_default();
    char *folder = sample_folder();
    sample_save(folder, document, 1);
    json_decref(document);
    if (pl_draw_pictures(&draw, folder, &error))
        fail_msg("%s", error.text);
    char *text = sample_read(folder, name);
    assert_non_null(text);
    sample_remove(folder);
    return text;
}

static void pictures_tell_them_apart(void **state)
{
    (void)state;
    if (!sample_can_draw())
        skip();
    char *text = picture_of(mixed(), "plots/stalled-reader-f32.svg");
    has(text, ">slab, 2 threads  300 MiB<");
    has(text, ">slab  200 MiB<");
    has(text, ">peak, between samples<");
    has(text, ">stalled-reader, f32, 256 MiB (cgroup2), 4 min<");
    free(text);
    text = picture_of(mixed(), "plots/stalled-reader-f32-cpu.svg");
    has(text, ">glibc, 2 threads<");
    has(text, ">the harness itself with one thread: 100 ns<");
    free(text);
    text = picture_of(of_two("wall"), "plots/stalled-reader-f32.svg");
    has(text, ">stalled-reader, f32, 256 MiB (cgroup2), 4 min, wall clock, 2 threads<");
    has(text, ">slab  300 MiB<");
    free(text);
}

/* What is only said where there are pictures. */
static void captions_tell_them_apart(void **state)
{
    (void)state;
    struct pl_error error = {""};
    if (!sample_can_draw())
        skip();
    json_t *d = mixed(), *observed_too = observed();
    json_object_set(d, "instruments", json_object_get(observed_too, "instruments"));
    char *folder = sample_folder(), path[4096];
    FILE *nowhere = fopen("/dev/null", "w");
    assert_non_null(nowhere);
    sample_save(folder, d, 1);
    snprintf(path, sizeof path, "%s/instruments", folder);
    assert_int_equal(mkdir(path, 0777), 0);
    sample_write(folder, "instruments/a.folded", "main;pl_loop_run;receive 7\n");
    if (pl_report_write(&(struct pl_report){.folder = folder}, nowhere, &error))
        fail_msg("%s", error.text);
    fclose(nowhere);
    char *html = sample_read(folder, "report.html");
    has(html, "with two it includes what handing over from one to the other costs the harness");
    has(html, "Who holds the bytes of the peak: stalled-reader, slab, 2 threads");
    free(html);
    json_decref(d);
    json_decref(observed_too);
    sample_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_a_stack_stand_together),
        cmocka_unit_test(a_row_comes_before_other_stacks),
        cmocka_unit_test(alike_rows_leave_it_to_the_conditions),
        cmocka_unit_test(the_floor_is_that_of_one_thread),
        cmocka_unit_test(sentences_count_stacks_and_name_threads),
        cmocka_unit_test(the_terminal_tells_them_apart),
        cmocka_unit_test(pages_tell_them_apart),
        cmocka_unit_test(observations_tell_their_threads),
        cmocka_unit_test(pictures_tell_them_apart),
        cmocka_unit_test(captions_tell_them_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
