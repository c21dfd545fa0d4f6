/* Alerts in every form of the report. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/model/columns.h"
#include "harness/report/page/page.h"
#include "harness/report/report.h"
#include "harness/report/terminal/table.h"
#include "harness/report/tests/sample.h"

static void raise_alert(json_t *cell, const char *alert, double t_seconds, double value)
{
    json_t *alerts = json_object_get(cell, "alerts");
    if (!alerts)
        json_object_set_new(cell, "alerts", alerts = json_array());
    json_array_append_new(alerts, json_pack("{s:s, s:f, s:f}", "alert", alert, "t_seconds",
                                            t_seconds, "value", value));
}

static char *terminal_of(json_t *document)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    pl_report_table(out, document, NULL);
    fclose(out);
    return text;
}

static char *page_of(char *(*make)(const struct pl_model *, const char *, const char *, size_t *),
                     const json_t *document)
{
    struct pl_model m;
    struct pl_error error;
    char *text;
    size_t size;
    assert_int_equal(pl_model_build(&m, document, &error), 0);
    text = make(&m, "/nowhere", NULL, &size);
    pl_model_free(&m);
    return text;
}

static void holds(char *text, const char *part, bool wanted)
{
    if (!strstr(text, part) == wanted)
        fail_msg("'%s' is %s in it: %s", part, wanted ? "not" : "still", text);
    free(text);
}

static void each_form_lists_them(void **state)
{
    (void)state;
    json_t *d = sample_document();
    json_t *cell = json_array_get(json_object_get(d, "cells"), 0);
    raise_alert(cell, "live_packets > 100", 12.34, 1234);
    raise_alert(cell, "rss_bytes > 1MiB", 20, 3 << 20);
    sample_metric(cell, "time_to_alert_seconds", 12.34);
    holds(terminal_of(d),
          "- glibc at 12.3 s: live_packets > 100 (1,234); at 20.0 s: rss_bytes "
          "> 1MiB (3 MiB)\n",
          true);
    holds(terminal_of(d), "first", true); /* the column of its time */
    holds(page_of(pl_markdown_make, d),
          "\nAlerts:\n\n- **glibc** at 12.3 s: live\\_packets &gt; 100 (1,234); at 20.0 s: "
          "rss\\_bytes "
          "&gt; "
          "1MiB (3 MiB)\n",
          true);
    holds(
        page_of(pl_html_make, d),
        "<p>Alerts:</p>\n<ul>\n<li><b>glibc</b> at 12.3 s: live_packets &gt; 100 (1,234); at 20.0 "
        "s: rss_bytes &gt; 1MiB (3 MiB)</li>\n</ul>",
        true);
    json_decref(d);
}

static void without_any_nothing_is_said(void **state)
{
    (void)state;
    json_t *d = sample_document();
    holds(terminal_of(d), "alert", false);
    holds(page_of(pl_markdown_make, d), "Alerts", false);
    holds(page_of(pl_html_make, d), "<h3>Alerts", false);
    json_decref(d);
}

static void of_many_the_first_are_shown(void **state)
{
    (void)state;
    json_t *d = sample_document();
    json_t *cell = json_array_get(json_object_get(d, "cells"), 0);
    for (int i = 0; i < 1000; i++)
        raise_alert(cell, "live_packets > 100", i, 101 + i);
    holds(terminal_of(d), "at 3.0 s: live_packets > 100 (104); ... and 996 more\n", true);
    json_decref(d);
}

/* Of whatever a person has in results.json. */
static void odd_ones_do_no_harm(void **state)
{
    (void)state;
    json_t *d = sample_document();
    json_t *cell = json_array_get(json_object_get(d, "cells"), 0);
    json_object_set_new(cell, "alerts", json_string("none"));
    holds(terminal_of(d), "alert", false);
    json_object_set_new(cell, "alerts", json_pack("[s, {s:i}]", "x", "alert", 5));
    holds(terminal_of(d), "at 0.0 s:  (0); at 0.0 s:  (0)", true);
    char name[2000];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    json_object_set_new(cell, "alerts", json_array());
    for (int i = 0; i < 6; i++)
        raise_alert(cell, name, 0, 0);
    raise_alert(cell, "<script>", 0, 0);
    holds(page_of(pl_html_make, d), "\"<script>", false);
    holds(page_of(pl_html_make, d), "at 0.0 s: <script>", false);
    json_decref(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_form_lists_them),
        cmocka_unit_test(without_any_nothing_is_said),
        cmocka_unit_test(of_many_the_first_are_shown),
        cmocka_unit_test(odd_ones_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
