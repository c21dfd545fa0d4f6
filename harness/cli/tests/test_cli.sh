#!/usr/bin/env bash
# The command line as a person meets it: exit codes, the one line of each mistake, results that are
# whole or not there, runs that repeat.     test_cli.sh BUILD_FOLDER
set -uo pipefail
build=$(realpath "$1")
cd "$(dirname "$0")/../../.."
tmp=$(mktemp -d)
trap 'umount "$tmp/small" 2>/dev/null; rm -rf "$tmp"' EXIT
failed=0
plimsoll() { timeout 60 "$build/plimsoll" "$@"; }
bad() { # MESSAGE
    echo "FAILED: $1"
    failed=1
}
# fails CODE PATTERN ARGS...: exit code, one line on stderr that matches, nothing on stdout
fails() {
    local code=$1 pattern=$2 out err rc
    shift 2
    out=$(plimsoll "$@" 2>"$tmp/err")
    rc=$?
    err=$(cat "$tmp/err")
    [ $rc -eq "$code" ] || bad "plimsoll $*: exit $rc, expected $code: $err"
    [ "$(wc -l <"$tmp/err")" -eq 1 ] || bad "plimsoll $*: not one line: $err"
    grep -Eq -- "$pattern" "$tmp/err" || bad "plimsoll $*: '$err' does not match '$pattern'"
    [ -z "$out" ] || bad "plimsoll $*: printed on stdout: $out"
}
heap=jemalloc
"$build/plimsoll" list allocators | grep -A2 "^$heap " | grep -q 'not here' && heap=glibc
short=(--set duration=20s --set container=none)

# usage
fails 2 "unknown command fly; expected run, " fly
fails 2 "nothing to run; expected a scenario" run
fails 2 "unknown scenario nope; expected a path, crossfade, .*plimsoll list scenarios." run nope
# what was meant, of each kind of names
fails 2 "^plimsoll: unknown command rnu; did you mean run\?$" rnu
fails 2 "^plimsoll: unknown scenario stalled-raeder; did you mean stalled-reader\?$" run stalled-raeder
fails 2 "^plimsoll: unknown scenario stalled-raeder; did you mean stalled-reader\?$" validate stalled-raeder
fails 2 "unknown heap or layer jemaloc; did you mean jemalloc\?" run stalled-reader --allocator jemaloc
fails 2 "unknown option of slab: grwo; did you mean grow\?" run stalled-reader --allocator slab:grwo=double/glibc
fails 2 "touch=frist; did you mean first|unknown value of trace.touch" run stalled-reader --set trace.touch=frist
fails 2 "^plimsoll: --set recevier.latency: unknown key; did you mean receiver.latency\?$" run stalled-reader --set recevier.latency=1s
fails 2 "unknown tier smok; did you mean smoke\?" run stalled-reader --tier smok
fails 2 "unknown instrument masif; did you mean massif\?" run stalled-reader --instrument masif
fails 2 "unknown metric rss_bytes_peek; did you mean rss_bytes_peak\?" history stalled-reader --metric rss_bytes_peek
fails 2 "can't read ./nope.yaml: No such file" run ./nope.yaml
fails 2 "unknown option of run: --bogus; expected --allocator, " run stalled-reader --bogus
fails 2 "--set has no value; expected --set KEY=VALUE" run stalled-reader --set
fails 2 "--repeat: 'x' is not a number in range; expected a whole number up to 1000" run stalled-reader --repeat x
fails 2 "--repeat 0 is out of range; expected 1 to 1000" run stalled-reader --repeat 0
fails 2 "unknown tier x; expected smoke, default, full" run stalled-reader --tier x
fails 2 "--seed: '-1' is not a number in range" run stalled-reader --seed -1
fails 2 "unknown clock sun; expected virtual, wall" run stalled-reader --clock sun
fails 2 "--instrument with --clock wall" run stalled-reader --clock wall --instrument massif
fails 2 "--instrument with --clock wall" run stalled-reader --instrument massif --clock wall
fails 2 "unknown format f24; did you mean f64" run stalled-reader --format f24
fails 2 "the receiver holds f32 or s16, not f64" run stalled-reader --format f64
fails 2 "f32 is named twice" run stalled-reader --format f32,s16,f32
fails 2 "glibc is named twice" run stalled-reader --allocator glibc,slab,glibc
fails 2 "stalled-reader is named twice" run stalled-reader stalled-reader
fails 2 "unknown list bogus; expected scenarios, " list bogus
fails 2 "these don't go together; expected" list metrics --counterparts
fails 2 "unknown list scenrios; did you mean scenarios" list scenrios
[ "$(plimsoll list metrics --json | jq -r '.metrics | map(select(.name == "rss_bytes_peak"))[0] | .class + .unit')" = SB ] ||
    bad "list --json: $(plimsoll list metrics --json | head -n 20)"
