#!/usr/bin/env bash
# libsamplerate: a resampler of one voice weighs 440 kB, whatever its ratio, for the one that it may be given later
# Guess: a resampler keeps as much of the past as its filter is long, some hundred samples of 4 B, and a table
#   of the filter, which those of one ratio can share: 1 to 30 kB a stream, more where the ratio is odd.
# Instead: libsamplerate's tables are in the library and shared, and its state is a buffer alone, made for the
#   widest ratio that it takes, 1:256, three times over: 440 kB a channel of the best converter, 143 of the
#   medium one. Filled round and round, all of it is resident within ten seconds, also where 44.1 kHz becomes
#   48. A voice of speexdsp takes 6 kB, tables and all, of soxr (HQ) 115.
# Version: libsamplerate 0.2.2, libsoxr 0.1.3, libspeexdsp 1.2.1 (Debian 12).
# Why it matters: a mixer that resamples each of 1,000 voices holds 440 MB in one library and 6 MB in
#   another; moving from "best" to "fastest" saves memory (62 kB), not CPU alone. Where the ratio is known and
#   fixed nothing tells libsamplerate so: src_new takes none.
# Seen (kB a voice after ten seconds): libsamplerate best 444.6, medium 145.6, fastest 61.4; soxr HQ 114.6;
#       speexdsp of quality 5 6.3
. "$(dirname "$0")/common"
fetch libsamplerate0=0.2.2-3 libsamplerate0-dev=0.2.2-3 libsoxr0=0.1.3-4 libsoxr-dev=0.1.3-4 \
    libspeexdsp1=1.2.1-1 libspeexdsp-dev=1.2.1-1
compile voices -l:libsamplerate.so.0 -l:libsoxr.so.0 -l:libspeexdsp.so.1 -lm <<'C'
#include <samplerate.h>
#include <soxr.h>
#include <speex/speex_resampler.h>
#include <stdlib.h>
#include <string.h>

#include "resident.h"

enum { VOICES = 40, PACKET = 441, MOST = 1024, PACKETS = 1000 };

static float in[PACKET], out[MOST];

static void *make(const char *which, int quality) {
    int error;
    if (!strcmp(which, "libsamplerate"))
        return src_new(quality, 1, &error);
    if (!strcmp(which, "speexdsp"))
        return speex_resampler_init(1, 44100, 48000, quality, &error);
    soxr_quality_spec_t spec = soxr_quality_spec((unsigned long)quality, 0);
    return soxr_create(44100, 48000, 1, NULL, NULL, &spec, NULL);
}

static size_t play(const char *which, void *resampler) { // @return samples that came out
    size_t taken, made;
    if (!strcmp(which, "libsamplerate")) {
        SRC_DATA data = {.data_in = in, .data_out = out, .input_frames = PACKET,
                         .output_frames = MOST, .src_ratio = 48000.0 / 44100};
        return src_process(resampler, &data) ? 0 : (size_t)data.output_frames_gen;
    }
    if (!strcmp(which, "speexdsp")) {
        spx_uint32_t from = PACKET, to = MOST;
        return speex_resampler_process_float(resampler, 0, in, &from, out, &to) ? 0 : to;
    }
    return soxr_process(resampler, in, PACKET, &taken, out, MOST, &made) ? 0 : made;
}

int main(int argc, char **argv) { // voices LIBRARY QUALITY: kB a voice, after ten seconds at 44.1 to 48 kHz
    void *voices[VOICES];
    size_t made = 0;
    const char *which = argv[argc - 2];
    for (int i = 0; i < PACKET; i++)
        in[i] = (float)(i % 100) / 200;
    without_huge_pages();
    play(which, make(which, atoi(argv[argc - 1]))); /* what is shared is there */
    long before = resident();
    for (int i = 0; i < VOICES; i++)
        if (!(voices[i] = make(which, atoi(argv[argc - 1]))))
            return 1;
    for (int k = 0; k < PACKETS; k++)
        for (int i = 0; i < VOICES; i++)
            made += play(which, voices[i]);
    if (made < (size_t)VOICES * PACKETS * 475 || made > (size_t)VOICES * PACKETS * 480)
        return 1;
    printf("%.1f\n", (double)(resident() - before) * 1.024 / VOICES);
    return 0;
}
C
differs=""
# weighs LIBRARY QUALITY NAME LOW HIGH
weighs() {
    local kb
    kb=$(run 100 voices "$1" "$2") || skip "$1 does not run"
    echo "$1, $3: $kb kB a voice"
    awk -v x="$kb" -v low="$4" -v high="$5" 'BEGIN { exit !(x >= low && x <= high) }' || differs+=" $1-$3"
}
weighs libsamplerate 0 best 420 460
weighs libsamplerate 1 medium 135 155
weighs libsamplerate 2 fastest 55 75
weighs soxr 4 HQ 90 150
weighs speexdsp 5 5 4 14
[ -z "$differs" ] && as_stated "libsamplerate's best converter keeps 440 kB of each voice, speexdsp 6"
changed "expected 420 to 460 kB of libsamplerate's best and less than 14 of speexdsp; differs:$differs"
