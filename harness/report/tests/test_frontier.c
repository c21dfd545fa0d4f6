/* The frontier of memory against CPU: hand-made points, groups with and without a sweep. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/model/frontier.h"
#include "harness/report/page/page.h"
#include "harness/report/report.h"
#include "harness/report/tests/sample.h"
#include "harness/stats/pareto.h"

#define MIB 1048576.0

/* @param expected a character a point: '1' for the best */
static void best_are(const double *x, const double *y, const char *expected)
{
    bool best[16];
    size_t count = strlen(expected);
    assert_int_equal(pl_pareto(x, y, count, best), 0);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(best[i], expected[i] == '1');
}

static void the_best_are_those_that_none_beats(void **state)
{
    (void)state;
    best_are((double[]){1, 2, 3, 3, 4}, (double[]){9, 5, 6, 2, 2}, "11010");
    best_are((double[]){7}, (double[]){7}, "1");
    best_are((double[]){1}, (double[]){(double)NAN}, "0");
    best_are(NULL, NULL, "");
}

static void ties_stay_together(void **state)
{
    (void)state;
    best_are((double[]){1, 1, 2}, (double[]){3, 3, 2}, "111");
    best_are((double[]){1, 1}, (double[]){3, 4}, "10"); /* alike in one, worse in the other */
    best_are((double[]){2, 1}, (double[]){3, 3}, "01");
}

static void what_is_missing_beats_none(void **state)
{
    (void)state;
    best_are((double[]){(double)NAN, 5, 0}, (double[]){0, 5, (double)NAN}, "010");
}

static json_t *add(json_t *document, const char *stack, const char *outcome, double cpu, double rss)
{
    json_t *cell = sample_cell(document, stack, outcome);
    if (cpu > 0)
        sample_metric(cell, "cpu_percent_of_realtime", cpu);
    if (rss > 0)
        sample_metric(cell, "rss_bytes_peak", rss * MIB);
    return cell;
}

static void add_swept(json_t *document, const char *value, const char *outcome, double cpu,
                      double rss)
{
    char stack[64];
    snprintf(stack, sizeof stack, "jemalloc:narenas=%s", value);
    json_t *cell = add(document, stack, outcome, cpu, rss);
    json_object_set_new(
        cell, "sweep",
        json_pack("{s:s, s:{s:s}}", "stack", "jemalloc:narenas={n}", "values", "n", value));
}

/* Two on the frontier, one behind, one killed, one without CPU; beside them glibc, which is ahead,
 * scudo, which is not, and the floor, which has no place. */
static json_t *swept_document(void)
{
    json_t *d = sample_empty();
    add(d, "null", "bounded", 0.1, 1);
    add(d, "glibc", "bounded", 2, 12);
    add(d, "scudo", "bounded", 9, 90);
    add_swept(d, "1", "bounded", 5, 10);
    add_swept(d, "2", "growing", 3, 20);
    add_swept(d, "3", "bounded", 6, 20);
    add_swept(d, "4", "oom_killed", 0, 1);
    add_swept(d, "5", "bounded", 0, 1);
    return d;
}

static struct pl_frontier frontier_of(struct pl_model *m, const json_t *document)
{
    struct pl_error error;
    assert_int_equal(pl_model_build(m, document, &error), 0);
    return pl_frontier_make(&m->groups[0]);
}

static void every_stack_has_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        enum pl_frontier_place place;
    } expected[] = {{"glibc", PL_FRONTIER_AHEAD}, {"scudo", PL_FRONTIER_BESIDE},
                    {"n=1", PL_FRONTIER_ON},      {"n=2", PL_FRONTIER_ON},
                    {"n=3", PL_FRONTIER_BEHIND},  {"n=4", PL_FRONTIER_LEFT_OUT},
                    {"n=5", PL_FRONTIER_LEFT_OUT}};
    char label[PL_FRONTIER_LABEL];
    struct pl_model m;
    json_t *d = swept_document();
    struct pl_frontier f = frontier_of(&m, d);
    assert_int_equal(f.count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < f.count; i++) {
        pl_frontier_label(&f.points[i], label);
        assert_string_equal(label, expected[i].label);
        assert_int_equal(f.points[i].place, expected[i].place);
    }
    assert_int_equal(f.left_out, 2);
    assert_string_equal(pl_frontier_why(&f.points[5]), "oom_killed");
    assert_string_equal(pl_frontier_why(&f.points[6]), "no CPU measured");
    free(f.points);
    pl_model_free(&m);
    json_decref(d);
}

/* One repetition of three that was killed is enough. */
static void the_worst_repetition_tells(void **state)
{
    (void)state;
    struct pl_model m;
    json_t *d = sample_empty();
    add_swept(d, "1", "bounded", 5, 10);
    add_swept(d, "1", "oom_killed", 0, 10);
    add_swept(d, "2", "bounded", 4, 30);
    add_swept(d, "2", "bounded", 6, 10);
    struct pl_frontier f = frontier_of(&m, d);
    assert_int_equal(f.count, 2);
    assert_int_equal(f.points[0].place, PL_FRONTIER_LEFT_OUT);
    assert_int_equal(f.points[1].place, PL_FRONTIER_ON);
    assert_true(f.points[1].cpu_percent == 5 && f.points[1].rss_bytes == 20 * MIB); /* medians */
    free(f.points);
    pl_model_free(&m);
    json_decref(d);
}

