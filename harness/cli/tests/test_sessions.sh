#!/usr/bin/env bash
# Objects of sessions, of a receiver and a relay, in one thread and several, under both clocks: their bytes come
# on top of what the traffic asks for, to the byte; and what can't be is refused in one line.
#     test_sessions.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"

measure() { # ARGS...: bytes requested, released in the run, sessions, packets received, integrity errors
    local into
    into=$(mktemp -u "$tmp/run-XXXXXX")
    # A sanitizer's build is larger than expected: then 1.
    timeout 100 "$build/plimsoll" run "$@" --allocator glibc --set container=none --repeat 1 \
        --out "$into" >"$tmp/out" 2>"$tmp/err" || [ $? -eq 1 ] || cat "$tmp/err" >&2
    jq -r '.cells[0] | if .outcome == "crashed" then "crashed" else .metrics |
        "\(.allocated_bytes_total) \(.freed_bytes_total) \(.sessions_started) \(.packets_received) \(.integrity_errors)"
        end' "$into/results.json"
}

# Of each session 3,000 B until it ends, and 1,000 B for ever.
objects='session.objects=[{size: 1000B, count: 3}, {class: leak, size: 500B, count: 2, at: end, kept: for ever}]'
beside() { # NAME SCENARIO ARGS...: of a load that falls to none
    local name=$1 plain freed sessions with freed_with errors leaked
    shift
    read -r plain freed sessions _ _ < <(measure "$@" --set session.objects=none)
    read -r with freed_with _ _ errors < <(measure "$@" --set "$objects")
    [ "$sessions" -gt 0 ] && [ "$((with - plain))" -eq "$((4000 * sessions))" ] ||
        bad "$name: $with B requested by $sessions sessions, $plain B without objects"
    leaked=$(((with - freed_with) - (plain - freed)))
    [ "$leaked" -eq "$((1000 * sessions))" ] || bad "$name: $leaked B left by $sessions sessions"
    [ "${errors:-}" = 0 ] || bad "$name: ${errors:-no} integrity errors"
}

load='load=[{at: 0s, sessions: 0}, {at: 1s, sessions: 30}, {at: 3s, sessions: 30}, {at: 4s, sessions: 0}]'
beside receiver session-leak --set duration=6s --set "$load"
beside receiver-two-threads session-leak --set duration=6s --set "$load" --set threads=2
beside relay room-leaves --set background=none --set duration=6s --set "$load"
beside relay-workers room-leaves --set background=none --set duration=6s --set "$load" --set threads=4

# In real time no two runs relay the same packets, but what is left is only the leak.
read -r with freed sessions _ errors < <(measure room-leaves --set background=none --set duration=6s --set "$load" \
    --clock wall --set "$objects")
[ "$sessions" = 30 ] && [ "$((with - freed))" -eq 30000 ] && [ "$errors" = 0 ] ||
    bad "relay in real time: $((with - freed)) B left by $sessions sessions, $errors errors"

# The same again is the same again, with what is made from time to time.
every='session.objects=[{size: 64B..4KiB, at: every 100ms, kept: 5 events, share: 50%}, {size: 99B, at: every 70ms}]'
first=$(measure session-leak --set duration=6s --set "$load" --set "$every")
[ "$first" = "$(measure session-leak --set duration=6s --set "$load" --set "$every")" ] ||
    bad "a run with objects does not repeat: $first"
other=$(measure session-leak --set duration=6s --set "$load" --set "$every" --seed 2)
[ "$first" != "$other" ] || bad "another seed draws the same: $first"

# A receiver in real time makes them, too: of senders that stay.
read -r plain _ sessions _ _ < <(measure session-churn --clock wall --set duration=4s)
read -r with _ _ _ errors < <(measure session-churn --clock wall --set duration=4s \
    --set 'session.objects=[{size: 4MiB, count: 8}]')
[ "$sessions" -gt 2 ] && [ "$((with - plain))" -gt "$((31 << 20))" ] && [ "$errors" = 0 ] ||
    bad "under the wall clock $with B for $sessions sessions, $plain B without objects, $errors errors"

# Sizes drawn from a profile: 9 in 10 blocks have 100 B, the others 1,000.
printf '100\t1\t9\n1000\t1\t1\n' >"$tmp/sizes.tsv"
profiled() { # CLASS-SIZE KEPT
    echo "session.objects=[{class: state, profile: $tmp/sizes.tsv, count: 1000, kept: $2}]"
    echo "classes={packet: {size: 696B}, packet_buffer: {size: fit}, frame_buffer: {size: fit}, state: {size: $1}}"
}
mapfile -t keys < <(profiled 1000B session)
read -r plain _ sessions _ _ < <(measure session-leak --set duration=6s --set "$load" --set session.objects=none)
read -r with _ _ _ errors < <(measure session-leak --set duration=6s --set "$load" --set "${keys[0]}" --set "${keys[1]}")
mean=$(((with - plain) / (1000 * sessions)))
{ [ $mean -ge 185 ] && [ $mean -le 195 ] && [ "$errors" = 0 ]; } ||
    bad "blocks of a profile have $mean B on average, not 190, $errors errors"
mapfile -t keys < <(profiled 500B session)
refuses 'has 1000 B, and the class state 500 B' run session-leak --no-save --set "${keys[0]}" --set "${keys[1]}"
printf '8\t1\t9\n' >"$tmp/sizes.tsv"
mapfile -t keys < <(profiled 1000B 'for ever')
refuses 'too small to be kept for ever' run session-leak --no-save --set "${keys[0]}" --set "${keys[1]}"

refuses 'expected --clock virtual' run session-leak --no-save --clock wall
refuses 'is a key of the pipeline receiver, not of blocks' run worker-arenas --no-save --set "$objects"
refuses 'takes .* GiB of books' run session-churn --no-save \
    --set 'session.objects=[{size: 8B, at: every 1ms}]' --set receiver.max_sessions=65536
refuses 'both say how many there are' run session-leak --no-save --set traffic.sessions=3
refuses "'every 0s' is out of range" run session-leak --no-save --set 'session.objects=[{size: 8B, at: every 0s}]'

# What nobody calls keeps what it has: the report says so, of the room in silence alone.
plimsoll run room-leaves room-leaves-idle --tier smoke --allocator glibc --set container=none --out "$tmp/rooms" \
    >"$tmp/out" 2>"$tmp/err" || [ $? -eq 1 ] || cat "$tmp/err" >&2
said=$(jq -r '[.cells[] | select(.metrics.drain_heap_bytes == 0) | .scenario] | join(" ")' "$tmp/rooms/results.json")
[ "$said" = room-leaves-idle ] || bad "nothing reached the heap in: ${said:-none}"
plimsoll report "$tmp/rooms" >"$tmp/out" 2>&1 || cat "$tmp/out"
[ "$(grep -c 'no call reached the heap once the load had fallen' "$tmp/rooms/report.md")" -eq 1 ] ||
    bad "the report does not say once that nothing reached the heap"

# A fall that no run comes to is told of.
cat >"$tmp/behind.yaml" <<'END'
extends: room-leaves
name: behind
duration: 10s
load: [{at: 0s, sessions: 9}, {at: 11s, sessions: 9}, {at: 12s, sessions: 0}]
END
plimsoll validate "$tmp/behind.yaml" | grep '; 2 points of load behind the end of duration' >"$tmp/told" ||
    bad "validate tells nothing of a load behind the end"

finish
