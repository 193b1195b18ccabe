#!/usr/bin/env python3
"""Break the library on purpose, one small change at a time, and see whether a unit test notices.

    tools/mutate.py lib/battery/limits.c ...     these files (default: every file of lib/battery)
    tools/mutate.py --list FILE                  only print the mutants

Each operator, truth value, small constant and upper-case name of a file is changed once: a parameter, bit or quantity into
another one of the same kind, which is what a table can get wrong. A mutant whose object code equals that of the original
or of another one is no mutant. Each is linked with the tests of its folder and those of
tests/core, one after the other, and then, built with the sanitizers, with those whose names begin with the first word of the
file (protection_row.c: protection*). It survives when all pass. Survivors that docs/mutation.md explains are only counted.

Needs builds of the presets host and sanitize. Exit status: 1 when a mutant survives unexplained.
"""
import argparse
import collections
import concurrent.futures
import hashlib
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXPLAINED = ROOT / "docs/mutation.md"
SANITIZERS = ["-fsanitize=address,undefined"]
BUILDS = {"host": ["-O2"], "sanitize": ["-O1", "-g", "-fno-sanitize-recover=all", *SANITIZERS, "-fsanitize=bounds-strict"]}
BINARY = r"(?<=[\w)\]] )%s(?=\s)"
SWAPS = [
    (r"<=", "<"), (r">=", ">"), (r"(?<![-<])<(?![<=])", "<="), (r"(?<![->])>(?![>=])", ">="), (r"==", "!="), (r"!=", "=="),
    (r"&&", "||"), (r"\|\|", "&&"), (BINARY % r"\+", "-"), (BINARY % "-", "+"), (BINARY % r"\*", "+"), (BINARY % "/", "*"),
    (BINARY % "%", "/"), (BINARY % "&", "|"), (BINARY % r"\|", "&"), (r"(?<=\|)=(?!=)", "= ~"), (r"\+=", "-="), (r"-=", "+="),
    (r"\+\+(?=;)", "--"), (r"(?<=[=(,?:&|] )-(?=[\w(])|(?<=\()-(?=[\w(])", ""), (r"\btrue\b", "false"), (r"\bfalse\b", "true"),
    (r"!(?=[\w(])", ""),
]
# Of the tests so far: how many mutants each has noticed, and its time. The one that is likely to notice the next comes first.
killed_by, took_s = collections.Counter(), collections.Counter()
NUMBER = re.compile(r"(?<![\w.])(\d+)(u?)\b(?!\w)")
NAME = re.compile(r"(?<![\w.])((?:LBMS_[A-Z]+_|(?:\b[A-Z]{1,4}\())?)([A-Z][A-Z0-9_]*[A-Z0-9])\b(?!\()")


