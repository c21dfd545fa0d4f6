/* Tells packets from messages, and from payloads that have dollars, too (interleaved_stream.h). */
#include "harness/traffic/interleaved_stream.h"

#include <string.h>

enum { HEAD = PL_PACKET_HEAD };
enum { CHANNELS_USUAL = 64 }; /* where nothing is known yet */

static bool is_head(const uint8_t *at, size_t left)
{
    return at[0] == '$' && (left <= HEAD || at[HEAD] >> 6 == 2); /* RTP's version */
}

bool pl_packet_stream_may_begin(const struct pl_frame *bytes)
{
    static const char message[] = "RTSP/";
    bool may = memmem(bytes->data, bytes->captured, message, strlen(message)) != NULL;
    for (size_t i = 0; i < bytes->captured && !may; i++)
        may = is_head(bytes->data + i, bytes->captured - i);
    return may;
}

void pl_packet_stream_break(struct pl_packet_stream *s)
{
    s->at = s->held = 0;
    s->in_step = false;
}

void pl_packet_stream_append(struct pl_packet_stream *s, const uint8_t *data, uint32_t size)
{
    s->held -= s->at;
    memmove(s->bytes, s->bytes + s->at, s->held);
    s->at = 0;
    if (s->held + size > sizeof s->bytes)
        pl_packet_stream_break(s);
    if (size > sizeof s->bytes)
        return;
    memcpy(s->bytes + s->held, data, size);
    s->held += size;
}

/* Whether a packet may begin here, on a channel that is known. */
static bool begins(const struct pl_packet_stream *s)
{
    const uint8_t *head = s->bytes + s->at;
    uint32_t left = s->held - s->at;
    if (!is_head(head, left))
        return false;
    if (left < 2 || s->in_step)
        return true;
    return s->carries ? s->channels[head[1]] : head[1] < CHANNELS_USUAL;
}

static void find_beginning(struct pl_packet_stream *s)
{
    while (s->at < s->held && !begins(s)) {
        s->in_step = false;
        s->at++;
    }
}

enum verdict { NO, YES, WAIT };

/* Whether what may be a packet is one. Out of step that is told by what stands behind it: another
 * one, or a message ("RTSP/2.0 200", "PLAY_NOTIFY"). */
static enum verdict judge(const struct pl_packet_stream *s, uint32_t end, bool last)
{
    if (s->in_step)
        return end <= s->held ? YES : WAIT;
    if (end < s->held) {
        uint8_t next = s->bytes[end];
        return next == '$' || (next >= 'A' && next <= 'Z') ? YES : NO;
    }
    if (end == s->held && (s->at == 0 || last)) /* a segment of its own */
        return YES;
    return last ? NO : WAIT;
}

static void take(struct pl_packet_stream *s, uint32_t size, struct pl_frame *packet)
{
    const uint8_t *head = s->bytes + s->at;
    *packet = (struct pl_frame){.data = head + HEAD, .captured = size};
    s->in_step = s->carries = true;
    s->channels[head[1]] = true;
    s->at += HEAD + size;
}

bool pl_packet_stream_next(struct pl_packet_stream *s, bool last, struct pl_frame *packet)
{
    for (find_beginning(s); s->at + HEAD < s->held; find_beginning(s)) {
        uint32_t size = pl_get16(s->bytes + s->at + 2);
        enum verdict verdict = judge(s, s->at + HEAD + size, last);
        if (verdict == YES)
            take(s, size, packet);
        if (verdict != NO)
            return verdict == YES;
        s->at++;
    }
    return false;
}
