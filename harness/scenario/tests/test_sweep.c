/* Sweeps: templates become stacks, and each mistake gets its line. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "harness/scenario/sweep.h"

static const char base[] = "name: test\n"
                           "title: a test\n"
                           "pipeline: receiver\n"
                           "traffic: {file: a.pcap}\n"
                           "classes: {packet: {size: 696B}}\n"
                           "duration: 60s\n"
                           "allocators: [glibc, \"jemalloc:narenas=2,tcache=off\"]\n"
                           "expect: [{stacks: all, outcome: bounded}]\n";

static int parse(const char *more, enum pl_tier tier, const char *setting, struct pl_scenario *s,
                 struct pl_error *error)
{
    char text[4096];
    snprintf(text, sizeof text, "%s%s\n", base, more);
    return pl_scenario_parse(text, strlen(text), "dir/t.yaml", tier, &setting, setting ? 1 : 0, s,
                             error);
}

/* The stacks of a scenario's sweep, in order. */
static void sweeps(const struct pl_scenario *s, const char *const *stacks, size_t count)
{
    struct pl_swept swept;
    const char *at = s->sweep;
    assert_int_equal(pl_sweep_count(s), count);
    for (size_t i = 0; i < count; i++) {
        assert_true(pl_sweep_next(&at, &swept));
        assert_string_equal(swept.stack, stacks[i]);
    }
    assert_false(pl_sweep_next(&at, &swept));
}

static void the_last_name_runs_fastest(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct pl_error error = {""};
    static const char *const stacks[] = {
        "slab/jemalloc:dirty_decay_ms=0,narenas=1",
        "slab/jemalloc:dirty_decay_ms=0,narenas=2",
        "slab/jemalloc:dirty_decay_ms=-1,narenas=1",
        "slab/jemalloc:dirty_decay_ms=-1,narenas=2",
        "glibc:mmap_threshold=64KiB",
        "glibc:mmap_threshold=1MiB",
        "glibc:mmap_threshold=32MiB",
    };
    if (parse("sweep:\n"
              "  - stack: \"slab/jemalloc:dirty_decay_ms={ms},narenas={N}\"\n"
              "    ms: [0, -1]\n"
              "    N: [1, 2]\n"
              "  - {stack: \"glibc:mmap_threshold={t}\", t: [64KiB, 1MiB, 32MiB]}\n",
              PL_TIER_DEFAULT, NULL, &s, &error))
        fail_msg("%s", error.text);
    sweeps(&s, stacks, 7);
    assert_string_equal(s.allocators, "glibc,jemalloc:narenas=2,tcache=off");
}

static void a_stack_knows_where_it_comes_from(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct pl_swept swept;
    assert_int_equal(
        parse("sweep: [{narenas: [4, 8], stack: \"jemalloc:narenas={narenas},tcache={t}\", "
              "t: [on]}]",
              PL_TIER_DEFAULT, NULL, &s, NULL),
        0);
    assert_false(pl_sweep_find(&s, "glibc", &swept));
    assert_false(pl_sweep_find(&s, "jemalloc:narenas=4", &swept));
    assert_true(pl_sweep_find(&s, "jemalloc:narenas=8,tcache=on", &swept));
    assert_string_equal(swept.template, "jemalloc:narenas={narenas},tcache={t}");
    assert_int_equal(swept.value_count, 2);
    assert_string_equal(swept.values[0].name, "narenas");
    assert_string_equal(swept.values[0].text, "8");
    assert_string_equal(swept.values[1].name, "t");
    assert_string_equal(swept.values[1].text, "on");
    assert_int_equal(swept.mark.line, 9);
    assert_int_equal(swept.mark.column, 35);
}

static void a_name_may_have_several_places(void **state)
{
    (void)state;
    struct pl_scenario s;
    static const char *const twice[] = {"jemalloc:dirty_decay_ms=10,muzzy_decay_ms=10"};
    assert_int_equal(
        parse("sweep: [{stack: \"jemalloc:dirty_decay_ms={d},muzzy_decay_ms={d}\", d: [10]}]",
              PL_TIER_DEFAULT, NULL, &s, NULL),
        0);
    sweeps(&s, twice, 1);
}

