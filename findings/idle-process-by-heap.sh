#!/usr/bin/env bash
# gperftools: a process that asks for one block weighs 4 MB under tcmalloc, 0.1 to 0.4 under other heaps
# Guess: a heap costs next to nothing before it is used, some hundred KB at most, and a limit on address space
#   of 4 GB is plenty for a process that holds one block.
# Instead: tcmalloc_minimal touches 3.8 MB of private memory as it starts (span tables and central lists, in its
#   zeroed data and in memory that it maps), in Debian 12 and 13 alike; glibc 0.1, mimalloc 0.1, jemalloc 0.4.
#   Scudo touches little, but reserves 180 GiB of address space: under `ulimit -v` of 4 GB (or systemd's
#   LimitAS=4G) it ends the program with an error as it starts.
# Version: gperftools 2.10 (Debian 12) and 2.16 (Debian 13), jemalloc 5.3.0, mimalloc 2.0.9, scudo of LLVM 14.
# Why it matters: media servers start a process a stream or a worker a core (ffmpeg per channel, nginx, janus
#   plugins' helpers): 200 transcoder processes pay 0.8 GB for the heap alone before the first frame. What a
#   heap costs is measured on large servers, where it does not show; and a heap comparison by address space
#   says that scudo leaks.
# Seen, private KB of a process with one block of 100 B: glibc 100, jemalloc 404, mimalloc 152, tcmalloc 3984 (2.10)
#   and 3972 (2.16); scudo 176, and 188,752,700 KB of address space
. "$(dirname "$0")/common"
need gcc
compile idle <<'C'
#include <stdlib.h>
#include <string.h>

#include "resident.h"

/* A line of /proc/self/status, in KB. */
static long status(const char *name)
{
    char line[256];
    long value = -1;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, name, strlen(name)) == 0)
            value = strtol(line + strlen(name) + 1, NULL, 10);
    if (file)
        fclose(file);
    return value;
}

int main(void)
{
    without_huge_pages();
    memset(malloc(100), 1, 100);
    printf("%ld %ld\n", status("RssAnon"), status("VmSize"));
    return 0;
}
C
fetch libjemalloc2=5.3.0-1 libmimalloc2.0=2.0.9+ds-2 libtcmalloc-minimal4=2.10-1 libclang-rt-14-dev=1:14.0.6-12
fetch_from trixie libc6 libstdc++6 libgcc-s1 libtcmalloc-minimal4t64=2.16-1
# weighs WHERE HEAP LEAST MOST: private KB of the process
weighs() {
    local figures heap
    if [ "$1" = this ]; then
        heap=${2:+$(find "$root/usr/lib" -name "$2" | head -n 1)}
        figures=$(LD_PRELOAD=$heap run 20 idle) || skip "no process with ${2:-glibc}"
    else
        figures=$(run_on "$1" "$2" 20 idle) || skip "no process with $2 of $1"
    fi
    read -r private space <<<"$figures"
    echo "$1 ${2:-glibc}: $private KB private, $space KB of address space"
    [ "$private" -ge "$3" ] && [ "$private" -le "$4" ] || changed "expected $3 to $4 KB"
}
weighs this "" 60 250
weighs this libjemalloc.so.2 250 700
weighs this libmimalloc.so.2.0 80 400
weighs this libtcmalloc_minimal.so.4 3000 5000
weighs trixie libtcmalloc_minimal.so.4 3000 5000
weighs this "libclang_rt.scudo_standalone-$(uname -m).so" 60 600
[ "$space" -ge 100000000 ] || changed "scudo's address space: $space KB, expected more than 100,000,000"
as_stated "an idle process weighs 4 MB under tcmalloc, and has 180 GiB of address space under scudo"