def blank(text):
    """The text with comments, strings and preprocessor lines as blanks of the same length."""
    def spaces(match):
        return re.sub(r"[^\n]", " ", match.group())
    text = re.sub(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'", spaces, text, flags=re.DOTALL)
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", spaces, text, flags=re.MULTILINE)


def exchanged_names(code):
    """Each name becomes the next one, in order of appearance, of the same kind and unit; of the same kind, if it has no unit."""
    kinds = collections.defaultdict(list)

    def kind_of(match):
        unit = re.search(r"_(MV|MA|DC|MS|S|BP|PCT|COUNT|MAX|MIN)$", match.group(2))
        return match.group(1), unit.group(1) if unit else ""
    names = list(NAME.finditer(code))
    for match in names:
        if match.group(2) not in kinds[kind_of(match)]:
            kinds[kind_of(match)].append(match.group(2))
    for match in names:
        others = kinds[kind_of(match)]
        if len(others) == 1:
            others = [n for kind, found in kinds.items() if kind[0] == match.group(1) for n in found]
        other = others[(others.index(match.group(2)) + 1) % len(others)]
        if other != match.group(2):
            yield match.start(2), match.end(2), other


def mutants(text):
    """(offset, end, replacement) of each change."""
    code = blank(text)
    for pattern, new in SWAPS:
        for match in re.finditer(pattern, code):
            yield match.start(), match.end(), new
    for match in NUMBER.finditer(code):
        value = int(match.group(1))
        for other in {value + 1, value - 1} - {-1}:
            yield match.start(), match.end(), f"{other}{match.group(2)}"
    yield from exchanged_names(code)


def tests_of(path):
    """Names of the tests that look at this file, and of those that may notice it."""
    folder = path.parent.name if path.parent.name != "lib" else "core"
    near = sorted((ROOT / "tests" / folder).glob(f"test_{path.stem.split('_')[0]}*.c"))
    every = sorted((ROOT / "tests" / folder).glob("test_*.c")) + sorted((ROOT / "tests/core").glob("test_*.c"))
    return near, [test for test in every if test not in near]


def compile_to(source, path, out, build):
    command = ["gcc", *BUILDS[build], "-std=c99", "-w", f"-I{ROOT}/include", f"-I{path.parent}", "-c", str(source), "-o", str(out)]
    return subprocess.run(command, capture_output=True).returncode == 0


def code_of(out):
    dump = subprocess.run(["objdump", "-d", "-r", "-s", str(out)], capture_output=True).stdout
    return hashlib.sha1(b"\n".join(dump.splitlines()[3:])).digest()


def noticed(out, tests, work, build):
    """Link each test anew with the mutant before the archive, and run it: True as soon as one fails."""
    tree = ROOT / "build" / build
    for test in sorted(tests, key=lambda t: (-killed_by[t], took_s[t])):
        folder, name = test.parent.name, test.stem.removeprefix("test_")
        obj = tree / f"tests/CMakeFiles/test_{folder}_{name}.dir/{folder}/{test.name}.o"
        libraries = [p for p in (tree / f"tests/liblbms_test_{folder}.a", tree / "tests/liblbms_test_support.a") if p.exists()]
        program = work / "t"
        link = ["gcc", str(obj), str(out), "-Wl,--allow-multiple-definition", *map(str, libraries),
                str(tree / "lib/liblosun_bms.a"), "-o", str(program), "-lcheck_pic", "-lrt", "-lm", "-lsubunit", "-lpthread"]
        if subprocess.run(link + (SANITIZERS if build == "sanitize" else []), capture_output=True).returncode != 0:
            sys.exit("mutate.py: cannot link " + " ".join(link))
        begin_s = time.monotonic()
        try:
            environment = {"CK_FORK": "no", "ASAN_OPTIONS": "detect_leaks=0"}
            if subprocess.run([str(program)], capture_output=True, timeout=60, env=environment).returncode != 0:
                killed_by[test] += 1
                return True
        except subprocess.TimeoutExpired:
            return True
        took_s[test] = took_s[test] or (time.monotonic() - begin_s)
    return False


def survives(source, path, out, work):
    near, others = tests_of(path)
    if noticed(out, near + others, work, "host"):
        return False
    compile_to(source, path, out, "sanitize")
    return not noticed(out, near or others, work, "sanitize")


def try_one(path, text, mutant, seen):
    """True: survives. None: is no mutant."""
    start, end, new = mutant
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        work = pathlib.Path(folder)
        source, out = work / path.name, work / "m.o"
        source.write_text(text[:start] + new + text[end:])
        if not compile_to(source, path, out, "host"):
            return None
        code = code_of(out)
        if code in seen:
            return None
        seen.add(code)
        return survives(source, path, out, work)


def try_file(path, text, changes, jobs):
    """(change, whether it survives) of each mutant, as soon as it is known."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        work = pathlib.Path(folder)
        compile_to(path, path, work / "o.o", "host")
        seen = {code_of(work / "o.o")}
        if not survives(path, path, work / "o.o", work):
            sys.exit(f"mutate.py: the tests fail with {path.name} as it is")
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for change, result in zip(changes, pool.map(lambda c: try_one(path, text, c, seen), changes)):
            if result is not None:
                yield change, result


def described(text, change):
    """Its line, and the line with the change in braces."""
    start, end, new = change
    head, tail = text[:start].rpartition("\n")[2].lstrip(), text[end:].partition("\n")[0].rstrip()
    return text.count("\n", 0, start) + 1, re.sub(r"  +", " ", f"{head}{{{text[start:end]} -> {new}}}{tail}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    parser.add_argument("--list", action="store_true", help="print the mutants and stop")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    explained = collections.Counter(EXPLAINED.read_text().splitlines() if EXPLAINED.exists() else [])
    unexplained = survivors = total = 0
    for path in arguments.files or sorted((ROOT / "lib/battery").glob("*.c")):
        path = path.resolve()
        text = path.read_text()
        changes = sorted(set(mutants(text)))
        if arguments.list:
            print("\n".join("{}:{}: {}".format(path.relative_to(ROOT), *described(text, change)) for change in changes))
            continue
        count = lost = 0
        for change, survived in try_file(path, text, changes, arguments.jobs):
            count, lost = count + 1, lost + survived
            if not survived:
                continue
            line, what = described(text, change)
            known = explained[f"{path.name}: {what}"] > 0
            explained[f"{path.name}: {what}"] -= 1
            unexplained += not known
            print(f"{'explained' if known else 'SURVIVES '} {path.relative_to(ROOT)}:{line}: {what}", flush=True)
        total, survivors = total + count, survivors + lost
        print(f"{path.relative_to(ROOT)}: {count} mutants, {lost} survive", flush=True)
    if total:
        print(f"{total} mutants, {survivors} survive, {unexplained} of them unexplained: {100 * (total - survivors) / total:.1f} % noticed")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
