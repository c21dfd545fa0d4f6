/* A scenario that extends another: what is taken over, what is replaced, and where messages point.
 */
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

static const char base_text[] = "name: base\n"
                                "title: Base\n"
                                "pipeline: receiver\n"
                                "traffic: {file: x.pcap, sessions: 3}\n"
                                "classes: {packet: {size: 696B, budget: packets}}\n"
                                "limits: {packets: 1MiB}\n"
                                "duration: 60s\n"
                                "allocators: [glibc, limited]\n"
                                "expect: [{stacks: all, outcome: bounded}]\n"
                                "tiers:\n"
                                "  smoke: {duration: 20s, repeat: 2}\n"
                                "  full: {duration: 10m}\n";

struct folder {
    char path[64];
};

static void write_file(const struct folder *f, const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", f->path, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int load(const struct folder *f, const char *own, enum pl_tier tier, const char *setting,
                struct pl_scenario *s, struct pl_error *error)
{
    char path[128];
    write_file(f, "own.yaml", own);
    snprintf(path, sizeof path, "%s/own.yaml", f->path);
    return pl_scenario_load(path, tier, &setting, setting ? 1 : 0, s, error);
}

static int open_folder(void **state)
{
    static struct folder folder;
    strcpy(folder.path, "/tmp/extends-XXXXXX");
    assert_non_null(mkdtemp(folder.path));
    write_file(&folder, "base.yaml", base_text);
    *state = &folder;
    return 0;
}

static int remove_folder(void **state)
{
    struct folder *f = *state;
    static const char *const names[] = {"base.yaml", "own.yaml", "third.yaml", "broken.yaml",
                                        "double.yaml"};
    char path[128];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", f->path, names[i]);
        unlink(path);
    }
    return rmdir(f->path);
}

static void takes_over_what_it_does_not_say(void **state)
{
    struct pl_scenario s;
    struct pl_error error = {""};
    if (load(*state, "extends: base\nname: own\ntraffic: {sessions: 5}\n", PL_TIER_DEFAULT, NULL,
             &s, &error))
        fail_msg("%s", error.text);
    assert_string_equal(s.name, "own");
    assert_string_equal(s.title, "Base");
    assert_int_equal(s.traffic.sessions, 5);
    assert_non_null(strstr(s.traffic.file, "x.pcap"));
    assert_int_equal(s.duration_ns / 1000000000, 60);
    assert_int_equal(s.expectation_count, 1);
}

/* What it says itself holds in each tier; what it does not say is as in the base's. */
static void its_own_keys_go_over_a_bases_tiers(void **state)
{
    struct pl_scenario s;
    struct pl_error error = {""};
    const char *own = "name: own\nduration: 30s\nextends: base\n"
                      "tiers: {smoke: {repeat: 3}, default: {duration: 40s}}\n";
    static const struct {
        enum pl_tier tier;
        int64_t seconds;
        uint32_t repeat;
    } cases[] = {{PL_TIER_SMOKE, 30, 3}, {PL_TIER_DEFAULT, 40, 1}, {PL_TIER_FULL, 30, 1}};
    for (size_t i = 0; i < 3; i++) {
        if (load(*state, own, cases[i].tier, NULL, &s, &error))
            fail_msg("%s", error.text);
        assert_int_equal(s.duration_ns / 1000000000, cases[i].seconds);
        assert_int_equal(s.repeat, cases[i].repeat);
    }
}

/* What is not in the same folder is looked for among those that come with Plimsoll, recordings and
 * all. */
static void finds_one_of_ours(void **state)
{
    struct pl_scenario s;
    struct pl_error error = {""};
    if (load(*state, "extends: steady-reader\nname: own\nduration: 30s\n", PL_TIER_DEFAULT, NULL,
             &s, &error))
        fail_msg("%s", error.text);
    assert_int_equal(s.traffic.file[0], '/');
    assert_int_equal(access(s.traffic.file, R_OK), 0);
    if (load(*state, "extends: steady-reader\nname: own\ntraffic: {file: my.pcap}\n",
             PL_TIER_DEFAULT, NULL, &s, &error))
        fail_msg("%s", error.text);
    assert_non_null(strstr(s.traffic.file, ((struct folder *)*state)->path));
}

