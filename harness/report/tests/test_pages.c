/* report.md and report.html: what stands in them, what is escaped, how long they may get. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/report/page/page.h"
#include "harness/report/report.h"
#include "harness/report/tests/sample.h"
#include "harness/report/writers/picture.h"

typedef char *(*maker)(const struct pl_model *, const char *, const char *, size_t *);

static char *page_of(maker make, const json_t *document, size_t *size)
{
    struct pl_model m;
    struct pl_error error;
    char *text;
    assert_int_equal(pl_model_build(&m, document, &error), 0);
    text = make(&m, "/nowhere", NULL, size);
    assert_int_equal(strlen(text), *size);
    pl_model_free(&m);
    return text;
}

static void has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("'%s' is not in it", part);
}

static void markdown_holds_all(void **state)
{
    (void)state;
    size_t size;
    json_t *d = sample_document();
    char *text = page_of(pl_markdown_make, d, &size);
    has(text, "## Verdict\n\n- **stalled-reader** f32: In 256 MiB the kernel kills");
    has(text, "Outcomes: 3 bounded, 1 growing, 2 oom\\_killed. Expectations: 5 met, 1 failed.");
    has(text, "## Expectations that were not met");
    has(text, "f32**: **outcome is growing; expected oom\\_killed**");
    has(text, "```sh\nplimsoll run stalled-reader --allocator glibc\n```");
    has(text, "- the host was busy");
    has(text, "| glibc | oom\\_killed | met | 139.5 | 255.3 | - | - | - |");
    has(text, "| 6,682 | 158,554 | 205.0 (200.0..210.0) |");
    has(text,
        "stalled-reader: my.pcap (fnv1a64:4567), 4,096 packets in 11.9 s: L16 44100 Hz x 2, 3 "
        "frames skipped that are not UDP, 1 skipped that are not RTP, 17 bytes cut off at its "
        "end: no whole record; filter 'udp'");
    has(text, "| cpu | Abacus 3000 |");
    has(text, "| libraries | jemalloc fnv1a64:0123 |");
    has(text, "## How to read it");
    free(text);
    json_decref(d);
}

static json_t *hostile(void)
{
    static const char evil[] = "<script>alert(1)</script> \"'|`@a*_[x](y)</style>-->";
    json_t *d = sample_document();
    json_t *cell = json_array_get(json_object_get(d, "cells"), 5);
    static const char *const keys[] = {"scenario",    "title",        "allocator", "format",
                                       "outcome_why", "expected_why", "reproduce", "clock"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        sample_set(cell, keys[i], evil);
    json_array_append_new(json_object_get(d, "warnings"), json_string(evil));
    sample_set(json_object_get(d, "host"), evil, evil);
    sample_set(json_object_get(d, "run"), "command", evil);
    sample_set(json_object_get(d, "run"), "tier", evil);
    sample_set(json_array_get(json_object_get(d, "recordings"), 0), "file", evil);
    json_array_append_new(json_object_get(cell, "environment"), json_string(evil));
    return d;
}

static void html_escapes_everything(void **state)
{
    (void)state;
    size_t size;
    json_t *d = hostile();
    char *text = page_of(pl_html_make, d, &size);
    /* the figures and the page's own script, and no third */
    char *figures = strstr(text, "<script type=\"application/json\" id=\"figures\">");
    assert_non_null(figures);
    char *script = strstr(figures + 1, "<script>(() => {");
    assert_non_null(script);
    assert_ptr_equal(strstr(text, "<script"), figures);
    assert_ptr_equal(strstr(figures + 1, "<script"), script);
    assert_null(strstr(script + 1, "<script"));
    assert_null(strstr(text, "alert(1)</"));
    has(text, "&lt;script&gt;alert(1)&lt;/script&gt; &quot;&#39;|`@a*_[x](y)&lt;/style&gt;--&gt;");
    has(text, "content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-");
    char *style_end = strstr(text, "</style>");
    assert_non_null(style_end);
    assert_null(strstr(style_end + 1, "</style>"));
    free(text);
    json_decref(d);
}

static void markdown_escapes_everything(void **state)
{
    (void)state;
    size_t size;
    json_t *d = hostile();
    char *text = page_of(pl_markdown_make, d, &size);
    has(text,
        "| &lt;script&gt;alert(1)&lt;/script&gt; \"'\\|\\`&#64;a\\*\\_\\[x\\](y)&lt;/style&gt;");
    for (const char *at = text; (at = strstr(at, "<script>")) != NULL; at++) {
        const char *line = at; /* as it stands only inside a fence */
        while (line > text && line[-1] != '\n')
            line--;
        assert_memory_equal(line - 3, "sh\n", 3);
    }
    free(text);
    json_decref(d);
}

