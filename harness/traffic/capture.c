/* Reads captures with libpcap, record by record: dissects, gathers, and builds the recording. */
#include <errno.h>
#include <pcap/pcap.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "harness/traffic/capture_file.h"
#include "harness/traffic/gather.h"
#include "harness/traffic/payload_map.h"
#include "harness/traffic/recording_build.h"

struct reading {
    const char *name;
    const struct pl_capture_options *options;
    struct pl_payload_map payloads;
    struct pl_capture_file file;
    pcap_t *pcap;
    struct bpf_program filter;
    bool filtering;
    off_t whole; /* offset behind the last whole packet */
    struct pl_gathering gathering;
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

/* libpcap owns the stream once it has opened it. Nanoseconds: microseconds would lose digits. */
static int open_pcap(struct reading *r)
{
    char words[PCAP_ERRBUF_SIZE] = "";
    r->pcap =
        pcap_fopen_offline_with_tstamp_precision(r->file.stream, PCAP_TSTAMP_PRECISION_NANO, words);
    if (!r->pcap) {
        fclose(r->file.stream);
        return fail(r, -EINVAL,
                    "no capture that libpcap can read (%s): pcap or pcapng, maybe "
                    "compressed by zstd, would be right",
                    words);
    }
    int link = pcap_datalink(r->pcap);
    const char *link_name = pcap_datalink_val_to_name(link);
    if (!pl_link_supported(link))
        return fail(r, -EINVAL,
                    "link type %d (%s) is not supported: Ethernet, Linux cooked v1 or "
                    "v2, BSD loopback or raw IP would be right",
                    link, link_name ? link_name : "unknown");
    r->whole = ftello(r->file.stream);
    return 0;
}

static int compile_filter(struct reading *r)
{
    const char *text = r->options ? r->options->filter : NULL;
    if (!text || !*text)
        return 0;
    if (pcap_compile(r->pcap, &r->filter, text, 1, PCAP_NETMASK_UNKNOWN) != 0)
        return fail(r, -EINVAL, "the filter '%.120s' is not understood: %s", text,
                    pcap_geterr(r->pcap));
    r->filtering = true;
    return 0;
}

/* Nanoseconds since the epoch; pcapng can hold times that int64 cannot. */
static bool time_of(const struct pcap_pkthdr *header, int64_t *ns)
{
    return !__builtin_mul_overflow((int64_t)header->ts.tv_sec, 1000000000, ns) &&
           !__builtin_add_overflow(*ns, (int64_t)header->ts.tv_usec, ns) && *ns >= 0;
}

static int take_udp(struct reading *r, const struct pcap_pkthdr *header, const struct pl_udp *udp)
{
    int64_t time_ns;
    bool taken;
    if (!time_of(header, &time_ns))
        return fail(r, -EINVAL, "record %llu: its time stamp lies outside 1970 to 2262",
                    (unsigned long long)r->counts.frames);
    struct pl_error why;
    int rc = pl_gather(&r->gathering, udp, time_ns, r->counts.frames, &taken, &why);
    if (rc != 0)
        return fail(r, rc, "%s", why.text);
    r->counts.not_rtp += !taken;
    return 0;
}

static int take_record(struct reading *r, const struct pcap_pkthdr *header, const uint8_t *data)
{
    struct pl_frame frame = {data, header->caplen, 0};
    struct pl_udp udp;
    r->counts.frames++;
    if (header->len > header->caplen) {
        frame.missing = header->len - header->caplen;
        r->counts.snapped++;
    }
    if (r->filtering && !pcap_offline_filter(&r->filter, header, data)) {
        r->counts.filtered++;
        return 0;
    }
    if (pl_link_strip(pcap_datalink(r->pcap), &frame) && pl_ip_find_udp(frame, &udp))
        return take_udp(r, header, &udp);
    r->counts.not_udp++;
    return 0;
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
    if (rc == 0 && r->file.zstd_cut && r->counts.bytes_cut == 0)
        r->counts.bytes_cut = 1; /* what zstd lost is unknown, but something is */
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
                (unsigned long long)c->frames, (unsigned long long)c->not_udp,
                (unsigned long long)c->not_rtp, (unsigned long long)c->filtered, cut, advice);
}

static int build(struct reading *r)
{
    uint64_t dropped;
    struct pl_error why;
    int rc = pl_recording_build(&r->gathering, &r->payloads, &r->recording, &dropped, &why);
    if (rc != 0)
        return fail(r, rc, "%s", why.text);
    r->counts.not_rtp += dropped;
    return r->recording ? 0 : fail_without_rtp(r);
}

static int read_all(struct reading *r)
{
    int rc = open_pcap(r);
    if (rc == 0)
        rc = compile_filter(r);
    if (rc == 0)
        rc = read_records(r);
    return rc == 0 ? build(r) : rc;
}

static int read_and_close(struct reading *r, struct pl_recording **recording,
                          struct pl_capture_counts *counts)
{
    int rc = read_all(r);
    if (r->filtering)
        pcap_freecode(&r->filter);
    if (r->pcap)
        pcap_close(r->pcap);
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
    *r = (struct reading){.name = name, .options = options, .error = error};
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
