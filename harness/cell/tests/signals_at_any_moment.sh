#!/usr/bin/env bash
# Signals take a command at random moments, run, pairs, calibrate, report and each instrument in turn:
# nothing that it started outlives it, each document is whole or not there, and the next start leaves
# neither cgroups nor temporary folders. A signal that is handled ends a command by exit, with a line that
# says what is kept; one kills it only before the handler stands.
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

# Runs a command and strikes it. A shell's wait has 143 for a program that was killed and for one that
# ended so by itself; here they are apart: "exit 143" or "killed 15", and whether, at the moment of the
# signal, its handler stood ("caught") or not yet ("open"), as /proc/PID/status has it.
cat >"$tmp/strike.py" <<'END'
import re, signal, subprocess, sys, time
name, ms, said, command = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:]
number = getattr(signal, "SIG" + name)
def defaults():
    for each in signal.SIGINT, signal.SIGQUIT:
        signal.signal(each, signal.SIG_DFL)
with open(said, "wb") as out:
    program = subprocess.Popen(command, stdout=out, stderr=out, preexec_fn=defaults)
time.sleep(ms / 1000)
with open(f"/proc/{program.pid}/status") as status:
    caught = re.search(r"^SigCgt:\s*(\w+)", status.read(), re.M)
program.send_signal(number)
code = program.wait()
handled = caught and int(caught[1], 16) >> (number - 1) & 1
print("killed" if code < 0 else "exit", abs(code), "caught" if handled else "open")
END

# What was stopped says what is kept, and that is there: whole, with as many cells as it says, and not
# called complete; or says that nothing is, and nothing is.
said_what_is_kept() { # NAME OUT
    local line cells kept
    line=$(grep -a '^plimsoll: stopped' "$tmp/said")
    kept=$(find "$2" -name results.json 2>/dev/null | wc -l)
    case $line in
    *" cells were finished"*" are kept in "*)
        cells=$(sed -n 's/.*; \([0-9]*\) of [0-9]* cells were finished.*/\1/p' <<<"$line")
        jq -e --argjson cells "$cells" '.run.complete == false and (.cells | length) == $cells' "$2/results.json" >/dev/null 2>&1 ||
            bad "$what: '$line', and results.json has $(jq -c '[.run.complete, (.cells | length)]' "$2/results.json" 2>&1)" ;;
    *"the pairs that were finished are kept in"*)
        [ "$kept" -eq 2 ] || bad "$what: '$line', and $kept halves" ;;
    "plimsoll: stopped" | *"nothing is kept"*)
        [ "$kept" -eq 0 ] || [ "$1" = report ] || bad "$what: '$line', and $(find "$2" -name results.json)"
        [ "$1" != run ] || [ ! -e "$2" ] || bad "$what: '$line', and $2 is there" ;;
    *) bad "$what: it does not say what is kept: '$(tail -n 3 "$tmp/said")'" ;;
    esac
    told=$((told + 1))
}

strike() { # SIGNAL NUMBER
    local signal=$1 name=${commands[$(($2 % ${#commands[@]}))]} moment_ms end number out
    number=$(kill -l "$signal")
    out=$tmp/out
    rm -rf "$out" "$out.json"
    [ "$name" != report ] || cp -r "$tmp/known" "$out"
    # The first moments matter most: before the first cell, the folder, the first fork.
    moment_ms=$(($2 % 3 ? RANDOM % 1500 : RANDOM % 40))
    what="$name, $signal at $moment_ms ms"
    readarray -t arguments < <(arguments_of "$name" "$out")
    end=$( (enter && exec /usr/bin/python3 "$tmp/strike.py" "$signal" "$moment_ms" "$tmp/said" "$tmp/bin/plimsoll" "${arguments[@]}"))
    case $signal:$end in
    *:"exit 0 "* | *:"exit 1 "*) over=$((over + 1)) ;;
    KILL:"killed $number "* | QUIT:"killed $number "*) ;;
    *:"killed $number open") early=$((early + 1)) ;;
    *:"exit $((128 + number)) "*) said_what_is_kept "$name" "$out" ;;
    *) bad "$what: $end: $(tail -n 3 "$tmp/said")" ;;
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

over=0 stale=0 half_named=0 early=0 told=0
for ((i = 0; i < kills; i++)); do
    strike KILL $i
done
echo "$kills kills: $stale left something for the next start to remove, $half_named between two names, $over came too late"
[ $stale -gt 0 ] || bad "no kill fell on a cell or a temporary folder: nothing was tested"
for signal in INT TERM HUP QUIT; do
    over=0 early=0 told=0
    for ((i = 0; i < others; i++)); do
        strike $signal $i
    done
    echo "$others times $signal: $over came too late, $early before the handler stood, $told were handled"
    [ "$signal" = QUIT ] || [ "$told" -gt 0 ] || bad "no $signal was handled: nothing was tested"
    [ "$over" -lt "$others" ] || bad "no $signal fell on a command: nothing was tested"
done
finish
