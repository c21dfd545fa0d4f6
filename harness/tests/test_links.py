#!/usr/bin/env python3
"""Every relative link of every Markdown file leads to a file of the tree, and every anchor to a heading.
An anchor of a document that is named elsewhere (in a message, a comment, a workflow) has to stand, too."""
import collections
import pathlib
import re
import subprocess
import sys
import urllib.parse

TREE = pathlib.Path(__file__).resolve().parents[2]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
NAMED = re.compile(r"(?<![\w/:.-])((?:[\w-]+/)*[\w-]+\.md)#([\w-]+)")


def tracked():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=TREE, capture_output=True, text=True)
    if listed.returncode:
        print("skipped: this is no clone, so nothing tells what is ours")
        sys.exit(77)
    return [name for name in listed.stdout.split("\0") if name and (TREE / name).is_file()]


def prose(text):
    """The lines of a document with their numbers, without what is fenced or indented as code."""
    fenced, blank, code = False, True, False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced:
            code = line.startswith("    ") and (blank or code)
            if not code:
                yield number, re.sub(r"`[^`]*`(?!\])", "", line) if "](" in line else line
        blank = not line.strip()


def anchors(path):
    """As GitHub makes them: lower case, without punctuation, blanks as hyphens, repeated ones numbered."""
    found, seen = set(), collections.Counter()
    for _, line in prose(path.read_text(encoding="utf-8")):
        heading = re.match(r"#{1,6}\s+(.*?)\s*#*$", line)
        if heading:
            words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1]).lower()
            slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
            found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
            seen[slug] += 1
    return found


def check(file, place, target, base, headings):
    path, _, anchor = urllib.parse.unquote(target).partition("#")
    found = (base / path).resolve() if path else TREE / file
    if not found.exists():
        return f"{place}: {target} leads to nothing"
    if anchor and found.suffix == ".md":
        if found not in headings:
            headings[found] = anchors(found)
        if anchor not in headings[found]:
            return f"{place}: {target}: no such heading"
    return None


def main():
    headings, wrong, count = {}, [], 0
    for file in tracked():
        path = TREE / file
        if file.endswith(".md"):
            for number, line in prose(path.read_text(encoding="utf-8")):
                for target in LINK.findall(line):
                    if re.match(r"[a-z]+:", target):
                        continue
                    count += 1
                    wrong.append(check(file, f"{file}:{number}", target, path.parent, headings))
        elif path.suffix in {".c", ".h", ".sh", ".py", ".js", ".yaml", ".yml", ".def", ".txt", ""}:
            text = path.read_text(encoding="utf-8", errors="replace")
            for target in NAMED.findall(text):
                wrong.append(check(file, file, "#".join(target), TREE, headings))
    wrong = [line for line in wrong if line]
    if count < 30:
        wrong.append(f"only {count} links were found: is this the tree?")
    print("\n".join(wrong))
    return 1 if wrong else 0


sys.exit(main())
