#!/usr/bin/env bash
# libopus: an upgrade makes each decoder five to eight times as heavy, whatever it decodes
# Guess: a decoder is some 20 to 30 kB, as it has been for ten years; a minor release adds a few
#   percent, and what new features need is allocated when they are switched on.
# Instead: a stereo decoder grows from 26,996 to 149,876 bytes, a mono one from 18,228 to 141,108.
#   The state of the neural loss concealment is part of each decoder, in one block that
#   opus_decoder_create() clears and so makes resident. Nothing switched it on: at the default
#   complexity it is never used. Encoders are as before.
# Version: libopus 1.3.1 (Debian 12) and 1.5.2 (Debian 13, built with deep PLC and LACE).
# Why it matters: a conference mixer or a SIP gateway holds a decoder for each participant. 10,000
#   of them are 0.27 GB on Debian 12 and 1.5 GB on 13, with the same program and the same calls, and
#   a container that was sized on 12 goes under. Make decoders when the first packet comes, and end
#   them with the stream.
# Seen: libopus 1.3.1: 26.3 KiB resident a stereo decoder, 17.8 mono, 47.3 a stereo encoder
#       libopus 1.5.2: 148.0 KiB resident a stereo decoder, 140.0 mono, 47.3 a stereo encoder
. "$(dirname "$0")/common"
fetch libopus0=1.3.1-3 libopus-dev=1.3.1-3
fetch_from trixie libc6 libopus0=1.5.2-2
compile weigh -lopus <<'C'
#include <opus/opus.h>
#include <stdio.h>
#include "resident.h"

enum { COUNT = 200, RATE = 48000 };

static int decoders(int channels) { // tenths of a KiB each
    long base = resident();
    for (int i = 0; i < COUNT; i++)
        if (!opus_decoder_create(RATE, channels, NULL))
            return -1;
    return (int)((resident() - base) * 10 / COUNT);
}

static int encoders(void) {
    long base = resident();
    for (int i = 0; i < COUNT; i++)
        if (!opus_encoder_create(RATE, 2, OPUS_APPLICATION_AUDIO, NULL))
            return -1;
    return (int)((resident() - base) * 10 / COUNT);
}

int main(void) {
    int stereo, mono;
    without_huge_pages();
    stereo = decoders(2);
    mono = decoders(1);
    printf("%d %d %d %s\n", stereo, mono, encoders(), opus_get_version_string());
    return 0;
}
C
older=$(run 20 weigh) || skip "no decoder can be made with libopus 1.3.1"
newer=$(run_on trixie "" 20 weigh) || skip "no decoder can be made with libopus 1.5.2"
while read -r stereo mono encoder version; do
    echo "$version: $((stereo / 10)).$((stereo % 10)) KiB resident a stereo decoder," \
        "$((mono / 10)).$((mono % 10)) mono, $((encoder / 10)).$((encoder % 10)) a stereo encoder"
done <<<"$older"$'\n'"$newer"
read -r stereo mono encoder _ <<<"$older"
read -r stereo_newer mono_newer encoder_newer _ <<<"$newer"
[ "$stereo_newer" -ge $((3 * stereo)) ] ||
    changed "a stereo decoder of 1.5.2 takes less than three times that of 1.3.1"
[ "$mono_newer" -ge $((4 * mono)) ] ||
    changed "a mono decoder of 1.5.2 takes less than four times that of 1.3.1"
[ $((4 * encoder_newer)) -le $((5 * encoder)) ] ||
    changed "an encoder of 1.5.2 takes more than a quarter above that of 1.3.1"
as_stated "a mono decoder of 1.5.2 weighs $((mono_newer / mono)) times that of 1.3.1," \
    "the encoder the same"