static void fences_hold(void **state)
{
    (void)state;
    size_t size;
    json_t *d = sample_empty();
    sample_set(sample_cell(d, "glibc", "bounded"), "reproduce", "echo ```` end");
    char *text = page_of(pl_markdown_make, d, &size);
    has(text, "\n`````sh\necho ```` end\n`````\n");
    free(text);
    json_decref(d);
}

static void html_is_semantic(void **state)
{
    (void)state;
    size_t size;
    json_t *d = sample_document();
    char *text = page_of(pl_html_make, d, &size);
    has(text, "<html lang=\"en\">");
    has(text, "<caption>stalled-reader: f32, 256 MiB (cgroup2), 4 min, 3 repetitions; median "
              "(lowest..highest)</caption>");
    has(text, "<th scope=\"row\">limited</th>");
    has(text, "<th scope=\"col\" class=\"n\">peak RSS <small>MiB</small></th>");
    has(text, "<td class=\"n\">205.0 <small>200.0..210.0</small></td>");
    has(text, "prefers-color-scheme: dark");
    has(text,
        "<li class=\"bad\"><a href=\"#g0\">stalled-reader</a> f32: In 256 MiB the kernel kills");
    char *address = strstr(text, "http://"); /* the name of SVG, which nothing loads */
    assert_memory_equal(address, "http://www.w3.org/2000/svg'", 27);
    assert_null(strstr(address + 1, "http://"));
    assert_null(strstr(text, "https://"));
    free(text);
    json_decref(d);
}

/* 300 stacks with names of a length that real ones have. */
static json_t *large(void)
{
    char stack[96];
    json_t *d = sample_empty();
    for (int i = 0; i < 300; i++) {
        snprintf(stack, sizeof stack, "limited:max=%dMiB/slab:grow=double/jemalloc:narenas=%d", i,
                 i);
        json_t *cell = sample_cell(d, stack, "bounded");
        for (size_t k = 0; k < pl_metric_count; k++)
            sample_metric(cell, pl_metrics[k].name, 1e6 * i);
    }
    return d;
}

static void large_reports_stay_within_limits(void **state)
{
    (void)state;
    size_t size;
    json_t *d = large();
    char *text = page_of(pl_markdown_make, d, &size);
    assert_true(size <= 65000);
    assert_true(size > 55000); /* no more is left out than must be */
    has(text, " of 300 rows left out here: report.html has them all.\n");
    has(text, "\nThe command that reproduces each stack is in report.html and report.json.\n");
    assert_null(strstr(text, "```sh\nplimsoll run stalled-reader --allocator"));
    has(text, "## How to read it");
    free(text);
    text = page_of(pl_html_make, d, &size);
    assert_true(size <= 3u << 20);
    has(text, "limited:max=299MiB/slab");
    free(text);
    json_decref(d);
}

/* A harmless picture of so many bytes. */
static void write_picture(const char *folder, const char *name, size_t size)
{
    char path[64];
    char *svg = malloc(size + 1);
    memset(svg, ' ', size);
    memcpy(svg, "<svg>", 5);
    strcpy(svg + size - 6, "</svg>");
    snprintf(path, sizeof path, "plots/%s.svg", name);
    sample_write(folder, path, svg);
    free(svg);
}

static json_t *with_pictures(void)
{
    json_t *d = sample_document();
    json_object_set_new(
        d, "instruments",
        json_pack(
            "[{s:s, s:s, s:s, s:s, s:s, s:f, s:s, s:s, s:s, s:s, s:{}, s:{}, s:[], s:[s, s]}]",
            "instrument", "massif", "scenario", "stalled-reader", "allocator", "slab",
            "allocator_run", "slab", "format", "f32", "duration_seconds", 60.0, "status", "ok",
            "why", "", "command", "", "reproduce", "", "figures", "ours", "sites", "files",
            "instruments/a.folded", "instruments/a.curve.csv"));
    return d;
}

