#!/usr/bin/env bash
# The limit in a foreign program, under each heap that is installed: nothing is handed out beyond it,
# what would fit is, and what goes comes back.     test_limited.sh BUILD_FOLDER
. "$(dirname "$0")/figures.sh"
max=$((8 << 20))

for heap in $(heaps); do
    spec=limited:max=8MiB/$heap
    for size in 16 24 100 1000 5000 70000 1000000; do
        works "limited:max=1MiB/$heap" interpose-subject hold 0
        base=$(figure live_bytes)
        works "$spec" interpose-subject fill $size
        count=$(printed handed_out) usable=$(printed usable)
        [ "${count:-0}" -gt 0 ] || { bad "$spec: fill $size handed out nothing"; continue; }
        one=$((usable / count))
        [ $((usable + base)) -le $((max + one)) ] || bad "$spec: fill $size: $usable B handed out"
        # One more would not have fitted: it may have been a larger one of its kind.
        [ $((usable + base + 2 * one + 65536)) -gt $max ] || bad "$spec: fill $size: only $usable B handed out"
        [ "$(figure peak)" -le $max ] || bad "$spec: fill $size: a peak of $(figure peak) B"
        is "$spec: fill $size: refusals" "$(figure refusals)" 2
        is "$spec: fill $size: largest refused" "$(figure refused_max)" $size
    done
    works "$spec" interpose-subject realloc 9000000
    is "$spec: refused resize" "$(figure refused_max)" 9000000
    [ "$(figure peak)" -gt 200000 ] || bad "$spec: resize: a peak of $(figure peak) B"
    works "$spec" interpose-subject hold 0
    live=$(figure live_bytes) blocks=$(figure live_blocks)
    for what in "realloc 9000000" overflow "aligned 0" early "threads 8"; do
        works "$spec" interpose-subject $what
        # The C library keeps a stack and its vectors for threads to come.
        [ "${what%% *}" = threads ] || is "$spec: $what: live blocks" $(($(figure live_blocks) - blocks)) \
            $([ "$what" = early ] && echo -1 || echo 0)
    done
    works "$spec" interpose-subject hold 10
    is "$spec: live blocks of 10" $(($(figure live_blocks) - blocks)) 10
    [ $(($(figure live_bytes) - live)) -ge 10000 ] || bad "$spec: 10 blocks: $(figure live_bytes) B live"
done

# Several threads, each with a credit of the limit: what one has left another gets before it is refused.
max=$((256 << 20))
for heap in $(heaps); do
    works "limited:max=256MiB/$heap" interpose-subject hold 0
    base=$(figure live_bytes) spec=limited:max=256MiB/$heap
    for size in 2000 5000 70000; do
        works "$spec" interpose-subject fill-together $size
        count=$(printed handed_out) usable=$(printed usable)
        [ "${count:-0}" -gt 8 ] || { bad "$spec: 8 threads fill $size: handed out ${count:-nothing}"; continue; }
        [ "$usable" -le $max ] && [ "$(figure peak)" -le $max ] ||
            bad "$spec: 8 threads fill $size: $usable B handed out, a peak of $(figure peak) B"
        [ $((usable + base + usable / count + 65536)) -gt $max ] || bad "$spec: 8 threads fill $size: only $usable B handed out"
    done
done

# A program of many libraries, whose constructors allocate before tcmalloc can tell a size: what comes
# and what goes are counted alike.
if command -v cmake >/dev/null; then
    for heap in $(heaps); do
        "$build/interposed" limited:max=1GiB/$heap cmake --version >"$tmp/figures" 2>"$tmp/printed" ||
            bad "cmake on $heap: $(tail -1 "$tmp/printed")"
        [ "$(figure live_bytes)" -ge 0 ] && [ "$(figure peak)" -ge "$(figure live_bytes)" ] &&
            [ "$(figure live_blocks)" -ge 0 ] || bad "cmake on $heap: $(grep -E '^(live|peak)' "$tmp/figures")"
    done
fi

# Everything that is handed out at a time by more threads than have a stripe of their own.
works limited:max=64MiB/glibc interpose-subject threads 4
few=$(figure allocated_blocks)
works limited:max=64MiB/glibc interpose-subject threads 100
# 96 threads more in each of 3 waves: 50 blocks of ours, and what the C library takes for a thread.
more=$(($(figure allocated_blocks) - few))
[ $more -ge $((96 * 3 * 50)) ] && [ $more -le $((96 * 3 * 52)) ] || bad "100 threads: $more blocks more than 4"
finish
