#!/usr/bin/env bash
# Kills a running pack at random moments and demands that nothing is lost which it had acknowledged:
#   tools/kill_test.sh [COUNT] [BUILD]     COUNT kills (200), programs in BUILD (build/host)
# Each run writes a row of parameter values by commands and is killed (SIGKILL); the next one must remember the last
# value that was answered, or a later one that was on its way.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

count=${1:-200}
pack=${2:-build/host}/examples/virtual_pack/virtual_pack
parameter=inverter_timeout_s
writes=15 # of each run, an odd number; $parameter takes 3600
first=6
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

memory=$folder/pack.bin
value=$first      # last value that was answered
highest=$first    # last value that may have been stored
interrupted=0     # runs that were killed in the middle of their row
RANDOM=${SEED:-1}

run() { # values of this run begin behind $1; charged and discharged in turn, so that the pack stays awake
  local at=()
  for ((k = 1; k <= writes; k++)); do
    at+=(--at "$((k * 5)):param=$parameter=$(($1 + k))")
  done
  "$pack" --headless --nvm "$memory" --speed "${SPEED:-400}" --demand "$(($1 % 2 == 0 ? 3000 : -3000))W" --duration 1h "${at[@]}" \
    >"$folder/out" 2>"$folder/err" &
}

"$pack" --headless --nvm "$memory" --duration 10 --param "$parameter=$first" >/dev/null
for ((i = 1; i <= count; i++)); do
  run "$highest"
  child=$!
  sleep "0.$(printf '%03d' $((20 + RANDOM % 260)))"
  kill -KILL "$child" 2>/dev/null || true
  wait "$child" 2>/dev/null || true
  if [[ -s $folder/err ]]; then
    echo "kill_test.sh: kill $i: $(head -1 "$folder/err")"
    exit 1
  fi
  found=$(sed -n "s/^remembered: $parameter=//p" "$folder/out")
  if [[ -n $found ]] && ((found < value || found > highest)); then
    echo "kill_test.sh: kill $i: remembers $found instead of $value to $highest"
    exit 1
  fi
  if [[ -z $found ]]; then
    continue # killed before it could tell: the values of this run were not begun
  fi
  asked=$(grep -c "param=$parameter=" "$folder/out" || true)
  answered=$(grep -c "command [0-9]*: done" "$folder/out" || true)
  value=$found
  if ((answered > 0)); then
    value=$((highest + answered))
  fi
  if ((asked > 0)); then
    highest=$((highest + writes)) # what was asked for may have been stored
  fi
  if ((answered > 0 && answered < writes)); then
    interrupted=$((interrupted + 1))
  fi
done
echo "$count kills, $interrupted of them between two writes; last value answered: $value, nothing lost"
