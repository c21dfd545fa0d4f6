/* Cycles of blocks: what is held when, that the books balance, and what a broken block does. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/clock/real.h"
#include "harness/clock/virtual.h"
#include "harness/pipelines/blocks/held.h"
#include "harness/pipelines/blocks/jobs.h"
#include "harness/traffic/material.h"

#define S INT64_C(1000000000)
#define MS INT64_C(1000000)
#define LIVE (512u << 10)

/* Half the blocks are held for a cycle. */
static const char profile[] =
    "24\t0\t10\n100\t3\t20\n200\t6\t20\n3\t2\t10\n500\t7\t20\n5000\t16\t20\n";

struct rig {
    struct pl_scenario scenario;
    struct pl_recording *recording;
    struct pl_stack *stack;
    struct pl_sides sides;
    struct pl_loop loop;
    struct pl_event *heap[2];
    struct pl_arena arena;
    const struct pl_pipeline *pipeline;
    struct pl_crew crew;
    struct blocks_running *running;
    struct blocks *blocks; /* of the first job */
};

static void set_up_with(struct rig *rig, const char *text)
{
    struct pl_profile *p;
    struct pl_error error;
    *rig = (struct rig){.scenario = {.path = "t.yaml",
                                     .pipeline = PL_PIPELINE_BLOCKS,
                                     .class_count = 1,
                                     .classes = {{.name = "block", .size = 5000, .budget = -1}},
                                     .blocks = {.file = "p.tsv",
                                                .cycle_ns = S,
                                                .idle_ns = 400 * MS,
                                                .live_bytes = LIVE,
                                                .survivors = 0.01,
                                                .survivor_lifetime_ns = 3 * S,
                                                .idle_work = 0.1,
                                                .jobs = 1,
                                                .survivor_bytes = UINT64_MAX}}};
    assert_int_equal(pl_profile_parse(text, "p.tsv", &p, &error), 0);
    rig->recording = pl_material_of("p.tsv", p, p->bytes);
    assert_non_null(rig->recording);
    free(p);
    rig->pipeline = pl_pipeline_of(&rig->scenario);
}

static void set_up(struct rig *rig)
{
    set_up_with(rig, profile);
}

static void open_rig(struct rig *rig, const char *stack, uint64_t seed)
{
    struct pl_stack_spec spec;
    struct pl_error error = {""};
    const struct pl_scenario *s = &rig->scenario;
    pl_real_init();
    if (pl_stack_parse(stack, &spec, &error) ||
        pl_stack_open(&spec, s->classes, 1, NULL, 0, &rig->stack, &error) ||
        rig->pipeline->check(s, rig->recording, PL_FORMAT_F32, &error))
        fail_msg("%s", error.text);
    rig->arena.capacity = rig->pipeline->arena_bytes(s, rig->recording, PL_FORMAT_F32) +
                          pl_sides_arena_bytes(1) + pl_crew_arena_bytes(1, s->blocks.jobs);
    rig->arena.base = aligned_alloc(PL_ARENA_ALIGN, pl_arena_cost(rig->arena.capacity));
    assert_non_null(rig->arena.base);
    memset(rig->arena.base, 0, rig->arena.capacity);
    pl_loop_init(&rig->loop, rig->heap, 2);
    assert_true(pl_sides_open(&rig->sides, 1, rig->stack, s, seed, &rig->arena));
    assert_true(
        pl_crew_open(&rig->crew, &s->workers, 1, s->blocks.jobs, &rig->loop, seed, &rig->arena));
    struct pl_pipeline_inputs inputs = {.scenario = s,
                                        .recording = rig->recording,
                                        .seed = seed,
                                        .sides = &rig->sides,
                                        .loop = &rig->loop,
                                        .crew = &rig->crew,
                                        .arena = &rig->arena};
    void *state = NULL;
    assert_int_equal(rig->pipeline->open(&inputs, &state, &error), 0);
    rig->running = state;
    rig->blocks = &rig->running->jobs[0].blocks;
}

static const struct pl_meter *meter(const struct rig *rig)
{
    return &pl_sides_network(&rig->sides)->meter;
}

