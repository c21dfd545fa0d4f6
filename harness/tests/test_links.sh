#!/usr/bin/env bash
# Every relative link of every Markdown file leads to a file of the tree, and every anchor to a heading; so does
# an anchor of a document that is named elsewhere, in a message or a comment.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
git ls-files >"$tmp/files" 2>/dev/null && [ -s "$tmp/files" ] || skip "this is no clone, so nothing tells what is ours"

# The lines of documents as FILE:NUMBER<tab>LINE, without what is fenced or indented as code.
grep '\.md$' "$tmp/files" | while read -r file; do
    awk -v file="$file" '
        /^ *```/ { fenced = !fenced; blank = 0; next }
        !fenced {
            code = /^    / && (blank || code)
            if (!code) print file ":" FNR "\t" $0
        }
        { blank = /^[ \t]*$/ }
        BEGIN { blank = 1 }' "$file"
done >"$tmp/prose"

# Anchors as GitHub makes them: lower case, without punctuation, blanks as hyphens, repeated ones numbered.
awk -F '\t' '$2 ~ /^#+ / {
    file = $1; sub(/:[0-9]*$/, "", file)
    slug = tolower($2); sub(/^#+ +/, "", slug); sub(/ *#*$/, "", slug)
    gsub(/\]\([^)]*\)/, "", slug); gsub(/[^a-z0-9_ -]/, "", slug); gsub(/ /, "-", slug)
    again = seen[file, slug]++
    print file "#" slug (again ? "-" again : "")
}' "$tmp/prose" | sort -u >"$tmp/anchors"

# Links as FILE:NUMBER<tab>FOLDER<tab>TARGET; those of other files are named from the top.
awk -F '\t' '{
    line = $2; gsub(/`[^`]*`/, "`", line)
    folder = $1; if (!sub(/\/[^\/]*$/, "", folder)) folder = "."
    while (match(line, /\]\([^) ]+/)) {
        print $1 "\t" folder "\t" substr(line, RSTART + 2, RLENGTH - 2)
        line = substr(line, RSTART + RLENGTH)
    }
}' "$tmp/prose" | awk -F '\t' '$3 !~ /^[a-z]+:/' >"$tmp/links"
count=$(wc -l <"$tmp/links")
[ "$count" -ge 30 ] || bad "only $count links were found: is this the tree?"
grep -E '\.(c|h|sh|py|js|ya?ml|def|txt)$' "$tmp/files" | tr '\n' '\0' |
    xargs -0 grep -noE '(^|[^A-Za-z0-9_/:.-])([A-Za-z0-9_-]+/)*[A-Za-z0-9_-]+\.md#[A-Za-z0-9_-]+' |
    sed -E 's/^([^:]*:[0-9]+):[^A-Za-z0-9_]?(.*)/\1\t.\t\2/' >>"$tmp/links"

while IFS=$'\t' read -r place folder target; do
    path=${target%%#*} anchor=
    [ "$path" = "$target" ] || anchor=${target#*#}
    file=${place%:*}
    [ -z "$path" ] || file=$(realpath -m --relative-to=. "$folder/$path")
    [ -e "$file" ] || bad "$place: $target leads to nothing"
    [ -z "$anchor" ] || [ "${file%.md}" = "$file" ] || grep -qxF "$file#$anchor" "$tmp/anchors" ||
        bad "$place: $target: no such heading"
done <"$tmp/links"
finish
