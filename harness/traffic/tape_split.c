/* A tape split in two passes (tape_split.h): the first counts each lane's words, the second writes
 * them to where they belong. Both do the same in the same order, so that their slots are the same.
 */
#include "harness/traffic/tape_split.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/traffic/material.h"
#include "harness/traffic/tape_slots.h"

#define NONE UINT32_MAX

struct lane {
    uint64_t words; /* so far; in the second pass: where the next one goes */
    uint64_t time_ms;
    bool is_there; /* a thread of it */
};

struct pl_tape_split {
    const struct pl_recording *recording;
    const struct pl_tape *from;
    struct pl_tape head;
    uint8_t *handed;            /* a bit a word: its slot is handed over behind it */
    uint32_t *slot_of;          /* by the tape's slots */
    struct pl_tape_slots slots; /* `at`: the tape's word; in the second pass its HAND */
    size_t slot_limit;
    struct lane lanes[PL_TAPE_LANES_MAX];
    pl_tape_word *out; /* NULL: words are counted */
    uint64_t at;
    uint64_t time_ms;
    uint32_t lane; /* whose events come, or NONE */
};

static void put(struct pl_tape_split *s, uint32_t lane, enum pl_tape_op op, uint32_t slot,
                uint32_t argument)
{
    struct lane *l = &s->lanes[lane];
    if (s->out)
        s->out[l->words] = pl_tape_word_of(op, slot, argument);
    l->words++;
}

/* A lane is told the time where it has something to do. */
static void put_time(struct pl_tape_split *s, uint32_t lane)
{
    if (s->lanes[lane].time_ms == s->time_ms)
        return;
    s->lanes[lane].time_ms = s->time_ms;
    put(s, lane, PL_TAPE_TIME, 0, (uint32_t)s->time_ms);
}

/* The latest event of a slot was another lane's: behind it the slot is handed over. In the first
 * pass that is found out, in the second the word is there. */
static void hand_over(struct pl_tape_split *s, struct pl_tape_slot *slot, uint32_t lane)
{
    if (s->out) {
        s->out[slot->at] |= (pl_tape_word)lane << 32;
        return;
    }
    s->handed[slot->at / 8] |= (uint8_t)(1u << slot->at % 8);
    s->lanes[slot->lane].words++;
}

static void put_event(struct pl_tape_split *s, uint32_t lane, pl_tape_word word, uint32_t number)
{
    struct pl_tape_slot *slot = &s->slots.list[number];
    unsigned op = pl_tape_op_of(word);
    put_time(s, lane);
    if (slot->lane != PL_TAPE_NO_LANE && slot->lane != lane) {
        op |= PL_TAPE_AWAIT;
        hand_over(s, slot, lane);
    }
    put(s, lane, (enum pl_tape_op)op, number, pl_tape_argument_of(word));
    slot->lane = (uint16_t)lane;
    slot->at = s->at;
    if (s->out && s->handed[s->at / 8] & 1u << s->at % 8) {
        slot->at = s->lanes[lane].words;
        put(s, lane, PL_TAPE_HAND, number, 0);
    }
}

/* Whose events come; what is nobody's is the first one's. */
static uint32_t current(const struct pl_tape_split *s)
{
    return s->lane != NONE ? s->lane : 0;
}

/* Who touched a block's pages was not recorded: whoever had it last has no need to wait for it. */
static uint32_t toucher(const struct pl_tape_split *s, uint32_t number)
{
    uint32_t last = s->slots.list[number].lane;
    return s->lanes[last].is_there ? last : current(s);
}

static void split_event(struct pl_tape_split *s, pl_tape_word word)
{
    enum pl_tape_op op = pl_tape_block_op_of(word);
    uint32_t *known = &s->slot_of[pl_tape_slot_of(word)], number = *known;
    if (op == PL_TAPE_ACQUIRE)
        *known = number = pl_tape_slots_take(&s->slots, current(s));
    if (number == NONE)
        return;
    put_event(s, op == PL_TAPE_TOUCH ? toucher(s, number) : current(s), word, number);
    if (op == PL_TAPE_RELEASE) {
        pl_tape_slots_give(&s->slots, number);
        *known = NONE;
    }
}

/* A thread is made by the one whose event came before its first: making it has asked the heap for
 * its thread-local data. */
static void enter(struct pl_tape_split *s, uint32_t lane)
{
    uint32_t maker = current(s);
    s->lane = lane;
    if (s->lanes[lane].is_there)
        return;
    s->lanes[lane].is_there = true;
    put_time(s, maker);
    put(s, maker, PL_TAPE_START, 0, lane);
}

/* The first lane's thread is there until the tape is over. */
static void leave(struct pl_tape_split *s)
{
    uint32_t lane = current(s);
    if (lane != 0) {
        put_time(s, lane);
        put(s, lane, PL_TAPE_LEAVE, 0, 0);
        s->lanes[lane].is_there = false;
    }
    s->lane = NONE;
}

static void split_word(struct pl_tape_split *s, pl_tape_word word)
{
    switch (pl_tape_op_of(word)) {
    case PL_TAPE_LANE:
        enter(s, pl_tape_argument_of(word));
        break;
    case PL_TAPE_LEAVE:
        leave(s);
        break;
    case PL_TAPE_TIME:
        s->time_ms = pl_tape_argument_of(word);
        break;
    case PL_TAPE_TRIM:
        put_time(s, current(s));
        put(s, current(s), PL_TAPE_TRIM, 0, pl_tape_argument_of(word));
        break;
    default:
        split_event(s, word);
    }
}

