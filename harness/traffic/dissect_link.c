/* Link layers, tags and labels: where in a frame the IP packet begins.
 * Layouts from https://www.tcpdump.org/linktypes.html; EtherTypes from IEEE 802.1Q and IANA. */
#include "harness/traffic/dissect_layers.h"

enum pl_layer pl_layer_of_ethertype(uint16_t type)
{
    static const struct {
        uint16_t type;
        enum pl_layer layer;
    } types[] = {
        {0x0800, PL_LAYER_IPV4},     {0x86dd, PL_LAYER_IPV6},
        {0x8100, PL_LAYER_TAG}, /* 802.1Q */
        {0x88a8, PL_LAYER_TAG}, /* 802.1ad, outer tag */
        {0x9100, PL_LAYER_TAG}, /* outer tag before 802.1ad */
        {0x8847, PL_LAYER_MPLS},     {0x8848, PL_LAYER_MPLS},
        {0x8864, PL_LAYER_PPPOE},    /* RFC 2516, a session's */
        {0x6558, PL_LAYER_ETHERNET}, /* transparent Ethernet bridging */
        {0x88be, PL_LAYER_ERSPAN},   {0x22eb, PL_LAYER_ERSPAN},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].type == type)
            return types[i].layer;
    return PL_LAYER_UNKNOWN;
}

/* A header of fixed size with an EtherType at a fixed place. Below 0x0600 it is a length, of LLC.
 */
static enum pl_layer strip_header(struct pl_frame *frame, size_t header, size_t type_offset)
{
    if (frame->captured < header)
        return PL_LAYER_UNKNOWN;
    uint16_t type = pl_get16(frame->data + type_offset);
    pl_frame_skip(frame, header);
    return type < 0x0600 ? PL_LAYER_LLC : pl_layer_of_ethertype(type);
}

enum pl_layer pl_strip_ethernet(struct pl_frame *frame, struct pl_dissected *d)
{
    (void)d;
    return strip_header(frame, 14, 12);
}

enum pl_layer pl_strip_cooked_1(struct pl_frame *frame, struct pl_dissected *d)
{
    (void)d;
    return strip_header(frame, 16, 14);
}

enum pl_layer pl_strip_cooked_2(struct pl_frame *frame, struct pl_dissected *d)
{
    if (frame->captured >= 20)
        d->interface = pl_get32(frame->data + 4);
    return strip_header(frame, 20, 0);
}

enum pl_layer pl_strip_tag(struct pl_frame *frame, struct pl_dissected *d)
{
    (void)d;
    return strip_header(frame, 4, 2);
}

enum pl_layer pl_strip_cisco_hdlc(struct pl_frame *frame, struct pl_dissected *d)
{
    (void)d;
    return strip_header(frame, 4, 2);
}

/* SNAP with the organisation of Ethernet (RFC 1042): an EtherType follows. */
enum pl_layer pl_strip_llc(struct pl_frame *frame, struct pl_dissected *d)
{
    static const uint8_t snap[] = {0xaa, 0xaa, 0x03, 0, 0, 0};
    (void)d;
    for (size_t i = 0; i < sizeof snap; i++)
        if (frame->captured < 8 || frame->data[i] != snap[i])
            return PL_LAYER_UNKNOWN;
    return strip_header(frame, 8, 6);
}

/* Address families: IPv4 is 2 everywhere, IPv6 is 10 (Linux), 24, 28 or 30 (the BSDs, macOS). */
static bool family_is_ip(uint32_t family)
{
    return family == 2 || family == 10 || family == 24 || family == 28 || family == 30;
}

/* The family stands in the byte order of the machine that captured (null) or in that of the network
 * (loop): it is below 256, so either order can be told from the other. */
enum pl_layer pl_strip_family(struct pl_frame *frame, struct pl_dissected *d)
{
    (void)d;
    if (frame->captured < 4)
        return PL_LAYER_UNKNOWN;
    uint32_t family = pl_get32(frame->data);
    if (family > 0xffff)
        family = __builtin_bswap32(family);
    pl_frame_skip(frame, 4);
    return family_is_ip(family) ? PL_LAYER_IP : PL_LAYER_UNKNOWN;
}

/* Attributes of a length and a type, in the order of the machine that captured, padded to 4 bytes;
 * type 9 is the packet. An order is right where the length fits. */
