#!/usr/bin/env bash
# jemalloc: an RGBA picture of 1080p is given back to the kernel at each free, one of 4:2:0 is kept for 10 s
# Guess: what is freed is dirty and stays for dirty_decay_ms, 10 s by default, whatever its size: a server that
#   takes and frees a picture 50 times a second never faults. If large blocks go their own way, it is the
#   documented oversize_threshold of 8 MiB, and raising it ends that.
# Instead: from 7 MiB on, the size class that ends at 8, a freed block is purged at once: 8,294,400 B of 1080p
#   RGBA fault 2026 times a picture, 4K 3038, each. In 5.3.0 neither a higher threshold nor one of 0 nor
#   background_thread changes it; dirty_decay_ms:-1 does, for everything in the process. In 5.3.1 a higher
#   threshold keeps pictures, and so does background_thread:true.
# Version: jemalloc 5.3.0 (Debian 12 and 13) and 5.3.1 (sid).
# Why it matters: tried with 4:2:0 of 1080p, jemalloc is the heap without faults; in a compositor that works in
#   RGBA, or at 4K, it is as glibc with mmap: a tenth of a core goes into zeroing pages at 50 pictures a second,
#   and the setting that everybody finds for it has no effect in the version that is everywhere.
# Seen (page faults a picture that is taken, written, freed; 5.3.0 and 5.3.1):
#       3,110,400 B: 0, 0. 8,294,400 B: 2026, 2025; with background_thread 2026, 0; oversize_threshold:0 2026,
#       2025; of 256 MiB 2026, 0; dirty_decay_ms:-1 0, 0. 12,441,600 B: 3038, 3038; likewise
. "$(dirname "$0")/common"
need gcc
compile rounds <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "resident.h"

enum { ROUNDS = 20 };

static void one_round(size_t bytes) { // a picture comes and goes
    char *picture = malloc(bytes);
    if (!picture)
        exit(77);
    memset(picture, 1, bytes);
    __asm__ volatile("" : : "r"(picture) : "memory"); // it is looked at
    free(picture);
}

int main(int argc, char **argv) {
    struct rusage before, after;
    without_huge_pages();
    size_t bytes = strtoul(argv[argc - 1], NULL, 10);
    one_round(bytes);
    one_round(bytes);
    getrusage(RUSAGE_SELF, &before);
    for (int i = 0; i < ROUNDS; i++)
        one_round(bytes);
    getrusage(RUSAGE_SELF, &after);
    printf("%ld\n", (after.ru_minflt - before.ru_minflt) / ROUNDS);
    return 0;
}
C
fetch libjemalloc2=5.3.0-1
fetch_from sid libjemalloc2=5.3.1-2 libc6

# see BYTES CONF: page faults a picture into `old` and `new`
see() {
    export MALLOC_CONF=$2
    old=$(LD_PRELOAD=$lib/libjemalloc.so.2 "$work/rounds" "$1") || skip "no memory for a picture of $1 B"
    new=$(run_on sid libjemalloc.so.2 20 rounds "$1") || skip "sid's jemalloc does not run here"
    unset MALLOC_CONF
    echo "$1 B, ${2:-as it is}: $old page faults a picture in 5.3.0, $new in 5.3.1"
}
# expect OLD NEW: of each, "kept" is few faults and "purged" one a page
expect() {
    local pages=$((bytes / 4096)) figure what
    for what in "$1 $old" "$2 $new"; do
        figure=${what#* }
        case ${what% *} in
        kept) [ $((figure * 10)) -le "$pages" ] || differs+=" $bytes:$conf:$figure" ;;
        purged) [ $((figure * 10)) -ge $((pages * 9)) ] || differs+=" $bytes:$conf:$figure" ;;
        esac
    done
}
differs=""
bytes=3110400 conf=""
see $bytes "$conf" && expect kept kept
for bytes in 8294400 12441600; do
    while read -r conf of_old of_new; do
        conf=${conf#-}
        see "$bytes" "$conf" && expect "$of_old" "$of_new"
    done <<'ROWS'
- purged purged
background_thread:true purged kept
oversize_threshold:0 purged purged
oversize_threshold:268435456 purged kept
dirty_decay_ms:-1 kept kept
ROWS
done
[ -z "$differs" ] && as_stated "jemalloc keeps a picture of 3 MB and purges those of 8 and 12 at each free"
changed "expected pictures of 8 and 12 MB to be purged but where it is stated; differs:$differs"
