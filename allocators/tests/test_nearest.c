/* The nearest name to a word that is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "allocators/base/nearest.h"

static const char names[] = "stalled-reader, stall-and-resume, steady-reader, lossy-network, gate";

static const char *nearest_to(struct pl_nearest *n, const char *word)
{
    pl_nearest_begin(n, word);
    pl_nearest_try_list(n, names);
    return pl_nearest_name(n);
}

static void typing_errors_are_near(void **state)
{
    (void)state;
    struct pl_nearest n;
    assert_string_equal(nearest_to(&n, "stalled-raeder"), "stalled-reader");
    assert_string_equal(nearest_to(&n, "steadyreader"), "steady-reader");
    assert_string_equal(nearest_to(&n, "lossy"), "lossy-network");
    assert_string_equal(nearest_to(&n, "gaet"), "gate");
}

static void what_is_far_is_not_guessed(void **state)
{
    (void)state;
    struct pl_nearest n;
    assert_null(nearest_to(&n, "jitter"));
    assert_null(nearest_to(&n, ""));
    assert_null(nearest_to(&n, "s"));
    pl_nearest_begin(&n, "word");
    assert_null(pl_nearest_name(&n));
}

static void a_message_says_what_is_right(void **state)
{
    (void)state;
    char text[300];
    pl_nearest_say("scenario", "stalled-raeder", names, text, sizeof text);
    assert_string_equal(text, "unknown scenario stalled-raeder; did you mean stalled-reader?");
    pl_nearest_say("tier", "x", "smoke|full", text, sizeof text);
    assert_string_equal(text, "unknown tier x; expected smoke|full");
    pl_nearest_say("tier", "", "smoke, full", text, sizeof text);
    assert_string_equal(text, "unknown tier ''; expected smoke, full");
}

/* A letter swapped counts once, and no length overflows the rows. */
static void long_words_are_cut(void **state)
{
    (void)state;
    struct pl_nearest n;
    char word[400];
    memset(word, 'a', sizeof word);
    word[sizeof word - 1] = '\0';
    pl_nearest_begin(&n, word);
    pl_nearest_try(&n, word);
    assert_int_equal(strlen(n.name), PL_NEAREST_MAX);
    pl_nearest_begin(&n, "ab");
    pl_nearest_try(&n, "ba");
    assert_int_equal(n.whole, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(typing_errors_are_near),
        cmocka_unit_test(what_is_far_is_not_guessed),
        cmocka_unit_test(a_message_says_what_is_right),
        cmocka_unit_test(long_words_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