static void close_rig(struct rig *rig, uint64_t integrity_errors)
{
    rig->pipeline->close(rig->running, 0);
    const struct pl_class_books *books = &meter(rig)->books[0];
    assert_int_equal(books->acquires, books->releases);
    assert_int_equal(meter(rig)->live_bytes, 0);
    assert_int_equal(pl_sides_network(&rig->sides)->counts.integrity_errors, integrity_errors);
    pl_stack_close(rig->stack);
    free(rig->arena.base);
    free(rig->recording);
}

/* What is live just before the times of a cycle: it fills steadily, holds all of its target at the
 * end of its busy part, and next to nothing afterwards. */
static void a_cycle_fills_and_empties(void **state)
{
    (void)state;
    struct rig rig;
    set_up(&rig);
    open_rig(&rig, "glibc", 1);
    pl_loop_run(&rig.loop, 8 * S);
    uint64_t survivors = meter(&rig)->live_bytes;
    assert_in_range(survivors, 1000, LIVE / 8);
    pl_loop_run(&rig.loop, 8 * S + 300 * MS);
    assert_in_range(meter(&rig)->live_bytes, LIVE / 2, LIVE / 2 + 3 * survivors);
    pl_loop_run(&rig.loop, 8 * S + 600 * MS);
    assert_in_range(meter(&rig)->live_bytes, LIVE, LIVE + 3 * survivors);
    pl_loop_run(&rig.loop, 8 * S + 601 * MS);
    assert_in_range(meter(&rig)->live_bytes, 1000, 2 * survivors);
    close_rig(&rig, 0);
}

/* All of the first cycle, none of those behind it: they go when the fourth begins to idle. */
static void survivors_live_their_cycles(void **state)
{
    (void)state;
    struct rig rig;
    set_up(&rig);
    rig.scenario.blocks.survivors = 1;
    rig.scenario.blocks.idle_work = 0;
    open_rig(&rig, "glibc", 1);
    pl_loop_run(&rig.loop, S);
    uint64_t survivors = meter(&rig)->live_bytes;
    assert_in_range(survivors, LIVE, 2 * LIVE);
    rig.scenario.blocks.survivors = 0;
    pl_loop_run(&rig.loop, 2 * S + 601 * MS);
    assert_in_range(meter(&rig)->live_bytes, survivors, survivors + LIVE / 8);
    pl_loop_run(&rig.loop, 3 * S + 600 * MS);
    assert_true(meter(&rig)->live_bytes > survivors + LIVE / 2);
    pl_loop_run(&rig.loop, 3 * S + 601 * MS);
    assert_true(meter(&rig)->live_bytes < LIVE / 8);
    close_rig(&rig, 0);
}

static void the_share_of_survivors_is_kept(void **state)
{
    (void)state;
    struct rig rig;
    set_up(&rig);
    rig.scenario.blocks.survivor_lifetime_ns = 60 * S; /* none goes */
    open_rig(&rig, "glibc", 1);
    pl_loop_run(&rig.loop, 40 * S);
    const struct pl_class_books *books = &meter(&rig)->books[0];
    uint64_t live = books->acquires - books->releases;
    assert_in_range(live * 1000, books->acquires * 8, books->acquires * 13); /* of 1 %, and those
                                                                                in flight */
    close_rig(&rig, 0);
}

/* What is in flight while it idles: none that would be held until the cycle ends. */
static void idle_work_leaves_nothing(void **state)
{
    (void)state;
    struct rig rig;
    set_up(&rig);
    rig.scenario.blocks.survivors = 0;
    rig.scenario.blocks.idle_work = 1;
    open_rig(&rig, "glibc", 1);
    pl_loop_run(&rig.loop, S);
    const struct pl_class_books *books = &meter(&rig)->books[0];
    assert_true(rig.blocks->idle_acquires > 200);
    assert_in_range(books->acquires - books->releases, 1, 63);
    close_rig(&rig, 0);
}

