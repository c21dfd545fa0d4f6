/* A tape split into a stream a lane: each lane does what it did, at its times; each block has its
 * events in their order, however lanes are held up; nothing locks up; and where one lane has a
 * block for itself nothing is added. */
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

#include "harness/base/random.h"
#include "harness/trace/writer.h"
#include "harness/traffic/tape_slots.h"
#include "harness/traffic/tape_split.h"
#include "harness/traffic/tests/traced.h"

enum { LANES = 64, ENDS = 8 };

/* What came of a tape, lane by lane and block by block. A block is known by who made it. */
struct heard {
    uint64_t lanes[LANES];   /* hashes: each event but touches, with its time and block */
    uint64_t made[LANES];    /* blocks */
    uint64_t *blocks[LANES]; /* hashes, of each block that the lane made: its events */
    uint64_t trims, events;
};

struct player {
    const struct pl_tape *tape;
    struct heard *heard;
    uint64_t at[LANES], time_ms[LANES], *ids;
    uint32_t *owners;
    bool is_there[LANES];
    uint64_t hands, awaits, starts, leaves, random;
};

static void mix(uint64_t *hash, uint64_t value)
{
    *hash ^= value;
    *hash = pl_random_next(hash);
}

static void open_heard(struct heard *h, uint64_t events)
{
    *h = (struct heard){.events = 0};
    for (uint32_t i = 0; i < LANES; i++)
        assert_non_null(h->blocks[i] = calloc(events + 1, sizeof(uint64_t)));
}

static void close_heard(struct heard *h)
{
    for (uint32_t i = 0; i < LANES; i++)
        free(h->blocks[i]);
}

/* @param id of the block in the slot: lane, number; set where it comes, 0 once it went */
static void hear(struct heard *h, uint32_t lane, uint64_t time_ms, pl_tape_word word, uint64_t *id)
{
    enum pl_tape_op op = pl_tape_block_op_of(word);
    if (op == PL_TAPE_ACQUIRE) {
        assert_int_equal(*id, 0);
        *id = (uint64_t)lane << 40 | ++h->made[lane];
    }
    assert_int_not_equal(*id, 0);
    uint64_t what = (uint64_t)op << 32 | pl_tape_argument_of(word);
    uint64_t *block = &h->blocks[*id >> 40][*id & UINT32_MAX];
    mix(block, what);
    if (op != PL_TAPE_TOUCH) {
        mix(block, lane);
        mix(&h->lanes[lane], what);
        mix(&h->lanes[lane], *id);
        mix(&h->lanes[lane], time_ms);
    }
    if (op == PL_TAPE_RELEASE)
        *id = 0;
    h->events++;
}

/* As it was recorded. */
static void hear_tape(const struct pl_tape *tape, struct heard *h)
{
    uint64_t *ids = calloc(tape->slots, sizeof *ids), time_ms = 0;
    uint32_t lane = 0;
    open_heard(h, tape->events);
    for (uint64_t i = 0; i < tape->word_count; i++) {
        pl_tape_word word = pl_tape_words(tape)[i];
        if (pl_tape_op_of(word) == PL_TAPE_LANE)
            lane = pl_tape_argument_of(word);
        else if (pl_tape_op_of(word) == PL_TAPE_TIME)
            time_ms = pl_tape_argument_of(word);
        else if (pl_tape_op_of(word) == PL_TAPE_TRIM)
            h->trims++;
        else if (pl_tape_op_of(word) <= PL_TAPE_TOUCH)
            hear(h, lane, time_ms, word, &ids[pl_tape_slot_of(word)]);
    }
    free(ids);
}

