#!/usr/bin/env bash
# x264: the lightest preset's encoder weighs nine times as much where there are more cores
# Guess: what an encoder weighs follows from the picture and the preset, by its references and its
#   lookahead. A thread adds a stack and some tables, so 22 threads are a tenth or so more than one.
# Instead: threads encode different pictures at once, and each of them holds several: 5 MiB a thread
#   at 720p and more. "ultrafast", which is chosen to be light, grows from 13 MiB to 118, "medium"
#   from 160 to 374. With sliced threads (tuning zerolatency) 22 threads weigh little more than one.
# Version: x264 0.164.3095 (Debian 12).
# Why it matters: left alone x264 takes one and a half threads for each core that it may run on, up
#   to 22 at 720p. A quota of CPU time, as a container has it, doesn't count; a set of CPUs does. A
#   limit on memory that was found on two cores kills the same encoder on sixteen. Where memory is
#   limited, set the threads.
# Seen: ultrafast: 1 thread 13 MiB, 22 threads 118; medium: 160, 374; ultrafast, zerolatency: 11, 13
. "$(dirname "$0")/common"
fetch libx264-164=2:0.164.3095+gitbaee400-3 libx264-dev=2:0.164.3095+gitbaee400-3
compile encode -lx264 <<'C'
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <x264.h>

#include "resident.h"

enum { WIDTH = 1280, HEIGHT = 720, LUMA = WIDTH * HEIGHT, PICTURES = 100 };

int main(int argc, char **argv) { // encode PRESET TUNING THREADS: MiB of the encoder at work
    const char *tuning = argv[argc - 2];
    int count;
    long base;
    x264_param_t set;
    x264_picture_t in, out;
    x264_nal_t *nal;
    x264_t *encoder;

    without_huge_pages();
    if (x264_param_default_preset(&set, argv[argc - 3], *tuning ? tuning : NULL) ||
        x264_picture_alloc(&in, X264_CSP_I420, WIDTH, HEIGHT))
        return 77;
    set.i_width = WIDTH;
    set.i_height = HEIGHT;
    set.i_csp = X264_CSP_I420;
    set.i_threads = atoi(argv[argc - 1]);
    set.i_log_level = X264_LOG_NONE;
    memset(in.img.plane[1], 128, LUMA / 4);
    memset(in.img.plane[2], 128, LUMA / 4);
    memset(in.img.plane[0], 0, LUMA);
    base = resident();
    encoder = x264_encoder_open(&set);
    if (!encoder)
        return 77;
    for (int i = 0; i < PICTURES; i++) {
        memset(in.img.plane[0], 2 * i, LUMA);
        in.i_pts = i;
        if (x264_encoder_encode(encoder, &nal, &count, &in, &out) < 0)
            return 77;
    }
    printf("%ld\n", (resident() - base) >> 10);
    fflush(stdout);
    _exit(0); // what is still being encoded is of no use
}
C
weigh() { # weigh PRESET TUNING: sets MiB with one thread, and with 22
    one=$(run 50 encode "$1" "$2" 1) || skip "x264 doesn't encode with the preset $1"
    many=$(run 50 encode "$1" "$2" 22) || skip "x264 doesn't encode with 22 threads"
    echo "$1${2:+, $2}: 1 thread $one MiB, 22 threads $many"
}
weigh medium ""
[ $((many * 2)) -ge $((one * 3)) ] ||
    changed "22 threads weigh $many MiB, one $one; expected half more"
weigh ultrafast zerolatency
[ "$many" -le $((one * 2)) ] ||
    changed "22 sliced threads weigh $many MiB, expected little above $one"
weigh ultrafast ""
[ "$many" -ge $((one * 3)) ] ||
    changed "22 threads weigh $many MiB, expected three times $one or more"
as_stated "an encoder of the lightest preset weighs $one MiB with a thread, $many with 22"
