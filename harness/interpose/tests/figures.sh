# For the tests beside it: runs a subject with a stack's layers in it, and reads what was left.
# shellcheck shell=bash source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../tests/lib.sh"
# scudo samples one allocation in thousands by chance, and allocates to note who called.
export SCUDO_OPTIONS=GWP_ASAN_Enabled=false
# run SPEC PROGRAM ARGUMENT...: its exit code; figures in $tmp/figures, what it printed in $tmp/printed
run() {
    local spec=$1 program=$2
    shift 2
    timeout 60 "$build/interposed" "$spec" "$build/$program" "$@" >"$tmp/figures" 2>"$tmp/printed"
}
# works SPEC PROGRAM ARGUMENT...: the program has to end well
works() {
    local rc
    run "$@"
    rc=$?
    [ $rc -eq 0 ] || bad "$*: ended with $rc: $(cat "$tmp/printed")"
}
figure() { # NAME: of all processes
    sed -n "s/^$1=//p" "$tmp/figures"
}
printed() { # NAME: by the program
    sed -n "s/^$1=//p" "$tmp/printed"
}
of_process() { # INDEX NAME: of one, from 0
    sed -n 's/^process //p' "$tmp/figures" | sed -n "$(($1 + 1))p" | grep -oE " $2=[-0-9]+" | cut -d= -f2
}
is() { # WHAT FOUND EXPECTED
    [ "$2" = "$3" ] || bad "$1 is '$2', not '$3'"
}
# The heaps that are installed here.
heaps() {
    local heap
    for heap in glibc jemalloc mimalloc tcmalloc tbbmalloc scudo; do
        run "$heap" interpose-subject hold 0
        [ $? -eq 3 ] || echo "$heap"
    done
}
