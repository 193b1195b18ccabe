#!/usr/bin/env python3
"""Check the shape of the sources: include direction of the floors, forbidden words, length of files and functions.

The core is built in floors; a file includes only its own folder and lower floors, as ALLOWED says. Ports, examples
and tests see public headers only; a test of arithmetic inside a module may include that module's private header from the
folder of the same name in lib/. Exit status 1 and one line per finding if a rule is broken.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Folder of lib/ and include/losun_bms/ -> lower folders that it may include ("" = bms.h, run.h, hal.h ...).
ALLOWED = {
    "base": [],
    "model": ["base"],
    "battery": ["base", "model"],
    "power": ["base", "model"],
    "panel": ["base", "model"],
    "store": ["base", "model"],
    "link": ["base", "model"],
    "afe": ["base", "model"],
    "trace": ["base", "model"],
    "pack_bus": ["base", "model", "link/pace"],
    "": ["base", "model", "battery", "power", "panel", "store", "link", "afe", "trace", "pack_bus"],
}
# Headers of the C standard that also exist without an operating system; and string.h, which every compiler brings.
# float.h is left out: there is no floating point in the core.
SYSTEM = {"stdint.h", "stddef.h", "stdbool.h", "limits.h", "stdarg.h", "iso646.h", "string.h"}
WORDS = re.compile(r"\b(float|double|malloc|calloc|realloc|free|alloca|setjmp|longjmp|goto)\b")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
FILE_LINES = 500
TEST_FILE_LINES = 1000  # a test file is a list of cases
FUNCTION_LINES = 60

problems = []


def report(path, line, text):
    problems.append(f"{path.relative_to(ROOT)}:{line}: {text}")


def strip(text):
    """The text without comments and strings, line numbers kept."""
    pattern = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
    return pattern.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def folder_of(path):
    """Folder inside lib/ or include/losun_bms/, "" for the files directly in it; link keeps its subfolder."""
    parts = path.parts[:-1]
    return "/".join(parts)


def may_include(own, other):
    """May a file of folder `own` include a header of folder `other`? Both may have subfolders (link/pace)."""
    if other == own:
        return True
    own_top, other_top = own.split("/")[0], other.split("/")[0]
    if own_top == other_top:  # a subfolder may use what its parent folder shares, never the other way or sideways
        return own.startswith(other + "/")
    return any(other == a or other.startswith(a + "/") or a == other_top for a in ALLOWED[own_top])


def check_core(path, base):
    """One file of lib/ or include/losun_bms/."""
    text = path.read_text()
    inside = path.relative_to(base)
    own = folder_of(inside)
    if own.split("/")[0] not in ALLOWED:
        report(path, 1, f"folder {own} has no floor in tools/check_floors.py")
        return
    for match in INCLUDE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        kind, name = match.groups()
        if kind == "<":
            if name not in SYSTEM:
                report(path, line, f"<{name}> is not for the core")
        elif name.startswith("losun_bms/"):
            header = pathlib.PurePosixPath(name).relative_to("losun_bms")
            if not may_include(own, folder_of(header)) and header.name != "version.h":
                report(path, line, f"{own or 'this file'} must not include {name}")
            # hal.h is the border to the board: below the step only vocabulary
            if inside.name == "hal.h" and folder_of(header) not in ("base", "model"):
                report(path, line, f"hal.h must not include {name}")
            if inside.name in ("bms.c", "bms.h") and header.name in ("hal.h", "run.h"):
                report(path, line, f"the pure step must not include {name}")
        elif "/" in name or not (path.parent / name).exists():
            report(path, line, f'"{name}": private headers stand beside their source, public ones begin with losun_bms/')
    for match in WORDS.finditer(strip(text)):
        report(path, text.count("\n", 0, match.start()) + 1, f"'{match.group()}' is not for the core")


def check_user(path, folders):
    """One file of a port, an example or a test: public headers, and headers of these folders."""
    text = path.read_text()
    for match in INCLUDE.finditer(text):
        kind, name = match.groups()
        if kind == "<":
            continue
        line = text.count("\n", 0, match.start()) + 1
        places = [ROOT / "include", path.parent] + folders
        if name.startswith(f"../../lib/{path.parent.name}/") and path.parent.parent == ROOT / "tests":
            continue
        if ".." in name or not any((place / name).exists() for place in places):
            report(path, line, f'"{name}" is no public header of the library and none of this folder')


def check_length(path):
    lines = path.read_text().splitlines()
    limit = TEST_FILE_LINES if (ROOT / "tests") in path.parents else FILE_LINES
    if len(lines) > limit:
        report(path, len(lines), f"{len(lines)} lines; split files above {limit}")
    start = None  # clang-format puts both braces of a function into the first column
    for number, line in enumerate(lines, 1):
        if line.startswith("{"):
            start = number
        elif line.startswith("}") and start:
            if number - start + 1 > FUNCTION_LINES:
                report(path, start, f"function of {number - start + 1} lines; split above {FUNCTION_LINES}")
            start = None


def sources(*folders):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.[ch]")):
            yield path


def main():
    for path in sources("lib"):
        check_core(path, ROOT / "lib")
    for path in sources("include"):
        check_core(path, ROOT / "include" / "losun_bms")
    ports = sorted((ROOT / "port").glob("*/include"))
    for path in sources("port"):
        own = path.relative_to(ROOT / "port").parts[0]  # port/cortex_m is shared by its chips
        check_user(path, [ROOT / "port" / own / "include", ROOT / "port" / "cortex_m" / "include"])
    for path in sources("examples"):
        check_user(path, ports + [ROOT / "examples"])
    for path in sources("tests"):
        check_user(path, ports + [ROOT / "examples", ROOT / "tests"])
    for path in sources("lib", "include", "port", "examples", "tests"):
        check_length(path)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
