#!/usr/bin/env bash
# callgrind repeats to the instruction, and counts the allocator and nothing of ours.
#   test_callgrind.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=runs.sh
. "$(dirname "$0")/runs.sh"
needs valgrind
stacks=glibc,limited count=2
have jemalloc && stacks+=,jemalloc && count=3

# callgrind: exactly the same again, per packet of the window
for i in 1 2; do
    run 0 again$i steady-reader --allocator $stacks --set duration=5s --instrument callgrind
    is_ok again$i $count
done
[ "$(values again1 instructions)" = "$(values again2 instructions)" ] ||
    bad "callgrind differs: $(values again1 instructions | xargs), $(values again2 instructions | xargs)"
values again1 instructions_per_packet | awk '$1 < 500 || $1 > 50000 { exit 1 }' ||
    bad "instructions per packet: $(values again1 instructions_per_packet | xargs)"
# the sampler is no part of it: sampled ten times as often, a packet costs the same but for the loop
run 0 often steady-reader --allocator glibc --set duration=5s --set sample_interval=10ms --instrument callgrind
paste <(values again1 instructions | head -n 1) <(values often instructions) |
    awk '{ exit !($2 >= $1 && $2 < 1.02 * $1) }' || bad "the sampler is counted: $(values often instructions)"

# nor is the announcing of a slab's objects, unless the stack says so
grep -q '"allocator_run": "limited/slab:announce=off/glibc"' "$tmp/again1/results.json" ||
    bad "callgrind's stack as it ran is not told"
run 0 announced steady-reader --allocator slab:announce=on/glibc,slab --set duration=5s --instrument callgrind
values announced instructions | xargs | awk '{ exit !($1 > 1.001 * $2) }' ||
    bad "announcing costs nothing: $(values announced instructions | xargs)"

finish
