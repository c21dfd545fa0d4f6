#!/usr/bin/env bash
# What runs leave: sweeps, tables, folders that are whole or not there, and commands that hold anywhere.
#   test_results.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"
trap 'umount "$tmp/small" 2>/dev/null; clean_up' EXIT
short=(--set duration=20s --set container=none)

# a sweep: its stacks run behind the others, unless stacks are named, and say where they come from
mkdir "$tmp/swept"
sed -e "s|file: traffic/|file: $PWD/scenarios/traffic/|" -e 's/^allocators:.*/allocators: [slab]\
sweep: [{stack: "slab:guards={g}\/glibc", g: [on, off]}]/' scenarios/stalled-reader.yaml |
    sed -e '/^expect:/,$d' -e '/^limits:/i expect: []' >"$tmp/swept/stalled-reader.yaml"
[ "$(plimsoll validate "$tmp/swept/stalled-reader.yaml")" = \
    "$tmp/swept/stalled-reader.yaml: valid; its sweep makes 2 stacks" ] || bad "validate of a sweep"
PLIMSOLL_SCENARIOS=$tmp/swept plimsoll list scenarios >"$tmp/out"
grep -q 'never play (sweeps 2 stacks)$' "$tmp/out" ||
    bad "list of a sweep"
plimsoll run "$tmp/swept/stalled-reader.yaml" "${short[@]}" --out "$tmp/swept/r" >/dev/null 2>&1
[ "$(grep -c '"allocator"' "$tmp/swept/r/results.json")" -eq 3 ] || bad "a sweep's cells"
[ "$(grep -c '"stack": "slab:guards={g}/glibc"' "$tmp/swept/r/results.json")" -eq 2 ] ||
    bad "a sweep's cells do not say where they come from"
plimsoll run "$tmp/swept/stalled-reader.yaml" "${short[@]}" --allocator glibc --out "$tmp/swept/r" --force \
    >/dev/null 2>&1
[ "$(grep -c '"allocator"' "$tmp/swept/r/results.json")" -eq 1 ] || bad "--allocator kept a sweep"

# results: whole or not there
touch "$tmp/file"
fails 2 "Not a directory|is not a folder" run stalled-reader "${short[@]}" --allocator glibc --out "$tmp/file/x"
if [ "$(id -u)" -eq 0 ] && mkdir "$tmp/small" && mount -t tmpfs -o size=8k tmpfs "$tmp/small" 2>/dev/null; then
    plimsoll run stalled-reader "${short[@]}" --allocator glibc --out "$tmp/small/r" >/dev/null 2>"$tmp/err"
    rc=$?
    [ $rc -eq 2 ] && grep -q 'No space left' "$tmp/err" || bad "a full folder: exit $rc: $(cat "$tmp/err")"
    [ -z "$(find "$tmp/small" -type f)" ] || bad "a full folder holds: $(find "$tmp/small" -type f)"
    umount "$tmp/small"
fi
# room for two cells of three: the line that names the results does not hide that
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=460k tmpfs "$tmp/small" 2>/dev/null; then
    plimsoll run steady-reader --set duration=5m --repeat 1 --set container=none --out "$tmp/small/r" \
        --allocator glibc,glibc:arena_max=1,glibc:arena_max=2 >"$tmp/out" 2>"$tmp/err"
    rc=$?
    [ $rc -eq 2 ] && grep -q 'series/00[0-2].* No space left' "$tmp/err" || bad "a full disk: exit $rc: $(cat "$tmp/err")"
    grep -q '/results.json, not complete: 2 of 3 cells (plimsoll report ' "$tmp/out" || bad "results on a full disk: $(cat "$tmp/out")"
    umount "$tmp/small"
fi

# a table as wide as there is room says what it leaves out; a pipe gets all of it
COLUMNS=70 plimsoll run stalled-reader "${short[@]}" --allocator glibc --no-save >"$tmp/narrow" 2>/dev/null
grep -q '^not shown in 70 columns: ' "$tmp/narrow" || bad "a narrow table: $(cat "$tmp/narrow")"
[ "$(sed -n '/^  /p;/^stack /p;/^glibc /p' "$tmp/narrow" | awk 'length > 70' | wc -l)" -eq 0 ] || bad "a wide table: $(cat "$tmp/narrow")"
plimsoll run stalled-reader "${short[@]}" --allocator glibc --no-save 2>/dev/null | grep -q 'not shown' && bad "columns are left out of a pipe"
# heaps are all that there are
plimsoll run stalled-reader "${short[@]}" --allocator heaps,limited --no-save --json >"$tmp/heaps.json" 2>/dev/null
[ "$(jq -r '[.cells[].allocator] | join(" ")' "$tmp/heaps.json")" = "$(plimsoll list allocators --json | jq -r '[.allocators[] |
    select(.kind == "heap" and (has("missing") | not) and (.name | IN("preload", "native", "null") | not)) | .name] + ["limited"] | join(" ")')" ] ||
    bad "heaps: $(jq -r '[.cells[].allocator] | join(" ")' "$tmp/heaps.json")"

