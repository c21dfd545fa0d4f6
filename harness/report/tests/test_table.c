/* The terminal's table, to the letter, and the figures and sentences in it. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/report/model/verdict.h"
#include "harness/report/terminal/table.h"
#include "harness/report/tests/sample.h"
#include "harness/report/writers/text.h"

static char *table_of(json_t *document)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    pl_report_table(out, document, NULL);
    fclose(out);
    json_decref(document);
    return text;
}

static void golden(void **state)
{
    (void)state;
    char *text = table_of(sample_document());
    assert_string_equal(
        text,
        "stalled-reader: f32, 256 MiB (cgroup2), 4 min, 3 repetitions; median (lowest..highest)\n"
        "                               killed   peak\n"
        "                                after    RSS  delivered  dropped                   CPU\n"
        "stack    outcome     expected       s    MiB    packets  packets                ns/pkt\n"
        "glibc    oom_killed  met        139.5  255.3          -        -                     -\n"
        "slab     oom_killed  met         95.1  176.2          -        -                     -\n"
        "limited  bounded     met            -   44.2      6,682  158,554  205.0 (200.0..210.0)\n"
        "jemalloc:dirty_decay_ms=0,muzzy_decay_ms=0\n"
        "         growing     FAILED         -   1.00          -        -                     -\n"
        "\n"
        "Expectations that were not met\n"
        "stalled-reader jemalloc:dirty_decay_ms=0,muzzy_decay_ms=0 f32: outcome is growing; "
        "expected oom_killed\n"
        "  plimsoll run stalled-reader --allocator jemalloc:dirty_decay_ms=0,muzzy_decay_ms=0\n"
        "\n"
        "Warnings\n"
        "- the host was busy\n");
    free(text);
}

static size_t count_of(const char *part, const char *text)
{
    size_t count = 0;
    for (; (text = strstr(text, part)) != NULL; text++)
        count++;
    return count;
}

static void repetitions_fail_in_one_entry(void **state)
{
    (void)state;
    json_t *document = sample_document(), *cells = json_object_get(document, "cells"), *cell = NULL;
    size_t i;
    json_array_foreach(cells, i, cell)
    {
        if (strcmp(json_string_value(json_object_get(cell, "expected")), "failed") == 0)
            break;
    }
    assert_non_null(cell);
    json_t *second = json_deep_copy(cell);
    json_object_set_new(second, "repetition", json_integer(1));
    json_array_append_new(cells, second);
    char *text = table_of(document);
    assert_non_null(strstr(text, "expected oom_killed (2 of 2 repetitions failed)"));
    assert_int_equal(count_of("  plimsoll run stalled-reader --allocator jemalloc", text), 1);
    free(text);
}

/* The widest line, in characters. */
static size_t width_of(const char *text)
{
    size_t most = 0;
    for (const char *end; (end = strchr(text, '\n')) != NULL; text = end + 1)
        if ((size_t)(end - text) > most)
            most = (size_t)(end - text);
    return most;
}

static void wide_tables_are_cut_into_blocks(void **state)
{
    (void)state;
    static const char *const names[] = {
        "rss_bytes_peak",  "rss_bytes_end",       "rss_growth_bytes_per_minute",
        "live_bytes_peak", "reserved_bytes_peak", "packets_delivered",
        "packets_dropped", "cpu_ns_per_packet",   "time_to_oom_seconds"};
    json_t *d = sample_empty();
    for (int i = 0; i < 3; i++) {
        json_t *cell = sample_cell(d, "limited/slab/glibc", "alloc_failed");
        for (size_t k = 0; k < sizeof names / sizeof *names; k++)
            sample_metric(cell, names[k],
                          strstr(names[k], "seconds") ? 8e9 : 9.5e9 + i * 1e9); /* 250 years */
    }
    char *text = table_of(d);
    assert_true(width_of(text) <= 100);
    assert_true(width_of(text) > 80);
    assert_non_null(strstr(text, "10,500,000,000 (9,500,000,000..11,500,000,000)"));
    assert_null(strstr(text, " \n")); /* no blanks at a line's end */
    free(text);
}

static void no_escapes_get_through(void **state)
{
    (void)state;
    json_t *d = sample_empty();
    sample_set(sample_cell(d, "glibc\033[2J", "bounded"), "scenario", "a\033]0;b\007c");
    char *text = table_of(d);
    assert_null(strchr(text, '\033'));
    assert_non_null(strstr(text, "a\\x1b]0;b\\x07c"));
    free(text);
}

static void unfit_documents_are_named(void **state)
{
    (void)state;
    char *text = table_of(sample_empty());
    assert_string_equal(text, "no table: no cells: nothing was measured\n");
    free(text);
}

static void durations(void **state)
{
    (void)state;
    static const struct {
        double seconds;
        const char *text;
    } cases[] = {{0, "0 s"},          {39.54, "39.5 s"},     {59.96, "1 min"},
                 {60, "1 min"},       {139.5, "2 min 20 s"}, {3599.6, "1 h"},
                 {3900, "1 h 5 min"}, {86400, "24 h"}};
    char text[PL_TEXT_FIGURE];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pl_text_duration(text, cases[i].seconds);
        assert_string_equal(text, cases[i].text);
    }
}

