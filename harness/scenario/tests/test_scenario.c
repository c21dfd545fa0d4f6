/* Scenario files: what is taken, and the one line that each mistake gets. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/scenario/scenario.h"

static const char base[] = "name: test\n"
                           "title: a test\n"
                           "pipeline: receiver\n"
                           "traffic: {file: a.pcap}\n"
                           "classes: {packet: {size: 696B, budget: packets}}\n"
                           "limits: {packets: 1MiB}\n"
                           "duration: 60s\n"
                           "allocators: [glibc, limited]\n"
                           "expect: [{stacks: all, outcome: bounded}]\n";

static int parse(const char *text, enum pl_tier tier, const char *const *settings, size_t count,
                 struct pl_scenario *s, struct pl_error *error)
{
    return pl_scenario_parse(text, strlen(text), "dir/t.yaml", tier, settings, count, s, error);
}

static int parse_with(const char *more, struct pl_scenario *s, struct pl_error *error)
{
    char text[4096];
    snprintf(text, sizeof text, "%s%s\n", base, more);
    return parse(text, PL_TIER_DEFAULT, NULL, 0, s, error);
}

static void clocks_have_names(void **state)
{
    (void)state;
    for (int i = 0; i < PL_CLOCK_COUNT; i++)
        assert_int_equal(pl_clock_parse(pl_clock_name((enum pl_clock)i)), i);
    assert_int_equal(pl_clock_parse("virtual"), PL_CLOCK_VIRTUAL);
    assert_int_equal(pl_clock_parse("wall"), PL_CLOCK_WALL);
    assert_int_equal(pl_clock_parse("sun"), -1);
}

static void takes_a_whole_scenario(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct pl_error error = {""};
    assert_int_equal(parse_with("receiver: {latency: 0.5s, stalls: [{from: 1s, until: -2s}]}\n"
                                "container: 64MiB\nformats: [f32, s16]\nhuge_pages: true",
                                &s, &error),
                     0);
    assert_string_equal(s.name, "test");
    assert_string_equal(s.traffic.file, "dir/a.pcap");
    assert_int_equal(s.receiver.latency_ns, 500000000);
    assert_int_equal(s.receiver.stall_count, 1);
    assert_int_equal(s.receiver.stalls[0].from_ns, INT64_C(1000000000));
    assert_int_equal(s.receiver.stalls[0].until_ns, INT64_C(58000000000));
    assert_int_equal(s.classes[0].size, 696);
    assert_int_equal(s.budgets[s.classes[0].budget].max, 1 << 20);
    assert_int_equal(s.container_bytes, 64 << 20);
    assert_string_equal(s.allocators, "glibc,limited");
    assert_string_equal(s.formats, "f32,s16");
    assert_true(s.huge_pages);
    assert_false(s.conditions_left);
}

static void tells_where_and_what(void **state)
{
    (void)state;
    static const struct {
        const char *more;
        const char *message;
    } cases[] = {
        {"bogus: 1",
         "dir/t.yaml:10:1: unknown key bogus; expected name, title, about, extends, counterpart, "
         "pipeline, traffic, receiver, media, blocks, broadcast, relay, workers, program, trace, "
         "load, session, background, classes, limits, container, duration, sample_interval, "
         "timeout, clock, "
         "huge_pages, gate, seed, repeat, allocators, sweep, formats, threads, alerts, expect, "
         "budget"},
        {"threads: 3", "dir/t.yaml:10:10: threads: 3 is out of range; expected 1 to 2 of the "
                       "pipeline receiver"},
        {"name: twice", "dir/t.yaml:10:1: duplicate key"},
        {"seed: [1", "dir/t.yaml:11:1: flow sequence without a closing bracket"},
        {"sample_interval: 100", "dir/t.yaml:10:18: sample_interval: '100' is not a time; expected "
                                 "a time such as 10s (ns, us, ms, s, m or h)"},
        {"sample_interval: 30s", "dir/t.yaml:10:18: sample_interval is too wide; expected at least "
                                 "8 samples within the duration"},
        {"container: 1TB", "dir/t.yaml:10:12: container: '1TB' is not a size; expected a size such "
                           "as 64MiB (B, KiB, MiB, GiB, kB, MB or GB), or none"},
        {"container: 1MiB", "dir/t.yaml:10:12: container: 1MiB is out of range; expected 8MiB or "
                            "more, which a cell needs"},
        {"huge_pages: maybe",
         "dir/t.yaml:10:13: huge_pages: 'maybe' is not a truth value; expected true or false"},
        {"receiver: {on_full: wait}", "dir/t.yaml:10:21: unknown value of receiver.on_full: wait; "
                                      "expected retry|drop_newest|drop_oldest|spin"},
        {"receiver: {latency: 2h}",
         "dir/t.yaml:10:21: receiver.latency is out of range; expected 1 ms to 1 h"},
        {"receiver: 5s",
         "dir/t.yaml:10:11: receiver is not a mapping; expected keys with values below it"},
        {"receiver: {stalls: [{from: 9s, until: 9s}]}",
         "dir/t.yaml:10:22: receiver.stalls: one ends before it begins, or beyond the duration; "
         "expected from < until <= duration"},
        {"receiver: {stalls: [{from: 1s}, {from: 2s}]}",
         "dir/t.yaml:10:22: receiver.stalls overlap or are out of order; expected the earliest "
         "first"},
        {"receiver: {stalls: [{at: 1s}]}",
         "dir/t.yaml:10:26: unknown key of a span of time: at; expected from, until"},
        {"tiers: {smoke: {traffic: {churn: 1ms}}}",
         "dir/t.yaml:10:34: traffic.churn is out of range; expected 100ms or more"},
        {"tiers: {smoke: {traffic: {churn: {every: 1s}}}}",
         "dir/t.yaml:10:35: traffic.churn is neither a time nor a list; expected [1s, 5s]"},
        {"tiers: {smoke: {traffic: {outages: [{from: 5s, until: 4s}]}}}",
         "dir/t.yaml:10:38: traffic.outages: one ends before it begins, or beyond the duration; "
         "expected from < until <= duration"},
        {"tiers: {smoke: {traffic: {faults: {loss: 0.5}}}}",
         "dir/t.yaml:10:42: traffic.faults.loss: '0.5' is not a share; expected 0% to 100%"},
        {"tiers: {smoke: {traffic: {faults: {loss: 101%}}}}",
         "dir/t.yaml:10:42: traffic.faults.loss: '101%' is not a share; expected 0% to 100%"},
        {"tiers: {smoke: {traffic: {faults: {drop: 1%}}}}",
         "dir/t.yaml:10:36: unknown key drop; expected loss, burst_enter, burst_leave, burst_loss, "
         "duplicate, reorder, reorder_delay, jitter"},
        {"formats: [f24]", "dir/t.yaml:10:11: unknown format f24; did you mean f64?"},
        {"media: {rate: 8000}",
         "dir/t.yaml:10:9: 'media' is a key of the pipeline media, not of receiver"},
        {"repeat: 1.5",
         "dir/t.yaml:10:9: repeat: '1.5' is not a whole number; expected digits alone"},
        {"repeat: 0", "dir/t.yaml:10:9: repeat is out of range; expected 1 to 1000"},
        {"tiers: {quick: {}}",
         "dir/t.yaml:10:9: unknown tier quick; expected smoke, default, full"},
        {"tiers: {smoke: {duration: 5}}", "dir/t.yaml:10:27: duration: '5' is not a time; expected "
                                          "a time such as 10s (ns, us, ms, s, m or h)"},
        {"tiers: {smoke: {sample_interval: 50s}}",
         "dir/t.yaml:10:34: sample_interval is too wide; expected at least 8 samples within the "
         "duration"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_scenario s;
        struct pl_error error = {""};
        assert_int_equal(parse_with(cases[i].more, &s, &error), -EINVAL);
        assert_string_equal(error.text, cases[i].message);
    }
}

/* `expect` as text, in the place of that of `base`. */
static int parse_expecting(const char *expect, struct pl_scenario *s, struct pl_error *error)
{
    char text[4096];
    int length = (int)(strstr(base, "expect:") - base);
    snprintf(text, sizeof text, "%.*sexpect: [{stacks: all, outcome: bounded%s}]\n", length, base,
             expect);
    return parse(text, PL_TIER_DEFAULT, NULL, 0, s, error);
}

