/* Every key that a scenario may hold. Sections come before their keys. */
#include "harness/scenario/schema.h"

#include <stdio.h>
#include <string.h>

#include "harness/scenario/keys.h"
#include "harness/scenario/traits.h"

#define AT(field) offsetof(struct pl_scenario, field)
#define TEXT(path, field, flags)                                                                  \
    {                                                                                             \
        path, PL_KEY_TEXT, AT(field), sizeof(((struct pl_scenario *)0)->field), 0, 0, NULL, NULL, \
            flags                                                                                 \
    }
#define SIZE(path, field, min, max, flags)                           \
    {                                                                \
        path, PL_KEY_SIZE, AT(field), 0, min, max, NULL, NULL, flags \
    }
#define TIME(path, field, min, max, flags)                           \
    {                                                                \
        path, PL_KEY_TIME, AT(field), 0, min, max, NULL, NULL, flags \
    }
#define COUNT(path, field, min, max, flags)                           \
    {                                                                 \
        path, PL_KEY_COUNT, AT(field), 0, min, max, NULL, NULL, flags \
    }
#define CHOICE(path, field, choices, flags)                           \
    {                                                                 \
        path, PL_KEY_CHOICE, AT(field), 0, 0, 0, choices, NULL, flags \
    }
#define FACTOR(path, field, max, flags)                              \
    {                                                                \
        path, PL_KEY_FACTOR, AT(field), 0, 0, max, NULL, NULL, flags \
    }
#define SHARE(path, field)                                    \
    {                                                         \
        path, PL_KEY_SHARE, AT(field), 0, 0, 0, NULL, NULL, 0 \
    }
#define SECTION(path, flags)                                \
    {                                                       \
        path, PL_KEY_SECTION, 0, 0, 0, 0, NULL, NULL, flags \
    }
#define SPECIAL(path, decode, flags)                          \
    {                                                         \
        path, PL_KEY_SPECIAL, 0, 0, 0, 0, NULL, decode, flags \
    }

#define MS INT64_C(1000000)
#define S (1000 * MS)
#define HOUR (3600 * S)
#define KIB INT64_C(1024)
#define GIB (KIB * KIB * KIB)

/* "|receiver|media..."; the choices begin behind the first bar. */
static const char pipelines[] =
#define PL_PIPELINE(kind, name) "|" #name
#include "harness/scenario/pipelines.def"
#undef PL_PIPELINE
    ;

