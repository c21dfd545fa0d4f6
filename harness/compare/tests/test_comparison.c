/* Whole documents: what is matched, what may be compared, what a gate fails on. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "harness/compare/comparison.h"
#include "harness/compare/tests/documents.h"

/* Both sides with `runs` repetitions of a cell that weighs and costs the same. */
static void make_alike(json_t **base, json_t **new, int runs, bool paired)
{
    json_t **const sides[] = {base, new};
    for (int s = 0; s < 2; s++) {
        *sides[s] = document_make(paired ? (s ? "new" : "base") : NULL);
        for (int i = 0; i < runs; i++) {
            json_t *metrics = document_add(*sides[s], "glibc", i);
            json_object_set_new(metrics, "live_bytes_peak", json_integer(391640));
            json_object_set_new(metrics, "rss_bytes_peak", json_integer(512000));
            json_object_set_new(metrics, "cpu_ns_per_packet", json_real(100 + i % 7));
        }
    }
}

static const struct pl_judged *find(const struct pl_comparison *c, const char *metric)
{
    for (size_t k = 0; k < c->cells[0].judged_count; k++)
        if (strcmp(c->cells[0].judged[k].metric->name, metric) == 0)
            return &c->cells[0].judged[k];
    fail_msg("%s was not judged", metric);
    return NULL;
}

static void set_all(json_t *root, const char *metric, json_t *value)
{
    for (size_t i = 0; i < json_array_size(json_object_get(root, "cells")); i++)
        json_object_set(document_metrics(root, i), metric, value);
    json_decref(value);
}

static void alike_runs_are_the_same(void **state)
{
    (void)state;
    json_t *base, *new;
    make_alike(&base, &new, 20, true);
    struct pl_comparison c = documents_compare(base, new);
    assert_int_equal(c.cell_count, 1);
    assert_int_equal(c.counts[PL_CHANGE_SAME], 4); /* three metrics and the outcome */
    assert_false(pl_comparison_fails(&c));
    pl_comparison_free(&c);
}

static void each_class_is_judged_by_its_rule(void **state)
{
    (void)state;
    json_t *base, *new;
    make_alike(&base, &new, 60, true);
    set_all(new, "live_bytes_peak", json_integer(391641));
    set_all(new, "rss_bytes_peak", json_integer(512000 + (2 << 20)));
    for (size_t i = 0; i < 60; i++)
        json_object_set_new(document_metrics(new, i), "cpu_ns_per_packet",
                            json_real(1.1 * (100 + (double)(i % 7))));
    struct pl_comparison c = documents_compare(base, new);
    assert_int_equal(find(&c, "live_bytes_peak")->change, PL_CHANGE_WORSE);
    assert_int_equal(find(&c, "rss_bytes_peak")->change, PL_CHANGE_WORSE);
    assert_int_equal(find(&c, "cpu_ns_per_packet")->change, PL_CHANGE_WORSE);
    assert_int_equal(c.counts[PL_CHANGE_WORSE], 3);
    assert_true(pl_comparison_fails(&c));
    pl_comparison_free(&c);
}

static void noisy_metrics_take_pairs(void **state)
{
    (void)state;
    json_t *base, *new;
    make_alike(&base, &new, 20, false);
    struct pl_comparison c = documents_compare(base, new);
    assert_int_equal(find(&c, "cpu_ns_per_packet")->change, PL_CHANGE_INCONCLUSIVE);
    assert_non_null(strstr(find(&c, "cpu_ns_per_packet")->why, "not run side by side"));
    assert_int_equal(find(&c, "rss_bytes_peak")->change, PL_CHANGE_SAME);
    pl_comparison_free(&c);
    make_alike(&base, &new, 20, true);
    json_object_set_new(json_object_get(json_object_get(new, "run"), "pairing"), "id",
                        json_string("two"));
    c = documents_compare(base, new);
    assert_non_null(strstr(find(&c, "cpu_ns_per_packet")->why, "halves of different pairs"));
    pl_comparison_free(&c);
}

