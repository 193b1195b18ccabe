#!/usr/bin/env bash
# Install what is missing for one purpose, from Debian packages:
#   tools/setup.sh demo     build and run the virtual pack, soc_eval and the bench of the estimators
#   tools/setup.sh test     ... and the tests, and tools/fit_cell.py (the default)
#   tools/setup.sh emulate  build the firmware images and run them in the emulator
#   tools/setup.sh verify   ... and all gates: clang, Arm compiler, coverage, valgrind
# Does nothing, quickly, when everything is there.
set -euo pipefail

purpose=${1:-test}
case $purpose in
  demo | test | verify | emulate) ;;
  *)
    echo "setup.sh: unknown purpose '$purpose' (demo, test, emulate or verify)" >&2
    exit 2
    ;;
esac

missing=()
# need <package> <command ...>: the package is missing when the command fails.
need() {
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}
# compiles <header> <compiler ...>
compiles() {
  local header=$1
  shift
  echo "#include <$header>" | "$@" -E -x c - -o /dev/null
}

need gcc command -v gcc
need libc6-dev compiles stdio.h gcc
need cmake command -v cmake
need ninja-build command -v ninja
need gnuplot-nox command -v gnuplot
need pkg-config command -v pkg-config
if [[ $purpose != demo ]]; then
  need python3 command -v python3
fi
if [[ $purpose == test || $purpose == verify ]]; then
  need check pkg-config --exists check
fi
if [[ $purpose == emulate || $purpose == verify ]]; then
  need gcc-arm-none-eabi command -v arm-none-eabi-gcc
  need libnewlib-arm-none-eabi compiles string.h arm-none-eabi-gcc
  need qemu-system-arm command -v qemu-system-arm
fi
if [[ $purpose == verify ]]; then
  need g++ command -v g++
  need make command -v make
  need clang-19 command -v clang-19
  need llvm-19 command -v llvm-cov-19
  need libclang-rt-19-dev clang-19 -fsanitize=address -x c /dev/null -shared -o /dev/null
  need clang-format-14 command -v clang-format-14
  need gcovr command -v gcovr
  need valgrind command -v valgrind
fi
if [[ ${#missing[@]} -eq 0 ]]; then
  exit 0
fi

# Become root if that needs no password; otherwise say what to do.
if [[ $(id -u) -eq 0 ]]; then
  root=()
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
  root=(sudo -n)
else
  root=()
  can_install=no
fi
if [[ ${can_install:-yes} == no ]] || ! command -v apt-get >/dev/null; then
  echo "setup.sh: these packages are missing and cannot be installed from here. Please run:" >&2
  echo "  sudo apt-get update && sudo apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 1
fi

echo "setup.sh: installing ${missing[*]}"
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq update
"${root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get -qq install -y --no-install-recommends "${missing[@]}" </dev/null >/dev/null
