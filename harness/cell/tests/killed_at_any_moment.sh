#!/usr/bin/env bash
# SIGKILL takes the controller at 20 random moments: no cell outlives it, results.json is whole or
# not there, and the next start removes its cgroup.
#   killed_at_any_moment.sh BUILD_FOLDER [SEED]
# shellcheck source-path=SCRIPTDIR source=slow.sh
. "$(dirname "$0")/slow.sh"
needs jq
open_ground
seed=${2:-$(($(date +%s%N) % 32768))}
RANDOM=$seed
echo "seed $seed"
caught=0 stale=0 whole=0
for i in $(seq 20); do
    plimsoll_in_background run stalled-reader steady-reader --allocator glibc,slab,limited \
        --repeat 1 --set duration=24h --out "$tmp/killed$i" >/dev/null 2>&1
    controller=$!
    # Early moments matter most: the folder, the lock, the first fork. Later ones fall anywhere.
    moment_ms=$((i % 2 ? RANDOM % 60 : RANDOM % 2500))
    sleep "$((moment_ms / 1000)).$(printf %03d $((moment_ms % 1000)))"
    # Stopped, a cell can't notice by its pipe that it is alone.
    # shellcheck disable=SC2046
    [ $((i % 2)) -eq 1 ] || kill -STOP $(cells) 2>/dev/null
    kill -KILL "$controller" || bad "$moment_ms ms: the run was over already"
    wait "$controller" 2>/dev/null
    no_cell_runs || bad "$moment_ms ms: a cell outlived its controller: $(cells)"
    [ -z "$(cgroups)" ] || stale=$((stale + 1))
    [ -z "$(find "$ground" -type d -name 'cell-*')" ] || caught=$((caught + 1))
    if [ -e "killed$i/results.json" ]; then
        whole=$((whole + 1))
        jq -e '.run.complete == false and (.cells | length) > 0' "killed$i/results.json" >/dev/null ||
            bad "$moment_ms ms: results.json is not whole"
    fi
    plimsoll doctor >/dev/null || bad "$moment_ms ms: doctor: exit $?"
    [ -z "$(cgroups)" ] || bad "$moment_ms ms: the next start left $(cgroups)"
done
echo "$stale of 20 kills left a cgroup, $caught of them a cell's, and $whole left results"
[ $whole -gt 0 ] || bad "no kill fell on a run with results: nothing was tested"
# On v2 systemd removes the scope with all that lies below it.
[ $caught -gt 0 ] || [ ${#scope[@]} -gt 0 ] || bad "no kill fell on a cell: nothing was tested"
finish
