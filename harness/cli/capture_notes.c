/* Notes and a summary of captures (capture_notes.h). */
#include "harness/cli/capture_notes.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "allocators/base/printable.h"
#include "harness/clock/virtual.h"
#include "harness/scenario/traits.h"

#define GAP_NS (60 * PL_NS_PER_S) /* silence that no session outlives */

struct noting {
    const struct pl_planned *planned;
    const char *file;
    pl_note *note;
    void *context;
};

static void say(const struct noting *n, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void say(const struct noting *n, const char *format, ...)
{
    char text[1400];
    va_list args;
    int used = snprintf(text, sizeof text, "%.1000s: ", n->file);
    va_start(args, format);
    vsnprintf(text + used, sizeof text - (size_t)used, format, args);
    va_end(args);
    n->note(n->context, text);
}

static const struct pl_recorded_packet *packet(const struct pl_recording *r, uint32_t i)
{
    return &pl_recording_packets(r)[i];
}

static void note_senders(const struct noting *n)
{
    const struct pl_scenario *s = &n->planned->scenario;
    uint64_t senders = (uint64_t)s->traffic.sessions * n->planned->recording->stream_count;
    if (senders > s->receiver.max_sessions)
        say(n, "%" PRIu64 " senders, but receiver.max_sessions is %u: the rest is dropped", senders,
            s->receiver.max_sessions);
}

static void note_clocks(const struct noting *n)
{
    const struct pl_recording *r = n->planned->recording;
    for (uint32_t i = 0; i < r->stream_count; i++) {
        const struct pl_recorded_stream *stream = &pl_recording_streams(r)[i];
        if (stream->codec != PL_CODEC_OPAQUE || stream->rate)
            continue;
        say(n,
            "what payload type %u holds is not known: it is paced by its arrivals; "
            "traffic.payload=opus/48000/2, or traffic.sdp=FILE, says it",
            stream->payload_type);
        return;
    }
}

/* One word stands for all types that no standard assigns (RFC 3551: 96 and up), video's too. */
static void note_one_for_all(const struct noting *n)
{
    const struct pl_recording *r = n->planned->recording;
    const struct pl_traffic_settings *t = &n->planned->scenario.traffic;
    const struct pl_recorded_stream *first = NULL;
    if (!t->payload[0] || t->sdp[0])
        return;
    for (uint32_t i = 0; i < r->stream_count; i++) {
        const struct pl_recorded_stream *stream = &pl_recording_streams(r)[i];
        if (stream->payload_type < 96)
            continue;
        if (!first)
            first = stream;
        if (stream->payload_type == first->payload_type)
            continue;
        say(n,
            "traffic.payload=%s is taken for payload types %u and %u alike; traffic.sdp=FILE tells "
            "them apart, traffic.filter takes one of them",
            t->payload, first->payload_type, stream->payload_type);
        return;
    }
}

/* From a stream's first packet to its last, and the mean gap that follows. */
static double lasts_s(const struct pl_recording *r, uint32_t stream)
{
    const uint32_t packets = pl_recording_streams(r)[stream].packets;
    int64_t first_ns = -1, last_ns = 0;
    for (uint32_t i = 0; i < r->packet_count; i++)
        if (packet(r, i)->stream == stream) {
            first_ns = first_ns < 0 ? packet(r, i)->arrival_ns : first_ns;
            last_ns = packet(r, i)->arrival_ns;
        }
    return packets > 1 ? (double)(last_ns - first_ns) / 1e9 * packets / (packets - 1) : 0;
}

/* What a stream's timestamps say, against its arrivals. */
static void note_rate(const struct noting *n, uint32_t index)
{
    const struct pl_recorded_stream *stream = &pl_recording_streams(n->planned->recording)[index];
    double arrived_s = lasts_s(n->planned->recording, index);
    double counted_s = stream->rate ? (double)stream->timestamp_span / stream->rate : arrived_s;
    if (stream->packets < 10 || (counted_s < 2 * arrived_s && arrived_s < 2 * counted_s))
        return;
    if (arrived_s < 1e-3 * counted_s)
        say(n,
            "%u packets of SSRC 0x%08x arrive within %.6f s, though their clock counts %.1f s: no "
            "network has that pace; expected a capture with its own arrival times",
            stream->packets, stream->ssrc, arrived_s, counted_s);
    else
        say(n,
            "the timestamps of SSRC 0x%08x count %.0f a second, and type %u is taken for one of %u "
            "Hz: traffic.payload or traffic.sdp says what it is",
            stream->ssrc, (double)stream->timestamp_span / arrived_s, stream->payload_type,
            stream->rate);
}

static void note_rates(const struct noting *n)
{
    const struct pl_recording *r = n->planned->recording;
    for (uint32_t i = 0; i < r->stream_count; i++)
        note_rate(n, i);
}

static uint32_t packets_within(const struct pl_recording *r, double ns)
{
    uint32_t count = 0;
    while (count < r->packet_count && (double)packet(r, count)->arrival_ns < ns)
        count++;
    return count;
}

static void note_gap(const struct noting *n)
{
    const struct pl_recording *r = n->planned->recording;
    int64_t longest_ns = 0;
    uint32_t before = 0;
    for (uint32_t i = 1; i < r->packet_count; i++) {
        int64_t gap_ns = packet(r, i)->arrival_ns - packet(r, i - 1)->arrival_ns;
        if (gap_ns > longest_ns) {
            longest_ns = gap_ns;
            before = i;
        }
    }
    if (longest_ns > GAP_NS)
        say(n, "nothing arrives for %.0f s behind packet %u; traffic.max_gap=10s shortens gaps",
            (double)longest_ns / 1e9, before);
}

/* What lies behind the end is never replayed. Of our own recordings that is as it should be. */
static void note_duration(const struct noting *n)
{
    const struct pl_recording *r = n->planned->recording;
    const struct pl_scenario *s = &n->planned->scenario;
    double replayed_ns = (double)s->duration_ns * s->traffic.rate;
    uint32_t within = packets_within(r, replayed_ns);
    if (within < r->packet_count)
        say(n, "%u of %u packets lie within the %.1f s that are replayed", within, r->packet_count,
            replayed_ns / 1e9);
}

static void note_changes(const struct noting *n)
{
    const struct pl_capture_counts *c = &n->planned->counts;
    if (c->bytes_cut)
        say(n,
            "it is cut: its last %" PRIu64 " bytes are no whole record; what is whole is replayed",
            c->bytes_cut);
    if (c->completed)
        say(n,
            "%" PRIu64 " of %u packets were captured cut: they have their length on the wire, and "
            "zeros for what lacks",
            c->completed, n->planned->recording->packet_count);
    if (c->copies)
        say(n, "%" PRIu64 " packets were seen on two interfaces, and are taken once", c->copies);
    if (c->sorted)
        say(n, "%" PRIu64 " of %u packets stood behind later ones, by 10 ms at most: sorted",
            c->sorted, n->planned->recording->packet_count);
}

/* What a person may have taken for RTP: more than a tenth of the datagrams. */
static void note_skipped(const struct noting *n)
{
    static const enum pl_skipped kinds[] = {PL_SKIPPED_FRAGMENTS, PL_SKIPPED_STUN, PL_SKIPPED_DTLS,
                                            PL_SKIPPED_UDP, PL_SKIPPED_NO_STREAM};
    const struct pl_capture_counts *c = &n->planned->counts;
    uint64_t datagrams = n->planned->recording->packet_count + pl_capture_not_rtp(c);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (10 * c->skipped[kinds[i]] > datagrams)
            say(n, "%" PRIu64 " of %" PRIu64 " UDP datagrams are %s: skipped", c->skipped[kinds[i]],
                datagrams, pl_skipped_name(kinds[i]));
    if (c->skipped[PL_SKIPPED_DTLS])
        say(n, "DTLS stands in it: the payloads are encrypted (SRTP), and are carried as they are");
}

static bool has_capture(const struct pl_planned *planned)
{
    return planned->scenario.pipeline == PL_PIPELINE_RECEIVER;
}

/* "traffic/talk.pcap.zst" is Plimsoll's where "traffic/talk.lock" lies beside it. */
static bool is_own(const char *file)
{
    char lock[PL_PATH_MAX + 8];
    const char *name = strrchr(file, '/'), *dot = strchr(name ? name : file, '.');
    snprintf(lock, sizeof lock, "%.*s.lock", dot ? (int)(dot - file) : (int)strlen(file), file);
    return access(lock, F_OK) != 0;
}

void pl_capture_note(const struct pl_planned *planned, pl_note *note, void *context)
{
    struct noting n = {planned, planned->scenario.traffic.file, note, context};
    if (!has_capture(planned))
        return;
    note_senders(&n);
    note_changes(&n);
    note_skipped(&n);
    note_clocks(&n);
    note_one_for_all(&n);
    note_rates(&n);
    note_gap(&n);
    if (is_own(n.file))
        note_duration(&n);
}

static void print_stream(const struct pl_recording *r, uint32_t index)
{
    const struct pl_recorded_stream *stream = &pl_recording_streams(r)[index];
    double lasts = lasts_s(r, index);
    char holds[64] = "unknown";
    if (stream->rate)
        snprintf(holds, sizeof holds, "%s, clock of %u Hz",
                 stream->codec == PL_CODEC_OPAQUE ? "no samples"
                                                  : pl_codec_name((enum pl_codec)stream->codec),
                 stream->rate);
    pl_printable_line(stderr, "  SSRC 0x%08x, type %u (%s): %u packets, %.1f a second, %.1f kB/s",
                      stream->ssrc, stream->payload_type, holds, stream->packets,
                      lasts > 0 ? stream->packets / lasts : 0.0,
                      lasts > 0 ? (double)stream->payload_bytes / 1e3 / lasts : 0.0);
}

static void print_streams(const struct pl_recording *r)
{
    enum { SHOWN = 8 };
    for (uint32_t i = 0; i < r->stream_count && i < SHOWN; i++)
        print_stream(r, i);
    if (r->stream_count > SHOWN)
        pl_printable_line(stderr, "  and %u streams more", r->stream_count - SHOWN);
}

static void print_skipped(const struct pl_capture_counts *c)
{
    char text[512] = "";
    size_t used = 0;
    for (int i = 0; i < PL_SKIPPED_COUNT; i++)
        if (c->skipped[i])
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%" PRIu64 " %s",
                                     used ? ", " : "", c->skipped[i],
                                     pl_skipped_name((enum pl_skipped)i));
    if (c->filtered)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "%s%" PRIu64 " turned away by the filter", used ? ", " : "",
                                 c->filtered);
    if (used)
        pl_printable_line(stderr, "  skipped: %s", text);
}

void pl_capture_summarize(const struct pl_planned *planned)
{
    const struct pl_scenario *s = &planned->scenario;
    const struct pl_recording *r = planned->recording;
    if (!has_capture(planned) || !is_own(s->traffic.file))
        return;
    pl_printable_line(stderr, "%s: %u RTP packets in %u stream%s, %.3f s", s->traffic.file,
                      r->packet_count, r->stream_count, r->stream_count == 1 ? "" : "s",
                      (double)r->duration_ns / 1e9);
    print_streams(r);
    print_skipped(&planned->counts);
    if (s->traffic.sessions > 1)
        pl_printable_line(stderr, "  %u sessions: %u packets of the capture become %" PRIu64,
                          s->traffic.sessions, r->packet_count,
                          (uint64_t)r->packet_count * s->traffic.sessions);
}
