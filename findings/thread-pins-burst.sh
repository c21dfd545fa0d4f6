#!/usr/bin/env bash
# glibc: one thread that starts and ends while a burst is held keeps the whole burst resident
# Guess: a thread that allocated and freed one block of 100 B and was joined leaves nothing but its
#   cached stack; once the packets are freed their memory goes back to the kernel.
# Instead: pthread_create() takes the thread's table of thread-local storage from the heap, and
#   keeps it with the cached stack. It lies above the burst, and glibc gives back by itself only
#   what is free at the heap's top: all 134 MiB stay, for a block of some 300 B. Where a thread ran
#   and ended before the burst, its table is used again and nothing stays. malloc_trim() returns the
#   pages.
# Version: glibc 2.36 (Debian 12) and 2.41 (Debian 13).
# Why it matters: a server that starts a thread for each call starts them when it is busiest, so
#   each peak is for good; a test that starts its threads first never sees it. Start the pool of
#   threads before the traffic, or trim after a peak.
# Seen, in MiB left of 134, on both: no thread 0, a thread before the burst 0, during it 134, and
#       after malloc_trim 0
. "$(dirname "$0")/common"
need gcc
compile pin -lpthread <<'C'
#include <gnu/libc-version.h>
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "resident.h"

enum { PACKET = 1400, BURST = 100000 };

static void *answer_a_call(void *context) {
    void *volatile block = malloc(100);
    (void)context;
    free(block);
    return NULL;
}

static void a_thread(void) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, answer_a_call, NULL))
        exit(77);
    pthread_join(thread, NULL);
}

int main(int argc, char **argv) { // MiB that the freed burst leaves, and after a trim
    static void *packets[BURST];
    const char *when = argv[argc - 1];
    long base, left;
    without_huge_pages();
    memset(packets, 1, sizeof packets);
    if (!strcmp(when, "before"))
        a_thread();
    base = resident();
    for (int i = 0; i < BURST; i++)
        if (!(packets[i] = malloc(PACKET)))
            return 77;
        else
            memset(packets[i], 1, PACKET);
    if (!strcmp(when, "during"))
        a_thread();
    for (int i = 0; i < BURST; i++)
        free(packets[i]);
    left = resident() - base;
    malloc_trim(0);
    printf("%ld %ld %s\n", left / 1024, (resident() - base) / 1024, gnu_get_libc_version());
    return 0;
}
C
fetch_from trixie libc6
# measure RELEASE WHEN: sets MiB left, and after malloc_trim
measure() {
    local figures version
    if [ "$1" = this ]; then
        figures=$(run 30 pin "$2") || skip "no memory for a burst, or no thread"
    else
        figures=$(run_on "$1" "" 30 pin "$2") || skip "no memory for a burst, or no thread"
    fi
    read -r left trimmed version <<<"$figures"
    case $1:$version in
    this:2.36 | trixie:2.41) ;;
    *) skip "glibc $version; expected 2.36 of Debian 12 and 2.41 of 13" ;;
    esac
    echo "glibc $version, thread $2: $left MiB left of 134, $trimmed after malloc_trim"
}
for release in this trixie; do
    for when in never before; do
        measure $release $when
        [ "$left" -le 20 ] || changed "$left MiB left with a thread $when, expected 20 at most"
    done
    measure $release during
    [ "$left" -ge 100 ] || changed "$left MiB left with a thread during, expected 100 or more"
    [ "$trimmed" -le 20 ] || changed "$trimmed MiB left after malloc_trim, expected 20 at most"
done
as_stated "a thread during a burst keeps $left MiB of it, one before nothing"
