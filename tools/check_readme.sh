#!/usr/bin/env bash
# The integration example of README.md is real: extract it, compile it with the strict warnings, link it with the
# board of tests/consumers/readme/harness.c and run it until the pack has closed its switches.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=build/readme
rm -rf "$work"
mkdir -p "$work"

# the first C block after the marker
awk '/<!-- example:integration -->/ {found = 1}
     found && /^```c$/ {inside = 1; next}
     inside && /^```$/ {exit}
     inside' README.md >"$work/example.c"
if [[ ! -s $work/example.c ]]; then
  echo "README.md has no C block after <!-- example:integration -->"
  exit 1
fi

[[ -f build/host/build.ninja ]] || cmake --preset host -DLBMS_BUILD_TESTS=OFF
cmake --build --preset host --target losun_bms
flags=(-std=c99 -pedantic -Wall -Wextra -Wconversion -Wshadow -Werror -Iinclude)
gcc "${flags[@]}" -Dmain=example_main -c "$work/example.c" -o "$work/example.o"
gcc "${flags[@]}" tests/consumers/readme/harness.c "$work/example.o" build/host/lib/liblosun_bms.a -o "$work/example"
timeout 20 "$work/example"
