/* The pipeline `relay`: its checks, and its state in the arena (relay_state.h). */
#include "harness/pipelines/relay/relay_state.h"

#include <errno.h>
#include <string.h>

#include "harness/pipelines/relay/door.h"
#include "harness/pipelines/relay/history.h"
#include "harness/pipelines/relay/publisher.h"
#include "harness/pipelines/relay/pump.h"
#include "harness/pipelines/relay/relay_packet.h"
#include "harness/pipelines/relay/rtcp.h"
#include "harness/pipelines/session/books.h"

static const char *const class_names[RELAY_CLASSES] = {
    [CLASS_PACKET] = "packet",   [CLASS_BUFFER] = "buffer", [CLASS_NODE] = "node",
    [CLASS_SESSION] = "session", [CLASS_RTCP] = "rtcp",     [CLASS_HISTORY] = "history",
};

static int class_index(const struct pl_scenario *s, enum relay_class class)
{
    for (uint32_t i = 0; i < s->class_count; i++)
        if (strcmp(s->classes[i].name, class_names[class]) == 0)
            return (int)i;
    return -1;
}

static bool needs_class(const struct pl_scenario *s, enum relay_class class)
{
    return class <= CLASS_SESSION || (class == CLASS_RTCP && pl_relay_has_rtcp(&s->relay)) ||
           (class == CLASS_HISTORY && s->relay.rtcp_feedback_ns);
}

static int check_class(const struct pl_scenario *s, enum relay_class class, struct pl_error *error)
{
    static const size_t least[RELAY_CLASSES] = {
        [CLASS_PACKET] = sizeof(struct relay_packet), [CLASS_BUFFER] = 1,
        [CLASS_NODE] = sizeof(struct relay_node),     [CLASS_SESSION] = 16,
        [CLASS_RTCP] = RELAY_RTCP_PACKET_BYTES,       [CLASS_HISTORY] = sizeof(struct relay_sent),
    };
    int index = class_index(s, class);
    if (index < 0)
        return pl_error_set(error, -EINVAL, "%s: no class '%s'; expected packet, buffer, node%s",
                            s->path, class_names[class],
                            !pl_relay_has_rtcp(&s->relay) ? " and session"
                            : s->relay.rtcp_feedback_ns   ? ", session, rtcp and history"
                                                          : ", session and rtcp");
    if (s->classes[index].size < least[class])
        return pl_error_set(error, -EINVAL, "%s: class %s has %llu B; expected %zu B or more",
                            s->path, class_names[class], (unsigned long long)s->classes[index].size,
                            least[class]);
    return 0;
}

static int check_classes(const struct pl_scenario *s, struct pl_error *error)
{
    int rc = 0;
    for (int i = 0; !rc && i < RELAY_CLASSES; i++)
        if (needs_class(s, (enum relay_class)i))
            rc = check_class(s, (enum relay_class)i, error);
    return rc;
}

static uint32_t largest_datagram(const struct pl_recording *recording)
{
    const struct pl_recorded_packet *packets = pl_recording_packets(recording);
    uint32_t largest = 0;
    for (uint32_t i = 0; i < recording->packet_count; i++)
        if (packets[i].datagram_size > largest)
            largest = packets[i].datagram_size;
    return largest;
}

/* Datagrams lie in buffers, those of RTCP, too. */
static int check_buffers(const struct pl_scenario *s, const struct pl_recording *recording,
                         struct pl_error *error)
{
    uint32_t largest = largest_datagram(recording);
    uint32_t report =
        pl_relay_has_rtcp(&s->relay) ? relay_rtcp_largest(recording->stream_count) : 0;
    uint64_t size = s->classes[class_index(s, CLASS_BUFFER)].size;
    if (size < largest)
        return pl_error_set(error, -EINVAL,
                            "%s: class buffer has %llu B, but the largest packet of %s has %u B",
                            s->path, (unsigned long long)size, s->traffic.file, largest);
    if (size < report)
        return pl_error_set(error, -EINVAL,
                            "%s: class buffer has %llu B, but a report on the streams of %s has "
                            "%u B",
                            s->path, (unsigned long long)size, s->traffic.file, report);
    return 0;
}

static int check(const struct pl_scenario *s, const struct pl_recording *recording,
                 enum pl_format format, struct pl_error *error)
{
    (void)format; /* what is relayed is never decoded */
    int rc = check_classes(s, error);
    if (!rc)
        rc = pl_session_objects_check(s, recording, relay_door_most(s), error);
    if (rc || !recording)
        return rc;
    return check_buffers(s, recording, error);
}

