/* IPv4 (RFC 791), IPv6 (RFC 8200) and UDP (RFC 768). A length that claims more than the frame had
 * on the wire makes the packet malformed; link padding behind the packet is dropped. */
#include <string.h>

#include "harness/traffic/dissect.h"

enum { PROTOCOL_UDP = 17, UDP_HEADER = 8, IPV4_HEADER = 20, IPV6_HEADER = 40 };
enum { HOP_BY_HOP = 0, ROUTING = 43, DESTINATION = 60 }; /* next header values */

/* Cuts the frame to `size` bytes on the wire. */
static bool limit_to(struct pl_frame *frame, size_t size)
{
    if (size > frame->captured + frame->missing)
        return false;
    if (size < frame->captured)
        frame->captured = size;
    frame->missing = size - frame->captured;
    return true;
}

static bool enter_ipv4(struct pl_frame *frame, struct pl_flow *flow)
{
    const uint8_t *header = frame->data;
    if (frame->captured < IPV4_HEADER)
        return false;
    size_t header_size = 4u * (header[0] & 0x0fu);
    size_t total = pl_get16(header + 2);
    bool fragment = pl_get16(header + 6) & 0x3fff; /* more to come, or an offset */
    if (header_size < IPV4_HEADER || total < header_size || fragment || header[9] != PROTOCOL_UDP)
        return false;
    memcpy(flow->source, header + 12, 4);
    memcpy(flow->destination, header + 16, 4);
    flow->version = 4;
    return limit_to(frame, total) && pl_frame_skip(frame, header_size);
}

/* Each extension header tells the next one's type and its own length in units of 8 bytes beyond
 * the first (section 4.2 on). */
static bool skip_extensions(uint8_t next, struct pl_frame *frame)
{
    while (next == HOP_BY_HOP || next == ROUTING || next == DESTINATION) {
        if (frame->captured < 8)
            return false;
        next = frame->data[0];
        if (!pl_frame_skip(frame, 8 * (1 + (size_t)frame->data[1])))
            return false;
    }
    return next == PROTOCOL_UDP;
}

static bool enter_ipv6(struct pl_frame *frame, struct pl_flow *flow)
{
    const uint8_t *header = frame->data;
    if (frame->captured < IPV6_HEADER)
        return false;
    memcpy(flow->source, header + 8, 16);
    memcpy(flow->destination, header + 24, 16);
    flow->version = 6;
    return limit_to(frame, IPV6_HEADER + (size_t)pl_get16(header + 4)) &&
           pl_frame_skip(frame, IPV6_HEADER) && skip_extensions(header[6], frame);
}

static bool enter_udp(struct pl_frame *frame, struct pl_flow *flow)
{
    if (frame->captured < UDP_HEADER)
        return false;
    flow->source_port = pl_get16(frame->data);
    flow->destination_port = pl_get16(frame->data + 2);
    size_t size = pl_get16(frame->data + 4);
    return size >= UDP_HEADER && limit_to(frame, size) && pl_frame_skip(frame, UDP_HEADER);
}

bool pl_ip_find_udp(struct pl_frame packet, struct pl_udp *udp)
{
    if (packet.captured == 0)
        return false;
    struct pl_flow flow = {.version = 0};
    int version = packet.data[0] >> 4;
    bool entered = (version == 4 && enter_ipv4(&packet, &flow)) ||
                   (version == 6 && enter_ipv6(&packet, &flow));
    if (!entered || !enter_udp(&packet, &flow))
        return false;
    *udp = (struct pl_udp){.flow = flow, .payload = packet};
    return true;
}
