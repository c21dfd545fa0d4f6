/* The key session.objects, and load of the pipelines that have sessions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "harness/scenario/tests/rig.h"

#define S INT64_C(1000000000)

static const char head[] = "name: test\n"
                           "title: a test\n"
                           "pipeline: receiver\n"
                           "traffic: {file: a.pcap}\n"
                           "classes: {packet: {size: 696B}, packet_buffer: {size: fit}}\n"
                           "duration: 60s\n"
                           "allocators: [glibc]\n"
                           "expect: [{stacks: all, outcome: bounded}]\n";

static void objects_are_taken(void **state)
{
    (void)state;
    struct pl_scenario s;
    rig_takes(head,
              "session:\n"
              "  objects:\n"
              "    - {class: call, size: 2KiB, count: 3, at: start, kept: session}\n"
              "    - {class: rtcp, size: 64B..512B, at: every 5s, kept: 100 events}\n"
              "    - {size: 96B, at: every 5ms, kept: session}\n"
              "    - {class: call, size: 4KiB, count: 2, at: end, kept: for ever, share: 2%}\n"
              "    - {class: packet, size: 600B}\n",
              NULL, &s);
    assert_int_equal(s.session.object_count, 5);
    const struct pl_session_object *o = s.session.objects;
    assert_int_equal(o[0].count, 3);
    assert_int_equal(o[0].at, PL_OBJECT_AT_START);
    assert_int_equal(o[0].kept, PL_OBJECT_KEPT_SESSION);
    assert_true(o[0].share == 1);
    assert_int_equal(o[1].size_min, 64);
    assert_int_equal(o[1].size_max, 512);
    assert_int_equal(o[1].at, PL_OBJECT_EVERY);
    assert_int_equal(o[1].every_ns, 5 * S);
    assert_int_equal(o[1].kept, PL_OBJECT_KEPT_EVENTS);
    assert_int_equal(o[1].events, 100);
    assert_int_equal(o[1].count, 1);
    assert_int_equal(o[2].every_ns, 5000000);
    assert_int_equal(o[3].at, PL_OBJECT_AT_END);
    assert_int_equal(o[3].kept, PL_OBJECT_KEPT_FOR_EVER);
    assert_true(o[3].share == 0.02);
    assert_int_equal(o[4].at, PL_OBJECT_AT_START); /* where nothing else is said */
    assert_int_equal(o[4].kept, PL_OBJECT_KEPT_SESSION);
    static const struct {
        const char *name;
        uint64_t size;
    } made[] = {{"call", 4096}, {"rtcp", 512}, {"object", 96}}; /* as large as their largest */
    assert_int_equal(s.class_count, 5);
    for (int i = 0; i < 3; i++) {
        assert_string_equal(s.classes[2 + i].name, made[i].name);
        assert_int_equal(s.classes[2 + i].size, made[i].size);
        assert_int_equal(s.classes[2 + i].budget, PL_BUDGET_FREE);
    }
}

/* Two entries share one; paths are beside the file, but for a --set's. */
static void profiles_are_files(void **state)
{
    (void)state;
    struct pl_scenario s;
    static const char one[] = "session: {objects: [{profile: p/a.tsv, class: packet}, {profile: "
                              "/b.tsv, class: packet}, {profile: p/a.tsv, class: packet}]}";
    rig_takes(head, one, NULL, &s);
    assert_int_equal(s.session.profile_count, 2);
    assert_string_equal(s.session.profiles[0].path, "dir/p/a.tsv");
    assert_string_equal(s.session.profiles[1].path, "/b.tsv");
    assert_int_equal(s.session.objects[1].profile, 1);
    assert_int_equal(s.session.objects[2].profile, 0);
    const char *paths[PL_FILES_MAX];
    assert_int_equal(pl_scenario_files(&s, paths), 3);
    assert_string_equal(paths[0], "dir/a.pcap");
    assert_string_equal(paths[2], "/b.tsv");
    rig_takes(head, one, "session.objects=[{profile: c.tsv, class: packet}]", &s);
    assert_int_equal(s.session.profile_count, 1);
    assert_string_equal(s.session.profiles[0].path, "c.tsv");
}

/* Two stretches of one trace are two profiles of one file. */
static void stretches_of_a_trace(void **state)
{
    (void)state;
    struct pl_scenario s;
    static const char two[] =
        "session: {objects: [{from: 2s, profile: a.trace, until: 3s, class: packet}, {profile: "
        "a.trace, class: packet, from: 5s}, {profile: a.trace, from: 2s, until: 3s, class: "
        "packet}]}";
    rig_takes(head, two, NULL, &s);
    assert_int_equal(s.session.profile_count, 2);
    assert_int_equal(s.session.profiles[0].from_ns, 2000000000);
    assert_int_equal(s.session.profiles[0].until_ns, 3000000000);
    assert_int_equal(s.session.profiles[1].until_ns, 0);
    assert_int_equal(s.session.objects[1].profile, 1);
    assert_int_equal(s.session.objects[2].profile, 0);
}

static void what_is_set_replaces_them(void **state)
{
    (void)state;
    static const char one[] = "session: {objects: [{size: 4KiB}]}";
    struct pl_scenario s;
    rig_takes(head, one, "session.objects=[{size: 8KiB}, {size: 1KiB}]", &s);
    assert_int_equal(s.session.object_count, 2);
    assert_int_equal(s.classes[2].size, 8192);
    rig_takes(head, one, "session.objects=none", &s);
    assert_int_equal(s.session.object_count, 0);
    assert_int_equal(s.class_count, 2);
}

