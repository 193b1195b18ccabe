#!/usr/bin/env bash
# All gates beyond the tests, cheapest first:
#   tools/verify.sh             every gate; exit status 1 if one fails
#   tools/verify.sh NAME ...    these gates only
# The output of a gate is in build/verify/NAME.log, and its end is shown if it fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Each gate is a function gate_NAME; this is their order.
gates=(format floors docs headers sources host arm objects isolation parameters campaign soc clang replay kill sanitize fuzz coverage
  consumers options reproducible readme sizes targets firmware requirements)

gate_format() {
  find lib include port examples tests -name '*.[ch]' -print0 | xargs -0 clang-format-14 --dry-run -Werror
}
gate_floors() { python3 tools/check_floors.py; }
gate_docs() { python3 tools/check_docs.py; }
gate_headers() { tools/check_headers.sh; }
gate_sources() { python3 tools/sources.py; }

# The builds that the gates after them look into.
gate_host() {
  cmake --preset host -DLBMS_BUILD_TESTS=ON
  cmake --build --preset host
  python3 tools/sources.py --archive build/host/lib/liblosun_bms.a
}
gate_arm() {
  local target
  for target in m3 m4; do
    cmake --workflow --preset "$target"
    python3 tools/sources.py --archive "build/$target/lib/liblosun_bms.a"
  done
}
gate_objects() {
  python3 tools/check_objects.py build/host/lib/liblosun_bms.a
  python3 tools/check_objects.py build/m3/lib/liblosun_bms.a arm-none-eabi-
  python3 tools/check_objects.py build/m4/lib/liblosun_bms.a arm-none-eabi-
}
gate_isolation() { python3 tools/check_isolation.py build/host; }

# The table of docs/parameters.md is the one that is compiled in.
gate_parameters() { tools/params.sh --check; }

# The first of the random safety campaigns; all 10,000 days take half an hour (docs/campaign.md).
gate_campaign() { tools/campaign.sh --days 50; }

# The state-of-charge estimator keeps what it reaches (docs/soc-bench.md).
gate_soc() { tools/soc_bench.sh --quick --check; }

gate_clang() { cmake --workflow --preset clang; }
# What one compiler's build recorded, the other's replays with the same decisions, bit for bit.
gate_replay() {
  local pair from to
  for pair in "host clang" "clang host"; do
    read -r from to <<<"$pair"
    "build/$from/examples/virtual_pack/virtual_pack" --headless --speed max --duration 12h \
      --profile examples/profiles/solar_day.csv --from 6h --fault cell3=open@10h --fault none@11h \
      --record "build/verify/$from.lbt"
    "build/$to/examples/replay/losun_replay" "build/verify/$from.lbt"
  done
  # likewise the fuel gauge and the estimator on a measured record
  for from in host clang; do
    for to in day steady rest worst; do
      "build/$from/examples/bench/lbms_bench" gauge "$to"
    done >"build/verify/$from.gauge.txt"
    "build/$from/examples/soc_eval/soc_eval" --cell apr --initial-soc 0.5 --out "build/verify/$from.soc.csv" \
      examples/soc_bench/records/apr18650_flat_25C_a.csv
  done
  cmp build/verify/host.gauge.txt build/verify/clang.gauge.txt
  cmp build/verify/host.soc.csv build/verify/clang.soc.csv
}
# The virtual pack is killed 200 times while it writes.
gate_kill() { tools/kill_test.sh; }
gate_sanitize() { cmake --workflow --preset sanitize; }
# Every decoder, 30 s each.
gate_fuzz() { tools/fuzz.sh 30; }
gate_coverage() { tools/check_coverage.sh; }

gate_consumers() { tools/check_consumers.sh; }
gate_options() { tools/check_options.sh; }
gate_reproducible() { tools/check_reproducible.sh; }
gate_readme() { tools/check_readme.sh; }
gate_sizes() { tools/sizes.sh --check; }
# Unit tests, replay of host recordings and the firmware images on the emulated chips; then the table of their figures.
gate_targets() { tools/target_tests.sh; }
gate_firmware() { python3 tools/firmware_sizes.py --check; }
# A report for now: which requirements have no test. It cannot fail.
gate_requirements() { tools/requirements.sh || true; }

if [[ $# -gt 0 ]]; then
  gates=("$@")
fi
for gate in "${gates[@]}"; do
  if ! declare -F "gate_$gate" >/dev/null; then
    echo "verify.sh: unknown gate '$gate'" >&2
    exit 2
  fi
done

tools/setup.sh verify
mkdir -p build/verify
failed=()
for gate in "${gates[@]}"; do
  log=build/verify/$gate.log
  start=$SECONDS
  # A shell of its own for each gate: "set -e" is ignored inside a function that is called in a condition.
  export -f "gate_$gate"
  if bash -euo pipefail -c "gate_$gate" >"$log" 2>&1 </dev/null; then
    printf 'PASS  %-14s %4d s\n' "$gate" $((SECONDS - start))
  else
    printf 'FAIL  %-14s %4d s   %s\n' "$gate" $((SECONDS - start)) "$log"
    tail -n 40 "$log" | sed 's/^/      | /'
    failed+=("$gate")
  fi
done

if [[ ${#failed[@]} -gt 0 ]]; then
  echo "${#failed[@]} of ${#gates[@]} gates failed: ${failed[*]}"
  exit 1
fi
echo "all ${#gates[@]} gates passed"
