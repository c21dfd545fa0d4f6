/* The results that the runs of a half add up to, also when the pairs are interrupted. */
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
#include "harness/compare/tests/pair_runs.h"
#include "harness/results/document.h"

static void repetitions_are_numbered_alike_on_both_sides(void **state)
{
    const struct pair_runs *r = *state;
    const json_t *found[FAKE_RUNS_MAX];
    for (size_t cell = 0; cell < CELLS; cell++)
        for (int s = 0; s < 2; s++) {
            size_t count = pair_runs_repetitions(r, s, cell, found);
            assert_int_equal(count, pairs_wanted[cell]);
            for (size_t i = 0; i < count; i++)
                assert_int_equal(json_integer_value(json_object_get(found[i], "repetition")), i);
        }
}

static void cells_are_in_the_order_asked_for(void **state)
{
    const struct pair_runs *r = *state;
    for (int s = 0; s < 2; s++) {
        const json_t *all = json_object_get(r->roots[s], "cells");
        for (size_t cell = 0, at = 0; cell < CELLS; cell++)
            for (size_t i = 0; i < pairs_wanted[cell]; i++, at++) {
                const json_t *one = json_array_get(all, at);
                struct pl_cell_name name = pl_cell_name_of(one);
                assert_true(pl_cell_name_equal(&name, &pair_cells[cell].name));
            }
    }
}

static void check_pairing(const json_t *about, const char *side)
{
    const json_t *pairing = json_object_get(about, "pairing");
    assert_string_equal(pl_document_string(pairing, "side"), side);
    assert_int_equal(json_integer_value(json_object_get(pairing, "screening_pairs")), SCREENING);
    assert_int_equal(json_integer_value(json_object_get(pairing, "confirming_pairs")), CONFIRMING);
    assert_string_not_equal(pl_document_string(pairing, "id"), "");
    assert_string_equal(pl_document_string(about, "command"), "plimsoll compare as typed");
}

static void the_two_say_that_they_belong_together(void **state)
{
    const struct pair_runs *r = *state;
    const json_t *about[2];
    for (int s = 0; s < 2; s++) {
        about[s] = json_object_get(r->roots[s], "run");
        check_pairing(about[s], s ? "new" : "base");
        assert_true(json_is_true(json_object_get(about[s], "complete")));
        assert_int_equal(json_array_size(json_object_get(r->roots[s], "recordings")), 1);
    }
    assert_string_equal(pl_document_string(json_object_get(about[0], "pairing"), "id"),
                        pl_document_string(json_object_get(about[1], "pairing"), "id"));
}

/* The curve that lies under the name is that of this cell, and of its first run that counts. */
static void check_series(const struct pair_runs *r, int side, size_t cell, const json_t *first)
{
    char *text = NULL, path[256], expected[64];
    size_t size;
    const struct pl_cell_name *of = &pair_cells[cell].name;
    const char *name = side ? "new" : "base", *series = pl_document_string(first, "series");
    assert_string_not_equal(series, "");
    snprintf(path, sizeof path, "%s/%s", name, series);
    assert_int_equal(
        pl_file_read(pair_runs_path(r, "out", path), PL_FILE_BYTES_MAX, &text, &size, NULL), 0);
    snprintf(expected, sizeof expected, "%s %s %s %u 1\n", name, of->allocator, of->format,
             of->threads);
    assert_string_equal(text, expected);
    free(text);
}

static void first_repetitions_alone_keep_their_series(void **state)
{
    const struct pair_runs *r = *state;
    const json_t *found[FAKE_RUNS_MAX];
    for (size_t cell = 0; cell < CELLS; cell++)
        for (int s = 0; s < 2; s++) {
            size_t count = pair_runs_repetitions(r, s, cell, found);
            assert_true(count > 1);
            check_series(r, s, cell, found[0]);
            for (size_t i = 1; i < count; i++)
                assert_string_equal(pl_document_string(found[i], "series"), "");
        }
}

static bool stands(const struct pair_runs *r, const char *name, const char *rest)
{
    return access(pair_runs_path(r, name, rest), F_OK) == 0;
}

static void no_run_leaves_its_folder(void **state)
{
    const struct pair_runs *r = *state;
    assert_false(stands(r, "out", "base/.run"));
    assert_false(stands(r, "out", "new/.run"));
}

static void results_are_not_overwritten(void **state)
{
    struct pair_runs *r = *state;
    r->interrupt_at = 1;
    assert_int_equal(pair_runs_run(r, "twice", 7, CONFIRMING), -EINTR);
    assert_int_equal(pair_runs_run(r, "twice", 7, CONFIRMING), -EEXIST);
    assert_int_equal(r->fake.run_count, 0);
    assert_int_equal(json_array_size(json_object_get(r->roots[0], "cells")), 1);
}

static void an_interrupted_run_keeps_the_pairs_that_ended(void **state)
{
    struct pair_runs *r = *state;
    r->interrupt_at = 7; /* in the second round of six cells */
    assert_int_equal(pair_runs_run(r, "out", 7, CONFIRMING), -EINTR);
    assert_int_equal(r->calls, 8);
    for (int s = 0; s < 2; s++) {
        const json_t *about = json_object_get(r->roots[s], "run");
        assert_int_equal(json_array_size(json_object_get(r->roots[s], "cells")), 7);
        assert_true(json_is_false(json_object_get(about, "complete")));
        check_pairing(about, s ? "new" : "base");
    }
    no_run_leaves_its_folder(state);
}

static void nothing_is_left_when_nothing_ran(void **state)
{
    struct pair_runs *r = *state;
    r->interrupt_at = 0;
    assert_int_equal(pair_runs_run(r, "out", 7, CONFIRMING), -EINTR);
    assert_int_equal(r->calls, 1);
    assert_true(stands(r, "out", ""));
    assert_false(stands(r, "out", "base"));
    assert_false(stands(r, "out", "new"));
}

#define PREPARED(function) \
    cmocka_unit_test_setup_teardown(function, pair_runs_prepare, pair_runs_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(repetitions_are_numbered_alike_on_both_sides),
        cmocka_unit_test(cells_are_in_the_order_asked_for),
        cmocka_unit_test(the_two_say_that_they_belong_together),
        cmocka_unit_test(first_repetitions_alone_keep_their_series),
        cmocka_unit_test(no_run_leaves_its_folder),
        PREPARED(results_are_not_overwritten),
        PREPARED(an_interrupted_run_keeps_the_pairs_that_ended),
        PREPARED(nothing_is_left_when_nothing_ran),
    };
    return cmocka_run_group_tests(tests, pair_runs_set_up, pair_runs_tear_down);
}
