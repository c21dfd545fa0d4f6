# Sourced by the slow tests of cells:    . slow.sh BUILD_FOLDER
# Each works with a copy of the programs of its own, in $tmp, so that its cells can be told from
# those of others, and in a cgroup of its own, so that what is left there was left by it.
# shellcheck shell=bash
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../tests/lib.sh"
ground= # the cgroup of this test; "" until open_ground
scope=()

# The processes of this test that run, by id: cells, and what is about to become one.
cells() {
    find /proc -maxdepth 2 -path '/proc/[0-9]*/exe' -lname "$tmp/bin/*" 2>/dev/null | cut -d/ -f3
}

# Whatever runs on behalf of this test: its programs, and others that were told of its folder.
helpers() {
    local process
    cells
    for process in /proc/[0-9]*; do
        [ "${process#/proc/}" = $$ ] || [ "${process#/proc/}" = "$BASHPID" ] ||
            ! tr '\0' ' ' 2>/dev/null <"$process/cmdline" | grep -qF "$tmp/" || echo "${process#/proc/}"
    done
}

no_helper_runs() {
    for _ in $(seq 50); do
        [ -n "$(helpers)" ] || return 0
        sleep 0.1
    done
    return 1
}

# Waits until no cell runs: the kernel takes a moment to tear 256 MiB down.
no_cell_runs() {
    for _ in $(seq 30); do
        [ -n "$(cells)" ] || return 0
        sleep 0.1
    done
    return 1
}

clean_up() {
    local job
    # Whatever still runs was started here.
    for job in $(jobs -p) $(cells); do
        kill -KILL "$job" 2>/dev/null
    done
    wait 2>/dev/null
    if [ -n "$ground" ] && [ ${#scope[@]} -eq 0 ]; then
        find "$ground" -depth -type d -exec rmdir {} + 2>/dev/null
    fi
    rm -rf "$tmp"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

mkdir "$tmp/bin" "$tmp/tmp"
for program in plimsoll{,-cell,-live,-sender,-program,-media,-gbench}; do
    [ ! -x "$build/$program" ] || cp "$build/$program" "$tmp/bin/"
done
for library in "$build"/libplimsoll-interpose*.so; do
    [ ! -e "$library" ] || cp "$library" "$tmp/bin/"
done
cp -r "$tree/scenarios" "$tmp/"
export PLIMSOLL_SCENARIOS=$tmp/scenarios TMPDIR=$tmp/tmp
cd "$tmp" || exit 1

plimsoll() { # ARGS...: in our own cgroup, if there is one
    (enter && exec timeout --kill-after=5 400 "${scope[@]}" "$tmp/bin/plimsoll" "$@")
}

# Puts this subshell into our cgroup.
enter() {
    [ -z "$ground" ] || [ ${#scope[@]} -gt 0 ] || echo "$BASHPID" >"$ground/cgroup.procs"
}

# Without waiting, its process id in $!: to be killed.
plimsoll_in_background() { # ARGS...
    (enter && exec "${scope[@]}" "$tmp/bin/plimsoll" "$@") &
}

# Makes our cgroup; skips the test where there is no right to.
open_ground() {
    local own
    own=$("$tmp/bin/plimsoll" doctor | sed -n 's/^memory cgroup  *ok  *cgroup1 below //p')
    if [ -n "$own" ]; then
        mkdir "$own/slow-test-$$" || skip "no right to make a cgroup below $own"
        ground=$own/slow-test-$$
        return
    fi
    # v2: a scope for each run, since a run has to be alone in its cgroup.
    ground=/sys/fs/cgroup
    scope=(systemd-run --quiet --scope -p Delegate=yes)
    [ "$(id -u)" -eq 0 ] || scope=(systemd-run --quiet --user --scope -p Delegate=yes)
    "${scope[@]}" "$tmp/bin/plimsoll" doctor 2>/dev/null | grep -q '^memory cgroup  *ok' ||
        skip "no right to make a cgroup with a memory controller; run it as root"
}

# The cgroups of runs that are left in ours.
cgroups() {
    find "$ground" -type d -name 'plimsoll-*' -prune 2>/dev/null
}

nothing_is_left() { # WHEN
    no_cell_runs || bad "$1: cells still run: $(cells)"
    [ -z "$(cgroups)" ] || bad "$1: cgroups are left: $(cgroups)"
    [ -z "$(find "$tmp" -name '*.tmp')" ] || bad "$1: files are left: $(find "$tmp" -name '*.tmp')"
    [ -z "$(ls -A "$TMPDIR")" ] || bad "$1: temporary files are left: $(ls -A "$TMPDIR")"
}

# ends CODE NAME ARGS...: runs and compares the exit code; output in $tmp/NAME.out and .err, results
# in $tmp/NAME.
ends() {
    local code=$1 name=$2 rc
    shift 2
    plimsoll run "$@" --out "$tmp/$name" >"$tmp/$name.out" 2>"$tmp/$name.err"
    rc=$?
    [ $rc -eq "$code" ] || bad "$name: exit $rc, expected $code: $(tail -n 30 "$tmp/$name.out" "$tmp/$name.err")"
}

# all_cells NAME COUNT CONDITION...: so many cells, and jq's condition is true of each.
all_cells() {
    local name=$1 count=$2 wrong condition
    shift 2
    [ "$(jq '.cells | length' "$tmp/$name/results.json")" = "$count" ] ||
        bad "$name: not $count cells in results.json"
    for condition in '.expected == "met"' "$@"; do
        wrong=$(jq -c ".cells[] | select(($condition) | not)
            | {allocator, container, repetition, outcome, outcome_why, expected, expected_why}" \
            "$tmp/$name/results.json") || bad "$name: results.json can't be read"
        [ -z "$wrong" ] || bad "$name: not so: $condition: $wrong"
    done
}
