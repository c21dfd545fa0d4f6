/* The keys of the pipeline blocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/scenario/tests/rig.h"

static const char base[] = "name: test\n"
                           "title: a test\n"
                           "pipeline: blocks\n"
                           "classes: {block: {size: 64KiB}}\n"
                           "duration: 60s\n"
                           "allocators: [glibc]\n"
                           "expect: [{stacks: all, outcome: bounded}]\n";

static void keys_are_taken(void **state)
{
    (void)state;
    struct pl_scenario s;
    rig_takes(base,
              "blocks: {file: a.tsv, cycle: 2s, idle: 1.5s, live: 1MiB, survivors: 2%, "
              "survivor_lifetime: 6s, idle_work: 0%}",
              NULL, &s);
    assert_string_equal(s.blocks.file, "dir/a.tsv");
    assert_int_equal(s.blocks.cycle_ns, INT64_C(2000000000));
    assert_int_equal(s.blocks.idle_ns, INT64_C(1500000000));
    assert_int_equal(s.blocks.live_bytes, 1 << 20);
    assert_true(s.blocks.survivors == 0.02 && s.blocks.idle_work == 0);
    assert_int_equal(s.blocks.survivor_lifetime_ns, INT64_C(6000000000));
}

static void mistakes_are_told(void **state)
{
    (void)state;
    static const struct rig_mistake cases[] = {
        {"", "1:1: the key 'blocks.file' is missing"},
        {"traffic: {file: a.pcap}\nblocks: {file: a}",
         "8:11: 'traffic' is a key of the pipeline receiver, not of blocks"},
        {"threads: 65\nblocks: {file: a}",
         "8:10: threads: '65' is out of range; expected numbers from 1 to 64"},
        {"threads: 0\nblocks: {file: a}",
         "8:10: threads: '0' is out of range; expected numbers from 1 to 64"},
        {"threads: [2, 8, 2]\nblocks: {file: a}",
         "8:11: threads: 2 is named twice; expected once (repeat repeats)"},
        {"threads: [1, 2, 3, 4, 5, 6, 7, 8, 9]\nblocks: {file: a}",
         "8:11: threads: more than 8 numbers"},
        {"threads: [1, 64]\ncontainer: 512MiB\nblocks: {file: a}",
         "8:11: threads: the stacks of 64 threads take 536870912 B, all of the container; expected "
         "fewer threads, less workers.stack or more container"},
        {"workers: {renew: 19ms}\nblocks: {file: a}",
         "8:18: workers.renew is shorter than workers.turn; expected a time of a turn or more"},
        {"workers: {renew: often}\nblocks: {file: a}",
         "8:18: workers.renew: 'often' is no time; expected never, job or a time such as 60s"},
        {"workers: {renew: job}\nblocks: {file: a}",
         "9:10: blocks.idle_work: with workers.renew: job no thread is there to do it; expected "
         "0%"},
        {"workers: {assign: fair}\nblocks: {file: a}",
         "8:19: unknown value of workers.assign: fair; expected round_robin|least_loaded|random"},
        {"blocks: {file: a, idle: 1s}",
         "8:25: blocks.idle is not shorter than its cycle; expected a shorter time"},
        {"blocks: {file: a, survivor_lifetime: 999ms}",
         "8:38: blocks.survivor_lifetime is out of range; expected 1 to 63 cycles"},
        {"blocks: {file: a, survivor_lifetime: 64s}",
         "8:38: blocks.survivor_lifetime is out of range; expected 1 to 63 cycles"},
        {"sample_interval: 600ms\nblocks: {file: a}",
         "8:18: sample_interval is wider than blocks.idle; expected a shorter one, to sample the "
         "troughs"},
        {"blocks: {file: a, cycle: 16s}",
         "8:10: blocks.survivor_lifetime is out of range; expected 1 to 63 cycles"},
        {"blocks: {file: a, idle: 99ms}", "8:10: sample_interval is wider than blocks.idle; "
                                          "expected a shorter one, to sample the troughs"},
        {"blocks: {file: a, cycle: 16s, survivor_lifetime: 16s}",
         "5:11: duration is shorter than 4 cycles; expected 1 min 4 s or more"},
        {"blocks: {file: a, live: 1KiB}",
         "8:25: blocks.live is out of range; expected 64 KiB to 1 GiB"},
        {"blocks: {file: a, survivors: 0.5}",
         "8:30: blocks.survivors: '0.5' is not a share; expected 0% to 100%"},
    };
    rig_refuses_all(base, cases, sizeof cases / sizeof *cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_taken),
        cmocka_unit_test(mistakes_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
