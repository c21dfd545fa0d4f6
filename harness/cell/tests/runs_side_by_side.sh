#!/usr/bin/env bash
# Runs side by side in one cgroup: each start cleans up after dead runs, and leaves live ones alone.
#   runs_side_by_side.sh BUILD_FOLDER [COUNT]     20 unless told otherwise
# shellcheck source-path=SCRIPTDIR source=slow.sh
. "$(dirname "$0")/slow.sh"
needs jq
open_ground
count=${2:-20}
stacks=(glibc,limited slab,limited)
runs=()
for ((i = 0; i < count; i++)); do
    (ends 0 "run$i" stalled-reader --allocator "${stacks[i % 2]}" --repeat 6; exit $failed) &
    runs+=($!)
done
any_runs() {
    local run
    for run in "${runs[@]}"; do
        ! kill -0 "$run" 2>/dev/null || return 0
    done
    return 1
}
# And many starts meanwhile, as each one cleans up.
overlapped=0 most=0
while any_runs; do
    now=$(cgroups | wc -l)
    [ "$now" -lt 2 ] || overlapped=$((overlapped + 1))
    [ "$now" -le $most ] || most=$now
    [ "$(find "$ground" -type d -name 'cell-*' 2>/dev/null | wc -l)" -le "$count" ] ||
        bad "cgroups of cells that ended pile up"
    plimsoll doctor >/dev/null || bad "doctor: exit $?"
done
for run in "${runs[@]}"; do
    wait "$run" || failed=1
done
for ((i = 0; i < count; i++)); do
    all_cells "run$i" 12 '.container.kind | startswith("cgroup")' \
        '.outcome == (if .allocator == "limited" then "bounded" else "oom_killed" end)'
done
echo "$count runs, at most $most of them at once; $overlapped starts met several"
[ $overlapped -gt 5 ] || [ ${#scope[@]} -gt 0 ] || bad "the runs hardly overlapped: nothing was tested"
nothing_is_left "after $count runs"
finish
