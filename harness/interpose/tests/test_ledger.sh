#!/usr/bin/env bash
# The ledger in foreign programs: who allocated how much, by function and line, however the program was
# built and however it ends.     test_ledger.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=figures.sh
. "$(dirname "$0")/figures.sh"
source=$tree/harness/interpose/tests/ledger_subject.c
cd "$build" || exit 1
build=.
line() { # NAME: of a site
    grep -n "site: $1 \*/" "$source" | cut -d: -f1
}
# site NAME FIGURE: of the sites of that name, summed up: allocated, freed, blocks before the stroke
site() {
    awk -v name=" at $1 by " -v figure=" $2=" 'index($0, "site ") == 1 && index($0, name) {
            split(substr($0, index($0, figure) + length(figure)), value, " ")
            split(value[1], part, "/")
            blocks += part[1]
            bytes += part[2]
        }
        END { print blocks + 0 "/" bytes + 0 }' "$tmp/figures"
}
chain() { # NAME: the calls of the first site of that name
    grep -m 1 -F " at $1 by " "$tmp/figures" | sed 's/.* by //'
}
total() { # FIGURE
    sed -n "s/^ledger .*\b$1=\([0-9/]*\).*/\1/p" "$tmp/figures"
}

# As the compiler knows them, at whatever address; beyond that by the symbols, and by the file.
here=ledger_subject.c
at() { # FUNCTION SITE
    echo "$1 $here:$(line "$2")"
}
check_sites() { # WHAT: the sites of "sites 20", named by the functions in `names`
    is "$1: take allocated" "$(site "${names[take]}" allocated)" 20/2000
    is "$1: take freed" "$(site "${names[take]}" freed)" 10/1000
    is "$1: load allocated" "$(site "${names[load]}" allocated)" 20/1000
    is "$1: load freed" "$(site "${names[load]}" freed)" 20/1000
    is "$1: aligned" "$(site "${names[aligned]}" allocated)" 1/40
    is "$1: varying" "$(site "${names[varying]}" allocated)" 1/60
    is "$1: copy" "$(site "${names[copy]}" allocated)" 1/8
    is "$1: grow allocated" "$(site "${names[grow]}" allocated)" 2/4000
    is "$1: grow freed" "$(site "${names[grow]}" freed)" 1/1000
    is "$1: inlined" "$(site "${names[inlined]}" allocated)" 1/30
    is "$1: all sites" "$(sed -n 's/^site allocated=\([0-9]*\).*/\1/p' "$tmp/figures" | awk '{ all += $1 } END { print all }')" \
        "$(total allocated | cut -d/ -f1)"
}
declare -A names
load="player::load(unsigned long)"
for function in take copy grow; do
    names[$function]=$(at $function $function)
done
names[load]=$(at "$load" load)
names[aligned]=$(at aligned_frame aligned) names[varying]=$(at varying_frame varying)
names[inlined]=$(at take_inlined inlined)
for variant in pie fixed fp slow apart; do
    [ $variant != apart ] || { command -v objcopy >/dev/null || continue; }
    works ledger/glibc interpose-ledger-$variant sites 20
    check_sites $variant
    is "$variant: an inlined function's caller" \
        "$(chain "${names[inlined]}" | tr '<' '\n' | sed -n 2p)" "around ($here:$(line around))"
    for name in "${names[@]}"; do
        chain "$name" | grep -q '<main (' || bad "$variant: $name: called by $(chain "$name")"
    done
done
for function in take copy grow; do
    names[$function]="$function :0"
done
names[load]="$load :0"
names[aligned]="aligned_frame :0" names[varying]="varying_frame :0" names[inlined]="around :0"
works ledger/glibc interpose-ledger-symbols sites 20
check_sites symbols
works ledger/glibc interpose-ledger-stripped sites 20
is "stripped: sites named by the file" "$(grep -cE ' at interpose-ledger-stripped\+0x[0-9a-f]+ :0 by ' "$tmp/figures")" \
    "$(grep -c '^site ' "$tmp/figures")"
