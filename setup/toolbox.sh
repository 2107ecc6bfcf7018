# shellcheck shell=bash
# The toolbox: one Debian root file system with everything native (PyTorch, NVRTC, CUDA headers, PostgreSQL).
#
#   <home>/toolbox              a symbolic link to the current root, replaced by rename
#   <home>/toolboxes/NAME       a root that is whole; /.kernelforge/PART in it holds the lines of toolbox.list it was made from
#   <home>/toolboxes/NAME.part  one being made by the process that holds <home>/toolboxes/lock; else rubbish
#
# A part is added to a copy of hard links which then takes the place of the current root. A root in use is locked
# (shared) by the launcher that started its user, so that it is removed only once nobody runs in it.

KF_PARTS=(eval headers database)
KF_LIST=$KF_ROOT/setup/toolbox.list

if [[ -n ${KERNELFORGE_TOOLBOX:-} ]]; then
  KF_TOOLBOX=$KERNELFORGE_TOOLBOX
  KF_TOOLBOX_OURS=
else
  KF_TOOLBOX=$KERNELFORGE_HOME/toolbox
  KF_TOOLBOX_OURS=1
fi
KF_TOOLBOXES=$KERNELFORGE_HOME/toolboxes

# part_lines PART: sets REPLY to its lines of toolbox.list and the suite's, blanks squeezed.
part_lines() {
  local part how package version lines=
  while read -r part how package version; do
    [[ $part == "$1" || $part == suite ]] && lines+="$part $how $package $version"$'\n'
  done <"$KF_LIST"
  REPLY=${lines%$'\n'}
}

# part_ready PART: whether the current toolbox holds the part in the versions listed now.
part_ready() {
  [[ -n $KF_TOOLBOX_OURS ]] || return 0
  local file=$KF_TOOLBOX/.kernelforge/$1
  [[ -f $file ]] || return 1
  part_lines "$1"
  [[ $(<"$file") == "$REPLY" ]]
}

# need_part PART: makes it, and the parts before it, where missing.
need_part() {
  if [[ -z $KF_TOOLBOX_OURS ]]; then
    [[ -x $KF_TOOLBOX/usr/bin/python3 || -L $KF_TOOLBOX/usr/bin/python3 ]] || fail 69 "KERNELFORGE_TOOLBOX=$KF_TOOLBOX holds no usr/bin/python3." \
      "Unset KERNELFORGE_TOOLBOX, and a toolbox is made; or install there what setup/toolbox.list names."
    return 0
  fi
  part_ready "$1" && return 0
  local part
  start_setup
  for part in "${KF_PARTS[@]}"; do
    part_ready "$part" || "make_$part"
    [[ $part != "$1" ]] || break
  done
  end_setup
}

# use_toolbox: holds a shared lock on the current root until the last process started from here has ended.
use_toolbox() {
  [[ -n $KF_TOOLBOX_OURS && -e $KF_TOOLBOX/.kernelforge/in-use ]] || return 0
  exec 9<"$KF_TOOLBOX/.kernelforge/in-use"
  flock -s -n 9 || true
}

start_setup() {
  mkdir -p "$KF_TOOLBOXES"
  KF_LOG=$KERNELFORGE_HOME/setup.log
  touch "$KF_LOG" 2>/dev/null || fail 69 "cannot write in the data folder $KERNELFORGE_HOME." "Set KERNELFORGE_HOME to a folder of yours."
  exec 8>"$KF_TOOLBOXES/lock"
  if ! flock -n 8; then
    say "another setup is at work on $KERNELFORGE_HOME; waiting for it"
    flock 8
  fi
  : >"$KF_LOG"
  need_programs mmdebstrap bwrap
  need_name_spaces
  sweep
}

end_setup() {
  sweep
  exec 8>&-
}

# sweep: removes what an interrupted setup left (its downloads are kept) and roots that nobody uses any more.
sweep() {
  local current path
  current=$(readlink "$KF_TOOLBOX" 2>/dev/null || true)
  for path in "$KF_TOOLBOXES"/*/; do
    path=${path%/}
    [[ -d $path && $path != "$KF_TOOLBOXES/downloads" && toolboxes/${path##*/} != "$current" ]] || continue
    if [[ $path == *.part ]]; then
      keep_downloads "$path"
    elif [[ -e $path/.kernelforge/in-use ]] && ! flock -x -n "$path/.kernelforge/in-use" true; then
      continue
    fi
    rm -rf --one-file-system -- "$path" || say "could not remove $path"
  done
  part_ready headers && rm -rf -- "$KF_TOOLBOXES/downloads"
  return 0
}

