/* The broadcast: rates, sizes and lifetimes, what each policy does with a viewer that stalls, and
 * what a refused or broken block does. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/clock/real.h"
#include "harness/clock/virtual.h"
#include "harness/pipelines/broadcast/broadcast.h"
#include "harness/pipelines/broadcast/broadcast_state.h"

#define S INT64_C(1000000000)
#define MS INT64_C(1000000)
#define EVENTS_MAX 32

/* 16x16 pixels and 8x8 characters: what is tested doesn't depend on sizes. */
static const struct pl_scenario plain = {
    .path = "t.yaml",
    .pipeline = PL_PIPELINE_BROADCAST,
    .class_count = CLASS_COUNT,
    .classes = {{.name = "client", .size = 4168, .budget = -1},
                {.name = "frame", .size = 776, .budget = -1},
                {.name = "image", .size = 768, .budget = -1},
                {.name = "text", .size = 2048, .budget = -1},
                {.name = "node", .size = 56, .budget = -1},
                {.name = "audio", .size = 1024, .budget = -1}},
    .broadcast = {.picture = "16x16",
                  .pictures = 5,
                  .clients = 3,
                  .fps = 30,
                  .views = 30,
                  .ring = 4,
                  .terminal = "8x8",
                  .video_queue = 3,
                  .audio_queue = 10},
};

struct rig {
    struct pl_scenario scenario;
    struct pl_stack *stack;
    struct pl_sides sides;
    struct pl_loop loop;
    struct pl_event *heap[EVENTS_MAX];
    struct pl_arena arena;
    uint8_t pictures[5 * 768];
    float sound[PL_BROADCAST_SOUND_PACKETS * PL_BROADCAST_SOUND_SAMPLES];
    struct broadcast *b;
};

static void fill_clips(struct rig *rig)
{
    for (uint32_t i = 0; i < sizeof rig->pictures; i++)
        rig->pictures[i] = (uint8_t)(i * 7 + i / 768 * 13);
    for (uint32_t i = 0; i < sizeof rig->sound / sizeof *rig->sound; i++)
        rig->sound[i] = (float)(i % 97) / 200.0f;
}

static struct rig *open_rig(const struct pl_scenario *scenario, const char *stack)
{
    struct pl_stack_spec spec;
    struct pl_error error = {""};
    struct rig *rig = calloc(1, sizeof *rig);
    assert_non_null(rig);
    pl_real_init();
    rig->scenario = *scenario;
    fill_clips(rig);
    const struct pl_scenario *s = &rig->scenario;
    if (pl_stack_parse(stack, &spec, &error) ||
        pl_stack_open(&spec, s->classes, s->class_count, NULL, 0, &rig->stack, &error) ||
        pl_broadcast.check(s, NULL, PL_FORMAT_RGB24, &error))
        fail_msg("%s", error.text);
    rig->arena.capacity =
        pl_broadcast.arena_bytes(s, NULL, PL_FORMAT_RGB24) + pl_sides_arena_bytes(1);
    rig->arena.base = aligned_alloc(PL_ARENA_ALIGN, pl_arena_cost(rig->arena.capacity));
    assert_non_null(rig->arena.base);
    memset(rig->arena.base, 0, rig->arena.capacity);
    assert_true(pl_broadcast.event_count(s) <= EVENTS_MAX);
    pl_loop_init(&rig->loop, rig->heap, EVENTS_MAX);
    assert_true(pl_sides_open(&rig->sides, 1, rig->stack, s, 1, &rig->arena));
    struct pl_pipeline_inputs inputs = {
        .scenario = s, .sides = &rig->sides, .loop = &rig->loop, .arena = &rig->arena};
    struct pl_broadcast_clips clips = {rig->pictures, rig->sound};
    void *state = NULL;
    assert_int_equal(pl_broadcast_open(&inputs, &clips, &state, &error), 0);
    rig->b = state;
    return rig;
}

static const struct pl_traffic_counts *counts(const struct rig *rig)
{
    return &pl_sides_network(&rig->sides)->counts;
}

static const struct pl_class_books *books(const struct rig *rig, enum broadcast_class class)
{
    return &pl_sides_network(&rig->sides)->meter.books[rig->b->classes[class]];
}

static uint64_t all_dropped(const struct rig *rig)
{
    uint64_t dropped = 0;
    for (int i = 0; i < PL_DROP_COUNT; i++)
        dropped += counts(rig)->dropped[i];
    return dropped;
}