is "stripped: blocks" "$(total allocated | cut -d/ -f1)" 46

# Whatever heap serves.
take=$(at take take)
for heap in $(heaps); do
    works "ledger/$heap" interpose-ledger-pie sites 20
    is "$heap: take allocated" "$(site "$take" allocated)" 20/2000
    is "$heap: take freed" "$(site "$take" freed)" 10/1000
    is "$heap: grow freed" "$(site "$(at grow grow)" freed)" 1/1000
done
works ledger:depth=1/glibc interpose-ledger-pie sites 20
is "depth 1" "$(chain "$take")" "take ($here:$(line take))"

works ledger/glibc interpose-ledger-pie threads 8
is "threads: take allocated" "$(site "$take" allocated)" 8000/512000
is "threads: take freed" "$(site "$take" freed)" 4000/256000
is "threads: peak" "$(grep -F " at $take by " "$tmp/figures" | grep -oE 'peak=[0-9]+')" peak=512000
chain "$take" | grep -qE "<take_some \([^<]*$" || bad "threads: called by $(chain "$take")"

# A child's books are its own: what it frees of its parent's is in none.
works ledger/glibc interpose-ledger-pie fork 100
is "fork: processes" "$(total processes)" 2
is "fork: take" "$(site "$take" allocated) $(site "$take" freed)" "100/10000 0/0"
is "fork: load" "$(site "$(at "$load" load)" allocated)" 7/70
is "fork: unknown" "$(total unknown)" 100
works ledger/glibc interpose-ledger-pie exec 100
is "exec: processes" "$(total processes)" 2
is "exec: of what the first program took nothing is live" "$(site "$take" allocated) $(site "$take" freed)" "110/11000 105/10500"

run ledger/glibc interpose-ledger-pie killed 1000
is "killed: exit" $? 137
is "killed: take" "$(site "$take" allocated) $(site "$take" freed)" "1000/100000 0/0"

works ledger/glibc interpose-ledger-pie plugins 10
for plugin in one:11 two:22; do
    found=$(grep -E " at take_in_${plugin%:*} " "$tmp/figures" | grep -oE 'allocated=[0-9/]+')
    is "plugin ${plugin%:*}" "$found" "allocated=20/$((20 * ${plugin#*:}))"
done

works ledger/glibc interpose-ledger-pie handler 10
is "handler" "$(site "$take" allocated)" 10/100
chain "$take" | grep -q "<take_in_handler" || bad "handler: called by $(chain "$take")"

# More chains of calls than there is room for are nobody's, and nothing is lost.
INTERPOSED_UNNAMED=1 works ledger:depth=40/glibc interpose-ledger-pie chains 17
is "chains: blocks" "$(total allocated) $(total freed)" "131072/2097152 131072/2097152"
is "chains: of nobody" "$(total unsited)" $((131072 - 65535))
is "chains: sites" "$(total sites)" 65536

# What the links inside refuse is in the books, and what is refused outside of them is not.
works ledger/limited:max=1MiB/glibc interpose-ledger-pie refused 5
is "refused inside" "$(grep -F " at $take by " "$tmp/figures" | grep -oE 'refused=[0-9]+')" refused=5
works limited:max=1MiB/ledger/glibc interpose-ledger-pie refused 5
is "refused outside" "$(total refused)" 0
works ledger/fault:nth=3/glibc interpose-ledger-pie many 10
is "a fault" "$(site "$take" allocated) $(total refused)" "9/144 1"

# Where the folder has no room the program goes on, and what is missing is said.
if mkdir "$tmp/small" && mount -t tmpfs -o size=12m none "$tmp/small" 2>/dev/null; then
    INTERPOSED_FOLDER=$tmp/small works ledger/glibc interpose-ledger-pie many 1000000
    entered=$(total allocated | cut -d/ -f1) missing=$(total unentered)
    [ "$missing" -gt 0 ] && [ "$entered" -gt 0 ] || bad "a small folder: $entered blocks entered, $missing not"
    is "a small folder: blocks" $((entered + missing)) 1000000
    umount "$tmp/small"
fi
finish
