/* Crafted captures of one plain stream, and what it takes to read them in a test. */
#ifndef PL_TRAFFIC_TESTS_CRAFTED_H
#define PL_TRAFFIC_TESTS_CRAFTED_H

#include "harness/traffic/recording.h"
#include "harness/traffic/tests/craft.h"

static const uint64_t start_ns = 1700000000000000000; /* of the first record */

/** Adds packets of one opaque stream, a microsecond apart. */
void add_packets(struct craft_file *file, uint32_t count, const struct craft_frame *frame);

/** A pcap of such a stream over Ethernet. craft_free() its bytes. */
struct craft_file ethernet_file(uint32_t packets);

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

/** What is packed reads as the plain file does, to the byte, and nothing of it is said to be cut.
 */
void assert_like_plain(const struct craft_file *file, const uint8_t *packed, size_t size);

/** Expects -EINVAL and a line that holds both words. Frees the file. */
void refuse(struct craft_file *file, const struct pl_capture_options *options, const char *word,
            const char *other);

#endif