static void an_expectation_may_name_a_clock(void **state)
{
    (void)state;
    static const char *const cases[][2] = {{"", "any"},
                                           {", clock: any", "any"},
                                           {", clock: virtual", "virtual"},
                                           {", clock: wall", "wall"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_scenario s;
        struct pl_error error = {""};
        assert_int_equal(parse_expecting(cases[i][0], &s, &error), 0);
        assert_string_equal(s.expectations[0].clock, cases[i][1]);
    }
}

static void bad_conditions_of_an_expectation_are_refused(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {", clock: sun",
         "dir/t.yaml:9:49: unknown clock to expect: sun; expected any, virtual, wall"},
        {", clock: walls", "dir/t.yaml:9:49: unknown clock to expect: walls; did you mean wall?"},
        {", clock: [wall]", "dir/t.yaml:9:50: clock is not a plain value; expected one"},
        {", clocks: wall",
         "dir/t.yaml:9:50: unknown key of an expectation: clocks; did you mean clock?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_scenario s;
        struct pl_error error = {""};
        assert_int_equal(parse_expecting(cases[i][0], &s, &error), -EINVAL);
        assert_string_equal(error.text, cases[i][1]);
    }
}

static void misses_what_is_required(void **state)
{
    (void)state;
    static const char *const required[] = {"name",    "title",    "pipeline",   "traffic",
                                           "classes", "duration", "allocators", "expect"};
    static const char *const keys[] = {"name",    "title",    "pipeline",   "traffic.file",
                                       "classes", "duration", "allocators", "expect"};
    for (size_t i = 0; i < sizeof required / sizeof *required; i++) {
        char text[1024] = "", message[128];
        for (const char *line = base; *line; line = strchr(line, '\n') + 1)
            if (strncmp(line, required[i], strlen(required[i])) != 0)
                strncat(text, line, (size_t)(strchr(line, '\n') - line) + 1);
        struct pl_scenario s;
        struct pl_error error = {""};
        assert_int_equal(parse(text, PL_TIER_DEFAULT, NULL, 0, &s, &error), -EINVAL);
        snprintf(message, sizeof message, "dir/t.yaml:1:1: the key '%s' is missing", keys[i]);
        assert_string_equal(error.text, message);
    }
}

static void refuses_what_is_no_scenario(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",           "# nothing\n", "[a, b]\n",      "just text\n",
        "name: *x\n", "\t- x",       "a: \"\xff\"\n", "? {a: b}\n: c\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct pl_scenario s = {.name = "untouched"};
        struct pl_error error = {""};
        assert_int_equal(parse(texts[i], PL_TIER_DEFAULT, NULL, 0, &s, &error), -EINVAL);
        assert_true(strncmp(error.text, "dir/t.yaml:1:", 13) == 0);
        assert_null(strchr(error.text, '\n'));
        assert_string_equal(s.name, "untouched");
    }
}