# a folder holds one run: another is refused, unless --force removes the old one, reports too
quick=(run stalled-reader "${short[@]}" --allocator glibc)
plimsoll "${quick[@]}" --out "$tmp/once" >/dev/null 2>&1 && plimsoll report "$tmp/once" >/dev/null 2>&1
cp "$tmp/once/results.json" "$tmp/once.json"
plimsoll "${quick[@]}" --out "$tmp/a b" >"$tmp/out" 2>&1 || bad "a folder with a space: $(cat "$tmp/out")"
grep -qF "(plimsoll report '$tmp/a b' writes the report)" "$tmp/out" || bad "that can't be pasted: $(tail -n 1 "$tmp/out")"
fails 2 "once holds a run; expected another folder, or --force" "${quick[@]}" --out "$tmp/once"
cmp "$tmp/once/results.json" "$tmp/once.json" || bad "a run was written over"
plimsoll "${quick[@]}" --out "$tmp/once" --force >/dev/null 2>&1
[ "$(ls "$tmp/once")" = "$(printf 'results.json\nseries')" ] || bad "--force left $(ls "$tmp/once")"
fails 2 "--force without --out; expected --out DIR --force" "${quick[@]}" --force
fails 2 "both --no-save and --out" "${quick[@]}" --no-save --out "$tmp/once"
"$build/plimsoll" run steady-reader --allocator glibc --set duration=24h --set container=none --out "$tmp/busy" >/dev/null 2>"$tmp/busy.err" &
pid=$!
for _ in $(seq 100); do
    [ -d "$tmp/busy/series" ] && break
    sleep 0.1
done
fails 2 "another run is writing into .*/busy" "${quick[@]}" --out "$tmp/busy" --force
kill -TERM $pid
wait $pid
rc=$?
[ $rc -eq 143 ] || bad "SIGTERM: exit $rc"
grep -q 'stopped by SIGTERM; none of .* cells\? was finished: nothing is kept' "$tmp/busy.err" || bad "SIGTERM: $(cat "$tmp/busy.err")"

# runs without --out: listed, and all but the latest removed; --no-save leaves none
mkdir "$tmp/here"
(
    cd "$tmp/here" || exit 1
    "$build/plimsoll" "${quick[@]}" --no-save >../out 2>&1
    [ -z "$(ls)" ] || bad "--no-save left $(ls)"
    grep -q '^results: not kept' ../out || bad "--no-save: $(cat ../out)"
    [ "$("$build/plimsoll" runs)" = "no runs in results" ] || bad "runs of none"
    for _ in 1 2 3; do "$build/plimsoll" "${quick[@]}" >/dev/null 2>&1; done
    mkdir -p results/notes && touch results/notes/mine
    [ "$("$build/plimsoll" runs --json | jq -r 'map(.complete and .cells == 1) | "\(length) \(all)"')" = "3 true" ] ||
        bad "runs: $("$build/plimsoll" runs)"
    latest=$("$build/plimsoll" runs --json | jq -r '.[0].folder')
    "$build/plimsoll" runs --prune 1 >../out || bad "runs --prune: $(cat ../out)"
    [ "$(find results -mindepth 1 -maxdepth 1 | sort)" = "$(printf '%s\nresults/notes' "$latest")" ] ||
        bad "runs --prune left $(ls results)"
    [ -f results/notes/mine ] || bad "runs --prune removed a file of others"
    exit $failed
) || failed=1

# the command of a cell holds from any folder
mkdir "$tmp/elsewhere"
sed "s|file: traffic|file: $PWD/scenarios/traffic|" scenarios/stalled-reader.yaml >"$tmp/here/own.yaml"
cp scenarios/traffic/l16-stereo-44100.pcap.zst "$tmp/here/own.pcap.zst"
(
    cd "$tmp/here" || exit 1
    "$build/plimsoll" run own.yaml "${short[@]}" --allocator glibc --set traffic.file=own.pcap.zst --out ../own >/dev/null 2>&1
    command=$(jq -r '.cells[0].reproduce' ../own/results.json)
    cd ../elsewhere && (eval "${command/plimsoll/$build/plimsoll} --no-save") >/dev/null 2>../err || bad "'$command' fails: $(cat ../err)"
    exit $failed
) || failed=1

finish