static void begin_pass(struct pl_tape_split *s)
{
    pl_tape_slots_begin(&s->slots, s->from->lanes, s->slot_limit);
    s->time_ms = 0;
    s->lane = NONE;
    for (uint32_t i = 0; i < s->from->slots; i++)
        s->slot_of[i] = NONE;
    for (uint32_t i = 0; i < s->from->lanes; i++)
        s->lanes[i] = (struct lane){.words = s->lanes[i].words, .is_there = i == 0};
}

static void pass(struct pl_tape_split *s)
{
    const pl_tape_word *words = pl_tape_words(s->from);
    begin_pass(s);
    for (s->at = 0; s->at < s->from->word_count && !s->slots.failed; s->at++)
        split_word(s, words[s->at]);
}

static uint64_t words_of(const struct pl_tape_split *s)
{
    uint64_t words = 0;
    for (uint32_t i = 0; i < s->from->lanes; i++)
        words += s->lanes[i].words;
    return words;
}

static void lay_out(struct pl_tape_split *s)
{
    struct pl_tape *head = &s->head;
    *head = *s->from;
    head->slots = (uint32_t)s->slots.count;
    head->word_count = words_of(s);
    head->words_offset = sizeof *head;
    head->shapes_offset = head->words_offset + head->word_count * sizeof(pl_tape_word);
    head->streams_offset = head->shapes_offset + head->shape_count * sizeof(struct pl_request);
    head->bytes = head->streams_offset + head->lanes * sizeof(struct pl_tape_stream);
    head->look_count = 0;
    head->looks_offset = head->bytes;
}

/* Twice as many slots as blocks, and what lanes keep back, are enough for some to be left over. */
static bool open_split(struct pl_tape_split *s, const struct pl_recording *recording)
{
    s->recording = recording;
    s->from = pl_tape_of(recording);
    s->handed = calloc(1, s->from->word_count / 8 + 1);
    s->slot_of = malloc((s->from->slots + 1) * sizeof *s->slot_of);
    s->slot_limit =
        2 * (size_t)s->from->slots + s->from->lanes * (size_t)(PL_TAPE_KEPT_BACK + PL_TAPE_CHUNK);
    if (s->slot_limit > PL_TAPE_SLOTS_MAX)
        s->slot_limit = PL_TAPE_SLOTS_MAX;
    return s->handed && s->slot_of;
}

int pl_tape_split_make(const struct pl_recording *recording, struct pl_tape_split **split,
                       struct pl_error *error)
{
    struct pl_tape_split *s = calloc(1, sizeof *s);
    if (!s || !open_split(s, recording)) {
        pl_tape_split_free(s);
        return pl_error_set(error, -ENOMEM, "out of memory for a tape");
    }
    pass(s);
    int rc = s->slots.failed;
    if (rc) {
        pl_tape_split_free(s);
        return pl_error_set(
            error, rc,
            rc == -ENOMEM
                ? "out of memory for a tape"
                : "too many live blocks for threads that run freely; expected --clock virtual");
    }
    lay_out(s);
    *split = s;
    return 0;
}

const struct pl_tape *pl_tape_split_head(const struct pl_tape_split *s)
{
    return &s->head;
}

/* What stands before the tape in its recording stands there again. */
static uint64_t lead_of(const struct pl_tape_split *s)
{
    return (uint64_t)((const char *)s->from - (const char *)s->recording);
}

uint64_t pl_tape_split_bytes(const struct pl_tape_split *s)
{
    return lead_of(s) + s->head.bytes;
}

static void write_lead(const struct pl_tape_split *s, char *at)
{
    struct pl_recording *recording = (void *)at;
    memcpy(at, s->recording, lead_of(s));
    recording->bytes = pl_tape_split_bytes(s);
    struct pl_material *material = (void *)(at + recording->material_offset);
    material->files[0].bytes = s->head.bytes;
}

/* Where each lane's words go: one stream behind the other. */
static void place_streams(struct pl_tape_split *s, struct pl_tape_stream *streams)
{
    uint64_t at = 0;
    for (uint32_t i = 0; i < s->head.lanes; i++) {
        streams[i] = (struct pl_tape_stream){at, at + s->lanes[i].words};
        at = streams[i].end;
        s->lanes[i].words = streams[i].begin;
    }
}

void pl_tape_split_write(struct pl_tape_split *s, void *at)
{
    char *tape = (char *)at + lead_of(s);
    write_lead(s, at);
    memcpy(tape, &s->head, sizeof s->head);
    memcpy(tape + s->head.shapes_offset, pl_tape_shapes(s->from),
           s->head.shape_count * sizeof(struct pl_request));
    place_streams(s, (void *)(tape + s->head.streams_offset));
    s->out = (void *)(tape + s->head.words_offset);
    pass(s);
}

void pl_tape_split_free(struct pl_tape_split *s)
{
    if (!s)
        return;
    free(s->handed);
    free(s->slot_of);
    pl_tape_slots_free(&s->slots);
    free(s);
}
