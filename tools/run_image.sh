#!/usr/bin/env bash
# Run one image in the emulator until it ends by itself; its exit status is that of the image.
#   tools/run_image.sh stm32|gd32 [--count] [--log FILE] [--rs232 FILE] IMAGE [ARGUMENT ...]
# --count: one instruction is one nanosecond of the emulated clocks and waits cost no time: the same result every time.
# --log: what the image writes to registers that the emulator does not have. --rs232: what it sends there.
set -euo pipefail

case ${1:-} in
  stm32) machine=netduinoplus2 ;;
  gd32) machine=netduino2 ;;
  *)
    sed -n '3p' "$0" >&2
    exit 2
    ;;
esac
shift
options=()
rs232=null
while [[ ${1:-} == --* ]]; do
  case $1 in
    --count) options+=(-icount "shift=0,sleep=off") ;;
    --log)
      options+=(-d "unimp,guest_errors" -D "$2")
      shift
      ;;
    --rs232)
      rs232=file:$2
      shift
      ;;
    *)
      echo "run_image.sh: unknown option $1" >&2
      exit 2
      ;;
  esac
  shift
done
image=$1
shift
arguments=arg=image
for argument in "$@"; do
  arguments+=,arg=$argument
done
# Serial ports by index: USART1 (no part of the F1 map there), USART2 = RS485, USART3 = parallel, UART4 = RS232.
exec timeout 280 qemu-system-arm -M "$machine" -kernel "$image" -display none -monitor none \
  -serial null -serial null -serial null -serial "$rs232" -serial null -serial null "${options[@]}" \
  -semihosting-config "enable=on,target=native,$arguments" </dev/null
