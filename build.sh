#!/usr/bin/env bash
# For a machine that has the .NET SDK and perhaps nothing else: finds or fetches PowerShell and hands over to build.ps1.
# Where there is no PowerShell to be had it runs what needs none, and says what it left out.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

usage() {
    cat <<'END'
Usage: ./build.sh TASK [--configuration Release|Debug] [--strict]

  demo       shows the module at work with a CA of its own
  test       builds, packages, and runs all tests; the last line counts them
  build      compiles everything
  package    makes out/package/StepCaRenew/<version>
  benchmark  measures
  help       writes en-US from the pages in docs
  clean      deletes what the other tasks made

  --strict   test fails where something could not run, instead of saying so and going on
END
}

task=''
configuration=Release
strict=''
while [ $# -gt 0 ]; do
    case "$1" in
        demo|test|build|package|benchmark|help|clean)
            [ -z "$task" ] || { usage >&2; exit 2; }
            task=$1 ;;
        --strict|-Strict) strict=1 ;;
        --configuration|-Configuration|-c)
            [ $# -gt 1 ] || { usage >&2; exit 2; }
            shift; configuration=$1 ;;
        --help|-h) usage; exit 0 ;;
        *) echo "Unknown: $1" >&2; usage >&2; exit 2 ;;
    esac
    shift
done
case "$configuration" in Release|Debug) ;; *) usage >&2; exit 2 ;; esac
[ -n "$task" ] || { usage >&2; exit 2; }

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false MSBUILDDISABLENODEREUSE=1
export POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off
mkdir -p out/logs

passed=0 failed=0 skipped=0
left_out=''
skips=''
quiet=(--nologo --verbosity quiet --tl:off)

leave_out() { left_out="$left_out  $1"$'\n'; }

summary() {
    if [ -n "$skips" ]; then
        printf '\nSkipped, and why:\n%s' "$skips"
    fi
    if [ -n "$left_out" ]; then
        echo
        echo '**************************** NOT RUN ****************************'
        printf '%s' "$left_out"
        echo '*****************************************************************'
        [ -z "$strict" ] || failed=$((failed + $(printf '%s' "$left_out" | grep -c '')))
    fi
    echo
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ]
    exit
}

# A program with a time limit, where the machine has one.
limited() {
    local seconds=$1
    shift
    if command -v timeout >/dev/null; then timeout --kill-after=10 "$seconds" "$@"; else "$@"; fi
}

# A real step-ca is built from the sources in a Debian package, nginx serves what was renewed, a real cron runs what was
# registered, and systemd's tools read its units; the tests that need them say so where they are missing.
prepare_step_ca() {
    local missing=''
    command -v curl >/dev/null || missing="$missing curl"
    command -v openssl >/dev/null || missing="$missing openssl"
    command -v setfacl >/dev/null || missing="$missing acl"
    command -v strace >/dev/null || missing="$missing strace"
    [ -x /usr/sbin/nginx ] || command -v nginx >/dev/null || missing="$missing nginx"
    [ -x /usr/sbin/cron ] || missing="$missing cron"
    command -v systemd-analyze >/dev/null || missing="$missing systemd"
    if ! command -v step-ca >/dev/null; then
        command -v go >/dev/null || missing="$missing golang-go"
        [ -d /usr/share/gocode/src/github.com/smallstep/certificates ] || missing="$missing golang-github-smallstep-certificates-dev"
    fi
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        echo "Installing for the tests with a real step-ca, web server, cron and systemd's tools:$missing"
        # Offline to systemd, and by policy where an init script would do it, nothing is started: the tests run their own.
        local policy=''
        if [ ! -e /usr/sbin/policy-rc.d ]; then
            policy=/usr/sbin/policy-rc.d
            printf '#!/bin/sh\nexit 101\n' >"$policy"
            chmod 755 "$policy"
        fi
        # shellcheck disable=SC2086 # one word for each package
        if { limited 120 apt-get -q update && SYSTEMD_OFFLINE=1 DEBIAN_FRONTEND=noninteractive limited 600 apt-get -q install -y --no-install-recommends $missing; } \
            >out/logs/apt-get.log 2>&1 </dev/null; then
            missing=''
        fi
        [ -z "$policy" ] || rm -f "$policy"
        [ -n "$missing" ] || return 0
        echo "  apt-get failed, see out/logs/apt-get.log"
    fi
    echo "Tests with a real step-ca, web server, cron or systemd's tools will be skipped. They need (Debian's names):$missing"
    if command -v apt-get >/dev/null; then
        echo "  sudo apt-get install --no-install-recommends$missing"
    fi
}