/* What the words beside a block's events do. @return false: the lane has to wait */
static bool hear_other(struct player *p, uint32_t lane, pl_tape_word word)
{
    const uint32_t argument = pl_tape_argument_of(word);
    switch ((unsigned)pl_tape_op_of(word)) {
    case PL_TAPE_TIME:
        assert_true(argument > p->time_ms[lane]);
        p->time_ms[lane] = argument;
        return true;
    case PL_TAPE_START:
        if (p->is_there[argument])
            return false;
        p->is_there[argument] = true;
        p->starts++;
        return true;
    case PL_TAPE_LEAVE:
        p->is_there[lane] = false;
        p->leaves++;
        return true;
    case PL_TAPE_HAND:
        assert_in_range(argument, 0, p->tape->lanes - 1);
        assert_int_not_equal(argument, lane);
        p->owners[pl_tape_slot_of(word)] = argument;
        p->hands++;
        return true;
    case PL_TAPE_TRIM:
        p->heard->trims++;
        return true;
    default:
        fail_msg("a word of kind %d", pl_tape_op_of(word));
        return false;
    }
}

static bool step(struct player *p, uint32_t lane)
{
    pl_tape_word word = pl_tape_words(p->tape)[p->at[lane]];
    const uint32_t slot = pl_tape_slot_of(word);
    unsigned op = pl_tape_op_of(word);
    if ((op & ~(unsigned)PL_TAPE_AWAIT) > PL_TAPE_TOUCH) {
        if (!hear_other(p, lane, word))
            return false;
    } else {
        assert_in_range(slot, 0, p->tape->slots - 1);
        if (op & PL_TAPE_AWAIT) {
            if (p->owners[slot] != lane)
                return false;
            p->awaits++;
        }
        hear(p->heard, lane, p->time_ms[lane], word, &p->ids[slot]);
    }
    p->at[lane]++;
    return true;
}

/* One lane of those that are there goes on for a while, as long as it has not to wait.
 * @return false where none can */
static bool go_on(struct player *p)
{
    uint32_t lanes = p->tape->lanes, first = (uint32_t)(pl_random_next(&p->random) % lanes);
    uint64_t most = 1 + pl_random_next(&p->random) % 50;
    for (uint32_t i = 0; i < lanes; i++) {
        uint32_t lane = (first + i) % lanes;
        uint64_t before = p->at[lane], steps = most;
        while (p->is_there[lane] && p->at[lane] < pl_tape_streams(p->tape)[lane].end &&
               steps-- > 0 && step(p, lane))
            continue;
        if (p->at[lane] > before)
            return true;
    }
    return false;
}

/* In any order that the words allow. */
static void hear_split(const struct pl_tape *tape, uint64_t seed, struct heard *h, struct player *p)
{
    *p = (struct player){.tape = tape,
                         .heard = h,
                         .ids = calloc(tape->slots, sizeof(uint64_t)),
                         .owners = malloc(tape->slots * sizeof(uint32_t)),
                         .is_there = {true},
                         .random = seed};
    open_heard(h, tape->events);
    memset(p->owners, 0xff, tape->slots * sizeof(uint32_t));
    for (uint32_t i = 0; i < tape->lanes; i++)
        p->at[i] = pl_tape_streams(tape)[i].begin;
    while (go_on(p))
        continue;
    for (uint32_t i = 0; i < tape->lanes; i++)
        if (p->at[i] != pl_tape_streams(tape)[i].end)
            fail_msg("lane %u waits for ever before word %llu", i, (unsigned long long)p->at[i]);
    free(p->ids);
    free(p->owners);
}

static void compare(const struct heard *a, const struct heard *b)
{
    assert_int_equal(a->events, b->events);
    assert_int_equal(a->trims, b->trims);
    assert_memory_equal(a->lanes, b->lanes, sizeof a->lanes);
    assert_memory_equal(a->made, b->made, sizeof a->made);
    for (uint32_t i = 0; i < LANES; i++)
        assert_memory_equal(a->blocks[i], b->blocks[i], (a->made[i] + 1) * sizeof(uint64_t));
}