/* Repetition k is the partner of repetition k, wherever it stands in the document. */
static void partners_are_found_by_their_repetition(void **state)
{
    (void)state;
    json_t *base = document_make("base"), *new = document_make("new");
    for (int i = 0; i < 20; i++) {
        json_object_set_new(document_add(base, "glibc", i), "cpu_ns_per_packet",
                            json_real(100 << i % 4));
        json_object_set_new(document_add(new, "glibc", 19 - i), "cpu_ns_per_packet",
                            json_real(100 << (19 - i) % 4));
    }
    struct pl_comparison c = documents_compare(base, new);
    assert_int_equal(find(&c, "cpu_ns_per_packet")->change, PL_CHANGE_SAME);
    assert_true(find(&c, "cpu_ns_per_packet")->high < 1.0001);
    pl_comparison_free(&c);
}

static void of_another_host_only_exact_figures_count(void **state)
{
    (void)state;
    json_t *base, *new;
    make_alike(&base, &new, 20, true);
    json_object_set_new(json_object_get(new, "host"), "cpu", json_string("another cpu"));
    set_all(new, "live_bytes_peak", json_integer(1));
    struct pl_comparison c = documents_compare(base, new);
    assert_int_equal(find(&c, "live_bytes_peak")->change, PL_CHANGE_BETTER);
    assert_non_null(pl_comparison_only_exact(&c));
    assert_int_equal(find(&c, "rss_bytes_peak")->change, PL_CHANGE_NOT_COMPARABLE);
    assert_non_null(strstr(find(&c, "cpu_ns_per_packet")->why, "host: cpu"));
    assert_int_equal(c.cells[0].outcome, PL_CHANGE_NOT_COMPARABLE);
    pl_comparison_free(&c);
    make_alike(&base, &new, 20, true);
    json_object_set_new(json_object_get(new, "host"), "compiler", json_string("Clang 14"));
    documents_refuse(base, new,
                     "nothing can be compared: compiler differs: \"GNU 12\", \"Clang 14\"");
}

static void another_library_counts_for_its_heap_alone(void **state)
{
    (void)state;
    json_t *base, *new;
    make_alike(&base, &new, 5, true);
    json_object_set_new(document_add(base, "slab/jemalloc:narenas=1", 0), "live_bytes_peak",
                        json_integer(1));
    json_object_set_new(document_add(new, "slab/jemalloc:narenas=1", 0), "live_bytes_peak",
                        json_integer(1));
    json_object_set_new(json_object_get(json_object_get(new, "host"), "libraries"), "jemalloc",
                        json_string("fnv1a64:9"));
    struct pl_comparison c = documents_compare(base, new);
    assert_int_equal(find(&c, "live_bytes_peak")->change, PL_CHANGE_SAME);
    assert_int_equal(c.cells[1].judged[0].change, PL_CHANGE_NOT_COMPARABLE);
    assert_non_null(strstr(c.cells[1].judged[0].why, "library of jemalloc"));
    pl_comparison_free(&c);
}

static void differing_conditions_are_named(const char *path, json_t *value, const char *named)
{
    json_t *base, *new;
    make_alike(&base, &new, 5, true);
    json_t *recording = json_array_get(json_object_get(new, "recordings"), 0);
    json_t *conditions = json_object_get(recording, "conditions");
    if (strcmp(path, "hash") == 0)
        json_object_set_new(recording, path, value);
    else if (strchr(path, '.'))
        json_object_set_new(conditions, path, value);
    else
        json_object_set_new(json_array_get(json_object_get(new, "cells"), 0), path, value);
    documents_refuse(base, new, named);
}

