#!/usr/bin/env bash
# Faults in a foreign program: the call that was named fails, with the place that asked; options and
# mistakes; trimming.     test_failing.sh BUILD_FOLDER
. "$(dirname "$0")/figures.sh"

works fault:nth=1000000/glibc interpose-subject failing 20
is "faults that were not due" "$(figure faults)" 0
calls=$(figure allocating_calls)
[ "$calls" -ge 20 ] || bad "20 calls were made, and $calls are counted"
works fault:nth=1000000/glibc interpose-subject failing 120
is "100 calls more" "$(figure allocating_calls)" $((calls + 100))
works fault:nth=7/glibc interpose-subject failing 20
is "faults of the 7th" "$(figure faults)" 1
is "the 7th call" "$(printed failed)" "7 errno=12"
site=$(sed -n 's/^fault 7 size=24 at //p' "$tmp/figures")
[ "${site%+*}" = "$(realpath "$build/interpose-subject")" ] || bad "the call site is '$site'"
if command -v addr2line >/dev/null; then
    where=$(addr2line -f -e "${site%+*}" "${site#*+}" | head -1)
    is "the function that called" "$where" failing
fi
works fault:every=5/glibc interpose-subject failing 100
is "faults of every 5th" "$(figure faults)" 20
is "every 5th call" "$(printed failed | head -3 | tr '\n' ' ')" "5 errno=12 10 errno=12 15 errno=12 "
is "the latest ones" "$(grep -c '^fault ' "$tmp/figures")" 8
is "the latest one" "$(grep '^fault ' "$tmp/figures" | tail -1 | cut -d' ' -f2)" 100

# Order is meaning: a fault inside of the limit counts what the limit lets through.
works limited:max=8MiB/fault:nth=7/glibc interpose-subject failing 20
is "the 7th inside of a limit" "$(printed failed)" "7 errno=12"
is "refusals beside a fault" "$(figure refusals)" 0
is "bytes that a fault left behind" $(($(figure live_blocks))) "$(run limited:max=8MiB/glibc interpose-subject failing 20; figure live_blocks)"
works fault:every=2/limited:max=1MiB/glibc interpose-subject large 20
is "every 2nd outside of a limit" "$(figure faults) $(figure refusals)" "10 10"
works limited:max=1MiB/fault:every=2/glibc interpose-subject large 20
is "every 2nd inside of a limit" "$(figure faults) $(figure refusals)" "0 20"

# What can't stand there: one line, exit 2.
refused() { # PATTERN SPEC
    local rc
    run "$2" interpose-subject hold 0
    rc=$?
    [ $rc -eq 2 ] && [ "$(wc -l <"$tmp/printed")" -eq 1 ] && grep -Eq -- "$1" "$tmp/printed" ||
        bad "$2: exit $rc: $(cat "$tmp/printed")"
}
refused "slab can't stand in a foreign program" slab
refused "slab can't stand in a foreign program" limited:max=1MiB/slab/glibc
refused "expected limited:max=SIZE" limited/glibc
refused "frame_pool can't stand" frame_pool/glibc
refused "size_class_pool can't stand" size_class_pool/glibc
refused "gc can't stand" gc/glibc
refused "null can't stand" null
refused "fault has nothing to fail" fault/glibc
refused "stands once at most" fault:nth=1/fault:nth=2/glibc
finish
