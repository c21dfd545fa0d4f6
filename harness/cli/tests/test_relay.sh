#!/usr/bin/env bash
# A relay: the same packets by any number of threads, and repeatably; real time agrees; what the kernel holds
# stands apart; and what can't be is refused in one line.     test_relay.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"

figure() { # FOLDER CELL METRIC
    jq -r ".cells[$(($2 - 1))].metrics.$3 // empty" "$tmp/$1/results.json"
}
run() { # FOLDER SCENARIO ARGUMENTS...: a sanitizer's build is larger than expected, then 1
    local folder=$1
    shift
    timeout 100 "$build/plimsoll" run "$@" --out "$tmp/$folder" --allocator glibc --set container=none \
        >"$tmp/out" 2>"$tmp/err" || [ $? -eq 1 ] || bad "$folder: $(cat "$tmp/err" "$tmp/out")"
    jq -e '[.cells[] | .outcome != "crashed" and .metrics.integrity_errors == 0] | all' "$tmp/$folder/results.json" \
        >/dev/null || bad "$folder: $(jq -c '[.cells[] | [.outcome, .metrics.integrity_errors]]' "$tmp/$folder/results.json")"
}

# Each packet goes to each subscriber, whoever serves them. One that comes sees up to a turn more or less.
curve='load=[{at: 0s, sessions: 16}, {at: 1s, sessions: 16}, {at: 4s, sessions: 160}, {at: 7s, sessions: 16}]'
run threads gop-cache --set duration=10s --set "$curve" --set 'threads=[1, 4, 16]'
sent=$(figure threads 1 packets_received)
for cell in 1 2 3; do
    received=$(figure threads $cell packets_received)
    [ "$((received * 100))" -ge "$((sent * 99))" ] && [ "$((received * 99))" -le "$((sent * 100))" ] ||
        bad "cell $cell: $received packets, with one thread $sent"
    [ "$(figure threads $cell packets_dropped)" = 0 ] || bad "cell $cell dropped $(figure threads $cell packets_dropped)"
done
run again gop-cache --set duration=10s --set "$curve" --set 'threads=[1, 4, 16]'
for metric in packets_received allocated_bytes_total live_bytes_peak; do
    for cell in 1 2 3; do
        [ "$(figure threads $cell $metric)" = "$(figure again $cell $metric)" ] ||
            bad "$metric of cell $cell: $(figure threads $cell $metric), then $(figure again $cell $metric)"
    done
done

# Real time gives as much of everything, within 5 %.
near() { # METRIC
    local virtual wall
    virtual=$(figure threads 2 "$1") wall=$(figure wall 1 "$1")
    [ "$((wall * 100))" -ge "$((virtual * 95))" ] && [ "$((wall * 95))" -le "$((virtual * 100))" ] ||
        bad "$1: $wall in real time, $virtual in virtual"
}
run wall gop-cache --clock wall --set duration=10s --set "$curve" --set threads=4
near packets_received
near live_bytes_peak

# What slow peers have not read is the kernel's: in no RSS.
run slow slow-listeners --set duration=60s
[ "$(figure slow 1 socket_bytes_peak)" -gt 150000000 ] || bad "the kernel holds $(figure slow 1 socket_bytes_peak) B"
is_sanitized || [ "$(figure slow 1 rss_bytes_peak)" -lt 12000000 ] || bad "RSS has $(figure slow 1 rss_bytes_peak) B"

# RTCP: the same by any number of threads, repeatably and in real time. Feedback that stays away fills the history to
# its bound.
stall=(feedback-history --set duration=6s --set 'relay.stalls=[{from: 1s, until: -1s}]')
run rtcp "${stall[@]}" --set relay.rtcp.history=1s --set 'threads=[1, 4]'
run rtcp-again "${stall[@]}" --set relay.rtcp.history=1s --set 'threads=[1, 4]'
for metric in rtcp_packets rtcp_history_expired packets_delivered; do
    [ "$(figure rtcp 1 $metric)" -gt 0 ] || bad "$metric: $(figure rtcp 1 $metric)"
    for cell in 1 2; do
        [ "$(figure rtcp $cell $metric)" = "$(figure rtcp-again $cell $metric)" ] ||
            bad "$metric of cell $cell: $(figure rtcp $cell $metric), then $(figure rtcp-again $cell $metric)"
    done
done
run rtcp-wall "${stall[@]}" --set relay.rtcp.history=1s --set threads=4 --clock wall --set background=none
for metric in rtcp_packets rtcp_history_expired packets_delivered; do
    virtual=$(figure rtcp 2 $metric) wall=$(figure rtcp-wall 1 $metric)
    [ "$((wall * 100))" -ge "$((virtual * 90))" ] && [ "$((wall * 90))" -le "$((virtual * 100))" ] ||
        bad "$metric: $wall in real time, $virtual in virtual"
done
run unbounded "${stall[@]}"
[ "$(figure unbounded 1 rtcp_history_expired)" = 0 ] || bad "without a bound $(figure unbounded 1 rtcp_history_expired) expired"
[ "$(figure unbounded 1 live_bytes_peak)" -gt $(($(figure rtcp 1 live_bytes_peak) + 1000000)) ] ||
    bad "a history without a bound takes $(figure unbounded 1 live_bytes_peak) B, one of 1 s $(figure rtcp 1 live_bytes_peak)"
[ -z "$(figure slow 1 rtcp_packets)$(figure slow 1 rtcp_history_expired)" ] || bad "figures of RTCP where there is none"

refuses() { # MESSAGE ARGUMENTS...
    local message=$1
    shift
    plimsoll run "$@" --out "$tmp/no" >"$tmp/out" 2>"$tmp/err"
    [ $? -eq 2 ] && [ "$(wc -l <"$tmp/err")" = 1 ] && [[ $(cat "$tmp/err") == *"$message"* ]] && [ ! -e "$tmp/no" ] ||
        bad "$*: $(cat "$tmp/err")"
}
refuses 'sessions is out of range; expected 0 to 100000' gop-cache --set 'load=[{at: 0s, sessions: 1000000000}]'
refuses 'goes back in time' gop-cache --set 'load=[{at: 9s, sessions: 1}, {at: 8s, sessions: 2}]'
refuses 'class buffer has 100 B, but the largest packet' gop-cache --set classes.buffer.size=100B
refuses 'expected relay.transport: udp' slow-listeners --set relay.loss=1% --set relay.nack=1s
refuses 'relay.subscribers is missing' slow-listeners --set relay.subscribers=0
refuses "no class 'rtcp'; expected packet, buffer, node, session, rtcp and history" nack-cache --set relay.rtcp.feedback=100ms
refuses "no class 'rtcp'; expected packet, buffer, node, session and rtcp" nack-cache --set relay.rtcp.reports=5s
refuses 'class rtcp has 8 B; expected 16 B or more' feedback-history --set classes.rtcp.size=8B
refuses 'class history has 16 B; expected' feedback-history --set classes.history.size=16B
refuses 'relay.rtcp.history is over before feedback tells of a packet' feedback-history --set relay.rtcp.history=100ms
refuses '1ms or more, or 0s for none' feedback-history --set relay.rtcp.feedback=1us

finish
