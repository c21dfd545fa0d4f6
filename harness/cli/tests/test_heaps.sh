#!/usr/bin/env bash
# Heaps by what is installed: their versions, a heap by the path of its library, and what becomes of
# two versions in a comparison.     test_heaps.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"
patience=120
# installed HEAP: "VERSION, LIBRARY" as the list has it, nothing where it is not here
installed() {
    plimsoll list allocators | sed -n "/^$1 /,/^[a-z]/s/^ *version: //p"
}
short=(steady-reader --tier smoke --set duration=20s --set container=none)

version=$(installed glibc)
version=${version%%,*} # what it does not read
[ "$version" = "$(getconf GNU_LIBC_VERSION | cut -d' ' -f2)" ] || bad "glibc's version is '$version'"
plimsoll doctor | grep -Eq "^glibc *ok *$version(,|$)" || bad "doctor does not tell glibc's version"

# paths
fails 2 "not a heap with a library of its own" run "${short[@]}" --out "$tmp/none" --allocator glibc@/x/libc.so.6
fails 2 "ends in .so or .so.N" run "${short[@]}" --out "$tmp/none" --allocator jemalloc@/x/libjemalloc.a
fails 2 "an absolute path" run "${short[@]}" --out "$tmp/none" --allocator jemalloc@libjemalloc.so.2
[ ! -e "$tmp/none" ] || bad "a refused command left a folder"

# A heap that is missing: of a group it is skipped, once for all scenarios, in the results, too; by its
# own name it is an error.
missing_heap_is_told() {
    local hide=$build/libplimsoll-hide-library.so
    if [ -e "$hide" ]; then
        hidden() { PLIMSOLL_HIDE=libjemalloc LD_PRELOAD=$hide plimsoll "$@"; }
        hidden run stalled-reader half-speed-reader --tier smoke --set duration=20s --out "$tmp/lacks" >/dev/null 2>"$tmp/err"
        [ "$(grep -c '^plimsoll: jemalloc skipped: .*is not installed' "$tmp/err")" -eq 1 ] || bad "not skipped once: $(cat "$tmp/err")"
        grep -q '^ *"jemalloc skipped: .*is not installed' "$tmp/lacks/results.json" || bad "results.json does not say what was skipped"
        hidden report "$tmp/lacks" >/dev/null 2>&1
        grep -q 'jemalloc skipped' "$tmp/lacks/report.md" || bad "report.md does not say what was skipped"
        hidden run stalled-reader --tier smoke --set duration=20s --allocator heaps --no-save >"$tmp/out" 2>&1
        grep -q '^glibc ' "$tmp/out" && grep -q 'jemalloc skipped' "$tmp/out" || bad "--allocator heaps: $(cat "$tmp/out")"
        hidden run stalled-reader --allocator heaps,jemalloc --no-save >"$tmp/out" 2>&1
        [ $? -eq 3 ] || bad "a heap by its name that is not here: $(cat "$tmp/out")"
    fi
}

here=$(installed jemalloc)
if [ -z "$here" ]; then
    echo "not tried: the rest: $(plimsoll list allocators | grep -A2 '^jemalloc ' | sed -n 's/^ *not here: //p')"
    missing_heap_is_told
    exit $failed
fi
version=${here%%, *} library=${here#*, }
library=${library%%, *}
fails 3 "/nowhere/libjemalloc.so.2 cannot be read" run "${short[@]}" --out "$tmp/none" --allocator jemalloc@/nowhere/libjemalloc.so.2
fails 3 "mimalloc does not serve" run "${short[@]}" --out "$tmp/none" --allocator "mimalloc@$library"
cp "$library" "$tmp/libother.so"
printf 'not a library' >"$tmp/libbroken.so"
fails 3 "does not serve|can't be loaded" run "${short[@]}" --out "$tmp/none" --allocator "jemalloc@$tmp/libbroken.so"

# options that a version does not read
case $(installed mimalloc) in
2.0*) fails 2 "mimalloc 2.0.[0-9]* does not read purge_delay_ms \(2.1 does\); expected decommit_delay_ms" \
    run "${short[@]}" --out "$tmp/none" --allocator mimalloc:purge_delay_ms=0 ;;
2.* | 3.*) fails 2 "does not read decommit_delay_ms \(versions before 2.1 do\); expected purge_delay_ms" \
    run "${short[@]}" --out "$tmp/none" --allocator mimalloc:decommit_delay_ms=0 ;;
*) echo "not tried: mimalloc's options" ;;
esac

# a smoke cell by its path: it counts as that heap, and says which one it was
stack=slab/jemalloc@$tmp/libother.so:narenas=1
plimsoll run steady-reader --tier smoke --allocator "$stack,jemalloc" --out "$tmp/run" >"$tmp/out" ||
    bad "by its path: exit $?: $(cat "$tmp/out")"
# of CELL KEY: what results.json has
of() {
    python3 -c 'import json, sys
cell = json.load(open(sys.argv[1]))["cells"][int(sys.argv[2])]
for key in sys.argv[3].split("."):
    cell = cell[key]
print(cell)' "$tmp/run/results.json" "$1" "$2"
}
expect() { # CELL KEY VALUE
    [ "$(of "$1" "$2")" = "$3" ] || bad "cell $1: $2 is '$(of "$1" "$2")', not '$3'"
}
expect 0 allocator "$stack"
expect 0 outcome bounded
expect 0 expected met
expect 0 heap.name jemalloc
expect 0 heap.version "$version"
expect 0 heap.library "$tmp/libother.so"
expect 1 heap.library "$library"
expect 0 heap.hash "$(of 1 heap.hash)"
[ -s "$tmp/run/$(of 0 series)" ] || bad "no series of the cell by its path"
grep -q "MALLOC_CONF=narenas:1" "$tmp/run/results.json" || bad "the heap by its path was not told its options"
plimsoll report "$tmp/run" >/dev/null 2>&1 || bad "report: exit $?"
grep -q "^| heaps | jemalloc $version (.*libother.so), jemalloc $version (" "$tmp/run/report.md" ||
    bad "report.md does not name the heaps"

# another version
mkdir "$tmp/new"
sed "s/\"version\": \"$version\"/\"version\": \"9.9.9\"/" \
    "$tmp/run/results.json" >"$tmp/new/results.json"
plimsoll compare "$tmp/run" "$tmp/new" >"$tmp/out" 2>/dev/null || bad "compare: exit $?"
said="jemalloc $version -> 9.9.9: a change of the heap"
grep -qxF "$said" "$tmp/out" || bad "compare does not say '$said': $(head -n 3 "$tmp/out")"
grep -qF "\"statement\": \"$said\"" "$tmp/new/compare.json" || bad "compare.json does not have the change"
grep -q "0 not comparable" "$tmp/out" || bad "another version is not compared: $(tail -n 1 "$tmp/out")"

missing_heap_is_told
finish
