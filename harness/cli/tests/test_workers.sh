#!/usr/bin/env bash
# Workers: the same work by any number of threads, to the byte and repeatably under the virtual
# clock; what heaps keep for threads shows; real time agrees; and what can't be is refused in one
# line.     test_workers.sh BUILD_FOLDER

# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"

printf '64\t2\t40\n400\t3\t20\n1200\t8\t30\n9000\t10\t8\n' > "$tmp/p.tsv"
cat > "$tmp/w.yaml" <<'YAML'
name: w
title: Jobs of many threads
pipeline: blocks
blocks: {file: p.tsv, cycle: 400ms, idle: 200ms, live: 256KiB, survivors: 1%, survivor_lifetime: 2s, jobs: 8}
classes: {block: {size: 9000B}}
duration: 8s
allocators: [glibc]
gate: false
expect: [{stacks: all, outcome: [bounded, growing], metrics: {integrity_errors: "== 0"}}]
YAML
figure() { # FOLDER CELL METRIC
    jq -r ".cells[$(($2 - 1))].metrics.$3 // empty" "$tmp/$1/results.json"
}
run() { # FOLDER ARGUMENTS...
    local folder=$1
    shift
    timeout 100 "$build/plimsoll" run "$tmp/w.yaml" --out "$tmp/$folder" --force "$@" > "$tmp/out" 2> "$tmp/err" ||
        bad "run $*: exit $?: $(cat "$tmp/err" "$tmp/out")"
}

# as much is acquired by any number of threads, and what is live at most differs by what a turn shifts
run many --set 'threads=[1, 2, 8, 64]'
total=$(figure many 1 allocated_bytes_total)
for cell in 2 3 4; do
    [ "$(figure many $cell allocated_bytes_total)" = "$total" ] || bad "cell $cell: other work than $total"
done
[ "$(grep -c '"threads_made"' "$tmp/many/results.json")" = 3 ] || bad "threads were made where one is the cell's own"

# arenas, as the heap tells: of its own for threads, two where no more are allowed
if ! is_sanitized; then
    run arenas --allocator glibc,glibc:arena_max=2,tbbmalloc --set 'threads=[1, 8]'
    [ "$(figure arenas 1 heap_arenas_end)" = 1 ] || bad "one thread: $(figure arenas 1 heap_arenas_end) arenas"
    [ "$(figure arenas 2 heap_arenas_end)" -ge 8 ] || bad "8 threads: $(figure arenas 2 heap_arenas_end) arenas"
    [ "$(figure arenas 4 heap_arenas_end)" = 2 ] || bad "arena_max=2: $(figure arenas 4 heap_arenas_end) arenas"
    held=$(figure arenas 2 heap_held_bytes_end)
    [ "$held" -ge "$(figure arenas 2 live_bytes_peak)" ] || bad "glibc holds $held bytes, less than was live"
    [ -z "$(figure arenas 6 heap_arenas_end)" ] || bad "tbbmalloc tells of arenas"
fi

# a second run is the same in everything that is counted
for threads in 2 64; do
    for folder in once again; do
        run $folder --set threads=$threads --set workers.assign=random --set blocks.release=other
    done
    for metric in allocated_bytes_total live_bytes_peak churn_ops_per_second threads_made; do
        [ "$(figure once 1 $metric)" = "$(figure again 1 $metric)" ] && [ -n "$(figure once 1 $metric)" ] ||
            bad "$threads threads: $metric $(figure once 1 $metric), then $(figure again 1 $metric)"
    done
done

# a thread a job: 8 jobs of 20 cycles; and one after another, every 2 s
run jobs --set threads=8 --set workers.renew=job --set blocks.idle_work=0%
[ "$(figure jobs 1 threads_made)" = 160 ] || bad "threads for 160 cycles: $(figure jobs 1 threads_made)"
run timed --set threads=8 --set workers.renew=2s
made=$(figure timed 1 threads_made)
[ "$made" -ge 32 ] && [ "$made" -le 40 ] || bad "8 threads renewed every 2 s for 8 s: $made"

# real time gives the same work, and as much of it live
run wall --clock wall --set threads=8
[ "$(figure wall 1 threads_made)" = 8 ] || bad "wall clock: $(figure wall 1 threads_made) threads"
virtual=$(figure many 3 live_bytes_peak) wall=$(figure wall 1 live_bytes_peak)
[ $((wall * 10)) -ge $((virtual * 8)) ] && [ $((wall * 10)) -le $((virtual * 12)) ] ||
    bad "live at most: $wall in real time, $virtual in virtual"

# the stacks of threads are address space
run large --set threads=8 --set workers.stack=64MiB
[ "$(figure large 1 vsz_bytes_peak)" -gt $(($(figure many 3 vsz_bytes_peak) + 400000000)) ] ||
    bad "8 stacks of 64 MiB: $(figure large 1 vsz_bytes_peak) B of address space"

refuses() { # MESSAGE ARGUMENTS...
    local message=$1
    shift
    plimsoll run "$tmp/w.yaml" --out "$tmp/no" "$@" > "$tmp/out" 2> "$tmp/err"
    [ $? -eq 2 ] && [ "$(wc -l < "$tmp/err")" = 1 ] && [[ $(cat "$tmp/err") == *"$message"* ]] && [ ! -e "$tmp/no" ] ||
        bad "$*: $(cat "$tmp/err")"
}
refuses "is out of range; expected numbers from 1 to 64" --set threads=65
refuses "serves one thread at a time" --set threads=8 --allocator null
refuses "all of the container" --set threads=64 --set container=256MiB
refuses "workers.renew is shorter than workers.turn" --set workers.renew=10ms
refuses "with workers.renew: job no thread is there to do it" --set workers.renew=job

finish
