/* Frames that heaptrack_print turned round. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "harness/instruments/inlined.h"

/* Strings from 1: main, main.c, run, leaf, leaf.c, other. */
#define STRINGS \
    "v 10400 3\ns 4 main\ns 8 ./main.c\ns 3 run\ns 4 leaf\ns 12 ./a/b c/leaf.c\ns 5 other\n"

static void mends(const char *data, const char *wrong, const char *right)
{
    struct pl_stacks stacks = {0};
    struct pl_error error = {""};
    assert_int_equal(pl_stacks_add(&stacks, wrong, strlen(wrong), 1), 0);
    if (pl_inlined_mend(data, strlen(data), "data", &stacks, &error))
        fail_msg("%s", error.text);
    assert_string_equal(stacks.list[0].frames, right);
    pl_stacks_free(&stacks);
}

static void inlined_frames_are_turned_round(void **state)
{
    (void)state;
    static const char two[] = STRINGS "i 5555 1 3 2 8e 1 2 ca\n";
    mends(two, "_start;run (main.c);main (main.c);malloc",
          "_start;main (main.c);run (main.c);malloc");
    mends(two, "run (main.c);main (main.c)", "main (main.c);run (main.c)");
    mends(two, "main (main.c);run (main.c)", "main (main.c);run (main.c)"); /* as it should be */
    mends(two, "xrun (main.c);main (main.c)y", "xrun (main.c);main (main.c)y");
    mends(two, "run (main.c);main (main.c);run (main.c);main (main.c)",
          "main (main.c);run (main.c);main (main.c);run (main.c)");
}

static void files_lose_their_folders(void **state)
{
    (void)state;
    mends(STRINGS "i 1 1 4 5 1 6 0 2\n", "leaf (leaf.c);other;x", "other;leaf (leaf.c);x");
}

static void the_longest_run_counts(void **state)
{
    (void)state;
    mends(STRINGS "i 1 1 4 5 1 3 2 2\ni 2 1 4 5 1 3 2 2 1 2 3\n",
          "leaf (leaf.c);run (main.c);main (main.c)", "main (main.c);run (main.c);leaf (leaf.c)");
}

static void an_address_of_one_function_changes_nothing(void **state)
{
    (void)state;
    mends(STRINGS "i 1 1 4 5 1\ni 2 1 3 2 1\ni 3 1\n", "leaf (leaf.c);run (main.c)",
          "leaf (leaf.c);run (main.c)");
}

static void what_is_damaged_is_refused(void **state)
{
    (void)state;
    static const char *const broken[] = {"s 4\n", STRINGS "i 1 1 9 1 1\n", STRINGS "i 1 x\n",
                                         STRINGS "i 1 1 3 2 8e"};
    static const char *const problems[] = {
        "data:1: a string without a text", "data:8: a string that there is not",
        "data:8: an address that is none", "data:8: it ends here"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct pl_stacks stacks = {0};
        struct pl_error error = {""};
        assert_int_equal(pl_inlined_mend(broken[i], strlen(broken[i]), "data", &stacks, &error),
                         -EINVAL);
        if (!strstr(error.text, problems[i]))
            fail_msg("%s", error.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inlined_frames_are_turned_round),
        cmocka_unit_test(files_lose_their_folders),
        cmocka_unit_test(the_longest_run_counts),
        cmocka_unit_test(an_address_of_one_function_changes_nothing),
        cmocka_unit_test(what_is_damaged_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
