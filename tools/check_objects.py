#!/usr/bin/env python3
"""No writable data and no foreign functions in the library: tools/check_objects.py ARCHIVE [TOOL-PREFIX].

Every object may use symbols of the library itself, string.h and the integer helpers of the compiler. That leaves out
malloc, stdio, libm and, on targets without a floating-point unit, every operation on float and double.
"""
import sys

import objects


def main():
    archive = sys.argv[1]
    prefix = sys.argv[2] if len(sys.argv) > 2 else ""
    problems = []
    for name, sizes in objects.sections(archive, prefix).items():
        for section, size in sizes.items():
            # .data.rel.ro: constants with addresses in position-independent code
            if size and section.startswith((".data", ".bss", ".tdata", ".tbss")) \
                    and not section.startswith(".data.rel.ro"):
                problems.append(f"{archive}: {name}: {size} bytes of writable data in {section}")
    defined, undefined = objects.symbols(archive, prefix)
    for symbol in sorted(undefined - defined):
        if not objects.is_allowed(symbol):
            problems.append(f"{archive}: uses {symbol}")
    for symbol in sorted(defined):
        if not symbol.startswith("lbms_"):
            problems.append(f"{archive}: exports {symbol} without the prefix lbms_")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
