#!/usr/bin/env bash
# plimsoll run --ledger as a person meets it: what it prints, what stands in results.json and in the
# cells' own files, and the one line of each mistake.     test_ledger.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"
fails() { refuses "$@"; }
# query FILE PATH...: a value of a JSON document, by keys and indexes
query() {
    /usr/bin/python3 -c 'import functools, json, sys
value = functools.reduce(lambda v, k: v[int(k)] if isinstance(v, list) else v[k], sys.argv[2:], json.load(open(sys.argv[1])))
print(json.dumps(value) if isinstance(value, (dict, list)) else value)' "$@"
}
short=(steady-reader --set duration=16s --set container=none --repeat 1)

fails "--at without --ledger; expected --ledger --at" run "${short[@]}" --at 4s
fails "--at: '0s' is not a time of the replay" run "${short[@]}" --ledger --at 0s
fails "--at: '-4s' is not a time of the replay" run "${short[@]}" --ledger --at=-4s
fails "--at: '4' is not a time of the replay" run "${short[@]}" --ledger --at 4
fails "--at: 'noon' is not a time of the replay" run "${short[@]}" --ledger --at 4s,noon
fails "--at: '' is not a time of the replay" run "${short[@]}" --ledger --at ''
fails "--at: '' is not a time of the replay" run "${short[@]}" --ledger --at 4s,
fails "--at: '4s' is not later than the time before it; expected rising times" run "${short[@]}" --ledger --at 8s,4s
fails "--at: '4s' is not later than the time before it; expected rising times" run "${short[@]}" --ledger --at 4s,4s
fails "--at: too many times; expected at most 16" run "${short[@]}" --ledger --at "$(seq -s, -f %gs 0.5 0.5 8.5)"
fails "--at 17 s is beyond the 16 s that steady-reader takes" run "${short[@]}" --ledger --at 4s,17s
fails "the ledger occurs twice; expected one" run "${short[@]}" --allocator ledger/ledger/glibc
fails "no heap" run "${short[@]}" --allocator ledger
fails "too many layers; expected at most 8" run "${short[@]}" --ledger --allocator slab/slab/slab/slab/slab/slab/slab/glibc

# At the end unless a time is asked for; the totals are those of the cell's own books.
plimsoll run "${short[@]}" --allocator slab,limited --ledger --out "$tmp/end" >"$tmp/end.txt" 2>"$tmp/err"
rc=$? met=met
# A sanitizer's build uses more memory than the scenario expects.
grep -q 'PLIMSOLL_SANITIZE:STRING=.' "$build/CMakeCache.txt" && [ $rc -eq 1 ] && rc=0 met=failed
[ $rc -eq 0 ] || bad "--ledger: exit $rc: $(cat "$tmp/err")"
json=$tmp/end/results.json
[ "$(query "$json" cells 0 allocator)" = ledger/slab/glibc ] || bad "the ledger is not in front of slab"
[ "$(query "$json" cells 1 allocator)" = ledger/limited/slab/glibc ] || bad "the ledger is not in front of limited"
[ "$(query "$json" cells 1 expected)" = $met ] || bad "limited with a ledger: $(query "$json" cells 1 expected)"
for cell in 0 1; do
    [ "$(query "$json" cells $cell ledger reports 0 reason)" = end ] || bad "cell $cell reports $(query "$json" cells $cell ledger)"
    [ "$(query "$json" cells $cell ledger reports 0 t_seconds)" = 16.0 ] || bad "cell $cell at another time"
    for pair in allocated_bytes:allocated_bytes_total peak_bytes:live_bytes_peak; do
        ours=$(query "$json" cells $cell ledger reports 0 totals "${pair%:*}")
        theirs=$(query "$json" cells $cell metrics "${pair#*:}")
        [ "$ours" = "${theirs%.0}" ] || bad "cell $cell: ${pair%:*} $ours, but ${pair#*:} $theirs"
    done
    [ "$(query "$json" cells $cell metrics integrity_errors)" = 0 ] || bad "cell $cell has integrity errors"
done
[ "$(tail -n 1 "$tmp/end/series/"000.*.csv | cut -d, -f3)" = "$(query "$json" cells 0 ledger reports 0 totals current_bytes)" ] ||
    bad "current is not what the series says"
