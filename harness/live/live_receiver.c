/* The live receiver's parts put together (live_receiver.h). */
#include "harness/live/live_receiver.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "harness/clock/real.h"
#include "harness/clock/virtual.h"
#include "harness/live/live_state.h"
#include "harness/live/socket.h"
#include "harness/live/wait.h"

size_t pl_live_arena_bytes(const struct pl_scenario *scenario, const struct pl_recording *recording)
{
    return pl_arena_cost(sizeof(struct pl_live)) + receiver_arena_bytes(scenario, recording) +
           pl_identifier_arena_bytes(recording) + pl_arena_cost(SCRATCH_BYTES);
}

static int open_parts(struct pl_live *live, const struct pl_pipeline_inputs *in)
{
    if (!receiver_open(&live->receiver, in))
        return -ENOMEM;
    live->identifier =
        pl_identifier_open(&in->scenario->traffic, in->recording, in->seed, in->arena);
    live->scratch = pl_arena_take(in->arena, SCRATCH_BYTES);
    live->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (!live->identifier || !live->scratch || live->stop_fd < 0)
        return -ENOMEM;
    sem_init(&live->go, 0, 0);
    return network_open(live);
}

static int start_threads(struct pl_live *live)
{
    int rc = pthread_create(&live->network, NULL, network_run, live);
    return -(rc ? rc : pthread_create(&live->reader, NULL, reader_run, live));
}

static int open_sockets(struct pl_live *live, const struct pl_receiver_settings *settings,
                        uint32_t *ports, struct pl_error *error)
{
    for (; live->udp_count < settings->sockets; live->udp_count++) {
        int fd = pl_live_socket(settings->rcvbuf_bytes, &ports[live->udp_count], error);
        if (fd < 0)
            return fd;
        live->udp[live->udp_count] = (struct pl_live_udp){.live = live, .fd = fd};
    }
    return 0;
}

/* What is half open when this fails ends with the process, which can do nothing without it. */
int pl_live_open(const struct pl_pipeline_inputs *in, struct pl_live_link *link,
                 struct pl_live **out, struct pl_error *error)
{
    uint32_t ports[PL_RECEIVER_SOCKETS_MAX];
    struct pl_live *live = pl_arena_take(in->arena, sizeof *live);
    if (!live)
        return pl_error_set(error, -ENOMEM, "the job's arena is too small");
    live->link = link;
    int rc = open_sockets(live, &in->scenario->receiver, ports, error);
    if (rc)
        return rc;
    rc = open_parts(live, in);
    if (!rc)
        rc = start_threads(live);
    if (rc)
        return pl_error_set(error, rc, "the live receiver can't start: %s", strerror(-rc));
    link->sockets = live->udp_count;
    for (uint32_t i = live->udp_count; i-- > 0;)
        atomic_store(&link->port[i], ports[i]);
    *out = live;
    return 0;
}

void pl_live_start(struct pl_live *live, int64_t start_ns)
{
    live->start_ns = start_ns;
    live->source = htonl(atomic_load(&live->link->source));
    sem_post(&live->go);
    sem_post(&live->go);
}

static void await_sender(const struct pl_live *live, int64_t ns)
{
    int64_t until_ns = pl_real_now() + ns;
    while (!atomic_load(&live->link->done) && pl_real_now() < until_ns)
        usleep(1000);
}

void pl_live_stop(struct pl_live *live, bool at_once)
{
    uint64_t one = 1;
    if (!at_once)
        await_sender(live, PL_NS_PER_S);
    atomic_store(&live->link->ended, 1);
    await_sender(live, PL_NS_PER_S);
    ssize_t told = write(live->stop_fd, &one, sizeof one);
    (void)told;
    pthread_join(live->network, NULL);
    pthread_join(live->reader, NULL);
}

static void count_left(struct pl_live *live, struct pl_live_drained left)
{
    struct pl_traffic_counts *counts = &live->receiver.network->counts;
    pl_counter_add(&counts->received, left.ours);
    pl_counter_add(&counts->held, left.ours);
    pl_counter_add(&counts->foreign, left.foreign);
}

/* What was sent has arrived or was counted by the kernel, but for what still waits in a processor's
 * backlog (net.core.netdev_max_backlog): a moment is enough for that, where others let it be. */
static void settle_sockets(struct pl_live *live)
{
    struct pl_traffic_counts *counts = &live->receiver.network->counts;
    for (int64_t until_ns = pl_real_now() + PL_NS_PER_S;;) {
        for (uint32_t i = 0; i < live->udp_count; i++)
            count_left(live, pl_live_socket_drain(live->udp[i].fd, live->source));
        network_count_drops(live);
        if (counts->received >= atomic_load(&live->link->sent) || pl_real_now() > until_ns)
            break;
        usleep(1000);
    }
}

/* The kernel counts what it drops without saying whose it was: what is more than was sent was a
 * stranger's. A sender that hangs leaves nothing to compare with: its cell is not checked. */
static void check_books(struct pl_live *live)
{
    struct pl_traffic_counts *counts = &live->receiver.network->counts;
    uint64_t *drops = &counts->dropped[PL_DROP_KERNEL];
    uint64_t sent = atomic_load(&live->link->sent);
    if (!atomic_load(&live->link->sent_all))
        return;
    uint64_t foreign = counts->received > sent ? counts->received - sent : 0;
    foreign = foreign < *drops ? foreign : *drops;
    pl_counter_set(drops, *drops - foreign);
    pl_counter_set(&counts->received, counts->received - foreign);
    pl_counter_add(&counts->foreign, foreign);
    if (counts->received != sent)
        pl_counter_add(&counts->integrity_errors, 1);
}

void pl_live_close(struct pl_live *live, int64_t now_ns)
{
    settle_sockets(live);
    check_books(live);
    receiver_close(&live->receiver, now_ns);
    sem_destroy(&live->go);
    close(live->stop_fd);
    for (uint32_t i = 0; i < live->udp_count; i++)
        close(live->udp[i].fd);
}
