#!/usr/bin/env bash
# Write the tables of docs/parameters.md (parameters, orderings) from what is compiled in; --check compares instead.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools/setup.sh demo
[[ -f build/host/build.ninja ]] || cmake --preset host -DLBMS_BUILD_TESTS=OFF >&2
cmake --build --preset host --target list_params >&2

list=build/host/examples/list_params/list_params
"$list" >build/params.md
"$list" --orders >build/orders.md
awk '
  /<!-- (params|orders):end -->/ {inside = 0}
  !inside
  /<!-- (params|orders):begin -->/ {
    inside = 1
    table = /params/ ? "build/params.md" : "build/orders.md"
    while ((getline line < table) > 0) print line
  }
' docs/parameters.md >build/parameters.md

if [[ ${1:-} == --check ]]; then
  diff docs/parameters.md build/parameters.md || { echo "docs/parameters.md is out of date: run tools/params.sh"; exit 1; }
elif ! cmp -s docs/parameters.md build/parameters.md; then
  cp build/parameters.md docs/parameters.md
fi