/* Titles and names are shown: what a terminal would obey is no part of them. */
static void what_is_not_printable_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"a: b\nc: \x1b[2J", "t:2:4: U+001B is not printable; expected printable text"},
        {"a: \x7f", "t:1:4: U+007F is not printable"},
        {"# \xe2\x80\xae a comment", "t:1:3: U+202E is not printable"},
        {"a: \xc2\x9b", "t:1:4: U+009B is not printable"},
        {"title: \"\\x1b]0;b\\x07\"", "t:1:9: U+001B in this text is not printable"},
        {"title: \"a\\nb\"", "t:1:9: U+000A in this text is not printable"},
        {"a: {b: [c, \"\\u2066\"]}", "t:1:13: U+2066 in this text is not printable"},
        {"a: [\"b\\nc\\td\\x1b\"]", "t:1:6: U+001B in this text is not printable"},
        {"a: {\"\\x9b\": c}", "t:1:6: U+009B in this text is not printable"},
        {"title: |\n  two\n  lines\n", "t:2:1: title has more than one line; expected one"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_scenario s;
        struct pl_error error = {""};
        assert_int_equal(pl_scenario_parse(cases[i].text, strlen(cases[i].text), "t",
                                           PL_TIER_DEFAULT, NULL, 0, &s, &error),
                         -EINVAL);
        if (strncmp(error.text, cases[i].message, strlen(cases[i].message)) != 0)
            fail_msg("case %zu: %s", i, error.text);
    }
}

