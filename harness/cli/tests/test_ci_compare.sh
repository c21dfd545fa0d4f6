#!/usr/bin/env bash
# ci/compare in a repository made up of this tree: a base that builds, one that does not, and names
# that are none.     test_ci_compare.sh
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"
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
    (cd "$tmp/tree" && OUT=results/out timeout 900 ci/compare "$@") >"$tmp/out" 2>&1
    rc=$?
    [ $rc -eq "$code" ] || bad "ci/compare $*: exit $rc, expected $code: $(tail -n 5 "$tmp/out")"
    grep -Eq -- "$pattern" "$tmp/out" || bad "ci/compare $*: '$(tail -n 5 "$tmp/out")' does not match '$pattern'"
}
fails 2 "nope is no commit of this repository" nope
fails 2 "name the commit before options" --pairs 6
fails 2 "HEAD~1 \([0-9a-f]{12}\) does not build" HEAD~1
[ ! -e "$tmp/tree/results/out" ] || bad "a base that does not build left results"
fails 2 "unknown scenario nope;" HEAD~2 nope
fails 0 "0 worse" HEAD~2 --pairs 6 --confirm 0 steady-reader --allocator limited/glibc --set duration=5s \
    --set container=none
for file in base/results.json new/results.json new/report.html compare.md compare.json compare.xml; do
    [ -s "$tmp/tree/results/out/$file" ] || bad "no $file"
done
fails 2 "results/out is there already" HEAD~2
# A program of a repository of its own, which holds twice as much since the last commit, and three times as
# much as it stands.
own=$tmp/own
mkdir -p "$own/bench"
of_own() { command git -C "$own" -c user.name=test -c user.email=test@localhost "$@"; }
cat >"$own/server.c" <<'EOF'
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static char *volatile held;
int main(void)
{
    held = malloc(HELD);
    memset(held, 1, HELD);
    for (;;)
        usleep(1000);
}
EOF
held() { printf 'server: server.c\n\tcc -DHELD=%d000000 -o $@ server.c\n' "$1" >"$own/Makefile"; }
cat >"$own/bench/own.yaml" <<'EOF'
name: own
title: a server of their own
pipeline: program
program: {command: [../server], build: make -C ..}
duration: 1s
allocators: glibc
expect: []
EOF
held 4
of_own init -q && of_own add -A && of_own commit -qm four
held 8
of_own commit -qam eight
cp "$own/bench/own.yaml" "$own/bench/absolute.yaml"
sed -i "s|command: .*server\]|command: [$own/server]|; s/name: own/name: absolute/" "$own/bench/absolute.yaml"
sed '/build/s/, build.*}/}/; s/name: own/name: unbuilt/' "$own/bench/own.yaml" >"$own/bench/unbuilt.yaml"
sed 's/make -C ../false/; s/name: own/name: broken/' "$own/bench/own.yaml" >"$own/bench/broken.yaml"
rm -rf "$tmp/tree/results/out"
fails 2 "nope is no commit of $own" nope "$own/bench/own.yaml"
fails 2 "names $own/server, which both commits would share" HEAD "$own/bench/absolute.yaml"
printf 'name: wrong\npipeline: program\n' >"$own/bench/wrong.yaml"
fails 2 "wrong.yaml:.*missing" HEAD "$own/bench/wrong.yaml"
rm "$own/bench/wrong.yaml"
fails 2 "unbuilt has no program.build" HEAD "$own/bench/unbuilt.yaml"
fails 2 "HEAD \([0-9a-f]{12}\) does not build" HEAD "$own/bench/broken.yaml"
fails 2 "more than one way" HEAD "$own/bench/broken.yaml" "$own/bench/own.yaml"
[ ! -e "$tmp/tree/results/out" ] || bad "a program that can't be compared left results"
fails 1 "worse +rss_bytes_peak \\(S\\) +3\.9[0-9]? MiB +7\.[67][0-9]? MiB" HEAD~1 "$own/bench/own.yaml" --pairs 6 --confirm 0
held 12
rm -rf "$tmp/tree/results/out"
fails 1 "worse +rss_bytes_peak \\(S\\) +3\.9[0-9]? MiB +11\.[456] MiB" HEAD~1 "$own/bench/own.yaml" --pairs 6 --confirm 0
grep -q "3 files of $own are not tracked" "$tmp/out" || bad "no word of files that are not tracked: $(cat "$tmp/out")"
[ "$(of_own worktree list | wc -l)" -eq 1 ] || bad "a worktree was left: $(of_own worktree list)"
[ "$(git worktree list | wc -l)" -eq 1 ] || bad "a worktree was left: $(git worktree list)"

finish
