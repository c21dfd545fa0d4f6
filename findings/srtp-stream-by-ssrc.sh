#!/usr/bin/env bash
# libsrtp: a stream added by its SSRC weighs a hundred times one that comes by itself
# Guess: the two ways to have 1,000 streams in a session cost the same: srtp_add_stream() with each
#   SSRC, or one policy for any SSRC, from which a stream is made at its first packet.
# Instead: a stream that is added by its SSRC sets up ciphers and authentication of its own, 30 KB.
#   A stream made from the policy for any SSRC shares those, and takes 270 bytes.
# Version: libsrtp 2.5.0 (Debian 12, on OpenSSL 3.0).
# Why it matters: a selective forwarding unit has a session for each viewer with the SSRCs of all
#   that it forwards, and knows them from the signalling, so it adds them one by one. 500 viewers of
#   50 streams are 750 MB of ciphers, all with the viewer's one key; by a policy for any SSRC, 7 MB.
# Seen: 1000 streams added by SSRC: 29888 B each after a packet
#       1000 streams of a policy for any SSRC: 266 B each after a packet
. "$(dirname "$0")/common"
fetch libsrtp2-1=2.5.0-3 libsrtp2-dev=2.5.0-3
compile streams -lsrtp2 <<'C'
#include <arpa/inet.h>
#include <srtp2/srtp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "resident.h"

enum { STREAMS = 1000, HEADER = 12, PAYLOAD = 160, KEY_AND_SALT = 30 };

static int protect(srtp_t session, uint32_t ssrc) { // the first packet of a stream
    uint32_t packet[(HEADER + PAYLOAD + SRTP_MAX_TRAILER_LEN) / 4 + 1] = {0};
    int bytes = HEADER + PAYLOAD;
    packet[0] = htonl(0x80000001);
    packet[2] = htonl(ssrc);
    return srtp_protect(session, packet, &bytes);
}

int main(int argc, char **argv) {
    static unsigned char key[KEY_AND_SALT] = "a key that is used nowhere....";
    int any = argc > 1 && !strcmp(argv[argc - 1], "any");
    srtp_policy_t policy = {.key = key, .window_size = 128};
    srtp_t session;
    long base;

    without_huge_pages();
    policy.ssrc.type = ssrc_any_outbound;
    if (srtp_init())
        return 77;
    srtp_crypto_policy_set_rtp_default(&policy.rtp);
    srtp_crypto_policy_set_rtcp_default(&policy.rtcp);
    if (srtp_create(&session, any ? &policy : NULL))
        return 77;
    base = resident();
    for (uint32_t ssrc = 1; ssrc <= STREAMS; ssrc++) {
        policy.ssrc.type = ssrc_specific;
        policy.ssrc.value = ssrc;
        if ((!any && srtp_add_stream(session, &policy)) || protect(session, ssrc))
            return 77;
    }
    printf("%ld\n", (resident() - base) * 1024 / STREAMS);
    return 0;
}
C
added=$(run 20 streams added) || skip "no stream can be added by its SSRC"
echo "1000 streams added by SSRC: $added B each after a packet"
cloned=$(run 20 streams any) || skip "no stream comes of a policy for any SSRC"
echo "1000 streams of a policy for any SSRC: $cloned B each after a packet"
[ "$added" -ge 10000 ] || changed "$added B a stream added by SSRC, expected 10000 or more"
[ "$cloned" -le 1500 ] || changed "$cloned B a stream of a policy for any, expected 1500 at most"
as_stated "a stream weighs $added B added by its SSRC, $cloned B made from a policy for any"
