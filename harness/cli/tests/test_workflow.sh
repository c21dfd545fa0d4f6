#!/usr/bin/env bash
# .github/workflows/matrix.yml as a service would run it, but for what makes a machine ready: each job's scripts
# in a folder of its own, with what is handed from one job to another.
#   test_workflow.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"
needs jq fy-tool git
artifacts=$tmp/artifacts
mkdir "$artifacts"
fy-tool --filter --mode json --file .github/workflows/matrix.yml / >"$tmp/workflow.json" || bad "it can't be read"

# fill TEXT: with its ${{ expressions }} replaced by the variables of the same names, dots as underlines
fill() {
    local text=$1 name
    while [[ $text =~ \$\{\{\ ([a-z._]+)\ \}\} ]]; do
        name=${BASH_REMATCH[1]//./_}
        [ -n "${!name+set}" ] || { bad "the workflow asks for ${BASH_REMATCH[1]}" && return 1; }
        text=${text/"${BASH_REMATCH[0]}"/${!name}}
    done
    printf '%s\n' "$text"
}

# of STEP JQ: a field of it, filled in; nothing where it has none
of() { fill "$(jq -r "$2 // \"\"" <<<"$1")"; }

script() { # STEP
    local variable
    local -a environment=(GITHUB_OUTPUT="$tmp/outputs" GITHUB_STEP_SUMMARY="$tmp/summary")
    while read -r variable; do
        [ -n "$variable" ] && environment+=("$variable=$(of "$1" ".env.$variable")")
    done < <(jq -r '.env // {} | keys[]' <<<"$1")
    jq -r .run <<<"$1" >"$tmp/script"
    # as a service does it where a workflow's shell is bash
    env "${environment[@]}" timeout 300 bash --noprofile --norc -eo pipefail "$tmp/script" >"$tmp/log" 2>&1
}

upload() { # STEP: the contents of a folder, or a file
    local name path
    name=$(of "$1" .with.name) path=$(of "$1" .with.path)
    [ -e "$path" ] || return 0
    rm -rf "${artifacts:?}/$name" && mkdir "$artifacts/$name"
    if [ -d "$path" ]; then path=$path/.; fi
    cp -r "$path" "$artifacts/$name/"
}

download() { # STEP: one by its name, as it was; or those that a pattern fits, each in a folder of its name
    local name pattern artifact
    name=$(of "$1" .with.name) pattern=$(of "$1" .with.pattern)
    if [ "$name" ]; then
        cp -r "$artifacts/$name/." .
        return
    fi
    for artifact in "$artifacts"/*; do
        # shellcheck disable=SC2053 # a pattern
        [[ $(basename "$artifact") == $pattern ]] || continue
        mkdir -p "$(of "$1" .with.path)"
        cp -r "$artifact" "$(of "$1" .with.path)/"
    done
}

step() { # STEP: ends as it does
    local run uses
    run=$(jq -r '.run // ""' <<<"$1") uses=$(jq -r '.uses // ""' <<<"$1")
    case $run$uses in
    *apt-get* | *ci/setup* | 'git config '* | actions/checkout@* | actions/cache*) ;; # the machine's
    actions/upload-artifact@*) upload "$1" ;;
    actions/download-artifact@*) download "$1" ;;
    actions/*) bad "a step that this test does not know: $uses" ;;
    *) script "$1" ;;
    esac
}

# job NAME: on a machine that was never used; ends with 1 where a step failed, after those that run always
job() {
    local status=0 one condition
    rm -rf "$tmp/machine"
    git clone -q "$tree" "$tmp/machine" && ln -s "$build" "$tmp/machine/build"
    cd "$tmp/machine" || exit 1
    while read -r one; do
        condition=$(jq -r '.if // ""' <<<"$one")
        [ $status -eq 0 ] || [ "$condition" = 'always()' ] || continue
        step "$one" || status=1
    done < <(jq -c ".jobs.$1.steps[]" "$tmp/workflow.json")
    cd "$tree" || exit 1
    return $status
}

# Without scenarios all of them are planned, by what the form has filled in.
inputs_scenarios='' inputs_options=$(jq -r .on.workflow_dispatch.inputs.options.default "$tmp/workflow.json")
inputs_shards=$(jq -r .on.workflow_dispatch.inputs.shards.default "$tmp/workflow.json")
job plan || bad "the plan of all scenarios: $(tail -n 3 "$tmp/log")"
files=(scenarios/*.yaml)
[ "$(jq '[.groups[].scenario] | unique | length' "$artifacts/plan/plan.json")" -eq ${#files[@]} ] ||
    bad "not all scenarios are planned"
[ "$(sed -n 's/^shards=//p' "$tmp/outputs" | jq length)" -eq "$inputs_shards" ] ||
    bad "the form's shards are not those of the plan: $(cat "$tmp/outputs")"

# Of two shards one is lost: what there is is merged, and the lost one named.
rm "$tmp/outputs"
# shellcheck disable=SC2034 # fill reads it
inputs_scenarios='steady-reader stalled-reader' inputs_options='--tier smoke --repeat 2 --set duration=20s' inputs_shards=2
job plan || bad "the plan: $(tail -n 3 "$tmp/log")"
shards=$(sed -n 's/^shards=//p' "$tmp/outputs")
[ "$shards" = '[1,2]' ] || bad "shards are $shards"
matrix_shard=1
job shard || bad "shard 1: $(tail -n 3 "$tmp/log")"
! job merge || bad "a merge without shard 2 passes"
grep -q 'shard 2' "$tmp/log" || bad "shard 2 is not named: $(cat "$tmp/log")"
[ -s "$artifacts/whole/report.html" ] || bad "what there is of a lost shard's run has no report"
[ -s "$tmp/summary" ] || bad "what there is of a lost shard's run is not in the summary"

# The lost one is run again; the other goes on with what it had, and no cell of it runs once more.
jq .cells "$artifacts/shard-1/results.json" >"$tmp/had"
job shard || bad "shard 1 again: $(tail -n 3 "$tmp/log")"
jq .cells "$artifacts/shard-1/results.json" | cmp "$tmp/had" - || bad "shard 1 ran once more"
# shellcheck disable=SC2034 # fill reads it
matrix_shard=2
job shard || bad "shard 2: $(tail -n 3 "$tmp/log")"
job merge || bad "the merge: $(tail -n 3 "$tmp/log")"
[ "$(jq '.cells | length' "$artifacts/whole/results.json")" -eq "$(jq '[.groups[].cells] | add' "$artifacts/plan/plan.json")" ] ||
    bad "not all planned cells are in the whole"
[ "$(wc -l <"$tmp/machine/results/history.jsonl")" -ge 2 ] || bad "the history has no line of each shard"
finish
