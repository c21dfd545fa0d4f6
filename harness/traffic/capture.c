/* Reads captures with libpcap, record by record: dissects, gathers, and builds the recording. */
#include <errno.h>
#include <pcap/pcap.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "harness/traffic/capture_file.h"
#include "harness/traffic/capture_filter.h"
#include "harness/traffic/fragments.h"
#include "harness/traffic/gather.h"
#include "harness/traffic/interleaved.h"
#include "harness/traffic/payload_map.h"
#include "harness/traffic/recording_build.h"
#include "harness/traffic/relayed.h"

struct reading {
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

/* Puts the capture's name before a line that another call wrote, or that is made here. */
static int fail(const struct reading *r, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int fail(const struct reading *r, int code, const char *format, ...)
{
    char line[sizeof r->error->text];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    return pl_error_set(r->error, code, "%s: %.400s", r->name, line);
}

/* The one link type, or of several the first that is understood. */
static int first_link(const struct reading *r)
{
    const struct pl_capture_file *file = &r->file;
    for (uint32_t i = 0; i < file->interface_count; i++)
        if (pl_layer_of_link(file->interfaces[i]) != PL_LAYER_UNKNOWN)
            return file->interfaces[i];
    return file->interfaces ? file->interfaces[0] : pcap_datalink(r->pcap);
}

static int check_link(const struct reading *r)
{
    int link = first_link(r);
    const char *name = pcap_datalink_val_to_name(link);
    char known[256];
    pl_link_names(known, sizeof known);
    if (pl_layer_of_link(link) != PL_LAYER_UNKNOWN)
        return 0;
    return fail(r, -EINVAL, "link type %d (%s) is not supported; expected one of %s", link,
                name ? name : "unknown", known);
}

/* libpcap owns the stream once it has opened it. Nanoseconds: microseconds would lose digits. */
static int open_pcap(struct reading *r)
{
    char words[PCAP_ERRBUF_SIZE] = "";
    r->pcap =
        pcap_fopen_offline_with_tstamp_precision(r->file.stream, PCAP_TSTAMP_PRECISION_NANO, words);
    if (!r->pcap) {
        fclose(r->file.stream);
        return fail(r, -EINVAL,
                    "not a capture that libpcap can read (%s); expected pcap or pcapng, plain or "
                    "compressed by zstd or gzip",
                    words);
    }
    r->whole = ftello(r->file.stream);
    return check_link(r);
}

/* Nanoseconds since the epoch; pcapng can hold times that int64 cannot. */
static bool time_of(const struct pcap_pkthdr *header, int64_t *ns)
{
    return !__builtin_mul_overflow((int64_t)header->ts.tv_sec, 1000000000, ns) &&
           !__builtin_add_overflow(*ns, (int64_t)header->ts.tv_usec, ns) && *ns >= 0;
}

/* Takes a datagram. @return 0 or a negative errno with its line */
static int take_datagram(struct reading *r, const struct pl_flow *flow, struct pl_frame payload)
{
    struct pl_frame inner = payload;
    struct pl_error why;
    enum pl_gathered taken;
    pl_relayed_unwrap(&inner);
    int rc = pl_gather(&r->gathering, flow, &inner, &r->from, &taken, &why);
    if (rc != 0)
        return fail(r, rc, "%s", why.text);
    r->counts.copies += taken == PL_GATHERED_BEFORE;
    if (taken == PL_GATHERED_NOT)
        r->counts.skipped[pl_datagram_kind(&payload)]++;
    return 0;
}

static int take_interleaved(void *context, const struct pl_flow *flow, struct pl_frame packet,
                            const struct pl_captured *from)
{
    struct reading *r = context;
    r->from = *from;
    return take_datagram(r, flow, packet);
}

static int take_segment(struct reading *r, const struct pl_dissected *segment)
{
    struct pl_captured from = r->from;
    struct pl_error why = {""}; /* what took a packet has written its own line */
    bool carries;
    int rc = pl_interleaved_add(&r->interleaved, segment, &from, &carries, &why);
    r->counts.skipped[PL_SKIPPED_TCP] += !carries;
    return why.text[0] ? fail(r, rc, "%s", why.text) : rc;
}

static int take_fragment(struct reading *r, const struct pl_dissected *part);

static int take_dissected(struct reading *r, const struct pl_dissected *d)
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
static int take_fragment(struct reading *r, const struct pl_dissected *part)
{
    struct pl_error why;
    struct pl_frame whole;
    struct pl_dissected d;
    int rc = pl_fragments_add(&r->fragments, part, r->from.time_ns, &whole, &why);
    if (rc != 0)
        return fail(r, rc, "%s", why.text);
    if (!whole.captured)
        return 0;
    pl_dissect_part(part, whole, &d);
    return take_dissected(r, &d);
}

/* Of a file with several interfaces each packet begins with the number of its own.
 * @return whether its link type is understood */
static bool enter_interface(struct reading *r, struct pl_frame *frame, int *link)
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

static int take_frame(struct reading *r, struct pl_frame frame)
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
        return fail(r, rc, "%s", why.text);
    r->counts.filtered += !passes;
    if (!passes)
        return 0;
    pl_dissect(pl_layer_of_link(link), frame, &d);
    if (d.interface)
        r->from.interface = d.interface;
    d.interface = r->from.interface;
    return take_dissected(r, &d);
}

static int take_record(struct reading *r, const struct pcap_pkthdr *header, const uint8_t *data)
{
    struct pl_frame frame = {data, header->caplen, 0};
    r->from = (struct pl_captured){.record = ++r->counts.frames};
    if (!time_of(header, &r->from.time_ns))
        return fail(r, -EINVAL, "record %llu: its time stamp lies outside 1970 to 2262",
                    (unsigned long long)r->counts.frames);
    if (header->len > header->caplen) {
        frame.missing = header->len - header->caplen;
        r->counts.snapped++;
    }
    return take_frame(r, frame);
}

/* libpcap stopped in mid-record. Where the stream is at its end, the file was truncated and what is
 * whole counts; elsewhere it is damaged, and what follows can't be trusted. */
static int take_end(struct reading *r)
{
    if (!feof(r->file.stream))
        return fail(r, -EINVAL, "record %llu cannot be read, the file is damaged: %s",
                    (unsigned long long)r->counts.frames + 1, pcap_geterr(r->pcap));
    if (fseeko(r->file.stream, 0, SEEK_END) != 0)
        return fail(r, -errno, "%s", strerror(errno));
    r->counts.bytes_cut = (uint64_t)(ftello(r->file.stream) - r->whole);
    return 0;
}

static int read_records(struct reading *r)
{
    struct pcap_pkthdr *header;
    const uint8_t *data;
    int status;
    while ((status = pcap_next_ex(r->pcap, &header, &data)) == 1) {
        int rc = take_record(r, header, data);
        if (rc != 0)
            return rc;
        r->whole = ftello(r->file.stream);
    }
    int rc = status == PCAP_ERROR_BREAK ? 0 : take_end(r);
    if (rc == 0 && r->file.cut && r->counts.bytes_cut == 0)
        r->counts.bytes_cut = 1; /* what the compression lost is unknown, but something is */
    return rc;
}

static int fail_without_rtp(const struct reading *r)
{
    const struct pl_capture_counts *c = &r->counts;
    char cut[96] = "";
    const char *advice = "";
    if (c->frames > 0 && c->filtered == c->frames)
        advice = ": the filter turned all away";
    else if (c->snapped > 0)
        advice = ": the snap length cut frames, capture with tcpdump -s 0";
    if (c->bytes_cut > 0)
        snprintf(cut, sizeof cut, ", and %llu bytes of a cut record",
                 (unsigned long long)c->bytes_cut);
    return fail(r, -EINVAL,
                "no RTP in it: %llu frames, %llu not UDP, %llu UDP but no RTP stream, "
                "%llu turned away by the filter%s%s",
                (unsigned long long)c->frames, (unsigned long long)pl_capture_not_udp(c),
                (unsigned long long)pl_capture_not_rtp(c), (unsigned long long)c->filtered, cut,
                advice);
}

static int build(struct reading *r)
{
    struct pl_error why;
    int rc = pl_recording_build(&r->gathering, &r->payloads, &r->recording, r->options, &r->counts,
                                &why);
    if (rc != 0)
        return fail(r, rc, "%s", why.text);
    return r->recording ? 0 : fail_without_rtp(r);
}

/* Tried at once, so that a bad one is told before the file is read. */
static int open_filter(struct reading *r)
{
    struct pl_error why;
    const char *text = r->options ? r->options->filter : NULL;
    int rc = pl_filter_open(&r->filter, text, first_link(r), &why);
    return rc ? fail(r, rc, "%s", why.text) : 0;
}

static int read_all(struct reading *r)
{
    int rc = open_pcap(r);
    if (rc == 0)
        rc = open_filter(r);
    if (rc == 0)
        rc = read_records(r);
    if (rc == 0)
        rc = pl_interleaved_end(&r->interleaved);
    pl_fragments_close(&r->fragments);
    r->counts.skipped[PL_SKIPPED_FRAGMENTS] = r->fragments.given_up;
    return rc == 0 ? build(r) : rc;
}

static int read_and_close(struct reading *r, struct pl_recording **recording,
                          struct pl_capture_counts *counts)
{
    int rc = read_all(r);
    pl_filter_close(&r->filter);
    if (r->pcap)
        pcap_close(r->pcap);
    free(r->file.interfaces);
    pl_interleaved_close(&r->interleaved);
    pl_gathering_close(&r->gathering);
    if (rc != 0)
        return rc;
    *recording = r->recording;
    if (counts)
        *counts = r->counts;
    return 0;
}

static int begin(struct reading *r, const char *name, const struct pl_capture_options *options,
                 struct pl_error *error)
{
    *r = (struct reading){.name = name,
                          .options = options,
                          .error = error,
                          .interleaved = {.take = take_interleaved, .context = r}};
    return pl_payload_map_make(&r->payloads, options ? options->payload : NULL,
                               options ? options->sdp : NULL, error);
}

int pl_capture_read(const char *path, const struct pl_capture_options *options,
                    struct pl_recording **recording, struct pl_capture_counts *counts,
                    struct pl_error *error)
{
    struct reading r;
    int rc = begin(&r, path, options, error);
    if (rc == 0)
        rc = pl_capture_file_open(path, &r.file, error);
    return rc == 0 ? read_and_close(&r, recording, counts) : rc;
}

int pl_capture_read_memory(const void *data, size_t size, const char *name,
                           const struct pl_capture_options *options,
                           struct pl_recording **recording, struct pl_capture_counts *counts,
                           struct pl_error *error)
{
    struct reading r;
    int rc = begin(&r, name, options, error);
    if (rc == 0)
        rc = pl_capture_file_memory(data, size, name, &r.file, error);
    return rc == 0 ? read_and_close(&r, recording, counts) : rc;
}
