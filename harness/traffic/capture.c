/* Reads captures with libpcap, record by record, and builds the recording. */
#include <errno.h>
#include <pcap/pcap.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "harness/traffic/capture_reading.h"
#include "harness/traffic/recording_build.h"

int pl_reading_fail(const struct pl_reading *r, int code, const char *format, ...)
{
    char line[sizeof r->error->text];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    return pl_error_set(r->error, code, "%s: %.400s", r->name, line);
}

/* The one link type, or of several the first that is understood. */
static int first_link(const struct pl_reading *r)
{
    const struct pl_capture_file *file = &r->file;
    for (uint32_t i = 0; i < file->interface_count; i++)
        if (pl_layer_of_link(file->interfaces[i]) != PL_LAYER_UNKNOWN)
            return file->interfaces[i];
    return file->interfaces ? file->interfaces[0] : pcap_datalink(r->pcap);
}

static int check_link(const struct pl_reading *r)
{
    int link = first_link(r);
    const char *name = pcap_datalink_val_to_name(link);
    char known[256];
    pl_link_names(known, sizeof known);
    if (pl_layer_of_link(link) != PL_LAYER_UNKNOWN)
        return 0;
    return pl_reading_fail(r, -EINVAL, "link type %d (%s) is not supported; expected one of %s",
                           link, name ? name : "unknown", known);
}

/* libpcap owns the stream once it has opened it. Nanoseconds: microseconds would lose digits. */
static int open_pcap(struct pl_reading *r)
{
    char words[PCAP_ERRBUF_SIZE] = "";
    r->pcap =
        pcap_fopen_offline_with_tstamp_precision(r->file.stream, PCAP_TSTAMP_PRECISION_NANO, words);
    if (!r->pcap) {
        fclose(r->file.stream);
        return pl_reading_fail(
            r, -EINVAL,
            "not a capture that libpcap can read (%s); expected pcap or pcapng, plain or "
            "compressed by zstd or gzip",
            words);
    }
    r->whole = ftello(r->file.stream);
    return check_link(r);
}

/* libpcap stopped in mid-record. Where the stream is at its end, the file was truncated and what is
 * whole counts; elsewhere it is damaged, and what follows can't be trusted. */
static int take_end(struct pl_reading *r)
{
    if (!feof(r->file.stream))
        return pl_reading_fail(r, -EINVAL, "record %llu cannot be read, the file is damaged: %s",
                               (unsigned long long)r->counts.frames + 1, pcap_geterr(r->pcap));
    if (fseeko(r->file.stream, 0, SEEK_END) != 0)
        return pl_reading_fail(r, -errno, "%s", strerror(errno));
    r->counts.bytes_cut = (uint64_t)(ftello(r->file.stream) - r->whole);
    return 0;
}

static int read_records(struct pl_reading *r)
{
    struct pcap_pkthdr *header;
    const uint8_t *data;
    int status;
    while ((status = pcap_next_ex(r->pcap, &header, &data)) == 1) {
        int rc = pl_reading_take(r, header, data);
        if (rc != 0)
            return rc;
        r->whole = ftello(r->file.stream);
    }
    int rc = status == PCAP_ERROR_BREAK ? 0 : take_end(r);
    if (rc == 0 && r->file.cut && r->counts.bytes_cut == 0)
        r->counts.bytes_cut = 1; /* what the compression lost is unknown, but something is */
    return rc;
}

static int fail_without_rtp(const struct pl_reading *r)
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
    return pl_reading_fail(r, -EINVAL,
                           "no RTP in it: %llu frames, %llu not UDP, %llu UDP but no RTP stream, "
                           "%llu turned away by the filter%s%s",
                           (unsigned long long)c->frames, (unsigned long long)pl_capture_not_udp(c),
                           (unsigned long long)pl_capture_not_rtp(c),
                           (unsigned long long)c->filtered, cut, advice);
}

static int build(struct pl_reading *r)
{
    struct pl_error why;
    int rc = pl_recording_build(&r->gathering, &r->payloads, &r->recording, r->options, &r->counts,
                                &why);
    if (rc != 0)
        return pl_reading_fail(r, rc, "%s", why.text);
    return r->recording ? 0 : fail_without_rtp(r);
}

/* Tried at once, so that a bad one is told before the file is read. */
static int open_filter(struct pl_reading *r)
{
    struct pl_error why;
    const char *text = r->options ? r->options->filter : NULL;
    int rc = pl_filter_open(&r->filter, text, first_link(r), &why);
    return rc ? pl_reading_fail(r, rc, "%s", why.text) : 0;
}

static int read_all(struct pl_reading *r)
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

static int read_and_close(struct pl_reading *r, struct pl_recording **recording,
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

static int begin(struct pl_reading *r, const char *name, const struct pl_capture_options *options,
                 struct pl_error *error)
{
    *r = (struct pl_reading){.name = name,
                             .options = options,
                             .error = error,
                             .interleaved = {.take = pl_reading_take_interleaved, .context = r}};
    return pl_payload_map_make(&r->payloads, options ? options->payload : NULL,
                               options ? options->sdp : NULL, error);
}

int pl_capture_read(const char *path, const struct pl_capture_options *options,
                    struct pl_recording **recording, struct pl_capture_counts *counts,
                    struct pl_error *error)
{
    struct pl_reading r;
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
    struct pl_reading r;
    int rc = begin(&r, name, options, error);
    if (rc == 0)
        rc = pl_capture_file_memory(data, size, name, &r.file, error);
    return rc == 0 ? read_and_close(&r, recording, counts) : rc;
}
