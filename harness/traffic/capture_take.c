/* What is taken of a capture's record (capture_reading.h). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/traffic/capture_reading.h"
#include "harness/traffic/relayed.h"

/* Nanoseconds since the epoch; pcapng can hold times that int64 cannot. */
static bool time_of(const struct pcap_pkthdr *header, int64_t *ns)
{
    return !__builtin_mul_overflow((int64_t)header->ts.tv_sec, 1000000000, ns) &&
           !__builtin_add_overflow(*ns, (int64_t)header->ts.tv_usec, ns) && *ns >= 0;
}

/* Takes a datagram. @return 0 or a negative errno with its line */
static int take_datagram(struct pl_reading *r, const struct pl_flow *flow, struct pl_frame payload)
{
    struct pl_frame inner = payload;
    struct pl_error why;
    enum pl_gathered taken;
    pl_relayed_unwrap(&inner);
    int rc = pl_gather(&r->gathering, flow, &inner, &r->from, &taken, &why);
    if (rc != 0)
        return pl_reading_fail(r, rc, "%s", why.text);
    r->counts.copies += taken == PL_GATHERED_BEFORE;
    if (taken == PL_GATHERED_NOT)
        r->counts.skipped[pl_datagram_kind(&payload)]++;
    return 0;
}

int pl_reading_take_interleaved(void *context, const struct pl_flow *flow, struct pl_frame packet,
                                const struct pl_captured *from)
{
    struct pl_reading *r = context;
    r->from = *from;
    return take_datagram(r, flow, packet);
}

static int take_segment(struct pl_reading *r, const struct pl_dissected *segment)
{
    struct pl_captured from = r->from;
    struct pl_error why = {""}; /* what took a packet has written its own line */
    bool carries;
    int rc = pl_interleaved_add(&r->interleaved, segment, &from, &carries, &why);
    r->counts.skipped[PL_SKIPPED_TCP] += !carries;
    return why.text[0] ? pl_reading_fail(r, rc, "%s", why.text) : rc;
}

static int take_fragment(struct pl_reading *r, const struct pl_dissected *part);

static int take_dissected(struct pl_reading *r, const struct pl_dissected *d)
{
    switch (d->found) {
    case PL_FOUND_UDP:
        return take_datagram(r, &d->flow, d->payload);
    case PL_FOUND_TCP:
        return take_segment(r, d);
    case PL_FOUND_FRAGMENT:
        return take_fragment(r, d);
    case PL_FOUND_NOTHING:
        break;
    }
    r->counts.skipped[PL_SKIPPED_OTHER]++;
    return 0;
}

/* What fragments make up has the addresses of each of them. */
static int take_fragment(struct pl_reading *r, const struct pl_dissected *part)
{
    struct pl_error why;
    struct pl_frame whole;
    struct pl_dissected d;
    int rc = pl_fragments_add(&r->fragments, part, r->from.time_ns, &whole, &why);
    if (rc != 0)
        return pl_reading_fail(r, rc, "%s", why.text);
    if (!whole.captured)
        return 0;
    pl_dissect_part(part, whole, &d);
    return take_dissected(r, &d);
}

/* Of a file with several interfaces each packet begins with the number of its own.
 * @return whether its link type is understood */
static bool enter_interface(struct pl_reading *r, struct pl_frame *frame, int *link)
{
    *link = pcap_datalink(r->pcap);
    if (!r->file.interfaces)
        return true; /* checked at the start */
    uint32_t number = frame->captured >= PL_TAG_BYTES ? pl_get32(frame->data) : UINT32_MAX;
    if (number >= r->file.interface_count)
        return false;
    pl_frame_skip(frame, PL_TAG_BYTES);
    *link = r->file.interfaces[number];
    r->from.interface = number + 1;
    return pl_layer_of_link(*link) != PL_LAYER_UNKNOWN;
}

static int take_frame(struct pl_reading *r, struct pl_frame frame)
{
    struct pl_dissected d;
    int link;
    bool passes;
    if (!enter_interface(r, &frame, &link)) {
        r->counts.skipped[PL_SKIPPED_OTHER]++;
        return 0;
    }
    struct pl_error why;
    int rc = pl_filter_passes(&r->filter, link, &frame, &passes, &why);
    if (rc != 0)
        return pl_reading_fail(r, rc, "%s", why.text);
    r->counts.filtered += !passes;
    if (!passes)
        return 0;
    pl_dissect(pl_layer_of_link(link), frame, &d);
    if (d.interface)
        r->from.interface = d.interface;
    d.interface = r->from.interface;
    return take_dissected(r, &d);
}

int pl_reading_take(struct pl_reading *r, const struct pcap_pkthdr *header, const uint8_t *data)
{
    struct pl_frame frame = {data, header->caplen, 0};
    r->from = (struct pl_captured){.record = ++r->counts.frames};
    if (!time_of(header, &r->from.time_ns))
        return pl_reading_fail(r, -EINVAL, "record %llu: its time stamp lies outside 1970 to 2262",
                               (unsigned long long)r->counts.frames);
    if (header->len > header->caplen) {
        frame.missing = header->len - header->caplen;
        r->counts.snapped++;
    }
    return take_frame(r, frame);
}
