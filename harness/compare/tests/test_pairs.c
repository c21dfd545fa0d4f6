/* The order in which pairs run, and how many of each cell. */
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
#include "harness/compare/judge.h"
#include "harness/compare/tests/pair_runs.h"

static void halves_of_a_pair_run_next_to_each_other(void **state)
{
    const struct pair_runs *r = *state;
    assert_int_equal(r->fake.run_count % 2, 0);
    for (size_t i = 0; i < r->fake.run_count; i += 2) {
        const struct fake_run *one = &r->fake.runs[i], *other = one + 1;
        assert_string_equal(one->stack, other->stack);
        assert_string_equal(one->format, other->format);
        assert_int_equal(one->threads, other->threads);
        assert_string_not_equal(one->side, other->side);
    }
}

static void a_coin_decides_which_side_goes_first(void **state)
{
    const struct pair_runs *r = *state;
    size_t pairs = r->fake.run_count / 2, base_first = 0, of_one_cell = 0;
    for (size_t i = 0; i < pairs; i++) {
        bool first = strcmp(r->fake.runs[2 * i].side, "base") == 0;
        base_first += first;
        of_one_cell += first && pair_runs_cell(r, i) == SLOWER;
    }
    assert_in_range(base_first, pairs / 4, pairs - pairs / 4);
    assert_in_range(of_one_cell, 1, pairs_wanted[SLOWER]); /* of one more pair, with the warm-up */
}

/* What a run is told of the threads; nothing where its scenario has no others. */
static const char *set_threads(const struct pair_runs *r, size_t pair)
{
    const struct pl_pair_cell *cell = &pair_cells[pair_runs_cell(r, pair)];
    if (!cell->set_threads)
        return "";
    return cell->name.threads == 2 ? " --set threads=2" : " --set threads=1";
}

static void each_run_is_told_of_its_cell(void **state)
{
    const struct pair_runs *r = *state;
    char *text = NULL, path[128], expected[512];
    size_t size;
    snprintf(path, sizeof path, "%s/commands", r->fake.folder);
    assert_int_equal(pl_file_read(path, PL_FILE_BYTES_MAX, &text, &size, NULL), 0);
    char *rest = text;
    for (size_t i = 0; i < r->fake.run_count; i++) {
        const struct fake_run *run = &r->fake.runs[i];
        const char *line = strsep(&rest, "\n");
        snprintf(expected, sizeof expected,
                 "run steady.yaml --allocator %s --format %s --repeat 1 --out %s/out/%s/.run "
                 "--tier smoke%s",
                 run->stack, run->format, r->fake.folder, run->side, set_threads(r, i / 2));
        assert_non_null(line);
        assert_string_equal(line, expected);
    }
    free(text);
}

/* The order of cells in a round: every cell that wants more once, in the first twice in a row.
 * @return how many pairs it took */
static size_t read_round(const struct pair_runs *r, size_t from, size_t round, size_t *order)
{
    size_t count = 0, step = round == 0 ? 2 : 1;
    bool seen[CELLS] = {false};
    for (size_t i = 0; i < CELLS; i++)
        count += pairs_wanted[i] > round;
    for (size_t i = 0; i < count; i++) {
        order[i] = pair_runs_cell(r, from + i * step);
        assert_int_equal(pair_runs_cell(r, from + i * step + step - 1), order[i]);
        assert_true(pairs_wanted[order[i]] > round);
        assert_false(seen[order[i]]);
        seen[order[i]] = true;
    }
    return count * step;
}

