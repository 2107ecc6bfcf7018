# shellcheck shell=bash
# `./kernelforge test [FILTER]`: builds everything and runs every test project.
# The last line on standard output is `N passed, N failed`, with `, N skipped` where some were.

# test_filter FILTER: sets KF_FILTER to options of the test platform.
test_filter() {
  KF_FILTER=()
  case ${1:-} in
    '') KF_FILTER=(--filter-not-trait Category=Sweep) ;;
    /*) KF_FILTER=(--filter-query "$1") ;;
    *=*) KF_FILTER=(--filter-trait "$1") ;;
    *) KF_FILTER=(--filter-method "*$1*") ;;
  esac
}

run_tests() {
  local results log report status=0 passed failed skipped reports projects
  (($# <= 1)) || fail 64 "test: at most one FILTER; it is part of a test's full name, TRAIT=VALUE, or an xunit query that begins with /"
  case ${1:-} in
    -h | --help)
      say "test [FILTER]: every test, or those whose full name holds FILTER; TRAIT=VALUE picks by trait, /… is an xunit query"
      return 0
      ;;
    -*) fail 64 "test: unknown option '$1'" ;;
  esac
  if [[ ${CI:-} == true ]]; then
    export KERNELFORGE_REQUIRE_TOOLBOX=1 KERNELFORGE_REQUIRE_POSTGRES=1 KERNELFORGE_REQUIRE_BROWSER=1
  fi
  need_sdk
  need_part database
  use_toolbox
  # Tried in a shell of its own first: a machine that cannot install one runs all the other tests, unless it is CI.
  if (need_browser) || [[ ${CI:-} == true ]]; then
    need_browser
  else
    say "the tests of the pages are skipped"
  fi
  need_app
  # The programs as users run them: compiled ahead of time, which saves a second of each evaluation.
  export KERNELFORGE_APP=$KF_APP KERNELFORGE_EVALUATOR=$KF_APP/KernelForge.Evaluator.dll
  test_filter "${1:-}"

  results=$(mktemp -d "${TMPDIR:-/tmp}/kernelforge-tests.XXXXXX")
  # shellcheck disable=SC2064
  trap "rm -rf -- '$results'" EXIT
  log=$KF_ROOT/artifacts/test.log
  exec 7>"$KF_ROOT/artifacts/lock"
  flock 7
  KF_LOG=$KF_ROOT/artifacts/test-build.log
  : >"$KF_LOG"
  watched "building the tests" "" "$DOTNET" build "$KF_ROOT/KernelForge.sln" -c Release -nologo -v:quiet -tl:off || {
    grep -aE '(error|Unable|No space)' "$KF_LOG" | sort -u | head -n 20 >&2 || true
    say "the tests do not build; the whole log: $KF_LOG"
    printf '0 passed, 1 failed\n'
    return 1
  }
  exec 7>&-

  say "running the tests; the whole log: $log"
  (cd "$KF_ROOT" && "$DOTNET" test --solution KernelForge.sln -c Release --no-build --results-directory "$results" --report-ctrf \
    --ignore-exit-code 8 --no-ansi --no-progress "${KF_FILTER[@]}" 7>&- 2>&1) | tee "$log" | worth_reading >&2 || status=$?

  passed=0 failed=0 skipped=0 reports=0
  for report in "$results"/*.ctrf; do
    [[ -f $report ]] || continue
    reports=$((reports + 1))
    passed=$((passed + $(ctrf_count "$report" passed)))
    failed=$((failed + $(ctrf_count "$report" failed)))
    skipped=$((skipped + $(ctrf_count "$report" skipped)))
  done
  projects=$(find "$KF_ROOT/tests" -mindepth 2 -maxdepth 2 -name '*.csproj' | wc -l)
  if ((reports < projects && $(projects_ended "$log") == projects)); then
    # Two projects that end within one second give their reports one name: the run's own summary has them all.
    passed=$(summary_count "$log" succeeded) failed=$(summary_count "$log" failed) skipped=$(summary_count "$log" skipped)
    ((status == 0 || failed > 0)) || failed=1
  elif ((reports < projects)); then
    # A project that crashed or hung reports nothing: each counts as a failure.
    failed=$((failed + projects - reports))
    say "$((projects - reports)) of $projects test projects ended without a report; the whole log: $log"
  elif ((passed + failed + skipped == 0)); then
    failed=1
    say "no test matches '${1:-}'"
  elif ((status != 0 && failed == 0)); then
    failed=1
    say "the test run failed (exit status $status) although no test did; the whole log: $log"
  fi
  if ((skipped > 0)); then
    printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  else
    printf '%d passed, %d failed\n' "$passed" "$failed"
  fi
  ((failed == 0))
}

# ctrf_count FILE WORD: a number of the report's summary, which comes before its tests.
ctrf_count() {
  local number
  number=$(tr -d ' \n\r\t' <"$1" | sed -n 's/.*"summary":{\([^}]*\)}.*/\1/p' | grep -o "\"$2\":[0-9]*" | head -n 1 | cut -d: -f2) || true
  printf '%d' "${number:-0}"
}

# projects_ended LOG: how many test projects said how they ended.
projects_ended() {
  grep -aoE '^ *[^ ]+\.dll \([^)]*\) (passed|failed)' "$1" | awk '{ print $1 }' | sort -u | wc -l
}

# summary_count LOG WORD: a number of the summary at the run's end.
summary_count() {
  local number
  number=$(grep -aE "^ +$2: [0-9]+$" "$1" | tail -n 1 | tr -dc 0-9) || true
  printf '%d' "${number:-0}"
}

# worth_reading: the projects as they end, and failures; not the run's own book-keeping.
worth_reading() {
  grep --line-buffered -av -E '^(Running tests from|Discovering|Test run |Exit code:|$)|^  (total|succeeded|failed|skipped|duration): |^ +(In process file artifacts|- /.*\.ctrf$|/.*\.dll .*(passed|failed))|^ +at System\.' || true
}
