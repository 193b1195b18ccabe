#!/usr/bin/env bash
# What the fuel gauge costs: instructions of a step of 100 ms, on the emulated Cortex-M4 and on the host, memory and program.
#   tools/soc_cost.sh               the figures, "name: value" a line
#   tools/soc_cost.sh --document    and the table of docs/soc-estimator.md is renewed
# The digests say that the results of the gauge are the same on the host and on the chip; exit status 1 if they are not.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools/setup.sh verify >&2
[[ -f build/host/build.ninja ]] || cmake --preset host -DLBMS_BUILD_TESTS=OFF >&2
cmake --build --preset host --target lbms_bench >&2
tools/target_build.sh stm32 target_gauge_cost
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

objects=build/stm32/lib/CMakeFiles/losun_bms.dir/battery
text() {
  local name sum=0
  for name in "$@"; do
    sum=$((sum + $(arm-none-eabi-size "$objects/$name.c.obj" | awk 'NR == 2 {print $1}')))
  done
  echo "$sum"
}

measure() {
  # Every step, counted on the chip.
  image=build/stm32/tests/support/target/target_gauge_cost.elf
  tools/run_image.sh stm32 --count "$image" >"$work/target" 2>&1 || true
  grep ': ' "$work/target" | sed 's/^gauge/m4/'

  # Means on the host, of the whole and of the filter in it.
  bench=build/host/examples/bench/lbms_bench
  for load in day steady rest worst; do
    "$bench" gauge "$load" >>"$work/host"
  done
  if ! diff <(grep digest "$work/target") "$work/host" >&2; then
    echo "soc_cost.sh: host and chip do not agree" >&2
    exit 1
  fi
  for load in day steady rest; do
    valgrind -q --tool=callgrind --toggle-collect=gauge_load_run --callgrind-out-file="$work/cg" "$bench" gauge "$load" >/dev/null 2>&1
    case $load in
      day) minutes=1440 ;;
      steady) minutes=180 ;;
      rest) minutes=120 ;;
    esac
    for function in gauge_load_run lbms_estimator_step; do
      total=$(callgrind_annotate --inclusive=yes "$work/cg" | grep -m1 ":$function " | sed 's/(.*//; s/[ ,]//g')
      echo "x86.$load.$function: $((total / (minutes * 600)))"
    done
  done

  # Code and constants on Cortex-M4 -Os.
  filter=(estimator estimator_math estimator_moments estimator_polarisation estimator_resistance estimator_table estimator_lanes
    estimator_update estimator_capacity capacity cell_model cell_lfp100)
  echo "m4.filter.text: $(text "${filter[@]}")"
  echo "m4.filter_and_more.text: $(text "${filter[@]}" spread remaining_time power_limit cell_resistance)"
  echo "m4.gauge.text: $(text "${filter[@]}" spread remaining_time power_limit cell_resistance soc_display throughput gauge \
    gauge_tasks gauge_memory)"
}

measure | tee "$work/figures"
[[ ${1:-} == --document ]] || exit 0

value() { sed -n "s/^$1: //p" "$work/figures"; }
# row NAME REQUIRED-MOST VALUE [VALUE ...]: the first value is judged
row() {
  local name=$1 most=$2 verdict=met
  shift 2
  [[ $1 -le $most ]] || verdict=missed
  printf '| %s | %s | %s | %s |\n' "$name" "$most" "$(printf '%s | ' "$@" | sed 's/ | $//')" "$verdict"
}
{
  echo
  echo "| instructions added to a step of 100 ms | at most | Cortex-M4, \`-Os\` | x86-64, \`-O2\` | of it the filter (x86-64) | |"
  echo "| --- | ---: | ---: | ---: | ---: | --- |"
  row "mean of a day in a house" 300 "$(value m4.day.mean.instructions)" "$(value x86.day.gauge_load_run)" \
    "$(value x86.day.lbms_estimator_step)"
  row "mean at a steady 1 C" 900 "$(value m4.steady.mean.instructions)" "$(value x86.steady.gauge_load_run)" \
    "$(value x86.steady.lbms_estimator_step)"
  row "mean at rest" 300 "$(value m4.rest.mean.instructions)" "$(value x86.rest.gauge_load_run)" \
    "$(value x86.rest.lbms_estimator_step)"
  row "longest step at 1 C" 1500 "$(value m4.steady.worst.instructions)" "" ""
  row "longest step of the day: a capacity is measured" 1500 "$(value m4.day.worst.instructions)" "" ""
  row "longest step of all: the filter starts anew" 1500 "$(value m4.worst.worst.instructions)" "" ""
  echo
  echo "| bytes | at most | Cortex-M4, \`-Os\` | |"
  echo "| --- | ---: | ---: | --- |"
  row "RAM of everything" 4096 "$(value m4.ram.bytes)"
  row "program: filter, resistance, capacity, one table" 6144 "$(value m4.filter.text)"
  row "... with differences of the cells, remaining time, power limits" 10240 "$(value m4.filter_and_more.text)"
  echo "| ... with what is shown, counters, the gauge around it and its memory | | $(value m4.gauge.text) | |"
  echo
} >"$work/table"
sed -i -e '/^<!-- cost:begin -->$/,/^<!-- cost:end -->$/{//!d}' -e "/^<!-- cost:begin -->\$/r $work/table" docs/soc-estimator.md
