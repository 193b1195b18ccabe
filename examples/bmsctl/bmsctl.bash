# Completion of bmsctl for bash: source this file.
_bmsctl() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  local words="status cells watch params history clock info switches health report restore-defaults shutdown access calibrate
    capacity cycles serial clear scan
    --port --address --baud --code --json --csv --count --timeout --tries --capture --yes --help --version"
  [[ ${COMP_WORDS[COMP_CWORD - 2]-} == calibrate ]] && return # a number
  case $before in
    -p | --port) mapfile -t COMPREPLY < <(compgen -f -- "${word:-/dev/tty}"); return ;;
    --capture | export | import | report) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    params) words="get set diff export import" ;;
    clock) words="set" ;;
    switches) words="charge discharge buzzer led limiter balance gear" ;;
    charge | discharge | buzzer | led | limiter | balance) words="on off" ;;
    gear) words="high low" ;;
    access) words="close key" ;;
    calibrate) words="zero pack charge discharge" ;;
    capacity | cycles) words="set" ;;
    serial) words="board pack" ;;
    clear) words="history faults" ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _bmsctl bmsctl