[ "$(plimsoll doctor --json | jq -r 'map(select(.what == "plimsoll-cell"))[0].ok')" = true ] || bad "doctor --json"
# names stand in one column, however long they are
plimsoll list scenarios | awk '{ line[NR] = $0; if (length($1) > most) most = length($1) }
    END { for (i in line) if (substr(line[i], most + 1, 2) != "  " || substr(line[i], most + 3, 1) == " ") { print line[i]; exit 1 } }' || bad "list scenarios"
[ "$(COLUMNS=60 plimsoll list metrics | awk 'length > 60' | wc -l)" -eq 0 ] || bad "list metrics in 60 columns"
# keys and what is set, by the flag that was typed
fails 2 "^plimsoll: --duration: '5x' is not a time" run stalled-reader --duration 5x
fails 2 "^plimsoll: --set sample_interval: sample_interval is too wide" run stalled-reader --set sample_interval=1h
fails 2 "^plimsoll: --set classes.packte.size: .*packte; did you mean packet\?" run stalled-reader --set classes.packte.size=5MiB
fails 2 "these don't go together; expected" list heaps --json x
plimsoll list scenarios --counterparts >"$tmp/out" || bad "list scenarios --counterparts: exit $?"
grep -q '^| .stalled-reader., slab | roc-toolkit' "$tmp/out" || bad "list scenarios --counterparts"
fails 2 "counterpart: unknown scenario real-mosquito; did you mean real-mosquitto-stalled-subscriber" run steady-reader --set counterpart=real-mosquito
fails 2 "expected one of results" report
fails 2 "results.json" report "$tmp"

# sizes
fails 2 "expected one \(.plimsoll list scenarios. names them\)" size
fails 2 "expected one \(.plimsoll list scenarios. names them\)" size lossy-network steady-reader
fails 2 "--clock wall: size replays under the virtual clock" size lossy-network --clock wall
fails 2 "--format f32,s16 is a list; expected one format" size lossy-network --format f32,s16
fails 2 "--out: size writes no folder" size lossy-network --out "$tmp/no"
fails 2 "--instrument and --repeat: a replay counts exactly" size lossy-network --repeat 2
fails 2 "the pool frame_pool above the pool frame_pool" size lossy-network --allocator frame_pool/glibc
fails 1 "half-speed-reader-unbounded does not reach its end with glibc" size half-speed-reader-unbounded --set container=8MiB
size=(size lossy-network --set duration=10s --set container=none)
plimsoll "${size[@]}" >"$tmp/size" 2>"$tmp/err" || bad "size: $(cat "$tmp/err")"
pool=$(sed -n 's/^pool .*frames=\([0-9]*\)\/glibc: loses nothing.*/\1/p' "$tmp/size")
grep -q "frames=$((pool - 1))/glibc: [0-9]* fallback" "$tmp/size" || bad "size: no edge: $(cat "$tmp/size")"
grep -q "rule of thumb: max(2, ceil(200 ms / 2.9[0-9]* ms)) x 2 = 138" "$tmp/size" || bad "size: no rule"
plimsoll "${size[@]}" --json >"$tmp/size.json" || bad "size --json"
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
fails 2 "expected 1 to 65536" run steady-reader --allocator frame_pool:frames=65537/glibc
# a crossfade that is cut drops no packet, and is a loss all the same
plimsoll size crossfade --set media.track=2s --set media.crossfade=500ms --set media.delay=1s --set media.clip=3s \
    --set duration=7s --set container=none --format s16 --json >"$tmp/size.json" 2>"$tmp/err"
