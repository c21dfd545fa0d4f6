/* What payload types hold, and the names of codecs. */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "harness/traffic/recording.h"

enum { RATE_MIN = 1000, RATE_MAX = 768000, CHANNELS_MIN = 1, CHANNELS_MAX = 64 };

const char *pl_codec_name(enum pl_codec codec)
{
    switch (codec) {
    case PL_CODEC_L16:
        return "L16";
    case PL_CODEC_PCMU:
        return "PCMU";
    case PL_CODEC_PCMA:
        return "PCMA";
    case PL_CODEC_OPAQUE:
        break;
    }
    return "opaque";
}

/* The codec whose name stands before the first slash; OPAQUE when there is none such. */
static enum pl_codec codec_by_name(const char *text, size_t size)
{
    for (enum pl_codec codec = PL_CODEC_L16; codec <= PL_CODEC_PCMA; codec++) {
        const char *name = pl_codec_name(codec);
        if (strlen(name) == size && strncasecmp(name, text, size) == 0)
            return codec;
    }
    return PL_CODEC_OPAQUE;
}

/* A slash and a decimal number; NULL when that is not what stands there, or it is out of range. */
static const char *slash_number(const char *text, uint32_t low, uint32_t high, uint32_t *number)
{
    if (*text++ != '/' || !isdigit((unsigned char)*text))
        return NULL;
    uint32_t value = 0;
    for (; isdigit((unsigned char)*text) && value <= high; text++)
        value = value * 10 + (uint32_t)(*text - '0');
    *number = value;
    return value >= low && value <= high ? text : NULL;
}

int pl_payload_parse(const char *text, struct pl_payload *payload, struct pl_error *error)
{
    size_t name = strcspn(text, "/");
    struct pl_payload parsed = {.codec = codec_by_name(text, name), .channels = 1};
    const char *rest = slash_number(text + name, RATE_MIN, RATE_MAX, &parsed.rate);
    if (rest && *rest)
        rest = slash_number(rest, CHANNELS_MIN, CHANNELS_MAX, &parsed.channels);
    if (parsed.codec == PL_CODEC_OPAQUE || !rest || *rest)
        return pl_error_set(error, -EINVAL,
                            "payload '%.60s' is not understood: L16, PCMU or PCMA, its rate (%d to "
                            "%d Hz) and channels (%d to %d) would be right, as in L16/44100/2",
                            text, RATE_MIN, RATE_MAX, CHANNELS_MIN, CHANNELS_MAX);
    *payload = parsed;
    return 0;
}

/* Types up to 34 that RFC 3551 (tables 4 and 5) assigns or reserves: never the user's own. */
static int is_assigned(uint32_t type)
{
    const uint64_t assigned = 0x7ffffull /* 0 to 18, audio */ | 1ull << 19 | 1ull << 25 |
                              1ull << 26 | 1ull << 28 | 0xfull << 31 /* 31 to 34, video */;
    return type < 64 && (assigned >> type & 1);
}

struct pl_payload pl_payload_of_type(uint32_t type, const struct pl_payload *fallback)
{
    switch (type) {
    case 0:
        return (struct pl_payload){PL_CODEC_PCMU, 8000, 1};
    case 8:
        return (struct pl_payload){PL_CODEC_PCMA, 8000, 1};
    case 10:
        return (struct pl_payload){PL_CODEC_L16, 44100, 2};
    case 11:
        return (struct pl_payload){PL_CODEC_L16, 44100, 1};
    default:
        return is_assigned(type) ? (struct pl_payload){PL_CODEC_OPAQUE, 0, 0} : *fallback;
    }
}

uint32_t pl_payload_sample_bytes(const struct pl_payload *payload)
{
    return payload->channels * (payload->codec == PL_CODEC_L16 ? 2u : 1u);
}
