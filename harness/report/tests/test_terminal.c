/* Documents on the terminal: what stands off, what hangs, and heads no wider than their figures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/report/writers/terminal.h"

static int no_columns(void **state)
{
    (void)state;
    return unsetenv("COLUMNS");
}

static void prints(struct pl_terminal_layout layout, pl_doc_function write, const char *expected)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    pl_terminal_print(out, layout, write, NULL);
    fclose(out);
    assert_string_equal(text, expected);
    free(text);
}

static void write_lists(struct pl_doc *doc, const void *context)
{
    (void)context;
    pl_doc_section(doc, (struct pl_place){0}, "Lists");
    pl_doc_say(doc, "of some kinds:");
    pl_doc_list(doc, PL_LIST_BULLETS, "items");
    pl_doc_item(doc, PL_STYLE_PLAIN);
    pl_doc_text(doc, PL_STYLE_PLAIN, "one of two");
    pl_doc_list(doc, PL_LIST_BULLETS, "items");
    pl_doc_item_named(doc, "inner", " and %s", "last");
    pl_doc_list_end(doc);
    pl_doc_item_end(doc);
    pl_doc_item_text(doc, "another");
    pl_doc_list_end(doc);
    pl_doc_list(doc, PL_LIST_TERMS, "terms");
    pl_doc_term(doc, "term");
    pl_doc_text(doc, PL_STYLE_BAD, "it failed");
    pl_doc_command(doc, "again it");
    pl_doc_item_end(doc);
    pl_doc_list_end(doc);
    pl_doc_section_end(doc);
    pl_doc_section(doc, (struct pl_place){0}, "Next");
}

static void lists_hang_under_what_they_are_of(void **state)
{
    (void)state;
    prints((struct pl_terminal_layout){0}, write_lists,
           "Lists\n"
           "of some kinds:\n"
           "- one of two\n"
           "  - inner and last\n"
           "- another\n"
           "term: it failed\n"
           "  again it\n"
           "\n"
           "Next\n");
}

static void write_tables(struct pl_doc *doc, const void *context)
{
    static const struct pl_doc_column columns[] = {{.head = "stack"},
                                                   {"peak of it", "MiB", .figure = true},
                                                   {.head = "long figures", .figure = true}};
    (void)context;
    pl_doc_section(doc, (struct pl_place){0}, "A run");
    for (int i = 0; i < 2; i++) {
        pl_doc_table(doc, PL_DOC_COLUMNS(columns), "rows", "table %d", i + 1);
        pl_doc_row(doc);
        pl_doc_cell_text(doc, "glibc");
        pl_doc_cell(doc, PL_STYLE_BAD);
        pl_doc_text(doc, PL_STYLE_PLAIN, "12.5");
        pl_doc_text(doc, PL_STYLE_SMALL, i ? "12..13" : "");
        pl_doc_cell_end(doc);
        pl_doc_cell_text(doc, "1,234,567,890");
        pl_doc_row_end(doc);
        pl_doc_table_end(doc);
    }
}

static void heads_are_no_wider_than_their_figures(void **state)
{
    (void)state;
    prints((struct pl_terminal_layout){.indent = 2}, write_tables,
           "A run\n"
           "\n"
           "  table 1\n"
           "          peak\n"
           "         of it   long figures\n"
           "  stack    MiB\n"
           "  glibc   12.5  1,234,567,890\n"
           "\n"
           "  table 2\n"
           "            peak of it   long figures\n"
           "  stack            MiB\n"
           "  glibc  12.5 (12..13)  1,234,567,890\n");
}

static void write_sentence(struct pl_doc *doc, const void *context)
{
    (void)context;
    pl_doc_list(doc, PL_LIST_BULLETS, "items");
    pl_doc_item_text(doc, "what is longer than the terminal is wide wraps within its item");
    pl_doc_list_end(doc);
}

static void sentences_wrap_within_their_item(void **state)
{
    (void)state;
    prints((struct pl_terminal_layout){.assumed = 40}, write_sentence,
           "- what is longer than the terminal is\n"
           "  wide wraps within its item\n");
    prints((struct pl_terminal_layout){0}, write_sentence,
           "- what is longer than the terminal is wide wraps within its item\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(lists_hang_under_what_they_are_of, no_columns),
        cmocka_unit_test_setup(heads_are_no_wider_than_their_figures, no_columns),
        cmocka_unit_test_setup(sentences_wrap_within_their_item, no_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
