#!/usr/bin/env bash
# The workflows of a service: each action is pinned to a commit, with its version beside it; no
# checkout leaves its token behind; each job says what it may.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
cd .github/workflows || exit 1
# The lines of what follows a checkout, up to the next step.
checkout_keeps_token() { # FILE: prints the line of each checkout that does
    awk '/^ *- / { if (at && !without) print at; at = 0 }
         /uses: actions\/checkout@/ { at = NR; without = 0 }
         at && /persist-credentials: false/ { without = 1 }
         END { if (at && !without) print at }' "$1"
}
# Of each job, whether it names its permissions.
jobs_without_permissions() { # FILE
    awk '/^jobs:/ { inside = 1; next }
         inside && /^  [A-Za-z_-]+:/ { if (job && !said) print job; job = $1; said = 0 }
         inside && /^    permissions:/ { said = 1 }
         END { if (job && !said) print job }' "$1"
}
checked=0
for file in *.yml; do
    while IFS=: read -r line text; do
        checked=$((checked + 1))
        [[ $text =~ uses:\ \./ ]] && continue # of this repository
        [[ $text =~ uses:\ [A-Za-z0-9._/-]+@[0-9a-f]{40}\ +#\ v[0-9]+\.[0-9]+\.[0-9]+$ ]] ||
            bad "$file:$line: '${text#"${text%%[! ]*}"}'; expected ACTION@COMMIT # vX.Y.Z"
    done < <(grep -n 'uses:' "$file")
    for line in $(checkout_keeps_token "$file"); do
        bad "$file:$line: a checkout without persist-credentials: false"
    done
    for job in $(jobs_without_permissions "$file"); do
        bad "$file: job ${job%:} names no permissions"
    done
    grep -q '^permissions: {}$' "$file" || bad "$file: no 'permissions: {}' for what no job names"
done
[ "$checked" -gt 5 ] || bad "only $checked actions were found: is this the tree?"
finish