/* @return the split recording; what it wrote ends where it said */
static struct pl_recording *split_of(const struct pl_recording *recording)
{
    struct pl_tape_split *split;
    struct pl_error error;
    if (pl_tape_split_make(recording, &split, &error))
        fail_msg("%s", error.text);
    uint64_t bytes = pl_tape_split_bytes(split);
    unsigned char *at = malloc(bytes + ENDS);
    assert_non_null(at);
    memset(at, 0xa5, bytes + ENDS);
    pl_tape_split_write(split, at);
    for (uint32_t i = 0; i < ENDS; i++)
        assert_int_equal(at[bytes + i], 0xa5);
    struct pl_recording *made = (struct pl_recording *)(void *)at;
    assert_int_equal(made->bytes, bytes);
    assert_memory_equal(pl_tape_of(made), pl_tape_split_head(split), sizeof(struct pl_tape));
    pl_tape_split_free(split);
    return made;
}

static void check_streams(const struct pl_tape *tape)
{
    uint64_t at = 0;
    for (uint32_t i = 0; i < tape->lanes; i++) {
        assert_int_equal(pl_tape_streams(tape)[i].begin, at);
        at = pl_tape_streams(tape)[i].end;
    }
    assert_int_equal(at, tape->word_count);
}

/* @param p set to what was counted */
static void check_split(const struct pl_recording *recording, struct player *p)
{
    struct heard recorded, split;
    struct pl_recording *made = split_of(recording);
    const struct pl_tape *from = pl_tape_of(recording), *tape = pl_tape_of(made);
    check_streams(tape);
    assert_int_equal(tape->shape_count, from->shape_count);
    assert_memory_equal(pl_tape_shapes(tape), pl_tape_shapes(from),
                        from->shape_count * sizeof(struct pl_request));
    hear_tape(from, &recorded);
    for (uint64_t seed = 1; seed <= 5; seed++) {
        hear_split(tape, seed, &split, p);
        compare(&recorded, &split);
        assert_int_equal(p->hands, p->awaits);
        assert_int_equal(p->starts, from->threads - 1);
        close_heard(&split);
    }
    close_heard(&recorded);
    free(made);
}

static struct pl_recording *compile(const char *path)
{
    struct pl_recording *recording;
    struct pl_error error;
    if (pl_tape_compile(path, &recording, &error))
        fail_msg("%s", error.text);
    return recording;
}

static void what_lanes_and_blocks_do_is_kept(void **state)
{
    (void)state;
    for (uint32_t threads = 2; threads <= 12; threads += 5)
        for (uint64_t seed = 1; seed <= 6; seed++) {
            struct traced traced;
            struct player p;
            traced_make(&traced, threads, 6000, 60000, seed);
            struct pl_recording *recording = compile(traced.path);
            check_split(recording, &p);
            assert_true(p.hands > 500);
            assert_int_equal(p.leaves, traced.threads - traced.threads_left);
            free(recording);
            traced_remove(&traced);
        }
}

static void one_thread_is_left_as_it_is(void **state)
{
    struct traced traced;
    struct player p;
    (void)state;
    traced_make(&traced, 1, 6000, 60000, 3);
    struct pl_recording *recording = compile(traced.path), *made = split_of(recording);
    const struct pl_tape *from = pl_tape_of(recording), *tape = pl_tape_of(made);
    check_split(recording, &p);
    assert_int_equal(p.hands + p.starts + p.leaves, 0);
    /* no word says which lane it is, and of a time at which nothing happened there is none */
    assert_in_range(tape->word_count, from->word_count / 2, from->word_count - 1);
    assert_in_range(tape->slots, from->slots, from->slots + PL_TAPE_CHUNK - 1);
    free(made);
    free(recording);
    traced_remove(&traced);
}

/* A trace made by hand. */
struct hand {
    char path[64];
    FILE *stream;
    struct pl_trace_writer *writer;
};

