/* The network's thread: a libuv loop that receives into packet_buffers, as roc-toolkit's does. */
#include <netinet/in.h>

#include "harness/clock/real.h"
#include "harness/live/live_state.h"
#include "harness/live/socket.h"
#include "harness/traffic/rtp.h"

#define DROPS_EVERY_MS 100

static int64_t replay_now(const struct pl_live *live)
{
    return pl_real_now() - live->start_ns;
}

static bool spins(const struct pl_live *live)
{
    return live->receiver.settings->on_full == PL_ON_FULL_SPIN;
}

/* A datagram that got no packet goes first. No buffer at all is libuv's UV_ENOBUFS. */
static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct pl_live *live = ((const struct pl_live_udp *)handle->data)->live;
    struct receiver *r = &live->receiver;
    (void)suggested;
    *buffer = uv_buf_init(NULL, 0);
    if (!intake_again(r))
        return;
    if (intake_buffer(r))
        *buffer = uv_buf_init((char *)r->hand->datagram, (unsigned)r->datagram_bytes);
    else if (!intake_waits(r))
        *buffer = uv_buf_init((char *)live->scratch, SCRATCH_BYTES);
}

static void on_datagram(uv_udp_t *udp, ssize_t size, const uv_buf_t *buffer,
                        const struct sockaddr *address, unsigned flags);

static void listen_on(struct pl_live *live)
{
    for (uint32_t i = 0; i < live->udp_count; i++)
        uv_udp_recv_start(&live->udp[i].udp, on_alloc, on_datagram);
}

static void on_retry(uv_timer_t *timer)
{
    struct pl_live *live = timer->data;
    struct receiver *r = &live->receiver;
    if (!intake_again(r) || !intake_buffer(r))
        return; /* the timer repeats */
    uv_timer_stop(timer);
    intake_resume(r, replay_now(live));
    listen_on(live);
}

/* Spinning needs nothing: libuv finds the socket readable again at once. Stopping is done here, in
 * recv_cb: after alloc_cb libuv would call a callback that is gone. */
static void on_full(struct pl_live *live)
{
    struct receiver *r = &live->receiver;
    uint64_t retry_ms = ((uint64_t)r->settings->retry_ns + 999999) / 1000000; /* libuv's grain */
    if (!r->paused)
        intake_pause(r, replay_now(live));
    if (spins(live))
        return;
    for (uint32_t i = 0; i < live->udp_count; i++)
        uv_udp_recv_stop(&live->udp[i].udp);
    uv_timer_start(&live->retry, on_retry, retry_ms, retry_ms);
}

/* A real receiver does without: it is what delivery is checked by. */
static void identify(const struct pl_live *live, struct datagram *datagram)
{
    struct pl_rtp rtp;
    const uint8_t *bytes = live->receiver.hand->datagram;
    if (!pl_rtp_parse(bytes, datagram->size, &rtp) ||
        !pl_identify(live->identifier, rtp.ssrc, rtp.sequence, rtp.timestamp, &datagram->truth))
        datagram->truth.packet = NULL;
}

static bool is_foreign(const struct pl_live *live, const struct sockaddr *address)
{
    const struct sockaddr_in *from = (const struct sockaddr_in *)(const void *)address;
    return from->sin_addr.s_addr != live->source;
}

static void take(struct pl_live *live, ssize_t size, const struct sockaddr *address, bool whole)
{
    struct receiver *r = &live->receiver;
    const struct sockaddr_in *from = (const struct sockaddr_in *)(const void *)address;
    struct datagram datagram = {
        .size = whole ? (uint32_t)size : (uint32_t)r->datagram_bytes + 1,
        .port = ntohs(from->sin_port),
        .arrival_ns = replay_now(live),
    };
    if (whole)
        identify(live, &datagram);
    if (!intake_datagram(r, &datagram))
        on_full(live);
    else if (r->paused)
        intake_resume(r, datagram.arrival_ns);
}

static void on_datagram(uv_udp_t *udp, ssize_t size, const uv_buf_t *buffer,
                        const struct sockaddr *address, unsigned flags)
{
    struct pl_live *live = ((const struct pl_live_udp *)udp->data)->live;
    struct receiver *r = &live->receiver;
    if (size == UV_ENOBUFS) {
        on_full(live);
        return;
    }
    if (size < 0 || !address)
        return; /* nothing more; the buffer stays at hand */
    if (is_foreign(live, address)) {
        pl_counter_add(&r->network->counts.foreign, 1); /* likewise: it costs the stack nothing */
        return;
    }
    pl_counter_add(&r->network->counts.received, 1);
    if (buffer->base == (char *)live->scratch)
        intake_loses(r);
    else
        take(live, size, address, !(flags & UV_UDP_PARTIAL));
}

void network_count_drops(struct pl_live *live)
{
    struct pl_traffic_counts *counts = &live->receiver.network->counts;
    for (uint32_t i = 0; i < live->udp_count; i++) {
        struct pl_live_udp *udp = &live->udp[i];
        uint32_t drops = pl_live_socket_drops(udp->fd);
        uint32_t more = drops - udp->drops; /* modulo 2^32, as the kernel counts */
        udp->drops = drops;
        pl_counter_add(&counts->dropped[PL_DROP_KERNEL], more);
        pl_counter_add(&counts->received, more);
    }
}

static void on_drops(uv_timer_t *timer)
{
    network_count_drops(timer->data);
}

static void on_stop(uv_poll_t *stop, int status, int events)
{
    (void)status;
    (void)events;
    uv_stop(stop->loop);
}

static int open_udp(struct pl_live *live, struct pl_live_udp *udp)
{
    int rc = uv_udp_init(&live->loop, &udp->udp);
    if (!rc)
        rc = uv_udp_open(&udp->udp, dup(udp->fd));
    pl_live_socket_claim(udp->fd);
    udp->udp.data = udp;
    return rc;
}

int network_open(struct pl_live *live)
{
    int rc = uv_loop_init(&live->loop);
    for (uint32_t i = 0; !rc && i < live->udp_count; i++)
        rc = open_udp(live, &live->udp[i]);
    if (!rc)
        rc = uv_timer_init(&live->loop, &live->retry);
    if (!rc)
        rc = uv_timer_init(&live->loop, &live->drops);
    if (!rc)
        rc = uv_poll_init(&live->loop, &live->stop, live->stop_fd);
    live->retry.data = live->drops.data = live;
    return rc;
}

static void close_handle(uv_handle_t *handle, void *context)
{
    (void)context;
    uv_close(handle, NULL);
}

void *network_run(void *context)
{
    struct pl_live *live = context;
    while (sem_wait(&live->go))
        continue;
    uv_poll_start(&live->stop, UV_READABLE, on_stop);
    uv_timer_start(&live->drops, on_drops, DROPS_EVERY_MS, DROPS_EVERY_MS);
    listen_on(live);
    uv_run(&live->loop, UV_RUN_DEFAULT);
    uv_walk(&live->loop, close_handle, NULL);
    uv_run(&live->loop, UV_RUN_DEFAULT);
    uv_loop_close(&live->loop);
    return NULL;
}
