#!/usr/bin/env bash
# ci/agreement on stacks that agree to a thousandth, for seconds instead of minutes; and that it leaves
# nothing running when it is stopped.     test_ci_agreement.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"
export PLIMSOLL=$build/plimsoll
# fails PATTERN ARGS...: exit 2 and a line that matches
fails() {
    local pattern=$1 rc
    shift
    OUT=$tmp/wrong timeout 30 ci/agreement "$@" >"$tmp/stdout" 2>"$tmp/stderr"
    rc=$?
    [ $rc -eq 2 ] || bad "ci/agreement $*: exit $rc, expected 2: $(cat "$tmp/stderr")"
    grep -Eq -- "$pattern" "$tmp/stderr" || bad "ci/agreement $*: '$(cat "$tmp/stderr")' does not match '$pattern'"
}
short=(--set 'receiver.stalls=[{from: 1s, until: 3s}]' --set container=none)

fails "options stand behind --: ci/agreement \[STACK...\] -- --set" --set duration=1s
fails "^plimsoll: .*unknown heap or layer nope" nope
fails "wrong is there already; OUT=DIR names another" slab
[ "$(ls "$tmp/wrong")" = virtual.log ] || bad "a run that failed left $(ls "$tmp/wrong")"

# both walls, and virtual
OUT=$tmp/out timeout 60 ci/agreement slab limited -- "${short[@]}" --set duration=5s >"$tmp/stdout" 2>"$tmp/stderr"
rc=$?
[ $rc -eq 0 ] || bad "slab and limited: exit $rc: $(cat "$tmp/stdout" "$tmp/stderr" "$tmp"/out/*/*.log)"
[ "$(grep -cE '^(slab|limited) .* agrees$' "$tmp/stdout")" -eq 2 ] || bad "slab and limited: $(cat "$tmp/stdout")"
[ "$(grep -h '"clock"' "$tmp"/out/wall?/*/results.json | grep -c wall)" -eq 4 ] || bad "not 2 x 2 cells of the wall clock"
[ -s "$tmp/out/agreement.md" ] || bad "no page"

# stopped amid a wall run: nothing that it started goes on
OUT=$tmp/stopped setsid ci/agreement slab limited -- "${short[@]}" --set duration=50s >"$tmp/stdout" 2>&1 &
pid=$!
for _ in $(seq 100); do
    [ "$(pgrep -c -s $pid plimsoll-live)" -lt 2 ] || break
    sleep 0.1
done
[ "$(pgrep -c -s $pid plimsoll-live)" -eq 2 ] || bad "the stacks of a wall run do not go side by side: $(cat "$tmp/stdout")"
kill -TERM $pid
wait $pid
rc=$?
[ $rc -eq 130 ] || bad "stopped: exit $rc"
for _ in $(seq 20); do
    pgrep -s $pid >/dev/null || break
    sleep 0.1
done
! pgrep -s $pid >/dev/null || bad "stopped, but $(pgrep -a -s $pid) goes on"

finish
