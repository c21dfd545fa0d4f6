/* RTP headers and payload types. */
#include <stdbool.h>
#include <string.h>

#include "harness/traffic/recording.h"
#include "harness/traffic/rtp.h"
#include "harness/traffic/tests/cmocka_all.h"
#include "harness/traffic/tests/craft.h"

static bool parse(const struct craft_rtp *from, struct pl_rtp *rtp)
{
    struct craft bytes = {.data = NULL};
    craft_rtp(&bytes, from);
    bool taken = pl_rtp_parse(bytes.data, bytes.size, rtp);
    craft_free(&bytes);
    return taken;
}

static void header_is_read(void **state)
{
    (void)state;
    struct craft_rtp from = {.sequence = 0xfedc,
                             .timestamp = 0x89abcdef,
                             .ssrc = 0x12345678,
                             .type = 0x80 | 97,
                             .payload = 5};
    struct pl_rtp rtp;
    assert_true(parse(&from, &rtp));
    assert_int_equal(rtp.sequence, 0xfedc);
    assert_int_equal(rtp.timestamp, 0x89abcdef);
    assert_int_equal(rtp.ssrc, 0x12345678);
    assert_int_equal(rtp.payload_type, 97);
    assert_true(rtp.marker);
    assert_int_equal(rtp.payload_offset, 12);
    assert_int_equal(rtp.payload_size, 5);
}

static void payload_lies_behind_csrcs_and_extension_and_before_padding(void **state)
{
    (void)state;
    struct craft_rtp from = {
        .csrcs = 15, .extended = true, .extension_words = 3, .padding = 7, .payload = 100};
    struct pl_rtp rtp;
    assert_true(parse(&from, &rtp));
    assert_int_equal(rtp.payload_offset, 12 + 60 + 4 + 12);
    assert_int_equal(rtp.payload_size, 100);
    from = (struct craft_rtp){.extended = true, .payload = 1};
    assert_true(parse(&from, &rtp));
    assert_int_equal(rtp.payload_offset, 16);
    from = (struct craft_rtp){.padding = 255};
    assert_true(parse(&from, &rtp));
    assert_int_equal(rtp.payload_size, 0);
}

static void every_cut_header_is_refused(void **state)
{
    (void)state;
    struct craft bytes = {.data = NULL};
    struct craft_rtp from = {.csrcs = 2, .extended = true, .extension_words = 2};
    craft_rtp(&bytes, &from);
    struct pl_rtp rtp;
    for (size_t size = 0; size < bytes.size; size++)
        assert_false(pl_rtp_parse(bytes.data, size, &rtp));
    assert_true(pl_rtp_parse(bytes.data, bytes.size, &rtp));
    craft_free(&bytes);
}

static void impossible_padding_is_refused(void **state)
{
    (void)state;
    uint8_t datagram[16] = {0xa0, 96};
    struct pl_rtp rtp;
    assert_false(pl_rtp_parse(datagram, sizeof datagram, &rtp)); /* counts not even itself */
    datagram[15] = 5;
    assert_false(pl_rtp_parse(datagram, sizeof datagram, &rtp)); /* more than there is */
    datagram[15] = 4;
    assert_true(pl_rtp_parse(datagram, sizeof datagram, &rtp));
    assert_int_equal(rtp.payload_size, 0);
}

static void versions_and_rtcp_are_refused(void **state)
{
    (void)state;
    uint8_t datagram[12] = {0x80, 0};
    struct pl_rtp rtp;
    for (unsigned version = 0; version < 4; version++) {
        datagram[0] = (uint8_t)(version << 6);
        assert_int_equal(pl_rtp_parse(datagram, sizeof datagram, &rtp), version == 2);
    }
    datagram[0] = 0x80;
    for (unsigned second = 0; second < 256; second++) {
        unsigned type = second & 127;
        datagram[1] = (uint8_t)second;
        assert_int_equal(pl_rtp_parse(datagram, sizeof datagram, &rtp), type < 64 || type > 95);
    }
}

