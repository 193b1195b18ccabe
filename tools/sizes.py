#!/usr/bin/env python3
"""Size of every module on Cortex-M3 and M4, from build/m3 and build/m4 (tools/sizes.sh builds them first).

    tools/sizes.py             write the table into README.md
    tools/sizes.py --check     fail if the table in README.md is not the present one
    tools/sizes.py --print     print the table
    tools/sizes.py --numbers   print "name: value" lines
"""
import pathlib
import re
import subprocess
import sys

import stack

ROOT = pathlib.Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- sizes:begin -->", "<!-- sizes:end -->"
TARGETS = ("m3", "m4")
# Sums that have a limit of their own: label, name of the number, rows that belong to it.
SUMS = (("power and panel, without LCD", "power_panel",
         lambda row: row.split("/")[0] in ("power", "panel") and row != "panel/lcd"),)


def run(*command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT, **options).stdout


def read_rows():
    """Row name -> (struct or None, source files), in the order of sources.txt."""
    files = run("tools/sources.py", "--list").split()
    rows, owner = {}, {}
    for line in (ROOT / "tools" / "modules.txt").read_text().splitlines():
        words = line.split("#", 1)[0].split()
        if words:
            rows[words[0]] = words[1]
            for file in [f"lib/{words[0]}.c"] + words[2:]:
                owner[file] = words[0]
    unknown = sorted(set(owner) - set(files))
    if unknown:
        sys.exit(f"tools/modules.txt names files that are not in sources.txt: {' '.join(unknown)}")
    result = {}
    for file in files:
        row = owner.get(file, file[len("lib/"):-len(".c")])
        result.setdefault(row, (rows.get(row), []))[1].append(file)
    # the floors of the design, the step and the runner last
    order = ["base", "model", "battery", "power", "panel", "store", "link", "afe", "trace", "pack_bus"]
    return dict(sorted(result.items(), key=lambda r: order.index(r[0].split("/")[0]) if "/" in r[0] else len(order)))


def struct_sizes(structs):
    """sizeof on the target: one char array for each struct, whose length nm shows."""
    probe = [f'#include "{h.relative_to(ROOT / "include").as_posix()}"'
             for h in sorted((ROOT / "include").rglob("*.h")) if not h.name.endswith("_list.h")]  # lists of X macros
    probe += [f"char probe_{name}[sizeof(struct {name})];" for name in structs]
    output = ROOT / "build" / "m4" / "sizes_probe.o"
    run("arm-none-eabi-gcc", "-std=c99", "-mcpu=cortex-m4", "-mthumb", "-Iinclude", "-c", "-x", "c", "-",
        "-o", str(output), input="\n".join(probe) + "\n")
    sizes = {}
    for line in run("arm-none-eabi-nm", "-S", str(output)).splitlines():
        words = line.split()
        if len(words) == 4 and words[3].startswith("probe_"):
            sizes[words[3][len("probe_"):]] = int(words[1], 16)
    return sizes


def text_sizes(target):
    """Source file -> bytes of code and constants."""
    folder = ROOT / "build" / target / "lib" / "CMakeFiles" / "losun_bms.dir"
    objects = {f"lib/{o.relative_to(folder).as_posix()[:-len('.obj')]}": o for o in folder.rglob("*.c.obj")}
    sizes = {}
    lines = run("arm-none-eabi-size", *map(str, objects.values())).splitlines()[1:]
    for file, line in zip(objects, lines):
        sizes[file] = int(line.split()[0])
    return sizes


def stacks(target, rows):
    """Row -> (bytes, True if a call through a pointer comes on top), over all functions of the row's files."""
    graph = stack.Graph(ROOT / "build" / target / "lib")
    result = {}
    for row, (_, files) in rows.items():
        own = [graph.depth(f) for f, unit in graph.unit.items() if f"lib/{unit}" in files]
        result[row] = (max((d[0] for d in own), default=0), any(d[2] for d in own))
    graph.finish()
    return result


def measure():
    rows = read_rows()
    text = {t: text_sizes(t) for t in TARGETS}
    depth = {t: stacks(t, rows) for t in TARGETS}
    ram = struct_sizes([s for s, _ in rows.values() if s])
    return rows, text, depth, ram


def sum_text(rows, text, belongs):
    return sum(text[file] for row, (_, files) in rows.items() if belongs(row) for file in files)


def total_text(rows, text):
    """Objects of files that no longer exist may lie in the build folder: count by the list."""
    return sum_text(rows, text, lambda row: True)


def table(rows, text, depth, ram):
    compiler = run("arm-none-eabi-gcc", "-dumpfullversion").strip()
    lines = ["| Module | Text M3 | Text M4 | RAM | Stack M3 | Stack M4 |", "| --- | ---: | ---: | ---: | ---: | ---: |"]
    for row, (struct, files) in rows.items():
        cells = [f"`{row}`"] + [str(sum(text[t][f] for f in files)) for t in TARGETS]
        cells.append(str(ram[struct]) if struct else "")
        cells += [f"{depth[t][row][0]}{'+' if depth[t][row][1] else ''}" for t in TARGETS]
        lines.append("| " + " | ".join(cells) + " |")
    for label, _, belongs in SUMS:
        sums = [str(sum_text(rows, text[t], belongs)) for t in TARGETS]
        lines.append(f"| {label} | {sums[0]} | {sums[1]} | | | |")
    total = [str(total_text(rows, text[t])) for t in TARGETS]
    lines.append(f"| all | {total[0]} | {total[1]} | | | |")
    lines.append("")
    lines.append(f"Bytes, arm-none-eabi-gcc {compiler} `-Os`. Text: code and constants. RAM: the struct that the caller "
                 "allocates (`bms` contains those of the modules, `run` contains `bms`). Stack: deepest call from any "
                 "function of the module; +: a function of the board, called through a pointer, comes on top.")
    return "\n".join(lines)


def numbers(rows, text, depth, ram):
    print(f"size.m4.total.text: {total_text(rows, text['m4'])}")
    for row, (_, files) in rows.items():
        print(f"size.m4.{row.split('/')[-1]}.text: {sum(text['m4'][f] for f in files)}")
    for _, name, belongs in SUMS:
        print(f"size.m4.{name}.text: {sum_text(rows, text['m4'], belongs)}")
    if "run" in rows:
        print(f"ram.bms.bytes: {ram['lbms']}")
    graph = stack.Graph(ROOT / "build" / "m4" / "lib")
    if "lbms_step" in graph.frame:
        used = graph.depth("lbms_step")[0]
        graph.finish()
        print(f"stack.m4.step.bytes: {used}")


def main():
    mode = sys.argv[1] if len(sys.argv) > 1 else "--write"
    result = measure()
    if mode == "--numbers":
        numbers(*result)
        return 0
    new = table(*result)
    if mode == "--print":
        print(new)
        return 0
    readme = ROOT / "README.md"
    old = readme.read_text() if readme.exists() else ""
    if BEGIN not in old or END not in old:
        sys.exit(f"README.md has no {BEGIN} and {END}")
    fresh = re.sub(re.escape(BEGIN) + ".*" + re.escape(END), lambda m: f"{BEGIN}\n{new}\n{END}", old, flags=re.DOTALL)
    if mode == "--check":
        if fresh != old:
            print("the size table of README.md is out of date: run tools/sizes.sh")
        return int(fresh != old)
    readme.write_text(fresh)
    return 0


if __name__ == "__main__":
    sys.exit(main())
