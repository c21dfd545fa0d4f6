/* The worst, the caveats, junit.xml and report.json: what a run comes to, for people and programs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/model/caveats.h"
#include "harness/report/model/severity.h"
#include "harness/report/page/page.h"
#include "harness/report/report.h"
#include "harness/report/tests/sample.h"
#include "harness/report/tests/validate.h"
#include "harness/report/writers/junit.h"
#include "harness/report/writers/report_json.h"

static struct pl_model model_of(json_t *document)
{
    struct pl_model m;
    struct pl_error error;
    if (pl_model_build(&m, document, &error))
        fail_msg("%s", error.text);
    json_decref(document);
    return m;
}

static void has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("'%s' is not in:\n%s", part, text);
}

static json_t *add(json_t *d, const char *scenario, const char *stack, const char *outcome,
                   const char *metric, double value)
{
    json_t *cell = sample_cell(d, stack, outcome);
    sample_set(cell, "scenario", scenario);
    if (metric)
        sample_metric(cell, metric, value);
    return cell;
}

/* A run with one of each kind, the least bad first. */
static json_t *each_kind(void)
{
    json_t *d = sample_empty();
    json_t *cell = add(d, "lossy", "glibc", "bounded", "packets_dropped", 5);
    sample_metric(cell, "packets_received", 100);
    add(d, "leak", "glibc", "growing", "rss_growth_bytes_per_minute", 1048576);
    add(d, "steep", "glibc", "growing", "rss_growth_bytes_per_minute", 3145728);
    sample_set(add(d, "tight", "glibc", "alloc_failed", NULL, 0), "expected", "none");
    add(d, "stall", "glibc", "oom_killed", "time_to_oom_seconds", 120);
    add(d, "stall", "slab", "oom_killed", "time_to_oom_seconds", 90);
    cell = add(d, "fine", "glibc", "bounded", "packets_dropped", 0);
    sample_metric(cell, "packets_received", 100);
    return d;
}