static void what_was_asked_otherwise_is_not_compared(void **state)
{
    (void)state;
    differing_conditions_are_named("duration_seconds", json_real(61), "duration_seconds differs");
    differing_conditions_are_named("seed", json_integer(2), "seed differs: 1, 2");
    differing_conditions_are_named("hash", json_string("fnv1a64:3"),
                                   "are compared by `ci/compare`, which runs both under one load");
    differing_conditions_are_named("classes.packet", json_string("760 packets"), "classes.packet");
    differing_conditions_are_named("receiver.retry", json_string("1"),
                                   "receiver.retry differs: none");
}

static void cells_of_one_side_are_told(void **state)
{
    (void)state;
    json_t *base, *new;
    make_alike(&base, &new, 5, true);
    json_object_set_new(document_add(base, "slab", 0), "live_bytes_peak", json_integer(1));
    json_object_set_new(document_add(new, "limited", 0), "live_bytes_peak", json_integer(1));
    struct pl_comparison c = documents_compare(base, new);
    assert_int_equal(c.cell_count, 3);
    assert_string_equal(c.cells[1].match->name.allocator, "limited");
    assert_string_equal(c.cells[1].judged[0].why, "only in new");
    assert_string_equal(c.cells[2].judged[0].why, "only in base");
    assert_false(c.cells[1].missing);
    assert_true(c.cells[2].missing);
    assert_int_equal(c.missing, 1);
    assert_true(pl_comparison_fails(&c));
    pl_comparison_free(&c);
}

static void nothing_in_common_is_an_error(void **state)
{
    (void)state;
    json_t *base = document_make(NULL), *new = document_make(NULL);
    document_add(base, "slab", 0);
    document_add(new, "glibc", 0);
    documents_refuse(
        base, new,
        "no cell in common; expected the same scenario, allocator, format, clock and threads; "
        "base has steady-reader on slab, new has steady-reader on glibc");
}

/* The first of so many repetitions end so. */
static void end(json_t *root, size_t count, const char *outcome)
{
    for (size_t i = 0; i < count; i++)
        json_object_set_new(json_array_get(json_object_get(root, "cells"), i), "outcome",
                            json_string(outcome));
}

static void ends_like(const char *was, size_t was_count, const char *is, size_t is_count,
                      enum pl_change change, const char *why)
{
    json_t *base, *new;
    make_alike(&base, &new, 20, true);
    end(base, was_count, was);
    end(new, is_count, is);
    struct pl_comparison c = documents_compare(base, new);
    assert_int_equal(c.cells[0].outcome, change);
    assert_string_equal(c.cells[0].outcome_why, why);
    assert_int_equal(pl_comparison_fails(&c), change == PL_CHANGE_WORSE);
    pl_comparison_free(&c);
}

static void ends_are_compared_by_kind_and_by_share(void **state)
{
    (void)state;
    ends_like("oom_killed", 20, "oom_killed", 20, PL_CHANGE_SAME, "oom_killed");
    ends_like("bounded", 20, "oom_killed", 1, PL_CHANGE_WORSE, "bounded, then oom_killed 1 of 20");
    ends_like("crashed", 2, "growing", 20, PL_CHANGE_BETTER, "crashed 2 of 20, then growing");
    ends_like("oom_killed", 1, "oom_killed", 20, PL_CHANGE_WORSE,
              "oom_killed 1 of 20, then oom_killed");
    ends_like("oom_killed", 12, "oom_killed", 2, PL_CHANGE_BETTER,
              "oom_killed 12 of 20, then oom_killed 2 of 20");
    ends_like("oom_killed", 3, "oom_killed", 4, PL_CHANGE_INCONCLUSIVE,
              "oom_killed 3 of 20, then oom_killed 4 of 20");
}

static void on_another_host_a_crash_is_worse_and_a_kill_is_not_compared(void **state)
{
    (void)state;
    json_t *base, *new;
    make_alike(&base, &new, 5, true);
    json_object_set_new(json_object_get(new, "host"), "kernel", json_string("another"));
    end(new, 5, "oom_killed");
    struct pl_comparison c = documents_compare(json_incref(base), json_incref(new));
    assert_int_equal(c.cells[0].outcome, PL_CHANGE_NOT_COMPARABLE);
    pl_comparison_free(&c);
    end(new, 5, "crashed");
    c = documents_compare(base, new);
    assert_int_equal(c.cells[0].outcome, PL_CHANGE_WORSE);
    pl_comparison_free(&c);
}

