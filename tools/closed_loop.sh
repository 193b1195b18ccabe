#!/usr/bin/env bash
# The pack in closed loop with an inverter that follows its limits 2 s late, or ignores them: the cases of
# docs/closed-loop.md, which tests/scenario/test_inverter_*.c check.
#   tools/closed_loop.sh [NAME ...]            values, plot and what was printed, in build/closed_loop/ (all: a minute)
#   tools/closed_loop.sh --record [NAME ...]   recordings of the decisive part instead, in build/recordings/
#   tools/closed_loop.sh --list                the names
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

pack=build/host/examples/virtual_pack/virtual_pack
out=build/closed_loop
action=draw
case ${1:-} in
  --list | --record)
    action=${1#--}
    shift
    ;;
esac
chosen=("$@")

if [[ $action != list ]]; then
  mkdir -p "$out" build/recordings
  [[ -f build/host/build.ninja ]] || cmake --preset host -DLBMS_BUILD_TESTS=OFF >/dev/null
  cmake --build --preset host --target virtual_pack >/dev/null
  # ten hours of sun, then a house that takes 300 W
  printf 'time_s,power_W\n0,2500\n35999,2500\n36000,-300\n86399,-300\n' >"$out/days.csv"
fi

# loop <name> <length of the decisive part> <heading> <option of the virtual pack ...>
loop() {
  local name=$1 decisive=$2 title=$3
  shift 3
  if [[ ${#chosen[@]} -gt 0 && " ${chosen[*]} " != *" $name "* ]]; then
    return
  fi
  case $action in
    list) echo "$name" ;;
    record)
      "$pack" --headless "$@" --duration "$decisive" --record "build/recordings/$name.lbt" \
        >"build/recordings/$name.txt"
      ;;
    draw)
      echo "$name: $title"
      "$pack" --headless --title "$title" --csv "$out/$name.csv" --plot "$out/$name.png" "$@" >"$out/$name.txt"
      sed -n '/^summary/,/time in/p' "$out/$name.txt"
      ;;
  esac
}

# Full charge from 20 % with 4 kW, an hour of sun on the full pack, then the house.
charge=(--balanced --inverter --soc 20 --demand 4000W --at 2.5h:demand=-1000W --duration 3h)
loop charge_balanced 80m "Full charge, equal cells" "${charge[@]}"
loop charge_ahead_04 80m "Full charge, cell 5 is 0.4 % ahead" "${charge[@]}" --ahead 5:0.4
loop charge_ahead_2 80m "Full charge, cell 5 is 2 % ahead" "${charge[@]}" --ahead 5:2
loop charge_runaway 80m "Full charge, cell 5 is 10 % ahead" "${charge[@]}" --ahead 5:10

empty=(--balanced --inverter --soc 20)
loop empty_300w 2h "Discharge to empty with 0.3 kW" "${empty[@]}" --soc 10 --demand -300W --duration 3h
loop empty_2kw 60m "Discharge to empty with 2 kW, charge from the grid on request" \
  "${empty[@]}" --demand -2000W --grid 1000 --at 45m:demand=0W --duration 90m
loop empty_5kw 45m "Discharge to empty with 5 kW" "${empty[@]}" --demand -5000W --duration 45m

loop ignored_charge 45m "5 kW from an inverter that ignores the limits" \
  --inverter-ignores --seed 3 --soc 90 --demand 5000W --at 40m:demand=-4000W --duration 1h
loop ignored_discharge 25m "4 kW for an inverter that ignores the limits, then the button and the sun" \
  --inverter-ignores --balanced --soc 10 --demand -4000W --at 15m:demand=2000W --at 15m:button=4s --duration 30m

week=(--balanced --inverter-ignores --soc 3 --demand -1000W --at 10m:demand=0W --csv-period 10m)
loop week_alone 168.3h "Emptied, a week without any voltage, then a charger" "${week[@]}" --at 7d:external=54 --duration 7.2d
loop week_live 1h "Emptied, a week on a bus with 50 V" "${week[@]}" --at 15m:external=50 --duration 7d

loop cold_morning 2.2h "Sun on a morning at -3 degrees C, house at 60 min, 8 degrees C from 65 min on" \
  --balanced --inverter --soc 50 --ambient -3 --demand 3000W --at 1h:demand=-2000W --at 65m:demand=3000W \
  --at 65m:ambient=8 --duration 8h
loop cold_ignored 1.6h "Sun at -3 degrees C, an inverter that ignores the limits, 15 degrees C from 60 min on" \
  --balanced --inverter-ignores --soc 50 --ambient -3 --demand 3000W --at 1h:ambient=15 --duration 4h

short=(--balanced --inverter --soc 50 --demand -1000W)
loop short_retry 4m "Short circuit for 100 s, then the load is removed" "${short[@]}" \
  --at 30s:short=0.005 --at 130s:short=0 --duration 4m
loop short_lock 15m "Three short circuits in a row: lock, a charger, the reset of the user" "${short[@]}" \
  --at 30s:short=0.005 --at 31s:short=0 --at 150s:short=0.005 --at 151s:short=0 --at 270s:short=0.005 \
  --at 271s:short=0 --at 10m:external=56 --at 11m:external=0 --at 12m:button=7s --duration 15m

ahead=()
for cell in {1..16}; do
  ahead+=(--ahead "$cell:$(awk -v n="$cell" 'BEGIN { printf "%.4f", 0.22 * ((n - 1) * 7 % 16) / 15 }')")
done
loop balance_60mv 2h "60 mV of spread when full, five days of sun and house" \
  --balanced --inverter --soc 60 --profile "$out/days.csv" --loop --duration 5d --csv-period 1m "${ahead[@]}"
