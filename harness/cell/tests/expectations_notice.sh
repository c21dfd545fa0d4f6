#!/usr/bin/env bash
# Whether the scenarios' expectations would notice: each bound within 15 % of what the default or the
# smoke tier measures.     expectations_notice.sh BUILD
. "$(dirname "$0")/slow.sh" "$@"
cp "$build/plimsoll-bounds" "$tmp/bin/"
open_ground
names=()
for file in "$tmp"/scenarios/*.yaml; do
    names+=("$(basename "$file" .yaml)")
done
for tier in default smoke; do
    (enter && exec timeout --kill-after=5 800 "${scope[@]}" "$tmp/bin/plimsoll" run "${names[@]}" --tier $tier \
        --repeat 1 --out "$tmp/$tier" >"$tmp/$tier.out" 2>"$tmp/$tier.err") ||
        bad "the tier $tier: $(grep -h '^FAILED' "$tmp/$tier.out" || tail -n 3 "$tmp/$tier.err")"
done
"$tmp/bin/plimsoll-bounds" "$tmp/default" "$tmp/smoke" >"$tmp/loose" || bad "$(cat "$tmp/loose")"
finish
