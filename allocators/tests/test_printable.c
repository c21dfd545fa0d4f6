/* What a terminal would obey is shown as an escape; all other text stays as it is. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "allocators/base/error.h"
#include "allocators/base/printable.h"

static const struct {
    const char *text, *shown;
} rows[] = {
    {"", ""},
    {"plain ~ text", "plain ~ text"},
    {"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x9a\xa2", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x9a\xa2"},
    {"a\x1b]0;pwned\x07z", "a\\x1b]0;pwned\\x07z"},
    {"two\nlines\tand\rthree", "two\\x0alines\\x09and\\x0dthree"},
    {"\x7f", "\\x7f"},
    {"\xc2\x9b[31m", "\\u009b[31m"},
    {"\xc2\x85\xc2\xa0", "\\u0085\xc2\xa0"},
    {"\xe2\x80\xae"
     "gpj",
     "\\u202egpj"},
    {"\xe2\x81\xa6\xe2\x81\xa9", "\\u2066\\u2069"},
    {"\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c", "\\u200e\\u200f\\u061c"},
    {"\xe2\x80\xa8\xe2\x80\xa9", "\\u2028\\u2029"},
    {"\xff\xfe", "\\xff\\xfe"},
    {"\xc0\x9b", "\\xc0\\x9b"},          /* overlong */
    {"\xed\xa0\x80", "\\xed\\xa0\\x80"}, /* a surrogate */
    {"cut \xe2\x82", "cut \\xe2\\x82"},
    {"a literal \\x1b", "a literal \\x1b"},
};

static void shows_what_is_hidden(void **state)
{
    (void)state;
    char shown[128];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t size = strlen(rows[i].text);
        size_t whole = pl_printable_copy(shown, sizeof shown, rows[i].text, size);
        assert_string_equal(shown, rows[i].shown);
        assert_int_equal(whole, strlen(rows[i].shown));
        assert_int_equal(pl_printable_text(rows[i].text, size),
                         strcmp(rows[i].text, rows[i].shown) == 0);
        char *copy = pl_printable_dup(rows[i].text);
        assert_string_equal(copy, rows[i].shown);
        free(copy);
    }
}

static void a_nul_is_shown_too(void **state)
{
    (void)state;
    char shown[16];
    assert_int_equal(pl_printable_copy(shown, sizeof shown, "a\0b", 3), 6);
    assert_string_equal(shown, "a\\x00b");
}

static void cuts_between_characters(void **state)
{
    (void)state;
    char shown[6];
    assert_int_equal(pl_printable_copy(shown, sizeof shown,
                                       "abc\x1b"
                                       "d",
                                       5),
                     8);
    assert_string_equal(shown, "abc");
    assert_int_equal(pl_printable_copy(shown, sizeof shown, "abcd\xc3\xa9", 6), 6);
    assert_string_equal(shown, "abcd");
}

static void streams_keep_what_they_are_told(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    pl_printable_write(out, "a\nb\x1b\0", 5, "\n");
    pl_printable_line(out, "%s is %d", "x\n", 3);
    fclose(out);
    assert_string_equal(text, "a\nb\\x1b\\x00x\\x0a is 3\n");
    free(text);
}

static void errors_are_clean(void **state)
{
    (void)state;
    struct pl_error error;
    assert_int_equal(pl_error_set(&error, -EINVAL, "%s:1: %s", "a\xe2\x80\xae", "\x1b[2J\xff"),
                     -EINVAL);
    assert_string_equal(error.text, "a\\u202e:1: \\x1b[2J\\xff");
    char large[2000];
    memset(large, 0x1b, sizeof large - 1);
    large[sizeof large - 1] = '\0';
    pl_error_set(&error, 0, "%s", large);
    assert_int_equal(strlen(error.text) % 4, 0);         /* whole escapes */
    pl_error_set(&error, 0, "again: %.20s", error.text); /* from its own text */
    assert_string_equal(error.text, "again: \\x1b\\x1b\\x1b\\x1b\\x1b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_what_is_hidden),
        cmocka_unit_test(a_nul_is_shown_too),
        cmocka_unit_test(cuts_between_characters),
        cmocka_unit_test(streams_keep_what_they_are_told),
        cmocka_unit_test(errors_are_clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
