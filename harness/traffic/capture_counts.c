/* What a capture holds beside its recording: names and sums (recording.h). */
#include "harness/traffic/recording.h"

const char *pl_skipped_name(enum pl_skipped kind)
{
    static const char *const names[PL_SKIPPED_COUNT] = {
        [PL_SKIPPED_OTHER] = "neither UDP nor TCP",
        [PL_SKIPPED_TCP] = "TCP without RTP",
        [PL_SKIPPED_FRAGMENTS] = "fragments of packets that are not there whole",
        [PL_SKIPPED_STUN] = "STUN/TURN",
        [PL_SKIPPED_DTLS] = "DTLS",
        [PL_SKIPPED_RTCP] = "RTCP",
        [PL_SKIPPED_UDP] = "no RTP",
        [PL_SKIPPED_NO_STREAM] = "like RTP, but no stream of it",
    };
    return names[kind];
}

uint64_t pl_capture_not_udp(const struct pl_capture_counts *counts)
{
    return counts->skipped[PL_SKIPPED_OTHER] + counts->skipped[PL_SKIPPED_TCP] +
           counts->skipped[PL_SKIPPED_FRAGMENTS];
}

uint64_t pl_capture_not_rtp(const struct pl_capture_counts *counts)
{
    uint64_t sum = 0;
    for (int i = PL_SKIPPED_STUN; i < PL_SKIPPED_COUNT; i++)
        sum += counts->skipped[i];
    return sum;
}
