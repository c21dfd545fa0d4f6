#!/usr/bin/env bash
# Programs that fork and execute others: each process has its own figures, and they add up.
# test_processes.sh BUILD_FOLDER
. "$(dirname "$0")/figures.sh"
spec=limited:max=64MiB/glibc

works "$spec" interpose-subject hold 0
base=$(figure live_blocks) calls=$(figure calls)
for what in fork fork-unseen; do
    works "$spec" interpose-subject $what 100
    is "$what: processes" "$(figure processes)" 2
    is "$what: the parent's live blocks" $(($(of_process 0 live_blocks) - base)) 0
    is "$what: the child's programs" "$(of_process 1 images)" 0
    # Of which the C library knows nothing, only the bytes are handed down.
    [ $what = fork-unseen ] || is "$what: the child's live blocks" $(($(of_process 1 live_blocks) - base)) 50
    [ $(($(of_process 1 live_bytes) - $(of_process 0 live_bytes))) -ge 50000 ] ||
        bad "$what: the child holds $(of_process 1 live_bytes) B"
    is "$what: calls in all" $(($(figure calls) - calls)) $((100 + 100 + 50))
done

# A child holds what its parent did but for calls under way, of which each thread has one at most; the
# parent is not moved by it. The C library keeps a few blocks for threads to come.
works "$spec" interpose-subject fork-busy 40
is "fork among threads: processes" "$(figure processes)" 41
grep '^process' "$tmp/figures" | grep -oE ' live_blocks=[-0-9]+' | cut -d= -f2 | while read -r live; do
    [ $((live - base)) -ge -3 ] && [ $((live - base)) -le 16 ] || echo "$live"
done >"$tmp/odd"
[ ! -s "$tmp/odd" ] || bad "fork among threads: live blocks of $(tr '\n' ' ' <"$tmp/odd")"

works "$spec" interpose-subject vfork 30
is "vfork: processes" "$(figure processes)" 2
is "vfork: the parent's live blocks" $(($(of_process 0 live_blocks) - base)) 10
is "vfork: the program's live blocks" $(($(of_process 1 live_blocks) - base)) 30

works "$spec" interpose-subject exec 30
is "exec: processes" "$(figure processes)" 1
is "exec: programs" "$(of_process 0 images)" 2
is "exec: live blocks, of the latter alone" $(($(figure live_blocks) - base)) 30

works "$spec" interpose-subject clear-environment 30
is "no environment: programs" "$(of_process 0 images)" 1
is "no environment: live blocks, of the former" $(($(figure live_blocks) - base)) 10

works "$spec" interpose-subject close-all 40
is "all closed: live blocks" $(($(figure live_blocks) - base)) 40

# More than there are slots, one after another: none is lost.
timeout 60 "$build/interposed" glibc sh -c 'i=0; while [ $i -lt 150 ]; do "$1" hold 10; i=$((i+1)); done' \
    sh "$build/interpose-subject" >"$tmp/figures" 2>"$tmp/printed" || bad "150 processes: ended with $?"
is "150 in a row: lost" "$(figure lost)" 0
[ "$(figure processes)" -ge 151 ] || bad "150 in a row: $(figure processes) are told of"
[ "$(figure calls)" -ge $((150 * 10)) ] || bad "150 in a row: $(figure calls) calls"

# And at a time: those without a slot are lost, their limits hold nevertheless.
timeout 60 "$build/interposed" limited:max=8MiB/glibc sh -c '
    i=0; while [ $i -lt 80 ]; do ( read -r go; exec "$1" fill 100000 ) & i=$((i+1)); done <"$2"
    wait' sh "$build/interpose-subject" /dev/null >"$tmp/figures" 2>"$tmp/printed"
is "80 at a time: most blocks of 100000 B in 8 MiB" "$(printed handed_out | sort -n | tail -1)" 83
is "80 at a time: programs that were limited" "$(printed handed_out | wc -l)" 80
finish
