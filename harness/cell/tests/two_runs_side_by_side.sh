#!/usr/bin/env bash
# Runs side by side in one cgroup: each start cleans up after dead runs, and leaves live ones alone.
#   two_runs_side_by_side.sh BUILD_FOLDER
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=slow.sh
. "$(dirname "$0")/slow.sh"
needs jq jq
open_ground
(ends 0 first stalled-reader --allocator glibc,limited --repeat 12; exit $failed) &
first=$!
(ends 0 second stalled-reader --allocator slab,limited --repeat 12; exit $failed) &
second=$!
# And many starts meanwhile, as each one cleans up.
overlapped=0
while kill -0 $first 2>/dev/null || kill -0 $second 2>/dev/null; do
    [ "$(cgroups | wc -l)" -lt 2 ] || overlapped=$((overlapped + 1))
    [ "$(find "$ground" -type d -name 'cell-*' 2>/dev/null | wc -l)" -le 2 ] ||
        bad "cgroups of cells that ended pile up"
    plimsoll doctor >/dev/null || bad "doctor: exit $?"
done
wait $first || failed=1
wait $second || failed=1
echo "$overlapped starts met both runs"
[ $overlapped -gt 5 ] || [ ${#scope[@]} -gt 0 ] || bad "the runs hardly overlapped: nothing was tested"
for run in first second; do
    all_cells $run 24 '.container.kind | startswith("cgroup")' \
        '.outcome == (if .allocator == "limited" then "bounded" else "oom_killed" end)'
done
nothing_is_left "after two runs"
finish
