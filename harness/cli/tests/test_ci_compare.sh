#!/usr/bin/env bash
# ci/compare in a repository made up of this tree: a base that builds, one that does not, and names
# that are none.     test_ci_compare.sh
set -uo pipefail
cd "$(dirname "$0")/../../.."
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0
bad() { # MESSAGE
    echo "FAILED: $1"
    failed=1
}
git() { command git -C "$tmp/tree" -c user.name=test -c user.email=test@localhost -c commit.gpgsign=false "$@"; }

mkdir "$tmp/tree"
cp -r CMakeLists.txt scenarios harness allocators plots ci .gitignore "$tmp/tree"
mkdir "$tmp/tree/results"
git init -q && git add -A && git commit -qm good
echo '#error broken' >>"$tmp/tree/harness/cli/main.c"
git commit -qam broken
git checkout -q HEAD~1 -- harness/cli/main.c
git commit -qam mended

# fails CODE PATTERN ARGS...
fails() {
    local code=$1 pattern=$2 rc
    shift 2
    (cd "$tmp/tree" && OUT=results/out timeout 250 ci/compare "$@") >"$tmp/out" 2>&1
    rc=$?
    [ $rc -eq "$code" ] || bad "ci/compare $*: exit $rc, expected $code: $(tail -n 5 "$tmp/out")"
    grep -Eq -- "$pattern" "$tmp/out" || bad "ci/compare $*: '$(tail -n 5 "$tmp/out")' does not match '$pattern'"
}
fails 2 "nope is no commit of this repository" nope
fails 2 "name the commit before options" --pairs 6
fails 2 "HEAD~1 \([0-9a-f]{12}\) does not build" HEAD~1
[ ! -e "$tmp/tree/results/out" ] || bad "a base that does not build left results"
fails 2 "no scenario 'nope'" HEAD~2 nope
fails 0 "0 worse" HEAD~2 --pairs 6 --confirm 0 steady-reader --allocator glibc --set duration=5s \
    --set container=none
for file in base/results.json new/results.json new/report.html compare.md compare.json compare.xml; do
    [ -s "$tmp/tree/results/out/$file" ] || bad "no $file"
done
fails 2 "results/out is there already" HEAD~2
[ "$(git worktree list | wc -l)" -eq 1 ] || bad "a worktree was left: $(git worktree list)"
[ $failed -eq 0 ] && echo "all as expected"
exit $failed