jq -e '.[0].limit | .smallest.crossfades_cut == 0 and .too_small.crossfades_cut > 0
    and .too_small.packets_dropped == 0 and (.too_small.loses_nothing | not)' "$tmp/size.json" >/dev/null ||
    bad "size of crossfades: $(cat "$tmp/err" "$tmp/size.json")"
# stopped in the midst of the limit's search, most likely: what was not found is not told
size=(size lossy-network --set duration=20s --set container=none --json)
begin=$(date +%s%N)
plimsoll "${size[@]}" >/dev/null || bad "size of 20 s"
taken_ms=$((($(date +%s%N) - begin) / 1000000))
for share in 60 75 90; do
    ms=$((taken_ms * share / 100))
    timeout --preserve-status -s INT "$((ms / 1000)).$(printf %03d $((ms % 1000)))" \
        "$build/plimsoll" "${size[@]}" >"$tmp/size.json"
    rc=$?
    [ $rc -eq 0 ] && continue # it was faster
    [ $rc -eq 130 ] || bad "size, stopped: exit $rc"
    [ "$(jq -c . "$tmp/size.json")" = "[]" ] || bad "size, stopped: $(cat "$tmp/size.json")"
done

plimsoll run --help | grep -q 'plimsoll run SCENARIO' || bad "run --help"
plimsoll list metrics >/dev/full 2>"$tmp/err" && bad "a full stdout went unnoticed"
grep -q 'could not be written whole' "$tmp/err" || bad "a full stdout: $(cat "$tmp/err")"

# stacks
fails 2 "no heap" run stalled-reader --allocator limited/slab:grow=double
fails 2 "unknown heap or layer bogus; expected glibc, " run stalled-reader --allocator bogus
fails 2 "the heap glibc is not last" run stalled-reader --allocator glibc/jemalloc
fails 2 "unknown option of slab: colour; " run stalled-reader --allocator slab:colour=red/glibc
fails 2 "max" run stalled-reader --allocator limited:max=0/slab/glibc
fails 2 "smaller than one packet" run stalled-reader --allocator limited:max=1KiB/slab/glibc
fails 2 "real time" run stalled-reader --allocator jemalloc:background_thread=on
fails 2 "stack 'null' serves one thread at a time, not 2; .*--clock virtual" run steady-reader --allocator glibc,null --clock wall
fails 2 "stack 'null' serves one thread at a time, not 2; .*--set threads=1" run steady-reader --allocator null --set threads=[1,2]
fails 2 "threads: 2 is named twice" run steady-reader --set threads=[2,2]
fails 2 "'3' is out of range; expected 1 or 2" run steady-reader --set threads=3
[ "$heap" = glibc ] || # a sanitizer's build, or one without jemalloc, preloads nothing
    fails 3 "does not serve" run stalled-reader --allocator "preload:path=$(readlink -f /lib/*/libz.so.1 | head -n 1)"