for file in "$tmp"/end/ledger/00{0.steady-reader.ledger-slab-glibc,1.steady-reader.ledger-limited-slab-glibc}.f32.r0.txt; do
    [ -s "$file" ] || bad "$file is not there"
    awk 'length > 100 { exit 1 }' "$file" || bad "$file is wider than 100 columns"
done
cat "$tmp"/end/ledger/00*.txt | while IFS= read -r line; do
    grep -qxF -- "$line" "$tmp/end.txt" || echo "$line"
done | grep -q . && bad "what is in the files is not what was printed"
grep -Eq '^ledger of steady-reader, ledger/slab/glibc, f32, repetition 0$' "$tmp/end.txt" || bad "no head"
grep -Eq ' intake\.c:[0-9]+ packet_buffer$' "$tmp/end.txt" || bad "no site packet_buffer"
grep -Eq ' playback\.c:[0-9]+ [a-z_]+$' "$tmp/end.txt" || bad "no site of a frame"
[ "$(query "$json" cells 0 ledger reports 0 sites 0 file)" = harness/pipelines/receiver/intake.c ] || bad "a path not as in the tree"

# Times that were asked for, on a stack that names the ledger itself and inside another, twice alike.
for run in a b; do
    plimsoll run "${short[@]}" --allocator limited:max=32MiB/ledger/glibc --ledger --at 4s,16s --json --out "$tmp/$run" >"$tmp/$run.json" 2>"$tmp/err" ||
        bad "--at: exit $?: $(cat "$tmp/err")"
done
[ "$(query "$tmp/a.json" cells 0 allocator)" = limited:max=32MiB/ledger/glibc ] || bad "a ledger was put before a ledger"
[ "$(query "$tmp/a.json" cells 0 ledger)" = "$(query "$tmp/b.json" cells 0 ledger)" ] || bad "two runs differ"
[ "$(query "$tmp/a.json" cells 0 ledger)" = "$(query "$tmp/a/results.json" cells 0 ledger)" ] || bad "--json is not results.json"
[ "$(query "$tmp/a.json" cells 0 ledger reports 0 t_seconds) $(query "$tmp/a.json" cells 0 ledger reports 1 t_seconds)" = '4.0 16.0' ] ||
    bad "other times: $(query "$tmp/a.json" cells 0 ledger)"
eval "$(query "$tmp/a.json" cells 0 reproduce | sed "s|^plimsoll|plimsoll|; s|\$| --json --out $tmp/again|")" >"$tmp/again.json" 2>/dev/null
[ "$(query "$tmp/a.json" cells 0 ledger)" = "$(query "$tmp/again.json" cells 0 ledger)" ] || bad "reproduce makes another report"

# A spec with a ledger needs no --ledger; without either there is none.
plimsoll run "${short[@]}" --allocator ledger/glibc,glibc --json --out "$tmp/spec" >"$tmp/spec.json" 2>/dev/null
[ "$(query "$tmp/spec.json" cells 0 ledger reports 0 reason)" = end ] || bad "a spec with a ledger reports nothing"
query "$tmp/spec.json" cells 1 ledger >/dev/null 2>&1 && bad "glibc alone has a ledger"
[ "$(ls "$tmp/spec/ledger" | wc -l)" -eq 1 ] || bad "files: $(ls "$tmp/spec/ledger")"
# A ledger changes nothing of what is counted.
for metric in live_bytes_peak allocated_bytes_total churn_ops_per_second packets_delivered; do
    [ "$(query "$tmp/spec.json" cells 0 metrics $metric)" = "$(query "$tmp/spec.json" cells 1 metrics $metric)" ] || bad "$metric is another with a ledger"
done

# Two threads that release each other's blocks.
plimsoll run "${short[@]}" --set threads=2 --allocator slab --ledger --json --out "$tmp/two" >"$tmp/two.json" 2>/dev/null
[ "$(query "$tmp/two.json" cells 0 metrics integrity_errors)" = 0 ] || bad "two threads: integrity errors"
[ "$(query "$tmp/two.json" cells 0 ledger reports 0 totals current_bytes)" = "$(tail -n 1 "$tmp"/two/series/000.*.csv | cut -d, -f3)" ] ||
    bad "two threads: current is not what the series says"

