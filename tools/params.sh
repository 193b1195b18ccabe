#!/usr/bin/env bash
# Write the tables of docs/parameters.md (parameters, orderings) and docs/modes.md (transition list) from what is
# compiled in; --check compares instead.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools/setup.sh demo
[[ -f build/host/build.ninja ]] || cmake --preset host -DLBMS_BUILD_TESTS=OFF >&2
cmake --build --preset host --target list_params >&2

list=build/host/examples/list_params/list_params
"$list" >build/params.md
"$list" --orders >build/orders.md
"$list" --modes >build/modes.md

# fill <document> <result>: the document with each part between <!-- x:begin --> and <!-- x:end --> replaced by build/x.md
fill() {
  awk '
    /<!-- [a-z]+:end -->/ {inside = 0}
    !inside
    /<!-- [a-z]+:begin -->/ {
      inside = 1
      table = $2
      sub(/:begin/, "", table)
      while ((getline line < ("build/" table ".md")) > 0) print line
    }
  ' "$1" >"$2"
}

for document in parameters modes; do
  fill "docs/$document.md" "build/$document.filled"
  if [[ ${1:-} == --check ]]; then
    diff "docs/$document.md" "build/$document.filled" ||
      { echo "docs/$document.md is out of date: run tools/params.sh"; exit 1; }
  elif ! cmp -s "docs/$document.md" "build/$document.filled"; then
    cp "build/$document.filled" "docs/$document.md"
  fi
done
