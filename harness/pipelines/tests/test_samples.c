/* Sample conversions against values from their standards, and s16 against f32. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/pipelines/decode_samples.h"

/* ITU-T G.711 tables 1a and 2a: code words as sent, decoder output values times 2 (mu-law, 14 bits
 * to 16: times 4; A-law, 13 bits: times 8). */
static void g711_follows_its_tables(void **state)
{
    (void)state;
    assert_int_equal(pl_mulaw_to_s16(0x80), 8031 * 4);
    assert_int_equal(pl_mulaw_to_s16(0x00), -8031 * 4);
    assert_int_equal(pl_mulaw_to_s16(0x8f), 4191 * 4);
    assert_int_equal(pl_mulaw_to_s16(0xff), 0);
    assert_int_equal(pl_mulaw_to_s16(0xfe), 2 * 4);
    assert_int_equal(pl_mulaw_to_s16(0x7e), -2 * 4);
    assert_int_equal(pl_alaw_to_s16(0xaa), 4032 * 8); /* 0xff with even bits inverted */
    assert_int_equal(pl_alaw_to_s16(0x2a), -4032 * 8);
    assert_int_equal(pl_alaw_to_s16(0xd5), 1 * 8); /* 0x80 likewise */
    assert_int_equal(pl_alaw_to_s16(0x55), -1 * 8);
    assert_int_equal(pl_alaw_to_s16(0xf5), 66 * 8); /* 0xa0: the first with steps of 4 */
}

static void l16_is_big_endian_and_scaled(void **state)
{
    (void)state;
    const uint8_t in[] = {0x7f, 0xff, 0x80, 0x00, 0x00, 0x01, 0x00, 0x00, 0x40, 0x00};
    const int16_t expected[] = {32767, -32768, 1, 0, 16384};
    int16_t s16[5];
    float f32[5];
    pl_convert_find(PL_CODEC_L16, PL_FORMAT_S16)(in, s16, 5);
    pl_convert_find(PL_CODEC_L16, PL_FORMAT_F32)(in, f32, 5);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(s16[i], expected[i]);
        assert_true(f32[i] == (float)expected[i] / 32768.0f);
    }
}

/* Every code, every alignment of the input, every length up to 40: the vector loop's ends too. */
/* RFC 3190 section 4: the lowest, the highest, one beside zero; s16 has the upper 16 bits. */
static void l24_is_big_endian_and_scaled(void **state)
{
    (void)state;
    static const uint8_t in[] = {0x80, 0,    0,    0x7f, 0xff, 0xff, 0, 0,
                                 1,    0xff, 0xff, 0xff, 0x40, 0,    0};
    static const float scaled[] = {-1, 8388607 / 8388608.0f, 1 / 8388608.0f, -1 / 8388608.0f, 0.5f};
    static const int16_t upper[] = {-32768, 32767, 0, -1, 16384};
    float f32[5];
    int16_t s16[5];
    assert_int_equal(pl_codec_sample_bytes(PL_CODEC_L24), 3);
    pl_convert_find(PL_CODEC_L24, PL_FORMAT_F32)(in, f32, 5);
    pl_convert_find(PL_CODEC_L24, PL_FORMAT_S16)(in, s16, 5);
    assert_memory_equal(f32, scaled, sizeof scaled);
    assert_memory_equal(s16, upper, sizeof upper);
}

static void f32_is_s16_scaled_for_every_codec(void **state)
{
    (void)state;
    static const enum pl_codec codecs[] = {PL_CODEC_L16, PL_CODEC_PCMU, PL_CODEC_PCMA};
    uint8_t in[600];
    for (size_t i = 0; i < sizeof in; i++)
        in[i] = (uint8_t)(i * 41);
    for (size_t c = 0; c < 3; c++)
        for (size_t shift = 0; shift < 8; shift++)
            for (size_t count = 0; count <= 256; count += count < 40 ? 1 : 36) {
                int16_t s16[257];
                float f32[257];
                s16[count] = 77;
                f32[count] = 77;
                pl_convert_find(codecs[c], PL_FORMAT_S16)(in + shift, s16, count);
                pl_convert_find(codecs[c], PL_FORMAT_F32)(in + shift, f32, count);
                for (size_t i = 0; i < count; i++)
                    assert_true(f32[i] == (float)s16[i] / 32768.0f);
                assert_true(s16[count] == 77 && f32[count] == 77.0f);
            }
}

/* As many as fill vectors of any width, and what is left over. */
static void l16_is_the_same_however_many(void **state)
{
    (void)state;
    uint8_t in[600];
    for (size_t i = 0; i < sizeof in; i++)
        in[i] = (uint8_t)(i * 41);
    for (size_t count = 0; count <= 256; count++) {
        int16_t s16[256];
        pl_convert_find(PL_CODEC_L16, PL_FORMAT_S16)(in + count % 8, s16, count);
        for (size_t i = 0; i < count; i++) {
            const uint8_t *bytes = in + count % 8 + 2 * i;
            assert_int_equal(s16[i], (int16_t)(bytes[0] << 8 | bytes[1]));
        }
    }
}

static void opaque_has_no_samples(void **state)
{
    (void)state;
    assert_null(pl_convert_find(PL_CODEC_OPAQUE, PL_FORMAT_F32));
    assert_int_equal(pl_codec_sample_bytes(PL_CODEC_OPAQUE), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(g711_follows_its_tables),
        cmocka_unit_test(l16_is_big_endian_and_scaled),
        cmocka_unit_test(l24_is_big_endian_and_scaled),
        cmocka_unit_test(f32_is_s16_scaled_for_every_codec),
        cmocka_unit_test(l16_is_the_same_however_many),
        cmocka_unit_test(opaque_has_no_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
