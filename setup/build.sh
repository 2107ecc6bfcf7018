# shellcheck shell=bash
# Builds the programs that the verbs need, when their sources changed.
#
#   artifacts/app            a symbolic link to the current build, replaced by rename; always Release
#   artifacts/builds/NAME    one build: KernelForge.Cli and, beside it, KernelForge.Evaluator
#
# artifacts/builds/NAME/.sources holds what it was built from: path, size and time of every source, then a hash of
# their contents. The first is compared at every start (8 ms); where it differs and the second does not (a checkout
# there and back), nothing is built.

KF_APP=$KF_ROOT/artifacts/app

# source_list: sets REPLY to path, size and time of every file that the programs are made from.
source_list() {
  REPLY=$(cd "$KF_ROOT" && LC_ALL=C find src setup/App.proj prompts Directory.Build.props Directory.Packages.props global.json .editorconfig BannedSymbols.txt \
    \( -name bin -o -name obj -o -name __pycache__ \) -prune -o -type f -printf '%p %s %T@\n' 2>/dev/null | LC_ALL=C sort) || true
}

source_hash() {
  (cd "$KF_ROOT" && cut -d' ' -f1 | tr '\n' '\0' | xargs -0 sha256sum | sha256sum | cut -d' ' -f1) <<<"$1"
}

need_app() {
  local list recorded
  source_list
  list=$REPLY
  recorded=
  [[ ! -f $KF_APP/.sources ]] || recorded=$(<"$KF_APP/.sources")
  [[ -n $recorded && ${recorded#*$'\n'} == "$list" ]] && return 0
  build_app "$list"
}

build_app() {
  local list=$1 hash next name link recorded
  need_sdk
  mkdir -p "$KF_ROOT/artifacts/builds"
  KF_LOG=$KF_ROOT/artifacts/build.log
  exec 7>"$KF_ROOT/artifacts/lock"
  if ! flock -n 7; then
    say "another build is at work here; waiting for it"
    flock 7
  fi
  hash=$(source_hash "$list")
  recorded=
  [[ ! -f $KF_APP/.sources ]] || recorded=$(<"$KF_APP/.sources")
  if [[ ${recorded%%$'\n'*} == "$hash" ]]; then
    printf '%s\n%s\n' "$hash" "$list" >"$KF_APP/.sources.new"
    mv -f "$KF_APP/.sources.new" "$KF_APP/.sources"
    exec 7>&-
    return 0
  fi

  name=${hash:0:16}
  next=$KF_ROOT/artifacts/builds/$name
  rm -rf -- "$KF_ROOT"/artifacts/builds/*.part
  : >"$KF_LOG"
  if [[ ! -f $next/.sources ]]; then
    say "building (about half a minute the first time)"
    watched "build" "" "$DOTNET" build "$KF_ROOT/setup/App.proj" -nologo -v:quiet -tl:off "-p:PublishDir=$next.part/" ||
      fail 70 "the build failed:" "$(grep -aE '(error|Unable|No space)' "$KF_LOG" | sort -u | head -n 20 | sed 's/^/  /' || true)" "The whole log: $KF_LOG"
    rm -rf -- "$next"
    mv -T "$next.part" "$next"
  fi
  printf '%s\n%s\n' "$hash" "$list" >"$next/.sources.new"
  mv -f "$next/.sources.new" "$next/.sources"
  link=$KF_ROOT/artifacts/link
  ln -sfn "builds/$name" "$link"
  mv -fT "$link" "$KF_APP"
  touch "$next"
  # A program that runs may still start its evaluator from an older build: keep a few.
  # shellcheck disable=SC2012
  ls -1dt "$KF_ROOT"/artifacts/builds/*/ | tail -n +5 | xargs -r rm -rf --
  exec 7>&-
}
