#!/usr/bin/env bash
# The one-way rule: a room includes only itself and rooms to its left in the flow of data; the
# measuring rooms include no pipeline, nor the benchmarks that drive one; allocators/ includes
# nothing of harness/, and harness/ of allocators/ only its contract; interpose/, which carries the
# layers into foreign programs, all of it.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
rooms=(base interpose trace scenario traffic clock pipelines media live cell bench measure results instruments stats compare report cli)
declare -A place # of a room in the flow
for i in "${!rooms[@]}"; do place[${rooms[i]}]=$i; done
includes() { # FOLDER: file:included of every include of the project's own, tests aside
    grep -rnoE --include='*.[ch]' --include='*.cc' --exclude-dir=tests '#include "(harness|allocators)/[^"]*"' "$1" |
        sed -E 's/^([^:]*):[0-9]+:#include "([^"]*)"/\1 \2/'
}
while read -r file included; do
    bad "$file: allocators/ knows nothing of harness/, but includes $included"
done < <(includes allocators | grep ' harness/')
checked=0
while read -r file included; do
    checked=$((checked + 1))
    room=${file#*/} other=${included#*/}
    room=${room%%/*} other=${other%%/*}
    case $included in
    allocators/allocator.h | allocators/site.h | allocators/ledger.h | allocators/error.h | allocators/nearest.h | allocators/printable.h | allocators/units.h) continue ;;
    allocators/*) [ "$room" = interpose ] || bad "$file: includes $included; only the contract is for harness/" ;;
    harness/pipelines/* | harness/media/* | harness/live/* | harness/bench/*)
        case $room in
        measure | results | instruments | stats | compare | report) bad "$file: a measuring room includes a pipeline" ;;
        esac ;;&
    harness/*)
        [ "${place[$other]}" -le "${place[$room]}" ] || bad "$file: includes $included, which is to its right in the flow" ;;
    esac
done < <(includes harness)
[ "$checked" -gt 50 ] || bad "only $checked includes were found: is this the tree?"
finish
