/* A buffer and a packet for each datagram, onto the queue to the reader; and what is done when
 * there is none to be had. A buffer that holds a datagram without a packet stays at hand, and so
 * does one that no datagram came for (roc-toolkit gives it back and asks anew each time: the same
 * memory, twice the calls). */
#include <string.h>

#include "harness/pipelines/receiver/receiver_state.h"
#include "harness/traffic/rtp.h"

void packet_release(struct receiver *r, struct pl_side *side, struct packet *packet)
{
    pl_meter_release(&side->meter, r->buffer_class, packet->buffer);
    pl_meter_release(&side->meter, r->packet_class, packet);
}

void packet_drop(struct receiver *r, struct pl_side *side, struct packet *packet,
                 enum pl_drop reason)
{
    pl_counter_add(&side->counts.dropped[reason], 1);
    packet_release(r, side, packet);
}

static void lose(struct receiver *r, enum pl_drop reason)
{
    pl_counter_add(&r->network->counts.dropped[reason], 1);
}

/* @return false when nothing waits for the reader that could make room */
static bool drop_oldest(struct receiver *r, enum pl_drop reason)
{
    if (r->settings->on_full != PL_ON_FULL_DROP_OLDEST)
        return false;
    struct packet *oldest = queue_take_oldest(&r->queue);
    if (oldest)
        packet_drop(r, r->network, oldest, reason);
    return oldest != NULL;
}

static inline void *acquire(struct receiver *r, uint32_t class_index, struct pl_site *site)
{
    void *block = pl_meter_acquire_object(&r->network->meter, class_index, site);
    while (__builtin_expect(!block, 0) && drop_oldest(r, PL_DROP_LIMIT))
        block = pl_meter_acquire_object(&r->network->meter, class_index, site);
    return block;
}

struct packet_buffer *intake_buffer(struct receiver *r)
{
    if (!r->hand)
        r->hand = acquire(r, r->buffer_class, PL_SITE("packet_buffer"));
    return r->hand;
}

bool intake_waits(const struct receiver *r)
{
    return r->settings->on_full == PL_ON_FULL_RETRY || r->settings->on_full == PL_ON_FULL_SPIN;
}

bool intake_loses(struct receiver *r)
{
    if (intake_waits(r))
        return false;
    lose(r, PL_DROP_LIMIT);
    return true;
}

static void fill_packet(struct receiver *r, struct packet *packet, const struct pl_rtp *rtp,
                        const struct datagram *datagram)
{
    memset(packet, 0, r->packet_bytes);
    memset(r->hand->head, 0, sizeof r->hand->head);
    packet->buffer = r->hand;
    packet->payload = r->hand->datagram + rtp->payload_offset;
    packet->payload_size = rtp->payload_size;
    packet->ssrc = rtp->ssrc;
    packet->wire_timestamp = rtp->timestamp;
    packet->wire_sequence = rtp->sequence;
    packet->payload_type = rtp->payload_type;
    packet->arrival_ns = datagram->arrival_ns;
    packet->port = datagram->port;
    packet->truth = datagram->truth;
}

static bool refuse(struct receiver *r, const struct datagram *datagram, enum pl_drop reason)
{
    if (intake_waits(r)) {
        r->waiting = *datagram;
        r->is_waiting = true;
        return false;
    }
    lose(r, reason);
    return true;
}

static bool hand_over(struct receiver *r, const struct pl_rtp *rtp, const struct datagram *datagram)
{
    if (queue_full(&r->queue) && !drop_oldest(r, PL_DROP_QUEUE))
        return refuse(r, datagram, PL_DROP_QUEUE);
    struct packet *packet = acquire(r, r->packet_class, PL_SITE("packet"));
    if (!packet)
        return refuse(r, datagram, PL_DROP_LIMIT);
    fill_packet(r, packet, rtp, datagram);
    r->hand = NULL;
    queue_push(&r->queue, packet);
    return true;
}

bool intake_datagram(struct receiver *r, const struct datagram *datagram)
{
    struct pl_rtp rtp;
    if (datagram->size <= r->datagram_bytes &&
        pl_rtp_parse(r->hand->datagram, datagram->size, &rtp))
        return hand_over(r, &rtp, datagram);
    lose(r, PL_DROP_INVALID);
    if (datagram->truth.packet) /* the recording holds RTP only: memory was overwritten */
        pl_counter_add(&r->network->counts.integrity_errors, 1);
    return true;
}

bool intake_again(struct receiver *r)
{
    if (!r->is_waiting)
        return true;
    r->is_waiting = false;
    return intake_datagram(r, &r->waiting);
}

void intake_pause(struct receiver *r, int64_t now_ns)
{
    r->paused = true;
    r->paused_since_ns = now_ns;
}

/* A pause can begin behind `now_ns`: live between the run's end and the thread's, modelled while a
 * read takes its time. */
void intake_resume(struct receiver *r, int64_t now_ns)
{
    if (!r->paused)
        return;
    r->paused = false;
    if (now_ns > r->paused_since_ns)
        pl_counter_add(&r->network->counts.paused_ns, (uint64_t)(now_ns - r->paused_since_ns));
}
