#!/usr/bin/env bash
# A user without the right to make a cgroup: RLIMIT_DATA holds the cells, and it is said.
#   rlimit_as_a_user.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=slow.sh
. "$(dirname "$0")/slow.sh"
needs jq
needs setpriv
[ "$(id -u)" -eq 0 ] || skip "only root can become a user without rights"
user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
stacks=glibc,jemalloc,mimalloc,tcmalloc,tbbmalloc,scudo,slab,limited
mkdir "$tmp/rlimit"
chmod -R a+rX "$tmp"
chown 65534:65534 "$tmp/rlimit" "$TMPDIR"

timeout 300 "${user[@]}" "$tmp/bin/plimsoll" run stalled-reader --allocator $stacks \
    --out "$tmp/rlimit" >"$tmp/out" 2>"$tmp/err"
rc=$?
[ $rc -eq 0 ] || bad "exit $rc: $(cat "$tmp/out") $(tail -n 5 "$tmp/err")"
said='(no right to make a cgroup|no cgroup with a memory controller).*RLIMIT_DATA holds the cells.*stacks in whole'
grep -Eq "^plimsoll: $said" "$tmp/err" || bad "not said on stderr: $(head -n 5 "$tmp/err")"
jq -r '.warnings[]' rlimit/results.json | grep -Eq "^$said" ||
    bad "not said in results.json: $(jq -c .warnings rlimit/results.json)"
all_cells rlimit 8 '.container == {kind: "rlimit", bytes: 268435456}' \
    '.outcome == ({scudo: "crashed", limited: "bounded"}[.allocator] // "alloc_failed")'
# RLIMIT_AS would count text and reservations: heaps would stop short of it, scudo at its start.
all_cells rlimit 8 '.allocator == "limited" or .metrics.rss_bytes_peak > 220 * 1048576' \
    '.allocator != "glibc" or .metrics.rss_bytes_peak > 253 * 1048576'
# Heaps complain of each failure; what they say is passed on, and may not bury what we say.
grep -q '^Scudo ERROR' "$tmp/err" || bad "what scudo said is lost: $(cat "$tmp/err")"
grep -q '^\.\.\. and more from this cell: [0-9]* B at least' "$tmp/err" || bad "tcmalloc was not cut short"
[ "$(wc -l <"$tmp/err")" -lt 30 ] || bad "$(wc -l <"$tmp/err") lines on stderr"
no_cell_runs || bad "cells still run: $(cells)"
[ -z "$(ls -A "$TMPDIR")" ] || bad "temporary files are left: $(ls -A "$TMPDIR")"
finish
