#!/usr/bin/env bash
# Build the images and target tests for the emulator: tools/target_build.sh stm32|gd32 [TARGET]
# in build/stm32 (Cortex-M4) or build/gd32 (Cortex-M3). Says nothing unless it fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

case ${1:-} in
  stm32) cpu=cortex-m4 ;;
  gd32) cpu=cortex-m3 ;;
  *)
    echo "usage: tools/target_build.sh stm32|gd32 [TARGET]" >&2
    exit 2
    ;;
esac
build=build/$1

packages=(gcc-arm-none-eabi libnewlib-arm-none-eabi qemu-system-arm cmake ninja-build python3)
for tool in arm-none-eabi-gcc qemu-system-arm cmake ninja python3; do
  if ! command -v "$tool" >/dev/null; then
    tools/setup.sh emulate || {
      echo "target_build.sh: $tool is missing; on Debian: apt-get install --no-install-recommends ${packages[*]}" >&2
      exit 1
    }
    break
  fi
done

mkdir -p "$build"
quietly() {
  "$@" >"$build/build.log" 2>&1 || {
    cat "$build/build.log" >&2
    exit 1
  }
}
quietly cmake -S . -B "$build" -G Ninja -DCMAKE_TOOLCHAIN_FILE="$PWD/cmake/$cpu.cmake" -DCMAKE_BUILD_TYPE=MinSizeRel \
  -DLBMS_STACK_REPORT=ON -DLBMS_EMULATOR=ON
quietly cmake --build "$build" --target "${2:-all}"
