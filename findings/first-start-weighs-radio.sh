#!/usr/bin/env bash
# Liquidsoap 2.3: a radio takes 700 MB when it is first started and 300 from then on; started again, 165 and 105
# Guess: a radio of one source weighs some 100 MB, as with 2.1 in Debian 12, and a tenth more by the release. It
#   weighs the same each time that it is started; a cache of what was compiled makes a start quicker.
# Instead: at the first start the standard library and the script are type-checked and written into two caches, and the
#   heap that grew with it is not given back. A script that was changed has to be checked again, and weighs 290 MB as
#   long as it runs. Only with both caches it weighs what was guessed. Without them (--no-cache) it is 270 at least.
#   A large heap is also collected later: two minutes on, the first start was at 366 MB and growing, the second one
#   had stopped at 128.
# Version: Liquidsoap 2.3.2 (Debian 13). 2.1.3 (Debian 12) has no such caches, and weighed 98 MB at each start.
# Why it matters: the library's cache is complete only after the peak, so a container of 512 MB doesn't get past it,
#   nor does the next one. Where the caches are no volume each start is the first: 180 to 240 MB a radio more, for as
#   long as it runs, and nothing in the script tells why. One start with --cache-only where memory is plenty, with
#   LIQ_CACHE_USER_DIR and LIQ_CACHE_SYSTEM_DIR kept, ends it. Each change of the script leaves another 4.6 MB there.
# Seen (kB resident at its peak, kB of private memory five seconds after the radio is on): first start 715792 286616;
#       again 168228 106424; with a changed script 440696 304196; without caches 336604 278908; after --cache-only
#       168036 106364
. "$(dirname "$0")/common"
fetch_whole trixie liquidsoap=2.3.2-2+b1
library=$(find "$work/trixie/usr/share" -path '*/libs/stdlib.liq' | head -n 1)
[ -n "$library" ] || skip "no standard library came with Liquidsoap"
# All that it writes: as root it would put its caches into the system's folders otherwise.
export HOME=$work LIQ_CACHE_USER_DIR=$work/user LIQ_CACHE_SYSTEM_DIR=$work/system
mkdir "$LIQ_CACHE_USER_DIR" "$LIQ_CACHE_SYSTEM_DIR"

# radio HERTZ: a script that tells what it weighs after five seconds, and ends
radio() {
    cat >"$work/radio.liq" <<LIQ
settings.init.allow_root := true
output.dummy(sine($1.))
thread.run(delay=5., {print(file.contents("/proc/self/status"))})
thread.run(delay=6., {shutdown()})
LIQ
}
liquidsoap() { run_on trixie "" 90 trixie/usr/bin/liquidsoap --stdlib "$library" "$@" "$work/radio.liq"; }
# see NAME [OPTION]...: kB at its peak and kB of private memory
see() {
    local name=$1
    shift
    read -r peak private < <(liquidsoap "$@" |
        awk '/^VmHWM:/ {peak = $2} /^RssAnon:/ {private = $2} END {print peak, private}')
    [ -n "${private:-}" ] || skip "$name: the radio does not tell what it weighs"
    echo "$name: $peak kB at its peak, $private kB of private memory later"
}
radio 440
see "first start"
first=$private
[ "$peak" -ge 550000 ] || changed "$peak kB at the peak of the first start, expected 550000 or more"
[ "$private" -ge 220000 ] || changed "$private kB after the first start, expected 220000 or more"
see "again"
[ "$peak" -le 250000 ] || changed "$peak kB at the peak of the second start, expected 250000 at most"
[ $((2 * private)) -le "$first" ] || changed "$private kB after the second start, expected half of $first at most"
again=$private
radio 880
see "another script"
[ "$peak" -ge 330000 ] || changed "$peak kB at the peak of a changed script, expected 330000 or more"
[ "$private" -ge 220000 ] || changed "$private kB of a changed script, expected 220000 or more"
see "without caches" --no-cache
[ "$private" -ge 200000 ] || changed "$private kB without caches, expected 200000 or more"
radio 660
liquidsoap --cache-only >/dev/null || skip "--cache-only fails"
see "after --cache-only"
[ $((2 * private)) -le "$first" ] || changed "$private kB after --cache-only, expected half of $first at most"
as_stated "a radio weighs $first kB after its first start, $again after the second"
