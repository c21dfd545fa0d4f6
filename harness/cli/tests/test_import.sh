#!/usr/bin/env bash
# plimsoll import: what heaptrack recorded becomes a trace that is listed and replayed, and what is no such
# file leaves nothing. Where heaptrack is, it and plimsoll record tell the same of the same program.
# test_import.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"
corpus=$tree/harness/trace/tests/corpus-heaptrack
cd "$tmp" || exit 1
is() { [ "$2" = "$3" ] || bad "$1: $2, not $3"; }
import() { # WANTED_EXIT ARGUMENT...
    local wanted=$1
    shift
    "$build/plimsoll" import "$@" >out 2>err
    local code=$?
    [ $code = "$wanted" ] || { bad "import $*: ended with $code, not $wanted" && cat err; }
}
says() { grep -qF -- "$1" "${2:-err}" || { bad "no word of '$1'" && cat "${2:-err}"; }; }
events() { "$build/plimsoll" list --events "$1"; }

# Both forms, plain and compressed.
for form in raw interpreted; do
    import 0 --out $form.trace "$corpus/$form"
    says "7 events of 3 blocks, 12$([ $form = raw ] && echo 288 || echo 488) B live at the peak"
    says "1 frees skipped"
    zstd -q "$corpus/$form" -o $form.zst
    import 0 $form.zst --out $form.zst.trace
    cmp $form.trace $form.zst.trace || bad "$form: another trace of the compressed one"
    "$build/plimsoll" list $form.trace >listed || bad "$form: its trace can't be listed"
    says "imported   heaptrack 1.4.0, $form: all is of one thread" listed
    says "heap       not known" listed
done
import 0 raw.zst
[ -e plimsoll.trace ] || bad "it is not written where it says"

# A replay says what is assumed.
"$build/plimsoll" run raw.trace --out results --allocator glibc,slab >out 2>err || bad "it is not replayed: $(cat err)"
says "its trace is made of a recording of heaptrack 1.4.0, raw" results/results.json
"$build/plimsoll" report results >out 2>err || bad "no report: $(cat err)"
says "blocks are touched in whole" results/report.md
grep -q '"recorded_rss_error_percent": *[0-9]' results/results.json && bad "an error against a heap that is not known"

# A killed program's file, up to its last whole line.
head -c -3 "$corpus/raw" >cut.txt
import 0 --out cut.trace cut.txt
says "cut off within a line"
"$build/plimsoll" list cut.trace >listed
says "cut short  heaptrack's file is cut off within a line" listed

# What is no such file, or no longer: one line, and nothing is left.
refused() { # TEXT FILE
    import 2 --out refused.trace "$2"
    says "$1"
    is "$2: lines" "$(wc -l <err)" 1
    [ ! -e refused.trace ] || bad "$2: a trace is left"
}
printf 'no such file, but text\n' >text
head -c 100000 /dev/urandom >noise
: >empty
head -c -3 raw.zst >cut.zst
gzip -c "$corpus/raw" >raw.gz
{ cat "$corpus/raw" && echo '+ 1000000000000000 0 7f0000001000'; } >absurd
sed '1s/3$/4/' "$corpus/raw" >newer
mkfifo pipe
refused "is not a file of heaptrack's" text
refused "is not a file of heaptrack's" noise
refused "is empty" empty
refused "is not a file of heaptrack's" raw.trace
refused "ends within a zstd frame" cut.zst
refused "zcat FILE | zstd" raw.gz
refused "absurd:21: " absurd
refused "in format 4" newer
refused "can't be read" pipe
refused "can't be read" .
refused "can't be read" no-such-file
import 2 one two
says "2 words; expected one FILE, and --out FILE for another name" err
import 2
import 2 --out
import 2 "$corpus/raw" "$corpus/raw"
import 2 --no-such-option "$corpus/raw"
import 2 --out no-such-folder/my.trace "$corpus/raw"

# The program's own calls, by the size that nothing else asks for: "allocations frees live" of them. (At the peak
# it is as many as its threads happen to hold.)
own() { # TRACE SIZE
    events "$1" | awk -v wanted="size=$2" '
        index($0 " ", " " wanted " ") { count[$3]++ }
        END { print count["allocate"] + 0, count["free"] + 0, count["allocate"] - count["free"] }'
}
# Of all: allocations and resizes, bytes at the end, bytes at the peak.
all() { # TRACE
    events "$1" | awk '
        function number(name,   at) { at = index($0, " " name "="); return at ? substr($0, at + length(name) + 2) + 0 : 0 }
        $3 == "allocate" || $3 == "resize" { calls++; live += number("size") - number("old_size") }
        $3 == "free" { live -= number("size") }
        live > peak { peak = live }
        END { print calls + 0, live + 0, peak + 0 }'
}
near() { # WHAT ONE OTHER APART
    local apart=$(($2 - $3))
    [ ${apart#-} -le "$4" ] || bad "$1: $2 and $3 are more than $4 apart"
}
compare() { # SIZE ARGUMENT...: what record and both forms of heaptrack's tell of record-subject
    local size=$1 form
    shift
    "$build/plimsoll" record --out own.trace -- "$build/record-subject" "$@" >out 2>err || bad "$(cat err)"
    rm -f heaptrack.*.zst
    heaptrack -o heaptrack.subject "$build/record-subject" "$@" >out 2>&1 || bad "heaptrack: $(cat out)"
    heaptrack --raw -o heaptrack.subject "$build/record-subject" "$@" >out 2>&1 || bad "heaptrack: $(cat out)"
    for form in zst raw.zst; do
        import 0 --out $form.trace heaptrack.subject.$form
        is "$* ($form): own blocks" "$(own $form.trace "$size")" "$(own own.trace "$size")"
        read -r calls live peak < <(all own.trace)
        read -r calls_there live_there peak_there < <(all $form.trace)
        near "$* ($form): calls" "$calls_there" "$calls" 20
        near "$* ($form): bytes at the end" "$live_there" "$live" 100000
        near "$* ($form): bytes at the peak" "$peak_there" "$peak" 200000
        "$build/plimsoll" list $form.trace >listed
        grep -A3 '^at the peak' listed | grep -q . || bad "$* ($form): no word of who holds the peak"
    done
}
command -v heaptrack >/dev/null || { echo "heaptrack is wanted: ci/setup installs it" && exit $((failed ? 1 : 77)); }
# Each call of the API but the two that heaptrack does not see; of those the frees, which are counted.
"$build/plimsoll" record --out own.trace -- "$build/record-subject" every-call 2>err || bad "$(cat err)"
rm -f heaptrack.*.zst
heaptrack --raw -o heaptrack.subject "$build/record-subject" every-call >out 2>&1 || bad "heaptrack: $(cat out)"
import 0 --out seen.trace heaptrack.subject.raw.zst
says "2 frees skipped, of blocks that came before, or by memalign or pvalloc"
"$build/plimsoll" list seen.trace >listed
says "2 frees of blocks that came before the recording, or by memalign or pvalloc" listed
came() { events "$1" | awk '$3 == "allocate" || $3 == "resize"' | grep -oE ' size=100[0-9][0-9]$| size=100[0-9][0-9] ' | tr -d ' '; }
came own.trace | grep -vxE 'size=(10009|10011)' >wanted
[ "$(wc -l <wanted)" -eq 13 ] || bad "only $(wc -l <wanted) calls were recorded"
came seen.trace | diff wanted - >differ || bad "not the calls that were made: $(cat differ)"
compare 40001 hold 200
compare 20001 swap 2000
compare 30001 threads 300
finish
