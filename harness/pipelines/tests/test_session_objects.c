/* Objects that sessions make and keep. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/clock/real.h"
#include "harness/clock/virtual.h"
#include "harness/pipelines/session/books.h"
#include "harness/pipelines/session/leaks.h"
#include "harness/pipelines/session/objects.h"

#define S INT64_C(1000000000)
#define SESSIONS 16
#define THREADS 2

/* Sessions without a pipeline. */
struct bare {
    struct pl_scenario scenario;
    struct pl_stack *stack;
    struct pl_sides sides;
    struct pl_arena arena;
    struct pl_session_objects *objects;
};

static void open_on(struct bare *b, const char *stack, const struct pl_session_object *objects,
                    uint32_t count)
{
    struct pl_stack_spec spec;
    struct pl_error error = {""};
    *b = (struct bare){.scenario = {.path = "bare",
                                    .classes = {{"object", 4096, PL_BUDGET_FREE}},
                                    .class_count = 1,
                                    .duration_ns = 100 * S}};
    for (uint32_t i = 0; i < count; i++) {
        b->scenario.session.objects[i] = objects[i];
        strcpy(b->scenario.session.objects[i].class, "object");
    }
    b->scenario.session.object_count = count;
    struct pl_scenario *s = &b->scenario;
    pl_real_init();
    if (pl_stack_parse(stack, &spec, &error) ||
        pl_stack_open(&spec, s->classes, 1, NULL, 0, &b->stack, &error) ||
        pl_session_objects_check(s, NULL, SESSIONS, &error))
        fail_msg("%s", error.text);
    b->arena.capacity =
        pl_sides_arena_bytes(THREADS) + pl_session_objects_arena_bytes(s, SESSIONS, THREADS);
    b->arena.base = aligned_alloc(PL_ARENA_ALIGN, b->arena.capacity);
    memset(b->arena.base, 0, b->arena.capacity);
    assert_true(pl_sides_open(&b->sides, THREADS, b->stack, s, 1, &b->arena));
    struct pl_pipeline_inputs inputs = {
        .scenario = s, .seed = 7, .sides = &b->sides, .arena = &b->arena};
    size_t before = b->arena.used;
    assert_true(pl_session_objects_open(&inputs, SESSIONS, b->sides.side, THREADS, &b->objects));
    assert_int_equal(b->arena.used - before, pl_session_objects_arena_bytes(s, SESSIONS, THREADS));
}

static void open_bare(struct bare *b, struct pl_session_object object)
{
    open_on(b, "glibc", &object, 1);
}

static uint64_t acquires(const struct bare *b)
{
    return b->sides.side[0]->meter.books[0].acquires + b->sides.side[1]->meter.books[0].acquires;
}

static uint64_t live(const struct bare *b)
{
    uint64_t releases =
        b->sides.side[0]->meter.books[0].releases + b->sides.side[1]->meter.books[0].releases;
    return acquires(b) - releases;
}

static uint64_t errors(const struct bare *b)
{
    struct pl_traffic_counts counts;
    pl_sides_counts(&b->sides, &counts);
    return counts.integrity_errors;
}

static void close_bare(struct bare *b)
{
    pl_session_objects_close(b->objects);
    assert_int_equal(pl_sides_live(&b->sides), 0);
    assert_int_equal(live(b), 0);
    assert_int_equal(errors(b), 0);
    pl_stack_close(b->stack);
    free(b->arena.base);
}

static void what_a_session_starts_with_goes_with_it(void **state)
{
    (void)state;
    struct bare b;
    open_bare(&b,
              (struct pl_session_object){.size_min = 100, .size_max = 100, .count = 3, .share = 1});
    pl_session_objects_start(b.objects, 0, 4, S);
    pl_session_objects_start(b.objects, 1, 5, S);
    assert_int_equal(live(&b), 6);
    assert_int_equal(pl_sides_live(&b.sides), 600);
    assert_int_equal(b.sides.side[1]->meter.books[0].acquires, 3); /* its thread's */
    assert_true(pl_session_objects_due(b.objects, 0) == PL_NEVER);
    pl_session_objects_end(b.objects, 0, 4);
    assert_int_equal(live(&b), 3);
    pl_session_objects_start(b.objects, 0, 4, 2 * S); /* another one in its place */
    assert_int_equal(live(&b), 6);
    close_bare(&b);
}

