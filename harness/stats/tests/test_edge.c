/* The search for a threshold: that it finds each, that it says where it can't be trusted, and what
 * it costs. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/stats/threshold_search.h"

struct world {
    uint64_t threshold;
    uint64_t hole;  /* a size that is not enough all the same; 0: none */
    uint64_t flaky; /* a size whose answer changes from trial to trial */
    uint64_t fails; /* a size that can't be tried */
    uint64_t room;  /* larger ones are too large; 0: none is */
    uint32_t tried;
};

static int try(void *context, uint64_t size, enum pl_threshold_answer *answer)
{
    struct world *w = context;
    w->tried++;
    if (size == w->fails)
        return -EIO;
    bool enough = size >= w->threshold && size != w->hole;
    if (size == w->flaky)
        enough = w->tried % 2;
    *answer = w->room && size > w->room ? PL_THRESHOLD_TOO_LARGE
              : enough                  ? PL_THRESHOLD_ENOUGH
                                        : PL_THRESHOLD_TOO_SMALL;
    return 0;
}

static struct pl_threshold_search search(struct world *w)
{
    return (struct pl_threshold_search){1, 65536, 1, 1, try, w};
}

static void finds_every_edge(void **state)
{
    (void)state;
    static const uint64_t firsts[] = {1, 4, 300, 1000};
    for (uint64_t threshold = 1; threshold <= 1000; threshold++)
        for (size_t i = 0; i < 4; i++) {
            struct world w = {.threshold = threshold};
            struct pl_threshold e;
            struct pl_threshold_search s = search(&w);
            s.first = firsts[i];
            assert_int_equal(pl_threshold_find(&s, &e), 0);
            assert_true(e.found && e.monotone);
            assert_int_equal(e.enough, threshold);
            assert_int_equal(e.too_small, threshold - 1);
            assert_in_range(w.tried, 1, 32);
            assert_int_equal(e.trial_count, w.tried);
        }
}

static void is_as_exact_as_its_step(void **state)
{
    (void)state;
    for (uint64_t threshold = 720; threshold < 300000; threshold += 997) {
        struct world w = {.threshold = threshold};
        struct pl_threshold e;
        struct pl_threshold_search s = {720, UINT64_MAX / 4, 5000, 4096, try, &w};
        assert_int_equal(pl_threshold_find(&s, &e), 0);
        assert_true(e.found && e.monotone);
        assert_true(e.enough >= threshold && (e.too_small < threshold));
        assert_true(e.enough == 720 || e.enough - e.too_small <= 4096);
    }
}

static void says_when_nothing_is_enough(void **state)
{
    (void)state;
    struct world w = {.threshold = 70000};
    struct pl_threshold e;
    struct pl_threshold_search s = search(&w);
    assert_int_equal(pl_threshold_find(&s, &e), 0);
    assert_false(e.found);
    assert_int_equal(e.too_small, 65536);
    w.threshold = 65536; /* the most is tried, even if no power of two leads there */
    s.first = 3;
    assert_int_equal(pl_threshold_find(&s, &e), 0);
    assert_int_equal(e.enough, 65536);
    assert_true(pl_threshold_is_certain(&e));
}

static void says_when_it_is_no_edge(void **state)
{
    (void)state;
    struct world holed = {.threshold = 10, .hole = 20}, flaky = {.threshold = 10, .flaky = 9};
    struct pl_threshold e;
    struct pl_threshold_search s = search(&holed);
    assert_int_equal(pl_threshold_find(&s, &e), 0);
    assert_int_equal(e.enough, 10);
    assert_false(e.monotone);
    assert_int_equal(e.exception, 20);
    assert_false(pl_threshold_is_certain(&e));
    bool found = false; /* whichever answer it meets first, the other one follows */
    for (uint32_t before = 0; before < 2; before++) {
        flaky.tried = before;
        s = search(&flaky);
        assert_int_equal(pl_threshold_find(&s, &e), 0);
        found |= !e.monotone;
    }
    assert_true(found);
}

/* A pool that the machine has no room for says nothing about a smaller one. */
static void what_is_too_large_contradicts_nothing(void **state)
{
    (void)state;
    struct world roomy = {.threshold = 92, .room = 130}, narrow = {.threshold = 92, .room = 60};
    struct pl_threshold e;
    struct pl_threshold_search s = search(&roomy);
    assert_int_equal(pl_threshold_find(&s, &e), 0);
    assert_true(e.found && e.monotone);
    assert_int_equal(e.enough, 92);
    s = search(&narrow);
    assert_int_equal(pl_threshold_find(&s, &e), 0);
    assert_false(e.found);
    assert_int_equal(e.too_small, 32);
    assert_int_equal(narrow.tried, 7); /* 1 to 32, and 64 */
}

static void a_trial_that_fails_ends_it(void **state)
{
    (void)state;
    struct world w = {.threshold = 10, .fails = 8};
    struct pl_threshold e;
    struct pl_threshold_search s = search(&w);
    assert_int_equal(pl_threshold_find(&s, &e), -EIO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_every_edge),
        cmocka_unit_test(is_as_exact_as_its_step),
        cmocka_unit_test(says_when_nothing_is_enough),
        cmocka_unit_test(says_when_it_is_no_edge),
        cmocka_unit_test(what_is_too_large_contradicts_nothing),
        cmocka_unit_test(a_trial_that_fails_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
