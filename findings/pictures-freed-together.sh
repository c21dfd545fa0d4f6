#!/usr/bin/env bash
# glibc: a picture that is freed alone is kept for the next one; of two freed together none is
# Guess: once the first picture was freed, glibc has raised its thresholds and serves pictures from
#   the heap: what is freed there is found again without page faults, be it one picture or two.
# Instead: the first free sets the size from which free memory at the heap's top goes back to the
#   kernel to twice the picture's. One freed picture stays below that. Two that are neighbours reach
#   it, and both go back: each round faults every page in again, at 1080p as at 4K. A picture larger
#   than 32 MiB (8K) goes back even alone, since no block that large moves a threshold.
# Version: glibc 2.36 (Debian 12) and 2.41 (Debian 13).
# Why it matters: a compositor or scaler that takes two 4K pictures a tick and frees them at its end
#   pays 6,000 page faults a tick, where one picture pays none. A benchmark with one picture in
#   flight sees a heap that a server with two never meets, and a change from one to two looks like a
#   cost of the codec. Setting M_TRIM_THRESHOLD and M_MMAP_THRESHOLD by hand, or a pool, ends it.
# Seen, in page faults a picture, on both: 1080p alone 0, by two 743 of 759; 4K alone 0, by two 3021
#       of 3037; 4K by two with both thresholds set 0; 8K alone 12151 of 12150
. "$(dirname "$0")/common"
need gcc
compile rounds <<'C'
#include <gnu/libc-version.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "resident.h"

enum { ROUNDS = 10 };

static void one_round(size_t bytes, int count) { // takes so many, frees them all
    void *pictures[2];
    for (int i = 0; i < count; i++)
        if (!(pictures[i] = malloc(bytes)))
            exit(77);
        else
            memset(pictures[i], 1, bytes);
    for (int i = 0; i < count; i++)
        free(pictures[i]);
}

int main(int argc, char **argv) {
    size_t bytes = strtoul(argv[argc - 3], NULL, 10);
    int count = atoi(argv[argc - 2]), set = atoi(argv[argc - 1]);
    struct rusage before, after;
    without_huge_pages();
    if (set) {
        mallopt(M_MMAP_THRESHOLD, 32 << 20);
        mallopt(M_TRIM_THRESHOLD, 256 << 20);
    }
    one_round(bytes, count); // the thresholds move with what is freed
    one_round(bytes, count);
    getrusage(RUSAGE_SELF, &before);
    for (int i = 0; i < ROUNDS; i++)
        one_round(bytes, count);
    getrusage(RUSAGE_SELF, &after);
    printf("%ld %s\n", (after.ru_minflt - before.ru_minflt) / ROUNDS / count,
           gnu_get_libc_version());
    return 0;
}
C
fetch_from trixie libc6
# faults RELEASE NAME BYTES COUNT SET: sets page faults a picture, and the pages of one
faults() {
    local release=$1 name=$2 figures version
    shift 2
    if [ "$release" = this ]; then
        figures=$(run 20 rounds "$@") || skip "no memory for $2 pictures of $1 B"
    else
        figures=$(run_on "$release" "" 20 rounds "$@") || skip "no memory for $2 pictures of $1 B"
    fi
    read -r faults version <<<"$figures"
    case $release:$version in
    this:2.36 | trixie:2.41) ;;
    *) skip "glibc $version; expected 2.36 of Debian 12 and 2.41 of 13" ;;
    esac
    pages=$(($1 / 4096))
    echo "glibc $version, $name: $faults page faults a picture of $pages pages"
}
for release in this trixie; do
    for size in 1080p:3110400 4K:12441600; do
        faults $release "${size%:*} alone" "${size#*:}" 1 0
        [ $((faults * 10)) -le "$pages" ] ||
            changed "$faults faults a picture freed alone, expected less than a tenth of $pages"
        faults $release "${size%:*} by two" "${size#*:}" 2 0
        [ $((faults * 10)) -ge $((pages * 8)) ] ||
            changed "$faults faults a picture freed with another, expected nearly $pages"
    done
    faults $release "4K by two, thresholds set" 12441600 2 1
    [ $((faults * 10)) -le "$pages" ] ||
        changed "$faults faults a picture with both thresholds set, expected less than a tenth"
    faults $release "8K alone" 49766400 1 0
    [ $((faults * 10)) -ge $((pages * 8)) ] ||
        changed "$faults faults an 8K picture freed alone, expected nearly $pages"
done
as_stated "a picture freed alone is kept, two freed together fault every page in again"
