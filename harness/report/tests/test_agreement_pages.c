/* What an agreement looks like on the terminal and in its files. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/base/files.h"
#include "harness/compare/tests/curves_on_disk.h"
#include "harness/report/agreement/agreement.h"

/* glibc agrees, slab only as the walls do, and `name` differs. */
static void make(struct runs *runs, const char *name, struct pl_agreement *a)
{
    struct pl_error error = {""};
    runs_make(runs);
    runs_add_all(runs, "glibc");
    runs_add(runs, PL_AGREEMENT_WALL1, "slab", 10, 20, 100, 30);
    runs_add(runs, PL_AGREEMENT_WALL2, "slab", 10, 10, 100, 30);
    runs_add(runs, PL_AGREEMENT_VIRTUAL, "slab", 10, 15, 100, 30);
    runs_add(runs, PL_AGREEMENT_WALL1, name, 10, 20, 100, 30);
    runs_add(runs, PL_AGREEMENT_WALL2, name, 10, 20, 100, 30);
    runs_add(runs, PL_AGREEMENT_VIRTUAL, name, 10, 20, 80, 30);
    if (pl_agreement_make(runs->roots, a, &error))
        fail_msg("%s", error.text);
}

static void drop(struct runs *runs, struct pl_agreement *a)
{
    pl_agreement_free(a);
    runs_free(runs);
}

static const struct pl_agreement_reason known[] = {{"slab", .5, "It *doubles*."}, {NULL, 0, NULL}};

static struct pl_agreement_page page_of(const struct pl_agreement *a)
{
    return (struct pl_agreement_page){
        .agreement = a, .folders = {"w1", "w2", "v"}, .reasons = known};
}

enum form { TABLE, MARKDOWN, JSON };

static char *text_of(const struct pl_agreement_page *page, enum form form)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (form == TABLE)
        pl_agreement_table(out, page->agreement);
    else if (form == MARKDOWN)
        pl_agreement_markdown(out, page);
    else
        pl_agreement_json(out, page);
    fclose(out);
    return text;
}

static void expect_in(const char *text, const char *part)
{
    if (strstr(text, part))
        return;
    fputs(text, stderr); /* longer than a message of cmocka's may be */
    fail_msg("'%s' is not in it", part);
}

/* Of what stands there once. */
static size_t place_of(const char *text, const char *part)
{
    size_t place = 0, count = 0;
    for (size_t at = 0; text[at]; at++) {
        if (strncmp(text + at, part, strlen(part)) != 0)
            continue;
        place = at;
        count++;
    }
    if (count != 1)
        fail_msg("'%s' stands %zu times in\n%s", part, count, text);
    return place;
}

static size_t longest_line(const char *text)
{
    size_t longest = 0;
    for (; *text; text += strcspn(text, "\n") + 1)
        if (strcspn(text, "\n") > longest)
            longest = strcspn(text, "\n");
    return longest;
}

static void the_table_has_a_row_a_stack(void **state)
{
    (void)state;
    struct runs runs;
    struct pl_agreement a;
    make(&runs, "mimalloc", &a);
    struct pl_agreement_page page = page_of(&a);
    char *text = text_of(&page, TABLE);
    expect_in(text, "steady-reader, f32, 2 threads, 1 min\n ");
    expect_in(text, "glibc      100.0      100.0   0.00   0.0 %          0.00  agrees\n");
    expect_in(text, "slab       100.0      100.0   90.0  90.0 %  1.5 s   90.0  as the walls\n");
    expect_in(text, "mimalloc   100.0       80.0   20.0  20.0 %  2.0 s   0.00  differs\n");
    expect_in(text, "3 cells: 1 agrees, 1 as the walls, 0 by chance, 1 differs.\n");
    free(text);
    drop(&runs, &a);
}

