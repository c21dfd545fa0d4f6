#!/usr/bin/env bash
# One session of janus with so many handles of its echo test, and then nothing more.
#   janus-handles.sh PORT COUNT
set -euo pipefail
url=http://127.0.0.1:$1/janus
session=$(curl -sf -d '{"janus": "create", "transaction": "create"}' "$url" | grep -oE '"id": *[0-9]+' | grep -oE '[0-9]+')
# One connection for all of them.
for ((i = 0; i < $2; i++)); do
    echo "url = \"$url/$session\""
    echo 'data = "{\"janus\": \"attach\", \"plugin\": \"janus.plugin.echotest\", \"transaction\": \"attach\"}"'
    echo next
done | sed '$d' | curl -sf -K - | grep -oc success >/dev/null
exec sleep 600
