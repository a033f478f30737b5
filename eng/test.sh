#!/usr/bin/env bash
# Builds everything and runs every test. On a bare machine it installs what the tests need and the machine lacks (apt, as root):
# Chromium, a CJK font, PostgreSQL, an SMTP server for tests, PDF tools. Without apt or root it runs what it can, names what it could not,
# and, in CI, fails for it. Last line: "N passed, N failed".
#
#   ./eng/test.sh                 every project, the time-zone sensitive ones under two zones
#   ./eng/test.sh Engine Runtime  only these projects
set -u
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en

projects=("$@")
[ $# -gt 0 ] || projects=(Engine Runtime Ui Modules Workflows Durability Browser Shell)
limit_seconds=360

# --- what the tests need
declare -A need=(
  [chromium-headless-shell]="test -x /usr/bin/chromium-headless-shell || test -x /usr/bin/chromium"
  [fontconfig]="command -v fc-list"
  [fonts-noto-cjk]="fc-list | grep -qi 'noto.*cjk'"
  [postgresql]="ls /usr/lib/postgresql/*/bin/initdb"
  [python3-aiosmtpd]="/usr/bin/python3 -c 'import aiosmtpd'" # apt puts the module beside Debian's own Python, whatever python3 is first on the path
  [poppler-utils]="command -v pdftotext"
)
missing() { for package in "${!need[@]}"; do bash -c "${need[$package]}" >/dev/null 2>&1 || echo "$package"; done; }

lacking=$(missing)
if [ -n "$lacking" ] && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "installing:" $lacking
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >/dev/null 2>&1
  apt-get install -y -qq --no-install-recommends $lacking >/dev/null 2>&1 || echo "apt-get could not install all of it"
  fc-cache -f >/dev/null 2>&1 || true
  lacking=$(missing)
fi
lacks() { grep -qx "$1" <<<"$lacking"; }
not_run=()

# --- build
started=$SECONDS
# One compiler for all projects, also where node reuse is switched off: a new one for each would be cold 22 times.
if ! dotnet build CrmFlow.sln -v q -clp:NoSummary -p:UseSharedCompilation=true; then
  echo "the build failed"
  echo "0 passed, 1 failed"
  exit 1
fi
echo "built in $((SECONDS - started)) s"
# Without it (another platform, no such package) the kill loops only take longer.
began=$SECONDS
dotnet build eng/precompile.proj -restore -t:Precompile -v q -clp:NoSummary >/dev/null 2>&1 && echo "compiled ahead in $((SECONDS - began)) s" || echo "not compiled ahead: the kill loops will take longer"

# --- run
passed=0 failed=0 leave_out=()
run() { # project zone
  local name=CrmFlow.$1.Tests zone=$2 log began=$SECONDS status summary total bad errors took note=""
  log=$(mktemp)
  TZ=$zone timeout 900 "tests/$1.Tests/bin/Debug/net10.0/$name" -noLogo -noColor ${leave_out[@]+"${leave_out[@]}"} >"$log" 2>&1
  status=$?
  summary=$(grep -E 'Total: [0-9]+, Errors: ' "$log" | tail -n 1)
  total=$(sed -nE 's/.*Total: ([0-9]+).*/\1/p' <<<"$summary")
  bad=$(sed -nE 's/.*Failed: ([0-9]+).*/\1/p' <<<"$summary")
  errors=$(sed -nE 's/.*Errors: ([0-9]+).*/\1/p' <<<"$summary")
  # A project that printed no summary, or failed without naming a test, counts as one failure.
  if [ -z "$total" ]; then total=1 bad=1 errors=0; fi
  bad=$((bad + errors))
  if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1 total=$((total + 1)); fi
  passed=$((passed + total - bad)) failed=$((failed + bad)) took=$((SECONDS - began))
  [ "$took" -gt "$limit_seconds" ] && note="  (over $limit_seconds s)"
  printf '%-24s TZ=%-17s %5d passed %4d failed %5d s%s\n' "$name" "$zone" $((total - bad)) "$bad" "$took" "$note"
  [ "$bad" -eq 0 ] || cat "$log"
  rm -f "$log"
}

for project in "${projects[@]}"; do
  leave_out=()
  # Unless a live SQL Server is named, its classes would only say that they were skipped.
  [ -n "${CRMFLOW_TEST_SQLSERVER:-}" ] || leave_out+=(-class- "*OnSqlServer")
  if { [ "$project" = Browser ] || [ "$project" = Shell ]; } && { lacks chromium-headless-shell || lacks fonts-noto-cjk; }; then
    not_run+=("$project.Tests (Chromium or a CJK font is missing)")
    continue
  fi
  if [ "$project" = Runtime ] && lacks postgresql; then
    not_run+=("Runtime.Tests on PostgreSQL (PostgreSQL is missing)")
    leave_out+=(-class- "*OnPostgreSql" -class- "*SeveralHostsTests*")
  elif { [ "$project" = Modules ] || [ "$project" = Workflows ] || [ "$project" = Durability ]; } && lacks postgresql; then
    not_run+=("$project.Tests on PostgreSQL (PostgreSQL is missing)")
    leave_out+=(-class- "*OnPostgreSql" -method- "*_OnPostgreSql")
  fi
  if [ "$project" = Runtime ] && lacks python3-aiosmtpd; then
    not_run+=("mail received by an SMTP server (python3-aiosmtpd is missing)")
    leave_out+=(-method- "*A_chinese_mail_arrives_with_its_key_as_message_id" -method- "*A_mail_with_a_file_goes_over_the_wire_with_it" -class- "*SmtpDeliveryTests")
  fi
  if [ "$project" = Modules ] && lacks python3-aiosmtpd; then
    not_run+=("test mails taken and refused by an SMTP server (python3-aiosmtpd is missing)")
    leave_out+=(-method- "*A_test_mail_leaves_at_once_and_is_audited" -method- "*What_the_server_answers_is_said_in_words_with_the_way_out")
  fi
  if [ "$project" = Shell ] && lacks python3-aiosmtpd; then
    not_run+=("the page of the mail server with an SMTP server (python3-aiosmtpd is missing)")
    leave_out+=(-class- "*MailPageTests")
  fi
  if [ "$project" = Workflows ] && lacks python3-aiosmtpd; then
    not_run+=("birthday mail received by an SMTP server (python3-aiosmtpd is missing)")
    leave_out+=(-class- "*CareMailTests")
  fi
  run "$project" UTC
  # Kill loops are long and have no clock in them, and browsers bring their own zone: once is enough.
  case "$project" in
    Browser | Shell) continue ;;
    Workflows) leave_out+=(-class- "*CrashTests") ;;
    Durability) leave_out+=(-class- "*KillTests*" -class- "*OnPostgreSql") ;;
  esac
  run "$project" America/New_York
done

if [ ${#not_run[@]} -gt 0 ]; then
  printf 'not run: %s\n' "${not_run[@]}"
  if [ "${CI:-}" = true ]; then failed=$((failed + ${#not_run[@]})); fi
fi
echo "took $((SECONDS - started)) s"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
