#!/usr/bin/env python3
"""Every function that a public header declares has a doc comment, and that says from which context it may be called.

A doc comment is the /** ... */ directly before the declaration; a line or a sentence of it begins with "Context:". If
it has more than one line, it also needs @param for each parameter, and @return unless the function is void.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOKEN = re.compile(r"(?P<comment>/\*.*?\*/)|(?P<open>\{)|(?P<close>\})|(?P<end>;)", re.DOTALL)
FUNCTION = re.compile(r"^(?P<result>[\w\s*]*?)\b(?P<name>\w+)\s*\((?P<params>.*)\)\s*$", re.DOTALL)


def declarations(text):
    """(offset, declaration, doc comment before it or "") of everything at file scope."""
    # blank preprocessor lines (and their continuations) and extern "C", which would look like code
    text = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.MULTILINE)
    text = re.sub(r'extern "C" \{', lambda m: " " * len(m.group()), text)
    depth, start, comment, body = 0, 0, "", False
    for token in TOKEN.finditer(text):
        if token.lastgroup == "comment":
            if depth == 0 and not text[start:token.start()].strip():
                comment, start = token.group(), token.end()
        elif token.lastgroup == "open":
            if depth == 0 and FUNCTION.match(text[start:token.start()].strip()):  # static inline
                yield start, text[start:token.start()].strip(), comment
                body = True
            depth += 1
        elif token.lastgroup == "close":
            depth = max(depth - 1, 0)
            if depth == 0 and body:
                start, comment, body = token.end(), "", False
        elif depth == 0:
            yield start, text[start:token.start()].strip(), comment
            start, comment = token.end(), ""


def missing(declaration, comment):
    """What the doc comment of this declaration lacks; nothing if it is no function."""
    function = FUNCTION.match(re.sub(r"/\*.*?\*/", " ", declaration, flags=re.DOTALL))
    if not function or declaration.startswith(("typedef", "struct {", "enum {")):
        return
    if not comment.startswith("/**"):
        yield f"{function['name']} has no doc comment"
        return
    if not re.search(r"(^\s*\*|/\*\*|[.;]) *Context:", comment, re.MULTILINE):
        yield f"{function['name']} has no 'Context:'"
    if "\n" not in comment:
        return
    for parameter in function["params"].split(","):
        name = re.search(r"(\w+)\s*(\[[^\]]*\])?\s*$", parameter.strip())
        if name and parameter.strip() != "void" and not re.search(rf"@param\s+[\w, ]*\b{name[1]}\b", comment):
            yield f"{function['name']} does not document its parameter {name[1]}"
    if function["result"].replace("static", "").replace("inline", "").strip() != "void" and "@return" not in comment:
        yield f"{function['name']} does not document its result"


def main():
    problems = 0
    for path in sorted((ROOT / "include").rglob("*.h")):
        text = path.read_text()
        for offset, declaration, comment in declarations(text):
            line = text.count("\n", 0, offset) + 2
            for problem in missing(declaration, comment):
                print(f"{path.relative_to(ROOT)}:{line}: {problem}")
                problems += 1
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