works() { [ "$("$1" -NoProfile -NonInteractive -Command '[int]($PSVersionTable.PSVersion -ge [version]"7.4")' 2>/dev/null </dev/null)" = 1 ]; }

# Sets $pwsh: the one on PATH, else the .NET tool. Nothing remembers a failure: the next run tries again.
find_pwsh() {
    pwsh=$(command -v pwsh) && works "$pwsh" && return 0
    pwsh=$PWD/out/tools/pwsh
    local root
    root=$(dirname "$(readlink -f "$(command -v dotnet)")")
    export DOTNET_ROOT=${DOTNET_ROOT:-$root}
    [ -x "$pwsh" ] && works "$pwsh" && return 0
    rm -rf out/tools
    local version
    version=$(sed -n "s/^ *PowerShell *= *'\(.*\)'/\1/p" build/Dependencies.psd1)
    limited 300 dotnet tool install PowerShell --version "$version" --tool-path out/tools --no-http-cache \
        >out/logs/pwsh.log 2>&1 </dev/null && works "$pwsh" && return 0
    rm -rf out/tools
    return 1
}

# PASSED FAILED SKIPPED SECONDS: adds to the sums and ends the line of a suite.
add() {
    passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
    printf '%6d passed %5d failed %5d skipped %6d s\n' "$@"
}

# NAME ID COMMAND...: a suite that is one test.
step() {
    local name=$1 log="out/logs/$2.log" start=$SECONDS
    shift 2
    printf '%-20s' "$name"
    if limited 600 "$@" >"$log" 2>&1 </dev/null; then
        add 1 0 0 $((SECONDS - start))
        return 0
    fi
    add 0 1 0 $((SECONDS - start))
    show_errors "$log"
    return 1
}

show_errors() {
    { grep -E '(^|[^[:alpha:]])error([^[:alpha:]]|$)|: not what' "$1" || tail -n 20 "$1"; } |
        sed -e 's/ \[[^]]*proj[^]]*\]$//' -e "s|$PWD/||" | sort -u | head -n 20 | sed 's/^ */  /'
    echo "  ($1)"
}

# NAME ID COMMAND...: an xunit suite.
xunit() {
    local name=$1 id=$2 log="out/logs/$2.log" xml="out/results/$2.xml" start=$SECONDS code p=0 f=0 s=0 why=''
    shift 2
    mkdir -p out/results
    rm -f "$xml"
    printf '%-20s' "$name"
    limited 600 "$@" -result-xml "$xml" -noLogo -noColor -noAutoReporters >"$log" 2>&1 </dev/null
    code=$?
    if [ -f "$xml" ]; then
        p=$(count "$xml" passed) f=$(($(count "$xml" failed) + $(count "$xml" errors))) s=$(count "$xml" skipped)
    fi
    if [ ! -f "$xml" ]; then
        f=1 why="The suite ended with exit code $code and left no results."
    elif [ $code -ne 0 ] && [ "$f" -eq 0 ]; then
        f=1 why="The suite ended with exit code $code though no test failed."
    elif [ $((p + f + s)) -eq 0 ]; then
        f=1 why='The suite holds no tests.'
    fi
    add "$p" "$f" "$s" $((SECONDS - start))
    if [ "$f" -gt 0 ]; then
        [ -z "$why" ] || echo "  $why Its last words ($log):"
        { grep -E -A 8 '\[FAIL\]' "$log" || grep -vE '^ +at |^ *$' "$log" | tail -n 15; } | head -n 60 | sed 's/^/  /'
    fi
    if [ "$s" -gt 0 ]; then
        skips="$skips$(sed -n '/\[SKIP\]/{n;s/^ *//p;}' "$log" | sort | uniq -c)"$'\n'
    fi
}

