#!/usr/bin/env bash
# The ledger in a foreign program: which place allocated how many blocks, and how many are left, by function,
# file and line, however the program was linked and however it ends.     test_ledger.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=figures.sh
. "$(dirname "$0")/figures.sh"
build=$(realpath "$build")
sources=$(realpath "$(dirname "$0")")
cp "$build/interposed" "$build"/libplimsoll-interpose*.so "$tmp"
build_of_tools=$build build=$tmp

# compile NAME OPTION...: the subject as a person's program is built
compile() {
    local name=$1
    shift
    cc -O2 "$@" -o "$tmp/$name" "$sources/ledger_subject.c" -pthread -ldl 2>"$tmp/cc" ||
        bad "$name does not build: $(head -3 "$tmp/cc")"
}
line_of() { # FILE MARK
    sed -n "/MARK $2[ ;]/=" "$sources/$1"
}
# site WHAT ALLOCATED FREED PATTERN: a line of the ledger, with so many blocks
site() {
    grep -Eq "^site allocated=$2/[0-9]+ freed=$3/[0-9]+ .* at $4" "$tmp/figures" ||
        bad "$1: no site of $2 blocks, $3 freed, at '$4': $(grep -E '^(ledger|site)' "$tmp/figures" | cut -c1-300)"
}
# total WHAT: all sites together are the whole
total() {
    local blocks
    blocks=$(sed -n 's/^site allocated=\([0-9]*\).*/\1/p' "$tmp/figures" | awk '{ all += $1 } END { print all + 0 }')
    is "$1: blocks of all sites" "$blocks" "$(sed -n 's/^ledger allocated=\([0-9]*\).*/\1/p' "$tmp/figures")"
    grep -Eq '^ledger .* unsited=0 unentered=0' "$tmp/figures" || bad "$1: $(grep ^ledger "$tmp/figures")"
}
inner=$(line_of ledger_subject.c inner) outer=$(line_of ledger_subject.c outer)

compile pie -g -fPIE -pie
compile fixed -g -no-pie
compile framed -g -fno-omit-frame-pointer
compile slow -g -O0
compile symbols
for program in pie fixed framed slow; do
    works ledger/glibc $program plain
    site "$program" 1000 500 "inner ledger_subject.c:$inner by inner \(.*<outer \(ledger_subject.c:$outer\)"
    total "$program"
done
works ledger/glibc symbols plain # which have no lines
site "without debug information" 1000 500 "inner .* by inner \(symbols\)<outer \(symbols\)"
compile stripped -s
works ledger/glibc stripped plain # in which it is at least the file and where in it
site stripped 1000 500 '.*stripped\+0x[0-9a-f]+'

works ledger/glibc pie inlined
site inlined 1000 0 "within ledger_subject.c:$(line_of ledger_subject.c within) by within \(.*<inlining \(ledger_subject.c:$(line_of ledger_subject.c inlining)\)"
works ledger/glibc pie resized # 14 of them, of which the last is left
site resized 14 13 "resized ledger_subject.c:$(line_of ledger_subject.c resized)"
site "resized's first" 1 1 "inner"
for heap in $(build=$build_of_tools heaps); do
    works "ledger/$heap" pie threads
    site "threads on $heap" 4000 3000 "inner ledger_subject.c:$inner"
    total "threads on $heap"
done
works ledger/glibc pie forked
site "forked: the parent's" 1000 1000 "inner ledger_subject.c:$inner"
site "forked: the child's" 1000 1000 within
run ledger/glibc pie killed
is "killed: status" $? 137
site killed 1000 0 "inner ledger_subject.c:$inner"
cc -O2 -g -shared -fPIC -o "$tmp/plugin.so" "$sources/ledger_plugin.c"
works ledger/glibc pie plugin "$tmp/plugin.so"
site plugin 1000 0 "plugin_get ledger_plugin.c:$(line_of ledger_plugin.c plugin_get) by .*<fill \("
# Beside other layers, in either order.
works limited:max=1GiB/ledger/glibc pie plain
site "behind a limit" 1000 500 inner
works ledger/limited:max=1GiB/glibc pie plain
site "before a limit" 1000 500 inner
exit $failed
