/* The key `counterpart`: which scenarios may be one, and what is said of those that may not. */
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

static const char folder[] = "/tmp/counterpart-XXXXXX";

#define PROGRAM "pipeline: program\nprogram: {command: [sleep, '1']}\n"
static const char *const files[][2] = {
    {"real-own.yaml", "name: real-own\ntitle: Own\n" PROGRAM},
    {"real-child.yaml", "extends: real-own\nname: real-child\n"},
    {"recorded-own.yaml", "name: recorded-own\npipeline: trace\n"},
    {"broken.yaml", "pipeline: [program\n"},
};

static void name_of(char *path, const char *in, const char *file)
{
    snprintf(path, 128, "%s/%s", in, file);
}

static void write_file(const char *in, const char *name, const char *text)
{
    char path[128];
    name_of(path, in, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int open_folder(void **state)
{
    char *in = strdup(folder);
    assert_non_null(mkdtemp(in));
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        write_file(in, files[i][0], files[i][1]);
    *state = in;
    return 0;
}

static int remove_folder(void **state)
{
    char path[128];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        name_of(path, *state, files[i][0]);
        unlink(path);
    }
    name_of(path, *state, "own.yaml");
    unlink(path);
    int rc = rmdir(*state);
    free(*state);
    return rc;
}

static int load(const char *in, const char *line, const char *setting, struct pl_scenario *s,
                struct pl_error *error)
{
    char text[1024], path[128];
    snprintf(text, sizeof text,
             "name: own\ntitle: Own\npipeline: receiver\n"
             "traffic: {file: x.pcap}\nclasses: {packet: {size: 696B, budget: packets}}\n"
             "duration: 60s\nallocators: glibc\n%s\n"
             "expect: [{stacks: all, outcome: bounded}]\nlimits: {packets: 1MiB}\n",
             line);
    write_file(in, "own.yaml", text);
    name_of(path, in, "own.yaml");
    return pl_scenario_load(path, PL_TIER_DEFAULT, &setting, setting ? 1 : 0, s, error);
}

/* One that comes with Plimsoll, one beside the file, one that extends another, a recorded one. */
static void names_a_real_program(void **state)
{
    static const char *const names[] = {"real-liquidsoap-delay", "recorded-transcode", "real-own",
                                        "real-child", "recorded-own"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct pl_scenario s;
        struct pl_error error = {""};
        char line[64];
        snprintf(line, sizeof line, "counterpart: %s", names[i]);
        if (load(*state, line, NULL, &s, &error))
            fail_msg("%s", error.text);
        assert_string_equal(s.counterpart, names[i]);
    }
}

static void holds_expectations_where_it_is_set(void **state)
{
    struct pl_scenario s;
    struct pl_error error = {""};
    if (load(*state, "", "counterpart=real-own", &s, &error))
        fail_msg("%s", error.text);
    assert_string_equal(s.counterpart, "real-own");
    assert_false(s.conditions_left);
}

static void refuses_what_is_none(void **state)
{
    static const struct {
        const char *line, *setting, *message;
    } cases[] = {
        {"counterpart: real-licuidsoap-delay", NULL,
         "own.yaml:8:14: counterpart: unknown scenario real-licuidsoap-delay; did you mean "
         "real-liquidsoap-delay?"},
        {"counterpart: real-chlid", NULL, "; did you mean real-child?"},
        {"counterpart: own", NULL,
         "own.yaml:8:14: counterpart: this scenario itself; expected another one"},
        {"counterpart: stalled-reader", NULL, "counterpart: stalled-reader is a model itself"},
        {"counterpart: broken", NULL, "counterpart: broken is a model itself"},
        {"counterpart: ../real-own", NULL,
         "counterpart: '../real-own' is not a name of a scenario"},
        {"counterpart: ''", NULL, "counterpart: '' is not a name of a scenario"},
        {"counterpart: [real-own]", NULL, "own.yaml:8:15: counterpart is not a plain value"},
        {"", "counterpart=real-icecast",
         "counterpart: unknown scenario real-icecast; did you mean real-icecast-slow-listeners?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_scenario s;
        struct pl_error error = {""};
        assert_int_equal(load(*state, cases[i].line, cases[i].setting, &s, &error), -EINVAL);
        if (!strstr(error.text, cases[i].message) || strchr(error.text, '\n'))
            fail_msg("'%s' does not hold '%s'", error.text, cases[i].message);
    }
}

static void a_program_has_none(void **state)
{
    struct pl_scenario s;
    struct pl_error error = {""};
    char path[128];
    write_file(*state, "own.yaml",
               "name: own\ntitle: Own\nduration: 60s\nallocators: glibc\n" PROGRAM
               "expect: [{stacks: all, outcome: bounded}]\n"
               "counterpart: real-own\n");
    name_of(path, *state, "own.yaml");
    assert_int_equal(pl_scenario_load(path, PL_TIER_DEFAULT, NULL, 0, &s, &error), -EINVAL);
    assert_non_null(
        strstr(error.text,
               "counterpart: a scenario of a program is real itself; expected no counterpart"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_a_real_program),
        cmocka_unit_test(holds_expectations_where_it_is_set),
        cmocka_unit_test(refuses_what_is_none),
        cmocka_unit_test(a_program_has_none),
    };
    return cmocka_run_group_tests(tests, open_folder, remove_folder);
}
