"""Reads an archive of the library with size and nm: sections and symbols of each object."""
import re
import subprocess


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def sections(archive, prefix=""):
    """Object -> {section: bytes}."""
    result, current = {}, None
    for line in output(prefix + "size", "-A", archive).splitlines():
        head = re.match(r"(\S+)\s+\(ex ", line)
        words = line.split()
        if head:
            current = result.setdefault(head[1], {})
        elif current is not None and len(words) == 3 and words[1].isdigit():
            current[words[0]] = current.get(words[0], 0) + int(words[1])
    return result


def symbols(path, prefix=""):
    """(defined global symbols, undefined symbols) of one object file."""
    defined, undefined = set(), set()
    for line in output(prefix + "nm", "-g", str(path)).splitlines():
        words = line.split()
        if len(words) == 2 and words[0] in "Uwv":
            undefined.add(words[1])
        elif len(words) == 3:
            defined.add(words[2])
    return defined, undefined


# string.h, and what gcc and clang call for integers (64-bit division and shifts, switch tables); no float, no libm.
ALLOWED = re.compile(
    r"mem(cpy|set|cmp|move)|str(len|cmp|ncmp)"
    r"|__aeabi_(u?idiv(mod)?|u?ldivmod|lmul|llsl|llsr|lasr|u?lcmp|mem(cpy|set|clr|move)[48]?)"
    r"|__gnu_thumb1_case_\w+|_GLOBAL_OFFSET_TABLE_")


def is_allowed(symbol):
    return ALLOWED.fullmatch(symbol) is not None