static bool next_attribute(const struct pl_frame *frame, size_t *length, uint16_t *type)
{
    if (frame->captured < 4)
        return false;
    *length = pl_get16(frame->data);
    *type = pl_get16(frame->data + 2);
    if (*type > 0xff) {
        *length = __builtin_bswap16((uint16_t)*length);
        *type = __builtin_bswap16(*type);
    }
    return *length >= 4;
}

enum pl_layer pl_strip_nflog(struct pl_frame *frame, struct pl_dissected *d)
{
    enum { PAYLOAD = 9 };
    size_t length;
    uint16_t type;
    (void)d;
    if (!pl_frame_skip(frame, 4))
        return PL_LAYER_UNKNOWN;
    while (next_attribute(frame, &length, &type)) {
        if (type == PAYLOAD)
            return pl_frame_skip(frame, 4) ? PL_LAYER_IP : PL_LAYER_UNKNOWN;
        if (!pl_frame_skip(frame, (length + 3) & ~(size_t)3))
            break;
    }
    return PL_LAYER_UNKNOWN;
}

/* RFC 1661: a protocol of two bytes, of which an even first one may be left out; HDLC's address and
 * control (RFC 1662) may stand before. On a serial line the address may be Cisco's instead (RFC
 * 1547 section 4.3.1). */
enum pl_layer pl_strip_ppp(struct pl_frame *frame, struct pl_dissected *d)
{
    (void)d;
    if (frame->captured >= 2 && frame->data[0] == 0xff && frame->data[1] == 0x03)
        pl_frame_skip(frame, 2);
    if (frame->captured < 2)
        return PL_LAYER_UNKNOWN;
    if (frame->data[0] == 0x0f || frame->data[0] == 0x8f)
        return PL_LAYER_CISCO_HDLC;
    bool is_short = frame->data[0] & 1;
    uint16_t protocol = is_short ? frame->data[0] : pl_get16(frame->data);
    pl_frame_skip(frame, is_short ? 1 : 2);
    return protocol == 0x0021   ? PL_LAYER_IPV4
           : protocol == 0x0057 ? PL_LAYER_IPV6
           : protocol == 0x0281 ? PL_LAYER_MPLS
                                : PL_LAYER_UNKNOWN;
}

/* RFC 2516: version and type 1, code 0 for a session's data, its number, a length. */
enum pl_layer pl_strip_pppoe(struct pl_frame *frame, struct pl_dissected *d)
{
    (void)d;
    bool data = frame->captured >= 6 && frame->data[0] == 0x11 && frame->data[1] == 0;
    return data && pl_frame_skip(frame, 6) ? PL_LAYER_PPP : PL_LAYER_UNKNOWN;
}

/* Whether an IP header stands here, since addresses of Ethernet begin like one, too: by a length as
 * the frame's, but for the padding of Ethernet's shortest. */
static bool is_ip(const struct pl_frame *frame)
{
    enum { PADDING_MAX = 46 - 4 - 20 };
    const uint8_t *data = frame->data;
    size_t size = frame->captured + frame->missing;
    if (frame->captured < 20)
        return false;
    size_t total = data[0] >> 4 == 4 ? pl_get16(data + 2) : 40 + (size_t)pl_get16(data + 4);
    bool has_size = total >= 20 && total <= size && size - total <= PADDING_MAX;
    return has_size && (data[0] >> 4 == 6 || (data[0] >> 4 == 4 && (data[0] & 0x0f) >= 5));
}

/* Whether what stands here reads as Ethernet. */
static bool is_ethernet(struct pl_frame frame)
{
    return frame.captured >= 14 && pl_layer_of_ethertype(pl_get16(frame.data + 12));
}

/* RFC 3032: labels of 4 bytes, the last one marked. What follows is not said: IP by its header,
 * else Ethernet behind a control word (RFC 4448), which begins with 0, or without one. */
enum pl_layer pl_strip_mpls(struct pl_frame *frame, struct pl_dissected *d)
{
    bool last = false;
    (void)d;
    while (!last) {
        if (frame->captured < 4)
            return PL_LAYER_UNKNOWN;
        last = frame->data[2] & 1;
        pl_frame_skip(frame, 4);
    }
    if (is_ip(frame))
        return PL_LAYER_IP;
    if (is_ethernet(*frame))
        return PL_LAYER_ETHERNET;
    bool has_word = frame->captured > 0 && frame->data[0] >> 4 == 0;
    return has_word && pl_frame_skip(frame, 4) ? PL_LAYER_ETHERNET : PL_LAYER_UNKNOWN;
}
