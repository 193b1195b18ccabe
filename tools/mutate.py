#!/usr/bin/env python3
"""Break the library on purpose, one small change at a time, and see whether a unit test notices.

    tools/mutate.py lib/battery/limits.c ...     these files (default: every file of lib/battery)
    tools/mutate.py --list FILE                  only print the mutants

Each comparison, logical operator, sign and small constant of a file is changed once. A mutant whose object code equals
that of the original or of another one is no mutant. Each is linked with the tests of its folder whose names begin with
the first word of the file (protection_row.c: protection*), or, with --all, with all tests of the folder and of
tests/core. A mutant that no test notices is printed with its line. Needs a build of the host preset
(tools/test.sh). Exit status: 1 when a mutant survives.
"""
import argparse
import concurrent.futures
import hashlib
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
HOST = ROOT / "build/host"
SWAPS = [
    (r"<=", "<"), (r">=", ">"), (r"(?<![-<])<(?![<=])", "<="), (r"(?<![->])>(?![>=])", ">="), (r"==", "!="), (r"!=", "=="),
    (r"&&", "||"), (r"\|\|", "&&"), (r"(?<=[\w)\]] )\+(?= )", "-"), (r"(?<=[\w)\]] )-(?= )", "+"), (r"(?<=[\w)\]] )\*(?= )", "+"),
    (r"(?<=[\w)\]] )&(?= )", "|"), (r"\btrue\b", "false"), (r"\bfalse\b", "true"), (r"!(?=[\w(])", ""),
]
NUMBER = re.compile(r"(?<![\w.])(\d+)(u?)\b(?!\w)")


def blank(text):
    """The text with comments, strings and preprocessor lines as blanks of the same length."""
    def spaces(match):
        return re.sub(r"[^\n]", " ", match.group())
    text = re.sub(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'", spaces, text, flags=re.DOTALL)
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", spaces, text, flags=re.MULTILINE)


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


def tests_of(path, everything):
    folder = path.parent.name if path.parent.name != "lib" else "core"
    word = path.stem.split("_")[0]
    found = sorted((ROOT / "tests" / folder).glob("test_*.c" if everything else f"test_{word}*.c"))
    if everything or not found:
        found += sorted((ROOT / "tests/core").glob("test_*.c"))
    return [HOST / "tests" / test.parent.name / test.stem for test in found]


def compile_to(source, path, out):
    command = ["gcc", "-O2", "-std=c99", "-w", f"-I{ROOT}/include", f"-I{path.parent}", "-c", str(source), "-o", str(out)]
    return subprocess.run(command, capture_output=True).returncode == 0


def code_of(out):
    dump = subprocess.run(["objdump", "-d", "-r", "-s", "-j", ".text", "-j", ".rodata", str(out)], capture_output=True).stdout
    return hashlib.sha1(b"\n".join(dump.splitlines()[3:])).digest()


def noticed(out, tests, work):
    """Link each test anew with the mutant before the archive, and run it: True as soon as one fails."""
    for test in tests:
        folder, name = test.parent.name, test.name.removeprefix("test_")
        objects = list((HOST / "tests").glob(f"CMakeFiles/test_{folder}_{name}.dir/{folder}/{test.name}.c.o"))
        libraries = [p for p in (HOST / f"tests/liblbms_test_{folder}.a", HOST / "tests/liblbms_test_support.a") if p.exists()]
        program = work / "t"
        link = ["gcc", *map(str, objects), str(out), "-Wl,--allow-multiple-definition", *map(str, libraries), str(HOST / "lib/liblosun_bms.a"), "-o", str(program),
                "-lcheck_pic", "-lrt", "-lm", "-lsubunit", "-lpthread"]
        if subprocess.run(link, capture_output=True).returncode != 0:
            sys.exit("mutate.py: cannot link " + " ".join(link))
        try:
            if subprocess.run([str(program)], capture_output=True, timeout=20, env={"CK_FORK": "no"}).returncode != 0:
                return True
        except subprocess.TimeoutExpired:
            return True
    return False


def try_one(path, text, mutant, tests, seen, original):
    start, end, new = mutant
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        work = pathlib.Path(folder)
        source, out = work / path.name, work / "m.o"
        source.write_text(text[:start] + new + text[end:])
        if not compile_to(source, path, out):
            return None
        code = code_of(out)
        if code == original or code in seen:
            return None
        seen.add(code)
        return noticed(out, tests, work)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    parser.add_argument("--all", action="store_true", help="run every test of the folder and of tests/core")
    parser.add_argument("--list", action="store_true", help="print the mutants and stop")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    survivors = total = 0
    for path in arguments.files or sorted((ROOT / "lib/battery").glob("*.c")):
        path = path.resolve()
        text = path.read_text()
        changes = sorted(set(mutants(text)))
        tests = tests_of(path, arguments.all)
        with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
            compile_to(path, path, pathlib.Path(folder) / "o.o")
            original = code_of(pathlib.Path(folder) / "o.o")
            if noticed(pathlib.Path(folder) / "o.o", tests, pathlib.Path(folder)):
                sys.exit(f"mutate.py: the tests fail with {path.name} as it is")
        seen = set()

        def describe(change):
            line = text.count("\n", 0, change[0]) + 1
            return f"{path.relative_to(ROOT)}:{line}: '{text[change[0]:change[1]]}' -> '{change[2]}'   {text.splitlines()[line - 1].strip()}"

        if arguments.list:
            print("\n".join(map(describe, changes)))
            continue
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            results = list(pool.map(lambda c: try_one(path, text, c, tests, seen, original), changes))
        counted = [r for r in results if r is not None]
        lost = [c for c, r in zip(changes, results) if r is False]
        total, survivors = total + len(counted), survivors + len(lost)
        for change in lost:
            print("SURVIVES", describe(change), flush=True)
        print(f"{path.relative_to(ROOT)}: {len(counted)} mutants, {len(lost)} survive", flush=True)
    if total:
        print(f"{total} mutants, {survivors} survive: {100 * (total - survivors) / total:.1f} % noticed")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
