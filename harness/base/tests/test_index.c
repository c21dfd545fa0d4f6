/* Numbers under texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "harness/base/index.h"

static void what_was_set_is_found(void **state)
{
    (void)state;
    struct pl_index index = {0};
    char key[16];
    assert_true(pl_index_find(&index, "a") == PL_INDEX_NONE);
    for (size_t i = 0; i < 5000; i++) { /* in order: a plain tree would be a list */
        snprintf(key, sizeof key, "key %05zu", i);
        assert_int_equal(pl_index_set(&index, key, i), 0);
    }
    for (size_t i = 0; i < 5000; i++) {
        snprintf(key, sizeof key, "key %05zu", i);
        assert_int_equal(pl_index_find(&index, key), i);
    }
    assert_true(pl_index_find(&index, "key 0000") == PL_INDEX_NONE);
    assert_int_equal(pl_index_set(&index, "key 00007", 70), 0);
    assert_int_equal(pl_index_find(&index, "key 00007"), 70);
    pl_index_free(&index);
    assert_true(pl_index_find(&index, "key 00007") == PL_INDEX_NONE);
    pl_index_free(&index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_was_set_is_found)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