static void text_is_utf8_without_directives(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t size;
        const char *message;
    } cases[] = {
        {"a: b\nc: \xff", 9, "t:2:4: this is not text; expected UTF-8 without NULs"},
        {"a\0b", 3, "t:1:2: this is not text; expected UTF-8 without NULs"},
        {"\xc3\xa4\xc3", 3, "t:1:2: this is not text; expected UTF-8 without NULs"},
        {"\xc0\x80", 2, "t:1:1: this is not text; expected UTF-8 without NULs"},
        {"\xed\xa0\x80", 3, "t:1:1: this is not text; expected UTF-8 without NULs"},
        {"\xf4\x90\x80\x80", 4, "t:1:1: this is not text; expected UTF-8 without NULs"},
        {"a: b\n%YAML 1.2\n", 16, "t:2:1: YAML directives are not taken"},
        {"\r%name:\xff\r\n", 10, "t:1:1: YAML directives are not taken"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_scenario s;
        struct pl_error error = {""};
        assert_int_equal(pl_scenario_parse(cases[i].text, cases[i].size, "t", PL_TIER_DEFAULT, NULL,
                                           0, &s, &error),
                         -EINVAL);
        assert_string_equal(error.text, cases[i].message);
    }
    struct pl_scenario s;
    const char *title = "title=100 % \xc3\xa4\xe2\x82\xac\xf0\x9f\x9a\xa2"; /* ä, euro, a ship */
    assert_int_equal(parse(base, PL_TIER_DEFAULT, &title, 1, &s, NULL), 0);
    assert_string_equal(s.title, title + 6);
}

static void a_tier_overrides_the_top(void **state)
{
    (void)state;
    char text[2048];
    struct pl_scenario s;
    snprintf(text, sizeof text,
             "%stiers: {smoke: {duration: 20s, limits: {packets: 2MiB}}, full: {repeat: 7}}\n",
             base);
    assert_int_equal(parse(text, PL_TIER_SMOKE, NULL, 0, &s, NULL), 0);
    assert_int_equal(s.duration_ns, INT64_C(20000000000));
    assert_int_equal(s.budgets[0].max, 2 << 20);
    assert_int_equal(s.repeat, 1);
    assert_int_equal(parse(text, PL_TIER_FULL, NULL, 0, &s, NULL), 0);
    assert_int_equal(s.duration_ns, INT64_C(60000000000));
    assert_int_equal(s.budgets[0].max, 1 << 20);
    assert_int_equal(s.repeat, 7);
}

static void settings_override_all(void **state)
{
    (void)state;
    const char *const settings[] = {"duration=30s", "classes.packet.size=1kB",
                                    "limits.packets=3MiB", "traffic.file=mine.pcap",
                                    "receiver.stalls=[{from: 1s, until: 2s}]"};
    struct pl_scenario s;
    assert_int_equal(parse(base, PL_TIER_DEFAULT, settings, 5, &s, NULL), 0);
    assert_int_equal(s.duration_ns, INT64_C(30000000000));
    assert_int_equal(s.classes[0].size, 1000);
    assert_int_equal(s.budgets[0].max, 3 << 20);
    assert_string_equal(s.traffic.file, "mine.pcap");
    assert_int_equal(s.receiver.stall_count, 1);
}

static void buffers_are_as_large_as_the_receiver_has_them(void **state)
{
    (void)state;
    char text[2048];
    const char *const wrong[] = {"classes.packet.size=fit"};
    struct pl_scenario s;
    struct pl_error error = {""};
    snprintf(text, sizeof text,
             "%stiers: {smoke: {receiver: {max_packet: 1000B}, classes: {packet_buffer: {size: "
             "fit, budget: packets}, frame_buffer: {size: fit, budget: packets}}}}\n",
             base);
    assert_int_equal(parse(text, PL_TIER_SMOKE, NULL, 0, &s, &error), 0);
    assert_int_equal(s.classes[1].size, 24 + 1000);
    assert_int_equal(s.classes[2].size, 24 + 4096);
    assert_int_equal(parse(base, PL_TIER_DEFAULT, wrong, 1, &s, &error), -EINVAL);
}

