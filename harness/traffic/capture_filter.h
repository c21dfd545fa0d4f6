/* A filter in libpcap's syntax, compiled for each link type that it meets. */
#ifndef PL_TRAFFIC_CAPTURE_FILTER_H
#define PL_TRAFFIC_CAPTURE_FILTER_H

#include <pcap/pcap.h>

#include "allocators/base/error.h"
#include "harness/traffic/dissect.h"

enum { PL_FILTER_LINKS = 8 }; /* link types of one file that a filter may be asked of */

struct pl_filter {
    const char *text; /* NULL: all passes */
    struct {
        int link;
        struct bpf_program program;
    } compiled[PL_FILTER_LINKS];
    size_t count;
};

/** @param text NULL or "" for none; kept, not copied
 *  @param link a link type of the file
 *  @return 0, or -EINVAL where libpcap does not understand it */
int pl_filter_open(struct pl_filter *filter, const char *text, int link, struct pl_error *error);

/** @param passes set on success
 *  @return 0, or -EINVAL where it can't be asked of that link type */
int pl_filter_passes(struct pl_filter *filter, int link, const struct pl_frame *frame, bool *passes,
                     struct pl_error *error);

void pl_filter_close(struct pl_filter *filter);

#endif
