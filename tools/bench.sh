#!/usr/bin/env bash
# Figures of the library, one "name: value" a line: instructions of a step (callgrind), seconds for a simulated day,
# sizes and stack on Cortex-M4. Everything else goes to stderr.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools/setup.sh verify >&2
{
  [[ -f build/host/build.ninja ]] || cmake --preset host -DLBMS_BUILD_TESTS=OFF
  cmake --build --preset host --target lbms_bench virtual_pack
  cmake --workflow --preset m3
  cmake --workflow --preset m4
} >&2

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One number a line: the instructions of each call of lbms_step(), or of the function $2, in order.
# callgrind dumps its counts after every call; a dump has its total in a line "totals: N".
calls() {
  local function=${2:-lbms_step}
  mkdir "$work/$1"
  valgrind -q --tool=callgrind --toggle-collect="$function" --dump-after="$function" \
    --callgrind-out-file="$work/$1/cg" build/host/examples/bench/lbms_bench "$1" >&2
  find "$work/$1" -name 'cg.*' -printf '%f\n' | sort -t. -k2n | while read -r file; do
    sed -n 's/^totals: //p' "$work/$1/$file"
  done
}

# quiet: the mean of the last 100 of 600 steps; worst and write: the largest of all
calls quiet >"$work/quiet.txt"
tail -n 100 "$work/quiet.txt" | awk '{sum += $1} END {printf "step.quiet.x86.instructions: %d\n", sum / NR}'
for load in worst write; do
  calls "$load" | sort -n | tail -n 1 | sed "s/^/step.$load.x86.instructions: /"
done

# a request and its reply, from the first character in to the last one out: 42H, and 16 registers by Modbus
for load in pace modbus; do
  calls "$load" "lbms_bench_$load" | sort -n | tail -n 1 | sed "s/^/reply.$load.x86.instructions: /"
done

# the demo's solar day, 100 ms steps, plant included
pack=build/host/examples/virtual_pack/virtual_pack
if [[ -x $pack ]]; then
  start=$(date +%s.%N)
  "$pack" --headless --profile examples/profiles/solar_day.csv --duration 24h --speed max >&2 </dev/null
  end=$(date +%s.%N)
  awk -v start="$start" -v end="$end" 'BEGIN {printf "day.host.seconds: %.2f\n", end - start}'
fi

python3 tools/sizes.py --numbers
