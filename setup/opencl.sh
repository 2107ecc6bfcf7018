# shellcheck shell=bash
# PoCL and Oclgrind, beside which `bench simulator` runs: a root file system of their own, extracted and never booted, that the
# benchmark's child sees as / (src/Evaluator/Benchmarks/OpenClClient.cs). From Debian 12: Debian 13 has no Oclgrind.
#
#   <home>/opencl               the root; .kernelforge in it says what it was made from
#   <home>/opencl.part          one being made by the process that holds <home>/toolboxes/lock; else rubbish

KF_OPENCL=$KERNELFORGE_HOME/opencl
KF_OPENCL_SUITE=bookworm
KF_OPENCL_PACKAGES='pocl-opencl-icd=3.1*,oclgrind=21.10*,ocl-icd-libopencl1,libc6,libstdc++6,libgcc-s1'

# need_opencl: makes it where missing and sets KERNELFORGE_OPENCL; where it cannot be made, says so and leaves that unset.
need_opencl() {
  [[ -z ${KERNELFORGE_OPENCL:-} ]] || return 0
  if opencl_ready || (make_opencl); then
    export KERNELFORGE_OPENCL=$KF_OPENCL
  else
    say "PoCL and Oclgrind are not to be had here: the comparison with them is left out"
  fi
}

opencl_ready() {
  [[ -f $KF_OPENCL/.kernelforge && $(<"$KF_OPENCL/.kernelforge") == "$KF_OPENCL_SUITE $KF_OPENCL_PACKAGES" ]]
}

make_opencl() {
  local from next=$KF_OPENCL.part
  start_setup
  ! opencl_ready || { end_setup; return 0; }
  need_space 1500
  from=$(mirror)
  rm -rf --one-file-system -- "$next"
  mkdir "$next"
  say "PoCL and Oclgrind from Debian $KF_OPENCL_SUITE, about 150 MB, from $from; takes about a minute"
  local -a options=(--variant=extract --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr --aptopt='APT::Install-Recommends "false"' --dpkgopt=path-exclude='/usr/share/doc/*' --dpkgopt=path-exclude='/usr/share/man/*' --include="$KF_OPENCL_PACKAGES")
  if ((EUID == 0)); then
    watched "PoCL and Oclgrind" "$next" mmdebstrap --mode=root --format=directory "${options[@]}" "$KF_OPENCL_SUITE" "$next" "$from" || return 1
  else
    # shellcheck disable=SC2016
    TMPDIR=$KF_TOOLBOXES watched "PoCL and Oclgrind" "$next" bash -o pipefail -c \
      'into=$1; shift; mmdebstrap --mode=unshare --format=tar "$@" | tar -x --no-same-owner --exclude="./dev/*" -C "$into"' \
      - "$next" "${options[@]}" "$KF_OPENCL_SUITE" - "$from" || return 1
  fi
  rm -rf -- "${next:?}/var"
  printf '%s\n' "$KF_OPENCL_SUITE $KF_OPENCL_PACKAGES" >"$next/.kernelforge"
  rm -rf --one-file-system -- "$KF_OPENCL"
  mv -T "$next" "$KF_OPENCL"
  end_setup
}
