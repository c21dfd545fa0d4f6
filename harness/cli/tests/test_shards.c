/* Cutting work into shares of about equal time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/base/random.h"
#include "harness/cli/shards.h"

#define PIECES_MAX 200
#define SHARDS_MAX 40

struct cut {
    int64_t ns[PIECES_MAX];
    uint32_t shard_of[PIECES_MAX];
    int64_t sums[SHARDS_MAX];
    size_t pieces[SHARDS_MAX];
};

static void cut(struct cut *c, size_t count, uint32_t shards)
{
    memset(c->sums, 0, sizeof c->sums);
    memset(c->pieces, 0, sizeof c->pieces);
    pl_shards_cut(c->ns, count, shards, c->shard_of);
    for (size_t i = 0; i < count; i++) {
        assert_true(c->shard_of[i] >= 1 && c->shard_of[i] <= shards);
        c->sums[c->shard_of[i] - 1] += c->ns[i];
        c->pieces[c->shard_of[i] - 1]++;
    }
}

static void no_shard_is_longer_than_the_mean_by_more_than_the_longest_piece(void **state)
{
    (void)state;
    uint64_t random = 22;
    struct cut c;
    for (int round = 0; round < 2000; round++) {
        size_t count = 1 + pl_random_next(&random) % PIECES_MAX;
        uint32_t shards = 1 + (uint32_t)(pl_random_next(&random) % SHARDS_MAX);
        int64_t sum = 0, longest = 0;
        for (size_t i = 0; i < count; i++) {
            uint64_t shift = pl_random_next(&random) % 40; /* from ns to minutes */
            c.ns[i] = (int64_t)(pl_random_next(&random) >> (24 + shift));
            sum += c.ns[i];
            longest = c.ns[i] > longest ? c.ns[i] : longest;
        }
        cut(&c, count, shards);
        for (uint32_t s = 0; s < shards; s++)
            assert_true(c.sums[s] <= sum / shards + longest);
    }
}

static void the_longest_goes_first_and_ties_go_by_their_order(void **state)
{
    (void)state;
    struct cut c = {.ns = {1, 5, 3, 3, 4}};
    static const uint32_t expected[] = {2, 1, 3, 3, 2};
    cut(&c, 5, 3);
    assert_memory_equal(c.shard_of, expected, sizeof expected);
    static const uint32_t alike[] = {1, 2, 3, 1, 2};
    c = (struct cut){.ns = {7, 7, 7, 7, 7}};
    cut(&c, 5, 3);
    assert_memory_equal(c.shard_of, alike, sizeof alike);
}

static void pieces_that_take_no_time_are_spread(void **state)
{
    (void)state;
    struct cut c = {.ns = {0}};
    cut(&c, 6, 3);
    for (int s = 0; s < 3; s++)
        assert_int_equal(c.pieces[s], 2);
}

static void there_may_be_more_shards_than_pieces(void **state)
{
    (void)state;
    struct cut c = {.ns = {3, 2}};
    cut(&c, 2, 5);
    assert_int_equal(c.shard_of[0], 1);
    assert_int_equal(c.shard_of[1], 2);
    cut(&c, 0, 5);
    assert_int_equal(c.pieces[0], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_shard_is_longer_than_the_mean_by_more_than_the_longest_piece),
        cmocka_unit_test(the_longest_goes_first_and_ties_go_by_their_order),
        cmocka_unit_test(pieces_that_take_no_time_are_spread),
        cmocka_unit_test(there_may_be_more_shards_than_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
