/* What a comparison looks like: words for figures, and the files that others read. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/compare/tests/documents.h"
#include "harness/report/comparison/change_text.h"
#include "harness/report/comparison/comparison.h"

/* Two runs of `stacks` cells, of which the first weighs more. */
static struct pl_comparison make(size_t stacks, const char *name)
{
    json_t *base = document_make(NULL), *new = document_make(NULL);
    struct pl_comparison c;
    struct pl_error error = {""};
    char stack[128];
    for (size_t i = 0; i < stacks; i++) {
        snprintf(stack, sizeof stack, "%s%zu", name, i);
        json_object_set_new(document_add(base, stack, 0), "live_bytes_peak", json_integer(1024));
        json_object_set_new(document_add(new, stack, 0), "live_bytes_peak",
                            json_integer(i ? 1024 : 1088));
        json_object_set_new(document_metrics(base, i), "cpu_ns_per_packet", json_real(100));
        json_object_set_new(document_metrics(new, i), "cpu_ns_per_packet", json_real(101));
    }
    if (pl_comparison_make(base, new, NULL, &c, &error))
        fail_msg("%s", error.text);
    json_decref(base);
    json_decref(new);
    return c;
}

enum page { TABLE, MARKDOWN, JSON, JUNIT };

static char *page_of(struct pl_comparison *c, enum page page)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (page == TABLE)
        pl_comparison_table(out, c);
    else if (page == MARKDOWN)
        pl_comparison_markdown(out, c, "a", "b");
    else if (page == JSON)
        pl_comparison_json(out, c, "a", "b");
    else
        pl_comparison_junit(out, c);
    fclose(out);
    pl_comparison_free(c);
    return text;
}

static size_t occurrences(const char *text, const char *what)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, what)); at++)
        count++;
    return count;
}

static void the_table_shows_what_changed_and_counts_the_rest(void **state)
{
    (void)state;
    struct pl_comparison c = make(3, "stack");
    char *text = page_of(&c, TABLE);
    assert_non_null(strstr(
        text, "steady-reader stack0 f32  worse    live_bytes_peak (D)  1 KiB  1.06 KiB  +6.2 %"));
    assert_null(strstr(text, "stack1"));
    assert_non_null(strstr(text, "- inconclusive, 3 metrics of cells: not run side by side"));
    assert_non_null(strstr(text, "3 cells: 1 worse, 0 better, 5 same, 3 inconclusive"));
    free(text);
}

static void the_comment_leads_with_what_to_act_on(void **state)
{
    (void)state;
    struct pl_comparison c = make(3, "stack");
    char *text = page_of(&c, MARKDOWN);
    const char *worse = strstr(text, "| steady-reader stack0 f32 | worse | `live_bytes_peak`");
    assert_int_equal(strncmp(text, "## Plimsoll: this change is worse\n", 34), 0);
    assert_non_null(worse);
    assert_true(worse < strstr(text, "<details>"));
    assert_int_equal(occurrences(text, "| same |"), 2);
    free(text);
}

static void the_comment_stays_below_what_github_takes(void **state)
{
    (void)state;
    struct pl_comparison c = make(900, "stack");
    char *text = page_of(&c, MARKDOWN);
    assert_true(strlen(text) <= 65000);
    assert_non_null(strstr(text, " rows left out here: compare.json has them all."));
    assert_non_null(strstr(text, "</details>"));
    free(text);
}

static void names_stay_text(void **state)
{
    (void)state;
    struct pl_comparison c = make(1, "<b>\"|&\x01");
    char *text = page_of(&c, MARKDOWN);
    assert_null(strstr(text, "<b>"));
    free(text);
    c = make(1, "<b>\"|&\x01");
    text = page_of(&c, JUNIT);
    assert_null(strstr(text, "<b>"));
    assert_null(strchr(text, '\x01'));
    assert_non_null(strstr(text, "name=\"&#60;b&#62;&#34;|&#38; 0 f32 outcome\""));
    free(text);
}

static void junit_counts_what_it_holds(void **state)
{
    (void)state;
    struct pl_comparison c = make(3, "stack");
    char *text = page_of(&c, JUNIT);
    assert_non_null(strstr(text, "tests=\"9\" failures=\"1\" errors=\"0\" skipped=\"3\""));
    assert_int_equal(occurrences(text, "<testcase"), 9);
    assert_int_equal(occurrences(text, "<failure"), 1);
    assert_int_equal(occurrences(text, "<skipped"), 3);
    free(text);
}

static void json_holds_reasons_and_no_nan(void **state)
{
    (void)state;
    struct pl_comparison c = make(2, "stack");
    char *text = page_of(&c, JSON);
    json_t *root = json_loads(text, 0, NULL);
    assert_non_null(root);
    json_t *gate = json_object_get(root, "gate");
    assert_true(json_is_true(json_object_get(gate, "failed")));
    assert_int_equal(json_array_size(json_object_get(gate, "reasons")), 1);
    assert_string_equal(json_string_value(json_array_get(json_object_get(gate, "reasons"), 0)),
                        "steady-reader stack0 f32: live_bytes_peak 1 KiB -> 1.06 KiB (+6.2 %; "
                        "exact)");
    json_t *metric = json_array_get(
        json_object_get(json_array_get(json_object_get(root, "cells"), 0), "metrics"), 1);
    assert_string_equal(json_string_value(json_object_get(metric, "verdict")), "inconclusive");
    assert_null(json_object_get(metric, "p"));
    json_decref(root);
    free(text);
}

