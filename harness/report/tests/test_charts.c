/* The still charts: what is drawn where, and that a name stays a name. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/axis.h"
#include "harness/report/chart.h"
#include "harness/report/chart_cpu.h"
#include "harness/report/look.h"
#include "harness/report/tests/sample.h"

static void ticks_are(struct pl_axis axis, double unit, size_t most, const double *ticks,
                      size_t count)
{
    pl_axis_ticks(&axis, unit, most);
    assert_int_equal(axis.tick_count, count);
    for (size_t i = 0; i < count; i++)
        assert_true(fabs(axis.ticks[i] - ticks[i]) < 1e-9);
    for (size_t i = 0; i < count; i++)
        assert_false(signbit(axis.ticks[i]));
}

static void ticks_are_round(void **state)
{
    (void)state;
    static const double fifties[] = {0, 50, 100, 150, 200, 250};
    static const double minutes[] = {0, 600, 1200, 1800};
    static const double powers[] = {1, 4, 16, 64, 256};
    ticks_are((struct pl_axis){.high = 271}, 1, 8, fifties, 6);
    ticks_are((struct pl_axis){.high = 1800}, 60, 4, minutes, 4);
    ticks_are((struct pl_axis){.low = 0.6, .high = 384, .logarithmic = true}, 1, 5, powers, 5);
}

static void axes_place_values(void **state)
{
    (void)state;
    struct pl_axis line = {.low = 10, .high = 30}, power = {.low = 1, .high = 16, .logarithmic = 1};
    assert_true(pl_axis_share(&line, 15) == 0.25 && pl_axis_share(&line, 40) == 1.5);
    assert_true(fabs(pl_axis_share(&power, 4) - 0.5) < 1e-12);
    assert_true(pl_axis_share(&power, 0) == 0); /* what can't be shown lies on the floor */
}

struct drawn {
    struct pl_model model;
    struct pl_curves curves;
    char *folder;
    char *svg;
};

/* @param series of the first cell; the others have the sample's */
static struct drawn draw(json_t *document, const char *series, size_t points_max)
{
    struct drawn d = {.folder = sample_folder()};
    struct pl_error error;
    size_t size;
    sample_save(d.folder, document, 1);
    json_decref(document);
    if (series)
        sample_write(d.folder, "series/000.csv", series);
    assert_int_equal(pl_model_load(&d.model, d.folder, &error), 0);
    assert_int_equal(pl_curves_load(&d.model, d.folder, points_max, &d.curves), 0);
    FILE *out = open_memstream(&d.svg, &size);
    assert_int_equal(pl_chart_write(out, &d.model.groups[0], &d.curves.groups[0], "a <label>"), 0);
    fclose(out);
    return d;
}

static void drop(struct drawn *d)
{
    free(d->svg);
    pl_curves_free(&d->curves);
    pl_model_free(&d->model);
    sample_remove(d->folder);
}

static void has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("'%s' is not in %s", part, text);
}

static void a_chart_shows_all(void **state)
{
    (void)state;
    json_t *document = sample_document(), *limits = json_pack("{s:i}", "packets", 33554432);
    json_t *cells = json_object_get(document, "cells");
    json_object_set_new(json_array_get(cells, 2), "limits", limits);
    json_object_set_new(json_array_get(cells, 1), "alerts",
                        json_pack("[{s:s, s:f, s:f}]", "alert", "rss > 9 MiB & <rising>",
                                  "t_seconds", 60.0, "value", 1.0));
    struct drawn d = draw(document, NULL, 100000);
    has(d.svg, "aria-label=\"a &lt;label&gt;\"");
    has(d.svg, "the Plimsoll line: the container&#39;s 256 MiB");
    has(d.svg, ">glibc 2 min<"); /* its kill, above the plot */
    has(d.svg, ">slab 2 min<");
    has(d.svg, "the limits together: 32 MiB");
    /* two names above the plot, which begins at 56 and ends at 386; its scale goes to 271.36 MiB */
    has(d.svg, "<path class=\"line\" d=\"M58,74.7H700\"/>");
    has(d.svg, "<path class=\"limit\" d=\"M58,347.1H700\"/>");
    has(d.svg, "<title>rss &gt; 9 MiB &amp; &lt;rising&gt; after 1 min</title>");
    has(d.svg, "killed by the kernel");
    has(d.svg, ">95 MiB<"); /* the peak of the curves */
    assert_null(strstr(d.svg, "nan"));
    drop(&d);
}