/* The first comes a second after the start; of the last two times each object is kept. */
static void what_comes_from_time_to_time_is_kept_in_a_ring(void **state)
{
    (void)state;
    struct bare b;
    open_bare(&b, (struct pl_session_object){.size_min = 8,
                                             .size_max = 9,
                                             .count = 3,
                                             .at = PL_OBJECT_EVERY,
                                             .every_ns = S,
                                             .kept = PL_OBJECT_KEPT_EVENTS,
                                             .events = 2,
                                             .share = 1});
    pl_session_objects_start(b.objects, 0, 0, 5 * S);
    assert_int_equal(acquires(&b), 0);
    assert_true(pl_session_objects_due(b.objects, 0) == 6 * S);
    assert_true(pl_session_objects_due(b.objects, 1) == PL_NEVER);
    static const uint64_t kept[] = {0, 3, 6, 6, 6};
    for (int i = 1; i < 5; i++) {
        pl_session_objects_work(b.objects, 0, (5 + i) * S - 1);
        assert_int_equal(live(&b), kept[i - 1]);
        pl_session_objects_work(b.objects, 0, (5 + i) * S);
        assert_int_equal(live(&b), kept[i]);
        assert_true(pl_session_objects_due(b.objects, 0) == (6 + i) * S);
    }
    assert_int_equal(acquires(&b), 12);
    pl_session_objects_end(b.objects, 0, 0);
    assert_int_equal(live(&b), 0);
    assert_true(pl_session_objects_due(b.objects, 0) == PL_NEVER);
    close_bare(&b);
}

/* As many as there is time for have room, and what comes late comes all the same. */
static void a_history_grows_with_its_session(void **state)
{
    (void)state;
    struct bare b;
    open_bare(&b, (struct pl_session_object){.size_min = 1,
                                             .size_max = 4096,
                                             .count = 1,
                                             .at = PL_OBJECT_EVERY,
                                             .every_ns = S,
                                             .share = 1});
    pl_session_objects_start(b.objects, 1, 2, 0);
    pl_session_objects_work(b.objects, 1, 40 * S);
    assert_int_equal(live(&b), 40);
    pl_session_objects_work(b.objects, 1, 100 * S);
    assert_int_equal(live(&b), 100);
    pl_session_objects_end(b.objects, 1, 2);
    assert_int_equal(live(&b), 0);
    close_bare(&b);
}

/* Sessions that start out of order, as late threads see them, are served in the order of time. */
static void each_session_has_its_own_times(void **state)
{
    (void)state;
    struct bare b;
    open_bare(&b, (struct pl_session_object){.size_min = 1,
                                             .size_max = 1,
                                             .count = 1,
                                             .at = PL_OBJECT_EVERY,
                                             .every_ns = 10 * S,
                                             .share = 1});
    static const int64_t starts_s[] = {5, 3, 9, 1, 4};
    for (uint32_t i = 0; i < 5; i++)
        pl_session_objects_start(b.objects, 0, i, starts_s[i] * S);
    static const int64_t due_s[] = {11, 13, 14, 15, 19, 21, 23, 24, 25, 29};
    for (uint32_t i = 0; i < 10; i++) {
        assert_true(pl_session_objects_due(b.objects, 0) == due_s[i] * S);
        pl_session_objects_work(b.objects, 0, due_s[i] * S);
        assert_int_equal(acquires(&b), i + 1);
    }
    pl_session_objects_end(b.objects, 0, 1); /* that which is due at 33 s */
    pl_session_objects_work(b.objects, 0, 39 * S);
    assert_int_equal(acquires(&b), 14);
    close_bare(&b);
}

static void leaks_stay_until_all_is_closed(void **state)
{
    (void)state;
    struct bare b;
    static const struct pl_session_object two[] = {
        {.size_min = 32,
         .size_max = 500,
         .count = 2,
         .at = PL_OBJECT_AT_END,
         .kept = PL_OBJECT_KEPT_FOR_EVER,
         .share = 1},
        {.size_min = 64, .size_max = 64, .count = 1, .at = PL_OBJECT_AT_END, .share = 1}};
    open_on(&b, "slab/glibc", two, 2);
    for (uint32_t i = 1; i <= 200; i++) {
        pl_session_objects_start(b.objects, i % 2, 3, i * S);
        pl_session_objects_end(b.objects, i % 2, 3);
        assert_int_equal(live(&b), 2 * i); /* what is made at the end goes with it */
    }
    assert_int_equal(acquires(&b), 600);
    close_bare(&b);
}

static uint64_t made_by_share(double share, uint64_t *bytes)
{
    struct bare b;
    open_bare(&b, (struct pl_session_object){
                      .size_min = 1, .size_max = 1000, .count = 1, .share = share});
    for (uint32_t i = 0; i < 8000; i++) {
        pl_session_objects_start(b.objects, 0, i % SESSIONS, S);
        pl_session_objects_end(b.objects, 0, i % SESSIONS);
    }
    uint64_t made = acquires(&b);
    *bytes = pl_sides_churn(&b.sides);
    close_bare(&b);
    return made;
}

