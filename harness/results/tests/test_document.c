/* Documents that are hostile: numbers out of range, text that a terminal would obey. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/base/files.h"
#include "harness/results/clean.h"
#include "harness/results/document.h"
#include "harness/results/ranges.h"

static json_t *document(void)
{
    json_t *root = json_pack(
        "{s:i, s:{s:s}, s:{s:i, s:I}, s:[], s:[{s:I, s:f, s:[{s:i}]}], s:[{s:s, s:s, s:s, s:s, "
        "s:s, s:s, s:s, s:s, s:s, s:s, s:{s:s, s:I}, s:f, s:i, s:I, s:{s:I}, s:{s:f, s:f}, "
        "s:[{s:f, s:f}]}]}",
        "schema_version", 1, "run", "started", "2026", "host", "cores", 2, "memory_bytes",
        (json_int_t)1 << 40, "warnings", "recordings", "packets", (json_int_t)4096, "seconds", 11.9,
        "streams", "rate", 44100, "cells", "scenario", "steady-reader", "title", "t", "allocator",
        "glibc", "format", "f32", "clock", "virtual", "outcome", "bounded", "expected", "met",
        "outcome_why", "", "series", "", "reproduce", "", "container", "kind", "none", "bytes",
        (json_int_t)0, "duration_seconds", 60.0, "repetition", 0, "seed", (json_int_t)INT64_MAX,
        "limits", "packets", (json_int_t)32 << 20, "metrics", "packets_dropped", 7.0,
        "rss_growth_bytes_per_minute", -4096.5, "alerts", "t_seconds", 1.5, "value", 3.0);
    assert_non_null(root);
    return root;
}

static json_t *cell_of(json_t *root)
{
    return json_array_get(json_object_get(root, "cells"), 0);
}

/* @param value a new reference that takes the key's place in `object` */
static void refused(json_t *root, json_t *object, const char *key, json_t *value,
                    const char *reason)
{
    struct pl_error error = {""};
    assert_non_null(object);
    json_object_set_new(object, key, value);
    assert_int_equal(pl_document_check(root, &error), -EINVAL);
    if (!strstr(error.text, reason))
        fail_msg("'%s' is not '%s'", error.text, reason);
    json_decref(root);
}

