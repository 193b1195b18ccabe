#!/usr/bin/env python3
"""Worst-case stack from the call graphs that gcc writes with -fcallgraph-info=su,da.

    tools/stack.py BUILD_FOLDER FUNCTION ...    deepest path below each function, in bytes

A bound exists only without recursion and without dynamic frames: both are errors. A call through a pointer ends the
path; the functions that make one are named, and what they call comes on top. Calls to functions that have no call
graph (compiler helpers, string.h) count with the bounds of EXTERN; any other unknown function is an error.
"""
import pathlib
import re
import sys

# Assumptions for code that was not compiled here: newlib and libgcc of arm-none-eabi-gcc 12, rounded up.
EXTERN = {
    "memcpy": 32, "memset": 32, "memcmp": 32, "memmove": 32, "strcmp": 32, "strncmp": 32, "strlen": 16,
    "__aeabi_ldivmod": 96, "__aeabi_uldivmod": 96, "__aeabi_lmul": 32, "__aeabi_llsl": 16, "__aeabi_llsr": 16,
    "__aeabi_lasr": 16,
}
NODE = re.compile(r'node: \{ title: "([^"]*)" label: "([^"]*)"')
EDGE = re.compile(r'edge: \{ sourcename: "([^"]*)" targetname: "([^"]*)"')
FRAME = re.compile(r"(\d+) bytes \(([^)]*)\)\\n(\d+) dynamic objects")
INDIRECT = "__indirect_call"


class Graph:
    """Frames and calls of all .ci files below a folder. Statics are named file:function."""

    def __init__(self, folder):
        self.frame, self.calls, self.unit, self.errors = {}, {}, {}, []
        for path in sorted(pathlib.Path(folder).rglob("*.ci")):
            # build/m4/lib/CMakeFiles/losun_bms.dir/base/crc.c.ci -> base/crc.c
            unit = re.sub(r"\.ci$", "", path.as_posix().split(".dir/")[-1])
            text = path.read_text()
            for title, label in NODE.findall(text):
                found = FRAME.search(label)
                if not found:
                    continue
                name = self.short(title)
                self.frame[name] = int(found[1])
                self.unit[name] = unit
                if "dynamic" in found[2] or int(found[3]) > 0:
                    self.errors.append(f"{name}: frame of dynamic size")
            for source, target in EDGE.findall(text):
                self.calls.setdefault(self.short(source), set()).add(self.short(target))
        self.known = {}

    @staticmethod
    def short(title):
        return title.rsplit("/", 1)[-1]

    def depth(self, name, above=()):
        """(bytes, deepest path, functions with calls through a pointer) at and below a function."""
        if name in above:
            self.errors.append("recursion: " + " -> ".join(above[above.index(name):] + (name,)))
            return 0, (name,), frozenset()
        if name not in self.known:
            if name not in self.frame:
                if name not in EXTERN:
                    self.errors.append(f"{name}: called by {above[-1] if above else 'nobody'}, stack unknown")
                return EXTERN.get(name, 0), (name,), frozenset()
            best, path, indirect = 0, (), frozenset()
            for target in sorted(self.calls.get(name, ())):
                if target == INDIRECT:
                    indirect |= {name}
                    continue
                used, below, more = self.depth(target, above + (name,))
                indirect |= more
                if used > best:
                    best, path = used, below
            self.known[name] = (self.frame[name] + best, (name,) + path, indirect)
        return self.known[name]

    def finish(self):
        """Stop the program if there is no bound."""
        if self.errors:
            sys.exit("\n".join(sorted(set(self.errors))))


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    graph = Graph(sys.argv[1])
    for name in sys.argv[2:]:
        used, path, indirect = graph.depth(name)
        graph.finish()
        print(f"{name}: {used} bytes")
        for function in path:
            print(f"    {graph.frame.get(function, EXTERN.get(function))} {function}")
        for function in sorted(indirect):
            print(f"    not counted: what {function} calls through a pointer")


if __name__ == "__main__":
    main()