# A cell that ends before its time leaves its last report, and what grew is suspected.
plimsoll run stalled-reader --allocator glibc --set container=64MiB --set duration=64s --repeat 1 --ledger --at 2s,60s --out "$tmp/killed" >"$tmp/killed.txt" 2>/dev/null
json=$tmp/killed/results.json
case $(query "$json" cells 0 outcome) in
oom_killed | alloc_failed)
    [ "$(query "$json" cells 0 ledger reports 0 reason) $(query "$json" cells 0 ledger reports 1 reason)" = 'asked last' ] ||
        [ "$(query "$json" cells 0 outcome)" = alloc_failed ] || bad "a killed cell reports $(query "$json" cells 0 ledger reports | head -c 300)" ;;
*) bad "a container of 64 MiB holds a stalled reader: $(query "$json" cells 0 outcome)" ;;
esac
plimsoll run stalled-reader --allocator glibc --set container=none --set duration=60s --repeat 1 --ledger --at 45s --json --out "$tmp/grows" >"$tmp/grows.json" 2>/dev/null
[ "$(query "$tmp/grows.json" cells 0 ledger reports 0 suspected_leaks 0 site | sed 's/.* //')" = packet_buffer ] ||
    bad "what grows is not suspected: $(query "$tmp/grows.json" cells 0 ledger reports 0 suspected_leaks)"
[ "$(query "$tmp/grows.json" cells 0 ledger reports 0 stuck)" = '[]' ] || bad "what was never refused is stuck"
# A limit ends a leak's growth: what is live is then old, and nothing more is to be had.
if [ -x "$build/plimsoll-media" ]; then
    plimsoll run frame-leak --allocator limited/glibc --set duration=20s --set container=none --ledger --json --out "$tmp/stuck" >"$tmp/stuck.json" 2>/dev/null
    [ "$(query "$tmp/stuck.json" cells 0 ledger reports 0 stuck 0 live_blocks)" = 48 ] ||
        bad "a leak below a limit is not suspected: $(query "$tmp/stuck.json" cells 0 ledger reports 0 stuck)"
fi
[ "$(query "$tmp/spec.json" cells 0 ledger reports 0 suspected_leaks)" = '[]' ] || bad "a steady reader is suspected"

# A program of one's own: the sites are its functions, with who called them, also when it was killed.
if [ -x "$build/interpose-ledger-pie" ]; then
    take="ledger_subject.c:$(grep -n 'site: take \*/' harness/interpose/tests/ledger_subject.c | cut -d: -f1) take"
    plimsoll run --duration 5s --allocator ledger/glibc --out "$tmp/own" -- "$build/interpose-ledger-pie" sites 20 1500 >"$tmp/own.txt" 2>"$tmp/err"
    json=$tmp/own/results.json
    [ "$(query "$json" cells 0 outcome) $(query "$json" cells 0 ledger reports 0 reason)" = 'exited end' ] ||
        bad "a program that ends: $(query "$json" cells 0 outcome): $(cat "$tmp/err")"
    [ "$(query "$json" cells 0 ledger reports 0 totals live_blocks)" = 15 ] || bad "a program: $(query "$json" cells 0 ledger reports 0 totals)"
    grep -qF "  $take" "$tmp/own.txt" && grep -Eq '^ +by sites \(ledger_subject.c:[0-9]+\)$' "$tmp/own.txt" || bad "a program's sites: $(cat "$tmp/own.txt")"
    awk 'length > 100 { exit 1 }' "$tmp"/own/ledger/*.txt || bad "a program's ledger is wider than 100 columns"
    plimsoll report "$tmp/own" >/dev/null 2>"$tmp/err" || bad "a program's report: $(cat "$tmp/err")"
    grep -q '| peak RSS, MiB | .* | peak threads | exit status |' "$tmp/own/report.md" ||
        bad "heads of columns: $(grep '^| stack' "$tmp/own/report.md")"
    plimsoll run --duration 5s --allocator glibc --ledger --out "$tmp/shot" -- "$build/interpose-ledger-pie" killed 1000 1500 >/dev/null 2>&1
    json=$tmp/shot/results.json
    [ "$(query "$json" cells 0 ledger reports 0 reason) $(query "$json" cells 0 ledger reports 0 totals current_bytes)" = 'last 100000' ] ||
        bad "a program that is killed: $(query "$json" cells 0 ledger reports 0 totals)"
    fails "depth is that of calls in a program" run "${short[@]}" --allocator ledger:depth=4/glibc
fi

finish
