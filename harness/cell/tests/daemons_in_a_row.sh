#!/usr/bin/env bash
# A program that detaches itself is ended each time, in and out of a container.
#   daemons_in_a_row.sh BUILD_FOLDER [TIMES]
# shellcheck source-path=SCRIPTDIR source=slow.sh
. "$(dirname "$0")/slow.sh"
needs jq
times=${2:-100}
cp "$1/plimsoll-guest" guest
for container in none 64MiB; do
    "$tmp/bin/plimsoll" run --duration 1s --set program.grace=0s --set repeat=$((times / 2)) --container $container \
        --out "$container" -- "$tmp/guest" daemon >"$container.out" 2>"$container.err" ||
        bad "$container: $(tail -n 3 "$container.err")"
    [ "$(jq '[.cells[] | select(.outcome == "bounded" and .metrics.processes_peak == 1)] | length' \
        "$container/results.json")" = $((times / 2)) ] || bad "$container: not each was measured"
done
for process in /proc/[0-9]*; do
    [ "$(readlink "$process/exe" 2>/dev/null)" != "$tmp/guest" ] || bad "${process#/proc/} is left"
done
[ -z "$(ls -A "$TMPDIR")" ] || bad "left in $TMPDIR: $(ls "$TMPDIR")"
finish
