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
# COMMAND is a process group of its own, which an interrupt ends as a whole; it may have gone on after this shell was
# killed outright, and then still holds the locks that it inherited.
watched() {
  local label=$1 path=$2 started=$SECONDS last=$SECONDS child status=0 width
  shift 2
  setsid -- "$@" >>"$KF_LOG" 2>&1 &
  child=$!
  # shellcheck disable=SC2064
  trap "interrupted $child" INT TERM HUP
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
  trap - INT TERM HUP
  [[ ! -t 2 ]] || printf '\r\033[K' >&2
  ((status != 0)) || say "$label: done in $((SECONDS - started)) s"
  return "$status"
}

# interrupted GROUP
interrupted() {
  trap '' INT TERM HUP
  kill -TERM -- "-$1" 2>/dev/null || true
  wait 2>/dev/null || true
  fail 130 "interrupted; what is whole stays, and the same command goes on from there"
}

size_of() {
  [[ -n $1 && -e $1 ]] || return 0
  local megabytes
  megabytes=$(du -sm --one-file-system "$1" 2>/dev/null | cut -f1) || true
  [[ -z $megabytes ]] || printf ', %s MB' "$megabytes"
}
