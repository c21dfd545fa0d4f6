#!/usr/bin/env bash
# The library before each heap that is installed: it is told by its file, and serves as ever.
# test_heaps.sh BUILD_FOLDER
. "$(dirname "$0")/figures.sh"
declare -A file=([glibc]='/libc\.so' [jemalloc]=/libjemalloc [mimalloc]=/libmimalloc [tcmalloc]=/libtcmalloc
    [tbbmalloc]=/libtbbmalloc_proxy [scudo]='/libclang_rt.scudo')
tried=0
for heap in $(heaps); do
    tried=$((tried + 1))
    works "$heap" interpose-subject hold 0
    none=$(figure calls)
    works "$heap" interpose-subject hold 100
    is "$heap: calls for 100 blocks more" $(($(figure calls) - none)) 100
    grep -q "^heap=.*${file[$heap]}" "$tmp/figures" || bad "$heap: $(grep '^heap' "$tmp/figures")"
    for what in overflow "aligned 0" early handler "threads 8" "threads 100" "fork 100" "vfork 30" "failing 50"; do
        works "$heap" interpose-subject $what
        works "fault:nth=1000000/limited:max=256MiB/$heap" interpose-subject $what
    done
done

# A heap's own names are there with that heap alone, and go through the layers too.
works glibc interpose-names neither
for heap in $(heaps | grep -E 'jemalloc|tcmalloc'); do
    spec=limited:max=64MiB/$heap
    works "$heap" interpose-names $heap
    works "$spec" interpose-names $heap limited
    is "$heap: refusals by its own names" "$(figure refusals)" 1
    # Beside them a C++ library's reserve for exceptions, and the heap's own objects.
    [ "$(figure live_blocks)" -ge 10 ] && [ "$(figure live_blocks)" -le 13 ] ||
        bad "$heap: its own names left $(figure live_blocks) blocks"
done
[ $tried -ge 1 ] || bad "no heap was tried"
# One that serves under names of a version that is not the default one.
debug=$(ldconfig -p | sed -n 's/.*libc_malloc_debug.so.* => //p' | head -1)
if [ -n "$debug" ]; then
    works "preload:path=$debug" interpose-subject hold 10
    grep -q "^heap=.*libc_malloc_debug" "$tmp/figures" || bad "malloc_debug: $(grep '^heap' "$tmp/figures")"
fi
finish
