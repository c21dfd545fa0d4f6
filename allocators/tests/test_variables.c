/* The variables of a heap's environment: libraries by paths as long as they may be, and no more. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "allocators/allocator.h"

#define LONGEST 4095 /* PATH_MAX, less its NUL */

/* "/aaa": of so many bytes. */
static void make_path(char letter, size_t length, char *path)
{
    memset(path, letter, length);
    path[0] = '/';
    path[length] = '\0';
}

static void libraries_stand_in_order(void **state)
{
    struct pl_environment environment = {.count = 0};
    (void)state;
    assert_int_equal(pl_environment_add(&environment, NULL, "LD_PRELOADED=%d", 1), 0);
    assert_int_equal(pl_environment_preload(&environment, "/heap.so", NULL), 0);
    assert_int_equal(pl_environment_add(&environment, NULL, "CONF=a"), 0);
    assert_int_equal(pl_environment_extend(&environment, NULL, ":%s", "b"), 0);
    assert_int_equal(pl_environment_preload(&environment, "/names.so", NULL), 0);
    assert_int_equal(pl_environment_preload(&environment, "/ours.so", NULL), 0);
    assert_int_equal(environment.count, 3);
    assert_string_equal(pl_environment_at(&environment, 0), "LD_PRELOADED=1");
    assert_string_equal(pl_environment_at(&environment, 1),
                        "LD_PRELOAD=/ours.so:/names.so:/heap.so");
    assert_string_equal(pl_environment_at(&environment, 2), "CONF=a:b");
    assert_string_equal(pl_environment_find(&environment, "CONF"), "CONF=a:b");
    assert_null(pl_environment_find(&environment, "CON"));
}

static void four_of_the_longest_paths_fit(void **state)
{
    struct pl_environment environment = {.count = 0};
    char path[LONGEST + 1];
    (void)state;
    for (char letter = 'd'; letter >= 'a'; letter--) {
        make_path(letter, LONGEST, path);
        assert_int_equal(pl_environment_preload(&environment, path, NULL), 0);
    }
    assert_int_equal(pl_environment_add(&environment, NULL, "CONF=%.3000s", path), 0);
    const char *list = pl_environment_at(&environment, 0);
    assert_int_equal(strlen(list), strlen("LD_PRELOAD=") + 4 * LONGEST + 3);
    assert_memory_equal(list, "LD_PRELOAD=/aaa", 15);
    assert_int_equal(list[strlen(list) - 1], 'd');
    assert_int_equal(strlen(strrchr(list, ':')), 1 + LONGEST);
}

static void what_does_not_fit_is_refused(void **state)
{
    struct pl_environment environment = {.count = 0};
    struct pl_error error;
    char path[LONGEST + 1];
    (void)state;
    make_path('a', LONGEST, path);
    while (pl_environment_preload(&environment, path, &error) == 0)
        continue;
    assert_int_equal(pl_environment_preload(&environment, path, &error), -ENAMETOOLONG);
    assert_non_null(strstr(error.text, "20480 B"));
    assert_null(strchr(error.text, '\n'));
    size_t length = strlen(pl_environment_at(&environment, 0));
    assert_int_equal(pl_environment_add(&environment, &error, "CONF=%s", path), -ENAMETOOLONG);
    assert_int_equal(environment.count, 1);
    assert_int_equal(strlen(pl_environment_at(&environment, 0)), length);
    assert_int_equal(pl_environment_extend(&environment, &error, ":%s", path), -ENAMETOOLONG);
    assert_int_equal(pl_environment_preload(&environment, "/a b.so", &error), -EINVAL);
    assert_int_equal(pl_environment_preload(&environment, "/a:b.so", &error), -EINVAL);
}

/* To the last byte: then there is no room for another one, nor for a longer one. */
static void the_last_byte_is_taken(void **state)
{
    struct pl_environment environment = {.count = 0};
    static char text[PL_ENVIRONMENT_BYTES];
    (void)state;
    memset(text, 'a', sizeof text - 1);
    assert_int_equal(pl_environment_add(&environment, NULL, "%s", text), 0);
    assert_int_equal(pl_environment_add(&environment, NULL, "A=b"), -ENAMETOOLONG);
    assert_int_equal(pl_environment_extend(&environment, NULL, "b"), -ENAMETOOLONG);
    assert_int_equal(pl_environment_preload(&environment, "/x.so", NULL), -ENAMETOOLONG);
    assert_string_equal(pl_environment_at(&environment, 0), text);
}

static void there_are_only_so_many(void **state)
{
    struct pl_environment environment = {.count = 0};
    struct pl_error error;
    (void)state;
    for (int i = 0; i < PL_ENVIRONMENT_MAX; i++)
        assert_int_equal(pl_environment_add(&environment, &error, "V%d=", i), 0);
    assert_int_equal(pl_environment_add(&environment, &error, "V="), -ENAMETOOLONG);
    assert_int_equal(environment.count, PL_ENVIRONMENT_MAX);
    assert_string_equal(pl_environment_find(&environment, "V31"), "V31=");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(libraries_stand_in_order),
        cmocka_unit_test(four_of_the_longest_paths_fit),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(the_last_byte_is_taken),
        cmocka_unit_test(there_are_only_so_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