static void threads_stand_in_the_label(void **state)
{
    (void)state;
    char label[PL_FRONTIER_LABEL];
    struct pl_model m;
    json_t *d = sample_empty();
    add_swept(d, "1", "bounded", 5, 10);
    add_swept(d, "1", "bounded", 5, 10);
    json_object_set_new(json_array_get(json_object_get(d, "cells"), 1), "threads", json_integer(2));
    struct pl_frontier f = frontier_of(&m, d);
    pl_frontier_label(&f.points[1], label);
    assert_string_equal(label, "n=1, 2 threads");
    free(f.points);
    pl_model_free(&m);
    json_decref(d);
}

static void without_a_sweep_there_is_none(void **state)
{
    (void)state;
    struct pl_model m;
    json_t *d = sample_document();
    struct pl_frontier f = frontier_of(&m, d);
    assert_int_equal(f.count, 0);
    free(f.points);
    pl_model_free(&m);
    json_decref(d);
}

typedef char *(*maker)(const struct pl_model *, const char *, const char *, size_t *);

static void page_has(maker make, const struct pl_model *m, const char *const *parts, size_t count)
{
    char *text;
    size_t size;
    text = make(m, "/nowhere", NULL, &size);
    for (size_t i = 0; i < count; i++)
        if (!strstr(text, parts[i]))
            fail_msg("'%s' is not in it", parts[i]);
    free(text);
}

static void both_reports_show_it(void **state)
{
    (void)state;
    static const char *const markdown[] = {
        "| stack | frontier | peak RSS, MiB | CPU, % of real time |",
        "| glibc | ahead | 12.0 | 2.00 |\n| scudo | beside | 90.0 | 9.00 |\n",
        "| jemalloc:narenas=1 | **on** | 10.0 | 5.00 |\n",
        "| jemalloc:narenas=3 | behind | 20.0 | 6.00 |\n",
        "| jemalloc:narenas=4 | left out: oom\\_killed | - | - |\n",
        "2 stacks are left out: what was killed",
        "With one repetition CPU is off by some percent",
    };
    static const char *const html[] = {
        "<th scope=\"row\">jemalloc:narenas=1</th><td><b>on</b></td><td class=\"n\">10.0</td>",
        "<td>left out: oom_killed</td><td class=\"n\">-</td>",
    };
    struct pl_model m;
    struct pl_error error;
    json_t *d = swept_document();
    assert_int_equal(pl_model_build(&m, d, &error), 0);
    page_has(pl_markdown_make, &m, markdown, sizeof markdown / sizeof *markdown);
    page_has(pl_html_make, &m, html, sizeof html / sizeof *html);
    pl_model_free(&m);
    json_decref(d);
}

static void the_picture_is_told(void **state)
{
    (void)state;
    struct pl_model m;
    struct pl_error error;
    json_t *d = swept_document();
    char *folder = sample_folder();
    assert_int_equal(pl_model_build(&m, d, &error), 0);
    assert_int_equal(pl_frontier_write(&m, folder, &error), 0);
    char *text = sample_read(folder, "plots/frontiers.json");
    json_t *told = json_loads(text, 0, NULL), *points = NULL;
    assert_non_null(told);
    assert_int_equal(json_integer_value(json_object_get(told, "cells")), 8);
    points = json_object_get(json_array_get(json_object_get(told, "frontiers"), 0), "points");
    assert_int_equal(json_array_size(points), 7);
    const json_t *on = json_array_get(points, 2), *killed = json_array_get(points, 5);
    assert_string_equal(json_string_value(json_object_get(on, "place")), "on");
    assert_true(json_real_value(json_object_get(on, "rss_bytes")) == 10 * MIB);
    assert_string_equal(json_string_value(json_object_get(killed, "why")), "oom_killed");
    assert_null(json_object_get(killed, "cpu_percent"));
    json_decref(told);
    free(text);
    pl_model_free(&m);
    json_decref(d);
    d = sample_document(); /* a later run into the same folder, without a sweep */
    assert_int_equal(pl_model_build(&m, d, &error), 0);
    assert_int_equal(pl_frontier_write(&m, folder, &error), 0);
    assert_null(sample_read(folder, "plots/frontiers.json"));
    pl_model_free(&m);
    json_decref(d);
    sample_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_are_those_that_none_beats),
        cmocka_unit_test(ties_stay_together),
        cmocka_unit_test(what_is_missing_beats_none),
        cmocka_unit_test(every_stack_has_its_place),
        cmocka_unit_test(the_worst_repetition_tells),
        cmocka_unit_test(threads_stand_in_the_label),
        cmocka_unit_test(without_a_sweep_there_is_none),
        cmocka_unit_test(both_reports_show_it),
        cmocka_unit_test(the_picture_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
