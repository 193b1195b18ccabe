#!/usr/bin/env python3
"""Check sources.txt against the folder lib/ and, with --archive, against what the archive really contains.

    tools/sources.py                       compare the list with lib/
    tools/sources.py --archive FILE.a      also compare the list with the members of the archive
    tools/sources.py --update              rewrite the list: new files in, removed files out
    tools/sources.py --list [part ...]     print the files of these parts (all without names)
"""
import argparse
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIST = ROOT / "sources.txt"


def read_list():
    """Parts in order: name -> {"prefixes": [...], "files": [...]}."""
    parts, current = {}, None
    for number, raw in enumerate(LIST.read_text().splitlines(), 1):
        line = raw.split("#", 1)[0].strip()
        if not line:
            continue
        if line.startswith("["):
            name, _, rest = line[1:].partition("]")
            if name in parts:
                sys.exit(f"sources.txt:{number}: part {name} appears twice")
            current = parts.setdefault(name, {"prefixes": rest.split(), "files": []})
        elif current is None:
            sys.exit(f"sources.txt:{number}: a file before the first part")
        else:
            current["files"].append(line)
    return parts


def wanted(parts):
    """What should stand in each part, from the files on disk."""
    owner = {prefix: name for name, part in parts.items() for prefix in part["prefixes"]}
    result = {name: [] for name in parts}
    for path in sorted((ROOT / "lib").rglob("*.c")):
        file = path.relative_to(ROOT).as_posix()
        best = max((p for p in owner if file.startswith(p)), key=len)
        result[owner[best]].append(file)
    result["include"] = parts["include"]["files"]
    return result


def update(parts, target):
    """Rewrite the list, keeping the comment at its head."""
    head = LIST.read_text().split("[include]", 1)[0]
    blocks = []
    for name, part in parts.items():
        blocks.append("\n".join([f"[{name}] {' '.join(part['prefixes'])}".rstrip()] + target[name]) + "\n")
    LIST.write_text(head + "\n".join(blocks))


def check(parts, target):
    problems = []
    for name, part in parts.items():
        for file in sorted(set(target[name]) - set(part["files"])):
            problems.append(f"{file}: on disk, but not in part [{name}] of sources.txt")
        for file in sorted(set(part["files"]) - set(target[name])):
            problems.append(f"{file}: in part [{name}] of sources.txt, but does not belong there or does not exist")
        for file in sorted({f for f in part["files"] if part["files"].count(f) > 1}):
            problems.append(f"{file}: listed twice")
    return problems


def check_archive(parts, archive):
    """Members are named after the source file alone, so compare as sorted lists: names may repeat."""
    output = subprocess.run(["ar", "t", archive], check=True, capture_output=True, text=True).stdout
    members = sorted(re.sub(r"\.c\.o(bj)?$", ".c", m) for m in output.split())
    files = sorted(pathlib.PurePosixPath(f).name for n, p in parts.items() if n != "include" for f in p["files"])
    return [] if members == files else [f"{archive}: members {members} differ from sources.txt {files}"]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--archive")
    arguments.add_argument("--update", action="store_true")
    arguments.add_argument("--list", nargs="*", metavar="part")
    options = arguments.parse_args()
    parts = read_list()
    if options.list is not None:
        for name in options.list or [n for n in parts if n != "include"]:
            print("\n".join(parts[name]["files"]))
        return 0
    target = wanted(parts)
    if options.update:
        update(parts, target)
        parts = read_list()
    problems = check(parts, target)
    if options.archive:
        problems += check_archive(parts, options.archive)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
