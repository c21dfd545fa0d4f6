/* Allocations beside a pipeline. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/pipelines/tests/rig.h"

#define S INT64_C(1000000000)
#define OURS 3 /* behind the rig's classes */

static void scenario(struct pl_scenario *s, struct pl_background background)
{
    rig_scenario(s);
    strcpy(background.class, "background");
    s->background[s->background_count++] = background;
    s->classes[OURS] = (struct pl_class){"background", background.size_max, -1};
    s->class_count = OURS + 1;
}

static const struct pl_class_books *books(const struct rig *rig)
{
    return &rig->side->meter.books[OURS];
}

static uint64_t live(const struct rig *rig)
{
    return books(rig)->acquires - books(rig)->releases;
}

/* A block is due each 1/rate, the first one after that time, and at a ms after the last ones at
 * least: the last ms before the end is still to come. */
static void rates_are_kept(void **state)
{
    (void)state;
    static const struct {
        double rate;
        uint64_t blocks; /* in 6 s */
    } cases[] = {{0.4, 2}, {1, 5}, {200, 1199}, {12345, 74058}, {1e6, 5999001}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_scenario s;
        struct rig rig;
        scenario(&s,
                 (struct pl_background){
                     .rate = cases[i].rate, .size_min = 64, .size_max = 64, .span = {0, 100 * S}});
        rig_open_in_order(&rig, &s, 100, "glibc");
        rig_run(&rig, 6 * S);
        assert_int_equal(books(&rig)->acquires, cases[i].blocks);
        assert_int_equal(live(&rig), 0); /* without a queue each goes at once */
        rig_close(&rig);
    }
}

static void a_queue_holds_the_last(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    scenario(
        &s,
        (struct pl_background){
            .rate = 100, .size_min = 1000, .size_max = 1000, .queue = 250, .span = {0, 100 * S}});
    rig_open_in_order(&rig, &s, 100, "glibc");
    rig_run(&rig, S + 1);
    assert_int_equal(live(&rig), 100);
    rig_run(&rig, 20 * S);
    assert_int_equal(live(&rig), 250);
    rig_close(&rig);
}

/* Every size of the range comes, and as often. */
static void sizes_are_spread(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    scenario(
        &s,
        (struct pl_background){
            .rate = 10000, .size_min = 100, .size_max = 300, .queue = 50000, .span = {0, 100 * S}});
    rig_open_in_order(&rig, &s, 100, "glibc");
    rig_run(&rig, 5 * S);
    int64_t excess = (int64_t)books(&rig)->acquired_excess; /* to the class's 300 B */
    double mean = 300 + (double)excess / (double)books(&rig)->acquires;
    assert_true(mean > 199 && mean < 201);
    rig_close(&rig);
}

static void it_has_a_beginning_and_an_end(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    scenario(&s,
             (struct pl_background){
                 .rate = 100, .size_min = 64, .size_max = 64, .queue = 5, .span = {2 * S, 4 * S}});
    rig_open_in_order(&rig, &s, 100, "glibc");
    rig_run(&rig, 2 * S);
    assert_int_equal(books(&rig)->acquires, 0);
    rig_run(&rig, 10 * S);
    assert_int_equal(books(&rig)->acquires, 199);
    assert_int_equal(live(&rig), 5); /* what is held stays */
    rig_close(&rig);
}

/* What a pool refuses is counted, and the pipeline goes on. */
static void refusals_are_counted(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    scenario(&s,
             (struct pl_background){
                 .rate = 100, .size_min = 64, .size_max = 64, .queue = 64, .span = {0, 100 * S}});
    s.budgets[2] = (struct pl_budget){"background", 640};
    s.budget_count = 3;
    s.budgets[0].max = s.budgets[1].max = 1 << 30;
    s.classes[OURS].budget = 2;
    rig_open_in_order(&rig, &s, 100, "limited/slab/glibc");
    rig_run(&rig, 5 * S);
    assert_true(live(&rig) > 0 && live(&rig) <= 10);
    assert_true(books(&rig)->failures > 400);
    assert_true(rig.side->counts.delivered > 400);
    rig_close(&rig);
}

/* The pipeline's own figures are what they are without it. */
static void the_pipeline_does_not_notice(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig with, without;
    scenario(&s,
             (struct pl_background){
                 .rate = 5000, .size_min = 16, .size_max = 2000, .queue = 9, .span = {0, 100 * S}});
    rig_open_in_order(&with, &s, 100, "glibc");
    rig_run(&with, 5 * S);
    struct pl_traffic_counts beside = with.side->counts;
    rig_close(&with);
    s.background_count = 0;
    rig_open_in_order(&without, &s, 100, "glibc");
    rig_run(&without, 5 * S);
    assert_memory_equal(&without.side->counts, &beside, sizeof beside);
    rig_close(&without);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_are_kept),       cmocka_unit_test(a_queue_holds_the_last),
        cmocka_unit_test(sizes_are_spread),     cmocka_unit_test(it_has_a_beginning_and_an_end),
        cmocka_unit_test(refusals_are_counted), cmocka_unit_test(the_pipeline_does_not_notice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
