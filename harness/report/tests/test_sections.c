/* The instruments' sections: what stands in them, what is escaped, which documents are refused. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/model/observed.h"
#include "harness/report/page/page.h"
#include "harness/report/report.h"
#include "harness/report/terminal/table.h"
#include "harness/report/tests/sample.h"
#include "harness/report/tests/validate.h"
#include "harness/results/document.h"

static json_t *add_entry(json_t *document, const char *instrument, const char *status)
{
    json_t *entries = json_object_get(document, "instruments");
    json_t *entry = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:f, s:s, s:s, s:s, s:s, s:{}, s:{}, s:[], s:[]}", "instrument",
        instrument, "scenario", "stalled-reader", "allocator", "slab", "allocator_run",
        "slab:backing=mmap/glibc", "format", "f32", "duration_seconds", 60.0, "status", status,
        "why", "", "command", "/usr/bin/valgrind plimsoll-cell", "reproduce",
        "plimsoll run stalled-reader --instrument massif", "figures", "ours", "sites", "files");
    assert_non_null(entry);
    if (!entries) {
        entries = json_array();
        json_object_set_new(document, "instruments", entries);
    }
    json_array_append_new(entries, entry);
    return entry;
}

static json_t *observed(void)
{
    json_t *d = sample_document();
    json_t *massif = add_entry(d, "massif", "ok");
    json_object_set_new(json_object_get(massif, "figures"), "peak_bytes_window",
                        json_integer(1002000));
    json_object_set_new(massif, "agreement",
                        json_pack("{s:s, s:i, s:i, s:f}", "what", "x", "theirs", 1002000, "ours",
                                  1000000, "ratio", 1.002));
    json_array_append_new(json_object_get(massif, "sites"),
                          json_pack("{s:s, s:i, s:s}", "frames",
                                    "main;pl_loop_run (loop.c:71);on_arrival;receive", "cost", 4711,
                                    "unit", "B"));
    json_array_append_new(json_object_get(massif, "files"), json_string("instruments/a.out"));
    json_array_append_new(json_object_get(massif, "files"), json_string("instruments/a.folded"));
    json_t *callgrind = add_entry(d, "callgrind", "ok");
    json_object_set_new(json_object_get(callgrind, "figures"), "instructions_per_packet",
                        json_real(1803.75));
    sample_set(add_entry(d, "massif", "skipped"), "why", "valgrind is not in PATH; apt-get <it>");
    return d;
}

typedef char *(*maker)(const struct pl_model *, const char *, const char *, size_t *);

static char *page_of(maker make, const json_t *document)
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

static void has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("'%s' is not in it", part);
}

static void markdown_has_a_section_each(void **state)
{
    (void)state;
    json_t *d = observed();
    char *text = page_of(pl_markdown_make, d);
    has(text, "## Under massif\n\nIt sees each requested byte");
    has(text, "**What it can't see:** It replaces every malloc by its own");
    has(text, "| stack | scenario | status | peak bytes window | agreement |\n"
              "|---|---|---|---:|---|\n");
    has(text, "| slab, run as slab:backing=mmap/glibc | stalled-reader 60 s | ok | 1,002,000 | "
              "1,002,000, ours 1,000,000: 0.20 % apart |");
    has(text, "**skipped:** valgrind is not in PATH; apt-get &lt;it&gt;");
    has(text, "- `4,711 B: on_arrival > receive`\n");
    has(text, "```sh\nplimsoll run stalled-reader --instrument massif\n```");
    has(text, "## Under callgrind");
    has(text, "| 1803.8 |\n");
    free(text);
    json_decref(d);
}

static void html_has_them_too(void **state)
{
    (void)state;
    json_t *d = observed();
    char *text = page_of(pl_html_make, d);
    has(text, "<h2>Under massif</h2>");
    has(text, "<b>What it can&#39;t see:</b> It replaces every malloc");
    has(text, "<td class=\"n\">1,002,000</td><td>1,002,000, ours 1,000,000: 0.20 % apart</td>");
    has(text, "skipped:</span> valgrind is not in PATH; apt-get &lt;it&gt;");
    has(text, "<code>4,711 B: on_arrival &gt; receive</code>");
    free(text);
    json_decref(d);
}

static void the_terminal_has_a_short_table(void **state)
{
    (void)state;
    json_t *d = observed();
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    pl_report_table(out, d, NULL);
    fclose(out);
    has(text, "\nmassif\n"
              "                                     peak bytes      off\n"
              "stack  scenario             status       window  ours by\n"
              "slab, run as slab:backing=mmap/glibc\n"
              "       stalled-reader 60 s  ok        1,002,000   0.20 %\n"
              "slab, run as slab:backing=mmap/glibc\n"
              "       stalled-reader 60 s  skipped           -        -\n"
              "\ncallgrind\n");
    has(text, "1803.8");
    free(text);
    json_decref(d);
}

static json_t *timed(const char *name, double ns)
{
    return json_pack("{s:s, s:s, s:i, s:f, s:f, s:f, s:f, s:f, s:f, s:i, s:i, s:i, s:i, s:i}",
                     "name", name, "why", "", "repetitions", 5, "cpu_ns_per_operation", ns,
                     "cpu_ns_per_operation_min", ns - 1, "cpu_ns_per_operation_max", ns + 2,
                     "real_ns_per_operation", 2 * ns, "operations_per_cpu_second", 1e9 / ns,
                     "acquires_per_operation", 1.0, "live_bytes_peak", 9000, "live_bytes_grown", 0,
                     "rss_bytes_before", 4096, "rss_bytes_peak", 528384, "rss_bytes_after", 8192);
}

/* Two stacks and another scenario; the second stack has a benchmark more. */
static json_t *benchmarked(void)
{
    json_t *d = sample_document(), *null = add_entry(d, "gbench", "ok");
    json_t *glibc = add_entry(d, "gbench", "ok"), *other = add_entry(d, "gbench", "ok");
    sample_set(null, "allocator", "null");
    sample_set(glibc, "allocator", "glibc");
    sample_set(other, "scenario", "steady-reader");
    json_object_set_new(null, "benchmarks",
                        json_pack("[o, {s:s, s:s}]", timed("burst/packet/9", 7), "name",
                                  "hand_over", "why", "one <thread> at a time"));
    json_object_set_new(glibc, "benchmarks",
                        json_pack("[o, o, o]", timed("burst/packet/9", 43), timed("hand_over", 112),
                                  timed("receiver", 166.5)));
    json_object_set_new(other, "benchmarks", json_pack("[o]", timed("elsewhere", 3)));
    return d;
}