/* 95 MiB of 256, at the middle of 240 s: the plot is 642 wide from 58, 330 high. */
static void points_lie_where_they_should(void **state)
{
    (void)state;
    struct drawn d = draw(sample_document(), NULL, 100000);
    const char *path = strstr(d.svg, "<path class=\"rss\"");
    double t[3], y[3];
    assert_non_null(path);
    path = strstr(path, " d=\"M") + 5;
    assert_int_equal(
        sscanf(path, "%lf,%lfL%lf,%lfL%lf,%lf", &t[0], &y[0], &t[1], &y[1], &t[2], &y[2]), 6);
    assert_true(fabs(t[0] - 58) < 0.06 && fabs(t[1] - 218.5) < 0.06 && fabs(t[2] - 379) < 0.06);
    double high = 256 * 1.06;
    assert_true(fabs((y[0] - y[1]) - 330 * (95 - 4096 / 0x1p20) / high) < 0.11);
    drop(&d);
}

static void without_series_there_is_none(void **state)
{
    (void)state;
    struct pl_model m;
    struct pl_error error;
    struct pl_curves curves;
    char *text = NULL;
    size_t size;
    json_t *document = sample_document();
    assert_int_equal(pl_model_build(&m, document, &error), 0);
    assert_int_equal(pl_curves_load(&m, "/nowhere", 1000, &curves), 0);
    FILE *out = open_memstream(&text, &size);
    assert_int_equal(pl_chart_write(out, &m.groups[0], &curves.groups[0], ""), 0);
    fclose(out);
    assert_string_equal(text, "");
    assert_int_equal(curves.points, 0);
    free(text);
    pl_curves_free(&curves);
    pl_model_free(&m);
    json_decref(document);
}

/* The repetition in the middle is drawn; the others are its band. */
static void repetitions_make_a_band(void **state)
{
    (void)state;
    static const char *const peaks[] = {"9000000", "5000000", "7000000"};
    static const char *const ends[] = {"4096", "4900000", "8192"};
    char *folder = sample_folder(), name[64], text[256];
    struct pl_model m;
    struct pl_error error;
    struct pl_curves curves;
    json_t *document = sample_empty();
    for (int i = 0; i < 3; i++)
        json_object_set_new(sample_cell(document, "limited", "bounded"), "repetition",
                            json_integer(i));
    sample_save(folder, document, 1);
    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "series/%03d.csv", i);
        snprintf(text, sizeof text,
                 "t_ns,rss_bytes,live_bytes\n0,4096,1\n60000000000,%s,2\n120000000000,%s,3\n",
                 peaks[i], ends[i]);
        sample_write(folder, name, text);
    }
    assert_int_equal(pl_model_load(&m, folder, &error), 0);
    assert_int_equal(pl_curves_load(&m, folder, 100000, &curves), 0);
    const struct pl_row_curves *c = &curves.groups[0].rows[0];
    assert_int_equal(c->runs, 3);
    assert_true(c->peak_bytes == 7000000);
    assert_int_equal(json_integer_value(json_object_get(c->cell, "repetition")), 2);
    assert_true(c->band_low.values[pl_points_highest(&c->band_low)] == 5000000);
    assert_true(c->band_high.values[pl_points_highest(&c->band_high)] == 9000000);
    assert_true(c->band_low.values[c->band_low.count - 1] == 4096);
    assert_true(c->band_high.values[c->band_high.count - 1] == 4900000);
    assert_true(c->live.values[c->live.count - 1] == 3);
    pl_curves_free(&curves);
    pl_model_free(&m);
    json_decref(document);
    sample_remove(folder);
}

