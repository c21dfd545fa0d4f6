#!/usr/bin/env bash
# Packages are named in ci/packages alone: what a message advises is ci/setup. Commands that are called as
# their package is (jq, zstd) are no names of packages; libraries for building, and what has a package's own
# name, are. A workflow's steps before a checkout, the changelog and the findings speak for themselves.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
git rev-parse --git-dir >/dev/null 2>&1 || skip "this is no clone, so nothing tells what is ours"
names=$(grep -v '^#' ci/packages | cut -d' ' -f2- | tr ' ' '\n' | grep -E '^lib|-dev$|^python3-|^linux-|^build-' | sort -u)
[ "$(wc -l <<<"$names")" -gt 15 ] || bad "the table has hardly any names: is this ci/packages?"
for name in $names; do
    # libbenchmark and the like stand in sonames too: the whole name counts
    while read -r line; do
        bad "$line: '$name' belongs into ci/packages alone"
    done < <(git grep -nwF -e "$name" -- ':!ci/packages' ':!CHANGELOG.md' ':!findings' ':!.github' ':!ci/README.md' |
        grep -E "(^|[^a-z0-9./-])$name([^a-z0-9.-]|$)" | cut -d: -f1,2)
done
# Advice of any package, whatever it is called.
if git grep -nE 'apt(-get)? install [a-z]' -- ':!ci/setup' ':!CHANGELOG.md' ':!findings' ':!.github' ':!ci/README.md' ':!harness/tests/test_packages.sh'; then
    bad "ci/setup knows what to install"
fi
finish