static void a_metric_that_new_lacks_fails_the_gate(void **state)
{
    (void)state;
    json_t *base, *new;
    make_alike(&base, &new, 5, true);
    for (size_t i = 0; i < 5; i++)
        json_object_del(document_metrics(new, i), "rss_bytes_peak");
    struct pl_comparison c = documents_compare(json_incref(base), json_incref(new));
    assert_true(find(&c, "rss_bytes_peak")->missing);
    assert_true(pl_comparison_fails(&c));
    pl_comparison_free(&c);
    c = documents_compare(json_incref(new),
                          json_incref(base)); /* one more than base had is welcome */
    assert_false(pl_comparison_fails(&c));
    pl_comparison_free(&c);
    end(new, 5, "oom_killed"); /* the end explains it */
    c = documents_compare(base, new);
    assert_false(find(&c, "rss_bytes_peak")->missing);
    pl_comparison_free(&c);
}

static void fail_to_run(json_t *root, const char *side)
{
    json_object_set_new(json_object_get(root, "run"), "failed",
                        json_pack("[{s:s, s:s, s:s, s:s, s:s, s:s}]", "side", side, "scenario",
                                  "steady-reader", "allocator", "slab", "format", "f32", "clock",
                                  "virtual", "why", "it can't run it"));
}

static void what_new_can_not_run_is_worse(void **state)
{
    (void)state;
    json_t *base, *new;
    make_alike(&base, &new, 5, true);
    fail_to_run(new, "new");
    struct pl_comparison c = documents_compare(json_incref(base), json_incref(new));
    assert_int_equal(c.cell_count, 2);
    assert_int_equal(c.cells[1].outcome, PL_CHANGE_WORSE);
    assert_string_equal(c.cells[1].outcome_why, "it can't run it");
    assert_true(pl_comparison_fails(&c));
    pl_comparison_free(&c);
    fail_to_run(new, "base");
    c = documents_compare(base, new);
    assert_int_equal(c.cells[1].outcome, PL_CHANGE_NOT_COMPARABLE);
    assert_false(pl_comparison_fails(&c));
    pl_comparison_free(&c);
}

static void a_run_that_was_stopped_is_told(void **state)
{
    (void)state;
    json_t *base, *new;
    make_alike(&base, &new, 5, true);
    struct pl_comparison c = documents_compare(json_incref(base), json_incref(new));
    assert_null(pl_comparison_incomplete(&c));
    pl_comparison_free(&c);
    json_object_set_new(json_object_get(new, "run"), "complete", json_false());
    c = documents_compare(base, new);
    assert_string_equal(pl_comparison_incomplete(&c), "new");
    pl_comparison_free(&c);
}

static void a_repetition_is_there_once(void **state)
{
    (void)state;
    json_t *base, *new;
    make_alike(&base, &new, 5, true);
    for (int i = 0; i < 400; i++)
        document_add(base, "glibc", 0);
    documents_refuse(base, new, "base has two cells of steady-reader on glibc with repetition 0");
}

static void a_library_of_ones_own_is_compared(void **state)
{
    (void)state;
    json_t *base, *new;
    make_alike(&base, &new, 5, true);
    json_t *const roots[] = {base, new};
    for (size_t i = 0; i < 2; i++) {
        json_object_set_new(document_add(roots[i], "preload:path=/x/libmine.so", 0),
                            "live_bytes_peak", json_integer(1));
        json_object_set_new(json_array_get(json_object_get(roots[i], "cells"), 5), "library",
                            json_string(i ? "fnv1a64:1" : "fnv1a64:2"));
    }
    struct pl_comparison c = documents_compare(base, new);
    assert_non_null(strstr(c.cells[1].judged[0].why, "library differs"));
    pl_comparison_free(&c);
}