count() { sed -n "s/.*<assembly [^>]* $2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1 | grep . || echo 0; }

compile() { dotnet build StepCaRenew.slnx --configuration "$configuration" "${quiet[@]}"; }

test_without_pwsh() {
    export STEPCARENEW_STRICT=$strict STEPCARENEW_CONFIGURATION=$configuration
    local folder
    leave_out 'Pester tests: the cmdlets, the help against the cmdlets, the module (no PowerShell)'
    leave_out 'The package and its list of files (no PowerShell)'
    leave_out 'PSScriptAnalyzer (no PowerShell)'
    if ! compile >out/logs/build.log 2>&1 </dev/null; then
        printf '%-20s' Build
        add 0 1 0 "$SECONDS"
        show_errors out/logs/build.log
        leave_out 'All other suites: there is nothing to test without a build'
        summary
    fi
    xunit 'Unit (net10.0)' unit-net10.0 dotnet "tests/Unit/bin/$configuration/net10.0/StepCaRenew.Unit.dll"
    if dotnet --list-runtimes | grep -q '^Microsoft\.NETCore\.App 8\.'; then
        xunit 'Unit (net8.0)' unit-net8.0 dotnet "tests/Unit/bin/$configuration/net8.0/StepCaRenew.Unit.dll"
    else
        # The SDK brings the runtime along that is not installed.
        folder=$PWD/out/unit-net8.0
        if limited 600 dotnet publish tests/Unit --framework net8.0 --use-current-runtime --self-contained --configuration "$configuration" \
            --output "$folder" --artifacts-path "$PWD/out/obj/unit-net8.0" "${quiet[@]}" >out/logs/publish-unit-net8.0.log 2>&1 </dev/null; then
            xunit 'Unit (net8.0)' unit-net8.0 "$folder/StepCaRenew.Unit"
        else
            printf '%-20s' 'Unit (net8.0)'
            add 0 1 0 0
            show_errors out/logs/publish-unit-net8.0.log
        fi
    fi
    xunit Integration integration dotnet "tests/Integration/bin/$configuration/net10.0/StepCaRenew.Integration.dll"
    step 'Help files' help dotnet "tools/HelpBuilder/bin/$configuration/net10.0/HelpBuilder.dll" check .
    summary
}

without_pwsh() {
    echo 'No PowerShell: there is no pwsh (7.4 or later) on PATH, and the .NET tool PowerShell can'\''t be fetched (out/logs/pwsh.log).'
    case "$task" in
        test) echo 'What needs none runs:'; echo; test_without_pwsh ;;
        build) compile ;;
        demo)
            echo 'The demo of the engine runs instead; that of the cmdlets needs PowerShell (https://aka.ms/powershell).'
            echo
            exec dotnet run --project demo/EngineDemo --configuration "$configuration" ;;
        help) exec dotnet run --project tools/HelpBuilder -- build . ;;
        clean) find src tests tools demo \( -name bin -o -name obj \) -type d -prune -exec rm -rf {} + 2>/dev/null; rm -rf out ;;
        *) echo "The task $task needs PowerShell: https://aka.ms/powershell" >&2; exit 1 ;;
    esac
}

if ! command -v dotnet >/dev/null; then
    echo 'The .NET SDK is missing: install version 10, for instance with https://dot.net/v1/dotnet-install.sh.' >&2
    [ "$task" != test ] || { failed=1; summary; }
    exit 1
fi
[ "$task" != test ] || prepare_step_ca
if find_pwsh; then
    name="$(printf '%s' "$task" | cut -c1 | tr '[:lower:]' '[:upper:]')$(printf '%s' "$task" | cut -c2-)"
    exec "$pwsh" -NoProfile -File ./build.ps1 -Task "$name" -Configuration "$configuration" ${strict:+-Strict}
fi
without_pwsh
