/* Tunnels: over IP, and in UDP to a port of their own. A tunnel's header that is not as its
 * document has it is none: what stands in such a datagram may be RTP all the same. */
#include "harness/traffic/dissect_layers.h"

enum pl_layer pl_layer_of_port(uint16_t port)
{
    switch (port) {
    case 4789: /* IANA */
    case 8472: /* Linux before it had one */
        return PL_LAYER_VXLAN;
    case 6081:
        return PL_LAYER_GENEVE;
    case 2152:
        return PL_LAYER_GTP;
    default:
        return PL_LAYER_FOUND;
    }
}

/* RFC 2784 and 2890; version 1 (RFC 2637) is PPTP's, with a key and maybe an acknowledgement. */
enum pl_layer pl_strip_gre(struct pl_frame *frame, struct pl_dissected *d)
{
    enum { CHECKSUM = 0x8000, ROUTING = 0x4000, KEY = 0x2000, SEQUENCE = 0x1000 };
    enum { ACKNOWLEDGED = 0x0080 };
    (void)d;
    if (frame->captured < 4)
        return PL_LAYER_UNKNOWN;
    uint16_t flags = pl_get16(frame->data), type = pl_get16(frame->data + 2);
    bool is_pptp = (flags & 7) == 1;
    size_t size = 4 + (flags & CHECKSUM ? 4u : 0) + (flags & KEY ? 4u : 0);
    size += flags & SEQUENCE ? 4u : 0;
    size += is_pptp && flags & ACKNOWLEDGED ? 4u : 0;
    if ((flags & 7) > 1 || flags & ROUTING || !pl_frame_skip(frame, size))
        return PL_LAYER_UNKNOWN;
    if (is_pptp)
        return type == 0x880b ? PL_LAYER_PPP : PL_LAYER_UNKNOWN;
    if (type == 0x88be && !(flags & SEQUENCE))
        return PL_LAYER_ETHERNET; /* ERSPAN type I has no header */
    return pl_layer_of_ethertype(type);
}

/* draft-foschiano-erspan: type II has 8 bytes (version 1), III has 12 (version 2) and maybe 8, and
 * says whether it mirrors a frame or an IP packet. */
enum pl_layer pl_strip_erspan(struct pl_frame *frame, struct pl_dissected *d)
{
    enum { TYPE_II = 1, TYPE_III = 2, MIRRORS_IP = 2 };
    (void)d;
    if (frame->captured < 12)
        return PL_LAYER_UNKNOWN;
    int version = frame->data[0] >> 4, mirrors = frame->data[10] >> 2 & 0x1f;
    size_t size = version == TYPE_II ? 8 : 12 + (frame->data[11] & 1 ? 8u : 0);
    if ((version != TYPE_II && version != TYPE_III) || !pl_frame_skip(frame, size))
        return PL_LAYER_UNKNOWN;
    return version == TYPE_III && mirrors == MIRRORS_IP ? PL_LAYER_IP : PL_LAYER_ETHERNET;
}

/* RFC 7348: flags of which one says that there is a network's number, that number, zeros. */
enum pl_layer pl_strip_vxlan(struct pl_frame *frame, struct pl_dissected *d)
{
    (void)d;
    if (frame->captured < 8 || frame->data[0] != 0x08 || frame->data[7] != 0)
        return PL_LAYER_UNKNOWN;
    pl_frame_skip(frame, 8);
    return PL_LAYER_ETHERNET;
}

/* RFC 8926: version 0, the options' length in units of 4 bytes, an EtherType. */
enum pl_layer pl_strip_geneve(struct pl_frame *frame, struct pl_dissected *d)
{
    (void)d;
    if (frame->captured < 8 || frame->data[0] >> 6 != 0)
        return PL_LAYER_UNKNOWN;
    uint16_t type = pl_get16(frame->data + 2);
    size_t size = 8 + 4u * (frame->data[0] & 0x3fu);
    return pl_frame_skip(frame, size) ? pl_layer_of_ethertype(type) : PL_LAYER_UNKNOWN;
}

/* 3GPP TS 29.281, sections 5.1 and 5.2: version 1, a G-PDU; 4 bytes more where any of three flags
 * is set, and a chain of extension headers where one of them says so. */
enum pl_layer pl_strip_gtp(struct pl_frame *frame, struct pl_dissected *d)
{
    enum { G_PDU = 255, EXTENDED = 0x04, ANY = 0x07 };
    (void)d;
    if (frame->captured < 12 || frame->data[0] >> 4 != 3 || frame->data[1] != G_PDU)
        return PL_LAYER_UNKNOWN;
    uint8_t flags = frame->data[0], next = flags & EXTENDED ? frame->data[11] : 0;
    pl_frame_skip(frame, flags & ANY ? 12 : 8);
    while (next) {
        size_t size = frame->captured ? 4u * frame->data[0] : 0;
        if (size == 0 || size > frame->captured)
            return PL_LAYER_UNKNOWN;
        next = frame->data[size - 1];
        pl_frame_skip(frame, size);
    }
    return PL_LAYER_IP;
}
