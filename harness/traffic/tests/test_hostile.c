/* A hostile sender sends all that it should, and nothing that anybody else sends. */
#include "harness/traffic/hostile.h"

#include <stdlib.h>
#include <string.h>

#include "harness/traffic/rtp.h"
#include "harness/traffic/tests/cmocka_all.h"
#include "harness/traffic/tests/made.h"

enum { DATAGRAMS = 50000, GIANT = 65507 };

static struct made_senders open_hostile(const struct pl_recording *recording, uint32_t rate,
                                        uint64_t seed, struct pl_sender **sender)
{
    struct pl_traffic_settings traffic = made_settings(3);
    traffic.hostile = rate;
    assert_int_equal(pl_sender_count(&traffic), 4);
    struct made_senders made = made_senders(&traffic, recording, seed);
    *sender = pl_sender_at(made.senders, 3);
    return made;
}

/* With its version put right it is RTP. */
static bool is_rtp_but_for_version(const struct pl_arrival *arrival)
{
    uint8_t bytes[1500];
    struct pl_rtp rtp;
    if (arrival->datagram_size < 1 || arrival->datagram_size > sizeof bytes ||
        arrival->datagram[0] >> 6 == 2)
        return false;
    memcpy(bytes, arrival->datagram, arrival->datagram_size);
    bytes[0] = (uint8_t)((bytes[0] & 0x3f) | 0x80);
    return pl_rtp_parse(bytes, arrival->datagram_size, &rtp) && rtp.payload_type == 10;
}

/* With CSRCs, extension and padding taken off it is RTP. */
static bool is_rtp_but_for_lengths(const struct pl_arrival *arrival)
{
    uint8_t bytes[1500];
    struct pl_rtp rtp;
    if (arrival->datagram_size < 1 || arrival->datagram_size > sizeof bytes ||
        !(arrival->datagram[0] & 0x3f))
        return false;
    memcpy(bytes, arrival->datagram, arrival->datagram_size);
    bytes[0] &= 0xc0;
    return pl_rtp_parse(bytes, arrival->datagram_size, &rtp) && rtp.payload_type == 10;
}

static enum pl_hostile_kind kind_of(const struct pl_arrival *arrival)
{
    if (arrival->rebased)
        return PL_HOSTILE_SESSIONS;
    if (arrival->datagram_size == GIANT)
        return PL_HOSTILE_GIANT;
    if (is_rtp_but_for_version(arrival))
        return PL_HOSTILE_VERSION;
    return is_rtp_but_for_lengths(arrival) ? PL_HOSTILE_LENGTHS : PL_HOSTILE_NOISE;
}

/* A fifth each, within 2 % of it or four standard deviations; none but sessions are RTP, and these
 * wholly so. */
static void kinds_are_even_and_what_they_should_be(void **state)
{
    struct pl_sender *sender;
    struct made_senders made = open_hostile(*state, 1000, 1, &sender);
    uint32_t counts[PL_HOSTILE_KINDS] = {0};
    for (uint32_t i = 0; i < DATAGRAMS; i++) {
        struct pl_arrival arrival;
        struct pl_rtp rtp;
        pl_sender_take(sender, &arrival);
        enum pl_hostile_kind kind = kind_of(&arrival);
        counts[kind]++;
        assert_null(arrival.packet);
        assert_int_equal(arrival.session, 3 * 2);
        assert_int_equal(arrival.port, PL_IDENTITIES);
        bool parsed = pl_rtp_parse(arrival.datagram, arrival.datagram_size, &rtp);
        assert_int_equal(parsed, kind == PL_HOSTILE_SESSIONS);
        if (parsed)
            assert_int_equal(rtp.payload_type, 10);
        if (kind != PL_HOSTILE_GIANT)
            assert_in_range(arrival.datagram_size, 0, 1500);
    }
    for (unsigned i = 0; i < PL_HOSTILE_KINDS; i++)
        assert_in_range(counts[i], DATAGRAMS / 5 - 360, DATAGRAMS / 5 + 360);
    made_senders_close(&made);
}

