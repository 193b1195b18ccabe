#!/usr/bin/env bash
# Boot a firmware image in the emulator, in real time, with a simulated pack behind the same drivers.
#   tools/emulate.sh stm32|gd32 [--rs232 pty:LINK] [--rs485 pty:LINK] [--parallel pty:LINK] [--duration S]
#                               [--dip N]
# The state of the pack comes on RS232: on this terminal, or, with pty:LINK, on a pseudo-terminal that LINK points to; so do
# the other ports, which are left open without an option. All of them answer PACE requests: bmsctl -p LINK. Ends
# after S seconds, or with Ctrl-C; the links are removed then.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

usage() {
  sed -n '3,4s/^# *//p' "$0" >&2
  exit 2
}
chip=${1:-}
case $chip in
  stm32) machine=netduinoplus2 ;;
  gd32) machine=netduino2 ;;
  *) usage ;;
esac
shift
declare -A link=([rs232]="" [rs485]="" [parallel]="")
duration=0
dip=0
while [[ $# -gt 0 ]]; do
  [[ $# -ge 2 ]] || usage
  case $1 in
    --rs232 | --rs485 | --parallel)
      [[ $2 == pty:?* ]] || usage
      link[${1#--}]=${2#pty:}
      ;;
    --duration) duration=$2 ;;
    --dip) dip=$2 ;;
    *) usage ;;
  esac
  shift 2
done
if ! [[ $duration =~ ^[0-9]+(\.[0-9]+)?$ && $dip =~ ^([0-9]|1[0-5])$ ]]; then
  usage
fi

"$root/tools/target_build.sh" "$chip" "firmware_${chip}_emulated"
image=$root/build/$chip/examples/firmware_$chip/firmware_${chip}_emulated.elf

# Serial ports by index: USART1 (no part of the F1 map there), USART2 = RS485, USART3 = parallel, UART4 = RS232.
serial=(-serial null)
for port in rs485 parallel rs232; do
  if [[ -n ${link[$port]} ]]; then
    serial+=(-chardev "pty,id=$port" -serial "chardev:$port")
  elif [[ $port == rs232 ]]; then
    serial+=(-serial stdio)
  else
    serial+=(-serial null)
  fi
done

work=$(mktemp -d)
emulator=
timer=
made=()
clean_up() {
  for process in $emulator $timer; do
    kill "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
  done
  for name in "${made[@]}"; do
    rm -f "$name"
  done
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# Lines of the emulator itself, where it names the pseudo-terminals, come before anything of the image.
if [[ -n ${link[rs232]} ]]; then
  exec 3>"$work/out"
else
  exec 3> >(tee "$work/out")
fi
qemu-system-arm -M "$machine" -kernel "$image" -display none -monitor none "${serial[@]}" \
  -semihosting-config "enable=on,target=native,arg=image,arg=live,arg=dip=$dip" <&0 >&3 2>&3 &
emulator=$!
exec 3>&-

for port in "${!link[@]}"; do
  [[ -n ${link[$port]} ]] || continue
  device=
  for _ in {1..100}; do
    device=$(sed -n "s/^char device redirected to \([^ ]*\) (label $port)\r\{0,1\}$/\1/p" "$work/out")
    [[ -z $device ]] || break
    kill -0 "$emulator" 2>/dev/null || break
    sleep 0.05
  done
  if [[ -z $device ]]; then
    cat "$work/out" >&2
    echo "emulate.sh: the emulator gave no terminal for $port" >&2
    exit 1
  fi
  if [[ -e ${link[$port]} && ! -L ${link[$port]} ]]; then
    echo "emulate.sh: ${link[$port]} exists and is no link" >&2
    exit 1
  fi
  ln -sfn "$device" "${link[$port]}"
  made+=("${link[$port]}")
  echo "$port: ${link[$port]} -> $device"
done
echo "firmware_$chip on $machine, process $emulator$([[ $duration == 0 ]] || echo ", for $duration s")"

if [[ $duration == 0 ]]; then
  wait "$emulator" && status=0 || status=$?
  emulator=
  exit "$status"
fi
sleep "$duration" &
timer=$!
wait -n "$timer" "$emulator" && status=0 || status=$?
if kill -0 "$emulator" 2>/dev/null; then
  timer= # the time is over
  status=0
else
  emulator=
fi
exit "$status"