static void a_share_of_the_sessions_makes_them(void **state)
{
    (void)state;
    uint64_t bytes, again;
    assert_int_equal(made_by_share(0, &bytes), 0);
    assert_int_equal(made_by_share(1, &bytes), 8000);
    uint64_t some = made_by_share(0.02, &bytes);
    assert_in_range(some, 110, 210); /* 160, sigma 12.5 */
    assert_int_equal(made_by_share(0.02, &again), some);
    assert_int_equal(again, bytes); /* the same sizes */
}

/* What the stack refuses is counted, and nothing else becomes of it. */
static void refusals_are_counted(void **state)
{
    (void)state;
    struct bare b;
    static const struct pl_session_object two[] = {
        {.size_min = 5000, .size_max = 5000, .count = 2, .share = 1},
        {.size_min = 5000,
         .size_max = 5000,
         .count = 3,
         .at = PL_OBJECT_AT_END,
         .kept = PL_OBJECT_KEPT_FOR_EVER,
         .share = 1}};
    open_on(&b, "slab/glibc", two, 2); /* beyond its class's 4 KiB */
    pl_session_objects_start(b.objects, 0, 1, 0);
    pl_session_objects_end(b.objects, 0, 1);
    assert_int_equal(acquires(&b), 0);
    assert_int_equal(b.sides.side[0]->meter.books[0].failures, 5);
    close_bare(&b);
}

static void without_objects_nothing_happens(void **state)
{
    (void)state;
    struct bare b;
    open_on(&b, "glibc", NULL, 0);
    assert_null(b.objects);
    pl_session_objects_start(b.objects, 0, 0, 0);
    pl_session_objects_work(b.objects, 0, S);
    pl_session_objects_end(b.objects, 0, 0);
    assert_true(pl_session_objects_due(b.objects, 0) == PL_NEVER);
    close_bare(&b);
}

static void a_changed_block_is_found(void **state)
{
    (void)state;
    struct bare b;
    struct pl_stamped block;
    open_on(&b, "glibc", NULL, 0);
    struct pl_side *side = b.sides.side[0];
    assert_true(pl_stamped_acquire(side, 0, &block, 100, 0x1122334455667788u, PL_SITE_HERE));
    block.block[99]++;
    pl_stamped_release(side, 0, &block);
    assert_int_equal(errors(&b), 1);
    assert_null(block.block);
    side->counts.integrity_errors = 0;
    close_bare(&b);
}

/* A damaged block is released; where the link is, nobody knows what was before it. */
static void a_changed_leak_is_found(void **state)
{
    (void)state;
    struct bare b;
    struct leaks leaks = {NULL};
    open_on(&b, "glibc", NULL, 0);
    struct pl_side *side = b.sides.side[0];
    for (int i = 0; i < 3; i++)
        leaks_add(&leaks, side, 0, 100, PL_SITE_HERE);
    ((uint8_t *)leaks.last)[99]++;
    leaks_release(&leaks, side);
    assert_int_equal(errors(&b), 1);
    assert_int_equal(live(&b), 0);
    leaks_add(&leaks, side, 0, 100, PL_SITE_HERE);
    uint8_t *link = (uint8_t *)leaks.last;
    link[0]++;
    leaks_release(&leaks, side);
    assert_int_equal(errors(&b), 2);
    assert_int_equal(live(&b), 1);
    pl_meter_release_sized(&side->meter, 0, link, 100);
    side->counts.integrity_errors = 0;
    close_bare(&b);
}

static void books_of_gigabytes_are_refused(void **state)
{
    (void)state;
    struct pl_error error = {""};
    struct pl_scenario s = {.path = "s.yaml", .duration_ns = 86400 * S};
    s.session.object_count = 1;
    s.session.objects[0] = (struct pl_session_object){
        .count = 1, .at = PL_OBJECT_EVERY, .every_ns = S, .size_min = 1, .size_max = 1};
    assert_int_equal(pl_session_objects_check(&s, NULL, 2000, &error), 0);
    assert_int_equal(pl_session_objects_check(&s, NULL, 2100, &error), -EINVAL);
    assert_non_null(strstr(error.text, "expected 4 GiB or less"));
    s.session.objects[0].kept = PL_OBJECT_KEPT_FOR_EVER;
    assert_int_equal(pl_session_objects_check(&s, NULL, 65536, &error), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_session_starts_with_goes_with_it),
        cmocka_unit_test(what_comes_from_time_to_time_is_kept_in_a_ring),
        cmocka_unit_test(a_history_grows_with_its_session),
        cmocka_unit_test(each_session_has_its_own_times),
        cmocka_unit_test(leaks_stay_until_all_is_closed),
        cmocka_unit_test(a_share_of_the_sessions_makes_them),
        cmocka_unit_test(refusals_are_counted),
        cmocka_unit_test(without_objects_nothing_happens),
        cmocka_unit_test(a_changed_block_is_found),
        cmocka_unit_test(a_changed_leak_is_found),
        cmocka_unit_test(books_of_gigabytes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
