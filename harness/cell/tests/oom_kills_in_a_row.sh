#!/usr/bin/env bash
# Cells that the kernel kills, in a row: each one judged so, and nothing of them left.
#   oom_kills_in_a_row.sh BUILD_FOLDER [COUNT]     100 unless told otherwise
# shellcheck source-path=SCRIPTDIR source=slow.sh
. "$(dirname "$0")/slow.sh"
needs jq
open_ground
count=${2:-100}
before=$(date +%s%N)
ends 0 killed stalled-reader --allocator glibc --repeat "$count"
took_ms=$((($(date +%s%N) - before) / 1000000))
echo "$count OOM kills in $((took_ms / 1000)).$(printf %03d $((took_ms % 1000))) s"
[ $took_ms -lt $((count * 1200)) ] || bad "an OOM kill took 1.2 s or more"
all_cells killed "$count" '.outcome == "oom_killed"' '.container.kind | startswith("cgroup")' \
    '.outcome_why | test("oom_kill counter is 1$")' '.metrics.time_to_oom_seconds > 100'
[ "$(jq '[.cells[].repetition] | unique | length' killed/results.json)" = "$count" ] ||
    bad "not $count repetitions"
[ "$(find killed -type f | wc -l)" -eq $((count + 1)) ] || bad "not results.json and $count series: $(ls killed)"
nothing_is_left "after $count kills"
finish