/* Two of 0.8 MB are more than the page may hold. */
static void pictures_get_the_room_that_is_left(void **state)
{
    (void)state;
    struct pl_model m;
    struct pl_error error;
    char *folder = sample_folder(), plots[256], *text;
    size_t size;
    json_t *d = with_pictures();
    snprintf(plots, sizeof plots, "%s/plots", folder);
    mkdir(plots, 0777);
    write_picture(folder, "a", 800000);
    write_picture(folder, "a-curve", 800000);
    assert_int_equal(pl_model_build(&m, d, &error), 0);
    text = pl_html_make(&m, folder, NULL, &size);
    assert_true(size > 800000 && size <= PL_HTML_MAX);
    has(text, "<figure id=\"picture-a\">");
    has(text, "No room in this page: plots/a-curve.svg");
    assert_int_equal(sample_count(text, "<figure id="), 1);
    free(text);
    pl_model_free(&m);
    json_decref(d);
    sample_remove(folder);
}

/* 90,000 bytes of letters that take two bytes each: none may be cut in two. */
static json_t *long_text(void)
{
    char *text = malloc(90001);
    for (size_t i = 0; i < 90000; i += 2)
        memcpy(text + i, "\xc3\xa4", 2);
    text[90000] = '\0';
    json_t *string = json_string(text);
    free(text);
    return string;
}

static void long_texts_are_cut(void **state)
{
    (void)state;
    size_t size;
    json_t *d = sample_document();
    json_object_set_new(json_array_get(json_object_get(d, "cells"), 0), "title", long_text());
    char *text = page_of(pl_markdown_make, d, &size);
    assert_true(size <= 65000);
    has(text, "\n1 of 1 sentences left out here: report.html has them all.\n");
    has(text, "\n1 of 1 tables left out here: report.html has them all.\n");
    free(text);
    json_object_set_new(json_object_get(d, "run"), "command", long_text());
    text = page_of(pl_markdown_make, d, &size);
    assert_true(size <= 65000 && size > 64990);
    has(text, "\xc3\xa4\n\nCut here: the rest is in report.html.\n");
    free(text);
    json_decref(d);
}

static void same_input_same_bytes(void **state)
{
    (void)state;
    static const maker makers[] = {pl_markdown_make, pl_html_make};
    json_t *d = sample_document();
    for (size_t i = 0; i < 2; i++) {
        size_t first_size, second_size;
        char *first = page_of(makers[i], d, &first_size),
             *second = page_of(makers[i], d, &second_size);
        assert_int_equal(first_size, second_size);
        assert_memory_equal(first, second, first_size);
        free(first);
        free(second);
    }
    json_decref(d);
}

static char *inlined(const char *svg)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    pl_picture_write(out, svg, 3, "a \"chart\"");
    fclose(out);
    return text;
}

static void pictures_are_made_the_pages_own(void **state)
{
    (void)state;
    char *text =
        inlined("<?xml?>\n<svg width=\"1pt\"><metadata>x</metadata><!-- <b> --><g id=\"a\">"
                "<path style=\"fill: #ffffff; stroke: #1b1f24\" clip-path=\"url(#c)\"/>"
                "<use xlink:href=\"#a\"/></g></svg>\n");
    assert_string_equal(text,
                        "<svg role=\"img\" aria-label=\"a &quot;chart&quot;\" width=\"1pt\">"
                        "<g id=\"p3-a\"><path style=\"fill: var(--paper); stroke: var(--ink)\" "
                        "clip-path=\"url(#p3-c)\"/><use href=\"#p3-a\"/></g></svg>\n");
    free(text);
}

static void pictures_with_scripts_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"<svg><script>1</script></svg>",
                                      "<svg onload=\"x\"></svg>",
                                      "<svg><g\nonclick='x'/></svg>",
                                      "<svg><a href=\"x\"/></svg>",
                                      "<svg><g a=\">\"onclick=\"x\"/></svg>",
                                      "<svg><g id=\"a/></svg>",
                                      "no picture",
                                      "<svg><foreignObject/></svg>"};
    char *folder = sample_folder(), path[4096], *svg;
    size_t size;
    snprintf(path, sizeof path, "%s/x.svg", folder);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        sample_write(folder, "x.svg", bad[i]);
        assert_null(pl_picture_read(path, &size));
    }
    sample_write(folder, "x.svg", "<svg><!-- <script> on --><g id=\"one\"/></svg>");
    svg = pl_picture_read(path, &size);
    assert_non_null(svg);
    free(svg);
    sample_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markdown_holds_all),
        cmocka_unit_test(html_escapes_everything),
        cmocka_unit_test(markdown_escapes_everything),
        cmocka_unit_test(fences_hold),
        cmocka_unit_test(html_is_semantic),
        cmocka_unit_test(large_reports_stay_within_limits),
        cmocka_unit_test(pictures_get_the_room_that_is_left),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(same_input_same_bytes),
        cmocka_unit_test(pictures_are_made_the_pages_own),
        cmocka_unit_test(pictures_with_scripts_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
