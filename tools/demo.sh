#!/usr/bin/env bash
# The main job: a simulated 16-cell pack lives through a residential solar day, through a measured drive cycle, and through
# a night in which it is emptied, protects itself, sleeps and is woken by a charger; ends by itself in under 30 seconds
# (after the first build).
#   tools/demo.sh           on a terminal the live panel, otherwise lines of text; CSV and plots in build/demo/
#   tools/demo.sh --live    the panel in real time, stays open: press ? for the keys
# Further arguments go to the virtual pack.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools/setup.sh demo
# Leave an existing configuration alone; a new one needs no test framework.
[[ -f build/host/build.ninja ]] || cmake --preset host -DLBMS_BUILD_TESTS=OFF >/dev/null
cmake --build --preset host --target virtual_pack

pack=build/host/examples/virtual_pack/virtual_pack
if [[ ${1:-} == --live ]]; then
  shift
  exec "$pack" --live --demand -800W --soc 60 "$@"
fi

live=no
if [[ -t 0 && -t 1 && ${TERM:-dumb} != dumb ]]; then
  live=yes
fi
out=build/demo
mkdir -p "$out"
# show <name> <real seconds> <simulated seconds> <option ...>: one run, with its CSV file and its plot
show() {
  local name=$1 speed=$(($3 / $2)) mode=(--headless)
  shift 3
  if [[ $live == yes ]]; then
    mode=(--speed "$speed")
  fi
  "$pack" "${mode[@]}" --csv "$out/$name.csv" --plot "$out/$name.png" "$@"
}
# A drive cycle changes between charging and discharging all the time.
without_modes() {
  if [[ $live == yes ]]; then
    "$@"
  else
    "$@" | { grep -v '  mode ' || true; }
  fi
}

echo "A residential day: sun, cooking, evening (examples/profiles/solar_day.csv)"
show solar_day 14 86400 --profile examples/profiles/solar_day.csv --soc 45 "$@"
echo
echo "A measured drive cycle, scaled to the pack (examples/profiles/apr18650_flat_25C_a.csv)"
without_modes show measured 4 7200 --profile examples/profiles/apr18650_flat_25C_a.csv --scale 45 --soc 45 \
  --from 2h --duration 2h "$@"
echo
echo "Emptied by a load: protection, sleep, and a charger in the morning"
show empty 6 900 --soc 4 --demand -2500W --duration 15m --at 10m:demand=2500W "$@"
echo
echo "Values and pictures: $out/{solar_day,measured,empty}.{csv,png}"
