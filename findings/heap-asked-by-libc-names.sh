#!/usr/bin/env bash
# Heaps: asked by glibc's own functions, a preloaded heap that holds 65 MB answers that it holds none
# Guess: mallinfo2 and malloc_info of a program whose heap is preloaded answer for that heap, or fail.
# Instead: under jemalloc, mimalloc and tbbmalloc all three succeed, and say 0 B: nobody stands in for
#   them, so that glibc's idle heap answers. tcmalloc stands in for mallinfo, which counts in an int
#   and has been deprecated since glibc 2.33, and not for mallinfo2 that took its place; scudo for all
#   three, with an XML of its own that lists a count for each size and has no sums to be found by.
# Version: glibc 2.36, jemalloc 5.3.0, mimalloc 2.0.9, gperftools 2.10, oneTBB 2021.8.0 (Debian 12), scudo of
#   LLVM 14.
# Why it matters: a media server's status page or exporter shows "heap in use" from mallinfo2. After
#   another heap is preloaded against growth the curve falls to 0 and stays there: it looks as if that
#   was the cure, and an alarm on it never rings again. What RSS says is then the only witness.
# Seen, with 65,536 blocks of 1000 B, in bytes by malloc_info (current), mallinfo2 and mallinfo (uordblks):
#       glibc 66,097,152, 66,062,064 and the same; jemalloc, mimalloc, tbbmalloc 0, 0 and 0; tcmalloc 0, 0
#       and 67,183,192; scudo none, 67,146,016 and the same
. "$(dirname "$0")/common"
need gcc
compile told -Wno-deprecated-declarations <<'C'
#define _GNU_SOURCE
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
    char *text = NULL, *last = NULL;
    size_t size = 0;
    for (int i = 0; i < 65536; i++) {
        char *block = malloc(1000);
        if (!block)
            return 1;
        memset(block, 1, 1000);
    }
    FILE *stream = open_memstream(&text, &size);
    int status = malloc_info(0, stream);
    fclose(stream);
    for (char *at = text; (at = strstr(at, "<system type=\"current\"")); at++)
        last = at; // of the whole heap, behind those of its arenas
    printf("%d %s %zu %u\n", status, last ? strtok(last + strlen("<system type=\"current\" size=\""), "\"") : "none",
           mallinfo2().uordblks, (unsigned)mallinfo().uordblks);
    return 0;
}
C
fetch libjemalloc2=5.3.0-1 libmimalloc2.0=2.0.9+ds-2 libtcmalloc-minimal4=2.10-1 \
    libtbbmalloc2=2021.8.0-2+deb12u1 libclang-rt-14-dev=1:14.0.6-12
version=$(ldd --version | head -n 1)
[[ $version == *2.36* ]] || skip "$version; expected glibc 2.36 of Debian 12"
# tells NAME LIBRARY INFO MALLINFO2 MALLINFO: what each answers: none, zero, or all of what is held
tells() {
    local name=$1 heap answers=() want i=0 failed
    heap=${2:+$(find "$root/usr/lib" -name "$2" | head -n 1)}
    [ -z "$2" ] || [ "$heap" ] || skip "no $2"
    read -r failed "answers[0]" "answers[1]" "answers[2]" < <(LD_PRELOAD=$heap timeout 30 "$work/told") || skip "no run with $name"
    echo "$name: malloc_info ${answers[0]}, mallinfo2 ${answers[1]}, mallinfo ${answers[2]}"
    [ "$failed" = 0 ] || changed "$name: malloc_info fails"
    for want in "${@:3}"; do
        case $want in
        none) [ "${answers[i]}" = none ] ;;
        zero) [ "${answers[i]}" = 0 ] ;;
        all) [ "${answers[i]}" != none ] && [ "${answers[i]}" -ge 65536000 ] && [ "${answers[i]}" -le 72000000 ] ;;
        esac || changed "$name: ${answers[i]}, expected $want"
        i=$((i + 1))
    done
}
tells glibc "" all all all
tells jemalloc libjemalloc.so.2 zero zero zero
tells mimalloc libmimalloc.so.2.0 zero zero zero
tells tbbmalloc libtbbmalloc_proxy.so.2 zero zero zero
tells tcmalloc libtcmalloc_minimal.so.4 zero zero all
tells scudo "libclang_rt.scudo_standalone-$(uname -m).so" none all all
as_stated "mallinfo2 of a program under jemalloc, mimalloc, tcmalloc or tbbmalloc says 0 B of 65 MB"
