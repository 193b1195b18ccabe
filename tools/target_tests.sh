#!/usr/bin/env bash
# Tests on the emulated chips: unit tests of the library, replay of recordings made on the host, and the firmware images in
# all their test modes.
#   tools/target_tests.sh [stm32|gd32 ...]    both without an argument
# The figures that the images print are in build/target/figures.txt: "name: value". Exit status 1 if anything fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

chips=("$@")
[[ ${#chips[@]} -gt 0 ]] || chips=(stm32 gd32)
for chip in "${chips[@]}"; do
  tools/target_build.sh "$chip"
done

# What the targets replay: hours of a day, a run in which everything happens, a restart included, and the closed loop.
[[ -f build/host/build.ninja ]] || cmake --preset host -DLBMS_BUILD_TESTS=OFF >/dev/null
cmake --build --preset host --target virtual_pack lbms_bench >/dev/null
pack=build/host/examples/virtual_pack/virtual_pack
mkdir -p build/recordings build/target
"$pack" --headless --profile examples/profiles/solar_day.csv --soc 45 --from 9h --duration 2h \
  --record build/recordings/day.lbt >build/recordings/day.txt
"$pack" --headless --soc 2 --demand -3000W --at 15m:demand=2000W --at 25m:button=7s --at 30m:switch=off --at 32m:switch=on \
  --fault cell3=open@34m --fault none@35m --at 36m:button=4s --at 37m:button=4s --at 37.5m:dip=3 --param uv_sleep_s=20 \
  --seed 3 --duration 40m --record build/recordings/events.lbt >build/recordings/events.txt
tools/closed_loop.sh --record

# What the fuel gauge finds in its loads, on the host.
for load in day steady rest worst; do
  build/host/examples/bench/lbms_bench gauge "$load"
done >build/recordings/gauge.txt

status=0
: >build/target/figures.txt
for chip in "${chips[@]}"; do
  log=build/target/$chip.log
  ctest --test-dir "build/$chip/tests/support/target" -j2 --output-on-failure --no-tests=error \
    --output-log "$log" </dev/null | grep -E 'Passed|Failed|Timeout|Not Run|^PASS|^FAIL|tests passed|failed|:[0-9]+:' || true
  grep -q '^100% tests passed' "$log" || status=1
  sed -n "s/^\(\(step\|stack\|hour\|time\|boot\.instructions\|boot\.worst_us\)[a-z_.]*: [0-9]*\)$/$chip.\1/p" \
    "build/$chip/tests/support/target/Testing/Temporary/LastTest.log" >>build/target/figures.txt
  if ! diff build/recordings/gauge.txt <(grep '^gauge\..*digest' "build/$chip/tests/support/target/Testing/Temporary/LastTest.log"); then
    echo "target_tests.sh: the fuel gauge finds something else on $chip than on the host"
    status=1
  fi
done
if [[ ${#chips[@]} -eq 2 ]]; then
  tools/firmware_sizes.py --measure >>build/target/figures.txt || status=1
fi
exit "$status"