static void a_tier_and_a_setting_replace_it(void **state)
{
    (void)state;
    struct pl_scenario s;
    static const char text[] = "sweep: [{stack: \"jemalloc:narenas={n}\", n: [1, 2, 4]}]\n"
                               "tiers:\n"
                               "  smoke: {sweep: []}\n"
                               "  full: {sweep: [{stack: \"glibc:arena_max={n}\", n: [1]}]}\n";
    static const char *const full[] = {"glibc:arena_max=1"};
    static const char *const set[] = {"scudo", "glibc:arena_max=4"};
    assert_int_equal(parse(text, PL_TIER_DEFAULT, NULL, &s, NULL), 0);
    assert_int_equal(pl_sweep_count(&s), 3);
    assert_int_equal(parse(text, PL_TIER_SMOKE, NULL, &s, NULL), 0);
    assert_int_equal(pl_sweep_count(&s), 0);
    assert_int_equal(parse(text, PL_TIER_FULL, NULL, &s, NULL), 0);
    sweeps(&s, full, 1);
    assert_int_equal(parse(text, PL_TIER_FULL,
                           "sweep=[{stack: \"{h}\", h: [scudo, \"glibc:arena_max=4\"]}]", &s, NULL),
                     0);
    sweeps(&s, set, 2);
    assert_false(s.conditions_left);
}

