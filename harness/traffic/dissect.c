/* The table of layers, and the way through them (dissect.h). */
#include "harness/traffic/dissect.h"

#include <pcap/dlt.h>
#include <stdio.h>
#include <string.h>

#include "harness/traffic/dissect_layers.h"

/* Raw IP is 12 or 14 by the operating system that captured, and 101 in files. */
enum { RAW_BSD = 12, RAW_OPENBSD = 14, RAW_FILE = 101 };

/* Headers that one frame may have, so that no loop of them holds us up. */
enum { DEPTH_MAX = 32 };

static pl_strip *const strips[PL_LAYER_COUNT] = {
    [PL_LAYER_ETHERNET] = pl_strip_ethernet, [PL_LAYER_COOKED_1] = pl_strip_cooked_1,
    [PL_LAYER_COOKED_2] = pl_strip_cooked_2, [PL_LAYER_FAMILY] = pl_strip_family,
    [PL_LAYER_RADIOTAP] = pl_strip_radiotap, [PL_LAYER_WIFI] = pl_strip_wifi,
    [PL_LAYER_NFLOG] = pl_strip_nflog,       [PL_LAYER_PPP] = pl_strip_ppp,
    [PL_LAYER_PPPOE] = pl_strip_pppoe,       [PL_LAYER_CISCO_HDLC] = pl_strip_cisco_hdlc,
    [PL_LAYER_TAG] = pl_strip_tag,           [PL_LAYER_MPLS] = pl_strip_mpls,
    [PL_LAYER_LLC] = pl_strip_llc,           [PL_LAYER_IP] = pl_strip_ip,
    [PL_LAYER_IPV4] = pl_strip_ipv4,         [PL_LAYER_IPV6] = pl_strip_ipv6,
    [PL_LAYER_GRE] = pl_strip_gre,           [PL_LAYER_ERSPAN] = pl_strip_erspan,
    [PL_LAYER_UDP] = pl_strip_udp,           [PL_LAYER_TCP] = pl_strip_tcp,
    [PL_LAYER_VXLAN] = pl_strip_vxlan,       [PL_LAYER_GENEVE] = pl_strip_geneve,
    [PL_LAYER_GTP] = pl_strip_gtp,
};

static const struct {
    int link_type;
    enum pl_layer layer;
    const char *name; /* NULL: the name stands before it */
} links[] = {
    {DLT_EN10MB, PL_LAYER_ETHERNET, "Ethernet"},
    {DLT_LINUX_SLL, PL_LAYER_COOKED_1, "Linux cooked v1 and v2"},
    {DLT_LINUX_SLL2, PL_LAYER_COOKED_2, NULL},
    {DLT_NULL, PL_LAYER_FAMILY, "BSD loopback"},
    {DLT_LOOP, PL_LAYER_FAMILY, NULL},
    {RAW_FILE, PL_LAYER_IP, "raw IP"},
    {RAW_BSD, PL_LAYER_IP, NULL},
    {RAW_OPENBSD, PL_LAYER_IP, NULL},
    {DLT_IPV4, PL_LAYER_IP, NULL},
    {DLT_IPV6, PL_LAYER_IP, NULL},
    {DLT_IEEE802_11_RADIO, PL_LAYER_RADIOTAP, "802.11 with and without radiotap"},
    {DLT_IEEE802_11, PL_LAYER_WIFI, NULL},
    {DLT_NFLOG, PL_LAYER_NFLOG, "NFLOG"},
    {DLT_PPP, PL_LAYER_PPP, "PPP"},
    {DLT_PPP_SERIAL, PL_LAYER_PPP, NULL},
    {DLT_PPP_ETHER, PL_LAYER_PPPOE, "PPPoE"},
    {DLT_C_HDLC, PL_LAYER_CISCO_HDLC, "Cisco HDLC"},
    {DLT_MPLS, PL_LAYER_MPLS, "MPLS"},
};

enum pl_layer pl_layer_of_link(int link_type)
{
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        if (links[i].link_type == link_type)
            return links[i].layer;
    return PL_LAYER_UNKNOWN;
}

void pl_link_names(char *text, size_t capacity)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < sizeof links / sizeof *links && used < capacity; i++)
        if (links[i].name)
            used += (size_t)snprintf(text + used, capacity - used, "%s%s", used ? ", " : "",
                                     links[i].name);
}

static void go(enum pl_layer layer, struct pl_frame frame, struct pl_dissected *dissected)
{
    for (int depth = 0; depth < DEPTH_MAX && layer != PL_LAYER_UNKNOWN; depth++) {
        if (layer == PL_LAYER_FOUND) {
            dissected->payload = frame;
            return;
        }
        layer = strips[layer](&frame, dissected);
    }
    dissected->found = PL_FOUND_NOTHING;
}

void pl_dissect_within(uint32_t tunnels, enum pl_layer layer, struct pl_frame frame,
                       struct pl_dissected *dissected)
{
    *dissected = (struct pl_dissected){.tunnels = tunnels};
    go(layer, frame, dissected);
}

void pl_dissect_part(const struct pl_dissected *part, struct pl_frame whole,
                     struct pl_dissected *dissected)
{
    *dissected = (struct pl_dissected){
        .tunnels = part->tunnels, .flow = part->flow, .interface = part->interface};
    go(part->fragment.layer, whole, dissected);
}

void pl_dissect(enum pl_layer layer, struct pl_frame frame, struct pl_dissected *dissected)
{
    pl_dissect_within(0, layer, frame, dissected);
}
