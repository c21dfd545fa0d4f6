/* The figures inside the page: that they come back as they were, and that no text gets out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/model/curves.h"
#include "harness/report/page/payload.h"
#include "harness/report/tests/sample.h"

struct made {
    struct pl_model model;
    struct pl_curves curves;
    char *folder;
    json_t *payload;
};

static struct made make(json_t *document)
{
    struct made m = {.folder = sample_folder()};
    struct pl_error error;
    sample_save(m.folder, document, 1);
    json_decref(document);
    assert_int_equal(pl_model_load(&m.model, m.folder, &error), 0);
    m.curves = pl_curves_load(&m.model, m.folder, 100000);
    m.payload = pl_payload_make(&m.model, &m.curves);
    assert_non_null(m.payload);
    return m;
}

static void drop(struct made *m)
{
    json_decref(m->payload);
    pl_curves_free(&m->curves);
    pl_model_free(&m->model);
    sample_remove(m->folder);
}

static const json_t *row_of(const struct made *m, size_t row)
{
    const json_t *groups = json_object_get(m->payload, "groups");
    return json_array_get(json_object_get(json_array_get(groups, 0), "rows"), row);
}

static double sum(const json_t *numbers)
{
    double total = 0;
    const json_t *number;
    size_t i;
    json_array_foreach(numbers, i, number) total += json_number_value(number);
    return total;
}

static void curves_are_differences(void **state)
{
    (void)state;
    static int64_t t_ns[] = {0, 1500000000, 240000000000};
    static double values[] = {4096, 3145728, 1048576};
    struct pl_points points = {t_ns, values, 3};
    json_t *packed = pl_payload_points(&points), *expected;
    expected = json_pack("{s:i, s:[i,i,i], s:[i,i,i]}", "unit", 32, "t", 0, 1500, 238500, "v", 128,
                         98176, -65536);
    assert_true(json_equal(packed, expected));
    json_decref(packed);
    json_decref(expected);
}

/* As data.js places them: a text says how many there are none of. */
static const json_t *placed(const json_t *figures, size_t place)
{
    const json_t *figure;
    size_t i;
    json_array_foreach(figures, i, figure)
    {
        size_t none = json_is_string(figure) ? strtoul(json_string_value(figure), NULL, 10) : 0;
        if (none ? place < none : place == 0)
            return none ? NULL : figure;
        place -= none ? none : 1;
    }
    return NULL;
}

static const json_t *metric_of(const struct made *m, const json_t *row, const char *name)
{
    const json_t *metric;
    size_t i;
    json_array_foreach(json_object_get(m->payload, "metrics"), i,
                       metric) if (strcmp(json_string_value(json_object_get(metric, "name")),
                                          name) == 0) return placed(json_object_get(row, "figures"),
                                                                    i);
    fail_msg("no metric %s", name);
    return NULL;
}

static void rows_hold_their_figures(void **state)
{
    (void)state;
    json_t *document = sample_document();
    sample_metric(sample_cell(document, "null", "bounded"), "cpu_ns_per_packet", 50.5);
    struct made m = make(document);
    const json_t *glibc = row_of(&m, 0), *limited = row_of(&m, 2), *null = row_of(&m, 4);
    assert_int_equal(json_integer_value(metric_of(&m, glibc, "rss_bytes_peak")), 267730944);
    assert_null(metric_of(&m, glibc, "rss_bytes_end"));
    const json_t *cpu = metric_of(&m, limited, "cpu_ns_per_packet");
    assert_int_equal(json_array_size(cpu), 4);
    assert_true(json_number_value(json_array_get(cpu, 0)) == 205);
    assert_true(json_number_value(json_array_get(cpu, 1)) == 200);
    assert_true(json_number_value(json_array_get(cpu, 2)) == 210);
    assert_true(json_number_value(json_array_get(cpu, 3)) == 3);
    assert_true(json_real_value(metric_of(&m, null, "cpu_ns_per_packet")) == 50.5);
    assert_int_equal(json_integer_value(json_object_get(limited, "floor")), 4);
    assert_null(json_object_get(null, "floor"));
    assert_int_equal(json_array_size(json_object_get(limited, "repetitions")), 3);
    assert_string_equal(json_string_value(json_object_get(glibc, "reproduce")),
                        "plimsoll run stalled-reader --allocator glibc");
    const json_t *rss = json_object_get(glibc, "rss");
    assert_true(sum(json_object_get(rss, "t")) == 120000);
    assert_true(sum(json_object_get(rss, "v")) * json_number_value(json_object_get(rss, "unit")) ==
                46313472);
    drop(&m);
}

