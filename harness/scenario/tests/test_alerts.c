/* Alerts and what is expected of them: what is read, what it means, and what gets one line. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "harness/scenario/alert.h"

static const char base[] = "name: t\n"
                           "title: t\n"
                           "pipeline: trace\n"
                           "trace: {file: a.trace}\n"
                           "duration: 10m\n"
                           "allocators: [glibc]\n"
                           "%s\n"
                           "classes: {samples: {size: 8B}, frame: {size: 16B}, lens: {size: 24B}}\n"
                           "expect: [{stacks: all, %s}]\n";

static int parse(const char *alerts, const char *expected, const char *setting,
                 struct pl_scenario *s, struct pl_error *error)
{
    char text[2048];
    snprintf(text, sizeof text, base, alerts, expected);
    return pl_scenario_parse(text, strlen(text), "t.yaml", PL_TIER_DEFAULT, &setting,
                             setting != NULL, s, error);
}

static void must_parse(const char *alerts, const char *expected, const char *setting,
                       struct pl_scenario *s)
{
    struct pl_error error = {""};
    if (parse(alerts, expected, setting, s, &error))
        fail_msg("%s", error.text);
}

static void each_quantity_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *alert, *text;
        uint32_t quantity, comparison;
        int class_index;
        uint64_t value;
    } cases[] = {
        {"rss_bytes > 100MiB", "rss_bytes > 100MiB", PL_ALERT_RSS, PL_ALERT_ABOVE, -1, 100 << 20},
        {"  live_bytes  >=  5kB ", "live_bytes >= 5kB", PL_ALERT_LIVE, PL_ALERT_FROM, -1, 5000},
        {"reserved_bytes < 7B", "reserved_bytes < 7B", PL_ALERT_RESERVED, PL_ALERT_BELOW, -1, 7},
        {"packets_dropped <= 0", "packets_dropped <= 0", PL_ALERT_DROPPED, PL_ALERT_UPTO, -1, 0},
        {"fallback_allocations > 3", "fallback_allocations > 3", PL_ALERT_FALLBACKS, PL_ALERT_ABOVE,
         -1, 3},
        {"live_frames > 100", "live_frames > 100", PL_ALERT_LIVE_BLOCKS, PL_ALERT_ABOVE, 1, 100},
        {"live_frame > 1", "live_frame > 1", PL_ALERT_LIVE_BLOCKS, PL_ALERT_ABOVE, 1, 1},
        {"live_lens > 1", "live_lens > 1", PL_ALERT_LIVE_BLOCKS, PL_ALERT_ABOVE, 2, 1},
        {"live_lenss > 1", "live_lenss > 1", PL_ALERT_LIVE_BLOCKS, PL_ALERT_ABOVE, 2, 1},
        {"live_samples > 18446744073709551615", "live_samples > 18446744073709551615",
         PL_ALERT_LIVE_BLOCKS, PL_ALERT_ABOVE, 0, UINT64_MAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_scenario s;
        char line[160];
        snprintf(line, sizeof line, "alerts: ['%s']", cases[i].alert);
        must_parse(line, "outcome: bounded", NULL, &s);
        assert_int_equal(s.alert_count, 1);
        assert_string_equal(s.alerts[0].text, cases[i].text);
        assert_int_equal(s.alerts[0].quantity, cases[i].quantity);
        assert_int_equal(s.alerts[0].comparison, cases[i].comparison);
        assert_int_equal(s.alerts[0].class_index, cases[i].class_index);
        assert_true(s.alerts[0].value == cases[i].value);
    }
}

static void each_comparison_holds_where_it_should(void **state)
{
    (void)state;
    static const struct {
        const char *alert;
        bool below, at, above;
    } cases[] = {{"live_frames > 5", false, false, true},
                 {"live_frames >= 5", false, true, true},
                 {"live_frames < 5", true, false, false},
                 {"live_frames <= 5", true, true, false}};
    for (size_t i = 0; i < 4; i++) {
        struct pl_alert alert;
        assert_int_equal(pl_alert_parse(cases[i].alert, &alert, NULL), 0);
        assert_int_equal(pl_alert_holds(&alert, 4), cases[i].below);
        assert_int_equal(pl_alert_holds(&alert, 5), cases[i].at);
        assert_int_equal(pl_alert_holds(&alert, 6), cases[i].above);
    }
}

static void one_text_a_list_or_none(void **state)
{
    (void)state;
    struct pl_scenario s;
    must_parse("alerts: live_frames > 100", "outcome: bounded", NULL, &s);
    assert_int_equal(s.alert_count, 1);
    must_parse("alerts: [live_frames > 100, rss_bytes > 1GiB]",
               "alerts: [rss_bytes  >  1GiB, live_frames > 100]", NULL, &s);
    assert_int_equal(s.alert_count, 2);
    assert_string_equal(s.expectations[0].alerts, "rss_bytes > 1GiB,live_frames > 100");
    assert_false(s.conditions_left);
    must_parse("alerts: [live_frames > 100]", "alerts: none", NULL, &s);
    assert_string_equal(s.expectations[0].alerts, "none");
    must_parse("", "outcome: bounded", NULL, &s);
    assert_int_equal(s.alert_count, 0);
    /* A tier has its own, and so has a --set, which leaves what was stated. */
    must_parse("alerts: [live_frames > 1]\ntiers: {default: {alerts: [live_frames > 2]}}",
               "alerts: none", NULL, &s);
    assert_int_equal(s.alert_count, 1);
    assert_string_equal(s.alerts[0].text, "live_frames > 2");
    must_parse("alerts: [live_frames > 1]", "outcome: bounded",
               "alerts=[live_frames > 3, live_lens > 4]", &s);
    assert_int_equal(s.alert_count, 2);
    assert_string_equal(s.alerts[1].text, "live_lens > 4");
    assert_true(s.conditions_left);
    must_parse("alerts: [live_frames > 1]", "outcome: bounded", "alerts=[]", &s);
    assert_int_equal(s.alert_count, 0);
}

