/* The broadcast: rates, sizes and lifetimes, what each policy does with a viewer that stalls, and
 * what a refused or broken block does. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "harness/pipelines/tests/broadcast_rig.h"

/* Two seconds: 60 pictures of each of three clients, each received, copied into the ring, and all
 * but what waits there at the end cached; from the second view on all three are there. */
static void asks_for_what_rates_and_sizes_say(void **state)
{
    (void)state;
    struct broadcast_rig *rig = broadcast_rig_open(&broadcast_rig_scenario, "glibc", 1);
    broadcast_rig_run(rig, 2 * S);
    uint64_t consumed = broadcast_rig_books(rig, CLASS_FRAME)->acquires - 2 * 180;
    assert_int_equal(consumed, 180 - 2); /* of the two that come after the last view */
    /* views: of one image at first, for only one client has joined; then of 3 for 3 viewers */
    assert_int_equal(broadcast_rig_books(rig, CLASS_IMAGE)->acquires, 1 + 59 * 9);
    uint64_t viewed = 1 + 59 * 3;
    assert_int_equal(broadcast_rig_books(rig, CLASS_TEXT)->acquires, 3 * viewed);
    uint64_t heard = 1 + 2 + 98 * 3; /* likewise, after 0, 11 and 22 ms */
    assert_int_equal(broadcast_rig_books(rig, CLASS_NODE)->acquires, viewed + heard);
    assert_int_equal(broadcast_rig_books(rig, CLASS_AUDIO)->acquires, heard);
    assert_int_equal(broadcast_rig_counts(rig)->sessions_started, 3);
    assert_int_equal(broadcast_rig_dropped(rig), 0);
    assert_int_equal(broadcast_rig_books(rig, CLASS_CLIENT)->acquires, 3 * 6 + 1);
    assert_int_equal(broadcast_rig_books(rig, CLASS_FRAME)->acquired_excess, 0);
    broadcast_rig_close(rig, 0);
}

static void images_are_made_once_where_they_are_reused(void **state)
{
    (void)state;
    struct pl_scenario s = broadcast_rig_scenario;
    s.broadcast.reuse_images = true;
    s.broadcast.fps = 10; /* each is shown three times */
    struct broadcast_rig *rig = broadcast_rig_open(&s, "glibc", 1);
    broadcast_rig_run(rig, 2 * S);
    uint64_t frames = broadcast_rig_books(rig, CLASS_FRAME)->acquires,
             images = broadcast_rig_books(rig, CLASS_IMAGE)->acquires;
    assert_int_equal(images, frames - 2 * 60); /* one for each that was cached */
    assert_in_range(images, 58, 60);
    broadcast_rig_close(rig, 0);
}

/* 120 come and 30 go: 90 a second stay, until the ring of 4 is full. */
static void a_full_ring_drops_what_is_new(void **state)
{
    (void)state;
    struct pl_scenario s = broadcast_rig_scenario;
    s.broadcast.fps = 120;
    struct broadcast_rig *rig = broadcast_rig_open(&s, "glibc", 1);
    broadcast_rig_run(rig, 30 * MS);
    assert_int_equal(broadcast_rig_counts(rig)->dropped[PL_DROP_QUEUE], 0);
    broadcast_rig_run(rig, S);
    assert_int_equal(rig->b->clients[0].ring_count, 4);
    assert_in_range(broadcast_rig_counts(rig)->dropped[PL_DROP_QUEUE], 3 * (120 - 30 - 5),
                    3 * (120 - 30 - 3));
    const struct pl_class_books *frame = broadcast_rig_books(rig, CLASS_FRAME);
    assert_int_equal(frame->acquires - frame->releases, 3 * (4 + 1));
    broadcast_rig_close(rig, 0);
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
        struct pl_scenario s = broadcast_rig_stalled(cases[i].policy);
        struct broadcast_rig *rig = broadcast_rig_open(&s, "glibc", 1);
        const struct client *viewer = &rig->b->clients[0];
        broadcast_rig_run(rig, 1499 * MS);
        assert_in_range(broadcast_rig_counts(rig)->dropped[PL_DROP_QUEUE],
                        cases[i].queue - (cases[i].queue ? 2 : 0),
                        cases[i].queue + (cases[i].queue ? 2 : 0));
        assert_true(broadcast_rig_counts(rig)->dropped[PL_DROP_SESSION] >= cases[i].session);
        assert_int_equal(broadcast_rig_counts(rig)->evictions, cases[i].evictions);
        assert_int_equal(viewer->evicted, cases[i].evictions);
        assert_int_equal(broadcast_rig_counts(rig)->paused_ns > 800 * MS, cases[i].paused);
        if (cases[i].first) {
            assert_int_equal(viewer->video.count, 3);
            assert_in_range(viewer->video.first->number, cases[i].first - 1, cases[i].first + 1);
        }
        broadcast_rig_run(rig, 2 * S);
        assert_int_equal(viewer->video.count, 0);
        broadcast_rig_close(rig, 0);
    }
}

