#!/usr/bin/env bash
# Random safety campaigns on the complete library, each seed a pack-day (docs/campaign.md):
#   tools/campaign.sh [--days N] [--seed S] [--jobs N] [option of the program ...]     default: 10000 days, seed 1, 2 jobs
# Exit status 1 when an invariant broke: then the shortest trace is printed, and its recording is in build/campaign/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

[[ -f build/host/build.ninja ]] || cmake --preset host -DLBMS_BUILD_TESTS=OFF >/dev/null
cmake --build --preset host --target campaign >/dev/null
program=$PWD/build/host/examples/campaign/campaign
mkdir -p build/campaign
cd build/campaign
exec "$program" --days 10000 --seed 1 --jobs 2 "$@" # the last of equal options counts
