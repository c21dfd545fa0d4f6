/* The key background. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/scenario/tests/rig.h"

#define S INT64_C(1000000000)

static const char receiver[] = "name: test\n"
                               "title: a test\n"
                               "pipeline: receiver\n"
                               "traffic: {file: a.pcap}\n"
                               "classes: {packet: {size: 696B}, packet_buffer: {size: fit}}\n"
                               "duration: 60s\n"
                               "allocators: [glibc]\n"
                               "expect: [{stacks: all, outcome: bounded}]\n";

static void keys_are_taken(void **state)
{
    (void)state;
    struct pl_scenario s;
    rig_takes(receiver,
              "background:\n"
              "  - {rate: 0.5, size: 64B..4KiB, queue: 100, from: 10s, until: -5s}\n"
              "  - {rate: 1000, size: 32B, class: packet}\n",
              NULL, &s);
    assert_int_equal(s.background_count, 2);
    const struct pl_background *b = s.background;
    assert_true(b->rate == 0.5);
    assert_int_equal(b->size_min, 64);
    assert_int_equal(b->size_max, 4096);
    assert_int_equal(b->queue, 100);
    assert_int_equal(b->span.from_ns, 10 * S);
    assert_int_equal(b->span.until_ns, 55 * S);
    assert_int_equal(b[1].size_min, 32);
    assert_int_equal(b[1].size_max, 32);
    assert_int_equal(b[1].queue, 0);
    assert_int_equal(s.class_count, 3); /* its own comes last */
    assert_string_equal(s.classes[2].name, "background");
    assert_int_equal(s.classes[2].size, 4096);
}

/* A --set replaces the list, and the class follows. */
static void what_is_set_replaces_it(void **state)
{
    (void)state;
    struct pl_scenario s;
    rig_takes(receiver, "background: [{rate: 1, size: 4KiB}]", "background=[{rate: 1, size: 8KiB}]",
              &s);
    assert_int_equal(s.classes[2].size, 8192);
    rig_takes(receiver, "background: [{rate: 1, size: 4KiB}]", "background=[]", &s);
    assert_int_equal(s.class_count, 2);
}

static void mistakes_are_told(void **state)
{
    (void)state;
    static const struct rig_mistake cases[] = {
        {"background: 5", "9:13: background is not a list"},
        {"background: [{rate: 5}]", "expected each with a rate and a size"},
        {"background: [{size: 5B}]", "expected each with a rate and a size"},
        {"background: [{rate: 0, size: 5B}]", "background: rate: '0' is out of range"},
        {"background: [{rate: 1e9, size: 5B}]", "background: rate: '1e9' is out of range"},
        {"background: [{rate: 5, size: 0}]", "background: size is out of range"},
        {"background: [{rate: 5, size: 4KiB..64B}]", "background: size is out of range"},
        {"background: [{rate: 5, size: 1KiB..2GiB}]", "background: size is out of range"},
        {"background: [{rate: 5, size: some}]", "background: size: "},
        {"background: [{rate: 5, size: 1KiB, queue: -1}]", "background: queue is out of range"},
        {"background: [{rate: 5, size: 1KiB, queue: 5000000}]", "queue is out of range"},
        {"background: [{rate: 5, size: 1KiB, class: Not Ours}]", "'Not Ours' is not a name"},
        {"background: [{rate: 5, size: 1KiB, class: packet}]",
         "a block of 1024 B is larger than the class packet of 696 B"},
        {"background: [{rate: 5, size: 1KiB, from: 30s, until: 20s}]",
         "background: one ends before it begins"},
        {"background: [{rate: 5, size: 1KiB, from: -90s}]",
         "background: one ends before it begins"},
        {"background: [{rate: 5, sise: 1KiB}]", "did you mean size?"},
        {"background: [{rate: 5, size: 1KiB}]\nclock: wall", "expected the virtual clock"},
    };
    rig_refuses_all(receiver, cases, sizeof cases / sizeof *cases);
}

static void a_trace_has_its_own(void **state)
{
    (void)state;
    rig_refuses("name: test\ntitle: a test\npipeline: trace\ntrace: {file: a.trace}\n"
                "duration: 60s\nallocators: [glibc]\nexpect: [{stacks: all, outcome: bounded}]\n",
                "background: [{rate: 5, size: 1KiB}]", NULL,
                "'background' is not a key of the pipeline trace");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_taken),
        cmocka_unit_test(what_is_set_replaces_it),
        cmocka_unit_test(mistakes_are_told),
        cmocka_unit_test(a_trace_has_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
