/* The sending process's work (send.h): the senders' datagrams in the order of their times, as the
 * virtual clock's loop has them. */
#include "harness/live/send.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/clock/loop.h"
#include "harness/clock/real.h"
#include "harness/clock/virtual.h"
#include "harness/live/outlets.h"
#include "harness/live/send_pace.h"
#include "harness/live/wait.h"
#include "harness/traffic/rtp.h"
#include "harness/traffic/sender.h"
#include "harness/traffic/ssrc_timeline.h"

#define DATAGRAM_MAX 65536
#define AHEAD_NS (50 * PL_NS_PER_S / 1000) /* from being ready to replay time 0 */
#define PORT_WAIT_NS (20 * PL_NS_PER_S)    /* a heap may take its time to start */

/* Sleeping takes some 60 us longer than asked for; below that waiting costs the sender's core
 * rather than the traffic's shape. */
#define SPIN_NS 100000
#define SLICE_NS (PL_NS_PER_S / 10)

struct source;

struct sending {
    const struct pl_scenario *scenario;
    struct pl_live_link *link;
    struct pl_arena arena;
    struct pl_sender *senders;
    uint32_t sender_count;
    struct pl_loop loop;
    struct pl_event **heap;
    struct source *sources;
    int64_t start_ns;
    struct outlets outlets;
    struct pl_send_pace pace;
    uint8_t datagram[DATAGRAM_MAX];
};

static int open_senders(struct sending *s, const struct pl_recording *recording, uint64_t seed,
                        struct pl_error *error)
{
    const struct pl_traffic_settings *traffic = &s->scenario->traffic;
    s->sender_count = pl_sender_count(traffic);
    s->arena.capacity =
        pl_arena_cost(pl_senders_arena_bytes(traffic, recording, s->scenario->duration_ns));
    s->arena.base = aligned_alloc(PL_ARENA_ALIGN, s->arena.capacity);
    if (s->arena.base) {
        memset(s->arena.base, 0, s->arena.capacity);
        s->senders = pl_senders_open(traffic, recording, seed, s->scenario->duration_ns, &s->arena);
    }
    return s->senders ? 0 : pl_error_set(error, -ENOMEM, "no memory for the senders");
}

static int await_port(const struct sending *s, struct pl_error *error)
{
    int64_t until_ns = pl_real_now() + PORT_WAIT_NS;
    while (atomic_load(&s->link->port[0]) == 0) {
        if (pl_real_now() > until_ns)
            return pl_error_set(error, -ETIMEDOUT, "no receiver listened within %d s",
                                (int)(PORT_WAIT_NS / PL_NS_PER_S));
        usleep(1000);
    }
    return 0;
}

/* In slices, so that a sender whose next datagram is far away hears that the receiver has ended. */
static void wait_until(const struct sending *s, int64_t until_ns)
{
    for (int64_t now_ns; (now_ns = pl_real_now()) < until_ns - SPIN_NS;) {
        if (atomic_load(&s->link->ended))
            return;
        pl_live_wait(-1, until_ns < now_ns + SLICE_NS ? until_ns : now_ns + SLICE_NS);
    }
    while (pl_real_now() < until_ns)
        continue;
}

static void send_one(struct sending *s, const struct pl_arrival *arrival)
{
    memcpy(s->datagram, arrival->datagram, arrival->datagram_size);
    if (arrival->rebased)
        pl_rtp_rebase(s->datagram, arrival->wire_sequence, arrival->wire_timestamp, arrival->ssrc);
    int fd = outlets_of(&s->outlets, arrival);
    ssize_t sent = fd < 0 ? -1 : send(fd, s->datagram, arrival->datagram_size, 0);
    atomic_fetch_add(sent < 0 ? &s->link->send_errors : &s->link->sent, 1);
}

/* One sender's event: the loop gives the order that the virtual clock has, real time the pace. */
struct source {
    struct pl_event event;
    struct pl_sender *sender;
    struct sending *sending;
};

