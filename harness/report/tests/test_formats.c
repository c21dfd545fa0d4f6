/* Formats beside each other: which groups belong together, and what stands in the tables. */
#include <stdlib.h>
#include <string.h>

#include "harness/report/markdown_report.h"
#include "harness/report/model/formats.h"
#include "harness/report/page/page.h"
#include "harness/report/tests/sample.h"

static json_t *add(json_t *d, const char *stack, const char *format, double rss_mib)
{
    json_t *cell = sample_cell(d, stack, "bounded");
    sample_set(cell, "format", format);
    sample_metric(cell, "rss_bytes_peak", rss_mib * 1024 * 1024);
    sample_metric(cell, "cpu_percent_of_realtime", 0.01234);
    return cell;
}

/* Two formats of one question, a stack of which the second lacks, and another question in one. */
static json_t *document(void)
{
    json_t *d = sample_empty();
    add(d, "glibc", "f64", 40);
    add(d, "jemalloc", "f64", 44);
    add(d, "glibc", "s16", 10);
    sample_set(add(d, "glibc", "s16", 99), "scenario", "another");
    return d;
}

static void groups_that_differ_in_format_belong_together(void **state)
{
    (void)state;
    struct pl_model m;
    struct pl_formats f;
    struct pl_error error;
    char text[PL_TEXT_FIGURE];
    json_t *d = document();
    assert_int_equal(pl_model_build(&m, d, &error), 0);
    assert_int_equal(m.group_count, 3);
    assert_true(pl_formats_find(&m, 0, &f));
    assert_int_equal(f.count, 2);
    assert_string_equal(f.groups[1]->format, "s16");
    const struct pl_format_figure *peak = &pl_format_figures[1];
    pl_formats_figure(&f, peak, &m.groups[0].rows[0], 0, text);
    assert_string_equal(text, "40.0");
    pl_formats_figure(&f, peak, &m.groups[0].rows[0], 1, text);
    assert_string_equal(text, "10.0");
    pl_formats_figure(&f, peak, &m.groups[0].rows[1], 1, text);
    assert_string_equal(text, "-");
    assert_true(pl_formats_have(&f, peak));
    assert_false(pl_formats_have(&f, &pl_format_figures[0]));
    assert_false(pl_formats_find(&m, 1, &f)); /* not the first of them */
    assert_false(pl_formats_find(&m, 2, &f)); /* alone */
    pl_model_free(&m);
    json_decref(d);
}

typedef int (*maker)(const struct pl_model *, const char *, const char *, char **, size_t *);

static void page_has(maker make, const struct pl_model *m, const char *part, bool has)
{
    char *text;
    size_t size;
    assert_int_equal(make(m, "/nowhere", NULL, &text, &size), 0);
    if ((strstr(text, part) != NULL) != has)
        fail_msg("'%s' %s", part, has ? "is not in it" : "is in it");
    free(text);
}

static void both_reports_show_them(void **state)
{
    (void)state;
    struct pl_model m;
    struct pl_error error;
    json_t *d = document();
    assert_int_equal(pl_model_build(&m, d, &error), 0);
    page_has(pl_markdown_make, &m, "\npeak RSS, MiB\n\n| stack | f64 | s16 |\n|---|---:|---:|\n",
             true);
    page_has(pl_markdown_make, &m, "| glibc | 40.0 | 10.0 |\n| jemalloc | 44.0 | - |\n", true);
    page_has(pl_markdown_make, &m, "| glibc | 0.0123 | 0.0123 |\n", true);
    page_has(pl_markdown_make, &m, "beside each other: another", false);
    page_has(pl_markdown_make, &m, "round trip,", false);
    page_has(pl_html_make, &m, "<tr><th scope=\"row\">glibc</th><td class=\"n\">40.0</td>", true);
    pl_model_free(&m);
    json_decref(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_that_differ_in_format_belong_together),
        cmocka_unit_test(both_reports_show_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
