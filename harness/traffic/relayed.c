#include "harness/traffic/relayed.h"

#define COOKIE 0x2112a442u /* RFC 8489 section 5 */

enum { STUN_HEADER = 20, SEND_INDICATION = 0x0016, DATA_INDICATION = 0x0017, DATA = 0x0013 };

static bool is_stun(const struct pl_frame *p)
{
    return p->captured >= STUN_HEADER && p->data[0] < 4 && pl_get32(p->data + 4) == COOKIE;
}

/* RFC 8656 section 12: channels are 0x4000 to 0x4fff. */
static bool is_channel(const struct pl_frame *p)
{
    return p->captured >= 4 && p->data[0] >> 4 == 4 &&
           pl_get16(p->data + 2) <= p->captured + p->missing - 4;
}

/* @return false where that is more than there was */
static bool cut_to(struct pl_frame *p, size_t size)
{
    if (size > p->captured + p->missing)
        return false;
    p->captured = size < p->captured ? size : p->captured;
    p->missing = size - p->captured;
    return true;
}

/* Attributes have a type, a length, and are padded to 4 bytes. */
static bool unwrap_indication(struct pl_frame *p)
{
    uint16_t length = pl_get16(p->data + 2);
    pl_frame_skip(p, STUN_HEADER);
    if (!cut_to(p, length))
        return false;
    while (p->captured >= 4) {
        uint16_t type = pl_get16(p->data), size = pl_get16(p->data + 2);
        pl_frame_skip(p, 4);
        if (type == DATA)
            return cut_to(p, size);
        if (!pl_frame_skip(p, (size + 3u) & ~3u))
            return false;
    }
    return false;
}

bool pl_relayed_unwrap(struct pl_frame *payload)
{
    struct pl_frame inner = *payload;
    bool found = false;
    if (is_channel(&inner)) {
        uint16_t size = pl_get16(inner.data + 2);
        pl_frame_skip(&inner, 4);
        found = cut_to(&inner, size);
    } else if (is_stun(&inner)) {
        uint16_t type = pl_get16(inner.data);
        found = (type == SEND_INDICATION || type == DATA_INDICATION) && unwrap_indication(&inner);
    }
    if (found)
        *payload = inner;
    return found;
}

enum pl_skipped pl_datagram_kind(const struct pl_frame *payload)
{
    enum { DTLS_FIRST = 20, DTLS_LAST = 63, RTCP_FIRST = 192, RTCP_LAST = 223 };
    const uint8_t *data = payload->data;
    if (is_stun(payload) || is_channel(payload))
        return PL_SKIPPED_STUN;
    if (payload->captured >= 3 && data[0] >= DTLS_FIRST && data[0] <= DTLS_LAST && data[1] == 0xfe)
        return PL_SKIPPED_DTLS;
    if (payload->captured >= 4 && data[0] >> 6 == 2 && data[1] >= RTCP_FIRST &&
        data[1] <= RTCP_LAST)
        return PL_SKIPPED_RTCP;
    return PL_SKIPPED_UDP;
}