keep_downloads() {
  local archives=$1/var/cache/apt/archives
  compgen -G "$archives/*.deb" >/dev/null || return 0
  mkdir -p "$KF_TOOLBOXES/downloads"
  mv -f -- "$archives"/*.deb "$KF_TOOLBOXES/downloads/" 2>/dev/null || true
}

# need_space MEGABYTES
need_space() {
  local free
  free=$(df -Pm "$KF_TOOLBOXES" | awk 'NR == 2 { print $4 }')
  ((free >= $1)) || fail 69 "not enough room for the toolbox: $free MB free in $KERNELFORGE_HOME, $1 MB needed." \
    "Free some, or set KERNELFORGE_HOME to a folder on a larger disk."
}

# fail_part PART: the reason, by what the log says.
fail_part() {
  local reason
  reason=$(explain_log)
  if grep -qa 'No space left on device' "$KF_LOG"; then
    fail 69 "the disk is full: $KERNELFORGE_HOME" "$reason" "Free some room, or set KERNELFORGE_HOME to a folder on a larger disk, and start again."
  elif grep -qaE 'Could not resolve|Could not connect|Unable to connect|Temporary failure|Connection (failed|timed out|refused)|Network is unreachable|Failed to fetch' "$KF_LOG"; then
    fail 69 "the Debian mirror $(mirror) cannot be reached, or broke off." "$reason" \
      "Check the network (and http_proxy, if there is one), or set KERNELFORGE_MIRROR to another Debian mirror, and start again: what was fetched is kept."
  fi
  fail 69 "part '$1' of the toolbox could not be made." "$reason" "The whole log: $KF_LOG"
}

# mirror: the host's own Debian mirror, read from its apt sources. A host that is no Debian has to name one.
mirror() {
  if [[ -n ${KERNELFORGE_MIRROR:-} ]]; then
    printf '%s' "$KERNELFORGE_MIRROR"
    return
  fi
  local found
  found=$(cat /etc/apt/sources.list.d/*.sources 2>/dev/null | awk '$1 == "URIs:" { for (i = 2; i <= NF; i++) print $i }' | grep -E '^(https?|file|copy):.*/debian/?$' | head -n 1) || true
  [[ -n $found ]] || found=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null | awk '$1 == "deb" { for (i = 2; i <= NF; i++) if ($i ~ /^(https?|file|copy):.*\/debian\/?$/) { print $i; exit } }' | head -n 1) || true
  [[ -n $found ]] || fail 69 "this host's apt sources name no Debian mirror, which the toolbox is made from." \
    "Set KERNELFORGE_MIRROR to the address of one (www.debian.org/mirror/list has them all), and start again."
  printf '%s' "$found"
}

# packages PART SEPARATOR: its packages with their version patterns, for apt.
packages() {
  local part how package version list=
  while read -r part how package version; do
    [[ $part == "$1" ]] || continue
    [[ $version == '*' ]] || package+="=$version"
    list+="${list:+$2}$package"
  done <"$KF_LIST"
  printf '%s' "$list"
}

suite() { awk '$1 == "suite" { print $2 }' "$KF_LIST"; }

