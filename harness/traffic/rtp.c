/* Reads and rewrites RTP headers (RFC 3550 section 5.1). */
#include "harness/traffic/rtp.h"

#include <endian.h>
#include <string.h>

/* By memcpy and a byte swap: compilers make one instruction of each, and the receiver's hot path
 * comes through here. */
static uint16_t get16(const uint8_t *p)
{
    uint16_t value;
    memcpy(&value, p, sizeof value);
    return be16toh(value);
}

static uint32_t get32(const uint8_t *p)
{
    uint32_t value;
    memcpy(&value, p, sizeof value);
    return be32toh(value);
}

static void put16(uint8_t *p, uint16_t value)
{
    value = htobe16(value);
    memcpy(p, &value, sizeof value);
}

static void put32(uint8_t *p, uint32_t value)
{
    value = htobe32(value);
    memcpy(p, &value, sizeof value);
}

/* Where the payload starts: past the CSRCs and the extension (section 5.3.1). 0 when cut short. */
static size_t payload_start(const uint8_t *datagram, size_t size)
{
    size_t offset = PL_RTP_HEADER_MIN + 4u * (datagram[0] & 0x0fu);
    bool extended = datagram[0] & 0x10;
    if (offset + (extended ? 4u : 0u) > size)
        return 0;
    if (extended)
        offset += 4 + 4 * (size_t)get16(datagram + offset + 2);
    return offset <= size ? offset : 0;
}

/* The last octet of a padded packet counts the padding, itself included. False when it can't. */
static bool take_padding_off(const uint8_t *datagram, size_t size, size_t start, size_t *end)
{
    *end = size;
    if (!(datagram[0] & 0x20))
        return true;
    size_t padding = datagram[size - 1];
    if (padding == 0 || padding > size - start)
        return false;
    *end = size - padding;
    return true;
}

bool pl_rtp_parse(const uint8_t *datagram, size_t size, struct pl_rtp *rtp)
{
    if (size < PL_RTP_HEADER_MIN || size > UINT16_MAX || datagram[0] >> 6 != 2)
        return false;
    uint8_t type = datagram[1] & 0x7f;
    if (type >= 64 && type <= 95)
        return false;
    size_t end;
    size_t start = payload_start(datagram, size);
    if (start == 0 || !take_padding_off(datagram, size, start, &end))
        return false;
    *rtp = (struct pl_rtp){
        .ssrc = get32(datagram + 8),
        .timestamp = get32(datagram + 4),
        .sequence = get16(datagram + 2),
        .payload_type = type,
        .marker = datagram[1] & 0x80,
        .payload_offset = (uint32_t)start,
        .payload_size = (uint32_t)(end - start),
    };
    return true;
}

void pl_rtp_rebase(uint8_t *datagram, uint16_t sequence, uint32_t timestamp, uint32_t ssrc)
{
    put16(datagram + 2, sequence);
    put32(datagram + 4, timestamp);
    put32(datagram + 8, ssrc);
}
