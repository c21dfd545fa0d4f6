/* Crafted captures of one plain stream, and what it takes to read them in a test. */
#ifndef PL_TRAFFIC_TESTS_CRAFTED_H
#define PL_TRAFFIC_TESTS_CRAFTED_H

#include "harness/traffic/recording.h"
#include "harness/traffic/tests/craft.h"

static const uint64_t start_ns = 1700000000000000000; /* of the first record */

/** Adds packets of one opaque stream, a microsecond apart. */
void add_packets(struct craft_file *file, uint32_t count, const struct craft_frame *frame);

/** An Ethernet frame with one RTP packet that has all there is: CSRC, extension, padding. */
struct craft whole_frame(uint16_t sequence);

/** Reads from memory; of a refusal, checks that it names the capture in one line and sets nothing.
 */
int read_bytes(const void *data, size_t size, const struct pl_capture_options *options,
               struct pl_recording **recording, struct pl_capture_counts *counts,
               struct pl_error *error);

/** Reads a capture that has to be read. Frees the file. */
struct pl_recording *must_read(struct craft_file *file, const struct pl_capture_options *options,
                               struct pl_capture_counts *counts);

/** Expects -EINVAL and a line that holds both words. Frees the file. */
void refuse(struct craft_file *file, const struct pl_capture_options *options, const char *word,
            const char *other);

#endif
