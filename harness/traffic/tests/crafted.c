/* Reads crafted captures and checks what every refusal has in common. */
#include "harness/traffic/tests/crafted.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/traffic/tests/cmocka_all.h"

void add_packets(struct craft_file *file, uint32_t count, const struct craft_frame *frame)
{
    for (uint32_t i = 0; i < count; i++) {
        struct craft_rtp rtp = {
            .sequence = (uint16_t)i, .timestamp = i, .ssrc = 1, .type = 96, .payload = 4 + i % 3};
        craft_rtp_record(file, start_ns + file->records * 1000, frame, &rtp);
    }
}

struct craft_file ethernet_file(uint32_t packets)
{
    struct craft_file file = {.link = 1};
    craft_begin(&file);
    add_packets(&file, packets, &(struct craft_frame){.link = 1});
    return file;
}

struct craft whole_frame(uint16_t sequence)
{
    struct craft payload = {.data = NULL}, frame = {.data = NULL};
    struct craft_rtp rtp = {.sequence = sequence,
                            .ssrc = 1,
                            .type = 96,
                            .csrcs = 1,
                            .extended = true,
                            .extension_words = 1,
                            .padding = 4,
                            .payload = 28};
    craft_rtp(&payload, &rtp);
    craft_frame(&frame, &(struct craft_frame){.link = 1}, &payload);
    craft_free(&payload);
    return frame;
}

int read_bytes(const void *data, size_t size, const struct pl_capture_options *options,
               struct pl_recording **recording, struct pl_capture_counts *counts,
               struct pl_error *error)
{
    *recording = NULL;
    error->text[0] = 0;
    int rc = pl_capture_read_memory(data, size, "crafted", options, recording, counts, error);
    if (rc != 0) {
        assert_null(*recording);
        assert_int_equal(strncmp(error->text, "crafted", 7), 0);
        assert_null(strchr(error->text, '\n'));
    }
    return rc;
}

struct pl_recording *must_read(struct craft_file *file, const struct pl_capture_options *options,
                               struct pl_capture_counts *counts)
{
    struct pl_recording *recording;
    struct pl_error error;
    if (read_bytes(file->bytes.data, file->bytes.size, options, &recording, counts, &error))
        fail_msg("%s", error.text);
    craft_free(&file->bytes);
    return recording;
}

void assert_like_plain(const struct craft_file *file, const uint8_t *packed, size_t size)
{
    struct pl_recording *plain, *unpacked;
    struct pl_capture_counts counts;
    struct pl_error error;
    assert_int_equal(read_bytes(file->bytes.data, file->bytes.size, NULL, &plain, &counts, &error),
                     0);
    if (read_bytes(packed, size, NULL, &unpacked, &counts, &error))
        fail_msg("%s", error.text);
    assert_int_equal(counts.bytes_cut, 0);
    assert_int_equal(counts.frames, file->records);
    assert_int_equal(unpacked->bytes, plain->bytes);
    assert_memory_equal(unpacked, plain, plain->bytes);
    free(plain);
    free(unpacked);
}

void refuse(struct craft_file *file, const struct pl_capture_options *options, const char *word,
            const char *other)
{
    struct pl_recording *recording;
    struct pl_error error;
    int rc = read_bytes(file->bytes.data, file->bytes.size, options, &recording, NULL, &error);
    assert_int_equal(rc, -EINVAL);
    if (!strstr(error.text, word) || !strstr(error.text, other))
        fail_msg("neither '%s' nor '%s' may be missing: %s", word, other, error.text);
    craft_free(&file->bytes);
}
