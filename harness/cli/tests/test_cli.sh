#!/usr/bin/env bash
# The command line as a person meets it: exit codes, and the one line of each mistake.
#   test_cli.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"
heap=jemalloc
have $heap || heap=glibc
short=(--set duration=20s --set container=none)

# usage
fails 2 "unknown command fly; expected run, " fly
fails 2 "nothing to run; expected a scenario" run
fails 2 "unknown scenario nope; expected a path, .*crossfade, .*plimsoll list scenarios." run nope
printf '%s\n' 'name: served' 'title: A program with a client' 'pipeline: program' 'duration: 2s' 'allocators: [glibc]' 'expect: []' \
    'program: {command: [sleep, "9"], clients: [{command: [./no-such-client]}]}' >"$tmp/served.yaml"
[ "$(plimsoll validate "$tmp/served.yaml")" = "$tmp/served.yaml: valid; './no-such-client' of program.clients is not on this machine, and a run needs it" ] ||
    bad "validate of a client that is not there: $(plimsoll validate "$tmp/served.yaml")"
sed -i 's|./no-such-client|sleep, "9"|' "$tmp/served.yaml"
[ "$(plimsoll validate "$tmp/served.yaml")" = "$tmp/served.yaml: valid" ] || bad "validate of a client: $(plimsoll validate "$tmp/served.yaml")"
# an expectation that no stack answers: of this file, not of one that it extends
printf 'extends: steady-reader\nname: idle\nallocators: [glibc]\n' >"$tmp/idle.yaml"
[ "$(plimsoll validate "$tmp/idle.yaml")" = "$tmp/idle.yaml: valid" ] || bad "inherited expectations: $(plimsoll validate "$tmp/idle.yaml")"
printf 'expect:\n  - {stacks: all, outcome: bounded}\n  - {stacks: slab, outcome: bounded}\n' >>"$tmp/idle.yaml"
idle="line 6: slab of \`expect\` is none of \`allocators\`: nothing is checked by it"
[ "$(plimsoll validate "$tmp/idle.yaml")" = "$tmp/idle.yaml: valid; $idle" ] || bad "an idle expectation: $(plimsoll validate "$tmp/idle.yaml")"
plimsoll run "$tmp/idle.yaml" "${short[@]}" --no-save >"$tmp/out" 2>&1
grep -qF -- "idle: $idle" "$tmp/out" || bad "a run of an idle expectation: $(cat "$tmp/out")"
plimsoll run "$tmp/idle.yaml" "${short[@]}" --no-save --allocator slab >"$tmp/out" 2>&1
grep -qF -- "$idle" "$tmp/out" && bad "the stack of an idle expectation was named: $(cat "$tmp/out")"
printf 'tiers: {full: {allocators: [glibc, slab]}}\n' >>"$tmp/idle.yaml"
[ "$(plimsoll validate "$tmp/idle.yaml")" = "$tmp/idle.yaml: valid" ] || bad "the stack of one tier: $(plimsoll validate "$tmp/idle.yaml")"
printf 'extends: steady-reader\nname: twice\nallocators: [glibc, glibc]\n' >"$tmp/twice.yaml"
fails 2 "twice.yaml:3:14: allocators: glibc is named twice; expected once" validate "$tmp/twice.yaml"
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
fails 2 "unknown option of run: --sweep=x; sweep is a key of scenarios: --set sweep=VALUE" run stalled-reader --sweep=x
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
fails 2 "--json is not of a trace; expected .plimsoll list scenarios/traffic/ffmpeg.trace. without it" list --json scenarios/traffic/ffmpeg.trace
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
fails 2 "expected 1 to 65536" run steady-reader --allocator frame_pool:frames=65537/glibc

plimsoll run --help | grep 'plimsoll run SCENARIO' >/dev/null || bad "run --help"
plimsoll list metrics >/dev/full 2>"$tmp/err" && bad "a full stdout went unnoticed"
grep -q 'could not be written whole' "$tmp/err" || bad "a full stdout: $(cat "$tmp/err")"
# a reader that leaves, as head does, has seen what it wanted
mkfifo "$tmp/left" && { : <"$tmp/left" & } && exec 7>"$tmp/left" && wait $!
plimsoll run steady-reader "${short[@]}" --allocator glibc --no-save >&7 2>"$tmp/err" ||
    { [ $? -eq 1 ] && is_sanitized; } || bad "a closed pipe: exit $?" # a sanitizer's memory is beyond what is expected
exec 7>&-
grep -q 'could not be written' "$tmp/err" && bad "a closed pipe: $(cat "$tmp/err")"

# stacks
fails 2 "no heap" run stalled-reader --allocator limited/slab:grow=double
fails 2 "unknown heap or layer bogus; expected glibc, " run stalled-reader --allocator bogus
fails 2 "the heap glibc is not last" run stalled-reader --allocator glibc/jemalloc
fails 2 "unknown option of slab: colour; " run stalled-reader --allocator slab:colour=red/glibc
fails 2 "max" run stalled-reader --allocator limited:max=0/slab/glibc
fails 2 "smaller than one packet" run stalled-reader --allocator limited:max=1KiB/slab/glibc
fails 2 "real time" run stalled-reader --allocator jemalloc:background_thread=on
fails 2 "stack 'null' serves one thread at a time, not several; .*--clock virtual" run steady-reader --allocator glibc,null --clock wall
fails 2 "stack 'null' serves one thread at a time, not several; .*--set threads=1" run steady-reader --allocator null --set threads=[1,2]
fails 2 "threads: 2 is named twice" run steady-reader --set threads=[2,2]
fails 2 "3 is out of range; expected 1 to 2" run steady-reader --set threads=3
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
printf 'name: own\ntitle: own\npipeline: program\nprogram: {command: ["true"]}\nduration: 1s\nallocators: [glibc]\nexpect: []\n' \
    >"$tmp/own.yaml"
fails 2 "^plimsoll: own runs a program, whose pools" size "$tmp/own.yaml"
fails 2 "^plimsoll: --ready: 'soon' is not understood; expected udp:PORT" run --ready soon -- true
fails 2 "^plimsoll: --send: 'here' is not ADDRESS:PORT" run --send a.pcap=here -- true
fails 2 "s.yaml:[0-9]+:[0-9]+: unknown metric rss_bytes_peek; did you mean rss_bytes_peak" validate "$tmp/s.yaml"
sed 's/rss_bytes_peak: "<= [0-9]*MiB"/rss_bytes_peak: "<= 64"/' scenarios/stalled-reader.yaml >"$tmp/s.yaml"
fails 2 "s.yaml:[0-9]+:[0-9]+: rss_bytes_peak: '64' is not a size" validate "$tmp/s.yaml"
sed 's/frame_buffer:  {size: fit/frame_buffer:  {size: 20B/' scenarios/steady-reader.yaml >"$tmp/s.yaml"
fails 2 "frame_buffer has 20 B" validate "$tmp/s.yaml"
plimsoll validate scenarios/*.yaml >/dev/null || bad "our own scenarios are not valid"

finish
