/* Alerts in the results, as metrics, and what is expected of them. */
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
#include "harness/results/alert_series.h"
#include "harness/results/expect.h"

#define S INT64_C(1000000000)

struct rig {
    struct pl_scenario scenario;
    struct pl_sample samples[20];
    struct pl_alert_record list[2];
    struct pl_cell_evidence evidence;
    struct pl_measured measured;
};

/* Two alerts, of which the first was raised twice: at 12.5 s with 101, at 15 s with 102. */
static void open_rig(struct rig *r, size_t raised)
{
    memset(r, 0, sizeof *r);
    r->scenario.duration_ns = 60 * S;
    r->scenario.alert_count = 2;
    strcpy(r->scenario.alerts[0].text, "live_frames > 100");
    strcpy(r->scenario.alerts[1].text, "rss_bytes > 1GiB");
    for (int i = 0; i < 20; i++)
        r->samples[i] = (struct pl_sample){.t_ns = i * S, .rss_bytes = 50 << 20};
    r->list[0] = (struct pl_alert_record){.t_ns = 12 * S + S / 2, .value = 101};
    r->list[1] = (struct pl_alert_record){.t_ns = 15 * S, .value = 102};
    r->evidence = (struct pl_cell_evidence){.samples = r->samples,
                                            .sample_count = 20,
                                            .alerted = {r->list, raised, raised},
                                            .has_final = true,
                                            .final = {.t_ns = 20 * S}};
    pl_measure(&r->scenario, &r->evidence, &r->measured);
}

static double metric(const struct rig *r, const char *name)
{
    return pl_value_double(pl_metric_find(name)->value(&r->measured));
}

static void they_become_metrics(void **state)
{
    (void)state;
    struct rig r;
    open_rig(&r, 2);
    assert_true(metric(&r, "alerts_raised") == 2);
    assert_true(metric(&r, "time_to_alert_seconds") == 12.5);
    r.evidence.has_final = false; /* killed: what it told stands */
    assert_true(metric(&r, "time_to_alert_seconds") == 12.5);
    open_rig(&r, 0);
    assert_true(metric(&r, "alerts_raised") == 0);
    assert_true(isnan(metric(&r, "time_to_alert_seconds")));
    r.scenario.alert_count = 0;
    assert_true(isnan(metric(&r, "alerts_raised")));
}

static void they_become_a_list(void **state)
{
    (void)state;
    struct rig r;
    open_rig(&r, 2);
    json_t *list = pl_alerts_json(&r.measured);
    json_t *wanted = json_pack("[{s:s, s:f, s:i}, {s:s, s:f, s:i}]", "alert", "live_frames > 100",
                               "t_seconds", 12.5, "value", 101, "alert", "live_frames > 100",
                               "t_seconds", 15.0, "value", 102);
    assert_true(json_equal(list, wanted));
    json_decref(list);
    json_decref(wanted);
    open_rig(&r, 0);
    list = pl_alerts_json(&r.measured);
    assert_true(json_is_array(list) && json_array_size(list) == 0);
    json_decref(list);
    r.scenario.alert_count = 0;
    assert_null(pl_alerts_json(&r.measured));
}

static void they_become_a_file_beside_the_series(void **state)
{
    (void)state;
    struct rig r;
    char folder[] = "/tmp/plimsoll-alerts-XXXXXX", series[64], path[64], *text;
    size_t size;
    struct pl_error error;
    assert_non_null(mkdtemp(folder));
    snprintf(series, sizeof series, "%s/000.x.r0.csv", folder);
    snprintf(path, sizeof path, "%s/000.x.r0.alerts.csv", folder);
    open_rig(&r, 0);
    assert_int_equal(pl_alerts_write(series, &r.measured, &error), 0);
    assert_int_not_equal(access(path, F_OK), 0);
    open_rig(&r, 2);
    assert_int_equal(pl_alerts_write(series, &r.measured, &error), 0);
    assert_int_equal(pl_file_read(path, PL_FILE_BYTES_MAX, &text, &size, &error), 0);
    assert_string_equal(text, "t_ns,value,alert\n12500000000,101,live_frames > 100\n"
                              "15000000000,102,live_frames > 100\n");
    free(text);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void expectations_are_judged(void **state)
{
    (void)state;
    static const struct {
        const char *alerts;
        size_t raised;
        enum pl_verdict verdict;
        const char *why;
    } cases[] = {
        {"none", 0, PL_VERDICT_MET, ""},
        {"none", 2, PL_VERDICT_FAILED,
         "the alert live_frames > 100 was raised after 12.5 s; expected none"},
        {"live_frames > 100", 2, PL_VERDICT_MET, ""},
        {"live_frames > 100", 0, PL_VERDICT_FAILED, "the alert live_frames > 100 was not raised"},
        {"live_frames > 100,rss_bytes > 1GiB", 2, PL_VERDICT_FAILED,
         "the alert rss_bytes > 1GiB was not raised"},
        {"", 2, PL_VERDICT_MET, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig r;
        struct pl_expected x;
        open_rig(&r, cases[i].raised);
        struct pl_expectation *e = &r.scenario.expectations[r.scenario.expectation_count++];
        strcpy(e->stacks, "glibc");
        strcpy(e->container, "any");
        strcpy(e->clock, "any");
        strcpy(e->alerts, cases[i].alerts);
        pl_expectations_judge(&r.measured, "glibc", PL_FORMAT_F32, PL_CLOCK_VIRTUAL, 1, &x);
        assert_int_equal(x.verdict, cases[i].verdict);
        assert_string_equal(x.why, cases[i].why);
        pl_expectations_judge(&r.measured, "jemalloc", PL_FORMAT_F32, PL_CLOCK_VIRTUAL, 1, &x);
        assert_int_equal(x.verdict, PL_VERDICT_NONE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_become_metrics),
        cmocka_unit_test(they_become_a_list),
        cmocka_unit_test(they_become_a_file_beside_the_series),
        cmocka_unit_test(expectations_are_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