/* Blocks of lifetime 3 go after 4 to 7 further acquires: in flight are as many as their mean. */
static void short_lives_are_as_recorded(void **state)
{
    (void)state;
    struct rig rig;
    double in_flight = 0;
    set_up_with(&rig, "100\t3\t999\n500\t7\t1\n");
    rig.scenario.blocks.survivors = 0;
    rig.scenario.blocks.idle_work = 1;
    rig.scenario.blocks.live_bytes = 65536;
    open_rig(&rig, "glibc", 1);
    pl_loop_run(&rig.loop, 610 * MS);
    const struct pl_class_books *books = &meter(&rig)->books[0];
    for (int64_t i = 0; i < 380; i++) {
        pl_loop_run(&rig.loop, (610 + i) * MS);
        in_flight += (double)(books->acquires - books->releases) / 380;
    }
    assert_true(in_flight > 5.2 && in_flight < 5.8);
    close_rig(&rig, 0);
}

/* 10 % of the busy part's acquires, spread over the idle part. */
static void idle_work_is_a_share(void **state)
{
    (void)state;
    struct rig rig;
    set_up(&rig);
    open_rig(&rig, "glibc", 1);
    pl_loop_run(&rig.loop, 600 * MS);
    uint64_t busy = rig.blocks->cycle_acquires, before = rig.blocks->acquires;
    assert_true(busy > 100 && busy == before);
    pl_loop_run(&rig.loop, 800 * MS);
    assert_in_range(rig.blocks->acquires - before, busy / 20 - 1, busy / 20 + 1);
    pl_loop_run(&rig.loop, S);
    assert_int_equal(rig.blocks->acquires - before, busy / 10);
    close_rig(&rig, 0);
}

static void a_seed_repeats(void **state)
{
    (void)state;
    uint64_t bytes[3];
    static const uint64_t seeds[] = {1, 1, 2};
    for (int i = 0; i < 3; i++) {
        struct rig rig;
        set_up(&rig);
        open_rig(&rig, "glibc", seeds[i]);
        pl_loop_run(&rig.loop, 5 * S);
        bytes[i] = pl_meter_churn(meter(&rig));
        close_rig(&rig, 0);
    }
    assert_int_equal(bytes[0], bytes[1]);
    assert_int_not_equal(bytes[0], bytes[2]);
}

/* Either end of any block, of 1 B, too. */
static void a_changed_block_is_found(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {1, 7, 8, 9, 15, 16, 17, 4096, 4097, 5000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int end = 0; end < 2; end++) {
            struct rig rig;
            set_up(&rig);
            open_rig(&rig, "glibc", 1);
            uint32_t record = blocks_take(rig.blocks, sizes[i]);
            blocks_append(rig.blocks, &rig.blocks->held, record);
            uint8_t *block = rig.blocks->records[record].block;
            bool seen = end || sizes[i] < 9 || sizes[i] >= 16; /* the first end's own bytes */
            block[end ? sizes[i] - 1 : 0] ^= 1;
            close_rig(&rig, seen ? 1 : 0);
        }
}

static void every_page_is_touched(void **state)
{
    (void)state;
    struct rig rig;
    set_up(&rig);
    rig.scenario.classes[0].size = 5 * 4096;
    open_rig(&rig, "glibc", 1);
    uint8_t *block = malloc(5 * 4096);
    memset(block, 0xee, 5 * 4096);
    free(block);
    rig.blocks->acquires = 1; /* a stamp that is not 0 */
    uint32_t record = blocks_take(rig.blocks, 5 * 4096);
    const struct blocks_record *r = &rig.blocks->records[record];
    for (size_t at = 4096; at < 5 * 4096; at += 4096)
        assert_int_equal(r->block[at], (uint8_t)r->stamp);
    blocks_append(rig.blocks, &rig.blocks->held, record);
    close_rig(&rig, 0);
}

/* Whatever acquire fails, nothing is lost from the books; the cycle takes no more. */
static void any_failing_acquire_is_survived(void **state)
{
    (void)state;
    for (int nth = 1; nth <= 100; nth++) {
        char stack[64];
        struct rig rig;
        set_up(&rig);
        snprintf(stack, sizeof stack, "fault:nth=%d/glibc", nth * 13);
        open_rig(&rig, stack, 1);
        pl_loop_run(&rig.loop, 3 * S);
        assert_int_equal(meter(&rig)->books[0].failures, 1);
        close_rig(&rig, 0);
    }
}

