#!/usr/bin/env bash
# Each part of the library can be left out: build with every option off singly, and with all off, and link everything
# that is left (--whole-archive), so that no remaining object may need a part that is not there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=$PWD/build/options
rm -rf "$work"
mapfile -t parts < <(sed -n 's/^lbms_part(\([A-Z0-9_]*\).*/\1/p' CMakeLists.txt)

# try <name> <cmake option ...>
try() {
  local name=$1 folder=$work/$1
  shift
  echo "== $name"
  cmake -G Ninja -S . -B "$folder" -DLBMS_BUILD_TESTS=OFF -DLBMS_BUILD_EXAMPLES=OFF -DLBMS_BUILD_PORTS=OFF \
    -DCMAKE_BUILD_TYPE=Debug "$@" >"$folder.log"
  cmake --build "$folder" -j2 >>"$folder.log" || { cat "$folder.log"; return 1; }
  gcc -std=c99 -Iinclude tests/consumers/consumer.c -Wl,--whole-archive "$folder/lib/liblosun_bms.a" \
    -Wl,--no-whole-archive -o "$folder/consumer"
  "$folder/consumer"
}

mkdir -p "$work"
all=()
for part in "${parts[@]}"; do
  try "$part" "-DLBMS_WITH_$part=OFF"
  all+=("-DLBMS_WITH_$part=OFF")
done
try all "${all[@]}"
try light -DLBMS_LIGHT_ESTIMATOR=ON