/* A saw of 4,000 teeth, each of another height, is too much for the room that is left. */
static void too_many_points_are_thinned_further(void **state)
{
    (void)state;
    char *saw = NULL;
    size_t size;
    FILE *out = open_memstream(&saw, &size);
    fputs("t_ns,rss_bytes,live_bytes\n", out);
    for (int i = 0; i < 8000; i++)
        fprintf(out, "%d0000000,%d,0\n", i, i % 2 ? 4096 : i == 5000 ? 9000000 : 8000000 + i * 7);
    fclose(out);
    struct drawn fine = draw(sample_document(), saw, 100000),
                 coarse = draw(sample_document(), saw, 300);
    assert_true(fine.curves.points > 800);
    assert_true(coarse.curves.points <= 300);
    assert_true(coarse.curves.groups[0].rows[0].peak_bytes == 9000000);
    const struct pl_points *rss = &coarse.curves.groups[0].rows[0].rss;
    assert_true(rss->values[pl_points_highest(rss)] == 9000000);
    drop(&fine);
    drop(&coarse);
    free(saw);
}

static void well_known_stacks_look_the_same(void **state)
{
    (void)state;
    static const char *const stacks[] = {"glibc", "a", "ledger/glibc", "b", "a"};
    struct pl_model m;
    struct pl_error error;
    struct pl_look looks[5];
    json_t *document = sample_empty();
    for (size_t i = 0; i < 5; i++)
        json_object_set_new(sample_cell(document, stacks[i], "bounded"), "threads",
                            json_integer(i == 4 ? 2 : 1));
    assert_int_equal(pl_model_build(&m, document, &error), 0);
    pl_look_of(&m.groups[0], looks); /* glibc, a, a of two threads, ledger/glibc, b */
    assert_int_equal(looks[0].colour, looks[3].colour);
    assert_int_equal(looks[1].colour, looks[2].colour);
    assert_true(looks[2].dots && !looks[1].dots);
    assert_int_not_equal(looks[1].colour, looks[4].colour);
    pl_model_free(&m);
    json_decref(document);
}

static void bars_tell_the_floor(void **state)
{
    (void)state;
    struct pl_model m;
    struct pl_error error;
    char *text;
    size_t size;
    json_t *document = sample_document();
    assert_int_equal(pl_model_build(&m, document, &error), 0);
    assert_false(pl_chart_cpu_has(&m.groups[0])); /* limited alone has the figure */
    pl_model_free(&m);
    sample_metric(sample_cell(document, "null", "bounded"), "cpu_ns_per_packet", 50);
    assert_int_equal(pl_model_build(&m, document, &error), 0);
    assert_true(pl_chart_cpu_has(&m.groups[0]));
    FILE *out = open_memstream(&text, &size);
    assert_int_equal(pl_chart_cpu_write(out, &m.groups[0], "bars"), 0);
    fclose(out);
    has(text, "the harness itself: 50 ns");
    has(text, ">205<");
    has(text, "<rect fill=\"var(--c6)\" x=\"220\" y=\"50.0\" width=\"157.1\""); /* 50 of 210 */
    free(text);
    pl_model_free(&m);
    json_decref(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ticks_are_round),
        cmocka_unit_test(axes_place_values),
        cmocka_unit_test(a_chart_shows_all),
        cmocka_unit_test(points_lie_where_they_should),
        cmocka_unit_test(without_series_there_is_none),
        cmocka_unit_test(repetitions_make_a_band),
        cmocka_unit_test(too_many_points_are_thinned_further),
        cmocka_unit_test(well_known_stacks_look_the_same),
        cmocka_unit_test(bars_tell_the_floor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
