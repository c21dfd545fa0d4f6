/* Formats beside each other: groups that differ in nothing else, a table a figure. */
#include <stdlib.h>
#include <string.h>

#include "harness/report/page/page.h"
#include "harness/report/report.h"
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

typedef char *(*maker)(const struct pl_model *, const char *, const char *, size_t *);

static void page_has(maker make, const struct pl_model *m, const char *part, bool has)
{
    char *text;
    size_t size;
    text = make(m, "/nowhere", NULL, &size);
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
        cmocka_unit_test(both_reports_show_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