const struct pl_key pl_schema[] = {
    TEXT("name", name, PL_KEY_REQUIRED),
    TEXT("title", title, PL_KEY_REQUIRED),
    TEXT("about", about, 0),
    SPECIAL("extends", pl_decode_extends, 0),
    TEXT("counterpart", counterpart, PL_KEY_CONDITION),
    CHOICE("pipeline", pipeline, pipelines + 1, PL_KEY_REQUIRED),
    SECTION("traffic", 0),
    TEXT("traffic.file", traffic.file, 0),
    TEXT("traffic.filter", traffic.filter, 0),
    TEXT("traffic.payload", traffic.payload, 0),
    TEXT("traffic.sdp", traffic.sdp, 0),
    TIME("traffic.max_gap", traffic.max_gap_ns, MS, 24 * HOUR, 0),
    COUNT("traffic.sessions", traffic.sessions, 1, 65536, 0),
    FACTOR("traffic.rate", traffic.rate, 1000, 0),
    SECTION("traffic.faults", 0),
    SHARE("traffic.faults.loss", traffic.faults.loss),
    SHARE("traffic.faults.burst_enter", traffic.faults.burst_enter),
    SHARE("traffic.faults.burst_leave", traffic.faults.burst_leave),
    SHARE("traffic.faults.burst_loss", traffic.faults.burst_loss),
    SHARE("traffic.faults.duplicate", traffic.faults.duplicate),
    SHARE("traffic.faults.reorder", traffic.faults.reorder),
    TIME("traffic.faults.reorder_delay", traffic.faults.reorder_delay_ns, MS, S, 0),
    TIME("traffic.faults.jitter", traffic.faults.jitter_ns, 0, S, 0),
    SPECIAL("traffic.churn", pl_decode_churn, 0),
    SPECIAL("traffic.outages", pl_decode_outages, 0),
    COUNT("traffic.hostile", traffic.hostile, 0, 100000, 0),
    SECTION("receiver", 0),
    TIME("receiver.latency", receiver.latency_ns, MS, HOUR, 0),
    TIME("receiver.latency_tolerance", receiver.latency_tolerance_ns, MS, HOUR, 0),
    {"receiver.latency_bounds", PL_KEY_BOOL, AT(receiver.latency_bounds), 0, 0, 0, NULL, NULL, 0},
    TIME("receiver.no_playback_timeout", receiver.no_playback_timeout_ns, MS, HOUR, 0),
    TIME("receiver.choppy_timeout", receiver.choppy_timeout_ns, MS, HOUR, 0),
    TIME("receiver.frame", receiver.frame_ns, MS, S, 0),
    FACTOR("receiver.read_speed", receiver.read_speed, 10, 0),
    COUNT("receiver.queue", receiver.queue_packets, 0, 10000000, 0),
    COUNT("receiver.max_sessions", receiver.max_sessions, 1, 65536, 0),
    CHOICE("receiver.on_full", receiver.on_full, "retry|drop_newest|drop_oldest|spin", 0),
    TIME("receiver.retry", receiver.retry_ns, MS, 60 * S, 0),
    SIZE("receiver.rcvbuf", receiver.rcvbuf_bytes, 2304, GIB, 0),
    SIZE("receiver.max_packet", receiver.max_packet_bytes, 64, 65536, 0),
    SIZE("receiver.max_frame", receiver.max_frame_bytes, 64, GIB, 0),
    COUNT("receiver.sockets", receiver.sockets, 1, PL_RECEIVER_SOCKETS_MAX, 0),
    SPECIAL("receiver.stalls", pl_decode_stalls, 0),
    SECTION("media", 0),
    SPECIAL("media.sources", pl_decode_sources, PL_KEY_REQUIRED_HERE),
    TEXT("media.payload", media.payload, 0),
    CHOICE("media.decode", media.decode, "once|live", 0),
    TIME("media.clip", media.clip_ns, 100 * MS, HOUR, 0),
    TIME("media.frame", media.frame_ns, MS, S, 0),
    TIME("media.delay", media.delay_ns, MS, 24 * HOUR, 0),
    COUNT("media.rate", media.rate, 8000, 192000, 0),
    COUNT("media.channels", media.channels, 1, 8, 0),
    TEXT("media.picture", media.picture, 0),
    CHOICE("media.hold", media.hold, "frames|chunks", 0),
    CHOICE("media.encoder", media.encoder, "none|mp3|vorbis|opus|aac", PL_KEY_CONDITION),
    {"media.buffer_pool", PL_KEY_BOOL, AT(media.buffer_pool), 0, 0, 0, NULL, NULL, 0},
    TIME("media.track", media.track_ns, 0, 24 * HOUR, 0),
    TIME("media.crossfade", media.crossfade_ns, 0, HOUR, 0),
    COUNT("media.streams", media.streams, 1, PL_MEDIA_STREAMS_MAX, 0),
    COUNT("media.burst", media.burst, 1, 250, 0), /* libx264's longest GOP, by default */
    SHARE("media.leak", media.leak),
    SECTION("blocks", 0),
    TEXT("blocks.file", blocks.file, PL_KEY_REQUIRED_HERE),
    TIME("blocks.cycle", blocks.cycle_ns, 10 * MS, HOUR, 0),
    TIME("blocks.idle", blocks.idle_ns, MS, HOUR, 0),
    SIZE("blocks.live", blocks.live_bytes, 64 * KIB, GIB, 0),
    SHARE("blocks.survivors", blocks.survivors),
    TIME("blocks.survivor_lifetime", blocks.survivor_lifetime_ns, 10 * MS, 24 * HOUR, 0),
    SHARE("blocks.idle_work", blocks.idle_work),
    COUNT("blocks.jobs", blocks.jobs, 1, PL_BLOCKS_JOBS_MAX, 0),
    CHOICE("blocks.start", blocks.start, "spread|together", 0),
    CHOICE("blocks.release", blocks.release, "own|other", 0),
    SIZE("blocks.survivor_size", blocks.survivor_bytes, 1, GIB, 0),
    SECTION("broadcast", 0),
    TEXT("broadcast.video", broadcast.video, PL_KEY_REQUIRED_HERE),
    TEXT("broadcast.sound", broadcast.sound, PL_KEY_REQUIRED_HERE),
    TEXT("broadcast.picture", broadcast.picture, 0),
    COUNT("broadcast.pictures", broadcast.pictures, 1, 300, 0),
    COUNT("broadcast.clients", broadcast.clients, 1, PL_CLIENTS_MAX, 0),
    COUNT("broadcast.fps", broadcast.fps, 1, 1000, 0),
    COUNT("broadcast.views", broadcast.views, 1, 1000, 0),
    {"broadcast.reuse_images", PL_KEY_BOOL, AT(broadcast.reuse_images), 0, 0, 0, NULL, NULL, 0},
    COUNT("broadcast.ring", broadcast.ring, 1, 4096, 0),
    TEXT("broadcast.terminal", broadcast.terminal, 0),
    COUNT("broadcast.video_queue", broadcast.video_queue, 0, 1000000, 0),
    COUNT("broadcast.audio_queue", broadcast.audio_queue, 0, 1000000, 0),
    SIZE("broadcast.queue_bytes", broadcast.queue_bytes, 0, 16 * GIB, 0),
    CHOICE("broadcast.on_full", broadcast.on_full, "drop_oldest|drop_newest|block|evict", 0),
    COUNT("broadcast.stalled", broadcast.stalled, 0, PL_CLIENTS_MAX, 0),
    SPECIAL("broadcast.stalls", pl_decode_viewer_stalls, 0),
    TIME("broadcast.rejoin", broadcast.rejoin_ns, 0, HOUR, 0),
    COUNT("broadcast.hostile", broadcast.hostile, 0, 100000, 0),
    SECTION("relay", 0),
    COUNT("relay.subscribers", relay.subscribers, 0, PL_LOAD_SESSIONS_MAX, 0),
    CHOICE("relay.delivery", relay.delivery, "shared|copied", 0),
    CHOICE("relay.buffers", relay.buffers, "fit|fixed", 0),
    CHOICE("relay.transport", relay.transport, "tcp|udp", 0),
    CHOICE("relay.video", relay.video, "none|h264|h265|vp8|vp9", 0),
    CHOICE("relay.gop", relay.gop, "none|once|twice", 0),
    COUNT("relay.gop_packets", relay.gop_packets, 0, 10000000, 0),
    CHOICE("relay.gop_full", relay.gop_full, "trim|empty", 0),
    TIME("relay.nack", relay.nack_ns, 0, HOUR, 0),
    COUNT("relay.nack_packets", relay.nack_packets, 0, 10000000, 0),
    SIZE("relay.burst", relay.burst_bytes, 0, GIB, 0),
    COUNT("relay.queue_packets", relay.queue_packets, 0, 10000000, 0),
    SIZE("relay.queue_bytes", relay.queue_bytes, 0, 16 * GIB, 0),
    TIME("relay.queue_time", relay.queue_ns, 0, HOUR, 0),
    CHOICE("relay.on_full", relay.on_full, "drop_oldest|drop_newest|block|evict|drop_to_keyframe",
           0),
    SIZE("relay.socket_initial", relay.socket_initial, 1, GIB, 0),
    SIZE("relay.socket_max", relay.socket_max, 1, GIB, 0),
    COUNT("relay.slow", relay.slow, 0, PL_LOAD_SESSIONS_MAX, 0),
    SIZE("relay.slow_rate", relay.slow_bytes, 1, GIB, 0),
    COUNT("relay.stalled", relay.stalled, 0, PL_LOAD_SESSIONS_MAX, 0),
    SPECIAL("relay.stalls", pl_decode_relay_stalls, 0),
    TIME("relay.stall_step", relay.stall_step_ns, 0, HOUR, 0),
    SHARE("relay.loss", relay.loss),
    TIME("relay.rtt", relay.rtt_ns, 0, 10 * S, 0),
    SECTION("relay.rtcp", 0),
    TIME("relay.rtcp.feedback", relay.rtcp_feedback_ns, 0, HOUR, 0),
    TIME("relay.rtcp.reports", relay.rtcp_reports_ns, 0, HOUR, 0),
    TIME("relay.rtcp.history", relay.rtcp_history_ns, 0, HOUR, 0),
    COUNT("relay.rtcp.history_packets", relay.rtcp_history_packets, 0, 10000000, 0),
    SECTION("workers", 0),
    CHOICE("workers.assign", workers.assign, "round_robin|least_loaded|random", 0),
    SPECIAL("workers.renew", pl_decode_renew, 0),
    TIME("workers.turn", workers.turn_ns, MS, S, 0),
    SIZE("workers.stack", workers.stack_bytes, 64 * KIB, GIB, 0),
    SECTION("program", 0),
    SPECIAL("program.command", pl_decode_program_command, PL_KEY_REQUIRED_HERE),
    TEXT("program.directory", program.directory, 0),
    TEXT("program.build", program.build, 0),
    SPECIAL("program.environment", pl_decode_program_environment, 0),
    SPECIAL("program.ready", pl_decode_program_ready, 0),
    TIME("program.ready_within", program.ready_within_ns, 100 * MS, HOUR, PL_KEY_CONDITION),
    SPECIAL("program.stop", pl_decode_program_stop, PL_KEY_CONDITION),
    TIME("program.grace", program.grace_ns, 0, HOUR, PL_KEY_CONDITION),
    SPECIAL("program.send", pl_decode_program_send, 0),
    SPECIAL("program.clients", pl_decode_program_clients, 0),
    SPECIAL("program.actions", pl_decode_program_actions, 0),
    SECTION("trace", 0),
    TEXT("trace.file", trace.file, PL_KEY_REQUIRED_HERE),
    CHOICE("trace.touch", trace.touch, "recorded|first|all", 0),
    FACTOR("trace.speed", trace.speed, 1000, 0),
    CHOICE("trace.loop", trace.loop, "off|free|keep", 0),
    COUNT("trace.copies", trace.copies, 1, PL_TRACE_COPIES_MAX, 0),
    SPECIAL("load", pl_decode_load, 0),
    SECTION("session", 0),
    SPECIAL("session.objects", pl_decode_session_objects, 0),
    SPECIAL("background", pl_decode_background, 0),
    SPECIAL("classes", pl_decode_classes, 0),
    SPECIAL("limits", pl_decode_limits, 0),
    SPECIAL("container", pl_decode_container, 0),
    TIME("duration", duration_ns, S, 31 * 24 * HOUR, PL_KEY_REQUIRED | PL_KEY_CONDITION),
    TIME("sample_interval", sample_interval_ns, MS, HOUR, PL_KEY_CONDITION),
    TIME("timeout", timeout_ns, S, 24 * HOUR, PL_KEY_CONDITION),
    CHOICE("clock", clock, "virtual|wall", PL_KEY_CONDITION),
    {"huge_pages", PL_KEY_BOOL, AT(huge_pages), 0, 0, 0, NULL, NULL, 0},
    {"gate", PL_KEY_BOOL, AT(gate), 0, 0, 0, NULL, NULL, PL_KEY_CONDITION},
    {"seed", PL_KEY_SEED, AT(seed), 0, 0, INT64_MAX, NULL, NULL, PL_KEY_CONDITION},
    COUNT("repeat", repeat, 1, 1000, PL_KEY_CONDITION),
    SPECIAL("allocators", pl_decode_allocators, PL_KEY_REQUIRED | PL_KEY_CONDITION),
    SPECIAL("sweep", pl_decode_sweep, PL_KEY_CONDITION),
    SPECIAL("formats", pl_decode_formats, PL_KEY_CONDITION),
    SPECIAL("threads", pl_decode_threads, PL_KEY_CONDITION),
    SPECIAL("alerts", pl_decode_alerts, 0),
    SPECIAL("expect", pl_decode_expect, PL_KEY_REQUIRED),
    TIME("budget", budget_ns, S, 24 * HOUR, PL_KEY_CONDITION),
};