/* Whatever happened, each packet is accounted for and each block goes back. */
static void close_rig(struct rig *rig, uint64_t integrity_errors)
{
    pl_broadcast_close(rig->b, 0);
    assert_int_equal(counts(rig)->integrity_errors, integrity_errors);
    if (!integrity_errors)
        assert_int_equal(counts(rig)->received,
                         counts(rig)->delivered + counts(rig)->held + all_dropped(rig));
    for (int i = 0; i < CLASS_COUNT; i++)
        assert_int_equal(books(rig, (enum broadcast_class)i)->acquires,
                         books(rig, (enum broadcast_class)i)->releases);
    assert_int_equal(pl_sides_live(&rig->sides), 0);
    pl_stack_close(rig->stack);
    free(rig->arena.base);
    free(rig);
}

/* Two seconds: 60 pictures of each of three clients, each received, copied into the ring, and all
 * but what waits there at the end cached; from the second view on all three are there. */
static void asks_for_what_rates_and_sizes_say(void **state)
{
    (void)state;
    struct rig *rig = open_rig(&plain, "glibc");
    pl_loop_run(&rig->loop, 2 * S);
    uint64_t consumed = books(rig, CLASS_FRAME)->acquires - 2 * 180;
    assert_int_equal(consumed, 180 - 2); /* of the two that come after the last view */
    /* views: of one image at first, for only one client has joined; then of 3 for 3 viewers */
    assert_int_equal(books(rig, CLASS_IMAGE)->acquires, 1 + 59 * 9);
    uint64_t viewed = 1 + 59 * 3;
    assert_int_equal(books(rig, CLASS_TEXT)->acquires, 3 * viewed);
    uint64_t heard = 1 + 2 + 98 * 3; /* likewise, after 0, 11 and 22 ms */
    assert_int_equal(books(rig, CLASS_NODE)->acquires, viewed + heard);
    assert_int_equal(books(rig, CLASS_AUDIO)->acquires, heard);
    assert_int_equal(counts(rig)->sessions_started, 3);
    assert_int_equal(all_dropped(rig), 0);
    assert_int_equal(books(rig, CLASS_CLIENT)->acquires, 3 * 6 + 1);
    assert_int_equal(books(rig, CLASS_FRAME)->acquired_excess, 0);
    close_rig(rig, 0);
}

static void images_are_made_once_where_they_are_reused(void **state)
{
    (void)state;
    struct pl_scenario s = plain;
    s.broadcast.reuse_images = true;
    s.broadcast.fps = 10; /* each is shown three times */
    struct rig *rig = open_rig(&s, "glibc");
    pl_loop_run(&rig->loop, 2 * S);
    uint64_t frames = books(rig, CLASS_FRAME)->acquires, images = books(rig, CLASS_IMAGE)->acquires;
    assert_int_equal(images, frames - 2 * 60); /* one for each that was cached */
    assert_in_range(images, 58, 60);
    close_rig(rig, 0);
}

/* 120 come and 30 go: 90 a second stay, until the ring of 4 is full. */
static void a_full_ring_drops_what_is_new(void **state)
{
    (void)state;
    struct pl_scenario s = plain;
    s.broadcast.fps = 120;
    struct rig *rig = open_rig(&s, "glibc");
    pl_loop_run(&rig->loop, 30 * MS);
    assert_int_equal(counts(rig)->dropped[PL_DROP_QUEUE], 0);
    pl_loop_run(&rig->loop, S);
    assert_int_equal(rig->b->clients[0].ring_count, 4);
    assert_in_range(counts(rig)->dropped[PL_DROP_QUEUE], 3 * (120 - 30 - 5), 3 * (120 - 30 - 3));
    const struct pl_class_books *frame = books(rig, CLASS_FRAME);
    assert_int_equal(frame->acquires - frame->releases, 3 * (4 + 1));
    close_rig(rig, 0);
}

static struct pl_scenario stalled(enum pl_queue_policy policy)
{
    struct pl_scenario s = plain;
    s.broadcast.on_full = policy;
    s.broadcast.stalled = 1;
    s.broadcast.stall_count = 1;
    s.broadcast.stalls[0] = (struct pl_span){500 * MS, 1500 * MS};
    return s;
}