static size_t arena_bytes(const struct pl_scenario *s, const struct pl_recording *recording,
                          enum pl_format format)
{
    size_t subscribers = relay_door_most(s), publishers = pl_sender_count(&s->traffic);
    (void)format;
    return pl_arena_cost(sizeof(struct relay)) +
           pl_arena_cost(publishers * sizeof(struct relay_publisher)) +
           pl_arena_cost(subscribers * sizeof(struct relay_subscriber)) +
           publishers *
               (pl_arena_cost((subscribers / publishers + 1) * sizeof(struct relay_subscriber *)) +
                relay_publisher_arena_bytes(&s->relay)) +
           pl_arena_cost(PL_THREADS_MAX * sizeof(struct relay_pump)) +
           pl_arena_cost(subscribers * sizeof(uint32_t)) +
           relay_rtcp_arena_bytes(&s->relay, subscribers) +
           pl_session_objects_arena_bytes(s, (uint32_t)subscribers, PL_THREADS_MAX) +
           pl_senders_arena_bytes(&s->traffic, recording, s->duration_ns);
}

static uint32_t event_count(const struct pl_scenario *s)
{
    return pl_sender_count(&s->traffic) + PL_THREADS_MAX + 1;
}

/* Of several streams, video is the one with the most bytes. */
static uint32_t video_stream(const struct pl_scenario *s, const struct pl_recording *recording)
{
    const struct pl_recorded_stream *streams = pl_recording_streams(recording);
    uint32_t largest = 0;
    for (uint32_t i = 1; i < recording->stream_count; i++)
        if (streams[i].payload_bytes > streams[largest].payload_bytes)
            largest = i;
    return s->relay.video ? largest : UINT32_MAX;
}

static bool open_publishers(struct relay *r)
{
    uint32_t most = r->subscriber_count / r->publisher_count + 1;
    struct pl_sender *senders = pl_senders_open(&r->scenario->traffic, r->in.recording, r->in.seed,
                                                r->scenario->duration_ns, r->in.arena);
    r->publishers = pl_arena_take(r->in.arena, r->publisher_count * sizeof *r->publishers);
    for (uint32_t i = 0; senders && r->publishers && i < r->publisher_count; i++) {
        struct relay_publisher *p = &r->publishers[i];
        p->subscribers = pl_arena_take(r->in.arena, most * sizeof(struct relay_subscriber *));
        if (!p->subscribers || !relay_publisher_open(p, r, i, pl_sender_at(senders, i)))
            return false;
    }
    return senders && r->publishers;
}

static bool open_subscribers(struct relay *r)
{
    r->subscribers = pl_arena_take(r->in.arena, r->subscriber_count * sizeof *r->subscribers);
    for (uint32_t i = 0; r->subscribers && i < r->subscriber_count; i++) {
        struct relay_subscriber *u = &r->subscribers[i];
        u->index = i;
        u->publisher = i % r->publisher_count;
        u->worker = pl_crew_assign(r->in.crew);
        pthread_mutex_init(&u->lock, NULL);
    }
    return r->subscribers != NULL;
}

static bool open_parts(struct relay *r)
{
    return pl_session_objects_open(&r->in, r->subscriber_count, r->in.sides->side,
                                   r->in.crew->count, &r->objects) &&
           open_subscribers(r) && relay_pumps_open(r) && relay_rtcp_open(r) && relay_door_open(r) &&
           open_publishers(r);
}

static int open(const struct pl_pipeline_inputs *in, void **state, struct pl_error *error)
{
    struct relay *r = pl_arena_take(in->arena, sizeof *r);
    if (r) {
        r->scenario = in->scenario;
        r->settings = &in->scenario->relay;
        r->in = *in;
        r->video_stream = video_stream(in->scenario, in->recording);
        r->publisher_count = pl_sender_count(&in->scenario->traffic);
        r->subscriber_count = relay_door_most(in->scenario);
        for (int i = 0; i < RELAY_CLASSES; i++)
            r->classes[i] = (uint32_t)class_index(in->scenario, (enum relay_class)i);
    }
    if (!r || !open_parts(r))
        return pl_error_set(error, -ENOMEM, "the arena is too small for the relay");
    *state = r;
    return 0;
}

/* What waits is held, and then released. */
static void close_subscriber(struct relay *r, struct pl_side *side, struct relay_subscriber *u)
{
    pl_counter_add(&side->counts.held, relay_list_clear(r, side, &u->queue));
    relay_history_clear(r, side, u);
    if (u->session)
        pl_meter_release(&side->meter, r->classes[CLASS_SESSION], u->session);
}

static void close(void *state, int64_t now_ns)
{
    struct relay *r = state;
    struct pl_side *side = pl_sides_network(r->in.sides);
    (void)now_ns;
    for (uint32_t i = 0; i < r->subscriber_count; i++)
        close_subscriber(r, side, &r->subscribers[i]);
    pl_session_objects_close(r->objects);
    for (uint32_t i = 0; i < r->publisher_count; i++)
        relay_publisher_close(&r->publishers[i]);
}

const struct pl_pipeline pl_relay = {
    .name = "relay",
    .program = "plimsoll-cell",
    .live_program = "plimsoll-live",
    .check = check,
    .arena_bytes = arena_bytes,
    .event_count = event_count,
    .open = open,
    .close = close,
};