static int64_t on_due(void *context, int64_t now_ns)
{
    struct source *source = context;
    struct sending *s = source->sending;
    struct pl_arrival arrival;
    int64_t due_ns = s->start_ns + now_ns;
    pl_sender_take(source->sender, &arrival);
    wait_until(s, pl_send_pace_next(&s->pace, due_ns));
    s->loop.stopped = atomic_load(&s->link->ended);
    if (s->loop.stopped)
        return PL_NEVER;
    int64_t sent_ns = pl_real_now();
    send_one(s, &arrival);
    pl_send_pace_sent(&s->pace, due_ns, sent_ns);
    if (sent_ns - due_ns > atomic_load(&s->link->late_ns_max))
        atomic_store(&s->link->late_ns_max, sent_ns - due_ns);
    return pl_sender_due(source->sender);
}

static int open_sources(struct sending *s, struct pl_error *error)
{
    s->sources = calloc(s->sender_count, sizeof *s->sources);
    s->heap = calloc(s->sender_count, sizeof *s->heap);
    if (!s->sources || !s->heap)
        return pl_error_set(error, -ENOMEM, "out of memory");
    pl_loop_init(&s->loop, s->heap, s->sender_count);
    for (uint32_t i = 0; i < s->sender_count; i++) {
        struct source *source = &s->sources[i];
        *source = (struct source){.sender = pl_sender_at(s->senders, i), .sending = s};
        source->event = (struct pl_event){.fire = on_due, .context = source};
        pl_loop_add(&s->loop, &source->event, pl_sender_due(source->sender));
    }
    return 0;
}

/* Identities that end while a reordered packet is late, and the one that it comes into. */
static uint32_t identities(const struct pl_scenario *scenario)
{
    const struct pl_traffic_settings *t = &scenario->traffic;
    int64_t shortest_ns = t->faults.reorder_delay_ns;
    if (t->faults.reorder <= 0 || !pl_ssrc_timeline_any(t))
        return 1;
    for (uint32_t i = 0; i < t->churn_count; i++)
        if (t->churn_ns[i] < shortest_ns)
            shortest_ns = t->churn_ns[i];
    return 2 + (uint32_t)(t->faults.reorder_delay_ns / shortest_ns);
}

static int prepare(struct sending *s, const struct pl_recording *recording, uint64_t seed,
                   struct pl_error *error)
{
    uint32_t streams = recording->stream_count * s->scenario->traffic.sessions;
    prctl(PR_SET_TIMERSLACK, 1);
    int rc = open_senders(s, recording, seed, error);
    if (!rc)
        rc = open_sources(s, error);
    if (!rc)
        rc = await_port(s, error);
    return rc ? rc : outlets_open(&s->outlets, streams, identities(s->scenario), s->link, error);
}

int pl_live_send(const struct pl_scenario *scenario, const struct pl_recording *recording,
                 uint64_t seed, struct pl_live_link *link, struct pl_error *error)
{
    struct sending *s = calloc(1, sizeof *s);
    if (!s)
        return pl_error_set(error, -ENOMEM, "out of memory");
    s->scenario = scenario;
    s->link = link;
    int rc = prepare(s, recording, seed, error);
    if (!rc) {
        atomic_store(&link->source, ntohl(s->outlets.from.sin_addr.s_addr));
        s->start_ns = atomic_load(&link->start_ns);
        if (!s->start_ns)
            s->start_ns = pl_real_now() + AHEAD_NS;
        s->pace = (struct pl_send_pace){s->start_ns, s->start_ns};
        atomic_store(&link->start_ns, s->start_ns);
        pl_loop_run(&s->loop, scenario->duration_ns);
        atomic_store(&link->sent_all, !s->loop.stopped);
        atomic_store(&link->done, 1);
        outlets_close(&s->outlets);
    }
    free(s->heap);
    free(s->sources);
    free(s->arena.base);
    free(s);
    return rc;
}