/* Five stacks were given the same work. */
static void alike_live_curves_are_one(void **state)
{
    (void)state;
    struct made m = make(sample_document());
    const json_t *group = json_array_get(json_object_get(m.payload, "groups"), 0);
    assert_int_equal(json_array_size(json_object_get(group, "lives")), 1);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(json_integer_value(json_object_get(row_of(&m, i), "live")), 0);
    drop(&m);
}

static char *write_out(const json_t *payload)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    pl_payload_write(out, payload);
    fclose(out);
    return text;
}

static void no_text_ends_the_element(void **state)
{
    (void)state;
    static const char evil[] = "</script><script>alert(1)</script><!-- \"\\ \xe2\x80\xa8";
    static const char clean[] = "</script><script>alert(1)</script><!-- \"\\ \\u2028";
    json_t *document = sample_document(),
           *cell = json_array_get(json_object_get(document, "cells"), 0);
    static const char *const keys[] = {"title", "allocator", "reproduce", "outcome_why", "format"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        sample_set(cell, keys[i], evil);
    struct made m = make(document);
    char *text = write_out(m.payload);
    assert_null(strchr(text, '<'));
    json_t *back = json_loads(text, 0, NULL);
    assert_true(json_equal(back, m.payload)); /* what is escaped is what it was */
    assert_string_equal(json_string_value(json_object_get(row_of(&m, 0), "stack")), clean);
    json_decref(back);
    free(text);
    drop(&m);
}

static void a_missing_series_is_no_curve(void **state)
{
    (void)state;
    json_t *document = sample_document();
    sample_set(json_array_get(json_object_get(document, "cells"), 0), "series", "series/none.csv");
    char path[256];
    struct made m = make(document);
    snprintf(path, sizeof path, "%s/series/none.csv", m.folder);
    assert_int_equal(remove(path), 0);
    pl_curves_free(&m.curves);
    m.curves = pl_curves_load(&m.model, m.folder, 1000);
    json_decref(m.payload);
    m.payload = pl_payload_make(&m.model, &m.curves);
    assert_null(json_object_get(row_of(&m, 0), "rss"));
    assert_non_null(json_object_get(row_of(&m, 1), "rss"));
    drop(&m);
}

static void alerts_and_ledgers_are_there_where_they_are(void **state)
{
    (void)state;
    json_t *document = sample_document(), *cells = json_object_get(document, "cells");
    json_t *sites = json_array(), *site = json_pack("{s:s, s:i, s:s}", "site", "a.c:1 x",
                                                    "current_bytes", 5, "function", "left out");
    for (int i = 0; i < 30; i++)
        json_array_append(sites, site);
    json_decref(site);
    json_object_set_new(
        json_array_get(cells, 0), "alerts",
        json_pack("[{s:s, s:f, s:i}]", "alert", "live", "t_seconds", 3.5, "value", 7));
    json_object_set_new(json_array_get(cells, 1), "ledger",
                        json_pack("{s:[{s:f}, {s:f, s:s, s:o, s:[{s:i}]}]}", "reports", "t_seconds",
                                  1.0, "t_seconds", 9.0, "reason", "end", "sites", sites, "stuck",
                                  "refused", 40));
    json_t *many = json_array(),
           *one = json_pack("{s:s, s:f, s:i}", "alert", "x", "t_seconds", 1.0, "value", 1);
    for (int i = 0; i < 1000; i++)
        json_array_append(many, one);
    json_decref(one);
    json_array_insert_new(many, 0, json_string("odd"));
    json_array_insert_new(many, 0, json_pack("{s:i}", "alert", 5));
    json_object_set_new(json_array_get(cells, 5), "alerts", many);
    struct made m = make(document);
    const json_t *alerts = json_object_get(row_of(&m, 0), "alerts");
    assert_int_equal(json_array_size(alerts), 1);
    assert_null(json_object_get(row_of(&m, 1), "alerts"));
    assert_int_equal(json_array_size(json_object_get(row_of(&m, 3), "alerts")), 64);
    assert_string_equal(json_string_value(json_object_get(
                            json_array_get(json_object_get(row_of(&m, 3), "alerts"), 0), "alert")),
                        "x");
    assert_int_equal(json_integer_value(json_object_get(row_of(&m, 3), "alert_count")), 1002);
    assert_null(json_object_get(row_of(&m, 0), "ledger"));
    const json_t *ledger = json_object_get(row_of(&m, 1), "ledger");
    assert_true(json_number_value(json_object_get(ledger, "t_seconds")) == 9);
    assert_int_equal(json_array_size(json_object_get(ledger, "sites")), 24);
    assert_int_equal(json_array_size(json_object_get(ledger, "stuck")), 1);
    assert_int_equal(json_integer_value(json_object_get(ledger, "site_count")), 30);
    assert_null(json_object_get(json_array_get(json_object_get(ledger, "sites"), 0), "function"));
    drop(&m);
}

static void instruments_name_their_blind_spot(void **state)
{
    (void)state;
    json_t *document = sample_document();
    json_object_set_new(
        document, "instruments",
        json_pack(
            "[{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:f, s:{}, s:{}, s:[{s:s, s:i, s:s}], "
            "s:[s]}]",
            "instrument", "massif", "scenario", "stalled-reader", "allocator", "slab",
            "allocator_run", "slab", "format", "f32", "status", "ok", "why", "", "command", "",
            "reproduce", "plimsoll run", "duration_seconds", 60.0, "figures", "ours", "sites",
            "frames", "main;cell_loop;take", "cost", 1234, "unit", "B", "files",
            "instruments/000.folded"));
    struct made m = make(document);
    const json_t *found = json_object_get(m.payload, "instruments");
    const json_t *known = json_object_get(json_object_get(found, "known"), "massif");
    assert_non_null(json_string_value(json_object_get(known, "blind")));
    const json_t *entry = json_array_get(json_object_get(found, "entries"), 0);
    const json_t *picture = json_array_get(json_object_get(entry, "pictures"), 0);
    assert_string_equal(json_string_value(json_object_get(picture, "name")), "000");
    assert_non_null(strstr(json_string_value(json_array_get(json_object_get(entry, "sites"), 0)),
                           "1,234 B: main > cell_loop > take"));
    drop(&m);
}

/* VmHWM knows of moments that no sample has. */
static void a_peak_between_samples_is_told(void **state)
{
    (void)state;
    static const double peaks[] = {0, 100, 100.9, 101, 150}, told[] = {0, 0, 0, 101, 150};
    json_t *document = sample_empty(), *cell = sample_cell(document, "glibc", "bounded");
    struct pl_row_curves curves = {.runs = 1, .cell = cell, .peak_bytes = 100};
    for (size_t i = 0; i < sizeof peaks / sizeof *peaks; i++) {
        sample_metric(cell, "rss_bytes_peak", peaks[i]);
        assert_true(pl_row_curves_peak_between(&curves) == told[i]);
    }
    json_decref(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(curves_are_differences),
        cmocka_unit_test(a_peak_between_samples_is_told),
        cmocka_unit_test(rows_hold_their_figures),
        cmocka_unit_test(alike_live_curves_are_one),
        cmocka_unit_test(no_text_ends_the_element),
        cmocka_unit_test(a_missing_series_is_no_curve),
        cmocka_unit_test(alerts_and_ledgers_are_there_where_they_are),
        cmocka_unit_test(instruments_name_their_blind_spot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
