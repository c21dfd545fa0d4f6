/* Captures compressed by zstd: whole, cut, damaged, and beyond the limits. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "harness/traffic/capture_file.h"
#include "harness/traffic/gather.h"
#include "harness/traffic/tests/cmocka_all.h"
#include "harness/traffic/tests/crafted.h"

/* With a checksum of 4 bytes at the end, as the zstd program writes it. */
static size_t compress(const struct craft_file *file, uint8_t **packed)
{
    size_t bound = ZSTD_compressBound(file->bytes.size);
    ZSTD_CCtx *context = ZSTD_createCCtx();
    *packed = malloc(bound);
    assert_non_null(*packed);
    assert_non_null(context);
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    size_t size = ZSTD_compress2(context, *packed, bound, file->bytes.data, file->bytes.size);
    ZSTD_freeCCtx(context);
    return size;
}

static void zstd_reads_like_plain(void **state)
{
    (void)state;
    struct craft_file file = ethernet_file(20000); /* several of zstd's blocks of 128 KiB */
    uint8_t *packed;
    size_t size = compress(&file, &packed);
    assert_like_plain(&file, packed, size);
    free(packed);
    craft_free(&file.bytes);
}

/* Any cut is noticed, and leaves records or a clear line. */
static void zstd_cut_at_many_places(void **state)
{
    (void)state;
    struct craft_file file = ethernet_file(20000);
    uint8_t *packed;
    size_t size = compress(&file, &packed);
    unsigned kept = 0;
    for (size_t cut = 4; cut < size; cut += cut < 64 || size - cut < 64 ? 1 : size / 40) {
        struct pl_recording *recording;
        struct pl_capture_counts counts;
        struct pl_error error;
        if (read_bytes(packed, cut, NULL, &recording, &counts, &error) == 0) {
            kept++;
            assert_true(counts.bytes_cut > 0);
            assert_int_equal(recording->packet_count, counts.frames);
            free(recording);
        }
    }
    assert_true(kept > 10);
    free(packed);
    craft_free(&file.bytes);
}

/* Every record is there, but zstd's end is not: something may be missing, and the count says so. */
static void zstd_without_its_end(void **state)
{
    (void)state;
    struct craft_file file = ethernet_file(100);
    uint8_t *packed;
    size_t size = compress(&file, &packed);
    for (size_t cut = 0; cut <= 4; cut++) {
        struct pl_recording *recording;
        struct pl_capture_counts counts;
        struct pl_error error;
        assert_int_equal(read_bytes(packed, size - cut, NULL, &recording, &counts, &error), 0);
        assert_int_equal(counts.frames, 100);
        assert_int_equal(counts.bytes_cut, cut > 0);
        free(recording);
    }
    free(packed);
    craft_free(&file.bytes);
}

/* Ends just where the decompressor's output buffer does, and is not taken for cut. */
static void zstd_of_whole_buffers(void **state)
{
    (void)state;
    struct craft_file file = ethernet_file(1700);
    struct craft last = {.data = NULL};
    size_t room = 2 * ZSTD_DStreamOutSize() - file.bytes.size - 16; /* a record's head is 16 */
    assert_true(room < 262144);
    craft_fill(&last, 0, room);
    craft_record(&file, start_ns, &last);
    assert_int_equal(file.bytes.size % ZSTD_DStreamOutSize(), 0);
    uint8_t *packed;
    size_t size = compress(&file, &packed);
    struct pl_recording *recording;
    struct pl_capture_counts counts;
    struct pl_error error;
    assert_int_equal(read_bytes(packed, size, NULL, &recording, &counts, &error), 0);
    assert_int_equal(counts.bytes_cut, 0);
    assert_int_equal(counts.frames, 1701);
    free(recording);
    free(packed);
    craft_free(&last);
    craft_free(&file.bytes);
}

/* pzstd and others put a skippable frame first. */
static void zstd_behind_a_skippable_frame(void **state)
{
    (void)state;
    struct craft_file file = ethernet_file(10);
    struct craft whole = {.data = NULL};

    uint8_t *packed;
    size_t size = compress(&file, &packed);
    craft_bytes(&whole, "\x53\x2a\x4d\x18\x04\x00\x00\x00skip", 12);
    craft_bytes(&whole, packed, size);
    struct pl_recording *recording;
    struct pl_error error;
    assert_int_equal(read_bytes(whole.data, whole.size, NULL, &recording, NULL, &error), 0);
    assert_int_equal(recording->packet_count, 10);
    free(recording);
    free(packed);
    craft_free(&whole);
    craft_free(&file.bytes);
}

static void zstd_damaged(void **state)
{
    (void)state;
    struct craft_file file = ethernet_file(100);
    uint8_t *packed;
    size_t size = compress(&file, &packed);
    struct craft_file damaged = {.link = 1};
    craft_bytes(&damaged.bytes, packed, size);
    craft_bytes(&damaged.bytes, "trailing garbage", 16);
    refuse(&damaged, NULL, "zstd", "not a sound");
    free(packed);
    craft_free(&file.bytes);
}

static void decompressed_size_is_bounded(void **state)
{
    (void)state;
    struct craft_file file = ethernet_file(5000);
    uint8_t *packed;
    size_t size = compress(&file, &packed);
    for (unsigned fits = 0; fits < 2; fits++) {
        FILE *plain = NULL, *compressed = fmemopen(packed, size, "r");
        struct pl_error error;
        bool cut;
        assert_non_null(compressed);
        uint64_t limit = file.bytes.size - 1 + fits;
        int rc = pl_unpack(compressed, PL_PACKING_ZSTD, "crafted", limit, &plain, &cut, &error);
        fclose(compressed);
        assert_int_equal(rc, fits ? 0 : -EFBIG);
        if (fits)
            fclose(plain);
        else
            assert_non_null(strstr(error.text, "crafted is more than"));
    }
    free(packed);
    craft_free(&file.bytes);
}

/* Offsets in a recording have 32 bits; what was gathered before is pretended. */
static void gathered_bytes_are_bounded(void **state)
{
    (void)state;
    static const uint8_t datagram[12] = {0x80, 96};
    const struct pl_frame payload = {datagram, sizeof datagram, 0};
    const struct pl_flow flow = {.version = 4};
    const struct pl_captured from = {.record = 1};
    struct pl_gathering gathering = {.byte_count = UINT32_MAX - 11};
    struct pl_error error;
    enum pl_gathered taken;
    assert_int_equal(pl_gather(&gathering, &flow, &payload, &from, &taken, &error), -EFBIG);
    assert_non_null(strstr(error.text, "4 GiB"));
    assert_int_equal(gathering.packet_count, 0);
    pl_gathering_close(&gathering);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zstd_reads_like_plain),
        cmocka_unit_test(zstd_cut_at_many_places),
        cmocka_unit_test(zstd_without_its_end),
        cmocka_unit_test(zstd_of_whole_buffers),
        cmocka_unit_test(zstd_behind_a_skippable_frame),
        cmocka_unit_test(zstd_damaged),
        cmocka_unit_test(decompressed_size_is_bounded),
        cmocka_unit_test(gathered_bytes_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
