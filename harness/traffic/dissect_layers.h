/* The layers' functions, for the table in dissect.c. Each takes its header off the frame, notes
 * what is worth it, and returns what follows: PL_LAYER_UNKNOWN where that is not understood, or
 * where the header is cut or malformed. */
#ifndef PL_TRAFFIC_DISSECT_LAYERS_H
#define PL_TRAFFIC_DISSECT_LAYERS_H

#include "harness/traffic/dissected.h"

typedef enum pl_layer pl_strip(struct pl_frame *frame, struct pl_dissected *dissected);

/* dissect_link.c */
pl_strip pl_strip_ethernet, pl_strip_cooked_1, pl_strip_cooked_2, pl_strip_family, pl_strip_nflog,
    pl_strip_ppp, pl_strip_pppoe, pl_strip_cisco_hdlc, pl_strip_tag, pl_strip_mpls, pl_strip_llc;

/* dissect_wifi.c */
pl_strip pl_strip_radiotap, pl_strip_wifi;

/* dissect_ip.c */
pl_strip pl_strip_ip, pl_strip_ipv4, pl_strip_ipv6, pl_strip_udp, pl_strip_tcp;

/* dissect_tunnel.c */
pl_strip pl_strip_gre, pl_strip_erspan, pl_strip_vxlan, pl_strip_geneve, pl_strip_gtp;

/** As pl_dissect, within so many tunnels already. */
void pl_dissect_within(uint32_t tunnels, enum pl_layer layer, struct pl_frame frame,
                       struct pl_dissected *dissected);

/** What an EtherType (IEEE 802 numbers) names. */
enum pl_layer pl_layer_of_ethertype(uint16_t type);

/** What stands in UDP to a port that IANA gave to a tunnel; PL_LAYER_FOUND for any other. */
enum pl_layer pl_layer_of_port(uint16_t port);

#endif