/* One cell with two threads that weighs more. */
static struct pl_comparison make_threaded(void)
{
    json_t *sides[2];
    struct pl_comparison c;
    for (int s = 0; s < 2; s++) {
        sides[s] = document_make(NULL);
        json_object_set_new(document_add(sides[s], "slab", 0), "live_bytes_peak",
                            json_integer(1024 << s));
        json_object_set_new(json_array_get(json_object_get(sides[s], "cells"), 0), "threads",
                            json_integer(2));
    }
    assert_int_equal(pl_comparison_make(sides[0], sides[1], NULL, &c, NULL), 0);
    json_decref(sides[0]);
    json_decref(sides[1]);
    return c;
}

static struct pl_comparison make_heaps(void)
{
    json_t *base = document_make(NULL), *new = document_make(NULL);
    json_t *const roots[] = {base, new};
    struct pl_comparison c;
    struct pl_error error = {""};
    for (size_t i = 0; i < 4; i++) { /* two stacks on each side */
        json_object_set_new(document_add(roots[i % 2], i < 2 ? "jemalloc" : "slab/jemalloc", 0),
                            "live_bytes_peak", json_integer(1024));
        json_object_set_new(
            json_array_get(json_object_get(roots[i % 2], "cells"), i / 2), "heap",
            json_pack("{s:s, s:s}", "name", "jemalloc", "version", i % 2 ? "5.3.1" : "5.3.0"));
    }
    if (pl_comparison_make(base, new, NULL, &c, &error))
        fail_msg("%s", error.text);
    json_decref(base);
    json_decref(new);
    return c;
}

static void a_change_of_the_heap_is_said_first_and_once(void **state)
{
    static const char statement[] = "jemalloc 5.3.0 -> 5.3.1: a change of the heap";
    static const char markdown[] = "## Plimsoll: no worse\n\n**jemalloc 5.3.0 -&gt; 5.3.1: a "
                                   "change of the heap**\n\n2 cells: ";
    (void)state;
    struct pl_comparison c = make_heaps();
    char *text = page_of(&c, TABLE);
    assert_non_null(strstr(text, "\njemalloc 5.3.0 -> 5.3.1: a change of the heap\n"));
    assert_int_equal(occurrences(text, statement), 1);
    free(text);
    c = make_heaps();
    text = page_of(&c, MARKDOWN);
    if (strncmp(text, markdown, strlen(markdown)) != 0)
        fail_msg("%.200s", text);
    free(text);
    c = make_heaps();
    text = page_of(&c, JSON);
    json_t *root = json_loads(text, 0, NULL), *heaps = json_object_get(root, "heaps");
    assert_int_equal(json_array_size(heaps), 1);
    assert_string_equal(json_string_value(json_object_get(json_array_get(heaps, 0), "base")),
                        "5.3.0");
    assert_string_equal(json_string_value(json_object_get(json_array_get(heaps, 0), "statement")),
                        statement);
    json_decref(root);
    free(text);
}

static void two_threads_are_told_in_each_form(void **state)
{
    (void)state;
    static const char *const told[] = {
        [TABLE] = "steady-reader slab f32, 2 threads  worse",
        [MARKDOWN] = "| steady-reader slab f32, 2 threads | worse | `live_bytes_peak`",
        [JSON] = "\"steady-reader slab f32, 2 threads: live_bytes_peak 1 KiB",
        [JUNIT] = "name=\"slab f32, 2 threads live_bytes_peak\"><failure",
    };
    for (enum page page = TABLE; page <= JUNIT; page++) {
        struct pl_comparison c = make_threaded();
        char *text = page_of(&c, page);
        if (!strstr(text, told[page]))
            fail_msg("%s", text);
        if (page == JSON)
            assert_non_null(strstr(text, "\"threads\": 2"));
        free(text);
    }
}

static void sizes_read_as_a_person_would_say_them(void **state)
{
    (void)state;
    static const struct {
        double base, new;
        const char *text;
    } cases[] = {{100, 100, ""},       {100, 105, "+5 %"}, {100, 99.5, "-0.5 %"},
                 {100, 250, "+150 %"}, {1, 25, "x 25.0"},  {0, 7, "+7"},
                 {0, 0, ""},           {100, 0, "-100 %"}};
    char text[PL_CHANGE_TEXT];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_judged j = {.metric = pl_metric_find("packets_dropped"),
                              .base = cases[i].base,
                              .new = cases[i].new};
        j.ratio = j.base != 0 ? j.new / j.base : (double)NAN;
        pl_change_size(&j, text);
        assert_string_equal(text, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_shows_what_changed_and_counts_the_rest),
        cmocka_unit_test(the_comment_leads_with_what_to_act_on),
        cmocka_unit_test(the_comment_stays_below_what_github_takes),
        cmocka_unit_test(names_stay_text),
        cmocka_unit_test(junit_counts_what_it_holds),
        cmocka_unit_test(json_holds_reasons_and_no_nan),
        cmocka_unit_test(a_change_of_the_heap_is_said_first_and_once),
        cmocka_unit_test(two_threads_are_told_in_each_form),
        cmocka_unit_test(sizes_read_as_a_person_would_say_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
