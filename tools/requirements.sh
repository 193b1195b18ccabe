#!/usr/bin/env bash
# Which requirement of docs/requirements.md is proved by a test, and which is not?
set -euo pipefail
export LC_ALL=C

usage() {
    cat <<'USAGE'
usage: tools/requirements.sh [--list] [--gate]

Compares the ids of docs/requirements.md (first cell of a table row) with the ids that the tests carry
in the first argument of CASE (tests/**/*.c), and prints the ids without a test.

  --list   print each id with its tests instead
  --gate   fail when an id has no test

Exit status: 0 good; 1 a test names an id that is not in the document, an id is defined twice, or --gate
found an id without a test; 2 wrong use, or nothing to read.
USAGE
}

stop() {
    printf 'requirements.sh: %s\n' "$1" >&2
    exit 2
}

list=0
gate=0
for argument in "$@"; do
    case $argument in
        --list) list=1 ;;
        --gate) gate=1 ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
done

cd "$(dirname "${BASH_SOURCE[0]}")/.."
document=docs/requirements.md
[[ -f $document ]] || stop "$document is missing"
[[ -d tests ]] || stop "tests/ is missing"

# One line per requirement, in the order of the document: id, short title, name of its group.
defined() {
    awk -F '|' '
        /^#+ R-[A-Z]+ / {
            name = $0
            sub(/^#+ R-[A-Z]+ /, "", name)
        }
        /^\| *R-[A-Z]+-[0-9]+ *\|/ {
            id = $2
            gsub(/ /, "", id)
            title = $4
            if (match(title, /\*\*[^*]+\*\*/)) title = substr(title, RSTART + 2, RLENGTH - 4)
            gsub(/^ +|[ .]+$/, "", title)
            print id "\t" title "\t" name
        }' "$document"
}

# One line per id of each CASE of the given files: id, place and test. Comments do not count.
carried() {
    awk '
        function code_of(line,    out, i, c, two, quote) {
            out = ""
            quote = ""
            for (i = 1; i <= length(line); i++) {
                c = substr(line, i, 1)
                two = substr(line, i, 2)
                if (in_comment) {
                    if (two == "*/") { in_comment = 0; i++ }
                } else if (quote != "") {
                    out = out c
                    if (c == "\\") { i++; out = out substr(line, i, 1) }
                    else if (c == quote) quote = ""
                } else if (two == "/*") { in_comment = 1; i++; out = out " " }
                else if (two == "//") break
                else {
                    out = out c
                    if (c == "\"" || c == "\047") quote = c
                }
            }
            return out
        }
        function read_cases(text,    ids, test, n, i, word) {
            while (match(text, /(^|[^A-Za-z0-9_])CASE[ \n\t]*\([ \n\t]*/)) {
                text = substr(text, RSTART + RLENGTH)
                ids = ""
                while (match(text, /^"[^"]*"[ \n\t]*/)) {
                    word = substr(text, 2, RLENGTH - 1)
                    text = substr(text, RLENGTH + 1)
                    sub(/".*/, "", word)
                    ids = ids word
                }
                test = "?"
                if (match(text, /^,[ \n\t]*[A-Za-z0-9_]+/)) {
                    test = substr(text, 2, RLENGTH - 1)
                    gsub(/[ \n\t]/, "", test)
                }
                n = split(ids, words, " ")
                for (i = 1; i <= n; i++) print words[i] "\t" file ": " test
            }
        }
        FNR == 1 {
            read_cases(text)
            text = ""
            in_comment = 0
            file = FILENAME
        }
        !/^[ \t]*#[ \t]*define[ \t]+CASE/ { text = text code_of($0) "\n" }
        END { read_cases(text) }' "$@"
}

requirements=$(defined)
[[ -n $requirements ]] || stop "no requirement found in $document"
mapfile -d '' -t files < <(find tests -name '*.c' -type f -print0 | sort -z)
tests=
if ((${#files[@]} > 0)); then
    tests=$(carried "${files[@]}" | sort -u)
fi

awk -F '\t' -v list="$list" -v gate="$gate" -v document="$document" '
    $0 == "" { part++; next }
    part == 0 {
        if ($1 in title) { twice[++twices] = $1; next }
        id[++count] = $1
        title[$1] = $2
        group[$1] = $1
        sub(/-[0-9]+$/, "", group[$1])
        name[group[$1]] = $3
        size[group[$1]]++
        next
    }
    !($1 in title) { unknown[++unknowns] = $1 " does not exist in " document ", but a test names it (" $2 ")"; next }
    {
        if (!($1 in proof)) { proved++; proved_in[group[$1]]++ }
        proof[$1] = proof[$1] "  " $2 "\n"
    }
    END {
        if (list) {
            for (i = 1; i <= count; i++) printf "%s %s\n%s", id[i], title[id[i]], (id[i] in proof) ? proof[id[i]] : "  -\n"
        } else {
            printf "requirements  %4d\nwith a test   %4d\nwithout       %4d\n", count, proved, count - proved
            last = ""
            for (i = 1; i <= count; i++) {
                if (id[i] in proof) continue
                g = group[id[i]]
                if (g != last) printf "\n%s %s: %d of %d without a test\n", g, name[g], size[g] - proved_in[g], size[g]
                last = g
                printf "  %-10s  %s\n", id[i], title[id[i]]
            }
        }
        fflush()
        for (i = 1; i <= twices; i++) print "error: " twice[i] " is defined twice in " document | "cat >&2"
        for (i = 1; i <= unknowns; i++) print "error: " unknown[i] | "cat >&2"
        if (gate && proved < count) print "error: " count - proved " requirements have no test" | "cat >&2"
        close("cat >&2")
        exit (twices || unknowns || (gate && proved < count)) ? 1 : 0
    }' <<<"$requirements"$'\n\n'"$tests"
