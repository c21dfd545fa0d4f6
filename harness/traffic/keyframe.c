#include "harness/traffic/keyframe.h"

/* H.264's NAL unit types (RFC 6184, table 1): a slice of an IDR picture, a sequence parameter set.
 */
enum { IDR = 5, SPS = 7, STAP_A = 24, FU_A = 28 };
/* H.265's (RFC 7798, 1.1.4; H.265, table 7-1): IRAP pictures, parameter sets. */
enum { IRAP_FIRST = 16, IRAP_LAST = 21, VPS = 32, H265_SPS = 33, AP = 48, FU = 49 };

#define START 0x80 /* of a fragmented unit */

static bool opens_h264(uint8_t header)
{
    uint8_t type = header & 31;
    return type == IDR || type == SPS;
}

static bool opens_h265(uint8_t type)
{
    return (type >= IRAP_FIRST && type <= IRAP_LAST) || type == VPS || type == H265_SPS;
}

static uint8_t h265_type(uint8_t header)
{
    return (header >> 1) & 63;
}

/* Aggregated units follow each other, a length of 16 bits before each. @return the n-th's first
 * byte, or NULL */
static const uint8_t *next_unit(const uint8_t **at, const uint8_t *end)
{
    if (end - *at < 3)
        return NULL;
    size_t size = (size_t)(*at)[0] << 8 | (*at)[1];
    const uint8_t *unit = *at + 2;
    *at = size < (size_t)(end - unit) ? unit + size : end;
    return size ? unit : NULL;
}

static bool h264(const uint8_t *p, size_t size)
{
    const uint8_t *at = p + 1, *end = p + size, *unit;
    switch (p[0] & 31) {
    case STAP_A:
        while ((unit = next_unit(&at, end)))
            if (opens_h264(*unit))
                return true;
        return false;
    case FU_A:
        return size > 1 && p[1] & START && opens_h264(p[1]);
    default:
        return opens_h264(p[0]);
    }
}

static bool h265(const uint8_t *p, size_t size)
{
    if (size < 3)
        return false;
    const uint8_t *at = p + 2, *end = p + size, *unit;
    switch (h265_type(p[0])) {
    case AP:
        while ((unit = next_unit(&at, end)))
            if (opens_h265(h265_type(*unit)))
                return true;
        return false;
    case FU:
        return p[2] & START && opens_h265(p[2] & 63);
    default:
        return opens_h265(h265_type(p[0]));
    }
}

/* The first partition of a frame whose header says "no interframe" (RFC 7741, 4.2 and 4.3). */
static bool vp8(const uint8_t *p, size_t size)
{
    size_t header = 1;
    if ((p[0] & 0x17) != 0x10) /* S is set, the partition is 0 */
        return false;
    if (p[0] & 0x80) { /* X: extensions */
        if (size < 2)
            return false;
        header = 2;
        if (p[1] & 0x80) /* I: a picture's number, of one byte or two */
            header += size > 2 && p[2] & 0x80 ? 2 : 1;
        header += (p[1] & 0x40) != 0; /* L */
        header += (p[1] & 0x30) != 0; /* T or K */
    }
    return size > header && (p[header] & 1) == 0;
}

/* The beginning of a frame that is predicted from none, in the lowest spatial layer (RFC 9628,
 * 4.2). */
static bool vp9(const uint8_t *p, size_t size)
{
    enum { I = 0x80, P = 0x40, L = 0x20, B = 0x08 };
    if (p[0] & P || !(p[0] & B))
        return false;
    if (!(p[0] & L))
        return true;
    size_t layer = 1;
    if (p[0] & I)
        layer += size > 1 && p[1] & 0x80 ? 2 : 1;
    return size > layer && ((p[layer] >> 1) & 7) == 0;
}

bool pl_keyframe_begins(enum pl_video video, const uint8_t *payload, size_t size)
{
    if (size == 0)
        return false;
    switch (video) {
    case PL_VIDEO_H264:
        return h264(payload, size);
    case PL_VIDEO_H265:
        return h265(payload, size);
    case PL_VIDEO_VP8:
        return vp8(payload, size);
    case PL_VIDEO_VP9:
        return vp9(payload, size);
    default:
        return false;
    }
}
