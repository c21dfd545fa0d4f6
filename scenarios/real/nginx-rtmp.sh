#!/bin/sh
# nginx in a folder of its own for its pid file, which it deletes as it ends.
folder=$(mktemp -d) || exit 1
nginx -p "$folder" -e stderr -c "$PWD/nginx-rtmp.conf" &
trap 'kill $!; wait $!; rm -r "$folder"' TERM
wait $!
