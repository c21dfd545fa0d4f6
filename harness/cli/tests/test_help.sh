#!/usr/bin/env bash
# Help, the man page and completions, all out of one table.     test_help.sh BUILD_FOLDER
# shellcheck source-path=SCRIPTDIR source=../../tests/lib.sh
. "$(dirname "$0")/../../tests/lib.sh"
patience=20

plimsoll --help >"$tmp/all" || bad "--help: exit $?"
commands=$(sed -n '/^commands$/,/^$/s/^  \([a-z]*\) .*/\1/p' "$tmp/all")
[ "$(wc -w <<<"$commands")" -ge 16 ] || bad "--help names $commands"
man=$build/pages/plimsoll.1
for command in $commands; do
    plimsoll help "$command" >"$tmp/page" || bad "help $command: exit $?"
    for asked in "--help" "-h"; do
        plimsoll "$command" $asked 2>&1 | cmp -s - "$tmp/page" || bad "$command $asked is another page"
    done
    for part in usage options examples 'exit codes'; do
        grep -qx "$part" "$tmp/page" || bad "the page of $command has no $part"
    done
    [ "$(sed -n '/^examples$/,/^$/p' "$tmp/page" | grep -c "^  plimsoll $command\b")" -eq 2 ] || bad "$command: no two examples"
    [ "$(awk 'length > m { m = length } END { print m }' <(sed '/^examples$/,/^$/d' "$tmp/page"))" -le 96 ] || bad "$command: a long line"
    grep -q "^\.SS \"plimsoll $command\"$" "$man" || bad "the man page lacks $command"
    for option in $(sed -n 's/^  --\([a-z-]*\).*/\1/p' "$tmp/page"); do
        grep -qF -- "\\fB\\-\\-${option//-/\\-}\\fR" "$man" || bad "the man page lacks --$option"
    done
    plimsoll "$command" --no-such-option >"$tmp/out" 2>"$tmp/err" && bad "$command --no-such-option: no error"
    grep -q "^plimsoll: unknown option of $command: --no-such-option; " "$tmp/err" || bad "$command: $(cat "$tmp/err")"
done
[ "$(plimsoll -V)" = "$(plimsoll --version)" ] || bad "-V"
plimsoll help rnu 2>"$tmp/err" && bad "help rnu"
grep -q 'unknown command rnu; did you mean run?' "$tmp/err" || bad "help rnu: $(cat "$tmp/err")"
# one form for all commands: a value behind '=', and the beginning of an option
plimsoll list scenarios --counter >"$tmp/out" 2>&1 || bad "a beginning: $(cat "$tmp/out")"
plimsoll runs --in="$tmp" | grep -q 'no runs in' || bad "--in=DIR"
plimsoll doctor --json=yes >"$tmp/out" 2>&1
grep -q -- "has a value; expected --json alone" "$tmp/out" || bad "a flag with a value"

# a walk's runs and a recording last otherwise than a run
plimsoll help faults | tr -s ' \n' ' ' | grep -q 'of a program 5s' || bad "faults: --duration"
plimsoll help record | tr -s ' \n' ' ' | grep -q 'of a program until it ends, with --send 30s' || bad "record: --duration"

if command -v groff >/dev/null; then
    groff -man -ww -Tutf8 "$man" >"$tmp/out" 2>"$tmp/err" || bad "the man page"
    [ ! -s "$tmp/err" ] || bad "the man page: $(cat "$tmp/err")"
fi
# what bash would offer
offers() { # WORDS...: the last one is being typed
    PATH=$build:$PATH bash -c 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _plimsoll; printf "%s\n" "${COMPREPLY[@]}"' \
        bash "$build/pages/plimsoll" "$@"
}
[ "$(offers plimsoll val)" = validate ] || bad "completion of a command: $(offers plimsoll val)"
[ "$(offers plimsoll run --tier sm)" = smoke ] || bad "completion of a tier: $(offers plimsoll run --tier sm)"
[ "$(offers plimsoll run --no-s)" = --no-save ] || bad "completion of an option: $(offers plimsoll run --no-s)"
offers plimsoll run stalled-r | grep -qx stalled-reader || bad "completion of a scenario: $(offers plimsoll run stalled-r)"
offers plimsoll run --allocator jem | grep -qx jemalloc || bad "completion of a heap: $(offers plimsoll run --allocator jem)"
if command -v zsh >/dev/null; then
    zsh -n "$build/pages/_plimsoll" || bad "the completion for zsh"
fi

finish
