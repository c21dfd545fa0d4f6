#include "harness/pipelines/relay/relay_packet.h"

#include <string.h>

#include "harness/traffic/keyframe.h"
#include "harness/traffic/rtp.h"

static struct relay_packet *make(const struct relay *r, struct pl_side *side, uint32_t size)
{
    struct pl_meter *meter = &side->meter;
    struct relay_packet *packet = pl_meter_acquire(meter, r->classes[CLASS_PACKET]);
    if (!packet)
        return NULL;
    uint8_t *bytes =
        pl_meter_acquire_sized(meter, r->classes[CLASS_BUFFER], relay_buffer_bytes(r, meter, size));
    if (!bytes) {
        pl_meter_release(meter, r->classes[CLASS_PACKET], packet);
        return NULL;
    }
    memset(packet, 0, meter->sizes[r->classes[CLASS_PACKET]]); /* as a constructor does */
    packet->bytes = bytes;
    packet->size = size;
    packet->references = 1;
    return packet;
}

struct relay_packet *relay_packet_take(const struct relay *r, struct pl_side *side,
                                       const struct pl_arrival *a)
{
    struct relay_packet *packet = make(r, side, a->datagram_size);
    if (!packet)
        return NULL;
    memcpy(packet->bytes, a->datagram, a->datagram_size);
    if (a->rebased)
        pl_rtp_rebase(packet->bytes, a->wire_sequence, a->wire_timestamp, a->ssrc);
    packet->recorded = a->packet;
    packet->datagram = a->datagram;
    packet->position = a->position;
    packet->stream = a->packet->stream;
    packet->video = packet->stream == r->video_stream;
    packet->keyframe =
        packet->video &&
        pl_keyframe_begins((enum pl_video)r->settings->video,
                           packet->bytes + a->packet->payload_offset, a->packet->payload_size);
    return packet;
}

struct relay_packet *relay_packet_copy(const struct relay *r, struct pl_side *side,
                                       const struct relay_packet *from)
{
    struct relay_packet *packet = make(r, side, from->size);
    if (!packet)
        return NULL;
    uint8_t *bytes = packet->bytes;
    *packet = *from;
    packet->bytes = bytes;
    packet->references = 1;
    memcpy(bytes, from->bytes, from->size);
    return packet;
}

static bool is_whole(const struct relay_packet *packet)
{
    const struct pl_recorded_packet *p = packet->recorded;
    return memcmp(packet->bytes + p->payload_offset, packet->datagram + p->payload_offset,
                  p->payload_size) == 0;
}

void relay_packet_drop(const struct relay *r, struct pl_side *side, struct relay_packet *packet)
{
    if (__atomic_sub_fetch(&packet->references, 1, __ATOMIC_ACQ_REL))
        return;
    if (!is_whole(packet))
        pl_counter_add(&side->counts.integrity_errors, 1);
    pl_meter_release_sized(&side->meter, r->classes[CLASS_BUFFER], packet->bytes,
                           relay_buffer_bytes(r, &side->meter, packet->size));
    pl_meter_release(&side->meter, r->classes[CLASS_PACKET], packet);
}

bool relay_list_append(const struct relay *r, struct pl_side *side, struct relay_list *list,
                       struct relay_packet *packet, int64_t now_ns)
{
    struct relay_node *node = pl_meter_acquire(&side->meter, r->classes[CLASS_NODE]);
    if (!node)
        return false;
    *node = (struct relay_node){.packet = packet, .since_ns = now_ns};
    if (list->last)
        list->last->next = node;
    else
        list->first = node;
    list->last = node;
    list->count++;
    list->bytes += packet->size;
    return true;
}

struct relay_packet *relay_list_take(const struct relay *r, struct pl_side *side,
                                     struct relay_list *list)
{
    struct relay_node *node = list->first;
    if (!node)
        return NULL;
    struct relay_packet *packet = node->packet;
    list->first = node->next;
    if (!list->first)
        list->last = NULL;
    list->count--;
    list->bytes -= packet->size;
    pl_meter_release(&side->meter, r->classes[CLASS_NODE], node);
    return packet;
}

uint64_t relay_list_clear(const struct relay *r, struct pl_side *side, struct relay_list *list)
{
    uint64_t count = list->count;
    for (struct relay_packet *packet; (packet = relay_list_take(r, side, list));)
        relay_packet_drop(r, side, packet);
    return count;
}
