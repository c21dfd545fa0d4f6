#!/usr/bin/env bash
# Ten minutes at 50 times the rate, 34,450 packets/s over real sockets, on a limited stack: nothing
# changed, doubled, lost from the books, or leaked; memory stays where it is. soak_live.sh BUILD [TIME]
. "$(dirname "$0")/slow.sh" "$@"
out=$tmp/results
"$build/plimsoll" run steady-reader --clock wall --allocator limited --repeat 1 --out "$out" \
    --set traffic.sessions=100 --set limits.packets=256MiB --set limits.frames=64MiB \
    --set "duration=${2:-10m}" --set container=none --set receiver.rcvbuf=8MiB >"$tmp/table" 2>&1 ||
    bad "the run ended with $?"
cat "$tmp/table"
value() { # METRIC
    grep -oE "\"$1\": [0-9]+" "$out/results.json" | grep -oE '[0-9]+$'
}
[ "$(value integrity_errors)" = 0 ] || bad "integrity errors: $(value integrity_errors)"
[ "$(value packets_dropped)" = 0 ] || echo "dropped: $(value packets_dropped), by the kernel $(value packets_dropped_kernel)"
seconds=$(grep -oE '"duration_seconds": [0-9]+' "$out/results.json" | grep -oE '[0-9]+$')
[ "$(value packets_received)" -gt $((seconds * 34000)) ] || bad "only $(value packets_received) packets came in $seconds s"
grep -q '"outcome": "bounded"' "$out/results.json" || bad "memory did not stay where it was"
finish