# glibc's own debugging heap serves under names that are not their default version.
debug=$(readlink -f /lib/*/libc_malloc_debug.so.0 | head -n 1)
if [ "$heap" != glibc ] && [ -f "$debug" ]; then
    plimsoll run short-cycle-fragmentation --tier smoke --allocator "preload:path=$debug" --out "$tmp/debug" >/dev/null \
        2>"$tmp/err" ||
        bad "a heap of versioned names: $(cat "$tmp/err")"
fi
fails 3 "/no/such.so" run stalled-reader --allocator preload:path=/no/such.so

# captures
traffic=scenarios/traffic/l16-stereo-44100.pcap.zst
fails 2 "/no/such.pcap cannot be opened: No such file" run stalled-reader --set traffic.file=/no/such.pcap
mkfifo "$tmp/pipe"
fails 2 "can't read .*/pipe: it is not a regular file" run sample-formats --set "media.sources=$tmp/pipe"
fails 2 "can't read .*/pipe: it is not a regular file" run short-cycle-fragmentation --set "blocks.file=$tmp/pipe"
fails 2 "pipe is not a regular file; expected a capture saved to a file" run stalled-reader --set "traffic.file=$tmp/pipe"
fails 2 "can't read /dev/zero: it is not a regular file" run sample-formats --set media.sources=/dev/zero
[ ! -x "$build/plimsoll-media" ] ||
    fails 3 "this media.clip and media.delay .* needs [0-9.]+ GiB" run sample-formats --format f64 \
        --allocator glibc --set media.decode=once --set media.clip=1h --set media.rate=192000 --set media.channels=8
fails 2 "media.crossfade is shorter than a media.frame" run crossfade --set media.crossfade=20ms
fails 2 "media.track is shorter than a media.frame" run crossfade --set media.crossfade=0s --set media.track=20ms
fails 2 "filter" run stalled-reader --set "traffic.filter=udp portt 1"
fails 2 "no RTP|holds no" run stalled-reader --set "traffic.filter=tcp"
zstd -qdc $traffic >"$tmp/whole.pcap"
head -c 1000 "$tmp/whole.pcap" | tail -c 900 >"$tmp/garbage.pcap"
fails 2 "garbage.pcap" run stalled-reader --set "traffic.file=$tmp/garbage.pcap"
: >"$tmp/empty.pcap"
fails 2 "empty.pcap" run stalled-reader --set "traffic.file=$tmp/empty.pcap"
# a record that claims 2 GiB: the length of the third record
cp "$tmp/whole.pcap" "$tmp/huge.pcap"
printf '\x00\x00\x00\x80' | dd of="$tmp/huge.pcap" bs=1 seek=$((24 + 2 * (16 + 14 + 20 + 8 + 524) + 8)) conv=notrunc 2>/dev/null
fails 2 "huge.pcap" run stalled-reader --set "traffic.file=$tmp/huge.pcap"
# cut in the middle of a record: what is whole is replayed, and it is said how much was cut
head -c 300000 "$tmp/whole.pcap" >"$tmp/cut.pcap"
plimsoll run stalled-reader "${short[@]}" --allocator glibc --set "traffic.file=$tmp/cut.pcap" \
    --out "$tmp/cut" >/dev/null 2>"$tmp/err" || bad "a cut capture: exit $?"
grep -q 'cut: its last [0-9]* bytes' "$tmp/err" || bad "a cut capture: $(cat "$tmp/err")"
grep -q '"expected": "not checked"' "$tmp/cut/results.json" || bad "another capture passed as checked"

# scenarios
sed 's/^duration:.*/duration: 240/' scenarios/stalled-reader.yaml >"$tmp/s.yaml"
fails 2 "s.yaml:[0-9]+:11: duration: '240' is not a time" validate "$tmp/s.yaml"
sed 's/rss_bytes_peak: "<= [0-9]*MiB"/rss_bytes_peek: "<= 64MiB"/' scenarios/stalled-reader.yaml >"$tmp/s.yaml"
fails 2 "s.yaml:[0-9]+:[0-9]+: unknown metric rss_bytes_peek; did you mean rss_bytes_peak" validate "$tmp/s.yaml"
sed 's/rss_bytes_peak: "<= [0-9]*MiB"/rss_bytes_peak: "<= 64"/' scenarios/stalled-reader.yaml >"$tmp/s.yaml"
fails 2 "s.yaml:[0-9]+:[0-9]+: rss_bytes_peak: '64' is not a size" validate "$tmp/s.yaml"
sed 's/frame_buffer:  {size: fit/frame_buffer:  {size: 20B/' scenarios/steady-reader.yaml >"$tmp/s.yaml"
fails 2 "frame_buffer has 20 B" validate "$tmp/s.yaml"
plimsoll validate scenarios/*.yaml >/dev/null || bad "our own scenarios are not valid"

# a sweep: its stacks run behind the others, unless stacks are named, and say where they come from
mkdir "$tmp/swept"
sed -e "s|file: traffic/|file: $PWD/scenarios/traffic/|" -e 's/^allocators:.*/allocators: [slab]\
sweep: [{stack: "slab:guards={g}\/glibc", g: [on, off]}]/' scenarios/stalled-reader.yaml |
    sed '/^tiers:/,$d' >"$tmp/swept/stalled-reader.yaml"
[ "$(plimsoll validate "$tmp/swept/stalled-reader.yaml")" = \
    "$tmp/swept/stalled-reader.yaml: valid; its sweep makes 2 stacks" ] || bad "validate of a sweep"
PLIMSOLL_SCENARIOS=$tmp/swept plimsoll list scenarios | grep -q 'never play (sweeps 2 stacks)$' ||
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
grep -q 'stopped by SIGTERM; none of .* cells was finished: nothing is kept' "$tmp/busy.err" || bad "SIGTERM: $(cat "$tmp/busy.err")"

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

# expectations: 1 when reality differs, 0 as expected, and exactly the same again
sed -e 's/outcome: growing/outcome: bounded/' -e "s|file: traffic|file: $PWD/scenarios/traffic|" \
    scenarios/stalled-reader.yaml >"$tmp/wrong.yaml"
plimsoll run "$tmp/wrong.yaml" --set duration=60s --set container=none --allocator glibc \
    --out "$tmp/wrong" >"$tmp/out" 2>&1
rc=$?
[ $rc -eq 1 ] || bad "an expectation that fails: exit $rc"
grep -q 'outcome is growing; expected bounded' "$tmp/out" || bad "the failed expectation is not said: $(cat "$tmp/out")"
for i in 1 2; do
    plimsoll run stalled-reader --set container=none --set duration=60s --allocator "$heap,slab,limited" \
        --out "$tmp/same$i" >/dev/null 2>&1 || bad "stalled-reader without a container: exit $?"
    # apart from times and RSS
    grep -vE '"(started|command|cpu_|rss_|acquire_ns|faults_|container_bytes_peak|outcome_why)' \
        "$tmp/same$i/results.json" >"$tmp/same$i.txt"
    cat "$tmp/same$i"/series/*.csv | cut -d, -f1,3-7 >"$tmp/same$i.csv"
done
cmp "$tmp/same1.txt" "$tmp/same2.txt" || bad "two runs differ"
cmp "$tmp/same1.csv" "$tmp/same2.csv" || bad "two runs' series differ"
plimsoll run stalled-reader "${short[@]}" --allocator glibc --out "$tmp/json" --json >"$tmp/out" 2>/dev/null
cmp "$tmp/out" "$tmp/json/results.json" || bad "--json is not results.json"

# one thread and two, of each stack next to each other; what serves one only is left out of two
cells_of() { # RESULTS: clock, stack and threads of each, in order
    sed -n 's/^ *"\(allocator\|clock\|threads\)": "\?\([^",]*\).*/\2/p' "$1" | paste -sd ' '
}
plimsoll run steady-reader "${short[@]}" --set 'allocators=["null", glibc]' --set threads=[1,2] --repeat 1 \
    --out "$tmp/axis" >/dev/null 2>"$tmp/err"