static void rebase_writes_what_parse_reads(void **state)
{
    (void)state;
    uint8_t datagram[14] = {0x80, 0xe0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0xaa, 0xbb};
    struct pl_rtp rtp;
    pl_rtp_rebase(datagram, 0xa1b2, 0xc3d4e5f6, 0x01020304);
    assert_true(pl_rtp_parse(datagram, sizeof datagram, &rtp));
    assert_int_equal(rtp.sequence, 0xa1b2);
    assert_int_equal(rtp.timestamp, 0xc3d4e5f6);
    assert_int_equal(rtp.ssrc, 0x01020304);
    assert_int_equal(datagram[0], 0x80);
    assert_int_equal(datagram[1], 0xe0);
    assert_int_equal(datagram[12], 0xaa);
}

static void payloads_are_parsed(void **state)
{
    (void)state;
    struct pl_payload payload;
    struct pl_error error;
    assert_int_equal(pl_payload_parse("L16/44100/2", &payload, &error), 0);
    assert_int_equal(payload.codec, PL_CODEC_L16);
    assert_int_equal(payload.rate, 44100);
    assert_int_equal(payload.channels, 2);
    assert_int_equal(pl_payload_sample_bytes(&payload), 4);
    assert_int_equal(pl_payload_parse("pcma/8000", &payload, &error), 0);
    assert_int_equal(payload.codec, PL_CODEC_PCMA);
    assert_int_equal(payload.channels, 1);
    assert_int_equal(pl_payload_sample_bytes(&payload), 1);
}

static void bad_payloads_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",         "L16",         "L16/",         "L16/44100/", "L16/44100/2/",
        "L16/x/2",  "L16/44100/0", "L16/44100/65", "L16/999",    "L16/768001",
        "/48000/2", "L16/-8000",   "L16/44100/2 ", "L 1/8000",   "L16/99999999999999999999",
        "L16//2"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct pl_payload payload = {.rate = 1};
        struct pl_error error = {""};
        assert_int_equal(pl_payload_parse(bad[i], &payload, &error), -22);
        assert_int_equal(payload.rate, 1);
        assert_non_null(strstr(error.text, "L16/44100/2"));
    }
}

static void types_follow_rfc_3551(void **state)
{
    (void)state;
    const struct pl_payload own = {PL_CODEC_L16, 48000, 6};
    static const uint8_t assigned[] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13,
                                       14, 15, 16, 17, 18, 19, 25, 26, 28, 31, 32, 33, 34};
    for (uint32_t type = 0; type < 128; type++) {
        struct pl_payload payload = pl_payload_of_type(type, &own);
        bool ours = memchr(assigned, (int)type, sizeof assigned) == NULL;
        assert_int_equal(payload.rate == 48000, ours);
    }
    assert_string_equal(pl_codec_name(pl_payload_of_type(0, &own).codec), "PCMU");
    assert_string_equal(pl_codec_name(pl_payload_of_type(8, &own).codec), "PCMA");
    assert_int_equal(pl_payload_of_type(10, &own).channels, 2);
    assert_int_equal(pl_payload_of_type(11, &own).channels, 1);
    assert_int_equal(pl_payload_of_type(11, &own).rate, 44100);
    assert_string_equal(pl_codec_name(pl_payload_of_type(9, &own).codec), "opaque");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_is_read),
        cmocka_unit_test(payload_lies_behind_csrcs_and_extension_and_before_padding),
        cmocka_unit_test(every_cut_header_is_refused),
        cmocka_unit_test(impossible_padding_is_refused),
        cmocka_unit_test(versions_and_rtcp_are_refused),
        cmocka_unit_test(rebase_writes_what_parse_reads),
        cmocka_unit_test(payloads_are_parsed),
        cmocka_unit_test(bad_payloads_are_refused),
        cmocka_unit_test(types_follow_rfc_3551),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
