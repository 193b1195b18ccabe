#!/usr/bin/env bash
# Build and run tests/consumers/ in every way in which another project may use the library.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

root=$PWD
work=$root/build/consumers
rm -rf "$work"
mkdir -p "$work"

# Install from a build without tests, then move the tree: the packages must not know where they were made.
cmake -G Ninja -S . -B "$work/library" -DLBMS_BUILD_TESTS=OFF -DLBMS_BUILD_EXAMPLES=OFF \
  -DCMAKE_INSTALL_PREFIX="$work/first"
cmake --build "$work/library" -j2
cmake --install "$work/library"
mv "$work/first" "$work/prefix"

for way in find_package add_subdirectory fetch_content; do
  echo "== $way"
  cmake -G Ninja -S "tests/consumers/$way" -B "$work/$way" -DCMAKE_PREFIX_PATH="$work/prefix"
  cmake --build "$work/$way" -j2
  "$work/$way/consumer"
done
if [[ -e $work/add_subdirectory/losun_bms/tests || -e $work/add_subdirectory/losun_bms/examples ]]; then
  echo "add_subdirectory configures tests or examples of the library"
  exit 1
fi

echo "== pkg-config"
PKG_CONFIG_PATH=$(dirname "$(find "$work/prefix" -name losun_bms.pc)")
export PKG_CONFIG_PATH
if pkg-config --cflags --libs losun_bms | grep -q "$work/first"; then
  echo "losun_bms.pc contains the prefix of its installation"
  exit 1
fi
mkdir "$work/pkg_config"
tests/consumers/pkg_config/build.sh "$work/pkg_config/consumer"
"$work/pkg_config/consumer"

echo "== make"
make -s -C tests/consumers/make -j2 OUT="$work/make"
"$work/make/consumer"