[ $? -le 1 ] || bad "one thread and two: $(cat "$tmp/err")"
[ "$(grep skipped "$tmp/err")" = "plimsoll: null with 2 threads skipped: it serves one thread at a time" ] ||
    bad "null with two threads: $(cat "$tmp/err")"
[ "$(cells_of "$tmp/axis/results.json")" = "null virtual 1 glibc virtual 1 glibc virtual 2" ] ||
    bad "one thread and two: $(cells_of "$tmp/axis/results.json")"
[ "$(ls "$tmp/axis/series" | paste -sd ' ')" = "000.steady-reader.null.f32.r0.csv 001.steady-reader.glibc.f32.r0.csv 002.steady-reader.glibc.f32.t2.r0.csv" ] ||
    bad "one thread and two: $(ls "$tmp/axis/series")"
# each command reproduces its own cell and no other, wherever the threads were said
of=("null virtual 1" "glibc virtual 1" "glibc virtual 2")
sed -n 's/^ *"reproduce": "\(.*\)".*/\1/p' "$tmp/axis/results.json" | sed 's/\\"/"/g' >"$tmp/commands"
for i in 0 1 2; do
    command=$(sed -n $((i + 1))p "$tmp/commands")
    (eval "${command/plimsoll/$build/plimsoll} --out $tmp/again$i") >/dev/null 2>&1
    [ "$(cells_of "$tmp/again$i/results.json")" = "${of[$i]}" ] ||
        bad "'$command' gives $(cells_of "$tmp/again$i/results.json")"