static void a_bound_of_bytes_holds(void **state)
{
    (void)state;
    struct pl_scenario s = broadcast_rig_stalled(PL_QUEUE_DROP_OLDEST);
    s.broadcast.video_queue = s.broadcast.audio_queue = 0;
    s.broadcast.queue_bytes = 5000;
    struct broadcast_rig *rig = broadcast_rig_open(&s, "glibc", 1);
    broadcast_rig_run(rig, 1499 * MS);
    const struct client *viewer = &rig->b->clients[0];
    assert_int_equal(viewer->audio.count, 4);
    assert_true(viewer->video.bytes <= 5000 && viewer->video.count >= 2);
    broadcast_rig_close(rig, 0);
    s.broadcast.queue_bytes = 0; /* without any bound all of it waits */
    rig = broadcast_rig_open(&s, "glibc", 1);
    broadcast_rig_run(rig, 1499 * MS);
    assert_in_range(rig->b->clients[0].video.count, 29, 31);
    assert_in_range(rig->b->clients[0].audio.count, 49, 51);
    assert_int_equal(broadcast_rig_dropped(rig), 0);
    broadcast_rig_close(rig, 0);
}

/* A packet that is larger than its queue's bound is lost alone, and clears nothing for ever. */
static void a_packet_beyond_the_bound_is_dropped(void **state)
{
    (void)state;
    static const enum pl_queue_policy policies[] = {PL_QUEUE_DROP_OLDEST, PL_QUEUE_BLOCK};
    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++) {
        struct pl_scenario s = broadcast_rig_scenario;
        s.broadcast.queue_bytes = 100;
        s.broadcast.on_full = policies[i];
        struct broadcast_rig *rig = broadcast_rig_open(&s, "glibc", 1);
        broadcast_rig_run(rig, S);
        assert_int_equal(broadcast_rig_counts(rig)->samples_delivered, 0);
        assert_int_equal(broadcast_rig_counts(rig)->paused_ns, 0);
        assert_true(broadcast_rig_counts(rig)->dropped[PL_DROP_QUEUE] > 200);
        broadcast_rig_close(rig, 0);
    }
}

static void absurd_headers_are_refused_and_counted(void **state)
{
    (void)state;
    struct pl_scenario s = broadcast_rig_scenario;
    s.broadcast.hostile = 1000;
    struct broadcast_rig *rig = broadcast_rig_open(&s, "glibc", 1),
                         *calm = broadcast_rig_open(&broadcast_rig_scenario, "glibc", 1);
    broadcast_rig_run(rig, S);
    broadcast_rig_run(calm, S);
    assert_int_equal(broadcast_rig_counts(rig)->dropped[PL_DROP_INVALID], 1000);
    assert_int_equal(broadcast_rig_books(rig, CLASS_FRAME)->acquires,
                     broadcast_rig_books(calm, CLASS_FRAME)->acquires);
    broadcast_rig_close(calm, 0);
    broadcast_rig_close(rig, 0);
}

static void clients_may_come_and_go(void **state)
{
    (void)state;
    struct pl_scenario s = broadcast_rig_stalled(PL_QUEUE_BLOCK);
    s.broadcast.rejoin_ns = 100 * MS;
    s.broadcast.clients = s.broadcast.stalled = 1; /* the one that stalls */
    struct broadcast_rig *rig = broadcast_rig_open(&s, "glibc", 1);
    broadcast_rig_run(rig, 2 * S);
    assert_int_equal(broadcast_rig_counts(rig)->sessions_started, 1 + 20);
    assert_true(broadcast_rig_counts(rig)->dropped[PL_DROP_SESSION] > 20);
    broadcast_rig_close(rig, 0);
}

static int64_t live_clients(struct broadcast_rig *rig)
{
    const struct pl_class_books *books = broadcast_rig_books(rig, CLASS_CLIENT);
    return (int64_t)(books->acquires - books->releases);
}

