/* The committed counterparts: what is refused, which curve is found, and that no model is
 * forgotten. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/results/counterparts.h"
#include "harness/scenario/scenario.h"

#define PAIR                                                                                      \
    "{'model': 'm', 'stack': 's', 'counterpart': 'c', 'counterpart_stack': 'glibc', 'held': 'h'," \
    " 'why': 'w', 'versions': 'v', 'date': 'd', 'real': {'peak_bytes': 100, 'mean_bytes': 80},"   \
    " 'modelled': {'peak_bytes': 75, 'mean_bytes': 88},"                                          \
    " 'tolerated_percent': {'peak': 30, 'mean': 20}}"
#define CURVE                                                                                     \
    "{'counterpart': 'c', 'stack': 'glibc', 'date': 'd', 'versions': 'v', 't_seconds': [0, 0.5]," \
    " 'rss_bytes': [10, 20]}"
#define NONE "{'models': ['a', 'b'], 'why': 'w'}"

static int read_text(const char *text, json_t **root, struct pl_error *error)
{
    char path[] = "/tmp/counterparts-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *file = fdopen(fd, "w");
    for (; *text; text++)
        fputc(*text == '\'' ? '"' : *text, file);
    fclose(file);
    int rc = pl_counterparts_read(path, root, error);
    unlink(path);
    return rc;
}

static void a_curve_is_found_and_read(void **state)
{
    (void)state;
    json_t *root = NULL;
    struct pl_rss_series series;
    struct pl_error error = {""};
    if (read_text("{'pairs': [" PAIR "], 'none': [" NONE "], 'claims': [], 'curves': [" CURVE "]}",
                  &root, &error))
        fail_msg("%s", error.text);
    assert_null(pl_counterparts_curve(root, "c", "jemalloc"));
    assert_null(pl_counterparts_curve(root, "other", "glibc"));
    const json_t *curve = pl_counterparts_curve(root, "c", "glibc");
    assert_non_null(curve);
    assert_int_equal(pl_counterparts_series(curve, &series), 0);
    assert_int_equal(series.count, 2);
    assert_int_equal(series.t_ns[1], 500000000);
    assert_true(series.rss_bytes[1] == 20 && isnan(series.live_bytes[1]));
    pl_rss_series_free(&series);
    json_decref(root);
}

static void an_error_is_of_the_real_figure(void **state)
{
    (void)state;
    assert_true(fabs(pl_counterparts_error(75, 100) + 25) < 1e-9);
    assert_true(fabs(pl_counterparts_error(150, 100) - 50) < 1e-9);
}

static void what_is_none_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"{'pairs': [", "no whole JSON"},
        {"{'pairs': [], 'none': [], 'claims': []}", "'curves' is not a list"},
        {"{'pairs': [{}], 'none': [], 'claims': [], 'curves': []}", "pair 0: 'model' is not text"},
        {"{'pairs': [], 'none': [{'models': [], 'why': 'w'}], 'claims': [], 'curves': []}",
         "none 0: 'models' is not a list of names"},
        {"{'pairs': [], 'none': [{'models': ['a']}], 'claims': [], 'curves': []}",
         "none 0: 'why' is not text"},
        {"{'pairs': [], 'none': [], 'claims': [], 'curves': [{'t_seconds': [0], 'rss_bytes': "
         "[1]}]}",
         "no lists of one length, 2 or more"},
        {"{'pairs': [], 'none': [], 'claims': [], 'curves': [{'t_seconds': [1, 1], 'rss_bytes': "
         "[1, 1]}]}",
         "curve 0: its point 1 is none"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *root = NULL;
        struct pl_error error = {""};
        assert_int_equal(read_text(cases[i].text, &root, &error), -EINVAL);
        if (!strstr(error.text, cases[i].message))
            fail_msg("'%s' does not hold '%s'", error.text, cases[i].message);
    }
}

/* A real figure of 0 could not be divided by. */
static void figures_have_ranges(void **state)
{
    (void)state;
    json_t *root = NULL, *again = NULL;
    struct pl_error error = {""};
    assert_int_equal(
        read_text("{'pairs': [" PAIR "], 'none': [], 'claims': [], 'curves': []}", &root, &error),
        0);
    json_t *pair = json_array_get(json_object_get(root, "pairs"), 0);
    json_object_set_new(json_object_get(pair, "real"), "mean_bytes", json_integer(0));
    char *text = json_dumps(root, 0);
    assert_int_equal(read_text(text, &again, &error), -EINVAL);
    assert_non_null(strstr(error.text, "pair 0: real.mean_bytes is not a number from 1"));
    free(text);
    json_decref(root);
}

static bool is_among(const json_t *names, const char *name)
{
    size_t i = 0;
    while (i < json_array_size(names) &&
           strcmp(json_string_value(json_array_get(names, i)), name) != 0)
        i++;
    return i < json_array_size(names);
}

static bool is_listed(const json_t *root, const char *name)
{
    const json_t *pairs = json_object_get(root, "pairs"), *none = json_object_get(root, "none");
    bool listed = false;
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        const json_t *row = json_array_get(pairs, i);
        listed |= strcmp(json_string_value(json_object_get(row, "model")), name) == 0 ||
                  strcmp(json_string_value(json_object_get(row, "counterpart")), name) == 0;
    }
    for (size_t i = 0; i < json_array_size(none); i++)
        listed |= is_among(json_object_get(json_array_get(none, i), "models"), name);
    return listed;
}

static void lists_all_of(const json_t *root, const char *folder, int least)
{
    char **paths = NULL;
    struct pl_error error = {""};
    setenv("PLIMSOLL_SCENARIOS", folder, 1);
    int count = pl_scenario_list(&paths, &error);
    assert_true(count >= least);
    for (int i = 0; i < count; i++) {
        const char *file = strrchr(paths[i], '/') + 1;
        char name[128];
        snprintf(name, sizeof name, "%.*s", (int)strlen(file) - 5, file);
        if (!is_listed(root, name))
            fail_msg("%s stands in none of the rows of results/counterparts.json", name);
        free(paths[i]);
    }
    free(paths);
}

/* Each scenario that comes with Plimsoll has a pair, or the reason why it has none. */
static void no_model_is_forgotten(void **state)
{
    (void)state;
    json_t *root = NULL;
    struct pl_error error = {""};
    if (pl_counterparts_read(PL_SOURCE_DIR "/results/counterparts.json", &root, &error))
        fail_msg("%s", error.text);
    lists_all_of(root, PL_SOURCE_DIR "/scenarios", 30);
    lists_all_of(root, PL_SOURCE_DIR "/scenarios/real", 15);
    assert_false(is_listed(root, "nobody"));
    json_decref(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_curve_is_found_and_read),
        cmocka_unit_test(an_error_is_of_the_real_figure),
        cmocka_unit_test(what_is_none_is_told),
        cmocka_unit_test(figures_have_ranges),
        cmocka_unit_test(no_model_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
