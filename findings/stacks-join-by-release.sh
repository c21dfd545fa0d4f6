#!/usr/bin/env bash
# glibc: since 2.42 nothing stands between the stacks of threads in /proc/PID/maps, and they are joined
# Guess: a thread's stack is a mapping of 8 MiB with another of a page below it that may not be touched (---p). So
#   stacks can be told by that, threads be counted by it, and each thread takes two of the 65,530 mappings that a
#   process may have (vm.max_map_count).
# Instead: from glibc 2.42 on, where the kernel is 6.13 or later, the page is no mapping any more but a mark within
#   the stack's own (MADV_GUARD_INSTALL). The kernel joins neighbours of equal rights: sixteen stacks are one mapping
#   of 128 MiB, and what the heap maps beside them can be in it, too.
# Version: glibc 2.36 (Debian 12) and 2.43 (sid), Linux 6.18.
# Why it matters: whoever tells a server's stacks from its heap by its mappings (pmap, a script over smaps, a profiler)
#   counts stacks as heap after the upgrade: up to 8 MiB a thread that recursed once, and none of it is leaked. From
#   Linux 6.15 on bit 58 of /proc/PID/pagemap shows the page.
# Seen (16 threads; mappings more than before them, pages without rights among them, the largest in KiB): 2.36: 32 16 8192;
#       2.43: 1 0 131136
. "$(dirname "$0")/common"
fetch_from sid libc6=2.43-7
compile stacks -pthread <<'C'
#define _GNU_SOURCE
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREADS = 16 };

static pthread_barrier_t all;

struct seen {
    long mappings, guards, largest; // of what has no file, largest in KiB
};

static struct seen look(void) {
    struct seen seen = {0};
    char line[512], rights[5];
    unsigned long begin, end, inode;
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps && fgets(line, sizeof line, maps)) {
        if (sscanf(line, "%lx-%lx %4s %*s %*s %lu", &begin, &end, rights, &inode) != 4 || inode)
            continue;
        seen.mappings++;
        seen.guards += rights[0] == '-' && end - begin == 4096;
        if (rights[1] == 'w' && (long)((end - begin) / 1024) > seen.largest)
            seen.largest = (long)((end - begin) / 1024);
    }
    fclose(maps);
    return seen;
}

static void *wait_for_all(void *unused) {
    pthread_barrier_wait(&all);
    pthread_barrier_wait(&all);
    return unused;
}

int main(void) {
    pthread_t thread[THREADS];
    struct seen before, after;
    mallopt(M_ARENA_MAX, 1); // threads that make no heaps of their own
    pthread_barrier_init(&all, NULL, THREADS + 1);
    before = look();
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&thread[i], NULL, wait_for_all, NULL))
            return 77;
    pthread_barrier_wait(&all);
    after = look();
    pthread_barrier_wait(&all);
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    printf("%ld %ld %ld\n", after.mappings - before.mappings, after.guards - before.guards, after.largest);
    return 0;
}
C

read -r kernel minor < <(uname -r | awk -F. '{print $1, $2 + 0}')
[ "$kernel" -gt 6 ] || { [ "$kernel" -eq 6 ] && [ "$minor" -ge 13 ]; } || skip "Linux $(uname -r) has no MADV_GUARD_INSTALL"
# see RELEASE MAPPINGS GUARDS LARGEST: what sixteen threads add
see() {
    echo "$1: $2 mappings more, $3 of them a page without rights; the largest has $4 KiB"
}
old=$(run 30 stacks) || skip "no figures under this system's glibc"
new=$(run_on sid "" 30 stacks) || skip "no figures under sid's glibc"
# shellcheck disable=SC2086 # three figures
see "this system's glibc" $old
# shellcheck disable=SC2086
see "glibc 2.43" $new
read -r mappings guards largest <<<"$old"
[ "$mappings" -ge 30 ] && [ "$guards" -ge 15 ] && [ "$largest" -lt 20000 ] ||
    changed "expected two mappings a thread of this system's glibc"
read -r mappings guards largest <<<"$new"
[ "$mappings" -le 4 ] && [ "$guards" -le 0 ] && [ "$largest" -ge 131072 ] ||
    changed "expected sixteen stacks in one mapping of 131072 KiB"
as_stated "sixteen stacks are one mapping, in which nothing tells them apart"