static void settings_fail_by_their_key(void **state)
{
    (void)state;
    static const struct {
        const char *setting;
        const char *message;
    } cases[] = {
        {"duration", "--set duration: no '='; expected KEY=VALUE"},
        {"duration=", "--set duration: no value; expected KEY=VALUE"},
        {"=5s", "--set =5s: no '='; expected KEY=VALUE"},
        {"duration=5",
         "--set duration: '5' is not a time; expected a time such as 10s (ns, us, ms, s, m or h)"},
        {"receiver=1", "--set receiver: a section; expected one of its keys"},
        {"limits.packets=0B",
         "--set limits.packets: limit packets is 0; expected a size, or no such limit"},
        {"classes.packet.colour=red",
         "--set classes.packet.colour: unknown key of a class: colour; expected size, budget"},
        {"seed=[1", "--set seed: '[1' can't be read as a value"},
        {"threads=[]", "--set threads: the list is empty; expected [a, b]"},
        {"threads={}", "--set threads: threads is not a list; expected [a, b]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_scenario s;
        struct pl_error error = {""};
        assert_int_equal(parse(base, PL_TIER_DEFAULT, &cases[i].setting, 1, &s, &error), -EINVAL);
        assert_string_equal(error.text, cases[i].message);
    }
}

/* Of several settings those are named without which it would be right, or wrong otherwise. */
static void only_the_wrong_setting_is_blamed(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"formats=f32", "threads=9",
         "--set threads: 9 is out of range; expected 1 to 2 of the pipeline receiver"},
        {"threads=9", "formats=f32",
         "--set threads: 9 is out of range; expected 1 to 2 of the pipeline receiver"},
        {"seed=2", "duration=1ms",
         "--set duration: duration is out of range; expected 1 s to 744 h"},
        {"sample_interval=1s", "duration=2s",
         "--set sample_interval, duration: sample_interval is too wide; expected at least 8 "
         "samples "
         "within the duration"},
        {"threads=9", "threads=9",
         "--set threads, threads: threads: 9 is out of range; expected 1 to 2 of the pipeline "
         "receiver"},
        {"seed=2", "repeat=x", "--set repeat: 'x' is not a whole number; expected digits alone"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_scenario s;
        struct pl_error error = {""};
        assert_int_equal(parse(base, PL_TIER_DEFAULT, cases[i], 2, &s, &error), -EINVAL);
        assert_string_equal(error.text, cases[i][2]);
    }
}