static void numbers_of_metrics_have_ranges(void **state)
{
    (void)state;
    static const struct {
        const char *metric;
        double value;
        const char *reason;
    } cases[] = {
        {"packets_dropped", -1e300,
         "cell 0: metric 'packets_dropped' is -1e+300; expected a whole number from 0 to "
         "9007199254740992"},
        {"packets_dropped", -1, "metric 'packets_dropped' is -1;"},
        {"packets_dropped", 1e16, "metric 'packets_dropped' is 1e+16;"},
        {"packets_dropped", .5, "metric 'packets_dropped' is 0.5; expected a whole number"},
        {"rss_bytes_peak", -4096, "metric 'rss_bytes_peak' is -4096; expected a number from 0"},
        {"cpu_ns_per_packet", 1e300, "is 1e+300; expected a number from 0 to 1e+18"},
        {"time_to_oom_seconds", 1e10, "is 10000000000; expected a number from 0 to 9000000000"},
        {"rss_growth_bytes_per_minute", -1e300, "a number from -1e+18 to 1e+18"},
        {"unheard_of", 1e300, "a number from -1e+18 to 1e+18"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *root = document();
        refused(root, json_object_get(cell_of(root), "metrics"), cases[i].metric,
                json_real(cases[i].value), cases[i].reason);
    }
}

static void other_numbers_have_ranges(void **state)
{
    (void)state;
    json_t *root = document();
    refused(root, cell_of(root), "duration_seconds", json_real(-1), "cell 0: 'duration_seconds'");
    root = document();
    refused(root, cell_of(root), "repetition", json_real(1e300), "cell 0: 'repetition'");
    root = document();
    refused(root, cell_of(root), "seed", json_integer(-1), "cell 0: 'seed' is -1");
    root = document();
    refused(root, json_object_get(cell_of(root), "container"), "bytes", json_integer(-1),
            "cell 0: 'container.bytes' is -1");
    root = document();
    refused(root, json_object_get(cell_of(root), "limits"), "packets", json_real(1e300),
            "cell 0: 'limits.packets' is 1e+300; expected an integer");
    root = document();
    refused(root, json_array_get(json_object_get(cell_of(root), "alerts"), 0), "value",
            json_real(-1), "cell 0: 'alerts.value' is -1");
    root = document();
    refused(root, json_object_get(root, "host"), "cores", json_integer(0), "'host.cores' is 0");
    root = document();
    refused(root, json_array_get(json_object_get(root, "recordings"), 0), "seconds", json_real(-1),
            "recording 0: 'seconds' is -1");
    root = document();
    json_object_set_new(root, "instruments",
                        json_pack("[{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:{s:f}}]",
                                  "instrument", "massif", "scenario", "s", "allocator", "a",
                                  "allocator_run", "a", "format", "f32", "status", "ok", "why", "",
                                  "command", "", "reproduce", "", "figures", "heap_bytes", 1.0));
    json_t *entry = json_array_get(json_object_get(root, "instruments"), 0);
    struct pl_error error = {""};
    if (pl_document_check(root, &error))
        fail_msg("%s", error.text);
    refused(root, json_object_get(entry, "figures"), "heap_bytes", json_real(-1e300),
            "instrument 0: 'figures.heap_bytes' is -1e+300");
}

static void numbers_in_range_pass(void **state)
{
    (void)state;
    json_t *root = document();
    struct pl_error error = {""};
    if (pl_document_check(root, &error))
        fail_msg("%s", error.text);
    json_decref(root);
}

static void medians_of_counts_need_not_be_whole(void **state)
{
    (void)state;
    struct pl_error error = {""};
    json_t *cell = json_pack("{s:{s:f}}", "metrics", "packets_dropped", 1.5);
    assert_int_equal(pl_ranges_check(cell, "", true, &error), 0);
    assert_int_equal(pl_ranges_check(cell, "", false, &error), -EINVAL);
    json_decref(cell);
}

static void texts_are_clean_once_loaded(void **state)
{
    (void)state;
    char folder[] = "/tmp/plimsoll-test-XXXXXX", path[64];
    struct pl_error error = {""};
    json_t *root = document(), *back = NULL;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/results.json", folder);
    json_object_set_new(json_object_get(root, "run"), "started", json_string("2026\x1b[31m"));
    json_object_set_new(cell_of(root), "title", json_string("a\nb \xe2\x80\xae c \xc3\xa9"));
    json_object_set_new(json_object_get(root, "host"), "k\xc2\x9b", json_string("v"));
    assert_int_equal(json_dump_file(root, path, 0), 0);
    if (pl_document_load(folder, &back, &error))
        fail_msg("%s", error.text);
    assert_string_equal(pl_document_string(json_object_get(back, "run"), "started"),
                        "2026\\x1b[31m");
    assert_string_equal(pl_document_string(cell_of(back), "title"), "a\\x0ab \\u202e c \xc3\xa9");
    assert_string_equal(pl_document_string(json_object_get(back, "host"), "k\\u009b"), "v");
    json_decref(back);
    json_decref(root);
    pl_folder_remove(folder);
}

static void what_is_no_utf8_becomes_a_string(void **state)
{
    (void)state;
    json_t *string = pl_clean_string("a\xff");
    assert_string_equal(json_string_value(string), "a\\xff");
    json_decref(string);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_in_range_pass),
        cmocka_unit_test(numbers_of_metrics_have_ranges),
        cmocka_unit_test(other_numbers_have_ranges),
        cmocka_unit_test(medians_of_counts_need_not_be_whole),
        cmocka_unit_test(texts_are_clean_once_loaded),
        cmocka_unit_test(what_is_no_utf8_becomes_a_string),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
