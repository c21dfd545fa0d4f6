/* Which cells are held against each other, and what stands against it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/compare/tests/curves_on_disk.h"

static const char *text_of(const struct pl_agreement_cells *c, enum pl_agreement_side side,
                           const char *key)
{
    return json_string_value(json_object_get(c->cells[side], key));
}

static void cells_are_found_in_the_order_of_the_first(void **state)
{
    (void)state;
    struct runs runs;
    struct pl_agreement_cells *found;
    struct pl_error error = {""};
    size_t count;
    runs_make(&runs);
    runs_add_all(&runs, "slab");
    runs_add_all(&runs, "glibc");
    runs_add(&runs, PL_AGREEMENT_VIRTUAL, "jemalloc", 1, 1, 1, 9); /* virtual may have more */
    if (pl_agreement_cells_find(runs.roots, &found, &count, &error))
        fail_msg("%s", error.text);
    assert_int_equal(count, 2);
    assert_string_equal(found[0].name.allocator, "slab");
    assert_string_equal(found[0].name.clock, "wall");
    assert_string_equal(text_of(&found[1], PL_AGREEMENT_WALL1, "series"), "series/0.1.csv");
    assert_string_equal(text_of(&found[1], PL_AGREEMENT_WALL2, "series"), "series/1.1.csv");
    assert_string_equal(text_of(&found[1], PL_AGREEMENT_VIRTUAL, "series"), "series/2.1.csv");
    free(found);
    runs_free(&runs);
}

/* Of virtual the cell with two threads, and of all the first repetition, wherever they stand. */
static void threads_and_repetitions_are_minded(void **state)
{
    (void)state;
    struct runs runs;
    struct pl_agreement_cells *found;
    size_t count;
    runs_make(&runs);
    for (enum pl_agreement_side side = 0; side < PL_AGREEMENT_COUNT; side++) {
        json_object_set_new(runs_add(&runs, side, "glibc", 1, 1, 1, 9), "repetition",
                            json_integer(1));
        if (side == PL_AGREEMENT_VIRTUAL)
            json_object_del(runs_add(&runs, side, "glibc", 1, 1, 1, 9), "threads");
        runs_add(&runs, side, "glibc", 1, 1, 1, 9);
    }
    assert_int_equal(pl_agreement_cells_find(runs.roots, &found, &count, NULL), 0);
    assert_int_equal(count, 1);
    assert_string_equal(text_of(found, PL_AGREEMENT_WALL1, "series"), "series/0.1.csv");
    assert_string_equal(text_of(found, PL_AGREEMENT_WALL2, "series"), "series/1.1.csv");
    assert_string_equal(text_of(found, PL_AGREEMENT_VIRTUAL, "series"), "series/2.2.csv");
    free(found);
    runs_free(&runs);
}

static void expect_refusal(struct runs *runs, const char *reason)
{
    struct pl_agreement_cells *found;
    struct pl_error error = {""};
    size_t count;
    assert_int_equal(pl_agreement_cells_find(runs->roots, &found, &count, &error), -EINVAL);
    if (strcmp(error.text, reason) != 0)
        fail_msg("%s", error.text);
    runs_free(runs);
}

static void a_run_that_was_stopped_is_refused(void **state)
{
    (void)state;
    for (enum pl_agreement_side side = 0; side < PL_AGREEMENT_COUNT; side++) {
        struct runs runs;
        char reason[128];
        runs_make(&runs);
        runs_add_all(&runs, "glibc");
        json_object_set_new(json_object_get(runs.roots[side], "run"), "complete", json_false());
        snprintf(reason, sizeof reason,
                 "%s was stopped before its end (run.complete is false); expected complete runs",
                 pl_agreement_side_name(side));
        expect_refusal(&runs, reason);
    }
}

static void the_wrong_clock_is_refused(void **state)
{
    (void)state;
    for (enum pl_agreement_side side = 0; side < PL_AGREEMENT_COUNT; side++) {
        struct runs runs;
        char reason[128];
        runs_make(&runs);
        runs_add_all(&runs, "glibc");
        const char *wrong = side == PL_AGREEMENT_VIRTUAL ? "wall" : "virtual";
        json_object_set_new(runs_last(&runs, side), "clock", json_string(wrong));
        snprintf(reason, sizeof reason,
                 "%s ran under the %s clock; expected two folders of --clock wall, then one of "
                 "--clock virtual",
                 pl_agreement_side_name(side), wrong);
        expect_refusal(&runs, reason);
    }
}