static void sizes_and_counts(void **state)
{
    (void)state;
    char text[PL_TEXT_FIGURE];
    pl_text_bytes(text, 268435456);
    assert_string_equal(text, "256 MiB");
    pl_text_bytes(text, 46313472);
    assert_string_equal(text, "44.2 MiB");
    pl_text_bytes(text, -46313472);
    assert_string_equal(text, "-44.2 MiB");
    pl_text_bytes(text, 1023);
    assert_string_equal(text, "1023 B");
    pl_text_bytes(text, 1.5 * 1024 * 1024 * 1024);
    assert_string_equal(text, "1.50 GiB");
    pl_text_count(text, 999);
    assert_string_equal(text, "999");
    pl_text_count(text, 1234567);
    assert_string_equal(text, "1,234,567");
    pl_text_count(text, -123456);
    assert_string_equal(text, "-123,456");
    pl_text_decimal(text, -0.001);
    assert_string_equal(text, "0.00");
    pl_text_decimal(text, 9.996);
    assert_string_equal(text, "10.0");
}

static void verdict_is(json_t *document, const char *sentence)
{
    struct pl_model m;
    struct pl_error error;
    assert_int_equal(pl_model_build(&m, document, &error), 0);
    json_decref(document);
    char *text = pl_verdict_text(&m.groups[0]);
    assert_string_equal(text, sentence);
    free(text);
    pl_model_free(&m);
}

static void verdicts(void **state)
{
    (void)state;
    verdict_is(sample_document(),
               "In 256 MiB the kernel kills slab after 1 min 35 s and glibc "
               "after 2 min 20 s, memory still grows under "
               "jemalloc:dirty_decay_ms=0,muzzy_decay_ms=0 to 1 MiB within 4 min; limited stays at "
               "44.2 MiB and drops 158,554 of 165,375 packets (95.9 %).");
    json_t *d = sample_empty();
    static const char *const stacks[] = {"null", "glibc", "slab"};
    for (size_t i = 0; i < 3; i++) {
        json_t *cell = sample_cell(d, stacks[i], "bounded");
        sample_set(json_object_get(cell, "container"), "kind", "none");
        json_object_set_new(json_object_get(cell, "container"), "bytes", json_integer(0));
        sample_set(cell, "title", "Steady reading");
        sample_metric(cell, "rss_bytes_peak", 1048576.0 * (double)(30 - i));
        sample_metric(cell, "cpu_ns_per_packet", 140000 + 10000 * (double)i);
    }
    verdict_is(d, "Without a container both stacks are bounded, from 28 MiB "
                  "(slab) to 29 MiB (glibc); a packet costs from 150,000 ns of CPU (glibc) to "
                  "160,000 (slab), of which 140,000 are the harness itself.");
    d = sample_empty();
    sample_metric(sample_cell(d, "scudo", "crashed"), "rss_bytes_peak", 1048576);
    sample_metric(sample_cell(d, "glibc", "alloc_failed"), "rss_bytes_peak", 2097152);
    sample_cell(d, "slab", "timeout");
    verdict_is(
        d, "In 256 MiB allocations fail under glibc at 2 MiB, "
           "a crash ends scudo at 1 MiB, the time runs out under slab; no stack stays bounded.");
}

/* How many escapes a table has on this stream. A terminal hands it over piece by piece, so that a
 * mark behind it tells its end. */
static size_t escapes_on(FILE *out, int reader)
{
    static const char mark = '\x05';
    json_t *d = sample_document();
    pl_report_table(out, d, NULL);
    fputc(mark, out);
    assert_int_equal(fclose(out), 0);
    json_decref(d);
    size_t count = 0, size = 0;
    for (char at = 0; at != mark; size++) {
        assert_int_equal(poll(&(struct pollfd){reader, POLLIN, 0}, 1, 5000), 1);
        assert_int_equal(read(reader, &at, 1), 1);
        count += at == '\033';
    }
    assert_true(size > 100);
    return count;
}

/* The table on a terminal of its own. */
static size_t escapes_on_a_terminal(void)
{
    int reader = posix_openpt(O_RDWR | O_NOCTTY);
    if (reader < 0 || grantpt(reader) || unlockpt(reader))
        skip();
    int writer = open(ptsname(reader), O_RDWR | O_NOCTTY);
    assert_true(writer >= 0);
    int kept = dup(writer); /* or what was not read is lost with the last writer */
    size_t count = escapes_on(fdopen(writer, "w"), reader);
    close(kept);
    close(reader);
    return count;
}

static void colour_is_for_terminals_that_want_it(void **state)
{
    (void)state;
    int ends[2];
    unsetenv("NO_COLOR");
    assert_true(escapes_on_a_terminal() > 4);
    setenv("NO_COLOR", "", 1);
    assert_true(escapes_on_a_terminal() > 4);
    setenv("NO_COLOR", "1", 1);
    assert_int_equal(escapes_on_a_terminal(), 0);
    unsetenv("NO_COLOR");
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(escapes_on(fdopen(ends[1], "w"), ends[0]), 0);
    close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden),
        cmocka_unit_test(repetitions_fail_in_one_entry),
        cmocka_unit_test(wide_tables_are_cut_into_blocks),
        cmocka_unit_test(no_escapes_get_through),
        cmocka_unit_test(unfit_documents_are_named),
        cmocka_unit_test(durations),
        cmocka_unit_test(sizes_and_counts),
        cmocka_unit_test(verdicts),
        cmocka_unit_test(colour_is_for_terminals_that_want_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