static void long_names_stay_within_the_terminal(void **state)
{
    (void)state;
    static const char *const names[] = {
        "limited:max=32MiB/slab/jemalloc",
        "limited:max=32MiB/slab/jemalloc:dirty_decay_ms=0,muzzy_decay_ms=0,narenas=16/and/so/on/"
        "and/on"};
    for (size_t i = 0; i < 2; i++) {
        struct runs runs;
        struct pl_agreement a;
        make(&runs, names[i], &a);
        struct pl_agreement_page page = page_of(&a);
        char *text = text_of(&page, TABLE);
        if (longest_line(text) > 100)
            fail_msg("%s", text);
        expect_in(text, names[i]);
        free(text);
        drop(&runs, &a);
    }
}

/* Formats are tables of their own, each cell in one. */
static void formats_are_told_apart(void **state)
{
    (void)state;
    struct runs runs;
    struct pl_agreement a;
    runs_make(&runs);
    for (int i = 0; i < 3; i++) {
        runs_add_all(&runs, i == 2 ? "slab" : "glibc");
        for (enum pl_agreement_side side = 0; i == 1 && side < PL_AGREEMENT_COUNT; side++)
            json_object_set_new(runs_last(&runs, side), "format", json_string("s16"));
    }
    assert_int_equal(pl_agreement_make(runs.roots, &a, NULL), 0);
    struct pl_agreement_page page = page_of(&a);
    char *text = text_of(&page, MARKDOWN);
    size_t slab = place_of(text, "| slab |");
    assert_true(place_of(text, "### steady-reader, f32") < slab);
    assert_true(slab < place_of(text, "### steady-reader, s16"));
    expect_in(text,
              "## Plimsoll: the clocks agree\n\n3 cells: 3 agree, 0 as the walls, 0 by chance, 0 "
              "differ.");
    expect_in(text, "## What cannot agree\n\nNothing here: every stack agrees.\n");
    free(text);
    drop(&runs, &a);
}

static void the_page_names_what_cannot_agree(void **state)
{
    (void)state;
    struct runs runs;
    struct pl_agreement a;
    make(&runs, "<b>|", &a);
    struct pl_agreement_page page = page_of(&a);
    char *text = text_of(&page, MARKDOWN);
    expect_in(text, "## Plimsoll: the clocks differ\n");
    expect_in(text, "](agreement.svg)\n");
    expect_in(text, "| slab | 100.0 | 100.0 | 90.0 | 90.0 % | 1.5 s | 90.0 | as the walls |\n");
    expect_in(text, "- **slab** (steady-reader, as the walls): It \\*doubles\\*.\n");
    expect_in(text,
              "- **&lt;b&gt;\\|** (steady-reader, differs; 20.00 MiB from wall 1 at 2.0 s; 5 % of "
              "the peak or the walls' own difference would be 5.00 MiB): no reason is "
              "known.\n");
    expect_in(text, "From wall 1: w1, wall 2: w2, virtual: v.\n");
    assert_null(strstr(text, "**glibc**"));
    assert_null(strstr(text, "<b>"));
    free(text);
    page.no_picture = "no pictures: because";
    text = text_of(&page, MARKDOWN);
    expect_in(text, "no pictures: because.\n");
    assert_null(strstr(text, "agreement.svg"));
    free(text);
    drop(&runs, &a);
}

static void json_holds_figures_and_where_curves_lie(void **state)
{
    (void)state;
    struct runs runs;
    struct pl_agreement a;
    double difference, at, allowed;
    const char *verdict, *reason, *from, *folder, *series, *virtual;
    int peak;
    make(&runs, "mimalloc", &a);
    struct pl_agreement_page page = page_of(&a);
    char *text = text_of(&page, JSON);
    json_t *root = json_loads(text, 0, NULL);
    assert_true(json_is_false(json_object_get(root, "agrees")));
    assert_string_equal(json_string_value(json_object_get(root, "virtual")), "v");
    json_t *cells = json_object_get(root, "cells");
    assert_int_equal(
        json_unpack(json_array_get(cells, 2),
                    "{s:F, s:F, s:F, s:s, s:s, s:{s:i}, s:{s:s}, s:{s:{s:s, s:s}}, s:n}",
                    "difference_bytes", &difference, "difference_at_seconds", &at, "allowed_bytes",
                    &allowed, "verdict", &verdict, "difference_from", &from, "peak_bytes",
                    "virtual", &peak, "outcome", "virtual", &virtual, "curves", "virtual", "folder",
                    &folder, "series", &series, "reason"),
        0);
    assert_true(difference == 20 * 0x1p20 && at == 2 && allowed == 5 * 0x1p20);
    assert_int_equal(peak, 80 << 20);
    assert_string_equal(verdict, "differs");
    assert_string_equal(from, "wall1");
    assert_string_equal(virtual, "bounded");
    assert_string_equal(folder, runs.folder);
    assert_string_equal(series, "series/2.2.csv");
    assert_int_equal(json_unpack(json_array_get(cells, 1), "{s:s}", "reason", &reason), 0);
    assert_string_equal(reason, "It *doubles*.");
    json_decref(root);
    free(text);
    drop(&runs, &a);
}