static void what_one_side_lacks_is_told(void **state)
{
    (void)state;
    struct runs runs;
    for (enum pl_agreement_side side = PL_AGREEMENT_WALL2; side < PL_AGREEMENT_COUNT; side++) {
        runs_make(&runs);
        runs_add_all(&runs, "glibc");
        for (enum pl_agreement_side other = 0; other < PL_AGREEMENT_COUNT; other++)
            if (other != side)
                runs_add(&runs, other, "slab", 1, 1, 1, 9);
        expect_refusal(&runs, side == PL_AGREEMENT_WALL2
                                  ? "steady-reader slab f32, wall clock, 2 threads is not in wall "
                                    "2; run it there, too"
                                  : "steady-reader slab f32, wall clock, 2 threads is not in "
                                    "virtual; run it there, too");
    }
    runs_make(&runs);
    runs_add(&runs, PL_AGREEMENT_WALL1, "slab", 1, 1, 1, 9);
    runs_add(&runs, PL_AGREEMENT_WALL2, "slab", 1, 1, 1, 9);
    runs_add(&runs, PL_AGREEMENT_VIRTUAL, "glibc", 1, 1, 1, 9);
    expect_refusal(&runs, "the three have no cell in common; expected the same scenario, "
                          "allocator, format and threads");
    runs_make(&runs);
    runs_add_all(&runs, "glibc");
    json_object_set_new(runs_last(&runs, PL_AGREEMENT_VIRTUAL), "threads", json_integer(1));
    expect_refusal(&runs, "steady-reader glibc f32, wall clock, 2 threads: virtual has it with one "
                          "thread alone, which is not compared with 2; run it with --set "
                          "threads=2");
}

/* One thing is otherwise on one side. @param of the part of the document, or NULL for the cell */
static void expect_against(enum pl_agreement_side side, const char *of, const char *key,
                           json_t *value, const char *what)
{
    struct runs runs;
    char reason[200];
    runs_make(&runs);
    runs_add_all(&runs, "glibc");
    json_t *part = of ? json_object_get(runs.roots[side], of) : runs_last(&runs, side);
    part = json_is_array(part) ? json_array_get(part, 0) : part;
    json_object_set_new(part, key, value);
    snprintf(reason, sizeof reason,
             "steady-reader glibc f32, wall clock, 2 threads: wall 1 and %s can't be compared: %s",
             pl_agreement_side_name(side), what);
    expect_refusal(&runs, reason);
}

static void what_was_asked_otherwise_is_refused(void **state)
{
    (void)state;
    for (enum pl_agreement_side side = PL_AGREEMENT_WALL2; side < PL_AGREEMENT_COUNT; side++) {
        expect_against(side, NULL, "seed", json_integer(2), "seed differs: 1, 2");
        expect_against(side, NULL, "duration_seconds", json_real(30),
                       "duration_seconds differs: 60.0, 30.0");
        expect_against(side, NULL, "limits", json_pack("{s:i}", "packets", 1),
                       "limits differs: {}, {\"packets\": 1}");
        expect_against(side, "recordings", "hash", json_string("fnv1a64:3"),
                       "recording's hash differs: \"fnv1a64:2\", \"fnv1a64:3\"");
        expect_against(side, "recordings", "conditions",
                       json_pack("{s:s}", "classes.packet", "1 packet"),
                       "classes.packet differs: \"696 packets\", \"1 packet\"");
        expect_against(side, "recordings", "conditions",
                       json_pack("{s:s}", "classes.packet", "1024 "),
                       "classes.packet differs: \"696 packets\", \"1024\"");
        expect_against(side, "host", "compiler", json_string("GNU 13"),
                       "compiler differs: \"GNU 12\", \"GNU 13\"");
        expect_against(side, "host", "kernel", json_string("Linux 6.2"),
                       "host: kernel differs: \"Linux 6.1\", \"Linux 6.2\"");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_found_in_the_order_of_the_first),
        cmocka_unit_test(threads_and_repetitions_are_minded),
        cmocka_unit_test(a_run_that_was_stopped_is_refused),
        cmocka_unit_test(the_wrong_clock_is_refused),
        cmocka_unit_test(what_one_side_lacks_is_told),
        cmocka_unit_test(what_was_asked_otherwise_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
