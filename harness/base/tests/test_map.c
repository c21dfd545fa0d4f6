/* Numbers under numbers, against a plain list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "harness/base/map.h"
#include "harness/base/random.h"

enum { KEYS = 512, STEPS = 200000 };

/* Keys that meet in few places: multiples of 2^52 differ in their upper bits alone. */
static void what_is_there_is_what_was_put_there(void **state)
{
    (void)state;
    struct pl_map map = {0};
    int64_t wanted[KEYS];
    uint64_t random = 1, count = 0;
    for (int i = 0; i < KEYS; i++)
        wanted[i] = -1;
    assert_int_equal(pl_map_find(&map, 1), -1);
    for (uint32_t step = 0; step < STEPS; step++) {
        const uint64_t drawn = pl_random_next(&random);
        const uint32_t i = (uint32_t)(drawn % KEYS);
        const uint64_t key = i % 2 ? (uint64_t)(i + 1) << 52 : i + 1;
        assert_int_equal(pl_map_find(&map, key), wanted[i]);
        if (wanted[i] >= 0) {
            pl_map_remove(&map, key);
            wanted[i] = -1;
            count--;
        } else {
            assert_int_equal(pl_map_add(&map, key, step), 0);
            wanted[i] = step;
            count++;
        }
        assert_int_equal(map.count, count);
    }
    pl_map_free(&map);
    assert_int_equal(pl_map_find(&map, 1), -1);
}

static void it_grows(void **state)
{
    (void)state;
    struct pl_map map = {0};
    for (uint32_t i = 0; i < 100000; i++)
        assert_int_equal(pl_map_add(&map, (uint64_t)(i + 1) * 16, i), 0);
    for (uint32_t i = 0; i < 100000; i++)
        assert_int_equal(pl_map_find(&map, (uint64_t)(i + 1) * 16), i);
    pl_map_free(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_there_is_what_was_put_there),
        cmocka_unit_test(it_grows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