/* @param hash NULL for a heap that is not preloaded */
static void set_heap(json_t *root, const char *name, const char *version, const char *hash)
{
    json_t *cell;
    size_t i;
    json_array_foreach(json_object_get(root, "cells"), i, cell) json_object_set_new(
        cell, "heap",
        json_pack("{s:s, s:s, s:s*}", "name", name, "version", version, "hash", hash));
}

static struct pl_comparison compare_versions(const char *base_version, const char *base_hash,
                                             const char *outcome)
{
    json_t *base, *new;
    make_alike(&base, &new, 5, true);
    set_all(new, "rss_bytes_peak", json_integer(99 << 20));
    set_heap(base, "glibc", base_version, base_hash);
    set_heap(new, "glibc", "2.41", "fnv1a64:2");
    json_object_set_new(json_object_get(new, "host"), "libc", json_string("glibc 2.41"));
    json_object_set_new(json_array_get(json_object_get(new, "cells"), 4), "outcome",
                        json_string(outcome));
    return documents_compare(base, new);
}

static void another_version_of_a_heap_is_what_is_compared(void **state)
{
    (void)state;
    char text[PL_HEAP_CHANGE_TEXT];
    struct pl_comparison c = compare_versions("2.36", "fnv1a64:1", "bounded");
    pl_heap_change_text(&c.cells[0].match->heap, text, sizeof text);
    assert_string_equal(text, "glibc 2.36 -> 2.41: a change of the heap");
    assert_int_equal(find(&c, "live_bytes_peak")->change, PL_CHANGE_SAME);
    assert_int_equal(find(&c, "rss_bytes_peak")->change, PL_CHANGE_WORSE);
    pl_comparison_free(&c);
    c = compare_versions("2.41", "fnv1a64:1", "bounded");
    pl_heap_change_text(&c.cells[0].match->heap, text, sizeof text);
    assert_string_equal(text, "glibc 2.41 -> another file of that version: a change of the heap");
    pl_comparison_free(&c);
    c = compare_versions("2.41", "fnv1a64:2", "bounded");
    assert_null(c.cells[0].match->heap.heap);
    pl_comparison_free(&c);
    json_t *base, *new;
    make_alike(&base, &new, 5, true);
    set_heap(base, "glibc", "2.36", NULL);
    set_heap(new, "glibc", "2.36", NULL);
    c = documents_compare(base, new);
    assert_null(c.cells[0].match->heap.heap);
    pl_comparison_free(&c);
}

static void how_far_a_cell_comes_depends_on_the_heap(void **state)
{
    (void)state;
    struct pl_comparison c = compare_versions("2.36", "fnv1a64:1", "oom_killed");
    assert_int_equal(find(&c, "live_bytes_peak")->change, PL_CHANGE_NOT_COMPARABLE);
    assert_string_equal(find(&c, "live_bytes_peak")->why,
                        "glibc 2.36 -> 2.41: a change of the heap, on which it depends how far "
                        "this cell comes");
    assert_int_equal(find(&c, "rss_bytes_peak")->change, PL_CHANGE_WORSE);
    assert_int_equal(c.cells[0].outcome, PL_CHANGE_WORSE);
    pl_comparison_free(&c);
}

/* One side is of a version that did not ask its heaps. */
static void an_untold_heap_is_compared_by_its_library(void **state)
{
    (void)state;
    json_t *base, *new;
    make_alike(&base, &new, 5, true);
    set_heap(new, "glibc", "2.36", "fnv1a64:2");
    struct pl_comparison c = documents_compare(base, new);
    assert_null(c.cells[0].match->heap.heap);
    assert_int_equal(find(&c, "live_bytes_peak")->change, PL_CHANGE_SAME);
    pl_comparison_free(&c);
}

