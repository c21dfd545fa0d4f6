#!/usr/bin/env bash
# The one-way rule. Of the harness a room includes only itself and rooms before it in harness/rooms,
# which the README's map repeats; the measuring rooms include no pipeline, nor the benchmarks that
# drive one. allocators/ includes nothing of harness/: its base/ only itself, its heaps, layers,
# collector and ledger themselves, base/ and the contract. Of it the harness includes the contract,
# base/ and what a ledger says; interpose/, which carries the layers into foreign programs, all of it.
# And no file depends on itself by way of others, a .c and its .h being one.
set -uo pipefail
cd "$(dirname "$0")/../.."
mapfile -t rooms <harness/rooms
declare -A place # of a room in the flow
for i in "${!rooms[@]}"; do place[${rooms[i]}]=$i; done
failed=0
wrong() {
    echo "$*"
    failed=1
}
includes() { # FOLDER: file included, of every include of the project's own, tests aside
    grep -rnoE --include='*.[ch]' --include='*.cc' --exclude-dir=tests '#include "(harness|allocators)/[^"]*"' "$1" |
        sed -E 's/^([^:]*):[0-9]+:#include "([^"]*)"/\1 \2/'
}
checked=0
while read -r file included; do
    checked=$((checked + 1))
    part=${file#allocators/} other=${included#allocators/}
    case $part in */*) part=${part%%/*} ;; *) part=contract ;; esac
    case $other in */*) other=${other%%/*} ;; *) other=contract ;; esac
    case $part:$included in
    *:harness/*) wrong "$file: allocators/ knows nothing of harness/, but includes $included" ;;
    contract:allocators/ledger/statement.h) ;; # a stack hands it out
    *)
        case $part:$other in
        "$part:$part" | *:base | heaps:contract | layers:contract | gc:contract | ledger:contract) ;;
        *) wrong "$file: includes $included; expected its own folder, base/ or the contract" ;;
        esac
        ;;
    esac
done < <(includes allocators)
[ "$checked" -gt 50 ] || wrong "only $checked includes were found in allocators/: is this the tree?"
checked=0
while read -r file included; do
    checked=$((checked + 1))
    room=${file#*/} other=${included#*/}
    room=${room%%/*} other=${other%%/*}
    case $included in
    allocators/allocator.h | allocators/base/* | allocators/ledger/site.h | allocators/ledger/statement.h) continue ;;
    allocators/*) [ "$room" = interpose ] || wrong "$file: includes $included; only the contract is for harness/" ;;
    harness/pipelines/* | harness/media/* | harness/live/* | harness/bench/*)
        case $room in
        measure | results | instruments | stats | compare | report) wrong "$file: a measuring room includes a pipeline" ;;
        esac ;;&
    harness/*)
        if [ -z "${place[$room]:-}" ] || [ -z "${place[$other]:-}" ]; then
            wrong "$file: includes $included, and one of the two rooms is not in harness/rooms"
        elif [ "${place[$other]}" -gt "${place[$room]}" ]; then
            wrong "$file: includes $included, which is to its right in the flow"
        fi ;;
    esac
done < <(includes harness)
[ "$checked" -gt 50 ] || wrong "only $checked includes were found in harness/: is this the tree?"

for folder in harness/*/CMakeLists.txt; do
    room=$(basename "$(dirname "$folder")")
    [ -n "${place[$room]:-}" ] || wrong "harness/$room is not in harness/rooms"
done
map=$(printf ', %s' "${rooms[@]}")
grep -qF "| ${map:2} |" README.md || wrong "README.md's map of harness/ is not that of harness/rooms: ${map:2}"

# tsort names the members of each circle that it meets.
circles=$(for folder in allocators harness; do includes "$folder"; done |
    sed -E 's/\.(c|cc|h)( |$)/\2/g' | awk '$1 != $2' | tsort 2>&1 >/dev/null | sed -E 's/^tsort: //')
[ -z "$circles" ] || wrong "files depend on themselves by way of others:"$'\n'"$circles"
exit $failed
