/* A capture that is being read: by libpcap (capture.c), and what is taken of each record
 * (capture_take.c). Internal to the two. */
#ifndef PL_TRAFFIC_CAPTURE_READING_H
#define PL_TRAFFIC_CAPTURE_READING_H

#include <pcap/pcap.h>

#include "harness/traffic/capture_file.h"
#include "harness/traffic/capture_filter.h"
#include "harness/traffic/fragments.h"
#include "harness/traffic/gather.h"
#include "harness/traffic/interleaved.h"
#include "harness/traffic/payload_map.h"

struct pl_reading {
    const char *name;
    const struct pl_capture_options *options;
    struct pl_payload_map payloads;
    struct pl_capture_file file;
    pcap_t *pcap;
    struct pl_filter filter;
    off_t whole; /* offset behind the last whole packet */
    struct pl_fragments fragments;
    struct pl_interleaved interleaved;
    struct pl_gathering gathering;
    struct pl_captured from; /* the record at hand */
    struct pl_capture_counts counts;
    struct pl_recording *recording;
    struct pl_error *error;
};

/** Puts the capture's name before a line that another call wrote, or that is made here.
 *  @return code */
int pl_reading_fail(const struct pl_reading *reading, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Takes a record: dissects it, puts fragments together, gathers its datagrams.
 *  @return 0 or a negative errno with its line */
int pl_reading_take(struct pl_reading *reading, const struct pcap_pkthdr *header,
                    const uint8_t *data);

/** Takes a packet out of a TCP connection. @param context the reading */
int pl_reading_take_interleaved(void *context, const struct pl_flow *flow, struct pl_frame packet,
                                const struct pl_captured *from);

#endif
