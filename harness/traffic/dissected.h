/* A captured frame while it is taken apart, and what was found in it. */
#ifndef PL_TRAFFIC_DISSECTED_H
#define PL_TRAFFIC_DISSECTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Part of a frame. */
struct pl_frame {
    const uint8_t *data;
    size_t captured; /* bytes at `data` */
    size_t missing;  /* bytes that followed on the wire and were not captured */
};

/** What a frame begins with. */
enum pl_layer {
    PL_LAYER_UNKNOWN, /* nothing that is understood */
    PL_LAYER_FOUND,   /* the end of the way: pl_dissected.found says what */
    PL_LAYER_ETHERNET,
    PL_LAYER_COOKED_1,
    PL_LAYER_COOKED_2,
    PL_LAYER_FAMILY, /* BSD loopback */
    PL_LAYER_RADIOTAP,
    PL_LAYER_WIFI,
    PL_LAYER_NFLOG,
    PL_LAYER_PPP,
    PL_LAYER_PPPOE,
    PL_LAYER_CISCO_HDLC,
    PL_LAYER_TAG, /* of a VLAN */
    PL_LAYER_MPLS,
    PL_LAYER_LLC,
    PL_LAYER_IP,
    PL_LAYER_IPV4,
    PL_LAYER_IPV6,
    PL_LAYER_GRE,
    PL_LAYER_ERSPAN,
    PL_LAYER_UDP,
    PL_LAYER_TCP,
    PL_LAYER_VXLAN,
    PL_LAYER_GENEVE,
    PL_LAYER_GTP,
    PL_LAYER_COUNT
};

/** Who sends to whom. Has no padding bytes: compared and hashed as bytes. */
struct pl_flow {
    uint8_t source[16]; /* IPv4: the first 4 bytes, the others 0 */
    uint8_t destination[16];
    uint32_t version; /* 4 or 6 */
    uint16_t source_port;
    uint16_t destination_port;
};

enum pl_found {
    PL_FOUND_NOTHING, /* no IP, another protocol over it, or malformed */
    PL_FOUND_UDP,
    PL_FOUND_TCP,
    PL_FOUND_FRAGMENT
};

/** One IP packet's part, RFC 791 section 3.2 and RFC 8200 section 4.5. */
struct pl_fragment {
    uint32_t id;
    uint32_t offset;     /* bytes */
    bool more;           /* it is not the last one */
    enum pl_layer layer; /* that the whole one begins with */
};

struct pl_dissected {
    enum pl_found found;
    struct pl_flow flow; /* the innermost; a fragment's has no ports */
    struct pl_frame payload;
    uint32_t interface; /* that a cooked frame came by; 0 where it does not say */
    uint32_t sequence;  /* TCP's, of the payload's first byte */
    bool opens;         /* TCP's SYN */
    struct pl_fragment fragment;
    uint32_t tunnels; /* that it came through in UDP */
};

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
