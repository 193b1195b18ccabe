#!/usr/bin/env python3
"""Each module can be used alone: tools/check_isolation.py BUILD_FOLDER.

For every object of the library: all that it needs, directly or not, lies in its own folder and lower floors (see
tools/check_floors.py); and a program that includes its header and refers to each of its functions links with
exactly these objects, nothing else of the library.
"""
import pathlib
import subprocess
import sys
import tempfile

import objects
from check_floors import ROOT, folder_of, may_include


class Library:
    def __init__(self, build):
        base = pathlib.Path(build) / "lib" / "CMakeFiles" / "losun_bms.dir"
        listed = subprocess.run([ROOT / "tools" / "sources.py", "--list"], check=True, capture_output=True, text=True)
        self.object, self.defined, self.undefined, self.home = {}, {}, {}, {}
        for file in listed.stdout.split():
            unit = pathlib.PurePosixPath(file).relative_to("lib")
            self.object[unit] = base / f"{unit}.o"
            self.defined[unit], self.undefined[unit] = objects.symbols(self.object[unit])
            self.home.update({symbol: unit for symbol in self.defined[unit]})

    def closure(self, unit):
        """Every unit that this one needs, itself first; and symbols that no unit has."""
        units, unknown = [unit], set()
        for current in units:
            for symbol in sorted(self.undefined[current]):
                if symbol in self.home:
                    if self.home[symbol] not in units:
                        units.append(self.home[symbol])
                elif not objects.is_allowed(symbol):
                    unknown.add(symbol)
        return units, unknown


def program(unit, library):
    """A program that takes the address of everything that the unit defines."""
    header = unit.with_suffix(".h")
    lines = []
    if (ROOT / "include" / "losun_bms" / header).exists():
        lines.append(f'#include "losun_bms/{header}"')
    names = sorted(library.defined[unit])
    lines += [f'extern const char use_{n}[] __asm__("{n}");' for n in names]
    lines += ["const void *volatile used[] = {0, " + ", ".join(f"use_{n}" for n in names) + "};"]
    lines += ["int main(void) { return used[0] != 0; }"]
    return "\n".join(lines) + "\n"


def links(unit, units, library, folder):
    output = folder / "alone"
    command = ["gcc", "-std=gnu99", f"-I{ROOT / 'include'}", "-x", "c", "-", "-x", "none"]
    command += [str(library.object[u]) for u in units] + ["-o", str(output)]
    built = subprocess.run(command, input=program(unit, library), capture_output=True, text=True)
    if built.returncode:
        return built.stderr
    return "" if subprocess.run([output]).returncode == 0 else "the program fails"


def main():
    library = Library(sys.argv[1])
    problems = 0
    with tempfile.TemporaryDirectory() as folder:
        for unit in library.object:
            units, unknown = library.closure(unit)
            own = folder_of(unit)
            findings = [f"uses {symbol}, which is not of the library" for symbol in sorted(unknown)]
            findings += [f"needs {other}" for other in units if not may_include(own, folder_of(other))]
            if not findings:
                text = links(unit, units, library, pathlib.Path(folder))
                findings = [text] if text else []
            print(f"{unit}: alone with {len(units) - 1} others: {' '.join(str(u) for u in units[1:])}".rstrip(": "))
            for finding in findings:
                print(f"    FAIL {finding}")
                problems += 1
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
