#!/usr/bin/env bash
# Recordings made by one build replay bit-identically in another one, and the other way round:
#   tests/virtual_pack/cross_replay.sh build/host build/clang
set -euo pipefail

if [[ $# -ne 2 ]]; then
  echo "usage: cross_replay.sh BUILD BUILD" >&2
  exit 2
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# check <build that records> <build that replays>
check() {
  local file=$folder/run.lbt
  # under-voltage, sleep, wake-up by a charger, reset, switch, fault, button
  "$1/examples/virtual_pack/virtual_pack" --headless --soc 2 --demand -3000W --at 15m:demand=2000W \
    --at 25m:button=7s --at 30m:switch=off --at 32m:switch=on --fault cell3=open@34m --fault none@35m \
    --at 36m:button=4s --at 37m:button=4s --seed 3 --duration 40m --record "$file" >/dev/null
  printf '%s -> %s: ' "$1" "$2"
  "$2/examples/replay/losun_replay" "$file" | tail -n 1
}
check "$1" "$2"
check "$2" "$1"