/* Of a client six parts and what its session keeps; the mixer's one; what leaked. */
static void a_load_says_who_is_there(void **state)
{
    (void)state;
    struct pl_scenario s = broadcast_rig_loaded();
    struct broadcast_rig *rig = broadcast_rig_open(&s, "glibc", 1);
    broadcast_rig_run(rig, 499 * MS);
    assert_int_equal(live_clients(rig), 7 + 1);
    uint64_t frames = broadcast_rig_books(rig, CLASS_FRAME)->acquires;
    assert_in_range(frames, 3 * 15 - 2, 3 * 15); /* received, in the ring, cached */
    broadcast_rig_run(rig, 999 * MS);
    assert_int_equal(live_clients(rig), 3 * 7 + 1);
    broadcast_rig_run(rig, 2 * S);
    assert_int_equal(live_clients(rig), 7 + 1 + 2);
    assert_int_equal(broadcast_rig_counts(rig)->sessions_started, 3);
    frames = broadcast_rig_books(rig, CLASS_FRAME)->acquires;
    assert_in_range(frames, 3 * (60 + 2 * 15) - 6, 3 * (60 + 2 * 15 + 2));
    broadcast_rig_close(rig, 0);
}

/* Whoever has the place of one that was thrown out is another. */
static void who_was_evicted_may_come_anew(void **state)
{
    (void)state;
    struct pl_scenario s = broadcast_rig_stalled(PL_QUEUE_EVICT);
    s.load = (struct pl_load_settings){
        .points = {{0, 3}, {1600 * MS, 3}, {1600 * MS, 0}, {1700 * MS, 0}, {1700 * MS, 3}},
        .count = 5};
    struct broadcast_rig *rig = broadcast_rig_open(&s, "glibc", 1);
    broadcast_rig_run(rig, 1500 * MS);
    assert_int_equal(broadcast_rig_counts(rig)->evictions, 1);
    assert_false(rig->b->clients[0].joined);
    broadcast_rig_run(rig, 2 * S);
    assert_int_equal(broadcast_rig_counts(rig)->sessions_started, 6);
    assert_true(rig->b->clients[0].joined);
    broadcast_rig_close(rig, 0);
}

/* Wherever the stack says no, what is lost is counted, and nothing else breaks. */
static void a_refusal_anywhere_is_counted(void **state)
{
    (void)state;
    broadcast_rig_refuse_each(1, 3);
}

static void a_changed_picture_is_found(void **state)
{
    (void)state;
    struct broadcast_rig *rig = broadcast_rig_open(&broadcast_rig_scenario, "glibc", 1);
    broadcast_rig_run(rig, 30 * MS); /* the second client's waits for the next view */
    struct client *c = &rig->b->clients[1];
    assert_int_equal(c->ring_count, 1);
    c->ring[c->ring_head].block[BROADCAST_HEADER] ^= 1;
    broadcast_rig_run(rig, 60 * MS);
    broadcast_rig_close(rig, 1 + 3); /* when it is cached, and in each viewer's image */
}

static void a_changed_packet_is_found(void **state)
{
    (void)state;
    struct pl_scenario s = broadcast_rig_stalled(PL_QUEUE_DROP_NEWEST);
    struct broadcast_rig *rig = broadcast_rig_open(&s, "glibc", 1);
    broadcast_rig_run(rig, 1499 * MS);
    rig->b->clients[0].audio.first->data[0] ^= 1;
    broadcast_rig_run(rig, 2 * S);
    broadcast_rig_close(rig, 1);
}

static void a_frame_that_nobody_holds_is_found(void **state)
{
    (void)state;
    struct broadcast_rig *rig = broadcast_rig_open(&broadcast_rig_scenario, "glibc", 1);
    broadcast_rig_run(rig, 20 * MS);
    struct pl_side *side = pl_sides_network(&rig->sides);
    void *lost = broadcast_acquire(rig->b, side, CLASS_FRAME, rig->b->frame_bytes, "lost");
    broadcast_rig_run(rig, 60 * MS);
    broadcast_release(rig->b, side, CLASS_FRAME, lost, rig->b->frame_bytes);
    broadcast_rig_close(rig, 1);
}

static void what_does_not_fit_is_told(void **state)
{
    (void)state;
    struct pl_error error;
    struct pl_scenario s = broadcast_rig_scenario;
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
        cmocka_unit_test(a_load_says_who_is_there),
        cmocka_unit_test(who_was_evicted_may_come_anew),
        cmocka_unit_test(a_refusal_anywhere_is_counted),
        cmocka_unit_test(a_changed_picture_is_found),
        cmocka_unit_test(a_changed_packet_is_found),
        cmocka_unit_test(a_frame_that_nobody_holds_is_found),
        cmocka_unit_test(what_does_not_fit_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
