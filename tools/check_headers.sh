#!/usr/bin/env bash
# Every public header compiles alone: as C99 with the strict warnings, and as C++11 for projects that mix the two.
# (No -Wshadow there: a C++ compiler dislikes a function named like a struct, which is usual in C.)
# Files named *_list.h are lists of X macros, which other headers include several times.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

failed=0
for folder in include port/*/include; do
  while IFS= read -r header; do
    line="#include \"${header#"$folder"/}\""
    # the second inclusion proves the include guard; a file must not be empty
    printf '%s\n%s\nextern int not_empty;\n' "$line" "$line" | gcc -std=c99 -pedantic -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow \
      -Wundef -Wstrict-prototypes -Werror -Iinclude -I"$folder" -Iport/cortex_m/include -fsyntax-only -x c - || { echo "C99: $header"; failed=1; }
    printf '%s\n' "$line" | g++ -std=c++11 -pedantic -Wall -Wextra -Wconversion -Werror \
      -Iinclude -I"$folder" -Iport/cortex_m/include -fsyntax-only -x c++ - || { echo "C++11: $header"; failed=1; }
  done < <(find "$folder" -name '*.h' ! -name '*_list.h' | sort)
done
exit "$failed"