done
plimsoll run steady-reader "${short[@]}" --allocator glibc --set threads=2 --repeat 1 --out "$tmp/two" >/dev/null 2>&1
[ "$(cells_of "$tmp/two/results.json")" = "glibc virtual 2" ] || bad "two threads: $(cells_of "$tmp/two/results.json")"
[ "$(grep reproduce "$tmp/two/results.json" | grep -o 'threads=' | wc -l)" -eq 1 ] ||
    bad "two threads: $(grep reproduce "$tmp/two/results.json")"

# the wall clock: always two threads, whatever the scenario says, and real time is told beforehand
plimsoll run steady-reader --set duration=2s --set container=none --set 'allocators=["null", glibc, slab]' \
    --repeat 1 --set budget=1s --clock wall --out "$tmp/wall" >"$tmp/out" 2>"$tmp/err"
[ $? -le 1 ] || bad "--clock wall: $(cat "$tmp/err")"
[ "$(cells_of "$tmp/wall/results.json")" = "glibc wall 2 slab wall 2" ] || bad "--clock wall: $(cells_of "$tmp/wall/results.json")"
[ "$(grep skipped "$tmp/err")" = "plimsoll: null with 2 threads skipped: it serves one thread at a time" ] ||
    bad "--clock wall: $(cat "$tmp/err")"
grep -q '2 s, wall clock, 2 threads$' "$tmp/out" || bad "--clock wall: $(cat "$tmp/out")"
grep -q 'run steady-reader --allocator slab --format f32 --clock wall --set' "$tmp/wall/results.json" ||
    bad "--clock wall: $(grep reproduce "$tmp/wall/results.json")"
! grep -q 'tier allows' "$tmp/wall/results.json" || bad "--clock wall: a budget of the virtual clock is applied"
! grep -q 'reproduce.*threads' "$tmp/wall/results.json" || bad "--clock wall: threads are in its commands"
# A heap that is trimmed gives back what its idle part leaves in it. Sanitizers have a heap of their own.
if ! grep -q 'PLIMSOLL_SANITIZE:STRING=.' "$build/CMakeCache.txt"; then
    plimsoll run short-cycle-fragmentation --tier smoke --allocator glibc,glibc:trim_every=1s --out "$tmp/trim" >/dev/null
    jq -e '[.cells[].metrics] | (.[0] | has("trims") | not) and .[1].trims == 31 and .[1].trimmed_bytes_total > 4194304
        and .[1].trim_ns_max > 0 and .[1].rss_bytes_trough < .[0].rss_bytes_trough - 2097152' "$tmp/trim/results.json" >/dev/null ||
        bad "trimming: $(jq -c '[.cells[].metrics | [.trims, .trimmed_bytes_total, .rss_bytes_trough]]' "$tmp/trim/results.json")"
