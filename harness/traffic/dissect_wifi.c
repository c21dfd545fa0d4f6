/* Wireless frames (IEEE 802.11-2020, section 9.2) behind radiotap's head (radiotap.org). */
#include "harness/traffic/dissect_layers.h"

enum { FLAGS_PRESENT = 1 << 1, TSFT_PRESENT = 1 << 0, PADDED = 0x20 };

#define MORE_WORDS (1u << 31)

static uint32_t get32_little(const uint8_t *p)
{
    return __builtin_bswap32(pl_get32(p));
}

/* Whether the header of the frame behind is padded to 4 bytes: in the field of flags, behind the
 * words of what is present and a time stamp of 8 bytes, aligned to as many. */
static bool is_padded(const struct pl_frame *frame, size_t head)
{
    size_t at = 4;
    uint32_t present, first;
    do {
        if (at + 4 > head)
            return false;
        present = get32_little(frame->data + at);
        if (at == 4)
            first = present;
        at += 4;
    } while (present & MORE_WORDS);
    if (!(first & FLAGS_PRESENT))
        return false;
    if (first & TSFT_PRESENT)
        at = ((at + 7) & ~(size_t)7) + 8;
    return at < head && frame->data[at] & PADDED;
}

/* Takes the header off: of data alone, in clear. */
static enum pl_layer strip_frame(struct pl_frame *frame, bool padded)
{
    if (frame->captured < 24)
        return PL_LAYER_UNKNOWN;
    const uint8_t *control = frame->data;
    bool is_data = (control[0] & 0x0f) == 0x08, is_empty = control[0] & 0x40;
    bool has_quality = control[0] & 0x80, is_protected = control[1] & 0x40;
    bool four_addresses = (control[1] & 0x03) == 0x03, has_more = control[1] & 0x80;
    if (!is_data || is_empty || is_protected)
        return PL_LAYER_UNKNOWN;
    size_t header = 24 + (four_addresses ? 6u : 0) + (has_quality ? 2u : 0);
    header += has_quality && has_more ? 4u : 0;
    if (padded)
        header = (header + 3) & ~(size_t)3;
    return pl_frame_skip(frame, header) ? PL_LAYER_LLC : PL_LAYER_UNKNOWN;
}

enum pl_layer pl_strip_wifi(struct pl_frame *frame, struct pl_dissected *d)
{
    (void)d;
    return strip_frame(frame, false);
}

enum pl_layer pl_strip_radiotap(struct pl_frame *frame, struct pl_dissected *d)
{
    (void)d;
    if (frame->captured < 8)
        return PL_LAYER_UNKNOWN;
    size_t head = (size_t)frame->data[2] | (size_t)frame->data[3] << 8;
    if (head < 8 || head > frame->captured)
        return PL_LAYER_UNKNOWN;
    bool padded = is_padded(frame, head);
    pl_frame_skip(frame, head);
    return strip_frame(frame, padded);
}
