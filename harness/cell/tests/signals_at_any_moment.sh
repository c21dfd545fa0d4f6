#!/usr/bin/env bash
# Signals take a command at random moments, run, pairs, calibrate, report and each instrument in turn:
# nothing that it started outlives it, each document is whole or not there, and the next start leaves
# neither cgroups nor temporary folders.
#   signals_at_any_moment.sh BUILD_FOLDER [SEED [KILLS [OTHERS]]]    OTHERS: of INT, TERM, HUP and QUIT each
# shellcheck source-path=SCRIPTDIR source=slow.sh
. "$(dirname "$0")/slow.sh"
needs jq
open_ground
[ ${#scope[@]} -eq 0 ] || skip "in a scope the signal would hit systemd-run"
seed=${2:-$(($(date +%s%N) % 32768))}
kills=${3:-45} others=${4:-9}
RANDOM=$seed
echo "seed $seed"
short=(--tier smoke --allocator glibc --set duration=5s)
plimsoll run steady-reader "${short[@]}" --out "$tmp/known" >/dev/null 2>&1 || bad "a run to report: exit $?"

commands=(run pairs calibrate report massif heaptrack callgrind gbench hyperfine)
arguments_of() { # NAME OUT: one a line
    case $1 in
    run) printf '%s\n' run stalled-reader steady-reader --tier smoke --allocator glibc,slab,limited --out "$2" ;;
    pairs) printf '%s\n' pairs --base "$tmp/bin/plimsoll" steady-reader "${short[@]}" --out "$2" ;;
    calibrate) printf '%s\n' calibrate steady-reader "${short[@]}" --calibration "$2.json" ;;
    report) printf '%s\n' report "$2" ;;
    *) printf '%s\n' run steady-reader "${short[@]}" --instrument "$1" --out "$2" ;;
    esac
}

whole() { # OUT: every JSON document there is one
    local file
    for file in $(find "$1" "$1.json" \( -name '*results.json' -o -name 'report.json' -o -name "$(basename "$1").json" \) 2>/dev/null); do
        jq -e . "$file" >/dev/null 2>&1 || bad "$what: $file is not whole"
    done
    # Between a file's two names there is a moment; the next write of it takes what is left of it away.
    [ -z "$(find "$1" -name '*.tmp' 2>/dev/null)" ] || case $what in
    *KILL* | *QUIT*) half_named=$((half_named + 1)) ;;
    *) bad "$what: left $(find "$1" -name '*.tmp')" ;;
    esac
}

strike() { # SIGNAL NUMBER
    local signal=$1 name=${commands[$(($2 % ${#commands[@]}))]} moment_ms rc number controller out
    number=$(kill -l "$signal")
    out=$tmp/out
    rm -rf "$out" "$out.json"
    [ "$name" != report ] || cp -r "$tmp/known" "$out"
    # The first moments matter most: before the first cell, the folder, the first fork.
    moment_ms=$(($2 % 3 ? RANDOM % 1500 : RANDOM % 40))
    what="$name, $signal at $moment_ms ms"
    readarray -t arguments < <(arguments_of "$name" "$out")
    (enter && exec env --default-signal=INT,QUIT "$tmp/bin/plimsoll" "${arguments[@]}") >"$tmp/said" 2>&1 &
    controller=$!
    sleep "$((moment_ms / 1000)).$(printf %03d $((moment_ms % 1000)))"
    kill "-$signal" "$controller" 2>/dev/null
    wait "$controller" 2>/dev/null
    rc=$?
    case $rc in
    0 | 1) over=$((over + 1)) ;;
    $((128 + number))) ;; # by itself or by the signal: a shell can't tell
    *) bad "$what: exit $rc: $(tail -n 3 "$tmp/said")" ;;
    esac
    no_helper_runs || bad "$what: left behind: $(for p in $(helpers); do tr '\0' ' ' <"/proc/$p/cmdline"; done)"
    whole "$out"
    [ -z "$(cgroups)$(ls -A "$TMPDIR")" ] || stale=$((stale + 1))
    if [ -n "$(cgroups)$(ls -A "$TMPDIR")" ] && [ "$signal" != KILL ] && [ "$signal" != QUIT ]; then
        bad "$what: left $(cgroups) $(ls -A "$TMPDIR")"
    fi
    plimsoll doctor >/dev/null || bad "$what: doctor: exit $?"
    [ -z "$(cgroups)" ] || bad "$what: the next start left $(cgroups)"
    [ -z "$(ls -A "$TMPDIR")" ] || bad "$what: the next start left $(ls -A "$TMPDIR")"
}

over=0 stale=0 half_named=0
for ((i = 0; i < kills; i++)); do
    strike KILL $i
done
echo "$kills kills: $stale left something for the next start to remove, $half_named between two names, $over came too late"
[ $stale -gt 0 ] || bad "no kill fell on a cell or a temporary folder: nothing was tested"
for signal in INT TERM HUP QUIT; do
    over=0
    for ((i = 0; i < others; i++)); do
        strike $signal $i
    done
    echo "$others times $signal: $over came too late"
    [ "$over" -lt "$others" ] || bad "no $signal fell on a command: nothing was tested"
done
finish