static void benchmarks_stand_beside_each_other(void **state)
{
    (void)state;
    json_t *d = benchmarked();
    char *text = page_of(pl_markdown_make, d);
    has(text, "stalled-reader f32, CPU ns an operation: median of the repetitions (least-most)\n\n"
              "| benchmark | null | glibc |\n|---|---:|---:|\n"
              "| burst/packet/9 | 7.00 (6.00-9.00) | 43.0 (42.0-45.0) |\n"
              "| hand\\_over | skipped (one &lt;thread&gt; at a time) | 112.0 (111.0-114.0) |\n"
              "| receiver | - | 166.5 (165.5-168.5) |\n");
    has(text, "| burst/packet/9 | 512 KiB | 512 KiB |\n| hand\\_over | skipped (one &lt;thread&gt; "
              "at a time) | 512 KiB |\n");
    has(text, "steady-reader f32, CPU ns");
    has(text, "| benchmark | slab |\n|---|---:|\n| elsewhere | 3.00 (2.00-5.00) |\n");
    free(text);
    text = page_of(pl_html_make, d);
    has(text, "<tr><th scope=\"row\">burst/packet/9</th><td class=\"n\">7.00 (6.00-9.00)</td>"
              "<td class=\"n\">43.0 (42.0-45.0)</td></tr>");
    has(text, "skipped <small>one &lt;thread&gt; at a time</small>");
    free(text);
    json_decref(d);
}

