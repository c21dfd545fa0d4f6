# Sourced by the tests beside it: runs under instruments.
# shellcheck shell=bash source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../tests/lib.sh"
patience=200 # seconds: valgrind beside another test
options=(--set container=none --repeat 1)

# run CODE NAME ARGS...: into $tmp/NAME, what it prints to $tmp/NAME.txt, stderr to $tmp/NAME.err
run() {
    local code=$1 name=$2 rc
    shift 2
    plimsoll run "$@" "${options[@]}" --out "$tmp/$name" >"$tmp/$name.txt" 2>"$tmp/$name.err"
    rc=$?
    [ $rc -eq "$code" ] || bad "run $*: exit $rc, expected $code: $(cat "$tmp/$name.err")"
}

# is_ok NAME COUNT: as many observations, and all of them well
is_ok() {
    [ "$(values "$1" status | sort | uniq -c | xargs)" = "$2 ok" ] ||
        bad "$1: $(values "$1" status | xargs): $(cat "$tmp/$1.err")"
}
