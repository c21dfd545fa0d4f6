#!/usr/bin/env bash
# GLib: what GSlice holds free comes back by no malloc_trim, unless the same size stays at work
# Guess: slices that were freed go back to malloc in time (GLib keeps a working set of 15 s), and a
#   malloc_trim() after that gives their pages to the kernel. G_SLICE=always-malloc is for
#   debugging.
# Instead: of 200,000 slices of 200 B, 43 MiB, all freed, malloc_trim() returns nothing, at once as
#   25 s later, idle or with traffic of another size all the while. Only traffic of the same size
#   moves GSlice's clock for that size: then all is returned. From GLib 2.76 on slices are malloc's
#   own blocks, and nothing is kept.
# Version: GLib 2.74.6 (Debian 12) and 2.84.4 (Debian 13), glibc's malloc.
# Why it matters: servers on GLib (rtpengine, what is built on GStreamer) hold calls and lists in
#   slices. After a busy hour their memory looks leaked, malloc_info() says it is in use, and the
#   cure that helps elsewhere, a periodic malloc_trim(), finds nothing. On Debian 12
#   G_SLICE=always-malloc cures it; on 13 it has no effect any more, and no need.
# Seen: KiB left of 44464 after malloc_trim: 2.74.6 at once 44464, idle for 25 s 44464, at work with
#       slices of 64 B 44528, with slices of 200 B 264, as malloc 0; 2.84.4 at once 4 of 40624
. "$(dirname "$0")/common"
fetch libglib2.0-0=2.74.6-2+deb12u9 libglib2.0-dev=2.74.6-2+deb12u9
fetch_from trixie libc6 libpcre2-8-0 libglib2.0-0t64=2.84.4-3~deb13u5
compile slices -I"$root/usr/include/glib-2.0" -I"$lib/glib-2.0/include" -l:libglib-2.0.so.0 <<'C'
#include <glib.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "resident.h"

enum { SLICES = 200000, BYTES = 200, BATCH = 1000 };

static void work_for_a_second(size_t bytes) {
    void *batch[BATCH];
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < BATCH; i++)
            batch[i] = g_slice_alloc(bytes);
        for (int i = 0; i < BATCH; i++)
            g_slice_free1(bytes, batch[i]);
        usleep(100000);
    }
}

int main(int argc, char **argv) { // what was held and what is left, in KiB
    static void *slices[SLICES];
    int seconds = atoi(argv[argc - 2]), bytes = atoi(argv[argc - 1]);
    long base, held;
    without_huge_pages();
    memset(slices, 1, sizeof slices);
    base = resident();
    for (int i = 0; i < SLICES; i++)
        slices[i] = memset(g_slice_alloc(BYTES), 1, BYTES);
    held = resident() - base;
    for (int i = 0; i < SLICES; i++)
        g_slice_free1(BYTES, slices[i]);
    for (int i = 0; i < seconds; i++)
        if (bytes)
            work_for_a_second((size_t)bytes);
        else
            sleep(1);
    malloc_trim(0);
    printf("%ld %ld\n", held, resident() - base);
    return 0;
}
C
unset G_SLICE
# All at once: they wait for most of their time.
run 60 slices 0 0 >"$work/at-once" &
run 60 slices 25 0 >"$work/idle" &
run 60 slices 25 64 >"$work/other" &
run 60 slices 25 200 >"$work/same" &
G_SLICE=always-malloc run 60 slices 0 0 >"$work/malloc" &
run_on trixie "" 60 slices 0 0 >"$work/newer" &
wait
left() { # left RUN WHAT: sets KiB held and left
    read -r held left <"$work/$1" || skip "no slices with GLib $2"
    echo "GLib $2: $left KiB left of $held after malloc_trim"
}
is_kept() {
    left "$@"
    [ $((left * 4)) -ge $((held * 3)) ] ||
        changed "$left KiB are left, expected nearly all of $held"
}
is_returned() {
    left "$@"
    [ $((left * 4)) -le "$held" ] || changed "$left KiB are left, expected less than $((held / 4))"
}
is_kept at-once "2.74.6, at once"
is_kept idle "2.74.6, after 25 s of idling"
is_kept other "2.74.6, after 25 s with slices of 64 B"
kept=$left
is_returned same "2.74.6, after 25 s with slices of 200 B"
is_returned malloc "2.74.6, G_SLICE=always-malloc"
is_returned newer "2.84.4, at once"
as_stated "GLib 2.74.6 keeps $kept KiB from malloc_trim until the same size is at work, 2.84.4 none"
