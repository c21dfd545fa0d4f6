#!/usr/bin/env bash
# librist: an idle sender weighs 24 KiB under glibc and 11.5 MiB under mimalloc or tcmalloc
# Guess: what a program asks for is the same under every heap; a replaced malloc moves RSS by some
#   percent.
# Instead: rist_sender_create() asks calloc for two blocks, 11.3 MiB together, and hardly uses them.
#   glibc and jemalloc know that pages fresh from the kernel are zero and leave them alone; mimalloc
#   and tcmalloc write the zeros, so that every page becomes resident.
# Version: librist 0.2.7, mimalloc 2.0.9, gperftools 2.10, jemalloc 5.3.0 (Debian 12).
# Why it matters: a relay with a sender for each output, moved to mimalloc to cure fragmentation,
#   grows by 11 MiB an output before the first packet, 1.1 GiB for a hundred. A comparison of heaps
#   has to replay calloc as calloc: plain malloc of the same sizes stays untouched under all four.
# Seen: ten idle senders, RssAnon under glibc 240 KiB, jemalloc 344 KiB, mimalloc 117944 KiB,
#       tcmalloc 115624 KiB
. "$(dirname "$0")/common"
fetch librist4=0.2.7+dfsg-1 librist-dev=0.2.7+dfsg-1 libmbedcrypto7=2.28.3-1 libcjson1 \
    libjemalloc2=5.3.0-1 libmimalloc2.0=2.0.9+ds-2 libtcmalloc-minimal4=2.10-1
compile idle -lrist <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <librist/librist.h>
#include <unistd.h>
#include "resident.h"

int main(void) {
    struct rist_ctx *sender;
    long base = resident();
    without_huge_pages();
    for (int i = 0; i < 10; i++)
        if (rist_sender_create(&sender, RIST_PROFILE_MAIN, 0, NULL))
            return 77;
    printf("%ld\n", resident() - base);
    fflush(stdout);
    _exit(0);
}
C
# weigh HEAP LIBRARY: KiB of ten senders under it
weigh() {
    [ -z "$2" ] || [ -e "$lib/$2" ] || skip "no $2 in its package"
    kib=$(LD_LIBRARY_PATH=$lib LD_PRELOAD=${2:+$lib/$2} timeout 20 "$work/idle") ||
        skip "ten senders can't be made under $1"
    echo "ten idle senders, RssAnon under $1: $kib KiB"
}
for heap in glibc: jemalloc:libjemalloc.so.2; do
    weigh "${heap%:*}" "${heap#*:}"
    [ "$kib" -lt 8192 ] || changed "$kib KiB under ${heap%:*}, expected less than 8 MiB"
done
for heap in mimalloc:libmimalloc.so.2 tcmalloc:libtcmalloc_minimal.so.4; do
    weigh "${heap%:*}" "${heap#*:}"
    [ "$kib" -gt 65536 ] || changed "$kib KiB under ${heap%:*}, expected more than 64 MiB"
done
as_stated "ten idle senders weigh next to nothing under glibc and jemalloc, $kib KiB under tcmalloc"
