/* The meter's books where a class's objects differ in size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/clock/real.h"
#include "harness/pipelines/sides.h"

static struct pl_stack *open_stack(struct pl_meter *meter, const char *text)
{
    static const struct pl_class classes[] = {{"frame", 1000, -1}};
    struct pl_scenario s = {.class_count = 1};
    struct pl_stack_spec spec;
    struct pl_stack *stack;
    struct pl_error error;
    s.classes[0] = classes[0];
    pl_real_init();
    assert_int_equal(pl_stack_parse(text, &spec, &error), 0);
    assert_int_equal(pl_stack_open(&spec, classes, 1, NULL, 0, &stack, &error), 0);
    *meter = (struct pl_meter){0};
    pl_meter_open(meter, stack, &s, 1);
    return stack;
}

/* 1000 + 10 + 4000 B acquired, 10 + 4000 B released. */
static void sized_blocks_are_counted_to_the_byte(void **state)
{
    struct pl_meter meter;
    struct pl_stack *stack = open_stack(&meter, "glibc");
    (void)state;
    void *object = pl_meter_acquire(&meter, 0);
    void *small = pl_meter_acquire_sized(&meter, 0, 10);
    void *large = pl_meter_acquire_sized(&meter, 0, 4000);
    assert_true(object && small && large);
    assert_int_equal(meter.live_bytes, 5010);
    pl_meter_release_sized(&meter, 0, small, 10);
    pl_meter_release_sized(&meter, 0, large, 4000);
    assert_int_equal(meter.live_bytes, 1000);
    assert_int_equal(meter.live_bytes_peak, 5010);
    assert_int_equal(pl_meter_churn(&meter), 5010 + 4010);
    pl_meter_release(&meter, 0, object);
    assert_int_equal(meter.live_bytes, 0);
    assert_int_equal(meter.books[0].acquires, 3);
    assert_int_equal(meter.books[0].releases, 3);
    pl_stack_close(stack);
}

/* Each place that acquires is a site of its own, also one that acquires under a name. */
static void an_acquire_names_its_site(void **state)
{
    struct pl_meter meter;
    struct pl_stack *stack = open_stack(&meter, "glibc");
    struct pl_site scripted = {.label = "receive", .file = "network.c", .line = 743};
    (void)state;
    void *first = pl_meter_acquire(&meter, 0);
    const struct pl_site *site = pl_site_current;
    assert_int_equal(site->line, __LINE__ - 2);
    assert_string_equal(site->file, "harness/pipelines/tests/test_meter.c");
    assert_string_equal(site->function, __func__);
    assert_null(site->label);
    void *second = pl_meter_acquire_sized(&meter, 0, 10);
    assert_ptr_not_equal(pl_site_current, site);
    assert_int_equal(pl_site_current->line, __LINE__ - 2);
    void *third = pl_meter_acquire_at(&meter, 0, 1000, &scripted);
    assert_ptr_equal(pl_site_current, &scripted);
    void *fourth = pl_meter_acquire_object(&meter, 0, PL_SITE("packet"));
    assert_string_equal(pl_site_current->label, "packet");
    pl_meter_release(&meter, 0, first);
    pl_meter_release_sized(&meter, 0, second, 10);
    pl_meter_release_sized(&meter, 0, third, 1000);
    pl_meter_release(&meter, 0, fourth);
    assert_int_equal(meter.live_bytes, 0);
    pl_stack_close(stack);
}

static void a_refused_block_is_no_bytes(void **state)
{
    struct pl_meter meter;
    struct pl_stack *stack = open_stack(&meter, "slab/glibc");
    (void)state;
    assert_null(pl_meter_acquire_sized(&meter, 0, 1001)); /* more than the pool's object */
    assert_int_equal(meter.books[0].failures, 1);
    assert_int_equal(meter.live_bytes, 0);
    assert_int_equal(pl_meter_churn(&meter), 0);
    pl_stack_close(stack);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sized_blocks_are_counted_to_the_byte),
        cmocka_unit_test(an_acquire_names_its_site),
        cmocka_unit_test(a_refused_block_is_no_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
