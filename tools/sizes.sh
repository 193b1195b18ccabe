#!/usr/bin/env bash
# Build the library for Cortex-M3 and M4 and write the size table of README.md; --check compares, --print prints.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools/setup.sh verify
mkdir -p build
for preset in m3 m4; do
  cmake --workflow --preset "$preset" >"build/$preset.log" 2>&1 || { cat "build/$preset.log" >&2; exit 1; }
done
python3 tools/sizes.py "$@"
