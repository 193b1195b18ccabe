#!/usr/bin/env bash
# The pack in closed loop with an inverter that follows its limits 2 s late, or ignores them: the cases of
# docs/closed-loop.md. Takes under a minute (after the first build).
#   tools/closed_loop.sh            all cases: CSV, plot, what was printed and recording of each in build/closed_loop/
#   tools/closed_loop.sh NAME ...   these only
#   tools/closed_loop.sh --record NAME ...   without CSV and plot
#   tools/closed_loop.sh --list
# tests/scenario/test_inverter_*.c check the same cases. Exit status 1 if a recording is not decided the same again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

out=build/closed_loop
pack=build/host/examples/virtual_pack/virtual_pack
replay=build/host/examples/replay/losun_replay

list=no pictures=yes
if [[ ${1:-} == --list ]]; then
  list=yes
elif [[ ${1:-} == --record ]]; then
  pictures=no
  shift
fi
chosen=("$@")

if [[ $list == no ]]; then
  mkdir -p "$out"
  [[ -f build/host/build.ninja ]] || cmake --preset host -DLBMS_BUILD_TESTS=OFF >/dev/null
  cmake --build --preset host --target virtual_pack losun_replay >/dev/null
  # ten hours of sun, then a house that takes 300 W
  printf 'time_s,power_W\n0,2500\n35999,2500\n36000,-300\n86399,-300\n' >"$out/days.csv"
fi

status=0
# loop <name> <heading> <option of the virtual pack ...>
loop() {
  local name=$1 title=$2 file=$out/$1 files=()
  shift 2
  if [[ $list == yes ]]; then
    printf '%-20s %s\n' "$name" "$title"
    return
  fi
  if [[ ${#chosen[@]} -gt 0 && " ${chosen[*]} " != *" $name "* ]]; then
    return
  fi
  [[ $pictures == no ]] || files=(--csv "$file.csv" --plot "$file.png" --title "$title")
  echo "$name: $title"
  "$pack" --headless "${files[@]}" --record "$file.lbt" "$@" >"$file.txt"
  sed -n '/^summary/,/duty/s/^/    /p' "$file.txt"
  "$replay" "$file.lbt" >"$file.replay.txt" || { cat "$file.replay.txt"; status=1; }
}

# Full charge from 20 % with 4 kW, an hour of sun on the full pack, then the house.
charge=(--balanced --inverter --soc 20 --demand 4000W --at 2.5h:demand=-1000W --duration 3h)
loop charge_balanced "Full charge, equal cells" "${charge[@]}"
loop charge_ahead_04 "Full charge, cell 5 is 0.4 % ahead" "${charge[@]}" --ahead 5:0.4
loop charge_ahead_2 "Full charge, cell 5 is 2 % ahead" "${charge[@]}" --ahead 5:2
loop charge_runaway "Full charge, cell 5 is 10 % ahead" "${charge[@]}" --ahead 5:10

empty=(--balanced --inverter --soc 20)
loop empty_300w "Discharge to empty with 0.3 kW" "${empty[@]}" --demand -300W --duration 4h
loop empty_2kw "Discharge to empty with 2 kW, charge from the grid on request" \
  "${empty[@]}" --demand -2000W --grid 1000 --at 45m:demand=0W --duration 90m
loop empty_5kw "Discharge to empty with 5 kW" "${empty[@]}" --demand -5000W --duration 45m

loop ignored_charge "5 kW from an inverter that ignores the limits" \
  --inverter-ignores --seed 3 --soc 90 --demand 5000W --at 100m:demand=-4000W --duration 2h
loop ignored_discharge "4 kW for an inverter that ignores the limits, then the button and the sun" \
  --inverter-ignores --balanced --soc 10 --demand -4000W --at 15m:demand=2000W --at 15m:button=4s --duration 30m

week=(--balanced --inverter-ignores --soc 3 --demand -1000W --at 10m:demand=0W --csv-period 10m)
loop week_alone "Emptied, a week without any voltage, then a charger" "${week[@]}" --at 7d:external=54 --duration 7.2d
loop week_live "Emptied, a week on a bus with 50 V" "${week[@]}" --at 15m:external=50 --duration 7d

loop cold_morning "A morning at -3 degrees C: house, sun, 8 degrees C from the second hour on" \
  --balanced --inverter --soc 50 --ambient -3 --demand 3000W --at 1h:demand=-2000W --at 65m:demand=3000W \
  --at 65m:ambient=8 --duration 8h
loop cold_ignored "The same morning with an inverter that ignores the limits" \
  --balanced --inverter-ignores --soc 50 --ambient -3 --demand 3000W --at 1h:ambient=15 --duration 4h

short=(--balanced --inverter --soc 50 --demand -1000W)
loop short_retry "Short circuit for 100 s, then the load is removed" "${short[@]}" \
  --at 30s:short=0.005 --at 130s:short=0 --duration 4m
loop short_lock "Three short circuits in a row: lock, a charger, the reset of the user" "${short[@]}" \
  --at 30s:short=0.005 --at 31s:short=0 --at 150s:short=0.005 --at 151s:short=0 --at 270s:short=0.005 \
  --at 271s:short=0 --at 10m:external=56 --at 11m:external=0 --at 12m:button=7s --duration 15m

ahead=()
for cell in {1..16}; do
  ahead+=(--ahead "$cell:$(awk -v n="$cell" 'BEGIN { printf "%.4f", 0.22 * ((n - 1) * 7 % 16) / 15 }')")
done
loop balance_60mv "60 mV of spread when full, five days of sun and house" \
  --balanced --inverter --soc 60 --profile "$out/days.csv" --loop --duration 5d --csv-period 1m "${ahead[@]}"

exit "$status"
