#!/usr/bin/env bash
# The real servers that are installed, each as its scenario expects.
#   real_servers.sh BUILD_FOLDER
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=slow.sh
. "$(dirname "$0")/slow.sh"
needs jq
export PATH=$PATH:/usr/sbin
asked=0
# server PROGRAM SCENARIO: it is there, and does what is expected of it
server() {
    command -v "$1" >/dev/null || { echo "left out: no $1; ci/setup --servers installs it" && return; }
    ends 0 "$2" "scenarios/real/$2.yaml" --tier smoke
    jq -e 'all(.cells[]; .expected == "met")' "$tmp/$2/results.json" >/dev/null ||
        bad "$2: $(jq -c '.cells[] | {allocator, outcome, expected, expected_why}' "$tmp/$2/results.json")"
    asked=$((asked + 1))
}
server icecast2 real-icecast-slow-listeners
server mosquitto real-mosquitto-stalled-subscriber
server ffmpeg real-ffmpeg-relay
server gst-launch-1.0 real-gstreamer-stalled-sink
[ $asked -gt 0 ] || skip "none of the servers is here; ci/setup --servers installs them"
finish