static void a_fault_of_the_suite_fails_the_gate(void **state)
{
    (void)state;
    json_t *base, *new;
    make_alike(&base, &new, 5, true);
    json_object_set_new(document_metrics(new, 2), "live_bytes_peak", json_integer(3));
    struct pl_comparison c = documents_compare(base, new);
    assert_int_equal(c.nondeterministic, 1);
    assert_int_equal(c.counts[PL_CHANGE_WORSE], 0);
    assert_true(pl_comparison_fails(&c));
    pl_comparison_free(&c);
}

static void observe(json_t *root, double instructions, const char *version)
{
    json_object_set_new(root, "instruments",
                        json_pack("[{s:s, s:s, s:s, s:s, s:s, s:s, s:f, s:{s:f}}]", "instrument",
                                  "callgrind", "status", "ok", "version", version, "scenario",
                                  "steady-reader", "allocator", "glibc", "format", "f32",
                                  "duration_seconds", 60.0, "figures", "instructions_per_packet",
                                  instructions));
}

static void instructions_are_exact_on_one_model_of_cpu(void **state)
{
    (void)state;
    json_t *base, *new;
    make_alike(&base, &new, 1, false);
    observe(base, 2165.91178178, "valgrind-3.19.0");
    struct pl_comparison c = documents_compare(json_incref(base), json_incref(new));
    assert_int_equal(c.cells[0].judged_count, 3); /* on one side only: nothing to say */
    pl_comparison_free(&c);
    observe(new, 2165.91178178, "valgrind-3.19.0");
    c = documents_compare(json_incref(base), json_incref(new));
    assert_int_equal(find(&c, "instructions_per_packet")->change, PL_CHANGE_SAME);
    pl_comparison_free(&c);
    observe(new, 2166, "valgrind-3.19.0");
    c = documents_compare(json_incref(base), json_incref(new));
    assert_int_equal(find(&c, "instructions_per_packet")->change, PL_CHANGE_WORSE);
    assert_true(pl_comparison_fails(&c));
    pl_comparison_free(&c);
    observe(new, 2166, "valgrind-3.20.0");
    c = documents_compare(json_incref(base), json_incref(new));
    assert_string_equal(find(&c, "instructions_per_packet")->why, "another version of valgrind");
    pl_comparison_free(&c);
    observe(new, 2166, "valgrind-3.19.0");
    json_object_set_new(json_object_get(new, "host"), "cpu", json_string("another"));
    c = documents_compare(base, new);
    assert_string_equal(find(&c, "instructions_per_packet")->why, "another model of CPU");
    pl_comparison_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alike_runs_are_the_same),
        cmocka_unit_test(each_class_is_judged_by_its_rule),
        cmocka_unit_test(noisy_metrics_take_pairs),
        cmocka_unit_test(partners_are_found_by_their_repetition),
        cmocka_unit_test(of_another_host_only_exact_figures_count),
        cmocka_unit_test(another_library_counts_for_its_heap_alone),
        cmocka_unit_test(what_was_asked_otherwise_is_not_compared),
        cmocka_unit_test(cells_of_one_side_are_told),
        cmocka_unit_test(nothing_in_common_is_an_error),
        cmocka_unit_test(ends_are_compared_by_kind_and_by_share),
        cmocka_unit_test(on_another_host_a_crash_is_worse_and_a_kill_is_not_compared),
        cmocka_unit_test(a_metric_that_new_lacks_fails_the_gate),
        cmocka_unit_test(what_new_can_not_run_is_worse),
        cmocka_unit_test(a_run_that_was_stopped_is_told),
        cmocka_unit_test(a_repetition_is_there_once),
        cmocka_unit_test(a_library_of_ones_own_is_compared),
        cmocka_unit_test(another_version_of_a_heap_is_what_is_compared),
        cmocka_unit_test(how_far_a_cell_comes_depends_on_the_heap),
        cmocka_unit_test(an_untold_heap_is_compared_by_its_library),
        cmocka_unit_test(a_fault_of_the_suite_fails_the_gate),
        cmocka_unit_test(instructions_are_exact_on_one_model_of_cpu),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