static void unfit_benchmarks_are_refused(void **state)
{
    static const char *const unfit[] = {"{}", "[3]", "[{\"name\": \"x\"}]",
                                        "[{\"name\": 3, \"why\": \"\"}]",
                                        "[{\"name\": \"x\", \"why\": \"\", \"repetitions\": []}]"};
    struct pl_error error;
    (void)state;
    json_t *d = benchmarked(), *entry = json_array_get(json_object_get(d, "instruments"), 0);
    assert_int_equal(pl_document_check(d, &error), 0);
    for (size_t i = 0; i < sizeof unfit / sizeof *unfit; i++) {
        json_object_set_new(entry, "benchmarks", json_loads(unfit[i], JSON_DECODE_ANY, NULL));
        if (pl_document_check(d, &error) != -EINVAL)
            fail_msg("%s was taken", unfit[i]);
    }
    json_decref(d);
}

static void seconds_keep_their_milliseconds(void **state)
{
    char text[PL_OBSERVED_TEXT];
    (void)state;
    json_t *entry =
        json_pack("{s:{s:f, s:f}}", "figures", "median_seconds", 0.0467, "ratio", 0.0467);
    pl_observed_figure(entry, "median_seconds", text);
    assert_string_equal(text, "0.047");
    pl_observed_figure(entry, "ratio", text);
    assert_string_equal(text, "0.05");
    json_decref(entry);
}

static void nothing_is_said_without_any(void **state)
{
    (void)state;
    json_t *d = sample_document();
    char *text = page_of(pl_markdown_make, d);
    assert_null(strstr(text, "Under "));
    free(text);
    json_decref(d);
}

static void hostile_texts_stay_texts(void **state)
{
    static const char evil[] = "<script>alert(1)</script>|`\"";
    static const char *const keys[] = {"instrument",    "scenario", "allocator",
                                       "allocator_run", "format",   "status",
                                       "why",           "command",  "reproduce"};
    (void)state;
    json_t *d = observed(), *entry = json_array_get(json_object_get(d, "instruments"), 0);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        sample_set(entry, keys[i], evil);
    json_object_set_new(json_object_get(entry, "figures"), evil, json_integer(1));
    json_array_append_new(json_object_get(entry, "sites"),
                          json_pack("{s:s, s:i, s:s}", "frames", evil, "cost", 1, "unit", evil));
    char *html = page_of(pl_html_make, d), *markdown = page_of(pl_markdown_make, d);
    assert_int_equal(sample_count(html, "<script"), 2); /* the figures, and the page's own */
    for (const char *at = markdown; (at = strstr(at, "<script>")) != NULL; at++) {
        const char *line = at; /* as it stands only inside a fence */
        while (line > markdown && line[-1] != '\n')
            line--;
        assert_memory_equal(line - 3, "sh\n", 3);
    }
    free(html);
    free(markdown);
    json_decref(d);
}

static void pictures_lie_in_the_folder(void **state)
{
    static const char *const outside[] = {"instruments/../a.folded", "a.folded",
                                          "instruments/.folded", "instruments/a/b.folded",
                                          "instruments/a.out"};
    char name[64];
    (void)state;
    json_t *d = observed(), *entry = json_array_get(json_object_get(d, "instruments"), 0);
    assert_true(pl_observed_picture(entry, PL_OBSERVED_FLAME, name, sizeof name));
    assert_string_equal(name, "a");
    assert_false(pl_observed_picture(entry, PL_OBSERVED_CURVE, name, sizeof name));
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
        json_object_set_new(entry, "files", json_pack("[s]", outside[i]));
        assert_false(pl_observed_picture(entry, PL_OBSERVED_FLAME, name, sizeof name));
    }
    json_object_set_new(entry, "files", json_pack("[s]", "instruments/b.curve.csv"));
    assert_true(pl_observed_picture(entry, PL_OBSERVED_CURVE, name, sizeof name));
    assert_string_equal(name, "b-curve");
    json_decref(d);
}

