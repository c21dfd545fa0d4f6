/* What payload types hold, and the names of codecs. */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
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
    case PL_CODEC_L24:
        return "L24";
    case PL_CODEC_OPAQUE:
        break;
    }
    return "opaque";
}

/* The codec whose name stands before the first slash; OPAQUE when there is none such. */
static enum pl_codec codec_by_name(const char *text, size_t size)
{
    for (enum pl_codec codec = PL_CODEC_L16; codec <= PL_CODEC_L24; codec++) {
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

/* Encoding names are tokens (RFC 8866 section 9): as far as codecs have them. */
static size_t encoding_name(const char *text)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                  "-._+";
    return strspn(text, allowed);
}

int pl_payload_parse(const char *text, struct pl_payload *payload, struct pl_error *error)
{
    size_t name = encoding_name(text);
    struct pl_payload parsed = {.codec = codec_by_name(text, name), .channels = 1};
    const char *rest = slash_number(text + name, RATE_MIN, RATE_MAX, &parsed.rate);
    if (rest && *rest)
        rest = slash_number(rest, CHANNELS_MIN, CHANNELS_MAX, &parsed.channels);
    if (name == 0 || !rest || *rest)
        return pl_error_set(error, -EINVAL,
                            "payload '%.60s' is not understood; expected its encoding, its clock's "
                            "rate (%d to %d Hz) and channels (%d to %d), as rtpmap in SDP has "
                            "them: L16/44100/2, opus/48000/2, VP8/90000",
                            text, RATE_MIN, RATE_MAX, CHANNELS_MIN, CHANNELS_MAX);
    *payload = parsed;
    return 0;
}

/* RFC 3551, tables 4 and 5: the clocks of types that are assigned; of those that are reserved, and
 * so never the user's own, none. G.722's clock is 8000 Hz by an error kept for compatibility. */
static const struct {
    bool assigned;
    uint32_t rate;
} clocks[] = {
    [0] = {true, 8000},   [1] = {true, 0},      [2] = {true, 0},      [3] = {true, 8000},
    [4] = {true, 8000},   [5] = {true, 8000},   [6] = {true, 16000},  [7] = {true, 8000},
    [8] = {true, 8000},   [9] = {true, 8000},   [10] = {true, 44100}, [11] = {true, 44100},
    [12] = {true, 8000},  [13] = {true, 8000},  [14] = {true, 90000}, [15] = {true, 8000},
    [16] = {true, 11025}, [17] = {true, 22050}, [18] = {true, 8000},  [19] = {true, 0},
    [25] = {true, 90000}, [26] = {true, 90000}, [28] = {true, 90000}, [31] = {true, 90000},
    [32] = {true, 90000}, [33] = {true, 90000}, [34] = {true, 90000},
};

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
        if (type < sizeof clocks / sizeof *clocks && clocks[type].assigned)
            return (struct pl_payload){PL_CODEC_OPAQUE, clocks[type].rate, 1};
        return *fallback;
    }
}

uint32_t pl_payload_sample_bytes(const struct pl_payload *payload)
{
    static const uint32_t bytes[] = {[PL_CODEC_OPAQUE] = 0,
                                     [PL_CODEC_L16] = 2,
                                     [PL_CODEC_PCMU] = 1,
                                     [PL_CODEC_PCMA] = 1,
                                     [PL_CODEC_L24] = 3};
    return payload->channels * bytes[payload->codec];
}