fi
long=(run steady-reader --clock wall --set container=none --allocator glibc,slab --repeat 1)
timeout -s INT 3 "$build/plimsoll" "${long[@]}" --set duration=301s --out "$tmp/long" >/dev/null 2>"$tmp/err"
grep -q '^plimsoll: cells run in real time here and take 10 min 2 s at least' "$tmp/err" ||
    bad "ten minutes of real time are not told: $(cat "$tmp/err")"
timeout -s INT 3 "$build/plimsoll" "${long[@]}" --set duration=300s --out "$tmp/long2" >/dev/null 2>"$tmp/err"
! grep -q 'real time' "$tmp/err" || bad "ten minutes: $(cat "$tmp/err")"
if [ "$heap" = jemalloc ]; then
    plimsoll run steady-reader --set duration=1s --set container=none --allocator jemalloc:background_thread=on \
        --repeat 1 --clock wall --out "$tmp/background" >/dev/null 2>"$tmp/err"
    [ $? -le 1 ] || bad "a background thread in real time: $(cat "$tmp/err")"
fi

# the READMEs' own examples are at least well-formed
[ "$heap" = glibc ] || grep -ohE 'build/plimsoll run [^`]*' README.md ./*/README.md | grep -v 'my\.\|my-server\|mine\.yaml\|libmine\|@/\|\.\.\.' | while read -r _ example; do
    # shellcheck disable=SC2086
    timeout 60 "$build/plimsoll" $example --tier smoke --out "$tmp/readme" --force >/dev/null 2>"$tmp/err"
    [ $? -le 1 ] || grep -q 'plimsoll-media was not built' "$tmp/err" ||
        echo "README: plimsoll $example: $(cat "$tmp/err")"
done >"$tmp/readme.txt"
[ ! -s "$tmp/readme.txt" ] || bad "$(cat "$tmp/readme.txt")"

# a reproduce command reproduces
command=$(sed -n 's/^ *"reproduce": "\(.*\)".*/\1/p' "$tmp/same1/results.json" | head -n 1)
(eval "${command/plimsoll/$build/plimsoll} --out $tmp/again") >/dev/null 2>&1 || bad "'$command' fails"

# stopped: SIGINT keeps what was finished and exits 130; SIGKILL leaves no cell behind
# (a shell has what it starts with `&` ignore SIGINT, and that would stay so)
env --default-signal=INT "$build/plimsoll" run steady-reader --set duration=24h --set container=none \
    --allocator glibc --repeat 100 --set timeout=60s --set threads=2 --out "$tmp/int" >"$tmp/out" 2>&1 &
pid=$!
sleep 1
threads=$(ls "/proc/$(pgrep -P $pid -f plimsoll-cell)/task" | wc -l)
[ "$threads" -eq 2 ] || bad "a cell of two threads has $threads"
kill -INT $pid
wait $pid
rc=$?
[ $rc -eq 130 ] || bad "SIGINT: exit $rc"
grep -q 'stopped by SIGINT; none of 100 cells was finished: nothing is kept' "$tmp/out" || bad "SIGINT: $(cat "$tmp/out")"
[ ! -e "$tmp/int" ] || bad "SIGINT before the first cell left a folder"
"$build/plimsoll" run steady-reader --set duration=24h --allocator glibc --out "$tmp/kill" >/dev/null 2>&1 &
pid=$!
for _ in $(seq 100); do # a busy machine takes its time
    cell=$(pgrep -P $pid -f plimsoll-cell) && break
    sleep 0.1
done
kill -KILL $pid
wait $pid 2>/dev/null
for _ in $(seq 50); do
    [ -n "$cell" ] && kill -0 "$cell" 2>/dev/null || break
    sleep 0.1
done
[ -n "$cell" ] || bad "no cell was running"
! kill -0 "$cell" 2>/dev/null || bad "a cell outlived its controller"
plimsoll doctor >/dev/null || bad "doctor: exit $?"
! find /sys/fs/cgroup -type d -name "plimsoll-*-$pid-*" 2>/dev/null | grep -q . || bad "the next start left a stale cgroup"

[ $failed -eq 0 ] && echo "all as it should be"
exit $failed
