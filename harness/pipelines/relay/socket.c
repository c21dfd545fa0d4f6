#include "harness/pipelines/relay/socket.h"

#define NS_PER_S 1e9

static bool is_stalling(const struct pl_relay_settings *s, uint32_t index)
{
    return index >= s->slow && index - s->slow < s->stalled;
}

static int64_t shifted(int64_t ns, int64_t by_ns)
{
    return ns > INT64_MAX - by_ns ? INT64_MAX : ns + by_ns; /* a stall may last for ever */
}

/* How long the peer reads nothing, between two times. */
static int64_t stalled_ns(const struct pl_relay_settings *s, uint32_t index, int64_t from_ns,
                          int64_t until_ns)
{
    int64_t ns = 0, shift_ns = (int64_t)(index - s->slow) * s->stall_step_ns;
    for (uint32_t i = 0; is_stalling(s, index) && i < s->stall_count; i++) {
        int64_t begin_ns = shifted(s->stalls[i].from_ns, shift_ns);
        int64_t end_ns = shifted(s->stalls[i].until_ns, shift_ns);
        begin_ns = begin_ns > from_ns ? begin_ns : from_ns;
        end_ns = end_ns < until_ns ? end_ns : until_ns;
        ns += end_ns > begin_ns ? end_ns - begin_ns : 0;
    }
    return ns;
}

bool relay_socket_stalls(const struct pl_relay_settings *s, uint32_t index, int64_t now_ns)
{
    return stalled_ns(s, index, now_ns, now_ns + 1) > 0;
}

/* A peer that is not slow reads at once what is there. */
static uint64_t readable(const struct pl_relay_settings *s, const struct relay_subscriber *u,
                         int64_t now_ns)
{
    int64_t passed_ns = now_ns - u->socket.updated_ns;
    int64_t reading_ns = passed_ns - stalled_ns(s, u->index, u->socket.updated_ns, now_ns);
    if (u->index >= s->slow)
        return relay_socket_stalls(s, u->index, now_ns) && reading_ns <= 0 ? 0 : UINT64_MAX;
    return (uint64_t)((double)reading_ns / NS_PER_S * (double)s->slow_bytes);
}

/* The window opens as far as twice what the peer has read (RFC 5681, 3.1; Linux's
 * tcp_sndbuf_expand), up to tcp_wmem's maximum. */
static uint64_t capacity(const struct pl_relay_settings *s, const struct relay_socket *socket)
{
    uint64_t open = 2 * socket->read;
    return open < s->socket_initial ? s->socket_initial
           : open < s->socket_max   ? open
                                    : s->socket_max;
}

static void account(struct pl_side *side, struct relay_socket *socket, uint64_t bytes)
{
    pl_counter_add(&side->counts.socket_bytes, bytes - socket->bytes);
    socket->bytes = bytes;
}

static void let_peer_read(const struct pl_relay_settings *s, struct pl_side *side,
                          struct relay_subscriber *u, int64_t now_ns)
{
    struct relay_socket *socket = &u->socket;
    if (now_ns <= socket->updated_ns)
        return;
    uint64_t most = readable(s, u, now_ns), read = most < socket->bytes ? most : socket->bytes;
    if (read || socket->bytes == 0 || u->index >= s->slow)
        socket->updated_ns = now_ns; /* a slow reader's fraction of a byte is kept */
    socket->read += read;
    account(side, socket, socket->bytes - read);
}

bool relay_socket_send(const struct relay *r, struct pl_side *side, struct relay_subscriber *u,
                       uint32_t size, int64_t now_ns)
{
    const struct pl_relay_settings *s = r->settings;
    if (s->transport == PL_RELAY_UDP)
        return true;
    if (u->socket.bytes)
        let_peer_read(s, side, u, now_ns);
    if (!u->socket.bytes && u->index >= s->slow && !relay_socket_stalls(s, u->index, now_ns)) {
        u->socket.read += size; /* at once */
        return true;
    }
    u->socket.updated_ns = u->socket.bytes ? u->socket.updated_ns : now_ns;
    if (u->socket.bytes && u->socket.bytes + size > capacity(s, &u->socket))
        return false;
    account(side, &u->socket, u->socket.bytes + size);
    return true;
}

void relay_socket_close(struct pl_side *side, struct relay_subscriber *u)
{
    account(side, &u->socket, 0);
    u->socket = (struct relay_socket){.bytes = 0};
}
