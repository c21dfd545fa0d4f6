/* When pages are written to: as a block comes, and halfway between two looks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "harness/traffic/tape_touches.h"

enum { LARGE = 1 << 20 };

struct rig {
    struct pl_tape_touches touches;
    struct pl_tape_list words;
};

/* A tape has its head there: no word is the first. */
static int set_up(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);
    *state = rig;
    return !rig || !pl_tape_list_word(&rig->words, PL_TAPE_LANE, 0, 0);
}

static int tear_down(void **state)
{
    struct rig *rig = *state;
    pl_tape_touches_free(&rig->touches);
    free(rig->words.data);
    free(rig);
    return 0;
}

static void at(struct rig *rig, uint32_t ms)
{
    assert_true(pl_tape_list_word(&rig->words, PL_TAPE_TIME, 0, ms));
    pl_tape_touches_time(&rig->touches, &rig->words, ms);
}

static void comes(struct rig *rig, uint32_t slot, uint64_t size)
{
    assert_true(pl_tape_list_word(&rig->words, PL_TAPE_ACQUIRE, slot, 0));
    assert_true(pl_tape_touches_block(&rig->touches, &rig->words, slot, size));
}

static void found(struct rig *rig, uint32_t slot, uint64_t pages)
{
    assert_true(pl_tape_touches_found(&rig->touches, &rig->words, slot, pages));
}

static void holds(struct rig *rig, const pl_tape_word *wanted, size_t count)
{
    assert_true(pl_tape_touches_insert(&rig->touches, &rig->words));
    assert_int_equal(rig->words.bytes, (count + 1) * sizeof *wanted);
    assert_memory_equal((pl_tape_word *)(void *)rig->words.data + 1, wanted,
                        count * sizeof *wanted);
}
#define HOLDS(rig, ...) \
    holds(rig, (pl_tape_word[]){__VA_ARGS__}, sizeof((pl_tape_word[]){__VA_ARGS__}) / 8)

static pl_tape_word word(enum pl_tape_op op, uint32_t slot, uint32_t argument)
{
    return pl_tape_word_of(op, slot, argument);
}

static void what_nobody_looks_at_is_touched_in_whole(void **state)
{
    struct rig *rig = *state;
    comes(rig, 0, LARGE);
    comes(rig, 1, PL_TAPE_TOLD_FROM - 1);
    HOLDS(rig, word(PL_TAPE_ACQUIRE, 0, 0), word(PL_TAPE_TOUCH, 0, PL_TAPE_ALL_PAGES),
          word(PL_TAPE_ACQUIRE, 1, 0));
}

static void the_first_look_tells_of_its_coming(void **state)
{
    struct rig *rig = *state;
    comes(rig, 3, LARGE);
    at(rig, 10);
    found(rig, 3, 7);
    HOLDS(rig, word(PL_TAPE_ACQUIRE, 3, 0), word(PL_TAPE_TOUCH, 3, 7), word(PL_TAPE_TIME, 0, 10));
}

/* The look at 200 finds what was found at 100; what the one at 300 finds more of was not there
 * then. */
static void more_comes_halfway_from_the_look_before(void **state)
{
    struct rig *rig = *state;
    comes(rig, 0, LARGE);
    comes(rig, 1, LARGE);
    for (uint32_t look = 1; look <= 3; look++) {
        at(rig, 100 * look);
        found(rig, 0, look == 3 ? 9 : 5);
        found(rig, 1, 2);
        pl_tape_touches_look(&rig->touches, 100 * look);
        at(rig, 100 * look + 50);
        at(rig, 100 * look + 70);
    }
    HOLDS(rig, word(PL_TAPE_ACQUIRE, 0, 0), word(PL_TAPE_TOUCH, 0, 5), word(PL_TAPE_ACQUIRE, 1, 0),
          word(PL_TAPE_TOUCH, 1, 2), word(PL_TAPE_TIME, 0, 100), word(PL_TAPE_TIME, 0, 150),
          word(PL_TAPE_TIME, 0, 170), word(PL_TAPE_TIME, 0, 200), word(PL_TAPE_TIME, 0, 250),
          word(PL_TAPE_TOUCH, 0, 9), word(PL_TAPE_TIME, 0, 270), word(PL_TAPE_TIME, 0, 300),
          word(PL_TAPE_TIME, 0, 350), word(PL_TAPE_TIME, 0, 370));
}

/* As where a block is freed soon after a look. */
static void more_before_half_of_the_time_is_at_once(void **state)
{
    struct rig *rig = *state;
    comes(rig, 0, LARGE);
    at(rig, 100);
    found(rig, 0, 1);
    pl_tape_touches_look(&rig->touches, 100);
    at(rig, 110);
    found(rig, 0, 4);
    found(rig, 0, 3); /* fewer than were there: nothing is to be done */
    HOLDS(rig, word(PL_TAPE_ACQUIRE, 0, 0), word(PL_TAPE_TOUCH, 0, 1), word(PL_TAPE_TIME, 0, 100),
          word(PL_TAPE_TIME, 0, 110), word(PL_TAPE_TOUCH, 0, 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_nobody_looks_at_is_touched_in_whole, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_first_look_tells_of_its_coming, set_up, tear_down),
        cmocka_unit_test_setup_teardown(more_comes_halfway_from_the_look_before, set_up, tear_down),
        cmocka_unit_test_setup_teardown(more_before_half_of_the_time_is_at_once, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
