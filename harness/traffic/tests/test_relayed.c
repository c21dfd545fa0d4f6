/* What TURN relays, and what a datagram that is no RTP is taken for. */
#include <stdlib.h>
#include <string.h>

#include "harness/traffic/relayed.h"
#include "harness/traffic/tests/cmocka_all.h"
#include "harness/traffic/tests/crafted.h"

#define STUN_ID "2112a442 0102030405060708090a0b0c"
#define PEER "0012 0008 0001 1234 0a000001"

/* Datagrams that end with their memory. `inner` is what is in it, of `missing` bytes more. */
static bool unwraps(const char *recipe, size_t missing, size_t *inner, size_t *inner_missing)
{
    struct craft whole = {.data = NULL};
    craft_recipe(&whole, recipe, NULL);
    uint8_t *exact = malloc(whole.size + 1);
    assert_non_null(exact);
    if (whole.size > 0)
        memcpy(exact + 1, whole.data, whole.size);
    struct pl_frame frame = {exact + 1, whole.size, missing};
    bool is = pl_relayed_unwrap(&frame);
    assert_true(frame.data + frame.captured <= exact + 1 + whole.size);
    *inner = frame.captured;
    *inner_missing = frame.missing;
    assert_true(is || (frame.captured == whole.size && frame.missing == missing));
    free(exact);
    craft_free(&whole);
    return is;
}

static void what_is_relayed(void **state)
{
    (void)state;
    static const struct {
        const char *recipe;
        size_t missing, inner, inner_missing;
    } cases[] = {
        {"4000 0004 80000001", 0, 4, 0},
        {"4fff 0003 800000 00", 0, 3, 0}, /* padded */
        {"4000 0008 80000001", 4, 4, 4},  /* the snap length cut it */
        {"4000 0004 8000", 6, 2, 2},
        {"4000 0000", 0, 0, 0},
        {"0016 0008 " STUN_ID "0013 0004 80000001", 0, 4, 0},
        {"0017 0014 " STUN_ID PEER "0013 0003 800001 00", 0, 3, 0},
        {"0017 0014 " STUN_ID "8022 0001 41 000000 0013 0008 80000001 80000002", 0, 8, 0},
        {"0017 0014 " STUN_ID "8022 0001 41 000000 0013 0008 80000001", 4, 4, 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t inner, missing;
        if (!unwraps(cases[i].recipe, cases[i].missing, &inner, &missing))
            fail_msg("%s", cases[i].recipe);
        assert_int_equal(inner, cases[i].inner);
        assert_int_equal(missing, cases[i].inner_missing);
    }
}

/* Lengths that claim more than there was, other messages, other numbers. */
static void what_is_not_relayed(void **state)
{
    (void)state;
    static const char *const recipes[] = {
        "4000 0005 80000001",
        "5000 0004 80000001",
        "3fff 0004 80000001",
        "4000 00",
        "8000 0004 80000001",
        "0016 0008 " STUN_ID "0013 0005 80000001",
        "0016 000c " STUN_ID "0013 0004 80000001",
        "0016 0004 " STUN_ID "0013 0004 80000001",
        "0016 0000 " STUN_ID,
        "0016 0008 " STUN_ID "8022 ffff 41414141",
        "0016 000c " STUN_ID PEER,
        "0001 0008 " STUN_ID "0013 0004 80000001",
        "0116 0008 " STUN_ID "0013 0004 80000001",
        "0016 0008 2112a443 0102030405060708090a0b0c 0013 0004 80000001",
        "0016 0008 2112a442 01020304",
        "",
    };
    for (size_t i = 0; i < sizeof recipes / sizeof *recipes; i++) {
        size_t inner, missing;
        if (unwraps(recipes[i], 0, &inner, &missing))
            fail_msg("%s", recipes[i]);
    }
}

static void every_length(void **state)
{
    (void)state;
    struct craft whole = {.data = NULL};
    craft_recipe(&whole, "0017 0014 " STUN_ID "8022 0001 41 000000 0013 0008 80000001 80000002",
                 NULL);
    for (size_t captured = 0; captured <= whole.size; captured++) {
        uint8_t *exact = malloc(captured + (captured == 0));
        assert_non_null(exact);
        memcpy(exact, whole.data, captured);
        struct pl_frame snapped = {exact, captured, whole.size - captured};
        struct pl_frame ended = {exact, captured, 0};
        assert_int_equal(pl_relayed_unwrap(&snapped), captured >= whole.size - 8);
        assert_int_equal(pl_relayed_unwrap(&ended), captured == whole.size);
        free(exact);
    }
    craft_free(&whole);
}

static void kinds(void **state)
{
    (void)state;
    static const struct {
        const char *recipe;
        enum pl_skipped kind;
    } cases[] = {
        {"0001 0000 " STUN_ID, PL_SKIPPED_STUN},
        {"0101 0000 " STUN_ID, PL_SKIPPED_STUN},
        {"4001 0004 16fefd00", PL_SKIPPED_STUN},
        {"16fefd 0000 000000000001 0000", PL_SKIPPED_DTLS},
        {"14feff 00", PL_SKIPPED_DTLS},
        {"160301 00", PL_SKIPPED_UDP},
        {"80c8 0006 00000005", PL_SKIPPED_RTCP},
        {"81c9 0007 00000005", PL_SKIPPED_RTCP},
        {"80cd 0002 00000005", PL_SKIPPED_RTCP},
        {"8060 0001 00000005", PL_SKIPPED_UDP},
        {"1234 0100 0001", PL_SKIPPED_UDP},
        {"80", PL_SKIPPED_UDP},
        {"", PL_SKIPPED_UDP},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct craft whole = {.data = NULL};
        craft_recipe(&whole, cases[i].recipe, NULL);
        struct pl_frame frame = {whole.data, whole.size, 0};
        if (pl_datagram_kind(&frame) != cases[i].kind)
            fail_msg("%s", cases[i].recipe);
        craft_free(&whole);
    }
}

/* A frame of each kind beside a stream. */
static void counts_by_kind(void **state)
{
    (void)state;
    static const struct {
        const char *recipe;
        enum pl_skipped kind;
        unsigned count;
    } cases[] = {
        {"020202020202 030303030303 0806 0001 0800 0604 0001 0303", PL_SKIPPED_OTHER, 1},
        {"020202020202 030303030303 0800 I11 U0d96 0001 0000 " STUN_ID, PL_SKIPPED_STUN, 2},
        {"020202020202 030303030303 0800 I11 U138c 16fefd 0000 000000000001", PL_SKIPPED_DTLS, 3},
        {"020202020202 030303030303 86dd J11 U138d 80c8 0001 00000005", PL_SKIPPED_RTCP, 4},
        {"020202020202 030303030303 0800 I11 U0035 1234 0100 0001 0000", PL_SKIPPED_UDP, 5},
        {"020202020202 030303030303 0800 I06 1f90 c000 00000001 00000001 5018 0000 00000000 474554",
         PL_SKIPPED_TCP, 6},
        {"020202020202 030303030303 0800 I11 U138c 8060 0001 00000001 00000077",
         PL_SKIPPED_NO_STREAM, 1},
    };
    struct craft_file file = {.link = 1};
    struct pl_capture_counts counts;
    craft_begin(&file);
    add_packets(&file, 4, &(struct craft_frame){.link = 1});
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct craft frame = {.data = NULL};
        craft_recipe(&frame, cases[i].recipe, NULL);
        for (unsigned k = 0; k < cases[i].count; k++)
            craft_record(&file, start_ns + 5000, &frame);
        craft_free(&frame);
    }
    struct pl_recording *recording = must_read(&file, NULL, &counts);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(counts.skipped[cases[i].kind], cases[i].count);
    assert_int_equal(counts.skipped[PL_SKIPPED_FRAGMENTS], 0);
    assert_int_equal(pl_capture_not_udp(&counts), 7);
    assert_int_equal(pl_capture_not_rtp(&counts), 15);
    free(recording);
}

