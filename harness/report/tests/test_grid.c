/* Tables and sentences as wide as a terminal: what is left out is named, what is long wraps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/report/writers/grid.h"
#include "harness/report/writers/wrap.h"

static int no_columns(void **state)
{
    (void)state;
    return unsetenv("COLUMNS");
}

static void columns(const char *width)
{
    assert_int_equal(setenv("COLUMNS", width, 1), 0);
}

/* A name, two figures and words. */
static struct pl_grid make(const char *name, const char *words)
{
    struct pl_grid grid = pl_grid_make(1, 4);
    const char *const cells[2][4] = {{"stack", "peak", "mean", "why"}, {name, "12", "7", words}};
    for (size_t row = 0; row < 2; row++)
        for (size_t column = 0; column < 4; column++)
            pl_grid_set(&grid, row, column, cells[row][column], NULL);
    grid.columns[0].left = grid.columns[3].left = true;
    return grid;
}

static void prints(struct pl_grid *grid, const char *expected)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    pl_grid_print(out, grid);
    fclose(out);
    assert_string_equal(text, expected);
    free(text);
}

static void wraps(const char *words, size_t at, size_t column, size_t width, const char *expected)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    pl_wrap(out, words, at, column, width);
    fclose(out);
    assert_string_equal(text, expected);
    free(text);
}

#define LONG_WORDS "it holds more than it may hold, and is killed"

static void all_is_shown_where_nobody_says_how_wide(void **state)
{
    (void)state;
    struct pl_grid grid = make("slab/glibc", LONG_WORDS);
    grid.columns[1].rank = 1;
    prints(&grid, "stack       peak  mean  why\n"
                  "slab/glibc    12     7  " LONG_WORDS "\n");
}

static void what_is_left_out_is_named(void **state)
{
    (void)state;
    columns("40");
    struct pl_grid grid = make("slab/glibc", "it holds more than it");
    grid.columns[1].rank = 1;
    grid.columns[2].rank = 2;
    prints(&grid, "stack       peak  why\n"
                  "slab/glibc    12  it holds more than it\n"
                  "not shown in 40 columns: mean\n");
    grid = make("slab/glibc", "it holds more than it");
    prints(&grid, "stack       peak  mean\n"
                  "slab/glibc    12     7\n"
                  "\n"
                  "stack       why\n"
                  "slab/glibc  it holds more than it\n");
}

static void a_sentence_hangs_in_its_column(void **state)
{
    (void)state;
    columns("48");
    struct pl_grid grid = make("slab", LONG_WORDS);
    grid.prose = true;
    prints(&grid, "stack  peak  mean  why\n"
                  "slab     12     7  it holds more than it may\n"
                  "                   hold, and is killed\n");
    grid = make("a-name-of-twenty-four-th", LONG_WORDS);
    grid.prose = true;
    prints(&grid, "stack                     peak  mean\n"
                  "    why\n"
                  "a-name-of-twenty-four-th    12     7\n"
                  "    it holds more than it may hold, and is\n"
                  "    killed\n");
}

static void a_pipe_has_a_line_for_each(void **state)
{
    (void)state;
    struct pl_grid grid = make("a-name-that-is-longer-than-the-third-of-a-line", LONG_WORDS);
    grid.prose = true;
    prints(&grid, "stack                                           peak  mean  why\n"
                  "a-name-that-is-longer-than-the-third-of-a-line    12     7  " LONG_WORDS "\n");
    grid = make("a-name-that-is-longer-than-the-third-of-a-line", LONG_WORDS);
    grid.prose = true;
    grid.assumed = 60;
    prints(&grid, "stack  peak  mean  why\n"
                  "a-name-that-is-longer-than-the-third-of-a-line\n"
                  "         12     7  it holds more than it may hold, and is\n"
                  "                   killed\n");
}

static void words_wrap(void **state)
{
    (void)state;
    wraps("one two three", 0, 0, 0, "one two three\n");
    wraps("one two three", 0, 0, 9, "one two\nthree\n");
    wraps("one two three", 0, 2, 10, "  one two\n  three\n");
    wraps("one two three", 3, 4, 11, " one two\n    three\n");
    wraps("", 3, 4, 11, "\n");
    wraps("three \xc3\xa4\xc3\xa4\xc3\xa4", 0, 0, 9, "three \xc3\xa4\xc3\xa4\xc3\xa4\n");
    wraps("a\x1b[31mb", 0, 0, 0, "a\\x1b[31mb\n");
    /* a path is not broken: it begins where it fits, else at the left */
    wraps("/a/b/c/d/e/f/g", 8, 10, 20, "\n      /a/b/c/d/e/f/g\n");
    wraps("at /a/b/c/d/e/f/g/h/i/j/k", 6, 7, 20, " at\n    /a/b/c/d/e/f/g/h/i/j/k\n");
}

static void a_kept_file_is_no_terminal(void **state)
{
    (void)state;
    FILE *kept = tmpfile();
    assert_non_null(kept);
    columns("60");
    assert_int_equal(pl_wrap_width(kept, 100), 100);
    assert_int_equal(pl_wrap_width(stdout, 100), 60);
    columns("7"); /* a mistake */
    assert_int_equal(pl_wrap_width(stdout, 100), 40);
    fclose(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(all_is_shown_where_nobody_says_how_wide, no_columns),
        cmocka_unit_test_setup(what_is_left_out_is_named, no_columns),
        cmocka_unit_test_setup(a_sentence_hangs_in_its_column, no_columns),
        cmocka_unit_test_setup(a_pipe_has_a_line_for_each, no_columns),
        cmocka_unit_test_setup(words_wrap, no_columns),
        cmocka_unit_test_setup(a_kept_file_is_no_terminal, no_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