/* A table in C is easily left without its end, or with a row of a stack that is no name. */
static void known_reasons_are_whole(void **state)
{
    (void)state;
    for (const struct pl_agreement_reason *r = pl_agreement_reasons(); r->stack; r++) {
        assert_true(*r->stack && *r->reason);
        assert_true(r->share > PL_AGREEMENT_SHARE && r->share < 1);
        assert_ptr_equal(pl_agreement_reason(pl_agreement_reasons(), r->stack), r);
    }
    assert_null(pl_agreement_reason(pl_agreement_reasons(), "none"));
}

static bool have_matplotlib(void)
{
    return system("/usr/bin/python3 -E -s -c 'import importlib.util as u, sys; "
                  "sys.exit(u.find_spec(\"matplotlib\") is None)'") == 0;
}

/* A file of a folder in new memory; NULL where there is none. */
static char *read_file(const char *folder, const char *name)
{
    char path[128], *text = NULL;
    size_t size;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return pl_file_read(path, PL_FILE_BYTES_MAX, &text, &size, NULL) ? NULL : text;
}

static void files_are_written_with_a_picture_that_repeats(void **state)
{
    (void)state;
    struct runs runs;
    struct pl_agreement a;
    struct pl_error error = {""};
    char folder[64], *pictures[2];
    if (!have_matplotlib())
        skip();
    make(&runs, "mimalloc", &a);
    struct pl_agreement_page page = page_of(&a);
    snprintf(folder, sizeof folder, "%s/out", runs.folder); /* which is not there yet */
    for (int i = 0; i < 2; i++) {
        if (pl_agreement_write(&page, folder, stderr, &error))
            fail_msg("%s", error.text);
        pictures[i] = read_file(folder, "agreement.svg");
        assert_non_null(pictures[i]);
    }
    assert_string_equal(pictures[0], pictures[1]);
    char *json = read_file(folder, "agreement.json"), *md = read_file(folder, "agreement.md");
    expect_in(json, "\"agreement_version\": 1");
    expect_in(md, "](agreement.svg)");
    free(json);
    free(md);
    free(pictures[0]);
    free(pictures[1]);
    drop(&runs, &a);
}

static void a_folder_that_takes_nothing_is_told(void **state)
{
    (void)state;
    struct runs runs;
    struct pl_agreement a;
    struct pl_error error = {""};
    char path[64];
    make(&runs, "mimalloc", &a);
    struct pl_agreement_page page = page_of(&a);
    snprintf(path, sizeof path, "%s/series/0.0.csv", runs.folder);
    assert_int_equal(pl_agreement_write(&page, path, stderr, &error), -ENOTDIR);
    expect_in(error.text, "is not a folder; expected one");
    drop(&runs, &a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_has_a_row_a_stack),
        cmocka_unit_test(long_names_stay_within_the_terminal),
        cmocka_unit_test(formats_are_told_apart),
        cmocka_unit_test(the_page_names_what_cannot_agree),
        cmocka_unit_test(json_holds_figures_and_where_curves_lie),
        cmocka_unit_test(known_reasons_are_whole),
        cmocka_unit_test(files_are_written_with_a_picture_that_repeats),
        cmocka_unit_test(a_folder_that_takes_nothing_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