static void tells_where_and_what(void **state)
{
    (void)state;
    static const struct {
        const char *more;
        const char *message;
    } cases[] = {
        {"sweep: jemalloc", "9:8: sweep is not a list; expected [{stack: \"a:b={c}\", c: [1, 2]}]"},
        {"sweep: [jemalloc]",
         "9:9: sweep is not a list; expected [{stack: \"a:b={c}\", c: [1, 2]}]"},
        {"sweep: [{n: [1]}]", "9:10: sweep: an entry without a stack; expected one"},
        {"sweep: [{stack: [a]}]", "9:18: stack is not a plain value; expected one"},
        {"sweep: [{stack: \"jemalloc:narenas={n}\"}]",
         "9:18: sweep: {n} has no values; expected n: [a, b] beside it"},
        {"sweep: [{stack: \"glibc:arena_max={n}\", n: [1], m: [2]}]",
         "9:52: sweep: the values of 'm' are used nowhere; expected {m} in the stack"},
        {"sweep: [{stack: glibc}]", "9:17: sweep: there is no {name} in 'glibc'"},
        {"sweep: [{stack: \"glibc:arena_max={n}\", n: []}]",
         "9:40: sweep: n is not a list; expected [a, b]"},
        {"sweep: [{stack: \"glibc:arena_max={n}\", n: 1}]",
         "9:40: sweep: n is not a list; expected [a, b]"},
        {"sweep: [{stack: \"glibc:arena_max={n}\", n: [{a: 1}]}]",
         "9:45: n is not a plain value; expected one"},
        {"sweep: [{stack: \"glibc:arena_max={n}\", n: [\"\"]}]",
         "9:45: sweep: a value of n is text of one line without braces"},
        {"sweep: [{stack: \"glibc:arena_max={n}\", n: [\"{n}\"]}]",
         "9:45: sweep: a value of n is text of one line without braces"},
        {"sweep: [{stack: \"glibc:arena_max={n\", n: [1]}]",
         "9:18: sweep: an unclosed brace in 'glibc:arena_max={n'"},
        {"sweep: [{stack: \"glibc:arena_max={n{n}\", n: [1]}]",
         "9:18: sweep: a place is no {name} in 'glibc:arena_max={n{n}'"},
        {"sweep: [{stack: \"glibc:arena_max=n}\", n: [1]}]",
         "9:18: sweep: a brace that nothing opens in 'glibc:arena_max=n}'"},
        {"sweep: [{stack: \"glibc:arena_max={}\", n: [1]}]",
         "9:18: sweep: a place without a name in 'glibc:arena_max={}'"},
        {"sweep: [{stack: \"glibc:arena_max={n}\", \"a b\": [1]}]",
         "9:41: sweep: 'a b' is not a name of a place"},
        {"sweep: [{stack: \"{a}\", a: [x], b: [x], c: [x], d: [x], e: [x], f: [x], g: [x]}]",
         "9:72: sweep: more than 6 names in one template"},
        {"sweep: [{stack: \"glibc:arena_max={n}\", n: [1, 1]}]",
         "9:18: sweep: the stack glibc:arena_max=1 occurs twice; expected once"},
        {"sweep: [{stack: \"{h}\", h: [scudo, glibc]}]",
         "9:18: sweep: the stack glibc occurs twice; expected once"},
        {"sweep: [{stack: \"glibc:arena_max={n}\", n: [1, many]}]",
         "9:18: sweep: stack 'glibc:arena_max=many': glibc:arena_max=many is not valid; expected 1 "
         "to 65536"},
        {"sweep: [{stack: \"limited:max={m}/glibc\", m: [1MiB, 1B]}]",
         "9:18: sweep: stack 'limited:max=1B/glibc': a limit of 1 B is smaller than one packet"},
        {"tiers: {smoke: {sweep: [{stack: \"glibc:arena_max={n}\", n: [x]}]}}",
         "9:34: sweep: stack 'glibc:arena_max=x': glibc:arena_max=x is not valid; expected 1 to "
         "65536"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_scenario s;
        struct pl_error error = {""};
        assert_int_equal(parse(cases[i].more, PL_TIER_DEFAULT, NULL, &s, &error), -EINVAL);
        const char *place = "dir/t.yaml:";
        if (strncmp(error.text, place, strlen(place)) != 0 ||
            strncmp(error.text + strlen(place), cases[i].message, strlen(cases[i].message)) != 0)
            fail_msg("%s\nis not\n%s", error.text, cases[i].message);
        assert_null(strchr(error.text, '\n'));
    }
}

static void a_setting_fails_by_its_key(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct pl_error error = {""};
    assert_int_equal(parse("", PL_TIER_DEFAULT, "sweep=[{stack: \"{h}\", h: [glibc]}]", &s, &error),
                     -EINVAL);
    assert_string_equal(error.text, "--set sweep: the stack glibc occurs twice; expected once");
}

/* 2 stacks of allocators, so 126 more: one product is too many, however large it is. */
static void the_number_of_stacks_is_bounded(void **state)
{
    (void)state;
    char text[2048] = "sweep: [{stack: \"jemalloc:dirty_decay_ms={n}\", n: [";
    struct pl_scenario s;
    struct pl_error error = {""};
    for (int i = 0; i < PL_STACKS_MAX - 2; i++)
        snprintf(text + strlen(text), 16, "%d, ", i);
    size_t length = strlen(text);
    strcpy(text + length, "]}]");
    assert_int_equal(parse(text, PL_TIER_DEFAULT, NULL, &s, &error), 0);
    assert_int_equal(pl_sweep_count(&s), PL_STACKS_MAX - 2);
    strcpy(text + length, "999]}]");
    assert_int_equal(parse(text, PL_TIER_DEFAULT, NULL, &s, &error), -EINVAL);
    assert_string_equal(error.text,
                        "dir/t.yaml:9:18: sweep: more than 128 stacks, with those of allocators");
    strcpy(text + length, "999, 1000, 1001]}]");
    assert_int_equal(parse(text, PL_TIER_DEFAULT, NULL, &s, &error), -EINVAL);
    assert_string_equal(error.text, "dir/t.yaml:9:18: sweep: more than 128 stacks");
}

static void no_stack_is_longer_than_a_stack_may_be(void **state)
{
    (void)state;
    char text[3000] = "sweep: [{stack: \"{n}{n}{n}{n}{n}\", n: [";
    struct pl_scenario s;
    struct pl_error error = {""};
    memset(text + strlen(text), 'x', 110);
    strcat(text, "]}]");
    assert_int_equal(parse(text, PL_TIER_DEFAULT, NULL, &s, &error), -EINVAL);
    assert_string_equal(error.text, "dir/t.yaml:9:18: sweep: values that make the stack too long "
                                    "in '{n}{n}{n}{n}{n}'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_name_runs_fastest),
        cmocka_unit_test(a_stack_knows_where_it_comes_from),
        cmocka_unit_test(a_name_may_have_several_places),
        cmocka_unit_test(a_tier_and_a_setting_replace_it),
        cmocka_unit_test(tells_where_and_what),
        cmocka_unit_test(a_setting_fails_by_its_key),
        cmocka_unit_test(the_number_of_stacks_is_bounded),
        cmocka_unit_test(no_stack_is_longer_than_a_stack_may_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
