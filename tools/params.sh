#!/usr/bin/env bash
# Write the parameter table of docs/parameters.md from what is compiled in; --check compares instead.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools/setup.sh demo
[[ -f build/host/build.ninja ]] || cmake --preset host -DLBMS_BUILD_TESTS=OFF >&2
cmake --build --preset host --target list_params >&2

table=build/params.md
build/host/examples/list_params/list_params >"$table"
awk -v table="$table" '
  /<!-- params:end -->/ {inside = 0}
  !inside
  /<!-- params:begin -->/ {inside = 1; while ((getline line < table) > 0) print line}
' docs/parameters.md >build/parameters.md

if [[ ${1:-} == --check ]]; then
  diff docs/parameters.md build/parameters.md || { echo "docs/parameters.md is out of date: run tools/params.sh"; exit 1; }
elif ! cmp -s docs/parameters.md build/parameters.md; then
  cp build/parameters.md docs/parameters.md
fi
