# shellcheck shell=bash
# What this machine itself must have: the .NET SDK, mmdebstrap, bubblewrap, and for tests of the pages a browser.

# find_dotnet: sets DOTNET to the first dotnet there is and exports DOTNET_ROOT for programs that are started by their own name.
find_dotnet() {
  local candidate
  for candidate in "${DOTNET_ROOT:+$DOTNET_ROOT/dotnet}" "$(type -P dotnet || true)" "${HOME:-/}/.dotnet/dotnet" /usr/share/dotnet/dotnet /usr/lib/dotnet/dotnet; do
    if [[ -n $candidate && -x $candidate ]]; then
      DOTNET=$candidate
      [[ ! -L $DOTNET ]] || DOTNET=$(readlink -f "$DOTNET")
      export DOTNET_ROOT=${DOTNET%/*}
      return 0
    fi
  done
  no_sdk "There is no dotnet on the PATH, in DOTNET_ROOT or in the usual places."
}

no_sdk() {
  fail 69 "the .NET 10 SDK is missing. $1" \
    "Get it in one of these ways, then start the same command again:" \
    "  sudo apt-get install dotnet-sdk-10.0        # where your distribution or Microsoft's package feed has it" \
    "  https://dot.net/v1/dotnet-install.sh        # bash dotnet-install.sh --channel 10.0   (into ~/.dotnet, no root needed)" \
    "See https://learn.microsoft.com/dotnet/core/install/linux"
}

need_sdk() {
  find_dotnet
  "$DOTNET" --list-sdks 2>/dev/null | grep -q '^10\.' || no_sdk "$DOTNET has no SDK of version 10; it has: $("$DOTNET" --list-sdks 2>/dev/null | cut -d' ' -f1 | paste -sd' ' || true)"
}

# need_programs PROGRAM…: each is Debian's package of the same name, except bwrap.
need_programs() {
  local program packages=()
  for program in "$@"; do
    type -P "$program" >/dev/null && continue
    case $program in
      bwrap) packages+=(bubblewrap) ;;
      *) packages+=("$program") ;;
    esac
  done
  ((${#packages[@]} == 0)) || install_packages "${packages[@]}"
}

# need_browser: Debian's chromium, and a font so that pages on it can be read; exports KERNELFORGE_BROWSER, its path. Who
# has set that already has a browser.
need_browser() {
  local -a packages=()
  if [[ -n ${KERNELFORGE_BROWSER:-} ]]; then
    [[ -x $KERNELFORGE_BROWSER ]] || fail 69 "KERNELFORGE_BROWSER=$KERNELFORGE_BROWSER is no program." "Set it to the path of a chromium, or unset it, and one is installed."
    return 0
  fi
  type -P chromium >/dev/null || packages+=(chromium)
  [[ -n $(find /usr/share/fonts /usr/local/share/fonts "${HOME:-/}/.local/share/fonts" \( -name '*.ttf' -o -name '*.otf' \) -print -quit 2>/dev/null) ]] || packages+=(fonts-dejavu-core)
  if ((${#packages[@]})); then
    mkdir -p "$KERNELFORGE_HOME"
    KF_LOG=$KERNELFORGE_HOME/browser.log
    : >"$KF_LOG"
    install_packages "${packages[@]}"
  fi
  KERNELFORGE_BROWSER=$(type -P chromium) || fail 69 "${packages[*]} installed, and there is still no program chromium on the PATH." "Set KERNELFORGE_BROWSER to the path of one."
  export KERNELFORGE_BROWSER
}

# install_packages PACKAGE…: with apt-get, as root or through sudo; else shows the command and ends.
install_packages() {
  local -a packages=("$@")
  local -a install=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -y --no-install-recommends install "${packages[@]}")
  local -a update=(apt-get -o DPkg::Lock::Timeout=300 update)
  type -P apt-get >/dev/null || fail 69 "${packages[*]} missing, and this machine has no apt-get." \
    "Install ${packages[*]} with this machine's own package manager, then start the same command again."
  if ((EUID != 0)); then
    sudo -n true 2>/dev/null || fail 69 "${packages[*]} missing, and installing needs root." \
      "Run this once, then start the same command again:" "  sudo apt-get install ${packages[*]}"
    install=(sudo -n "${install[@]}")
    update=(sudo -n "${update[@]}")
  fi
  say "installing ${packages[*]} with apt-get"
  watched "${packages[*]}" "" "${install[@]}" || {
    watched "apt-get update" "" "${update[@]}" || true
    watched "${packages[*]}" "" "${install[@]}" || fail 69 "apt-get could not install ${packages[*]}:" "$(explain_log)" \
      "Run it yourself to see all of it: apt-get install ${packages[*]}"
  }
}

# need_name_spaces: bubblewrap must be able to make a sandbox; says the exact line that allows it.
need_name_spaces() {
  local out setting
  out=$(bwrap --ro-bind / / --unshare-all --die-with-parent true 2>&1) && return 0
  local -a ways=()
  for setting in kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0; do
    local file=/proc/sys/${setting%%=*}
    file=${file//.//}
    [[ -r $file && $(<"$file") != "${setting#*=}" ]] && ways+=("sudo sysctl -w $setting        # for good: echo '$setting' | sudo tee /etc/sysctl.d/60-kernelforge.conf")
  done
  [[ -r /proc/sys/user/max_user_namespaces && $(</proc/sys/user/max_user_namespaces) == 0 ]] && ways+=("sudo sysctl -w user.max_user_namespaces=15000")
  ((${#ways[@]})) || ways=("in a container, allow name spaces: docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined …")
  fail 69 "this machine does not allow bubblewrap to make a sandbox: ${out//$'\n'/; }" "What allows it:" "${ways[@]/#/  }"
}

# explain_log: the last lines of the setup log that look like the reason.
explain_log() {
  local reason
  reason=$(grep -aE '^(E|Err|W|dpkg|tar|mmdebstrap|bwrap)[: ]|error|No space|denied' "$KF_LOG" 2>/dev/null | tail -n 6) || reason=$(tail -n 6 "$KF_LOG" 2>/dev/null) || true
  printf '%s' "${reason//$'\n'/$'\n'  }"
}