static void open_hand(struct hand *h)
{
    static const struct pl_trace_head head = {.program = "/bin/server"};
    *h = (struct hand){.path = "/tmp/plimsoll-split-XXXXXX.trace"};
    h->stream = fdopen(mkstemps(h->path, 6), "wb");
    assert_non_null(h->stream);
    h->writer = pl_trace_writer_open(h->stream, &head);
}

static uint32_t write_event(struct hand *h, enum pl_trace_kind kind, uint32_t thread, uint32_t slot)
{
    struct pl_trace_event e = {.kind = kind, .thread = thread, .slot = slot, .size = 100};
    assert_int_equal(pl_trace_write(h->writer, &e), 0);
    return e.slot;
}

static struct pl_recording *close_hand(struct hand *h)
{
    assert_int_equal(pl_trace_writer_close(h->writer, true), 0);
    fclose(h->stream);
    struct pl_recording *recording = compile(h->path);
    unlink(h->path);
    return recording;
}

/* One makes, another releases: who makes is bound to the other's pace only beyond so many. */
static void who_makes_blocks_runs_ahead(void **state)
{
    enum { BLOCKS = 3 * PL_TAPE_KEPT_BACK };
    struct hand h;
    struct player p;
    (void)state;
    open_hand(&h);
    for (uint32_t i = 0; i < BLOCKS; i++) {
        uint32_t slot = write_event(&h, PL_TRACE_ALLOCATE, 1, 0);
        write_event(&h, PL_TRACE_FREE, 2, slot);
    }
    struct pl_recording *recording = close_hand(&h);
    check_split(recording, &p);
    assert_int_equal(p.hands, BLOCKS + BLOCKS - PL_TAPE_KEPT_BACK - 1);
    free(recording);
}

/* Lanes that are busy one after the other have their slots together. */
static void slots_are_not_kept_by_who_has_no_use_for_them(void **state)
{
    enum { THREADS = 8, BLOCKS = 30000 };
    static uint32_t slots[BLOCKS];
    struct hand h;
    struct player p;
    (void)state;
    open_hand(&h);
    for (uint32_t thread = 1; thread <= THREADS; thread++) {
        for (uint32_t i = 0; i < BLOCKS; i++)
            slots[i] = write_event(&h, PL_TRACE_ALLOCATE, thread, 0);
        for (uint32_t i = 0; i < BLOCKS; i++)
            write_event(&h, PL_TRACE_FREE, thread, slots[i]);
    }
    struct pl_recording *recording = close_hand(&h), *made = split_of(recording);
    assert_in_range(pl_tape_of(made)->slots, BLOCKS,
                    2 * BLOCKS + THREADS * (PL_TAPE_KEPT_BACK + PL_TAPE_CHUNK));
    assert_true(pl_tape_of(made)->slots < THREADS * BLOCKS / 2);
    check_split(recording, &p);
    free(made);
    free(recording);
}

/* A thread that comes when another has left takes its lane, and waits until that is gone. */
static void lanes_are_used_again(void **state)
{
    enum { THREADS = 300 };
    struct hand h;
    struct player p;
    (void)state;
    open_hand(&h);
    uint32_t slot = write_event(&h, PL_TRACE_ALLOCATE, 1, 0);
    for (uint32_t thread = 2; thread <= THREADS; thread++) {
        write_event(&h, PL_TRACE_FREE, thread, slot);
        slot = write_event(&h, PL_TRACE_ALLOCATE, thread, 0);
        write_event(&h, PL_TRACE_THREAD_END, thread, 0);
    }
    struct pl_recording *recording = close_hand(&h);
    assert_int_equal(pl_tape_of(recording)->lanes, 2);
    check_split(recording, &p);
    assert_int_equal(p.leaves, THREADS - 1);
    free(recording);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_lanes_and_blocks_do_is_kept),
        cmocka_unit_test(one_thread_is_left_as_it_is),
        cmocka_unit_test(who_makes_blocks_runs_ahead),
        cmocka_unit_test(slots_are_not_kept_by_who_has_no_use_for_them),
        cmocka_unit_test(lanes_are_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
