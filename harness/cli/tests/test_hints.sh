#!/usr/bin/env bash
# What a person is told where the machine lacks something: each lack its own true line, and the exit
# code that goes with it. What takes rights that this user has not is left out, and said.
#   test_hints.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"
trap 'umount "$tmp/full/plots" 2>/dev/null; clean_up' EXIT
short=(--set duration=20s --set container=none --repeat 1 --allocator glibc)
"$build/plimsoll" run steady-reader "${short[@]}" --out "$tmp/run" >/dev/null 2>&1 || bad "no run to work with"

# programs beside plimsoll that are not there, or not for this user
mkdir "$tmp/bin"
cp "$build"/plimsoll{,-live,-sender} "$tmp/bin/"
in_one_line 2 'plimsoll-cell is missing beside this program; build it by `make`' \
    "$tmp/bin/plimsoll" run steady-reader "${short[@]}" --out "$tmp/none"
cp "$build/plimsoll-cell" "$tmp/bin/" && chmod 644 "$tmp/bin/plimsoll-cell"
in_one_line 2 "this user may not execute $tmp/bin/plimsoll-cell; .*chmod a\+rx" \
    "$tmp/bin/plimsoll" run steady-reader "${short[@]}" --out "$tmp/none"
[ ! -e "$tmp/none/results.json" ] || bad "results of a run that never began"

# variables of a heap that a program would have without us, and a model does not ask for
as_here=(env MALLOC_ARENA_MAX=2 "$build/plimsoll" run --no-save)
in_one_line 0 'MALLOC_ARENA_MAX of this shell does not reach the program: .*program\.environment' \
    "${as_here[@]}" --duration 1s -- sleep 0.2
"${as_here[@]}" steady-reader "${short[@]}" >/dev/null 2>"$tmp/said"
[ ! -s "$tmp/said" ] || bad "said of a model: $(cat "$tmp/said")"

# no /proc
private=(unshare -m)
[ "$(id -u)" -eq 0 ] || private=(unshare -rm)
# shellcheck disable=SC2016
no_proc=("${private[@]}" sh -c 'mount -t tmpfs none /proc && exec "$@"' sh)
if "${no_proc[@]}" true 2>/dev/null; then
    said='/proc shows no processes .*mount -t proc proc /proc'
    tells 3 "$said" "${no_proc[@]}" "$build/plimsoll" run steady-reader "${short[@]}" --out "$tmp/none"
    tells 3 "$said" "${no_proc[@]}" "$build/plimsoll" run steady-reader --clock wall "${short[@]}" --out "$tmp/none"
    tells 3 "$said" "${no_proc[@]}" "$build/plimsoll" size steady-reader
    "${no_proc[@]}" "$build/plimsoll" doctor >"$tmp/out" 2>"$tmp/err"
    [ $? -eq 3 ] || bad "doctor without /proc: not 3"
    for what in plimsoll-cell 'wall clock' FFmpeg 'memory cgroup' gbench; do
        grep -Eq "^$what +no +$said" "$tmp/out" || bad "doctor without /proc: $(grep "^$what" "$tmp/out")"
    done
    "${no_proc[@]}" "$build/plimsoll" report "$tmp/run" >/dev/null 2>"$tmp/err" || bad "report without /proc: $(cat "$tmp/err")"
else
    echo "not tried: no /proc: no right to mount"
fi

# pictures
if ! /usr/bin/python3 -c 'import matplotlib' 2>/dev/null; then
    echo "not tried: pictures: no matplotlib"
    exit $failed
fi
# no_pictures FOLDER PATTERN COMMAND...: the report is written, and says why it has none
no_pictures() {
    local folder=$1 pattern=$2
    shift 2
    timeout 90 "$@" report "$folder" >"$tmp/out" 2>"$tmp/err" || bad "$folder: report fails: $(cat "$tmp/err")"
    grep -Eq "^plimsoll: no pictures: $pattern" "$tmp/err" || bad "$folder: $(cat "$tmp/err")"
    ! grep -q apt-get "$tmp/err" || bad "$folder: nothing to install: $(cat "$tmp/err")"
    [ -z "$(find "$folder" -name '*.tmp')" ] || bad "$folder: left: $(find "$folder" -name '*.tmp')"
    [ -z "$(find "$folder" -name '*.svg')" ] || bad "$folder: half a picture: $(find "$folder" -name '*.svg')"
}
cp -r "$tmp/run" "$tmp/full"
rm -rf "$tmp/full/plots"
mkdir "$tmp/full/plots"
if mount -t tmpfs -o size=8k tmpfs "$tmp/full/plots" 2>/dev/null; then
    no_pictures "$tmp/full" 'plot.py: .*/plots/steady-reader-f32.svg: No space left on device; make room there' \
        "$build/plimsoll"
else
    echo "not tried: a full disk: no right to mount"
fi
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
    cp -r "$tmp/run" "$tmp/sealed"
    rm -rf "$tmp/sealed/plots"
    mkdir "$tmp/sealed/plots"
    chmod -R a+rX "$tmp"
    chmod 777 "$tmp/sealed"
    find "$tmp/sealed" -maxdepth 1 -name 'report*' -delete
    no_pictures "$tmp/sealed" 'plot.py: .*/plots/.*: Permission denied' \
        setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/nonexistent "$build/plimsoll"
else
    echo "not tried: no right to write: only root can become a user without rights"
fi
# Asked to end in the midst of a picture, as when it takes too long.
cat >"$tmp/slow.py" <<END
import sys, time
sys.path.insert(0, "$PWD/plots")
import style, files
class Slow:
    def savefig(self, stream, **how):
        stream.write(b"<svg>")
        stream.flush()
        print("writing", flush=True)
        time.sleep(30)
files.write(Slow(), "$tmp/run/slow.svg", "svg")
END
/usr/bin/python3 -B "$tmp/slow.py" >"$tmp/out" 2>&1 &
slow=$!
for _ in $(seq 200); do
    grep -q writing "$tmp/out" && break
    sleep 0.05
done
kill -TERM "$slow" && wait "$slow"
[ -z "$(find "$tmp/run" -name 'slow.svg*')" ] || bad "left when it was ended: $(find "$tmp/run" -name 'slow.svg*')"
finish
