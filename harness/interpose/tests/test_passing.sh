#!/usr/bin/env bash
# The library in a program that nothing was asked of: calls are passed on, counted, and keep their
# promises; where there is no page file it keeps quiet.     test_passing.sh BUILD_FOLDER
. "$(dirname "$0")/figures.sh"

works glibc interpose-subject hold 0
none=$(figure calls)
works glibc interpose-subject hold 100
is "calls for 100 blocks more" $(($(figure calls) - none)) 100
is processes "$(figure processes)" 1
grep -q '^heap=.*/libc\.so' "$tmp/figures" || bad "the heap is not told: $(grep '^heap' "$tmp/figures")"
for what in "overflow 1" "aligned 1" early handler "threads 8"; do
    works glibc interpose-subject $what
done

# What can't be preloaded into: the page says that nothing was.
works glibc interpose-static
is "processes of a static program" "$(figure processes)" 0

# Without a page, and with files that are none, a program runs as ever.
library=$build/libplimsoll-interpose.so
head -c 1000 /dev/zero >"$tmp/short"
for page in "" relative /nonexistent "$tmp" "$tmp/short" /dev/zero /dev/null; do
    out=$(PLIMSOLL_INTERPOSE=$page LD_PRELOAD=$library timeout 20 "$build/interpose-subject" aligned 1 2>&1) ||
        bad "page '$page': ended with $?"
    [ -z "$out" ] || bad "page '$page': printed $out"
done
# Nor does a page of another version move it, or change.
truncate -s "$(timeout 20 "$build/interposed" glibc sh -c 'stat -c %s "$PLIMSOLL_INTERPOSE" >&2' 2>&1 >/dev/null)" "$tmp/other"
printf 'plimsoll\xff\xff\xff\xff' | dd of="$tmp/other" conv=notrunc status=none
before=$(sha256sum <"$tmp/other")
PLIMSOLL_INTERPOSE=$tmp/other LD_PRELOAD=$library timeout 20 "$build/interpose-subject" hold 10 || bad "another version: ended with $?"
[ "$before" = "$(sha256sum <"$tmp/other")" ] || bad "a page of another version was written to"

# operator new and delete, with a C++ library that all of the program finds, and with one that only
# its plug-in does.
if [ -e "$build/interpose-operators.so" ]; then
    for heap in $(heaps); do
        for search in global local; do
            operators="interpose-plugin $build/interpose-operators.so $search"
            works "$heap" $operators forms
            works "limited:max=64MiB/$heap" $operators forms
            works "limited:max=4MiB/$heap" $operators handler
            works "limited:max=4MiB/$heap" $operators refused
            is "$heap: $search: std::bad_alloc thrown" "$(printed thrown)" 1
        done
    done
else
    echo "SKIPPED: operator new and delete: there is no C++ library to link with"
fi
finish