/* Each step's keys come over those of the one before; what is dropped stays so. */
static void a_chain_is_followed(void **state)
{
    const struct folder *f = *state;
    struct pl_scenario s;
    struct pl_error error = {""};
    write_file(f, "second.yaml", "extends: base\nname: second\nduration: 77s\nseed: 5\n");
    write_file(f, "third.yaml", "extends: second\nname: third\nseed: 6\n");
    if (load(f, "extends: third\nname: own\nexpect: []\nallocators: [heaps, limited]\n",
             PL_TIER_DEFAULT, NULL, &s, &error))
        fail_msg("%s", error.text);
    assert_string_equal(s.extends, "third");
    assert_int_equal(s.duration_ns, INT64_C(77000000000));
    assert_int_equal(s.seed, 6);
    assert_int_equal(s.expectation_count, 0);
    assert_int_equal(strncmp(s.allocators, "glibc", 5), 0);
    assert_string_equal(strrchr(s.allocators, ','), ",limited");
}

/* `none` is what the table of keys says of their default. */
static void none_drops_what_is_inherited(void **state)
{
    const struct folder *f = *state;
    struct pl_scenario s;
    struct pl_error error = {""};
    write_file(f, "stalls.yaml",
               "extends: base\nname: stalls\nreceiver: {stalls: [{from: 1s, until: 2s}]}\n");
    if (load(f,
             "extends: stalls\nname: own\nreceiver: {stalls: none}\nsweep: none\nalerts: none\n"
             "counterpart: none\ntraffic: {sdp: none, outages: none, churn: none}\n",
             PL_TIER_DEFAULT, NULL, &s, &error))
        fail_msg("%s", error.text);
    assert_int_equal(s.receiver.stall_count, 0);
    assert_int_equal(s.traffic.sdp[0], '\0');
}

static void tells_what_is_wrong_and_where(void **state)
{
    const struct folder *f = *state;
    static const struct {
        const char *own, *setting, *message;
    } cases[] = {
        {"extends: none\nname: own\n", NULL,
         "own.yaml:1:10: extends: unknown scenario none; expected a file beside this one by its "
         "name without .yaml, "},
        {"extends: ../base\nname: own\n", NULL,
         "own.yaml:1:10: extends: '../base' is not a name of a scenario; expected one of a file "
         "beside this one, or of `plimsoll list scenarios`, without folder and .yaml"},
        {"name: own\nextends: [base]\n", NULL, "own.yaml:2:11: extends is not a plain value"},
        {"name: own\nextends: round\n", NULL,
         "about.yaml:1:10: extends: round extends itself in a circle"},
        {"name: own\nextends: own\n", NULL,
         "own.yaml:2:10: extends: own extends itself in a circle"},
        {"name: own\nextends: base\nexpect: *all\n", NULL, "a YAML alias (*name); expected"},
        {"name: own\nextends: base\nclasses: {packte: {size: 700B, budget: packets}}\n", NULL,
         "unknown class of the pipeline receiver: packte; did you mean packet?"},
        {"name: own\nextends: base\n", "limits.packets=500B",
         "--set limits.packets: stack 'limited': a limit of 500 B"},
        {"name: own\nextends: broken\n", NULL, "broken.yaml:1:11: duration: 'x' is not a time"},
        {"name: own\nextends: double\n", NULL, "double.yaml:1:1: two YAML documents"},
        {"name: own\nextends: base\ntiers: {smoke: {extends: base2}}\n", NULL,
         "own.yaml:3:17: extends is not at the top level"},
        {"name: own\nextends: base\n", "extends=base",
         "--set extends: extends is not at the top level"},
        {"name: own\nextends: base\nlimits: {packets: 500B}\n", NULL,
         "own.yaml:2:10: stack 'limited': a limit of 500 B"},
    };
    write_file(f, "round.yaml", "extends: about\nname: round\n");
    write_file(f, "about.yaml", "extends: round\nname: about\n");
    write_file(f, "broken.yaml", "duration: x\n");
    write_file(f, "double.yaml", "name: one\n---\nname: two\n");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_scenario s;
        struct pl_error error = {""};
        assert_int_equal(load(f, cases[i].own, PL_TIER_DEFAULT, cases[i].setting, &s, &error),
                         -EINVAL);
        if (!strstr(error.text, cases[i].message))
            fail_msg("'%s' does not hold '%s'", error.text, cases[i].message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_over_what_it_does_not_say),
        cmocka_unit_test(its_own_keys_go_over_a_bases_tiers),
        cmocka_unit_test(finds_one_of_ours),
        cmocka_unit_test(a_chain_is_followed),
        cmocka_unit_test(none_drops_what_is_inherited),
        cmocka_unit_test(tells_what_is_wrong_and_where),
    };
    return cmocka_run_group_tests(tests, open_folder, remove_folder);
}
