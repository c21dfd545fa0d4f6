#!/usr/bin/env bash
# The stalled reader with every heap, the slab and the limit: killed in the container, growing
# without one whatever the duration; the slab's doubling staircase must not pass for a plateau.
#   stack_of_all_outcomes.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=slow.sh
. "$(dirname "$0")/slow.sh"
needs jq
stacks=glibc,jemalloc,mimalloc,tcmalloc,tbbmalloc,scudo,slab,limited
for duration in 60s 97s 131s 240s; do
    ends 0 "none-$duration" stalled-reader --allocator $stacks --set container=none \
        --set duration=$duration
    all_cells "none-$duration" 8 '.container.kind == "none"' \
        ".duration_seconds == ${duration%s}" \
        '.outcome == (if .allocator == "limited" then "bounded" else "growing" end)'
done
[ $failed -eq 0 ] || finish
open_ground
ends 0 cgroup stalled-reader --allocator $stacks
all_cells cgroup 8 '.container.kind | startswith("cgroup")' \
    '.outcome == (if .allocator == "limited" then "bounded" else "oom_killed" end)'
nothing_is_left "after all stacks"
finish