/* A limit that is always met: one refusal a cycle, and the next cycle tries again. */
static void a_refused_cycle_takes_no_more(void **state)
{
    (void)state;
    struct rig rig;
    set_up(&rig);
    rig.scenario.blocks.survivors = 0;
    open_rig(&rig, "limited:max=100KiB/glibc", 1);
    pl_loop_run(&rig.loop, 3 * S);
    assert_int_equal(meter(&rig)->books[0].failures, 3);
    assert_true(meter(&rig)->live_bytes_peak > 90 * 1024);
    close_rig(&rig, 0);
}

/* The bound on records has room to spare for this profile and for many seeds. */
static void records_suffice(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct rig rig;
        set_up(&rig);
        rig.scenario.blocks.survivors = 0.2;
        open_rig(&rig, "glibc", seed);
        pl_loop_run(&rig.loop, 6 * S);
        assert_true(rig.blocks->record_count < rig.blocks->record_capacity);
        close_rig(&rig, 0);
    }
}

static void what_does_not_fit_is_refused(void **state)
{
    (void)state;
    struct rig rig;
    struct pl_error error;
    set_up(&rig);
    rig.scenario.classes[0].size = 4999;
    assert_int_equal(rig.pipeline->check(&rig.scenario, rig.recording, PL_FORMAT_F32, &error),
                     -EINVAL);
    assert_string_equal(error.text,
                        "t.yaml: class block has 4999 B, but the largest block of p.tsv "
                        "has 5000 B");
    rig.scenario.classes[0].size = 5000;
    rig.scenario.blocks.live_bytes = 1u << 30;
    rig.scenario.blocks.survivors = 1;
    rig.scenario.blocks.survivor_lifetime_ns = 60 * S;
    assert_int_equal(rig.pipeline->check(&rig.scenario, rig.recording, PL_FORMAT_F32, &error),
                     -EINVAL);
    assert_non_null(strstr(error.text, "would be held at a time"));
    strcpy(rig.scenario.classes[0].name, "packet");
    assert_int_equal(rig.pipeline->check(&rig.scenario, NULL, PL_FORMAT_F32, &error), -EINVAL);
    assert_string_equal(error.text, "t.yaml: no class 'block'; expected one for this pipeline");
    free(rig.recording);
}

static void a_profile_needs_both_kinds(void **state)
{
    (void)state;
    static const char *const texts[] = {"24\t6\t1\n", "24\t7\t1\n"};
    for (size_t i = 0; i < 2; i++) {
        struct rig rig;
        struct pl_profile *p;
        struct pl_error error;
        set_up(&rig);
        free(rig.recording);
        assert_int_equal(pl_profile_parse(texts[i], "p.tsv", &p, &error), 0);
        rig.recording = pl_material_of("p.tsv", p, p->bytes);
        free(p);
        assert_int_equal(rig.pipeline->check(&rig.scenario, rig.recording, PL_FORMAT_F32, &error),
                         -EINVAL);
        assert_string_equal(error.text, "t.yaml: p.tsv: all blocks on one side of a lifetime of 7; "
                                        "expected blocks of shorter and of longer lifetimes");
        free(rig.recording);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cycle_fills_and_empties),
        cmocka_unit_test(survivors_live_their_cycles),
        cmocka_unit_test(the_share_of_survivors_is_kept),
        cmocka_unit_test(idle_work_leaves_nothing),
        cmocka_unit_test(short_lives_are_as_recorded),
        cmocka_unit_test(idle_work_is_a_share),
        cmocka_unit_test(a_seed_repeats),
        cmocka_unit_test(a_changed_block_is_found),
        cmocka_unit_test(every_page_is_touched),
        cmocka_unit_test(any_failing_acquire_is_survived),
        cmocka_unit_test(a_refused_cycle_takes_no_more),
        cmocka_unit_test(records_suffice),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(a_profile_needs_both_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
