#!/usr/bin/env bash
# Trimming a foreign program's heap at regular times.     test_trim.sh BUILD_FOLDER
. "$(dirname "$0")/figures.sh"

# 50 MB are free below a block that stays, and a second of calls follows.
begin=${EPOCHREALTIME/[.,]/}
works glibc:trim_every=300ms interpose-subject waste 1000
elapsed_ms=$(((${EPOCHREALTIME/[.,]/} - begin) / 1000))
[ "$(figure trims)" -ge 2 ] || bad "a second and more of calls: $(figure trims) trims"
[ "$(figure trims)" -le $((elapsed_ms / 300)) ] || bad "$(figure trims) trims in $elapsed_ms ms"
[ "$(figure trimmed_bytes)" -gt $((30 << 20)) ] || bad "50 MB free: $(figure trimmed_bytes) B given back"
[ "$(figure trim_ns_max)" -gt 0 ] || bad "a trim took no time"
works glibc:trim_every=0ms interpose-subject waste 10
is "trims where none was asked for" "$(figure trims)" 0
works glibc:trim_every=1h interpose-subject waste 10
is "trims before an hour is over" "$(figure trims)" 0
is "processes that can't be trimmed" "$(figure untrimmed)" 0
works limited:max=1GiB/glibc:trim_every=300ms interpose-subject waste 1000
[ "$(figure trims)" -ge 2 ] || bad "under a limit: $(figure trims) trims"
finish
