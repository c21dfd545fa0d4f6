/* What a scenario says of a relay: the section `relay`. */
#ifndef PL_SCENARIO_RELAY_SETTINGS_H
#define PL_SCENARIO_RELAY_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/scenario/span.h"

#define PL_RELAY_STALLS_MAX 16

/** How a subscriber gets a packet. */
enum pl_relay_delivery {
    PL_RELAY_SHARED, /* a reference to the publisher's */
    PL_RELAY_COPIED  /* a copy of its own while it waits */
};

/** What a packet's bytes lie in. */
enum pl_relay_buffers {
    PL_RELAY_BUFFERS_FIT,  /* of the packet's size */
    PL_RELAY_BUFFERS_FIXED /* of the class's: an MTU's */
};

/** What is sent over. */
enum pl_relay_transport {
    PL_RELAY_TCP, /* the kernel holds what the peer has not read */
    PL_RELAY_UDP  /* what is sent is gone; what is lost is asked for again */
};

/** How often a publisher's group of pictures is kept. */
enum pl_relay_gop { PL_RELAY_GOP_NONE, PL_RELAY_GOP_ONCE, PL_RELAY_GOP_TWICE };

/** What becomes of a cache that is full. */
enum pl_relay_full { PL_RELAY_FULL_TRIM, PL_RELAY_FULL_EMPTY };

struct pl_relay_settings {
    uint32_t subscribers; /* of each publisher, from the beginning, where there is no load */
    uint32_t delivery;    /* enum pl_relay_delivery */
    uint32_t buffers;     /* enum pl_relay_buffers */
    uint32_t transport;   /* enum pl_relay_transport */
    uint32_t video;       /* enum pl_video: what keyframes are known by */
    uint32_t gop;         /* enum pl_relay_gop */
    uint32_t gop_packets; /* 0: no bound */
    uint32_t gop_full;    /* enum pl_relay_full */
    int64_t nack_ns;      /* for how long packets can be asked for again; 0: never */
    uint32_t nack_packets;
    uint64_t burst_bytes;    /* that a new subscriber gets at once; 0: none */
    uint32_t queue_packets;  /* to a subscriber; 0: no bound */
    uint64_t queue_bytes;    /* likewise */
    int64_t queue_ns;        /* likewise: what has waited longer is dropped */
    uint32_t on_full;        /* enum pl_queue_policy */
    uint64_t socket_initial; /* bytes that a new connection's kernel takes in */
    uint64_t socket_max;     /* that it ever does */
    uint32_t slow;           /* subscribers, the first ones, that read no faster than slow_bytes */
    uint64_t slow_bytes;     /* a second */
    uint32_t stalled;        /* those behind them, that read nothing in the stalls */
    struct pl_span stalls[PL_RELAY_STALLS_MAX];
    uint32_t stall_count;
    int64_t stall_step_ns;    /* each of them stalls so much later than the one before it */
    double loss;              /* the share of packets that a subscriber misses */
    int64_t rtt_ns;           /* until it has asked again, or feedback tells of it */
    int64_t rtcp_feedback_ns; /* from a subscriber's feedback to its next; 0: there is none */
    int64_t rtcp_reports_ns;  /* likewise, of receiver and sender reports */
    int64_t rtcp_history_ns; /* for how long a sent packet is remembered; 0: until feedback tells */
    uint32_t rtcp_history_packets; /* likewise, how many to a subscriber; 0: no bound */
};

static inline bool pl_relay_has_rtcp(const struct pl_relay_settings *s)
{
    return s->rtcp_feedback_ns || s->rtcp_reports_ns;
}

#endif