static void each_policy_does_what_it_says(void **state)
{
    (void)state;
    static const struct {
        enum pl_queue_policy policy;
        uint64_t queue, session, evictions;
        bool paused;
        uint64_t first; /* number of the picture that the viewer sees first */
    } cases[] = {
        /* 31 pictures and 51 packets of sound in the stall, of which 3 and 10 can wait */
        {PL_QUEUE_DROP_OLDEST, 68, 0, 0, false, 43},
        {PL_QUEUE_DROP_NEWEST, 68, 0, 0, false, 16},
        {PL_QUEUE_BLOCK, 0, 0, 0, true, 16},
        {PL_QUEUE_EVICT, 0, 4, 1, false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_scenario s = stalled(cases[i].policy);
        struct rig *rig = open_rig(&s, "glibc");
        const struct client *viewer = &rig->b->clients[0];
        pl_loop_run(&rig->loop, 1499 * MS);
        assert_in_range(counts(rig)->dropped[PL_DROP_QUEUE],
                        cases[i].queue - (cases[i].queue ? 2 : 0),
                        cases[i].queue + (cases[i].queue ? 2 : 0));
        assert_true(counts(rig)->dropped[PL_DROP_SESSION] >= cases[i].session);
        assert_int_equal(counts(rig)->evictions, cases[i].evictions);
        assert_int_equal(viewer->evicted, cases[i].evictions);
        assert_int_equal(counts(rig)->paused_ns > 800 * MS, cases[i].paused);
        if (cases[i].first) {
            assert_int_equal(viewer->video.count, 3);
            assert_in_range(viewer->video.first->number, cases[i].first - 1, cases[i].first + 1);
        }
        pl_loop_run(&rig->loop, 2 * S);
        assert_int_equal(viewer->video.count, 0);
        close_rig(rig, 0);
    }
}

static void a_bound_of_bytes_holds(void **state)
{
    (void)state;
    struct pl_scenario s = stalled(PL_QUEUE_DROP_OLDEST);
    s.broadcast.video_queue = s.broadcast.audio_queue = 0;
    s.broadcast.queue_bytes = 5000;
    struct rig *rig = open_rig(&s, "glibc");
    pl_loop_run(&rig->loop, 1499 * MS);
    const struct client *viewer = &rig->b->clients[0];
    assert_int_equal(viewer->audio.count, 4);
    assert_true(viewer->video.bytes <= 5000 && viewer->video.count >= 2);
    close_rig(rig, 0);
    s.broadcast.queue_bytes = 0; /* without any bound all of it waits */
    rig = open_rig(&s, "glibc");
    pl_loop_run(&rig->loop, 1499 * MS);
    assert_in_range(rig->b->clients[0].video.count, 29, 31);
    assert_in_range(rig->b->clients[0].audio.count, 49, 51);
    assert_int_equal(all_dropped(rig), 0);
    close_rig(rig, 0);
}

/* A packet that is larger than its queue's bound is lost alone, and clears nothing for ever. */
static void a_packet_beyond_the_bound_is_dropped(void **state)
{
    (void)state;
    static const enum pl_queue_policy policies[] = {PL_QUEUE_DROP_OLDEST, PL_QUEUE_BLOCK};
    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++) {
        struct pl_scenario s = plain;
        s.broadcast.queue_bytes = 100;
        s.broadcast.on_full = policies[i];
        struct rig *rig = open_rig(&s, "glibc");
        pl_loop_run(&rig->loop, S);
        assert_int_equal(counts(rig)->samples_delivered, 0);
        assert_int_equal(counts(rig)->paused_ns, 0);
        assert_true(counts(rig)->dropped[PL_DROP_QUEUE] > 200);
        close_rig(rig, 0);
    }
}

static void absurd_headers_are_refused_and_counted(void **state)
{
    (void)state;
    struct pl_scenario s = plain;
    s.broadcast.hostile = 1000;
    struct rig *rig = open_rig(&s, "glibc"), *calm = open_rig(&plain, "glibc");
    pl_loop_run(&rig->loop, S);
    pl_loop_run(&calm->loop, S);
    assert_int_equal(counts(rig)->dropped[PL_DROP_INVALID], 1000);
    assert_int_equal(books(rig, CLASS_FRAME)->acquires, books(calm, CLASS_FRAME)->acquires);
    close_rig(calm, 0);
    close_rig(rig, 0);
}

