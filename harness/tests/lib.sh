# Sourced by the tests that are scripts:    . "$(dirname "$0")/../../tests/lib.sh"
# The test's first argument is the build folder. It goes on in the tree, and has a folder of its own, $tmp,
# until it ends.
# shellcheck shell=bash
set -uo pipefail
tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$(realpath "${1:-$tree/build}")
tmp=$(mktemp -d)
patience=60 # seconds that a command may take
failed=0
cd "$tree" || exit 1

clean_up() {
    rm -rf "$tmp"
}
trap clean_up EXIT

bad() { # MESSAGE
    echo "FAILED: $1"
    failed=1
}

skip() { # REASON
    echo "skipped: $1"
    exit 77
}

needs() { # COMMAND...
    local command
    for command; do
        command -v "$command" >/dev/null || skip "no $command; ci/setup --slow installs it"
    done
}

finish() {
    [ $failed -eq 0 ] && echo "all as it should be, in $SECONDS s"
    exit $failed
}

plimsoll() {
    timeout "$patience" "$build/plimsoll" "$@"
}

have() { # HEAP
    ! plimsoll list allocators | grep -A2 "^$1 " | grep 'not here' >/dev/null
}

is_sanitized() {
    grep -q 'PLIMSOLL_SANITIZE:STRING=.' "$build/CMakeCache.txt"
}

# judge_no_memory_of_sanitizers: a sanitizer's own memory is more than scenarios expect of RSS; from here on
# an expectation that fails there is none of the test's. What it finds itself has a code of its own.
judge_no_memory_of_sanitizers() {
    is_sanitized || return 0
    export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}exitcode=99
    plimsoll() {
        local code=0
        timeout "$patience" "$build/plimsoll" "$@" || code=$?
        case $1:$code in run:1 | merge:1) code=0 ;; esac
        return $code
    }
}

# child_of PID NAME: the id of the child that runs NAME, once one does: a busy machine takes its time
child_of() {
    for _ in $(seq 200); do
        pgrep -P "$1" -f "$2" && return
        sleep 0.05
    done
    return 1
}

# cell_of PID: the id of a cell that runs; the probes of heaps before it have arguments
cell_of() {
    child_of "$1" 'plimsoll-cell$'
}

# values NAME KEY: every value of a key in the results of the run in $tmp/NAME, a line each
values() {
    sed -nE "s/^ *\"$2\": \"?([^\",]*)\"?,?\$/\1/p" "$tmp/$1/results.json"
}

# in_one_line CODE PATTERN COMMAND...: the exit code, and one line on stderr that matches
in_one_line() {
    local code=$1 pattern=$2 rc
    shift 2
    timeout "$patience" "$@" >"$tmp/stdout" 2>"$tmp/stderr"
    rc=$?
    [ $rc -eq "$code" ] || bad "$*: exit $rc, expected $code: $(cat -v "$tmp/stderr")"
    [ "$(wc -l <"$tmp/stderr")" -eq 1 ] || bad "$*: not one line: $(cat -v "$tmp/stderr")"
    grep -Eq -- "$pattern" "$tmp/stderr" || bad "$*: '$(cat -v "$tmp/stderr")' does not match '$pattern'"
}

# plimsoll_fails CODE PATTERN ARGS...: and it prints nothing on stdout
plimsoll_fails() {
    in_one_line "$1" "$2" "$build/plimsoll" "${@:3}"
    [ ! -s "$tmp/stdout" ] || bad "plimsoll ${*:3}: printed on stdout: $(cat -v "$tmp/stdout")"
}

# The same by shorter names, of which a test may make its own.
fails() { # CODE PATTERN ARGS...
    plimsoll_fails "$@"
}

refuses() { # PATTERN ARGS...
    plimsoll_fails 2 "$@"
}