static void bad_ones_get_one_line(void **state)
{
    (void)state;
    static const struct {
        const char *alerts, *expected, *setting, *message;
    } cases[] = {
        {"alerts: [live_frames]", "outcome: bounded", NULL,
         "t.yaml:7:10: alerts: 'live_frames' is not an alert; expected QUANTITY, one of > >= < <=, "
         "and VALUE"},
        {"alerts: [live_frames > 1 2]", "outcome: bounded", NULL,
         "t.yaml:7:10: alerts: 'live_frames > 1 2' is not an alert; expected QUANTITY, one of > >= "
         "< <=, and VALUE"},
        {"alerts: [live_frames == 1]", "outcome: bounded", NULL,
         "t.yaml:7:10: alerts: 'live_frames == 1' is not an alert; expected QUANTITY, one of > >= "
         "< <=, and VALUE"},
        {"alerts: [cpu > 1]", "outcome: bounded", NULL,
         "t.yaml:7:10: alerts: unknown quantity of an alert: cpu; expected rss_bytes, live_bytes, "
         "reserved_bytes, packets_dropped, fallback_allocations, live_CLASS"},
        {"alerts: [live_frames > 1, live_ > 1]", "outcome: bounded", NULL,
         "t.yaml:7:27: alerts: unknown quantity of an alert: live_; did you mean live_bytes?"},
        {"alerts: [live_frames > 1, live_images > 1]", "outcome: bounded", NULL,
         "t.yaml:7:27: unknown quantity of an alert: live_images; did you mean "
         "live_frames?"},
        {"alerts: [live_frames > 1MiB]", "outcome: bounded", NULL,
         "t.yaml:7:10: alerts: '1MiB' is not a count; expected a whole number"},
        {"alerts: [live_frames > -1]", "outcome: bounded", NULL,
         "t.yaml:7:10: alerts: '-1' is not a count; expected a whole number"},
        {"alerts: [live_frames > 18446744073709551616]", "outcome: bounded", NULL,
         "t.yaml:7:10: alerts: '18446744073709551616' is not a count; expected a whole number"},
        {"alerts: [rss_bytes > 100]", "outcome: bounded", NULL,
         "t.yaml:7:10: alerts: '100' is not a size; expected a size such as 64MiB (B, KiB, MiB, "
         "GiB, kB, MB or GB)"},
        {"alerts: [live_frames > 1, live_frames  > 1]", "outcome: bounded", NULL,
         "t.yaml:7:27: alerts: 'live_frames > 1' is given twice; expected once"},
        {"alerts: {live_frames: 1}", "outcome: bounded", NULL,
         "t.yaml:7:10: alerts is not a list; expected such as [rss_bytes > 64MiB]"},
        {"alerts: [[live_frames > 1]]", "outcome: bounded", NULL,
         "t.yaml:7:11: alerts: one is not a comparison; expected such as [rss_bytes > 64MiB]"},
        {"alerts: [live_frames > 1]", "alerts: [live_frames > 2]", NULL,
         "t.yaml:9:11: expect: 'live_frames > 2' is not one of the scenario's alerts; expected one "
         "of its list alerts"},
        {"", "alerts: [live_frames > 2]", NULL,
         "t.yaml:9:11: expect: 'live_frames > 2' is not one of the scenario's alerts; expected one "
         "of its list alerts"},
        {"alerts: [live_frames > 1]", "alerts: []", NULL,
         "t.yaml:9:11: alerts is empty; expected none, or those that are raised"},
        {"", "outcome: bounded", "alerts=[live_images > 2]",
         "--set alerts: unknown quantity of an alert: live_images; did you mean "
         "live_frames?"},
        {"", "outcome: bounded", "alerts=[live_frames > x]",
         "--set alerts: 'x' is not a count; expected a whole number"},
        {"alerts: [live_frames > 1, live_frames > 2, live_frames > 3, live_frames > 4, live_frames "
         "> 5, live_frames > 6, live_frames > 7, live_frames > 8, live_frames > 9]",
         "outcome: bounded", NULL, "t.yaml:7:146: more than 8 alerts"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_scenario s;
        struct pl_error error = {""};
        assert_int_equal(parse(cases[i].alerts, cases[i].expected, cases[i].setting, &s, &error),
                         -EINVAL);
        assert_string_equal(error.text, cases[i].message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_quantity_is_read),
        cmocka_unit_test(each_comparison_holds_where_it_should),
        cmocka_unit_test(one_text_a_list_or_none),
        cmocka_unit_test(bad_ones_get_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