static void worst_is(json_t *d, const char *const *scenarios, size_t count)
{
    struct pl_severe worst[PL_SEVERITY_MAX];
    struct pl_model m = model_of(d);
    assert_int_equal(pl_severe_find(&m, worst), count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(worst[i].group->scenario, scenarios[i]);
    pl_model_free(&m);
}

static void the_worst_come_in_order(void **state)
{
    (void)state;
    static const char *const kinds[] = {"stall", "tight", "steep", "leak", "lossy"};
    static const char *const failed[] = {"fine", "looping", "broken", "stall", "tight"};
    worst_is(each_kind(), kinds, 5);
    json_t *d = each_kind();
    add(d, "broken", "glibc", "crashed", NULL, 0);
    add(d, "looping", "glibc", "timeout", NULL, 0);
    sample_set(json_array_get(json_object_get(d, "cells"), 6), "expected", "failed");
    worst_is(d, failed, 5);
}

/* A sixth that is worse than the fifth alone. */
static void the_sixth_takes_the_last_place(void **state)
{
    (void)state;
    static const double seconds[] = {10, 20, 30, 40, 60, 50};
    static const char *const names[] = {"a", "b", "c", "d", "e", "f"};
    static const char *const order[] = {"a", "b", "c", "d", "f"};
    json_t *d = sample_empty();
    for (size_t i = 0; i < 6; i++)
        add(d, names[i], "glibc", "oom_killed", "time_to_oom_seconds", seconds[i]);
    worst_is(d, order, 5);
}

static void the_worst_failure_leads(void **state)
{
    (void)state;
    static const char *const order[] = {"killed", "growing"};
    json_t *d = sample_empty();
    sample_set(add(d, "growing", "glibc", "growing", NULL, 0), "expected", "failed");
    sample_set(add(d, "killed", "glibc", "oom_killed", NULL, 0), "expected", "failed");
    worst_is(d, order, 2);
}

static void the_floor_is_not_among_them(void **state)
{
    (void)state;
    static const char *const failed[] = {"stall"};
    json_t *d = sample_empty();
    json_t *cell = add(d, "stall", "null", "oom_killed", "time_to_oom_seconds", 1);
    worst_is(json_incref(d), NULL, 0);
    sample_set(cell, "expected", "failed");
    worst_is(d, failed, 1);
}

static void reason_is(struct pl_model *m, size_t index, const char *reason)
{
    struct pl_severe worst[PL_SEVERITY_MAX];
    char text[PL_SEVERITY_TEXT];
    assert_true(pl_severe_find(m, worst) > index);
    pl_severe_reason(&worst[index], text);
    assert_string_equal(text, reason);
}

static void reasons_are_told(void **state)
{
    (void)state;
    struct pl_model m = model_of(each_kind());
    reason_is(&m, 0,
              "killed after 1 min 30 s at 0 B, as expected; 1 more row of this scenario likewise");
    reason_is(&m, 1, "alloc_failed: the evidence, of which nothing was expected");
    reason_is(&m, 2, "still growing, by 3 MiB/min, to 0 B within 4 min, as expected");
    reason_is(&m, 4, "drops 5 of 100 packets (5 %), as expected");
    pl_model_free(&m);
    json_t *stairs = sample_empty();
    add(stairs, "stairs", "slab", "growing", "rss_growth_bytes_per_minute", 0);
    m = model_of(stairs);
    reason_is(&m, 0, "still growing, in steps, to 0 B within 4 min, as expected");
    pl_model_free(&m);
    m = model_of(sample_document());
    reason_is(&m, 0, "outcome is growing; expected oom_killed");
    pl_model_free(&m);
    json_t *d = sample_empty();
    for (size_t i = 0; i < 2; i++) {
        json_t *cell = sample_cell(d, "glibc", "crashed");
        json_object_set_new(cell, "repetition", json_integer((json_int_t)i));
        sample_set(cell, "expected", i ? "failed" : "not checked");
        sample_set(cell, "expected_why", i ? "it crashed" : "--set duration");
    }
    m = model_of(d);
    reason_is(&m, 0, "it crashed (1 of 2 repetitions)");
    pl_model_free(&m);
}

/* A document with something of every caveat. */
static json_t *with_caveats(void)
{
    json_t *d = sample_document(), *cells = json_object_get(d, "cells");
    for (size_t i = 0; i < 3; i++) {
        sample_set(json_array_get(cells, i), "expected", i == 2 ? "none" : "not checked");
        sample_set(json_array_get(cells, i), "expected_why", i == 2 ? "" : "--set <x> leaves");
    }
    json_array_append_new(json_object_get(d, "warnings"),
                          json_string("scudo skipped: not installed; ci/setup installs it"));
    json_t *run = json_object_get(d, "run");
    json_object_set_new(run, "complete", json_false());
    json_object_set_new(run, "failed",
                        json_pack("[{s:s, s:s, s:s, s:s, s:s, s:s}]", "side", "new", "scenario",
                                  "steady-reader", "allocator", "slab", "format", "f32", "clock",
                                  "virtual", "why", "no slab here"));
    return d;
}

static void caveats_are_listed(void **state)
{
    (void)state;
    struct pl_model m = model_of(with_caveats());
    json_t *caveats = pl_caveats_make(&m);
    assert_int_equal(json_array_size(caveats), 5);
    char *text = pl_caveat_text(json_array_get(caveats, 1), 9);
    assert_string_equal(text, "stalled-reader f32, 2 cells (glibc, slab): --set <x> leaves");
    free(text);
    text = pl_caveat_text(json_array_get(caveats, 1), 1);
    assert_string_equal(text, "stalled-reader f32, 2 cells (glibc and 1 more): --set <x> leaves");
    free(text);
    json_decref(caveats);
    static const char *const lines[] = {
        "- **stopped**: the run: it was stopped before its end",
        "- **no expectation**: stalled-reader f32, 1 cell (limited): the scenario says nothing",
        "- **skipped**: scudo: not installed; ci/setup installs it",
        "- **not run**: steady-reader f32, 1 cell (slab): no slab here",
        "**not checked**: stalled-reader f32, 2 cells (glibc, slab): --set &lt;x&gt; leaves"};
    size_t size;
    text = pl_markdown_make(&m, "/nowhere", NULL, &size);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        has(text, lines[i]);
    has(text, "Noise of this host: not measured.");
    free(text);
    text = pl_html_make(&m, "/nowhere", NULL, &size);
    has(text, "<li><b>not checked</b>: stalled-reader f32, 2 cells (glibc, slab): --set &lt;x&gt;");
    free(text);
    pl_model_free(&m);
}

static void instruments_that_saw_nothing_are_caveats(void **state)
{
    (void)state;
    static const char *const stati[] = {"ok", "skipped", "failed"};
    json_t *d = sample_empty(), *entries = json_array();
    sample_cell(d, "glibc", "bounded");
    for (size_t i = 0; i < 3; i++)
        json_array_append_new(entries,
                              json_pack("{s:s, s:s, s:s, s:s, s:s}", "instrument", "massif",
                                        "scenario", "stalled-reader", "allocator", "slab", "status",
                                        stati[i], "why", stati[i]));
    struct pl_model m = model_of(d);
    json_object_set_new(m.root, "instruments", entries);
    json_t *caveats = pl_caveats_make(&m);
    assert_int_equal(json_array_size(caveats), 2);
    char *text = pl_caveat_text(json_array_get(caveats, 0), 9);
    assert_string_equal(text, "massif of stalled-reader, 1 cell (slab): skipped");
    free(text);
    text = pl_caveat_text(json_array_get(caveats, 1), 9);
    assert_string_equal(text, "massif of stalled-reader, 1 cell (slab): failed");
    free(text);
    json_decref(caveats);
    pl_model_free(&m);
}

static void no_caveat_is_said(void **state)
{
    (void)state;
    size_t size;
    char *text;
    json_t *d = sample_empty();
    sample_cell(d, "glibc", "bounded");
    struct pl_model m = model_of(d);
    text = pl_markdown_make(&m, "/nowhere", NULL, &size);
    has(text, "Nothing: every cell was run whole and checked.");
    has(text, "Nothing was killed, grew, failed or was dropped.");
    free(text);
    pl_model_free(&m);
}

static char *junit_of(json_t *d)
{
    char *text = NULL;
    size_t size;
    struct pl_model m = model_of(d);
    FILE *out = open_memstream(&text, &size);
    pl_junit_write(out, &m);
    fclose(out);
    pl_model_free(&m);
    return text;
}

static void junit_has_a_case_a_cell(void **state)
{
    (void)state;
    json_t *d = with_caveats();
    add(d, "other", "glibc \"<&'\x01", "bounded", NULL, 0);
    sample_set(add(d, "other", "scudo", "crashed", NULL, 0), "expected", "none");
    sample_set(add(d, "other", "slab", "crashed", NULL, 0), "expected", "met");
    char *text = junit_of(d);
    has(text, "<testsuite name=\"stalled-reader\" tests=\"6\" failures=\"1\" errors=\"0\" "
              "skipped=\"3\">");
    has(text, "<testsuite name=\"other\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"0\">");
    has(text, "name=\"jemalloc:dirty_decay_ms=0,muzzy_decay_ms=0 f32, repetition 0\"><failure "
              "message=\"outcome is growing; expected oom_killed\">plimsoll run stalled-reader "
              "--allocator jemalloc:dirty_decay_ms=0,muzzy_decay_ms=0</failure></testcase>");
    has(text, "name=\"glibc f32, repetition 0\"><skipped message=\"--set &#60;x&#62; leaves\">");
    has(text, "name=\"limited f32, repetition 0\"><skipped message=\"nothing is expected of it");
    has(text, "name=\"limited f32, repetition 2\"/>");
    has(text, "name=\"glibc &#34;&#60;&#38;&#39;  f32, repetition 0\"/>");
    has(text, "name=\"scudo f32, repetition 0\"><failure message=\"crashed: the evidence\">");
    has(text, "name=\"slab f32, repetition 0\"/>");
    free(text);
}

static json_t *schema_of_reports(void)
{
    json_error_t error;
    json_t *schema =
        json_load_file(PL_SOURCE_DIR "/results/report.schema.json", JSON_REJECT_DUPLICATES, &error);
    if (!schema)
        fail_msg("results/report.schema.json:%d: %s", error.line, error.text);
    assert_true(validate_knows(schema));
    return schema;
}

static json_t *report_of(json_t *d)
{
    char *text = NULL, where[512] = "";
    size_t size;
    struct pl_model m = model_of(d);
    FILE *out = open_memstream(&text, &size);
    pl_report_json(out, &m);
    fclose(out);
    pl_model_free(&m);
    json_t *report = json_loads(text, JSON_REJECT_DUPLICATES, NULL), *schema = schema_of_reports();
    free(text);
    assert_non_null(report);
    if (!validate(schema, report, where, sizeof where))
        fail_msg("%s", where);
    json_decref(schema);
    return report;
}

static void report_json_fits_its_schema(void **state)
{
    (void)state;
    json_t *report = report_of(with_caveats());
    assert_int_equal(json_integer_value(json_object_get(report, "cells")), 6);
    json_t *expected = json_object_get(report, "expectations");
    assert_int_equal(json_integer_value(json_object_get(expected, "not checked")), 2);
    assert_int_equal(json_integer_value(json_object_get(expected, "failed")), 1);
    json_t *group = json_array_get(json_object_get(report, "scenarios"), 0);
    has(json_string_value(json_object_get(group, "verdict")), "In 256 MiB the kernel kills");
    json_t *row = json_array_get(json_object_get(group, "rows"), 2);
    json_t *cpu = json_object_get(json_object_get(row, "metrics"), "cpu_ns_per_packet");
    assert_string_equal(json_string_value(json_object_get(cpu, "unit")), "ns");
    assert_float_equal(json_number_value(json_object_get(cpu, "median")), 205, 0);
    assert_float_equal(json_number_value(json_object_get(cpu, "highest")), 210, 0);
    assert_int_equal(json_integer_value(json_object_get(cpu, "runs")), 3);
    assert_null(json_object_get(json_object_get(row, "metrics"), "time_to_oom_seconds"));
    json_t *failure = json_array_get(json_object_get(report, "failures"), 0);
    assert_int_equal(json_array_size(json_object_get(report, "failures")), 1);
    assert_string_equal(json_string_value(json_object_get(failure, "why")),
                        "outcome is growing; expected oom_killed");
    assert_null(json_object_get(report, "before_after"));
    assert_null(json_object_get(report, "history"));
    json_decref(report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worst_come_in_order),
        cmocka_unit_test(the_sixth_takes_the_last_place),
        cmocka_unit_test(the_worst_failure_leads),
        cmocka_unit_test(the_floor_is_not_among_them),
        cmocka_unit_test(reasons_are_told),
        cmocka_unit_test(caveats_are_listed),
        cmocka_unit_test(instruments_that_saw_nothing_are_caveats),
        cmocka_unit_test(no_caveat_is_said),
        cmocka_unit_test(junit_has_a_case_a_cell),
        cmocka_unit_test(report_json_fits_its_schema),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
