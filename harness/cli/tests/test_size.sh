#!/usr/bin/env bash
# `plimsoll size` as a person meets it: the edges that it finds, and one that is stopped tells nothing.
#   test_size.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"

size=(size lossy-network --set duration=3s --set container=none)
plimsoll "${size[@]}" >"$tmp/size" 2>"$tmp/err" || bad "size: $(cat "$tmp/err")"
pool=$(sed -n 's/^pool .*frames=\([0-9]*\)\/glibc .*loses nothing$/\1/p' "$tmp/size")
grep -q "^less .*frames=$((pool - 1))/glibc .* [0-9]* fallback" "$tmp/size" || bad "size: no edge: $(cat "$tmp/size")"
grep -q "^Rule of thumb for the pool: max(2, ceil(200 ms / 2.9[0-9]* ms)) x 2 = 138" "$tmp/size" || bad "size: no rule"
diff - "$tmp/err" <<'EOF' || bad "size, without a terminal: other lines"
plimsoll: lossy-network glibc: looking for the smallest pool
plimsoll: lossy-network glibc: looking for the smallest limit
EOF
begin=$(date +%s%N)
plimsoll "${size[@]}" --json >"$tmp/size.json" || bad "size --json"
taken_ms=$((($(date +%s%N) - begin) / 1000000))
jq -e --argjson pool "${pool:-0}" '.[0] as $s | $s.pool.smallest.size == $pool
    and $s.pool.too_small.fallback_allocations > 0 and $s.pool.monotone and $s.limit.monotone
    and $s.limit.smallest.size - $s.limit.too_small.size <= 4096
    and $s.limit.smallest.packets_dropped == $s.plain.packets_dropped
    and ($s.limit.too_small.loses_nothing | not)' "$tmp/size.json" >/dev/null ||
    bad "size --json: $(cat "$tmp/size.json")"
# more than a pool can have: said, not run, and what was found is told all the same
plimsoll size lossy-network --set receiver.latency=200s --set container=none --set duration=2s >"$tmp/size" ||
    bad "size, a rule beyond a pool: exit $?"
grep -q "= 137814 ([0-9.]* MiB): not run, a pool has at most 65536" "$tmp/size" ||
    bad "size, a rule beyond a pool: $(cat "$tmp/size")"
# a crossfade that is cut drops no packet, and is a loss all the same
plimsoll size crossfade --set media.track=2s --set media.crossfade=500ms --set media.delay=1s --set media.clip=3s \
    --set duration=7s --set container=none --format s16 --json >"$tmp/size.json" 2>"$tmp/err"
jq -e '.[0].limit | .smallest.crossfades_cut == 0 and .too_small.crossfades_cut > 0
    and .too_small.packets_dropped == 0 and (.too_small.loses_nothing | not)' "$tmp/size.json" >/dev/null ||
    bad "size of crossfades: $(cat "$tmp/err" "$tmp/size.json")"
# stopped in the midst of the limit's search, most likely: what was not found is not told
for share in 60 75; do
    ms=$((taken_ms * share / 100))
    timeout --preserve-status -s INT "$((ms / 1000)).$(printf %03d $((ms % 1000)))" \
        "$build/plimsoll" "${size[@]}" --json >"$tmp/size.json"
    rc=$?
    [ $rc -eq 0 ] && continue # it was faster
    [ $rc -eq 130 ] || bad "size, stopped: exit $rc"
    [ "$(jq -c . "$tmp/size.json")" = "[]" ] || bad "size, stopped: $(cat "$tmp/size.json")"
done

finish
