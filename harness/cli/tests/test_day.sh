#!/usr/bin/env bash
# A day of a steady reader, 59.5 million packets, replays in under 15 s with everything metered and
# nothing lost.     test_day.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"
set -e
started=$(date +%s%N)
"$build/plimsoll" run steady-reader --allocator glibc --set duration=24h \
    --repeat 1 --out "$tmp/out"
took_ms=$((($(date +%s%N) - started) / 1000000))
echo "took $took_ms ms"
grep -Eq '"packets_received": 5953[0-9]{4}' "$tmp/out/results.json"
[ "$took_ms" -lt 15000 ]