/* Expectations hold under the conditions that the scenario states, and no others. */
static void settings_that_leave_the_conditions_are_noted(void **state)
{
    (void)state;
    static const struct {
        const char *setting;
        bool left;
    } cases[] = {{"duration=90s", false},         {"container=none", false},
                 {"sample_interval=50ms", false}, {"seed=9", false},
                 {"container=128MiB", true},      {"traffic.sessions=3", true},
                 {"limits.packets=2MiB", true},   {"classes.packet.size=700B", true},
                 {"receiver.latency=1s", true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_scenario s;
        assert_int_equal(parse(base, PL_TIER_DEFAULT, &cases[i].setting, 1, &s, NULL), 0);
        assert_int_equal(s.conditions_left, cases[i].left);
    }
}

static void a_limit_must_fit(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct pl_error error = {""};
    const char *small = "limits.packets=100B", *unused = "limits.frames=1MiB";
    assert_int_equal(parse(base, PL_TIER_DEFAULT, &small, 1, &s, &error), -EINVAL);
    assert_non_null(strstr(error.text, "smaller than one packet"));
    assert_int_equal(parse(base, PL_TIER_DEFAULT, &unused, 1, &s, &error), -EINVAL);
    assert_non_null(strstr(error.text, "no class draws: frames; "));
}

/* Every tier of every scenario states its share of real time: 60 s for all of smoke, 5 minutes for
 * all of default. A run says when it took more. */
static void our_scenarios_are_valid_and_within_their_tiers(void **state)
{
    (void)state;
    static const int64_t whole_s[PL_TIER_COUNT] = {60, 300, INT64_MAX};
    int64_t budget_ns[PL_TIER_COUNT] = {0};
    char **paths = NULL;
    struct pl_error error = {""};
    int count = pl_scenario_list(&paths, &error);
    assert_true(count >= 2);
    for (int i = 0; i < count; i++) {
        struct pl_scenario s;
        for (int tier = 0; tier < PL_TIER_COUNT; tier++) {
            if (pl_scenario_load(paths[i], (enum pl_tier)tier, NULL, 0, &s, &error))
                fail_msg("%s", error.text);
            assert_true(s.budget_ns > 0);
            budget_ns[tier] += s.budget_ns;
        }
        free(paths[i]);
    }
    free(paths);
    for (int tier = 0; tier < PL_TIER_COUNT; tier++)
        assert_true(budget_ns[tier] / 1000000000 <= whole_s[tier]);
}

static void an_unknown_scenario_names_the_known(void **state)
{
    (void)state;
    char path[256];
    struct pl_error error = {""};
    assert_int_equal(pl_scenario_find("no-such", path, sizeof path, &error), -ENOENT);
    assert_non_null(strstr(error.text, "arena-ratchet-4k, crossfade"));
    assert_non_null(strstr(error.text, " and more (plimsoll list scenarios)"));
    assert_int_equal(pl_scenario_find("./no-such.yaml", path, sizeof path, &error), -ENOENT);
    assert_int_equal(pl_scenario_find("steady-reader", path, sizeof path, &error), 0);
}

/* A folder of one's own comes first, and hides no other name of Plimsoll's. */
static void a_folder_of_ones_own_hides_no_other(void **state)
{
    (void)state;
    char folder[] = "/tmp/plimsoll-own-XXXXXX", own[64], path[256];
    struct pl_error error = {""};
    assert_non_null(mkdtemp(folder));
    snprintf(own, sizeof own, "%s/stalled-reader.yaml", folder);
    FILE *file = fopen(own, "w");
    assert_non_null(file);
    fclose(file);
    setenv("PLIMSOLL_SCENARIOS", folder, 1);
    int rc = pl_scenario_find("steady-reader", path, sizeof path, &error);
    int rc_own = pl_scenario_find("stalled-reader", path, sizeof path, &error);
    char **known = NULL, **first = NULL;
    int first_count = pl_scenario_list(&first, &error);
    int count = pl_scenario_list_known(&known, &error), named = 0;
    for (int i = 0; i < count; i++)
        named += strstr(known[i], "/stalled-reader.yaml") != NULL;
    struct pl_error near = {""};
    char none[256];
    int rc_near = pl_scenario_find("steady-raeder", none, sizeof none, &near);
    unsetenv("PLIMSOLL_SCENARIOS");
    unlink(own);
    rmdir(folder);
    assert_int_equal(rc, 0);
    assert_int_equal(rc_own, 0);
    assert_string_equal(path, own);
    assert_int_equal(first_count, 1);
    assert_true(count > 10);
    assert_int_equal(named, 1);
    assert_string_equal(known[0], own);
    assert_int_equal(rc_near, -ENOENT);
    assert_string_equal(near.text, "unknown scenario steady-raeder; did you mean steady-reader?");
    free(first[0]);
    free(first);
    while (count)
        free(known[--count]);
    free(known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clocks_have_names),
        cmocka_unit_test(a_folder_of_ones_own_hides_no_other),
        cmocka_unit_test(takes_a_whole_scenario),
        cmocka_unit_test(tells_where_and_what),
        cmocka_unit_test(an_expectation_may_name_a_clock),
        cmocka_unit_test(bad_conditions_of_an_expectation_are_refused),
        cmocka_unit_test(misses_what_is_required),
        cmocka_unit_test(refuses_what_is_no_scenario),
        cmocka_unit_test(text_is_utf8_without_directives),
        cmocka_unit_test(what_is_not_printable_is_refused),
        cmocka_unit_test(a_tier_overrides_the_top),
        cmocka_unit_test(settings_override_all),
        cmocka_unit_test(buffers_are_as_large_as_the_receiver_has_them),
        cmocka_unit_test(settings_fail_by_their_key),
        cmocka_unit_test(only_the_wrong_setting_is_blamed),
        cmocka_unit_test(settings_that_leave_the_conditions_are_noted),
        cmocka_unit_test(a_limit_must_fit),
        cmocka_unit_test(our_scenarios_are_valid_and_within_their_tiers),
        cmocka_unit_test(an_unknown_scenario_names_the_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
