#!/usr/bin/env bash
# 100 cells that the kernel kills, in a row: each one judged so, and nothing of them left.
#   a_hundred_oom_kills.sh BUILD_FOLDER
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=slow.sh
. "$(dirname "$0")/slow.sh"
needs jq jq
open_ground
before=$(date +%s%N)
ends 0 hundred stalled-reader --allocator glibc --repeat 100
took_ms=$((($(date +%s%N) - before) / 1000000))
echo "100 OOM kills in $((took_ms / 1000)).$(printf %03d $((took_ms % 1000))) s"
[ $took_ms -lt 120000 ] || bad "100 OOM kills took 2 minutes or more"
all_cells hundred 100 '.outcome == "oom_killed"' '.container.kind | startswith("cgroup")' \
    '.outcome_why | test("oom_kill counter is 1$")' '.metrics.time_to_oom_seconds > 100'
[ "$(jq '[.cells[].repetition] | unique | length' hundred/results.json)" = 100 ] ||
    bad "not 100 repetitions"
[ "$(find hundred -type f | wc -l)" -eq 101 ] || bad "not results.json and 100 series: $(ls hundred)"
nothing_is_left "after 100 kills"
finish
