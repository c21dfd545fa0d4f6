/* Models beside their counterparts: which are held against which, the figures, and every form of
 * the report; and that the README says what the committed file does. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/text_stream.h"
#include "harness/report/model/held.h"
#include "harness/report/report.h"
#include "harness/report/sections/sections.h"
#include "harness/report/terminal/table.h"
#include "harness/report/tests/sample.h"
#include "harness/report/tests/validate.h"
#include "harness/results/counterparts.h"

#define MIB 1048576.0
#define NO_FILE "/tmp/there-is-no-such-file.json"

static void has(const char *text, const char *part)
{
    if (!text || !strstr(text, part))
        fail_msg("'%s' is not in:\n%s", part, text ? text : "(nothing)");
}

/* A cell whose RSS is `first` MiB, `peak` halfway, and `last` at the end. */
static json_t *add(json_t *d, const char *folder, const char *scenario, const char *stack,
                   const char *outcome, int seconds, const double rss[3])
{
    char text[256];
    json_t *cell = sample_cell(d, stack, outcome);
    sample_set(cell, "scenario", scenario);
    json_object_set_new(cell, "duration_seconds", json_integer(seconds));
    snprintf(text, sizeof text,
             "t_ns,rss_bytes,live_bytes,reserved_bytes\n0,%.0f,0,0\n%d500000000,%.0f,0,0\n"
             "%d000000000,%.0f,0,0\n",
             rss[0] * MIB, seconds / 2, rss[1] * MIB, seconds + 1, rss[2] * MIB);
    sample_write(folder, json_string_value(json_object_get(cell, "series")), text);
    return cell;
}

static void add_model(json_t *d, const char *folder, const char *stack, const char *outcome)
{
    json_t *cell = add(d, folder, "model", stack, outcome, 60, (double[]){1, 61, 1});
    sample_set(cell, "counterpart", "real-one");
}

static json_t *begin(const char *folder)
{
    json_t *d = sample_empty();
    sample_save(folder, d, 0); /* makes series/ */
    return d;
}

static void hold(json_t *d, const char *folder, const char *committed, struct pl_model *m,
                 struct pl_held_list *list)
{
    struct pl_error error;
    if (pl_model_build(m, d, &error))
        fail_msg("%s", error.text);
    *list = pl_held_make(m, folder, committed);
}

static void is_near(double value, double wanted)
{
    if (fabs(value - wanted) > 0.02 * fabs(wanted))
        fail_msg("%g, where %g is wanted", value, wanted);
}

/* Both net of their first sample, over time; the real one's seconds are another number. */
static void peak_and_mean_are_net_of_the_first_sample(void **state)
{
    (void)state;
    char *folder = sample_folder();
    struct pl_model m;
    struct pl_held_list list;
    json_t *d = begin(folder);
    add_model(d, folder, "gc:overhead=80/glibc", "bounded");
    add(d, folder, "real-one", "glibc", "growing", 30, (double[]){100, 180, 180});
    hold(d, folder, NO_FILE, &m, &list);
    assert_int_equal(list.count, 1);
    const struct pl_held *h = &list.rows[0];
    is_near(h->model.peak_bytes, 60 * MIB);
    is_near(h->model.mean_bytes, 30 * MIB);
    is_near(h->real.first_bytes, 100 * MIB);
    is_near(h->real.peak_bytes, 80 * MIB);
    is_near(h->real.mean_bytes, 60 * MIB);
    is_near(pl_held_peak_error(h), -25);
    is_near(pl_held_mean_error(h), -50);
    assert_true(h->stretched);
    is_near((double)h->real.net.t_ns[2], (double)h->model.net.t_ns[2]);
    assert_null(h->date);
    pl_held_free(&list);
    pl_model_free(&m);
    json_decref(d);
    sample_remove(folder);
}

/* A program knows no layers: what stands beneath them counts, but for limits; and a heap with
 * options is another heap. */
static void stacks_find_what_is_beneath_them(void **state)
{
    (void)state;
    static const char *const others[] = {"limited:max=8MiB/glibc", "glibc:arena_max=1", "mimalloc"};
    char *folder = sample_folder();
    struct pl_model m;
    struct pl_held_list list;
    json_t *d = begin(folder);
    add_model(d, folder, "slab/jemalloc", "bounded");
    add_model(d, folder, "jemalloc", "oom_killed");
    add_model(d, folder, "limited:max=64MiB/glibc", "bounded");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        add_model(d, folder, others[i], "bounded");
    add(d, folder, "real-one", "glibc", "bounded", 60, (double[]){2, 52, 2});
    add(d, folder, "real-one", "jemalloc", "bounded", 60, (double[]){2, 42, 2});
    add(d, folder, "real-one", "limited:max=64MiB/glibc", "bounded", 60, (double[]){2, 32, 2});
    hold(d, folder, NO_FILE, &m, &list);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.rows[0].stack, "jemalloc");
    assert_string_equal(list.rows[1].stack, "limited:max=64MiB/glibc");
    is_near(list.rows[0].real.peak_bytes, 40 * MIB);
    assert_false(list.rows[0].stretched);
    pl_held_free(&list);
    pl_model_free(&m);
    json_decref(d);
    sample_remove(folder);
}

