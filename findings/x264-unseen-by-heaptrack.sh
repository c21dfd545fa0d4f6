#!/usr/bin/env bash
# heaptrack: an encoder of 168 MiB reads as 77 kB
# Guess: a tool that records every allocation records those of x264, or at least says what it can't
#   see.
# Instead: heaptrack 1.4 intercepts malloc, calloc, realloc, posix_memalign, aligned_alloc and
#   valloc, not memalign, and x264 allocates everything by memalign. The peak it prints is
#   72 kB of the C++ library's and little more; "calls to allocation functions" is 8. No warning.
# Version: heaptrack 1.4.0, x264 0.164.3095, glibc 2.36 (Debian 12).
# Why it matters: in a server that transcodes, the encoder may well hold the most memory, and is
#   what the profile leaves out, so a leak of encoders looks like memory beyond the heap. FFmpeg's
#   own buffers (posix_memalign) are seen, which makes the profile believable. Compare its peak with
#   "peak RSS" in the same print; massif sees memalign.
# Seen: 64 MiB by malloc, posix_memalign, aligned_alloc: 67180 kB each; by memalign: 72 kB
#       x264 720p: RssAnon 172496 KiB, heaptrack's peak 78 kB
. "$(dirname "$0")/common"
fetch heaptrack=1.4.0-2 libheaptrack=1.4.0-2 libboost-filesystem1.74.0 libboost-iostreams1.74.0 \
    libboost-program-options1.74.0 \
    libx264-164=2:0.164.3095+gitbaee400-3 libx264-dev=2:0.164.3095+gitbaee400-3
complete "$root/usr/bin/heaptrack_print" "$root/usr/lib/heaptrack/libexec/heaptrack_interpret"
compile block <<'C'
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
    size_t bytes = 64 << 20;
    const char *call = argv[argc - 1];
    void *block = NULL;
    if (!strcmp(call, "malloc"))
        block = malloc(bytes);
    else if (!strcmp(call, "aligned_alloc"))
        block = aligned_alloc(64, bytes);
    else if (!strcmp(call, "memalign"))
        block = memalign(64, bytes);
    else if (posix_memalign(&block, 64, bytes))
        return 1;
    if (!block)
        return 1;
    memset(block, 1, bytes);
    free(block);
    return 0;
}
C
compile encode -lx264 <<'C'
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <x264.h>

int main(void) {
    char line[200];
    long kib = 0;
    int count;
    x264_param_t set;
    x264_picture_t in, out;
    x264_nal_t *nal;
    x264_t *encoder;
    FILE *file;

    x264_param_default_preset(&set, "medium", NULL);
    set.i_width = 1280;
    set.i_height = 720;
    set.i_csp = X264_CSP_I420;
    set.i_threads = 1;
    set.i_log_level = X264_LOG_NONE;
    encoder = x264_encoder_open(&set);
    if (!encoder || x264_picture_alloc(&in, X264_CSP_I420, 1280, 720))
        return 1;
    for (int i = 0; i < 60; i++) {
        memset(in.img.plane[0], 4 * i, 1280 * 720);
        memset(in.img.plane[1], 128, 640 * 360);
        memset(in.img.plane[2], 128, 640 * 360);
        in.i_pts = i;
        x264_encoder_encode(encoder, &nal, &count, &in, &out);
    }
    file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file))
        sscanf(line, "RssAnon: %ld", &kib);
    printf("rss-anon %ld\n", kib);
    x264_picture_clean(&in);
    x264_encoder_close(encoder);
    return 0;
}
C
# peak PROGRAM [ARGUMENT]: what heaptrack calls the peak of the heap, in kB
peak() {
    rm -f "$work"/profile*
    LD_LIBRARY_PATH=$lib timeout 40 "$root/usr/bin/heaptrack" -o "$work/profile" "$@" \
        >"$work/run.log" 2>&1
    LD_LIBRARY_PATH=$lib timeout 40 "$root/usr/bin/heaptrack_print" "$work"/profile* 2>/dev/null |
        awk '/^peak heap memory consumption/ {
            unit = substr($NF, length($NF))
            printf "%d", $NF * (unit == "G" ? 1e6 : unit == "M" ? 1e3 : unit == "K" ? 1 : 1e-3)
        }'
}
for call in malloc posix_memalign aligned_alloc memalign; do
    kb=$(peak "$work/block" $call)
    [ -n "$kb" ] || skip "heaptrack wrote no profile: $(tail -1 "$work/run.log")"
    echo "64 MiB by $call: heaptrack's peak is $kb kB"
    if [ $call = memalign ]; then
        [ "$kb" -lt 10000 ] || changed "heaptrack sees memalign: $kb kB of 67109"
    else
        [ "$kb" -gt 60000 ] || changed "heaptrack misses $call: $kb kB of 67109"
    fi
done
kb=$(peak "$work/encode")
kib=$(sed -n 's/.*rss-anon \([0-9]*\).*/\1/p' "$work/run.log")
[[ -n $kb && -n $kib ]] || skip "no profile of the encoder: $(tail -1 "$work/run.log")"
echo "x264 720p: RssAnon $kib KiB, heaptrack's peak $kb kB"
[ $((kb * 10)) -lt "$kib" ] ||
    changed "heaptrack's peak is $kb kB of $kib KiB, expected less than a tenth"
as_stated "heaptrack shows $kb kB of an encoder of $kib KiB"
