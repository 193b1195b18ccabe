#!/usr/bin/env bash
# Fuzz the decoders, and the mount of the flash: tools/fuzz.sh [seconds each, default 30] [target ...]. Targets are
# tests/fuzz/fuzz_*.c, what they begin with lies in tests/fuzz/corpus/<target>/. New inputs stay in build/fuzz.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

seconds=${1:-30}
shift || true
mapfile -t targets < <(if [[ $# -gt 0 ]]; then printf '%s\n' "$@"; else
  basename -s .c -a tests/fuzz/fuzz_*.c | sed 's/^fuzz_//'; fi)
mkdir -p build/fuzz
mapfile -t sources < <(python3 tools/sources.py --list)

for target in "${targets[@]}"; do
  clang-19 -std=c99 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -Iinclude \
    "tests/fuzz/fuzz_$target.c" "${sources[@]}" -o "build/fuzz/$target"
  mkdir -p "build/fuzz/found_$target"
  longest=600
  [[ $target != store_* ]] || longest=8000 # several blocks
  echo "== $target, $seconds s"
  "build/fuzz/$target" -max_total_time="$seconds" -max_len="$longest" -print_final_stats=0 -verbosity=1 \
    -artifact_prefix="build/fuzz/$target-" "build/fuzz/found_$target" "tests/fuzz/corpus/$target" 2>&1 | tail -n 3
done
