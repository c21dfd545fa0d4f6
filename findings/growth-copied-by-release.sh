#!/usr/bin/env bash
# gperftools: since 2.18 a block that grows step by step is copied at every step
# Guess: tcmalloc's realloc leaves room when a block grows, a quarter more, as it has for 15 years,
#   so growing by small steps copies a few times the final size.
# Instead: 2.16 moves a block of 1 to 16 MiB that grows by 64 KiB 13 times in 240 steps, 2.18.1 at
#   each of the 240: 2.0 GiB are copied for a block of 16 MiB.
# Version: gperftools 2.16 (Debian 13) and 2.18.1 (sid, November 2026).
# Why it matters: a fragment of a recording or a playlist's segment that is gathered by realloc as
#   its packets come costs CPU by the square of its size: 64 MiB by 64 KiB took 0.15 s of CPU with
#   2.16 and 13 s with 2.18.1, in a program that nobody changed. Double the capacity oneself, as one
#   has to for scudo.
# Seen: 2.16: moved 13 times in 240 steps, 68 MiB copied; 2.18.1: moved 240 times, 2032 MiB copied
. "$(dirname "$0")/common"
need gcc
tcmalloc=libtcmalloc_minimal.so.4
fetch_from trixie libc6 libgcc-s1 libstdc++6 libtcmalloc-minimal4t64=2.16-1
fetch_from sid libc6 libgcc-s1 libstdc++6 libtcmalloc-minimal4t64=2.18.1-2
compile grow <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST = 1 << 20, LAST = 16 << 20, STEP = 64 << 10 };

int main(void) {
    char *volatile block = malloc(FIRST);
    size_t copied = 0;
    int steps = 0, moved = 0;
    if (!block)
        return 77;
    memset(block, 1, FIRST);
    for (size_t bytes = FIRST; bytes < LAST; bytes += STEP, steps++) {
        char *larger = realloc(block, bytes + STEP);
        if (!larger)
            return 77;
        if (larger != block) {
            moved++;
            copied += bytes;
        }
        memset(larger + bytes, 1, STEP);
        block = larger;
    }
    printf("%d %d %zu\n", steps, moved, copied >> 20);
    return 0;
}
C
grow() { # grow RELEASE VERSION: sets steps, and moved among them
    local copied
    figures=$(run_on "$1" $tcmalloc 60 grow) || skip "no block grows under gperftools $2"
    read -r steps moved copied <<<"$figures"
    echo "gperftools $2: moved $moved times in $steps steps, $copied MiB copied"
}
grow trixie 2.16
[ $((moved * 4)) -le "$steps" ] || changed "2.16 moves $moved times, expected a few of $steps"
older=$moved
grow sid 2.18.1
[ $((moved * 4)) -ge $((steps * 3)) ] || changed "2.18.1 moves $moved times, expected nearly $steps"
as_stated "2.16 moves a growing block $older times, 2.18.1 $moved times in $steps steps"
