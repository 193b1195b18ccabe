#!/usr/bin/env python3
"""Figures of the firmware images: flash, RAM, stack, and instructions counted in the emulator.

    tools/firmware_sizes.py --measure   print "name: value" lines of what can be read off build/stm32 and build/gd32
    tools/firmware_sizes.py             write the table into README.md
    tools/firmware_sizes.py --check     fail if the table in README.md is not the present one
    tools/firmware_sizes.py --print     print the table

All but the first read build/target/figures.txt, which tools/target_tests.sh writes.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import stack

ROOT = pathlib.Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- firmware:begin -->", "<!-- firmware:end -->"
FIGURES = ROOT / "build" / "target" / "figures.txt"
# image -> (build folder, example folder, chip library's folder, name in the table)
IMAGES = {
    "firmware_stm32": ("stm32", "firmware_stm32", "stm32", "STM32F405RG"),
    "firmware_gd32": ("gd32", "firmware_gd32", "gd32", "GD32F303RC"),
    "firmware_stm32f103": ("gd32", "firmware_gd32", "stm32", "STM32F103RC"),
}
# What the processor pushes at an interrupt, and what aligns it.
EXCEPTION_FRAME = 36
STACK_SIZE = 3072  # LBMS_STACK_SIZE of the linker scripts


def sections(image):
    text, data, bss = subprocess.run(["arm-none-eabi-size", str(image)], check=True, stdout=subprocess.PIPE,
                                     text=True).stdout.splitlines()[1].split()[:3]
    return int(text) + int(data), int(data) + int(bss)


def stack_bound(build, example, chip, image):
    """Deepest path from reset, plus the deepest function of the board, which is called through pointers, plus both levels
    of interrupts."""
    with tempfile.TemporaryDirectory() as folder:
        for part in ("lib", "port/cortex_m", f"port/{chip}", f"examples/{example}/CMakeFiles/{image}.dir"):
            for path in (build / part).rglob("*.ci"):
                place = pathlib.Path(folder) / part / path.relative_to(build / part)  # two files may share a name
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, place)
        graph = stack.Graph(folder)
    board = max(graph.depth(name)[0] for name in graph.frame if re.search(r"(hal\.c|panel\.c):|lbms_cm_(controls|lights|contacts)",
                                                                         name))
    interrupts = 2 * EXCEPTION_FRAME + graph.depth("lbms_cm_usart_interrupt")[0] + graph.depth("lbms_cm_time_interrupt")[0]
    bound = graph.depth("Reset_Handler")[0] + board + interrupts
    graph.finish()
    return bound


def measure():
    for image, (folder, example, chip, _) in IMAGES.items():
        build = ROOT / "build" / folder
        flash, ram = sections(build / "examples" / example / f"{image}.elf")
        print(f"{image}.flash: {flash}\n{image}.ram: {ram}")
        bound = stack_bound(build, example, chip, image)
        print(f"{image}.stack.bound: {bound}")
        if bound > STACK_SIZE:
            sys.exit(f"{image} may need {bound} bytes of stack and has {STACK_SIZE}")


def table():
    figures = dict(line.split(": ") for line in FIGURES.read_text().splitlines())
    lines = ["| Image | Flash | RAM | Stack, bound | Stack, used | Quiet step | Worst step | First step after |",
             "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for image, (folder, _, _, name) in IMAGES.items():
        own = [figures[f"{image}.{key}"] for key in ("flash", "ram", "stack.bound")]
        counted = ["", "", "", ""]
        if image == f"firmware_{folder}":
            counted = [figures[f"{folder}.stack.used"], figures[f"{folder}.step.quiet.instructions"],
                       figures[f"{folder}.step.worst.instructions"], f"{int(figures[f'{folder}.boot.worst_us']) / 1000:.0f} ms"]
        lines.append(f"| {name} | " + " | ".join(own + counted) + " |")
    lines.append("")
    lines.append("Bytes and instructions. RAM: everything, 3 KB of stack included. Stack used: high-water mark of the emulated "
                 "hour, whose simulated pack uses some itself. First step: from reset, with a crystal that does not start.")
    return "\n".join(lines)


def main():
    mode = sys.argv[1] if len(sys.argv) > 1 else "--write"
    if mode == "--measure":
        measure()
        return 0
    new = table()
    if mode == "--print":
        print(new)
        return 0
    readme = ROOT / "README.md"
    old = readme.read_text()
    if BEGIN not in old or END not in old:
        sys.exit(f"README.md has no {BEGIN} and {END}")
    fresh = re.sub(re.escape(BEGIN) + ".*" + re.escape(END), lambda m: f"{BEGIN}\n{new}\n{END}", old, flags=re.DOTALL)
    if mode == "--check":
        if fresh != old:
            print("the firmware table of README.md is out of date: run tools/target_tests.sh and tools/firmware_sizes.py")
        return int(fresh != old)
    readme.write_text(fresh)
    return 0


if __name__ == "__main__":
    sys.exit(main())
