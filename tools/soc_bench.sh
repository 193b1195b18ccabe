#!/usr/bin/env bash
# The bench of the state-of-charge estimators: measured records and a simulated pack in houses, with common methods for
# comparison; tables on stdout, pictures and their data in build/soc_bench/ (docs/soc-bench.md).
#   tools/soc_bench.sh                    everything, with pictures
#   tools/soc_bench.sh --quick --check    the reduced set of continuous integration; exit status 1 if a gate fails
# Further arguments go to the bench, see --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools/setup.sh demo
# Leave an existing configuration alone; a new one needs no test framework.
[[ -f build/host/build.ninja ]] || cmake --preset host -DLBMS_BUILD_TESTS=OFF >/dev/null
cmake --build --preset host --target soc_bench >&2

pictures=(--out build/soc_bench)
for argument in "$@"; do
  case $argument in
    --quick | --list | --help | --out) pictures=() ;;
  esac
done
exec build/host/examples/soc_bench/soc_bench "${pictures[@]}" "$@"
