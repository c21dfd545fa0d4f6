/* RTP as RFC 3550 section 5.1 lays it out: reading a header, and writing one of 12 bytes back over
 * a datagram. Used when a capture is decoded and again by the receiver under test. */
#ifndef PL_TRAFFIC_RTP_H
#define PL_TRAFFIC_RTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PL_RTP_HEADER_MIN 12 /* bytes, RFC 3550 section 5.1 */

struct pl_rtp {
    uint32_t ssrc;
    uint32_t timestamp; /* in units of the payload's clock */
    uint16_t sequence;
    uint8_t payload_type; /* 0 to 127 */
    bool marker;
    uint32_t payload_offset; /* bytes from the datagram's start, past CSRCs and extension */
    uint32_t payload_size;   /* bytes, padding taken off */
};

/** Reads the header of one UDP payload.
 *  @return false when it is no RTP: version not 2, lengths that don't fit, payload types 64 to 95
 *  (what RTCP's types look like, RFC 5761 section 4) */
bool pl_rtp_parse(const uint8_t *datagram, size_t size, struct pl_rtp *rtp);

/** Writes sequence, timestamp and SSRC over the header of a datagram that pl_rtp_parse took. */
void pl_rtp_rebase(uint8_t *datagram, uint16_t sequence, uint32_t timestamp, uint32_t ssrc);

#endif