static void mistakes_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *object;
        const char *message;
    } cases[] = {
        {"{at: start}", "9:22: session.objects: a size is missing"},
        {"{size: 0B}", "session.objects: size is out of range"},
        {"{size: 9KiB..1KiB}", "session.objects: size is out of range"},
        {"{size: 1KiB, count: 0}", "count is out of range; expected 1 to 65536"},
        {"{size: 1KiB, count: 65537}", "count is out of range"},
        {"{size: 1KiB, at: every 0s}", "'every 0s' is out of range; expected every 1ms"},
        {"{size: 1KiB, at: every -1s}", "'every -1s' is out of range"},
        {"{size: 1KiB, at: every}", "'every' is no time of a session"},
        {"{size: 1KiB, at: every 5}", "session.objects: at: '5' is not a time"},
        {"{size: 1KiB, at: noon}", "'noon' is no time of a session; expected start, end or every"},
        {"{size: 1KiB, kept: a while}", "'a while' is no lifetime; expected session, for ever"},
        {"{size: 1KiB, at: every 1s, kept: 0 events}", "'0 events' is no lifetime"},
        {"{size: 1KiB, at: every 1s, kept: 5000000 events}", "'5000000 events' is no lifetime"},
        {"{size: 1KiB, at: every 1s, kept: 5}", "'5' is no lifetime"},
        {"{size: 1KiB, kept: 5 events}", "kept: a session has one start; expected at: every TIME"},
        {"{size: 1KiB, at: end, kept: 1 event}", "kept: a session has one end; expected"},
        {"{size: 16B..1KiB, kept: for ever}", "kept for ever is too small; expected 32 B"},
        {"{size: 1KiB, share: 101%}", "session.objects: share: '101%' is not a share"},
        {"{size: 1KiB, share: 0.5}", "session.objects: share: '0.5' is not a share"},
        {"{size: 1KiB, class: packet}",
         "session.objects: a block of 1024 B is larger than the class packet of 696 B"},
        {"{size: 1KiB, from: 1s}", "from and until without a profile; expected a trace"},
        {"{profile: a.trace, class: packet, from: 2s, until: 2s}", "until is not behind from"},
        {"{profile: a.trace, class: packet, from: -1s}", "from or until is negative"},
        {"{sise: 1KiB}", "did you mean size?"},
        {"{size: 1KiB, profile: a.tsv}", "session.objects: a size and a profile; expected one"},
        {"{profile: a.tsv}",
         "session.objects: a profile's blocks have the class object, which has no size; expected "
         "it in "
         "classes, with room for the largest: classes: {object: {size: 64KiB}}, or class: with one "
         "that is there"},
        {"{profile: a.tsv, class: packet_buffer}",
         "have the class packet_buffer, which has no size; expected"},
        {"{profile: a, class: packet}, {profile: b, class: packet}, {profile: c, class: packet}, "
         "{profile: d, class: packet}",
         "session.objects: more than 3 profiles"},
    };
    char more[2048];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(more, sizeof more, "session: {objects: [%s]}", cases[i].object);
        rig_refuses(head, more, NULL, cases[i].message);
    }
    rig_refuses(head, "session: {objects: 5}", NULL, "session.objects is not a list");
    size_t used = (size_t)snprintf(more, sizeof more, "session: {objects: [");
    for (int i = 0; i < 17; i++)
        used += (size_t)snprintf(more + used, sizeof more - used, "{size: 1KiB}, ");
    snprintf(more + used, sizeof more - used, "]}");
    rig_refuses(head, more, NULL, "session.objects: more than 16 entries");
}

static void others_have_no_sessions(void **state)
{
    (void)state;
    rig_refuses("name: test\ntitle: a test\npipeline: blocks\n"
                "blocks: {file: a.tsv}\nclasses: {block: {size: 64KiB}}\n"
                "duration: 60s\nallocators: [glibc]\n"
                "expect: [{stacks: all, outcome: bounded}]\n",
                "session: {objects: [{size: 1KiB}]}", NULL,
                "is a key of the pipeline receiver, not of blocks");
}

#define LOAD "load: [{at: 0s, sessions: 0}, {at: 9s, sessions: 40}, {at: 20s, sessions: 3}]\n"

/* A load says how many senders a receiver has. */
static void senders_follow_a_load(void **state)
{
    (void)state;
    struct pl_scenario s;
    rig_takes(head, LOAD, NULL, &s);
    assert_int_equal(s.traffic.sessions, 40);
    assert_int_equal(s.traffic.load.count, 3);
    rig_takes(head, LOAD, "load=[{at: 1s, sessions: 7}]", &s);
    assert_int_equal(s.traffic.sessions, 7);
    rig_takes(head, "", NULL, &s);
    assert_int_equal(s.traffic.load.count, 0);
}

static void a_load_beside_what_contradicts_it_is_refused(void **state)
{
    (void)state;
    rig_refuses(head, LOAD, "traffic.sessions=4",
                "traffic.sessions and load both say how many there are");
    rig_refuses(head, LOAD "clock: wall", NULL, "senders come and go by a load in virtual time");
    rig_refuses(head, LOAD "receiver: {stalls: [{from: 5s, until: 6s}]}", NULL,
                "expected no load beside them");
    rig_refuses(head, "load: [{at: 0s, sessions: 70000}]", NULL, "load: more than 65536 senders");
    rig_refuses(head, "load: [{at: 0s, sessions: 0}]", NULL, "load: no session ever comes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_are_taken),
        cmocka_unit_test(profiles_are_files),
        cmocka_unit_test(stretches_of_a_trace),
        cmocka_unit_test(what_is_set_replaces_them),
        cmocka_unit_test(mistakes_are_told),
        cmocka_unit_test(others_have_no_sessions),
        cmocka_unit_test(senders_follow_a_load),
        cmocka_unit_test(a_load_beside_what_contradicts_it_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
