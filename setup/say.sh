# shellcheck shell=bash
# What the launcher says on standard error, and how it ends.

say() { printf 'kernelforge: %s\n' "$*" >&2; }

# fail EXIT_CODE LINE…: says every line and ends.
fail() {
  local code=$1
  shift
  printf 'kernelforge: %s\n' "$1" >&2
  shift
  (($# == 0)) || printf '  %s\n' "$@" >&2
  exit "$code"
}

# watched LABEL PATH COMMAND…: runs COMMAND with its output in $KF_LOG and shows how long it has taken and how much
# disk PATH has come to: on one redrawn line on a terminal, else a line every 20 s. Returns COMMAND's status.
# COMMAND dies with this shell, so that an interrupted setup leaves no work running behind it.
watched() {
  local label=$1 path=$2 started=$SECONDS last=$SECONDS child status=0 width
  shift 2
  setpriv --pdeathsig TERM -- "$@" >>"$KF_LOG" 2>&1 &
  child=$!
  while kill -0 "$child" 2>/dev/null; do
    sleep 0.5
    if [[ -t 2 ]]; then
      width=$(($(tput cols 2>/dev/null || echo 80) - 1))
      ((SECONDS == last)) || printf '\r\033[K%.*s' "$width" "kernelforge: $label: $((SECONDS - started)) s$(size_of "$path")" >&2
      last=$SECONDS
    elif ((SECONDS - last >= 20)); then
      last=$SECONDS
      say "$label: $((SECONDS - started)) s$(size_of "$path")"
    fi
  done
  wait "$child" || status=$?
  [[ ! -t 2 ]] || printf '\r\033[K' >&2
  ((status != 0)) || say "$label: done in $((SECONDS - started)) s"
  return "$status"
}

size_of() {
  [[ -n $1 && -e $1 ]] || return 0
  local megabytes
  megabytes=$(du -sm --one-file-system "$1" 2>/dev/null | cut -f1) || true
  [[ -z $megabytes ]] || printf ', %s MB' "$megabytes"
}