/* Of 720 orders two in a row are alike, or one is as asked, in one round of 720. */
static void cells_are_shuffled_anew_in_each_round(void **state)
{
    static const size_t as_asked[CELLS] = {0, 1, 2, 3, 4, 5};
    const struct pair_runs *r = *state;
    size_t orders[SCREENING + CONFIRMING][CELLS] = {{0}}, at = 0, alike = 0, unshuffled = 0;
    for (size_t round = 0; round < SCREENING + CONFIRMING; round++)
        at += read_round(r, at, round, orders[round]);
    assert_int_equal(at, r->fake.run_count / 2);
    for (size_t round = 0; round < PL_JUDGE_BAND_RUNS; round++) {
        alike += round > 0 && memcmp(orders[round], orders[round - 1], sizeof *orders) == 0;
        unshuffled += memcmp(orders[round], as_asked, sizeof as_asked) == 0;
    }
    assert_true(alike < 2);
    assert_true(unshuffled < 2);
}

static void the_first_pair_of_a_cell_is_thrown_away(void **state)
{
    const struct pair_runs *r = *state;
    size_t ran[CELLS] = {0};
    const json_t *found[FAKE_RUNS_MAX];
    for (size_t i = 0; i < r->fake.run_count / 2; i++)
        ran[pair_runs_cell(r, i)]++;
    for (size_t cell = 0; cell < CELLS; cell++)
        for (int s = 0; s < 2; s++) {
            size_t count = pair_runs_repetitions(r, s, cell, found);
            assert_int_equal(count + 1, ran[cell]);
            for (size_t i = 0; i < count; i++) {
                const json_t *metrics = json_object_get(found[i], "metrics");
                double cpu = json_number_value(json_object_get(metrics, "cpu_ns_per_packet"));
                assert_true(cpu < FAKE_COLD_NS);
            }
        }
}

static void flagged_cells_get_fresh_pairs_and_killed_ones_stop(void **state)
{
    const struct pair_runs *r = *state;
    const json_t *found[FAKE_RUNS_MAX];
    for (size_t cell = 0; cell < CELLS; cell++)
        for (int s = 0; s < 2; s++)
            assert_int_equal(pair_runs_repetitions(r, s, cell, found), pairs_wanted[cell]);
}

static void progress_counts_the_pairs_that_are_planned(void **state)
{
    const struct pair_runs *r = *state;
    size_t total = 0;
    for (size_t cell = 0; cell < CELLS; cell++)
        total += pairs_wanted[cell];
    assert_true(r->progress_in_step);
    assert_int_equal(r->calls, total);
    assert_int_equal(r->planned_first, CELLS * SCREENING);
    assert_int_equal(r->planned_last, total);
}

static void the_seed_decides_and_nothing_else(void **state)
{
    static const uint64_t seeds[] = {1, 1, 2};
    static const char *const names[] = {"first", "again", "other"};
    struct pair_runs *r = *state;
    struct fake_run *logs = calloc(3 * FAKE_RUNS_MAX, sizeof *logs);
    const json_t *found[FAKE_RUNS_MAX];
    assert_non_null(logs);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(pair_runs_run(r, names[i], seeds[i], 0), 0);
        memcpy(&logs[i * FAKE_RUNS_MAX], r->fake.runs, sizeof r->fake.runs);
        assert_int_equal(pair_runs_repetitions(r, 0, SLOWER, found), SCREENING); /* none asked */
    }
    assert_memory_equal(logs, logs + FAKE_RUNS_MAX, sizeof r->fake.runs);
    assert_memory_not_equal(logs, logs + 2 * FAKE_RUNS_MAX, sizeof r->fake.runs);
    free(logs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(halves_of_a_pair_run_next_to_each_other),
        cmocka_unit_test(a_coin_decides_which_side_goes_first),
        cmocka_unit_test(each_run_is_told_of_its_cell),
        cmocka_unit_test(cells_are_shuffled_anew_in_each_round),
        cmocka_unit_test(the_first_pair_of_a_cell_is_thrown_away),
        cmocka_unit_test(flagged_cells_get_fresh_pairs_and_killed_ones_stop),
        cmocka_unit_test(progress_counts_the_pairs_that_are_planned),
        cmocka_unit_test_setup_teardown(the_seed_decides_and_nothing_else, pair_runs_prepare,
                                        pair_runs_tear_down),
    };
    return cmocka_run_group_tests(tests, pair_runs_set_up, pair_runs_tear_down);
}