make_eval() {
  need_space 4000
  local next proxy
  next=$KF_TOOLBOXES/$(date +%Y%m%dT%H%M%S)-$$
  local -a options=(
    --variant=apt --components="main contrib non-free" --include="$(packages eval ,)"
    --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' --aptopt='Acquire::Retries "3"'
    --dpkgopt=force-unsafe-io
    --dpkgopt=path-exclude='/usr/share/man/*' --dpkgopt=path-exclude='/usr/share/doc/*' --dpkgopt=path-exclude='/usr/share/locale/*'
    --dpkgopt=path-exclude='/usr/share/info/*' --dpkgopt=path-exclude='/usr/lib/python3/dist-packages/torch/test/*'
    --dpkgopt=path-exclude='/usr/lib/python3/dist-packages/torch/include/*'
    --skip=download/empty --skip=essential/unlink
    --setup-hook="mkdir -p \"\$1/var/cache/apt/archives\"; cp -l '$KF_TOOLBOXES'/downloads/*.deb \"\$1/var/cache/apt/archives/\" 2>/dev/null || true"
  )
  proxy=$(apt-config dump --format '%f "%v";%n' Acquire::http::Proxy 2>/dev/null | head -n 1) || true
  [[ -z $proxy ]] || options+=(--aptopt="$proxy")
  mkdir "$next.part"
  local from
  from=$(mirror)
  say "toolbox, part 'eval': Debian $(suite) with Python, PyTorch and NVRTC, about 1.2 GB, from $from; takes a minute or two"
  if ((EUID == 0)); then
    # Mounts of its own, which go with it however it ends: a killed one must not leave /proc mounted in a folder that is removed next.
    local -a alone=()
    ! unshare --mount true 2>/dev/null || alone=(unshare --mount --propagation private --)
    watched "toolbox, part 'eval'" "$next.part" "${alone[@]}" mmdebstrap --mode=root --format=directory "${options[@]}" "$(suite)" "$next.part" "$from" || fail_part eval
  else
    { type -P newuidmap && grep -s "^$(id -un):" /etc/subuid; } >/dev/null || fail 69 "making the toolbox without root needs subordinate user ids." \
      "Run these once, then start the same command again:" "  sudo apt-get install uidmap" "  sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $(id -un)"
    # shellcheck disable=SC2016
    TMPDIR=$KF_TOOLBOXES watched "toolbox, part 'eval'" "$next.part" bash -o pipefail -c \
      'into=$1; shift; mmdebstrap --mode=unshare --format=tar "$@" | tar -x --no-same-owner --exclude="./dev/*" -C "$into"' \
      - "$next.part" "${options[@]}" "$(suite)" - "$from" || fail_part eval
  fi
  rm -rf -- "$next.part"/var/cache/apt/archives/*.deb "$next.part"/var/cache/apt/*.bin
  mkdir -p "$next.part/.kernelforge"
  : >"$next.part/.kernelforge/in-use"
  put_in_place eval "$next"
}

make_headers() {
  need_space 2500
  say "toolbox, part 'headers': CUDA, libcu++, CUB, Thrust and CUTLASS headers; 0.9 GB to fetch, 40 MB to keep; takes about a minute"
  add_part headers ./usr/include
}

make_database() {
  need_space 500
  say "toolbox, part 'database': PostgreSQL; 30 MB to fetch, 75 MB to keep; takes about ten seconds"
  add_part database "${KF_DATABASE_FILES[@]}"
}

# What of the database packages is unpacked, as arguments of tar.
# shellcheck disable=SC2034
KF_DATABASE_FILES=(--exclude=./usr/share/doc --exclude=./usr/share/man --exclude=./usr/share/locale --exclude=./usr/share/lintian
  --exclude=bitcode --exclude='llvmjit*' ./usr)

# For bash, as root with the root file system as /: fetches packages and unpacks a part of each. Takes a folder to work
# in, the number of tar's arguments, these, and the packages.
# shellcheck disable=SC2016
KF_UNPACK='
set -euo pipefail
work=$1 of=("${@:3:$2}") wanted=("${@:3+$2}")
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
cd "$work"
apt() { apt-get -o APT::Sandbox::User=root -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache" "$@"; }
apt update
apt download "${wanted[@]}"
for package in ./*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -x --no-same-owner -C / "${of[@]}"
  rm "$package"
done'

# add_part PART ARGUMENT_OF_TAR…: unpacks what the arguments choose of the part's packages into a copy of hard links of
# the current root, and makes that the current root. tar replaces files and never writes into one that both share.
add_part() {
  local part=$1 next
  shift
  local -a wanted
  mapfile -t wanted < <(packages "$part" $'\n')
  next=$KF_TOOLBOXES/$(date +%Y%m%dT%H%M%S)-$$-$part
  mkdir "$next.part"
  watched "toolbox, part '$part'" "$next.part" cp -al -- "$KF_TOOLBOX/." "$next.part/" || fail_part "$part"
  : >"$next.part/.kernelforge/in-use.new"
  mv -f "$next.part/.kernelforge/in-use.new" "$next.part/.kernelforge/in-use"
  mkdir -p "$next.part/unpacking"
  watched "toolbox, part '$part'" "$next.part" bwrap --bind "$next.part" / --proc /proc --dev /dev --tmpfs /tmp --tmpfs /run \
    --ro-bind-try /etc/resolv.conf /etc/resolv.conf --ro-bind-try /etc/hosts /etc/hosts \
    --unshare-all --share-net --uid 0 --gid 0 --die-with-parent \
    bash -c "$KF_UNPACK" - /unpacking $# "$@" "${wanted[@]}" || fail_part "$part"
  rm -rf -- "$next.part/unpacking"
  put_in_place "$part" "$next"
}

# put_in_place PART NEXT: NEXT.part is whole: stamps it and makes it the current root.
put_in_place() {
  local link=$KF_TOOLBOXES/link.$$
  part_lines "$1"
  printf '%s\n' "$REPLY" >"$2.part/.kernelforge/$1.new"
  mv -f "$2.part/.kernelforge/$1.new" "$2.part/.kernelforge/$1"
  mv -T "$2.part" "$2"
  # A folder in the link's place was made by hand or by an older launcher: it goes the way of other unused roots.
  [[ -L $KF_TOOLBOX || ! -d $KF_TOOLBOX ]] || mv -T "$KF_TOOLBOX" "$KF_TOOLBOXES/found-$$"
  ln -sfn "toolboxes/${2##*/}" "$link"
  mv -fT "$link" "$KF_TOOLBOX"
}
