/* Captures compressed by gzip: like plain ones, cut, damaged, of several members, beyond the limit.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "harness/traffic/capture_file.h"
#include "harness/traffic/tests/cmocka_all.h"
#include "harness/traffic/tests/crafted.h"

enum { OUTPUT_BYTES = 1 << 17 }; /* that are decompressed at a time */

/* Adds a member of these bytes. */
static void add_member(struct craft *packed, const uint8_t *data, size_t size)
{
    z_stream z = {.next_in = (uint8_t *)(size_t)data, .avail_in = (uInt)size};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t bound = deflateBound(&z, size);
    uint8_t *out = malloc(bound);
    assert_non_null(out);
    z.next_out = out;
    z.avail_out = (uInt)bound;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    craft_bytes(packed, out, bound - z.avail_out);
    deflateEnd(&z);
    free(out);
}

static void reads_like_plain(void **state)
{
    (void)state;
    struct craft_file file = ethernet_file(20000); /* many buffers */
    struct craft packed = {.data = NULL};
    add_member(&packed, file.bytes.data, file.bytes.size);
    assert_like_plain(&file, packed.data, packed.size);
    craft_free(&packed);
    craft_free(&file.bytes);
}

/* Wherever one ends and the next begins; an empty one, too. */
static void several_members(void **state)
{
    (void)state;
    struct craft_file file = ethernet_file(3000);
    for (size_t first = 0; first < file.bytes.size; first += 17001) {
        struct craft packed = {.data = NULL};
        add_member(&packed, file.bytes.data, first);
        add_member(&packed, file.bytes.data + first, file.bytes.size - first);
        add_member(&packed, file.bytes.data, 0);
        assert_like_plain(&file, packed.data, packed.size);
        craft_free(&packed);
    }
    craft_free(&file.bytes);
}

/* Ends just where the output buffer does, and is not taken for cut. */
static void of_whole_buffers(void **state)
{
    (void)state;
    struct craft_file file = ethernet_file(1700);
    struct craft last = {.data = NULL}, packed = {.data = NULL};
    craft_fill(&last, 0, OUTPUT_BYTES - (file.bytes.size + 16) % OUTPUT_BYTES);
    craft_record(&file, start_ns, &last);
    assert_int_equal(file.bytes.size % OUTPUT_BYTES, 0);
    add_member(&packed, file.bytes.data, file.bytes.size);
    assert_like_plain(&file, packed.data, packed.size);
    craft_free(&last);
    craft_free(&packed);
    craft_free(&file.bytes);
}

/* Any cut is noticed, and leaves records or one clear line. */
static void cut_at_many_places(void **state)
{
    (void)state;
    struct craft_file file = ethernet_file(20000);
    struct craft packed = {.data = NULL};
    unsigned kept = 0;
    add_member(&packed, file.bytes.data, file.bytes.size);
    for (size_t cut = 4; cut < packed.size; cut += cut < 64 || packed.size - cut < 64 ? 1 : 2000) {
        struct pl_recording *recording;
        struct pl_capture_counts counts;
        struct pl_error error;
        if (read_bytes(packed.data, cut, NULL, &recording, &counts, &error) == 0) {
            kept++;
            assert_true(counts.bytes_cut > 0);
            assert_int_equal(recording->packet_count, counts.frames);
            assert_true(packed.size - cut > 8 || counts.frames == 20000);
            free(recording);
        }
    }
    assert_true(kept > 60);
    craft_free(&packed);
    craft_free(&file.bytes);
}

static void damaged(void **state)
{
    (void)state;
    struct craft_file file = ethernet_file(100);
    struct craft packed = {.data = NULL};
    struct pl_recording *plain;
    struct pl_error why;
    assert_int_equal(read_bytes(file.bytes.data, file.bytes.size, NULL, &plain, NULL, &why), 0);
    add_member(&packed, file.bytes.data, file.bytes.size);
    for (size_t at = 10; at < packed.size; at++) { /* behind the head, of which time may differ */
        struct craft_file changed = {.link = 1};
        craft_bytes(&changed.bytes, packed.data, packed.size);
        changed.bytes.data[at] ^= 0x10;
        struct pl_recording *recording;
        struct pl_capture_counts counts;
        struct pl_error error;
        int rc = read_bytes(changed.bytes.data, packed.size, NULL, &recording, &counts, &error);
        assert_true(rc == 0 || rc == -EINVAL);
        if (rc == 0 &&
            counts.bytes_cut == 0) /* by a way to the same bytes, which its sum vouches for */
            assert_memory_equal(recording, plain, plain->bytes);
        free(recording);
        craft_free(&changed.bytes);
    }
    free(plain);
    struct craft_file trailing = {.link = 1};
    craft_bytes(&trailing.bytes, packed.data, packed.size);
    craft_bytes(&trailing.bytes, "trailing garbage", 16);
    refuse(&trailing, NULL, "gzip", "not a sound");
    craft_free(&packed);
    craft_free(&file.bytes);
}

static void size_is_bounded(void **state)
{
    (void)state;
    struct craft_file file = ethernet_file(5000);
    struct craft packed = {.data = NULL};
    add_member(&packed, file.bytes.data, file.bytes.size);
    for (unsigned fits = 0; fits < 2; fits++) {
        FILE *plain = NULL, *compressed = fmemopen(packed.data, packed.size, "r");
        struct pl_error error;
        bool cut;
        assert_non_null(compressed);
        assert_int_equal(pl_packing_of(compressed), PL_PACKING_GZIP);
        int rc = pl_unpack(compressed, PL_PACKING_GZIP, "crafted", file.bytes.size - 1 + fits,
                           &plain, &cut, &error);
        fclose(compressed);
        assert_int_equal(rc, fits ? 0 : -EFBIG);
        if (fits)
            fclose(plain);
        else
            assert_non_null(strstr(error.text, "crafted is more than"));
    }
    craft_free(&packed);
    craft_free(&file.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_like_plain), cmocka_unit_test(several_members),
        cmocka_unit_test(of_whole_buffers), cmocka_unit_test(cut_at_many_places),
        cmocka_unit_test(damaged),          cmocka_unit_test(size_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