static void long_stacks_show_their_end(void **state)
{
    char text[34];
    (void)state;
    json_t *site = json_pack("{s:s, s:i, s:s}", "frames",
                             "aaaaaaaaaaaaaaaa;bbbbbbbbbb;cccccc;ddddd", "cost", 1234, "unit", "B");
    pl_observed_site(site, text, sizeof text);
    assert_string_equal(text, "1,234 B: cccccc > ddddd");
    json_decref(site);
}

static void unfit_entries_are_refused(void **state)
{
    struct pl_error error;
    (void)state;
    json_t *d = observed(), *entry = json_array_get(json_object_get(d, "instruments"), 1);
    assert_int_equal(pl_document_check(d, &error), 0);
    json_object_set_new(json_object_get(entry, "figures"), "x", json_string("y"));
    assert_int_equal(pl_document_check(d, &error), -22);
    assert_string_equal(error.text, "instrument 1: figure 'x' is not a number");
    json_object_del(json_object_get(entry, "figures"), "x");
    json_object_set_new(entry, "threads", json_real(1.5));
    assert_int_equal(pl_document_check(d, &error), -22);
    assert_string_equal(error.text, "instrument 1: 'threads' is not a number of threads");
    json_object_set_new(entry, "threads", json_integer(2));
    assert_int_equal(pl_document_check(d, &error), 0);
    json_object_set_new(entry, "figures", json_array());
    assert_int_equal(pl_document_check(d, &error), -22);
    assert_string_equal(error.text, "instrument 1: 'figures' is not an object");
    json_object_del(entry, "status");
    assert_int_equal(pl_document_check(d, &error), -22);
    assert_string_equal(error.text, "instrument 1: 'status' is not text");
    json_object_set_new(d, "instruments", json_integer(1));
    assert_int_equal(pl_document_check(d, &error), -22);
    assert_string_equal(error.text, "'instruments' is not a list");
    json_decref(d);
}

static void entries_are_as_the_schema_says(void **state)
{
    char where[512] = "";
    (void)state;
    json_t *schema = json_load_file(PL_SOURCE_DIR "/results/schema.json", 0, NULL);
    json_t *properties = json_object_get(schema, "properties");
    json_t *d = observed(), *entries = json_object_get(d, "instruments");
    if (!validate(json_object_get(properties, "instruments"), entries, where, sizeof where))
        fail_msg("%s", where);
    json_t *b = benchmarked(), *list = json_object_get(b, "instruments");
    if (!validate(json_object_get(properties, "instruments"), list, where, sizeof where))
        fail_msg("%s", where);
    json_t *first = json_array_get(json_object_get(json_array_get(list, 0), "benchmarks"), 0);
    json_object_set_new(first, "cpu_seconds", json_real(1));
    assert_false(validate(json_object_get(properties, "instruments"), list, where, sizeof where));
    json_decref(b);
    sample_set(json_array_get(entries, 0), "status", "fine");
    assert_false(
        validate(json_object_get(properties, "instruments"), entries, where, sizeof where));
    json_decref(d);
    json_decref(schema);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markdown_has_a_section_each),
        cmocka_unit_test(html_has_them_too),
        cmocka_unit_test(the_terminal_has_a_short_table),
        cmocka_unit_test(benchmarks_stand_beside_each_other),
        cmocka_unit_test(unfit_benchmarks_are_refused),
        cmocka_unit_test(seconds_keep_their_milliseconds),
        cmocka_unit_test(nothing_is_said_without_any),
        cmocka_unit_test(hostile_texts_stay_texts),
        cmocka_unit_test(pictures_lie_in_the_folder),
        cmocka_unit_test(long_stacks_show_their_end),
        cmocka_unit_test(unfit_entries_are_refused),
        cmocka_unit_test(entries_are_as_the_schema_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
