/* Link layers: where in a frame the IP packet begins.
 * Layouts from https://www.tcpdump.org/linktypes.html; EtherTypes from IEEE 802.1Q. */
#include <pcap/dlt.h>

#include "harness/traffic/dissect.h"

enum {
    TYPE_IPV4 = 0x0800,
    TYPE_IPV6 = 0x86dd,
    TYPE_VLAN = 0x8100,         /* 802.1Q */
    TYPE_VLAN_SERVICE = 0x88a8, /* 802.1ad, outer tag */
    TYPE_VLAN_OLD = 0x9100      /* outer tag before 802.1ad */
};

/* Raw IP is 12 or 14 by the operating system that captured, and 101 in files. */
enum { RAW_BSD = 12, RAW_OPENBSD = 14, RAW_FILE = 101 };

bool pl_link_supported(int link_type)
{
    switch (link_type) {
    case DLT_EN10MB:
    case DLT_LINUX_SLL:
    case DLT_LINUX_SLL2:
    case DLT_NULL:
    case DLT_LOOP:
    case RAW_BSD:
    case RAW_OPENBSD:
    case RAW_FILE:
    case DLT_IPV4:
    case DLT_IPV6:
        return true;
    default:
        return false;
    }
}

/* The frame stands behind an EtherType: takes off the tags, each 2 bytes and the next EtherType. */
static bool strip_tags(uint16_t type, struct pl_frame *frame)
{
    while (type == TYPE_VLAN || type == TYPE_VLAN_SERVICE || type == TYPE_VLAN_OLD) {
        if (frame->captured < 4)
            return false;
        type = pl_get16(frame->data + 2);
        pl_frame_skip(frame, 4);
    }
    return type == TYPE_IPV4 || type == TYPE_IPV6;
}

/* A header of fixed size with an EtherType at a fixed place. */
static bool strip_header(size_t header, size_t type_offset, struct pl_frame *frame)
{
    if (frame->captured < header)
        return false;
    uint16_t type = pl_get16(frame->data + type_offset);
    pl_frame_skip(frame, header);
    return strip_tags(type, frame);
}

/* Address families: IPv4 is 2 everywhere, IPv6 is 10 (Linux), 24, 28 or 30 (the BSDs, macOS). */
static bool family_is_ip(uint32_t family)
{
    return family == 2 || family == 10 || family == 24 || family == 28 || family == 30;
}

/* The family stands in the byte order of the machine that captured (null) or in that of the network
 * (loop): it is below 256, so either order can be told from the other. */
static bool strip_family(struct pl_frame *frame)
{
    if (frame->captured < 4)
        return false;
    uint32_t family = pl_get32(frame->data);
    if (family > 0xffff)
        family = __builtin_bswap32(family);
    pl_frame_skip(frame, 4);
    return family_is_ip(family);
}

bool pl_link_strip(int link_type, struct pl_frame *frame)
{
    switch (link_type) {
    case DLT_EN10MB:
        return strip_header(14, 12, frame);
    case DLT_LINUX_SLL:
        return strip_header(16, 14, frame);
    case DLT_LINUX_SLL2:
        return strip_header(20, 0, frame);
    case DLT_NULL:
    case DLT_LOOP:
        return strip_family(frame);
    default:
        return true;
    }
}
