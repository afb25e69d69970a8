#!/usr/bin/env bash
# For a machine that has the .NET SDK and perhaps nothing else: finds or fetches PowerShell and hands over to build.ps1.
# Where PowerShell cannot be fetched, it runs what needs none, and says what it left out.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

usage() {
    cat <<'END'
Usage: ./build.sh TASK [--configuration Release|Debug]
       ./build.sh test [--suite NAME] [--extended] [--install] [--strict]

  demo       shows the module at work with a CA of its own
  test       builds, packages, and runs all tests; the last line counts them
  build      compiles everything
  package    makes out/package/StepCaRenew/<version>
  benchmark  measures
  help       writes en-US from the pages in docs
  clean      deletes what the other tasks made

  --suite NAME  runs this suite only: Package, Harness, Unit, Integration, Pester, Wine; may be repeated
  --extended    also runs the suites that take long, which CI leaves out
  --install     installs the programs that tests need (apt-get, as root); without it, test prints what is missing
  --strict      test fails if something could not run, instead of only reporting it
END
}

task=''
configuration=Release
strict='' install='' extended='' suites=''
while [ $# -gt 0 ]; do
    case "$1" in
        demo|test|build|package|benchmark|help|clean)
            [ -z "$task" ] || { usage >&2; exit 2; }
            task=$1 ;;
        --strict|-Strict) strict=1 ;;
        --install|-Install) install=1 ;;
        --extended|-Extended) extended=1 ;;
        --suite|-Suite)
            [ $# -gt 1 ] || { usage >&2; exit 2; }
            shift; suites=${suites:+$suites,}$1 ;;
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
[ "$task" = test ] || [ -z "$strict$install$extended$suites" ] || { echo 'Only test takes --suite, --extended, --install and --strict.' >&2; exit 2; }

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false MSBUILDDISABLENODEREUSE=1
export POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off
mkdir -p out/logs

# A program with a time limit, if the machine has one.
limited() {
    local seconds=$1
    shift
    if command -v timeout >/dev/null; then timeout --kill-after=10 "$seconds" "$@"; else "$@"; fi
}

works() { [ "$("$1" -NoProfile -NonInteractive -Command '[int]($PSVersionTable.PSVersion -ge [version]"7.4")' 2>/dev/null </dev/null)" = 1 ]; }

# The .NET tool starts twice as fast then; tests start it hundreds of times. If the compiler cannot be fetched, it works as it is.
compile_pwsh() {
    [ "$task" = test ] || [ "$task" = benchmark ] || return 0
    [ ! -e out/tools/compiled ] || return 0
    limited 300 bash build/PowerShell/compile.sh out/tools/.store/powershell/*/powershell/*/tools/net*/any/unix >out/logs/compile-pwsh.log 2>&1 </dev/null &&
        touch out/tools/compiled
}

# Sets $pwsh: the one on PATH, else the .NET tool. Nothing remembers a failure: the next run tries again.
find_pwsh() {
    pwsh=$(command -v pwsh) && works "$pwsh" && return 0
    pwsh=$PWD/out/tools/pwsh
    local root
    root=$(dirname "$(readlink -f "$(command -v dotnet)")")
    export DOTNET_ROOT=${DOTNET_ROOT:-$root}
    [ -x "$pwsh" ] && works "$pwsh" && { compile_pwsh; return 0; }
    rm -rf out/tools
    local version
    version=$(sed -n "s/^ *PowerShell *= *'\(.*\)'/\1/p" build/Dependencies.psd1)
    limited 300 dotnet tool install PowerShell --version "$version" --tool-path out/tools --no-http-cache \
        >out/logs/pwsh.log 2>&1 </dev/null && works "$pwsh" && { compile_pwsh; return 0; }
    rm -rf out/tools
    return 1
}

compile() { dotnet build StepCaRenew.slnx --configuration "$configuration" --nologo --verbosity quiet --tl:off; }

without_pwsh() {
    echo 'No PowerShell: there is no pwsh (7.4 or later) on PATH, and the .NET tool PowerShell cannot be fetched (out/logs/pwsh.log).'
    case "$task" in
        test)
            echo 'The suites that need none:'
            echo
            bash build/prerequisites.sh ${install:+--install} ${extended:+--extended}
            test_without_pwsh ;;
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

# shellcheck source=build/suites.sh
. build/suites.sh
if ! command -v dotnet >/dev/null; then
    echo 'The .NET SDK is missing: install version 10, for instance with https://dot.net/v1/dotnet-install.sh.' >&2
    [ "$task" != test ] || { failed=1; summary; }
    exit 1
fi
if find_pwsh; then
    name="$(printf '%s' "$task" | cut -c1 | tr '[:lower:]' '[:upper:]')$(printf '%s' "$task" | cut -c2-)"
    exec "$pwsh" -NoProfile -File ./build.ps1 -Task "$name" -Configuration "$configuration" \
        ${strict:+-Strict} ${install:+-Install} ${extended:+-Extended} ${suites:+-Suite "$suites"}
fi
without_pwsh
