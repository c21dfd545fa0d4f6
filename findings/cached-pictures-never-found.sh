#!/usr/bin/env bash
# glibc 2.43: a thread's cache that is opened to pictures holds 15 of them that nothing ever takes out again
# Guess: with tcache_max raised to the 4 MiB up to which the cache has had bins since 2.42, blocks of some 10 KB are
#   kept, 16 of a kind. A picture of 3.1 MB is mapped by itself and goes back to the kernel as before; if it is
#   cached, the next picture of that size takes it.
# Instead: mapped blocks are cached too, and a cached block serves none but a request of exactly its size, which that
#   of a mapped block, in whole pages, never is for a request like its own. A thread that takes and frees four
#   pictures at a time ends up with 15 mapped ones in its cache for good. They take the place of what could be used,
#   so that pictures fault all the same. malloc_trim() leaves them, mallinfo2() counts them as used. And 4194304
#   itself is taken without a word and switches nothing on: it has to be some 20 B less.
# Version: glibc 2.43 (sid). Since the cache is closed to blocks above 1 KB by default, nobody meets it unasked.
# Why it matters: the tunable is the one to try where pictures fault at each frame. It then costs 46 MB a thread that
#   decodes or scales 1080p, 0.3 GB in eight threads, for nothing. With mmap_threshold=33554432 beside it, it does
#   what it is for: no faults, and no more is held than the pictures were.
# Seen (four pictures of 3,110,400 B at a time, 100 times, then all free and trimmed; KiB resident, KiB that
#       mallinfo2 says are used, page faults a picture): one thread: as it is 140 4 751; tcache_max=4194304 140 4 751;
#       4194000 48780 48642 561; and mmap_threshold 12164 12155 0. Eight threads: 322548 to
#       390244 KiB resident, with mmap_threshold 97316
. "$(dirname "$0")/common"
fetch_from sid libc6=2.43-7
compile pictures -pthread <<'C'
#define _GNU_SOURCE
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "resident.h"

enum { PICTURE = 1920 * 1080 * 3 / 2, HELD = 4, ROUNDS = 100, WARM = 90, THREADS = 64 };

static pthread_barrier_t done;

static long faults(void) {
    struct rusage usage;
    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_minflt;
}

static void *worker(void *unused) { // page faults of a picture, once all is warm
    char *picture[HELD];
    long before = 0, each;
    (void)unused;
    for (int round = 0; round < ROUNDS; round++) {
        if (round == WARM)
            before = faults();
        for (int i = 0; i < HELD; i++) {
            if (!(picture[i] = malloc(PICTURE)))
                exit(77);
            memset(picture[i], round, PICTURE);
        }
        for (int i = 0; i < HELD; i++)
            free(picture[i]);
    }
    each = (faults() - before) / ((ROUNDS - WARM) * HELD);
    pthread_barrier_wait(&done); // and stays, with its cache, until all was read
    pthread_barrier_wait(&done);
    return (void *)each;
}

int main(int argc, char **argv) {
    int threads = atoi(argv[argc - 1]);
    pthread_t thread[THREADS];
    void *each = NULL;
    struct mallinfo2 heap;
    long base, left;
    without_huge_pages();
    pthread_barrier_init(&done, NULL, threads + 1);
    base = resident();
    for (int i = 0; i < threads; i++)
        if (pthread_create(&thread[i], NULL, worker, NULL))
            return 77;
    pthread_barrier_wait(&done);
    malloc_trim(0);
    left = resident() - base;
    heap = mallinfo2();
    pthread_barrier_wait(&done);
    for (int i = 0; i < threads; i++)
        pthread_join(thread[i], &each);
    printf("%ld %zu %ld\n", left, (heap.uordblks + heap.hblkhd) / 1024, (long)each);
    return 0;
}
C

# see THREADS [TUNABLE]...: KiB left, KiB used by its own count, faults a picture
see() {
    local threads=$1 IFS=:
    shift
    figures=$(GLIBC_TUNABLES="$*" run_on sid "" 60 pictures "$threads") || skip "no figures under ${*:-the defaults}"
    IFS=' ' read -r left used each <<<"$figures"
    echo "$threads thread(s), ${*:-as it is}: $left KiB left, $used KiB used, $each faults a picture"
}
open=glibc.malloc.tcache_max=4194000
unmapped=glibc.malloc.mmap_threshold=33554432
see 1
[ "$left" -le 4000 ] || changed "$left KiB by default, expected 4000 at most"
[ "$each" -ge 300 ] || changed "$each faults a picture by default, expected 300 at least"
see 1 glibc.malloc.tcache_max=4194304
[ "$left" -le 4000 ] || changed "$left KiB with tcache_max=4194304, expected that it switches nothing on"
see 1 $open
single=$left
[ "$left" -ge 36000 ] || changed "$left KiB in an opened cache, expected 36000 at least for pictures of 12150"
[ "$used" -ge 36000 ] || changed "mallinfo2 says $used KiB, expected the cache to be counted as used"
[ "$each" -ge 200 ] || changed "$each faults a picture with an opened cache, expected 200 at least"
see 8 $open
eight=$left
see 8 $open $unmapped
[ $((2 * eight)) -ge $((3 * left)) ] ||
    changed "eight threads keep $eight KiB, expected half as much again as the $left without mapped pictures"
see 1 $open $unmapped
[ "$left" -le 16000 ] || changed "$left KiB without mapped pictures, expected 16000 at most"
[ "$each" -le 20 ] || changed "$each faults a picture without mapped pictures, expected 20 at most"
as_stated "an opened cache keeps $single KiB of one thread's pictures and never uses them, $eight KiB of eight threads'"
