/* From payload bytes to samples in memory: L16, L24, PCMU and PCMA to f32 or s16. */
#ifndef PL_PIPELINES_DECODE_SAMPLES_H
#define PL_PIPELINES_DECODE_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

#include "harness/scenario/scenario.h"
#include "harness/traffic/recording.h"

/** Converts `count` samples (of all channels). f32 is scaled to [-1, 1); s16 has
 *  the upper 16 bits of L24.
 *  @param in payload bytes, 3 a sample for L24, 2 for L16, 1 for G.711; any alignment
 *  @param out aligned to the sample */
typedef void (*pl_convert)(const uint8_t *in, void *out, size_t count);

/** @return the conversion, or NULL when the codec gives no samples */
pl_convert pl_convert_find(enum pl_codec codec, enum pl_format format);

/** Bytes of one sample of one channel in the payload; 0 when opaque. */
size_t pl_codec_sample_bytes(enum pl_codec codec);

/** One G.711 code word as 16-bit linear (ITU-T G.711, tables 1a and 2a, left-aligned to 16 bits).
 */
int16_t pl_mulaw_to_s16(uint8_t code);
int16_t pl_alaw_to_s16(uint8_t code);

#endif
