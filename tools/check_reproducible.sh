#!/usr/bin/env bash
# The archive does not depend on where and when it was built: two copies of the sources in folders of different depth,
# two build folders, debug information included, byte for byte the same.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=$PWD/build/reproducible
rm -rf "$work"
# build <folder> <build folder> <cmake option ...>
build() {
  local source=$work/$1 output=$2
  shift 2
  mkdir -p "$source"
  cp -r CMakeLists.txt sources.txt cmake include lib "$source"
  cmake -G Ninja -S "$source" -B "$output" -DLBMS_BUILD_TESTS=OFF -DLBMS_BUILD_EXAMPLES=OFF -DLBMS_BUILD_PORTS=OFF \
    -DCMAKE_BUILD_TYPE=RelWithDebInfo "$@" >/dev/null
  cmake --build "$output" -j2 >/dev/null
}

for target in host m4; do
  options=()
  [[ $target == host ]] || options=(-DCMAKE_TOOLCHAIN_FILE="$PWD/cmake/cortex-m4.cmake")
  build "$target/one" "$work/$target/one/build" "${options[@]}"
  build "$target/a/much/deeper/folder" "$work/$target/elsewhere" "${options[@]}"
  sha256sum "$work/$target/one/build/lib/liblosun_bms.a" "$work/$target/elsewhere/lib/liblosun_bms.a"
  cmp "$work/$target/one/build/lib/liblosun_bms.a" "$work/$target/elsewhere/lib/liblosun_bms.a"
done