static void a_committed_curve_serves_where_the_program_was_not_run(void **state)
{
    (void)state;
    char *folder = sample_folder(), path[4096];
    struct pl_model m;
    struct pl_held_list list;
    json_t *d = begin(folder);
    add_model(d, folder, "slab/glibc", "bounded");
    sample_write(folder, "counterparts.json",
                 "{\"pairs\": [], \"none\": [], \"claims\": [], \"curves\": [{\"counterpart\": "
                 "\"real-one\", "
                 "\"stack\": \"glibc\", \"date\": \"2026-01-02\", \"versions\": \"one 1.2\", "
                 "\"t_seconds\": [0, 30, 61], \"rss_bytes\": [1048576, 41943040, 1048576]}]}");
    snprintf(path, sizeof path, "%s/counterparts.json", folder);
    hold(d, folder, path, &m, &list);
    assert_int_equal(list.count, 1);
    is_near(list.rows[0].real.peak_bytes, 39 * MIB);
    assert_string_equal(list.rows[0].date, "2026-01-02");
    assert_string_equal(list.rows[0].versions, "one 1.2");
    pl_held_free(&list);
    list = pl_held_make(&m, folder, NO_FILE);
    assert_int_equal(list.count, 0);
    pl_held_free(&list);
    pl_model_free(&m);
    json_decref(d);
    sample_remove(folder);
}

static void report(const char *folder)
{
    struct pl_error error;
    FILE *nowhere = fopen("/dev/null", "w");
    if (pl_report_write(&(struct pl_report){folder, NULL, NULL}, nowhere, &error))
        fail_msg("%s", error.text);
    fclose(nowhere);
}

static void satisfies_the_schema(const char *folder)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/report.json", folder);
    json_t *schema = json_load_file(PL_SOURCE_DIR "/results/report.schema.json", 0, NULL);
    json_t *document = json_load_file(path, 0, NULL);
    assert_non_null(schema);
    assert_non_null(document);
    if (!validate(schema, document, path, sizeof path))
        fail_msg("report.json does not fit its schema at %s", path);
    assert_int_equal(json_array_size(json_object_get(document, "counterparts")), 1);
    json_decref(document);
    json_decref(schema);
}

static void every_form_of_the_report_has_them(void **state)
{
    (void)state;
    char *folder = sample_folder(), *text;
    json_t *d = begin(folder);
    add_model(d, folder, "gc:overhead=80/glibc", "bounded");
    add(d, folder, "real-one", "glibc", "growing", 30, (double[]){100, 180, 180});
    sample_save(folder, d, 0);
    report(folder);
    has(text = sample_read(folder, "report.md"), "Models held against real programs");
    has(text, "| real-one, glibc | 80 MiB | 60 MiB | -25.0 % |");
    if (sample_can_draw())
        has(text, "](plots/counterpart-1.svg)");
    free(text);
    has(text = sample_read(folder, "report.html"), "Models held against real programs");
    has(text, "<td class=\"n\">-25.0 %</td>");
    free(text);
    has(text = sample_read(folder, "plots/overlays.json"), "\"name\": \"real-one\"");
    has(text, "RSS above the first sample");
    free(text);
    satisfies_the_schema(folder);
    json_decref(d);
    sample_remove(folder);
}

static void on_the_terminal(json_t *d, const char *folder, char **text)
{
    struct pl_text_stream stream;
    size_t size;
    assert_int_equal(pl_text_stream_open(&stream), 0);
    pl_report_table(stream.out, d, folder);
    assert_int_equal(pl_text_stream_close(&stream, text, &size), 0);
}

static void the_terminal_has_them_where_there_are_any(void **state)
{
    (void)state;
    char *folder = sample_folder(), *text;
    json_t *d = begin(folder);
    add_model(d, folder, "glibc", "bounded");
    on_the_terminal(d, folder, &text);
    assert_null(strstr(text, "held against"));
    free(text);
    add(d, folder, "real-one", "glibc", "growing", 60, (double[]){100, 180, 180});
    on_the_terminal(d, folder, &text);
    has(text, "Models held against real programs");
    has(text, "-25.0 %");
    free(text);
    json_decref(d);
    sample_remove(folder);
}

/* ci/counterparts --renew puts it there. */
static void the_readme_has_the_committed_table(void **state)
{
    (void)state;
    struct pl_text_stream stream;
    struct pl_error error;
    json_t *root = NULL;
    char *table, *readme = sample_read(PL_SOURCE_DIR, "README.md");
    size_t size;
    if (pl_counterparts_read(PL_SOURCE_DIR "/results/counterparts.json", &root, &error))
        fail_msg("%s", error.text);
    assert_int_equal(pl_text_stream_open(&stream), 0);
    pl_counterparts_table(stream.out, root);
    assert_int_equal(pl_text_stream_close(&stream, &table, &size), 0);
    has(readme, table);
    json_decref(root);
    free(table);
    free(readme);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(peak_and_mean_are_net_of_the_first_sample),
        cmocka_unit_test(stacks_find_what_is_beneath_them),
        cmocka_unit_test(a_committed_curve_serves_where_the_program_was_not_run),
        cmocka_unit_test(every_form_of_the_report_has_them),
        cmocka_unit_test(the_terminal_has_them_where_there_are_any),
        cmocka_unit_test(the_readme_has_the_committed_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