static void clients_may_come_and_go(void **state)
{
    (void)state;
    struct pl_scenario s = stalled(PL_QUEUE_BLOCK);
    s.broadcast.rejoin_ns = 100 * MS;
    s.broadcast.clients = s.broadcast.stalled = 1; /* the one that stalls */
    struct rig *rig = open_rig(&s, "glibc");
    pl_loop_run(&rig->loop, 2 * S);
    assert_int_equal(counts(rig)->sessions_started, 1 + 20);
    assert_true(counts(rig)->dropped[PL_DROP_SESSION] > 20);
    close_rig(rig, 0);
}

/* Wherever the stack says no, what is lost is counted, and nothing else breaks. */
static void a_refusal_anywhere_is_counted(void **state)
{
    (void)state;
    for (uint32_t nth = 1; nth <= 120; nth++) {
        char stack[64];
        struct pl_scenario s = plain;
        s.broadcast.reuse_images = nth % 2;
        snprintf(stack, sizeof stack, "fault:nth=%u/glibc", nth);
        struct rig *rig = open_rig(&s, stack);
        pl_loop_run(&rig->loop, 300 * MS);
        uint64_t failures = 0;
        for (int i = 0; i < CLASS_COUNT; i++)
            failures += books(rig, (enum broadcast_class)i)->failures;
        assert_int_equal(failures, 1);
        assert_in_range(all_dropped(rig), 1, 3);
        close_rig(rig, 0);
    }
}

static void a_changed_picture_is_found(void **state)
{
    (void)state;
    struct rig *rig = open_rig(&plain, "glibc");
    pl_loop_run(&rig->loop, 30 * MS); /* the second client's waits for the next view */
    struct client *c = &rig->b->clients[1];
    assert_int_equal(c->ring_count, 1);
    c->ring[c->ring_head].block[BROADCAST_HEADER] ^= 1;
    pl_loop_run(&rig->loop, 60 * MS);
    close_rig(rig, 1 + 3); /* when it is cached, and in each viewer's image */
}

static void a_changed_packet_is_found(void **state)
{
    (void)state;
    struct pl_scenario s = stalled(PL_QUEUE_DROP_NEWEST);
    struct rig *rig = open_rig(&s, "glibc");
    pl_loop_run(&rig->loop, 1499 * MS);
    rig->b->clients[0].audio.first->data[0] ^= 1;
    pl_loop_run(&rig->loop, 2 * S);
    close_rig(rig, 1);
}

static void a_frame_that_nobody_holds_is_found(void **state)
{
    (void)state;
    struct rig *rig = open_rig(&plain, "glibc");
    pl_loop_run(&rig->loop, 20 * MS);
    void *lost = broadcast_acquire(rig->b, CLASS_FRAME, rig->b->frame_bytes, "lost");
    pl_loop_run(&rig->loop, 60 * MS);
    broadcast_release(rig->b, CLASS_FRAME, lost, rig->b->frame_bytes);
    close_rig(rig, 1);
}

static void what_does_not_fit_is_told(void **state)
{
    (void)state;
    struct pl_error error;
    struct pl_scenario s = plain;
    assert_int_equal(pl_broadcast.check(&s, NULL, PL_FORMAT_F32, &error), -EINVAL);
    assert_non_null(strstr(error.text, "expected formats: rgb24"));
    s.classes[1].size = 775;
    assert_int_equal(pl_broadcast.check(&s, NULL, PL_FORMAT_RGB24, &error), -EINVAL);
    assert_non_null(strstr(error.text, "class frame has 775 B, but 776 B are needed"));
    strcpy(s.classes[1].name, "other");
    assert_int_equal(pl_broadcast.check(&s, NULL, PL_FORMAT_RGB24, &error), -EINVAL);
    assert_non_null(strstr(error.text, "no class 'frame'; expected one of 776 B"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_for_what_rates_and_sizes_say),
        cmocka_unit_test(images_are_made_once_where_they_are_reused),
        cmocka_unit_test(a_full_ring_drops_what_is_new),
        cmocka_unit_test(each_policy_does_what_it_says),
        cmocka_unit_test(a_bound_of_bytes_holds),
        cmocka_unit_test(a_packet_beyond_the_bound_is_dropped),
        cmocka_unit_test(absurd_headers_are_refused_and_counted),
        cmocka_unit_test(clients_may_come_and_go),
        cmocka_unit_test(a_refusal_anywhere_is_counted),
        cmocka_unit_test(a_changed_picture_is_found),
        cmocka_unit_test(a_changed_packet_is_found),
        cmocka_unit_test(a_frame_that_nobody_holds_is_found),
        cmocka_unit_test(what_does_not_fit_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