/* The extremes of size, all three ways of lengths, all three wrong versions. */
static void kinds_have_their_variety(void **state)
{
    struct pl_sender *sender;
    struct made_senders made = open_hostile(*state, 1000, 1, &sender);
    bool sizes[1501] = {false}, versions[4] = {false}, lengths[3] = {false}, none_padded = false;
    uint32_t distinct = 0;
    for (uint32_t i = 0; i < DATAGRAMS; i++) {
        struct pl_arrival arrival;
        pl_sender_take(sender, &arrival);
        enum pl_hostile_kind kind = kind_of(&arrival);
        if (kind == PL_HOSTILE_NOISE)
            sizes[arrival.datagram_size] = true;
        if (kind == PL_HOSTILE_VERSION)
            versions[arrival.datagram[0] >> 6] = true;
        if (kind != PL_HOSTILE_LENGTHS)
            continue;
        lengths[0] |= arrival.datagram[0] & 0x0f;
        lengths[1] |= arrival.datagram[0] & 0x10;
        lengths[2] |= arrival.datagram[0] & 0x20;
        none_padded |=
            arrival.datagram[0] & 0x20 && arrival.datagram[arrival.datagram_size - 1] == 0;
    }
    for (uint32_t i = 0; i <= 1500; i++)
        distinct += sizes[i];
    assert_true(sizes[0] && sizes[1500]);
    assert_in_range(distinct, 12, PL_HOSTILE_EACH);
    assert_true(versions[0] && versions[1] && !versions[2] && versions[3]);
    assert_true(lengths[0] && lengths[1] && lengths[2] && none_padded);
    made_senders_close(&made);
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void sessions_are_new_and_nobodys(void **state)
{
    struct pl_sender *sender;
    struct made_senders made = open_hostile(*state, 1000, 17, &sender);
    uint32_t *ssrcs = calloc(DATAGRAMS, sizeof *ssrcs), count = 0;
    assert_non_null(ssrcs);
    for (uint32_t i = 0; i < DATAGRAMS; i++) {
        struct pl_arrival arrival;
        pl_sender_take(sender, &arrival);
        if (!arrival.rebased)
            continue;
        assert_true(pl_identity_index(17, arrival.ssrc) >= PL_IDENTITIES);
        ssrcs[count++] = arrival.ssrc;
    }
    qsort(ssrcs, count, sizeof *ssrcs, compare);
    for (uint32_t i = 1; i < count; i++)
        assert_true(ssrcs[i - 1] < ssrcs[i]);
    assert_in_range(count, DATAGRAMS / 6, DATAGRAMS / 4);
    free(ssrcs);
    made_senders_close(&made);
}

/* No drift: the n-th is due at n / rate, rounded down. */
static void pace_is_even(void **state)
{
    static const uint32_t rates[] = {1, 3, 1000, 99991};
    for (unsigned i = 0; i < 4; i++) {
        struct pl_sender *sender;
        struct made_senders made = open_hostile(*state, rates[i], 1, &sender);
        for (uint64_t n = 0; n < 20000; n++) {
            struct pl_arrival arrival;
            int64_t expected = (int64_t)(n * 1000000000 / rates[i]);
            assert_int_equal(pl_sender_due(sender), expected);
            pl_sender_take(sender, &arrival);
            assert_int_equal(arrival.arrival_ns, expected);
        }
        made_senders_close(&made);
    }
}

/* A queue that keeps pointers reads the same bytes later. */
static void datagrams_stay_as_they_are(void **state)
{
    struct pl_sender *sender;
    struct made_senders made = open_hostile(*state, 1000, 1, &sender);
    struct pl_arena before = made_arena(made.arena.capacity);
    uint8_t *pool = (uint8_t *)(uintptr_t)sender->hostile->pool[0][0].bytes;
    size_t size = pl_hostile_arena_bytes();
    memcpy(before.base, pool, size);
    for (uint32_t i = 0; i < DATAGRAMS; i++) {
        struct pl_arrival arrival;
        pl_sender_take(sender, &arrival);
        assert_true(arrival.datagram >= pool &&
                    arrival.datagram + arrival.datagram_size <= pool + size);
    }
    assert_memory_equal(before.base, pool, size);
    free(before.base);
    made_senders_close(&made);
}

/* FNV-1a (Fowler, Noll, Vo) over the bytes and what stands beside them. */
static uint64_t digest(const struct pl_recording *recording, uint64_t seed)
{
    struct pl_sender *sender;
    struct made_senders made = open_hostile(recording, 1000, seed, &sender);
    uint64_t hash = 0xcbf29ce484222325;
    for (uint32_t i = 0; i < 1000; i++) {
        struct pl_arrival arrival;
        pl_sender_take(sender, &arrival);
        for (uint32_t k = 0; k < arrival.datagram_size; k++)
            hash = (hash ^ arrival.datagram[k]) * 0x100000001b3;
        hash = (hash ^ arrival.ssrc) * 0x100000001b3;
    }
    made_senders_close(&made);
    return hash;
}

/* The literal pins the bytes: a seed means the same on every machine and in every version. */
static void the_seed_decides(void **state)
{
    assert_true(digest(*state, 5) == digest(*state, 5));
    assert_true(digest(*state, 5) != digest(*state, 6));
    assert_int_equal(digest(*state, 5), 0x205513b2fdeed345);
}

/* Recorded senders don't notice it. */
static void the_others_stay_as_they_are(void **state)
{
    struct pl_sender *hostile;
    struct made_senders with = open_hostile(*state, 1000, 5, &hostile);
    struct pl_traffic_settings traffic = made_settings(3);
    struct made_senders without = made_senders(&traffic, *state, 5);
    assert_int_equal(pl_sender_count(&traffic), 3);
    for (uint32_t i = 0; i < 300; i++) {
        struct pl_arrival expected, got;
        pl_sender_take(pl_sender_at(without.senders, i % 3), &expected);
        pl_sender_take(pl_sender_at(with.senders, i % 3), &got);
        assert_arrivals_equal(&expected, &got);
    }
    made_senders_close(&with);
    made_senders_close(&without);
}

static int set_up(void **state)
{
    *state = made_recording();
    return 0;
}

static int tear_down(void **state)
{
    free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_are_even_and_what_they_should_be),
        cmocka_unit_test(kinds_have_their_variety),
        cmocka_unit_test(sessions_are_new_and_nobodys),
        cmocka_unit_test(pace_is_even),
        cmocka_unit_test(datagrams_stay_as_they_are),
        cmocka_unit_test(the_seed_decides),
        cmocka_unit_test(the_others_stay_as_they_are),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
