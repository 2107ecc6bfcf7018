#!/usr/bin/env bash
# Installs what toolbox.list names onto this machine itself, for a container's image in which KERNELFORGE_TOOLBOX=/.
# As root, on Debian of the list's suite. `--list` only prints the packages, a part and a package a line.
set -euo pipefail
KF_ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
KERNELFORGE_HOME=/nowhere
# shellcheck source=setup/say.sh
source "$KF_ROOT/setup/say.sh"
# shellcheck source=setup/toolbox.sh
source "$KF_ROOT/setup/toolbox.sh"

if [[ ${1:-} == --list ]]; then
  for part in "${KF_PARTS[@]}"; do
    for package in $(packages "$part" ' '); do
      printf '%s %s\n' "$part" "$package"
    done
  done
  exit
fi

found=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
[[ $found == "$(suite)" ]] || fail 69 "expected Debian $(suite), which setup/toolbox.list names; found '$found' in /etc/os-release." "Build the image from the release of that name."
((EUID == 0)) || fail 69 "installing packages needs root; this is user $EUID."

# The CUDA packages are not in Debian's main component.
sed -i '/^Components:/s/.*/Components: main contrib non-free/' /etc/apt/sources.list.d/*.sources
cat >/etc/dpkg/dpkg.cfg.d/kernelforge <<'END'
path-exclude=/usr/share/man/*
path-exclude=/usr/share/doc/*
path-exclude=/usr/share/locale/*
path-exclude=/usr/lib/python3/dist-packages/torch/test/*
path-exclude=/usr/lib/python3/dist-packages/torch/include/*
force-unsafe-io
END
export DEBIAN_FRONTEND=noninteractive
apt-get update
mapfile -t wanted < <(packages eval $'\n')
apt-get -y --no-install-recommends install bubblewrap ca-certificates curl "${wanted[@]}"
mapfile -t wanted < <(packages headers $'\n')
bash -c "$KF_UNPACK" - /unpacking 1 ./usr/include "${wanted[@]}"
mapfile -t wanted < <(packages database $'\n')
bash -c "$KF_UNPACK" - /unpacking "${#KF_DATABASE_FILES[@]}" "${KF_DATABASE_FILES[@]}" "${wanted[@]}"
ldconfig
apt-get clean
rm -rf /unpacking /var/lib/apt/lists/*