/* Each relayed packet is RTP like any other: a stream for each pair of addresses and ports. */
static void relayed_streams(void **state)
{
    (void)state;
    static const char *const wraps[] = {"I11 U0d96 4001 0010",
                                        "J11 U0d96 0016 0014" STUN_ID "0013 0010",
                                        "I11 U0d97 0017 0020 " STUN_ID PEER "0013 0010"};
    struct craft_file file = {.link = 101};
    struct pl_capture_counts counts;
    craft_begin(&file);
    for (uint16_t i = 0; i < 9; i++) {
        struct craft rtp = {.data = NULL}, frame = {.data = NULL};
        craft_rtp(&rtp, &(struct craft_rtp){.sequence = i / 3, .type = 96, .payload = 4});
        craft_recipe(&frame, wraps[i % 3], &rtp);
        craft_record(&file, start_ns + i * 1000, &frame);
        craft_free(&rtp);
        craft_free(&frame);
    }
    struct pl_recording *recording = must_read(&file, NULL, &counts);
    assert_int_equal(recording->stream_count, 3);
    assert_int_equal(recording->packet_count, 9);
    assert_int_equal(counts.skipped[PL_SKIPPED_STUN], 0);
    free(recording);
}

/* A tunnel has its port, but what stands in the datagram decides. */
static void rtp_to_the_port_of_a_tunnel(void **state)
{
    (void)state;
    static const uint16_t ports[] = {4789, 8472, 6081, 2152};
    struct craft_file file = {.link = 1};
    struct pl_capture_counts counts;
    craft_begin(&file);
    for (size_t i = 0; i < 4; i++)
        add_packets(&file, 3, &(struct craft_frame){.link = 1, .port = ports[i]});
    struct pl_recording *recording = must_read(&file, NULL, &counts);
    assert_int_equal(recording->stream_count, 4);
    assert_int_equal(recording->packet_count, 12);
    free(recording);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_relayed),
        cmocka_unit_test(what_is_not_relayed),
        cmocka_unit_test(every_length),
        cmocka_unit_test(kinds),
        cmocka_unit_test(counts_by_kind),
        cmocka_unit_test(relayed_streams),
        cmocka_unit_test(rtp_to_the_port_of_a_tunnel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
