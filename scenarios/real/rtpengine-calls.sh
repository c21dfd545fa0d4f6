#!/usr/bin/env bash
# Calls at an rtpengine, by its ng protocol: each offered, answered and deleted, so many at a time, in so many
# rounds with a pause after each.
#   rtpengine-calls.sh PORT CALLS ROUNDS PAUSE
set -euo pipefail
exec 3<>"/dev/udp/127.0.0.1/$1"
# ask COMMAND CALL MORE: one datagram, and its answer: of that the first byte, which takes it all
ask() {
    printf '%s {"command": "%s", "call-id": "call%s", "from-tag": "a"%s}' "$RANDOM$SRANDOM" "$1" "$2" "$3" >&3
    read -r -N 1 -t 5 -u 3 _ || { echo "no answer to $1 of call $2" && exit 1; }
}
sdp() { # PORT
    printf ', "sdp": "v=0\\r\\no=- 1 1 IN IP4 127.0.0.1\\r\\ns=-\\r\\nc=IN IP4 127.0.0.1\\r\\nt=0 0\\r\\nm=audio %s RTP/AVP 0 8\\r\\n"' "$1"
}
offered=$(sdp 20000) answered=', "to-tag": "b"'$(sdp 20002)
for ((round = 1; round <= $3; round++)); do
    for ((call = 1; call <= $2; call++)); do
        ask offer "$round-$call" "$offered"
        ask answer "$round-$call" "$answered"
    done
    sleep "$4"
    for ((call = 1; call <= $2; call++)); do
        ask delete "$round-$call" ', "delete-delay": 0'
    done
    sleep "$4"
    echo "round $round"
done
exec sleep 600
