/* What makes two runs comparable: the keys that are named, and those that are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "harness/scenario/conditions.h"

static void take(void *context, const char *key, const char *value)
{
    char *text = context;
    size_t used = strlen(text);
    snprintf(text + used, 4096 - used, "%s=%s\n", key, value);
}

static void name(const char *more, const char *const *settings, size_t count, char *text)
{
    char yaml[4096];
    struct pl_scenario s;
    struct pl_error error = {""};
    snprintf(yaml, sizeof yaml,
             "name: test\ntitle: a test\nabout: words\npipeline: receiver\n"
             "traffic: {file: a.pcap}\nclasses: {packet: {size: 696B, budget: packets}}\n"
             "limits: {packets: 1MiB}\nduration: 60s\nallocators: [glibc]\n"
             "expect: [{stacks: all, outcome: bounded}]\n%s",
             more);
    if (pl_scenario_parse(yaml, strlen(yaml), "t.yaml", PL_TIER_DEFAULT, settings, count, &s,
                          &error))
        fail_msg("%s", error.text);
    text[0] = '\0';
    pl_scenario_conditions(&s, take, text);
}

static void names_what_is_not_at_its_default(void **state)
{
    (void)state;
    char text[4096];
    name("", NULL, 0, text);
    assert_string_equal(text, "classes.packet=696 packets\n");
    name("receiver: {latency: 0.5s, on_full: drop_newest, stalls: [{from: 1s, until: -2s}]}\n"
         "huge_pages: true\n",
         NULL, 0, text);
    assert_string_equal(text, "receiver.latency=500000000\nreceiver.on_full=1\nhuge_pages=true\n"
                              "receiver.stalls=1000000000-58000000000\n"
                              "classes.packet=696 packets\n");
}

static void a_default_that_is_written_out_is_no_condition(void **state)
{
    (void)state;
    char text[4096];
    name("receiver: {latency: 200ms, retry: 200ms}\nhuge_pages: false\n", NULL, 0, text);
    assert_string_equal(text, "classes.packet=696 packets\n");
}

static void settings_count_and_what_cells_say_does_not(void **state)
{
    (void)state;
    const char *const settings[] = {"traffic.rate=2",      "container=1GiB", "duration=20s",
                                    "limits.packets=2MiB", "seed=7",         "repeat=3"};
    char text[4096];
    name("", settings, sizeof settings / sizeof *settings, text);
    assert_string_equal(text, "traffic.rate=2\nclasses.packet=696 packets\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_what_is_not_at_its_default),
        cmocka_unit_test(a_default_that_is_written_out_is_no_condition),
        cmocka_unit_test(settings_count_and_what_cells_say_does_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
