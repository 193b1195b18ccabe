#!/usr/bin/env bash
# The bench of the state-of-charge estimators: measured records and a simulated pack in houses, with common methods for
# comparison; tables on stdout, pictures and their data in build/soc_bench/ (docs/soc-bench.md).
#   tools/soc_bench.sh                    everything, with pictures
#   tools/soc_bench.sh --quick --check    the reduced set of continuous integration; exit status 1 if a gate breaks
#   tools/soc_bench.sh --document         everything, and the tables and a picture go into docs/
#   tools/soc_bench.sh --write-gates      the gates become those of today's figures; say why in the commit
# Further arguments go to the bench, see --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools/setup.sh demo
# Leave an existing configuration alone; a new one needs no test framework.
[[ -f build/host/build.ninja ]] || cmake --preset host -DLBMS_BUILD_TESTS=OFF >/dev/null
cmake --build --preset host --target soc_bench >&2
bench=build/host/examples/soc_bench/soc_bench
mkdir -p build/soc_bench

case ${1:-} in
  --document)
    "$bench" --out build/soc_bench | sed -e 's/^MISS */* /' -e 's/^[0-9]* figures miss .*/\n&./' >build/soc_bench/tables.md
    sed -i -e '/^<!-- bench:begin -->$/,/^<!-- bench:end -->$/{//!d}' \
      -e '/^<!-- bench:begin -->$/r build/soc_bench/tables.md' docs/soc-bench.md
    cp build/soc_bench/summary.png docs/soc-bench.png
    exit
    ;;
  --write-gates)
    gates=examples/soc_bench/gates.csv
    "$bench" --method estimator --quick --write-gates build/soc_bench/quick.csv
    "$bench" --method estimator --write-gates build/soc_bench/full.csv
    {
      echo "# Gates of tools/soc_bench.sh --check (docs/soc-bench.md), written by tools/soc_bench.sh --write-gates"
      echo "# set,scenario,figure,bound"
      cat build/soc_bench/quick.csv build/soc_bench/full.csv
    } >"$gates"
    exit
    ;;
esac

pictures=(--out build/soc_bench)
for argument in "$@"; do
  case $argument in
    --quick | --list | --help | --out) pictures=() ;;
  esac
done
exec "$bench" "${pictures[@]}" "$@"
