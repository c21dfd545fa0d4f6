#!/usr/bin/env bash
# The real servers that are installed, each as its scenario expects.
#   real_servers.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=slow.sh
. "$(dirname "$0")/slow.sh"
needs jq
export PATH=$PATH:/usr/sbin
asked=0
# server PROGRAM SCENARIO: it is there, and does what is expected of it
server() {
    command -v "$1" >/dev/null || { echo "left out, $2: no $1; ci/setup --servers installs it" && return; }
    ends 0 "$2" "scenarios/real/$2.yaml" --tier smoke
    jq -e 'all(.cells[]; .expected == "met")' "$tmp/$2/results.json" >/dev/null ||
        bad "$2: $(jq -c '.cells[] | {allocator, outcome, expected, expected_why}' "$tmp/$2/results.json")"
    asked=$((asked + 1))
}
server icecast2 real-icecast-slow-listeners
server mosquitto real-mosquitto-stalled-subscriber
server ffmpeg real-ffmpeg-relay
server cat recorded-liquidsoap # a recording: it needs no more than that
for model in scenarios/real/modelled-*.yaml; do # they need none of the programs that they name
    server cat "$(basename "$model" .yaml)"
done
server gst-launch-1.0 real-gstreamer-stalled-sink
server janus real-janus-handles
server rtpengine real-rtpengine-calls
if [ -e /usr/lib/nginx/modules/ngx_rtmp_module.so ] && command -v rtmpdump >/dev/null; then
    server nginx real-nginx-rtmp-stalls
    server nginx real-nginx-rtmp-stalls-together
else
    echo "left out, real-nginx-rtmp-stalls: nginx has no RTMP, or no rtmpdump; ci/setup --servers installs both"
fi
# Its script is in the language of that release: later ones name clocks otherwise.
if ! command -v liquidsoap >/dev/null || liquidsoap --version | grep -q '^Liquidsoap 2\.1\.'; then
    server liquidsoap real-liquidsoap-delay
else
    echo "left out, real-liquidsoap-delay: it is written for Liquidsoap 2.1, and here is $(liquidsoap --version | head -n 1)"
fi
[ $asked -gt 0 ] || skip "none of the servers is here; ci/setup --servers installs them"
finish
