/* Takes a captured frame apart, from the link layer down to UDP. Reads captured bytes only,
 * whatever lengths the headers claim. */
#ifndef PL_TRAFFIC_DISSECT_H
#define PL_TRAFFIC_DISSECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Part of a frame. */
struct pl_frame {
    const uint8_t *data;
    size_t captured; /* bytes at `data` */
    size_t missing;  /* bytes that followed on the wire and were not captured */
};

/** Whether frames of a libpcap link type (DLT_...) can be taken apart. */
bool pl_link_supported(int link_type);

/**
 * Takes off the link layer and VLAN tags (802.1Q, 802.1ad, stacked).
 * @param link_type as libpcap maps it (https://www.tcpdump.org/linktypes.html)
 * @param frame begins at the IP header on success
 * @return false when it carries no IP
 */
bool pl_link_strip(int link_type, struct pl_frame *frame);

/** Who sends to whom. Has no padding bytes: compared and hashed as bytes. */
struct pl_flow {
    uint8_t source[16]; /* IPv4: the first 4 bytes, the others 0 */
    uint8_t destination[16];
    uint32_t version; /* 4 or 6 */
    uint16_t source_port;
    uint16_t destination_port;
};

/** A UDP datagram. */
struct pl_udp {
    struct pl_flow flow;
    struct pl_frame payload; /* `missing` counts the payload's own bytes */
};

/**
 * Finds the UDP datagram of an IPv4 or IPv6 packet, past options and extension headers (hop-by-hop,
 * routing, destination; RFC 8200 section 4).
 * @return false when it is another protocol, a fragment, or malformed
 */
bool pl_ip_find_udp(struct pl_frame packet, struct pl_udp *udp);

static inline uint16_t pl_get16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t pl_get32(const uint8_t *p)
{
    return (uint32_t)pl_get16(p) << 16 | pl_get16(p + 2);
}

/** Drops the first `size` bytes. @return false when fewer were captured */
static inline bool pl_frame_skip(struct pl_frame *frame, size_t size)
{
    if (frame->captured < size)
        return false;
    frame->data += size;
    frame->captured -= size;
    return true;
}

#endif