const size_t pl_schema_count = sizeof pl_schema / sizeof *pl_schema;
_Static_assert(sizeof pl_schema / sizeof *pl_schema <= PL_SCHEMA_MAX, "raise PL_SCHEMA_MAX");

const struct pl_key *pl_schema_find(const char *path)
{
    for (size_t i = 0; i < pl_schema_count; i++)
        if (strcmp(pl_schema[i].path, path) == 0)
            return &pl_schema[i];
    return NULL;
}

/* Whether a pipeline reads the section of a key. */
static bool reads(const struct pl_pipeline_traits *traits, const struct pl_key *key)
{
    for (const char *const *section = traits->sections; *section; section++) {
        size_t length = strlen(*section);
        if (strncmp(key->path, *section, length) == 0 &&
            (!key->path[length] || key->path[length] == '.'))
            return true;
    }
    return false;
}

/* A section that no pipeline claims is everybody's. */
bool pl_schema_foreign(const struct pl_key *key, enum pl_pipeline_kind kind,
                       enum pl_pipeline_kind *owner)
{
    if (reads(pl_traits_of_kind(kind), key))
        return false;
    for (int i = 0; i < PL_PIPELINE_COUNT; i++) {
        *owner = (enum pl_pipeline_kind)i;
        if (reads(pl_traits_of_kind(*owner), key))
            return true;
    }
    return false;
}

void pl_schema_names(const char *prefix, char *text, size_t capacity)
{
    size_t length = strlen(prefix), used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < pl_schema_count; i++) {
        const char *path = pl_schema[i].path;
        if (strncmp(path, prefix, length) != 0 || strchr(path + length, '.'))
            continue;
        int n = snprintf(text + used, capacity - used, "%s%s", used ? ", " : "", path + length);
        if (n < 0 || (size_t)n >= capacity - used)
            return;
        used += (size_t)n;
    }
}
