/* The reader: on every tick, unless it stalls, it drains the queue into the sessions and plays a
 * frame of each. */
#include "harness/pipelines/receiver/state.h"

static bool stalled(struct receiver *r, int64_t now_ns)
{
    const struct pl_receiver_settings *settings = r->settings;
    while (r->stall < settings->stall_count && settings->stalls[r->stall].until_ns <= now_ns)
        r->stall++;
    return r->stall < settings->stall_count && settings->stalls[r->stall].from_ns <= now_ns;
}

static void drain(struct receiver *r)
{
    for (struct packet *packet; (packet = list_take_first(&r->incoming));) {
        struct session *session = session_of(r, packet);
        if (session)
            session_push(r, session, packet);
        else
            packet_drop(r, packet, PL_DROP_SESSION);
    }
}

static int64_t on_tick(void *context, int64_t now_ns)
{
    struct receiver *r = context;
    if (!stalled(r, now_ns)) {
        drain(r);
        for (uint32_t i = 0; i < r->session_top; i++)
            if (r->sessions[i].open)
                session_play(r, &r->sessions[i], now_ns);
    }
    return now_ns + r->settings->frame_ns;
}

bool reader_open(struct receiver *r)
{
    r->tick = (struct pl_event){.fire = on_tick, .context = r};
    pl_loop_add(r->in.loop, &r->tick, r->settings->frame_ns);
    return true;
}
