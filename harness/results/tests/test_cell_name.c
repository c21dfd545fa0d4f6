/* Which cells are the same one, and what they are called. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "harness/results/cell_name.h"

static const struct pl_cell_name plain = {"steady-reader", "glibc", "f32", "virtual", 1};

static void a_name_is_read_back_as_it_was_written(void **state)
{
    (void)state;
    const struct pl_cell_name live = {"stalled-reader", "slab", "s16", "wall", 2};
    json_t *object = pl_cell_name_json(&live);
    struct pl_cell_name read = pl_cell_name_of(object);
    assert_string_equal(read.scenario, "stalled-reader");
    assert_string_equal(read.allocator, "slab");
    assert_string_equal(read.format, "s16");
    assert_string_equal(read.clock, "wall");
    assert_int_equal(read.threads, 2);
    assert_int_equal(json_object_size(object), 5);
    json_decref(object);
}

static void what_is_not_said_is_what_there_was(void **state)
{
    (void)state;
    json_t *object = json_pack("{s:s, s:s, s:s}", "scenario", "steady-reader", "allocator", "glibc",
                               "format", "f32");
    struct pl_cell_name read = pl_cell_name_of(object);
    assert_true(pl_cell_name_equal(&read, &plain));
    static const json_int_t odd[] = {0, -1, INT64_C(1) << 32};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        json_object_set_new(object, "threads", json_integer(odd[i]));
        assert_int_equal(pl_cell_name_of(object).threads, 1);
    }
    read = pl_cell_name_of(NULL);
    assert_string_equal(read.scenario, "");
    json_decref(object);
}

/* Whether `plain` and one that differs in one thing are the same cell, or stand in one table. */
static void differ(struct pl_cell_name other, bool beside)
{
    assert_false(pl_cell_name_equal(&plain, &other));
    assert_int_equal(pl_cell_name_beside(&plain, &other), beside);
}

static void each_part_tells_cells_apart(void **state)
{
    (void)state;
    assert_true(pl_cell_name_equal(&plain, &plain));
    assert_true(pl_cell_name_beside(&plain, &plain));
    differ((struct pl_cell_name){"stalled-reader", "glibc", "f32", "virtual", 1}, false);
    differ((struct pl_cell_name){"steady-reader", "slab", "f32", "virtual", 1}, true);
    differ((struct pl_cell_name){"steady-reader", "glibc", "s16", "virtual", 1}, false);
    differ((struct pl_cell_name){"steady-reader", "glibc", "f32", "wall", 1}, false);
    differ((struct pl_cell_name){"steady-reader", "glibc", "f32", "virtual", 2}, true);
}

static void says(struct pl_cell_name name, const char *stack, const char *how, const char *whole)
{
    char text[128];
    pl_cell_name_stack(&name, text, sizeof text);
    assert_string_equal(text, stack);
    pl_cell_name_how(&name, text, sizeof text);
    assert_string_equal(text, how);
    pl_cell_name_text(&name, text, sizeof text);
    assert_string_equal(text, whole);
}

/* One thread under the virtual clock reads as it did before there was anything else. */
static void a_person_reads_what_is_not_usual(void **state)
{
    struct pl_cell_name name = plain;
    (void)state;
    says(name, "glibc", "f32", "steady-reader glibc f32");
    name.threads = 2;
    says(name, "glibc, 2 threads", "f32, 2 threads", "steady-reader glibc f32, 2 threads");
    name.clock = "wall";
    says(name, "glibc, 2 threads", "f32, wall clock, 2 threads",
         "steady-reader glibc f32, wall clock, 2 threads");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_read_back_as_it_was_written),
        cmocka_unit_test(what_is_not_said_is_what_there_was),
        cmocka_unit_test(each_part_tells_cells_apart),
        cmocka_unit_test(a_person_reads_what_is_not_usual),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
