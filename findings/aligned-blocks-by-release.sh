#!/usr/bin/env bash
# glibc: an aligned block of 64 B takes 192 B in Debian 12, 128 B in Debian 13, and 64 B in jemalloc
# Guess: alignment costs padding at most, in every heap: a block of 64 B aligned to 64 takes 128 B, and a
#   page on a page boundary one page and a little.
# Instead: glibc 2.36 takes block, alignment and a smallest chunk from its top, and hands the rest out to
#   smaller requests alone, which a program of aligned blocks never makes: 192 B for 64, 384 for 256. 2.41
#   pays the padding (128 and 320). A page on a page boundary is two pages in both. jemalloc has the
#   alignment in its size classes and pays nothing; mimalloc 2.0.9 nothing for powers of two, and 193 B for
#   100, which take 113 without.
# Version: glibc 2.36 (Debian 12) and 2.41 (Debian 13), jemalloc 5.3.0, mimalloc 2.0.9.
# Why it matters: media libraries ask for vector alignment always (nine of ten of FFmpeg's allocations do), so
#   a table of headers or of per-client state made by av_malloc weighs up to three times its size, and a
#   third less after an upgrade that nobody made for it; half of a pool of page-aligned pages is air. A
#   benchmark that calls malloc sees none of it.
# Seen, in B of RSS a block: glibc 2.36 64 B 79 plain and 191 aligned to 64, 256 B 383, a page 8192; 2.41 79, 128,
#       319 and 8192; jemalloc 66, 264 and 4232; mimalloc 64 of 64 B, 113 and 193 of 100 B
. "$(dirname "$0")/common"
need gcc
compile blocks <<'C'
#include <gnu/libc-version.h>
#include <stdlib.h>
#include <string.h>

#include "resident.h"

enum { BLOCKS = 100000 };

static void *held[BLOCKS];

int main(int argc, char **argv)
{
    size_t size = strtoul(argv[argc - 2], NULL, 10), alignment = strtoul(argv[argc - 1], NULL, 10);
    without_huge_pages();
    memset(held, 1, sizeof held);
    long before = resident();
    for (int i = 0; i < BLOCKS; i++) {
        if (alignment ? posix_memalign(&held[i], alignment, size) : !(held[i] = malloc(size)))
            return 77;
        memset(held[i], 1, size);
    }
    printf("%ld %s\n", (resident() - before) * 1024 / BLOCKS, gnu_get_libc_version());
    return 0;
}
C
fetch libjemalloc2=5.3.0-1 libmimalloc2.0=2.0.9+ds-2
fetch_from trixie libc6
# takes WHERE HEAP SIZE ALIGNMENT LEAST MOST: bytes of RSS a block
takes() {
    local figures bytes version
    case $1 in
    this) figures=$(LD_PRELOAD=${2:+$lib/$2} run 20 blocks "$3" "$4") || skip "no memory for 100,000 blocks" ;;
    *) figures=$(run_on "$1" "" 20 blocks "$3" "$4") || skip "no memory for 100,000 blocks" ;;
    esac
    read -r bytes version <<<"$figures"
    case $1:$version in
    this:2.36 | trixie:2.41) ;;
    *) skip "glibc $version; expected 2.36 of Debian 12 and 2.41 of 13" ;;
    esac
    echo "${2:-glibc $version}: $bytes B a block of $3 B, alignment ${4/#0/none}"
    [ "$bytes" -ge "$5" ] && [ "$bytes" -le "$6" ] || changed "expected $5 to $6 B"
}
takes this "" 64 0 76 84
takes this "" 64 64 186 198
takes this "" 256 64 376 392
takes this "" 4096 4096 8100 8300
takes trixie "" 64 0 76 84
takes trixie "" 64 64 124 134
takes trixie "" 256 64 312 328
takes trixie "" 4096 4096 8100 8300
takes this libjemalloc.so.2 64 64 64 72
takes this libjemalloc.so.2 256 64 256 275
takes this libjemalloc.so.2 4096 4096 4096 4400
takes this libmimalloc.so.2.0 64 64 64 72
takes this libmimalloc.so.2.0 100 0 108 118
takes this libmimalloc.so.2.0 100 64 186 200
as_stated "an aligned block of 64 B takes 192 B under glibc 2.36, 128 under 2.41 and 64 under jemalloc"
