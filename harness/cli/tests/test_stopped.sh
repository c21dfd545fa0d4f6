#!/usr/bin/env bash
# Runs that are stopped: SIGINT keeps what was finished, SIGKILL leaves no cell behind.
#   test_stopped.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"

# stopped: SIGINT keeps what was finished and exits 130; SIGKILL leaves no cell behind
# (a shell has what it starts with `&` ignore SIGINT, and that would stay so)
env --default-signal=INT "$build/plimsoll" run steady-reader --set duration=24h --set container=none \
    --allocator glibc --repeat 100 --set timeout=60s --set threads=2 --out "$tmp/int" >"$tmp/out" 2>&1 &
pid=$!
for _ in $(seq 200); do # a cell's second thread begins with the replay
    threads=$(ls "/proc/$(pgrep -P $pid -f 'plimsoll-cell$' | head -n 1)/task" 2>/dev/null | wc -l)
    [ "$threads" -lt 2 ] || break
    sleep 0.05
done
[ "$threads" -eq 2 ] || bad "a cell of two threads has $threads"
kill -INT $pid
wait $pid
rc=$?
[ $rc -eq 130 ] || bad "SIGINT: exit $rc"
grep -q 'stopped by SIGINT; none of 100 cells was finished: nothing is kept' "$tmp/out" || bad "SIGINT: $(cat "$tmp/out")"
[ ! -e "$tmp/int" ] || bad "SIGINT before the first cell left a folder"

# stops_at NUMBER: SIGINT to a run of two cells of a program, once the one of that number has printed
stops_at() {
    env --default-signal=INT "$build/plimsoll" run --set duration=2s --allocator glibc,glibc:arena_max=1 \
        --out "$tmp/program-$1" -- sh -c 'echo begun; exec sleep 60' >"$tmp/out" 2>&1 &
    local pid=$!
    for _ in $(seq 200); do
        [ -z "$(find "$tmp/program-$1/output" -name "00$1.*" -size +0 2>/dev/null)" ] || break
        sleep 0.05
    done
    kill -INT $pid
    wait $pid
    [ $? -eq 130 ] || bad "a program's cell $1 was not stopped: $(cat "$tmp/out")"
}
# what a program has printed is kept of cells that were finished alone; a sanitizer takes the place of what stands in a program
if ! is_sanitized; then
    stops_at 0
    [ ! -e "$tmp/program-0" ] || bad "a program that was stopped left $(find "$tmp/program-0" -type f)"
    stops_at 1
    [ "$(cd "$tmp/program-1" && find output -type f)" = "$(jq -r '.cells[].output.file' "$tmp/program-1/results.json")" ] ||
        bad "a stopped program left output of a cell that is not kept: $(ls "$tmp/program-1/output")"
    [ "$(jq -r '.cells[0].title' "$tmp/program-1/results.json")" = "sh -c 'echo begun; exec sleep 60'" ] ||
        bad "a program's title: $(jq '.cells[0].title' "$tmp/program-1/results.json")"
    grep -q -- "--resume $tmp/program-1, without --out, goes on" "$tmp/out" || bad "nothing is said of --resume: $(cat "$tmp/out")"
fi
"$build/plimsoll" run steady-reader --set duration=24h --allocator glibc --out "$tmp/kill" >/dev/null 2>&1 &
pid=$!
cell=$(cell_of $pid) || bad "no cell was running"
kill -KILL $pid
wait $pid 2>/dev/null
for _ in $(seq 50); do
    kill -0 "$cell" 2>/dev/null || break
    sleep 0.1
done
! kill -0 "$cell" 2>/dev/null || bad "a cell outlived its controller"
plimsoll doctor >/dev/null || bad "doctor: exit $?"
! find /sys/fs/cgroup -type d -name "plimsoll-*-$pid-*" 2>/dev/null | grep -q . || bad "the next start left a stale cgroup"

finish
