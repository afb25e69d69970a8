# shellcheck shell=bash
# The suites of the copies that Harness.Tests.ps1 makes, in place of build/suites.sh.
. build/runner.sh

sample() { if wanted "$1"; then xunit "$1" "$1" "${@:2}"; fi; }

test_without_pwsh() {
    local samples=$STEPCARENEW_SAMPLES
    known_suites Green Red Untidy NoClass KilledXunit ExitedXunit BadEnd Torn FewerXunit
    sample Green dotnet "$samples" -class '*.Green'
    sample Red dotnet "$samples" -class '*.Red'
    sample Untidy dotnet "$samples" -class '*.Untidy'
    sample NoClass dotnet "$samples" -class '*.NoClass'
    sample KilledXunit env HARNESS_SAMPLE_DIES_BY=signal dotnet "$samples" -class '*.Dying'
    sample ExitedXunit env HARNESS_SAMPLE_DIES_BY=exit dotnet "$samples" -class '*.Dying'
    # shellcheck disable=SC2016 # for the inner shell
    sample BadEnd bash -c 'dotnet "$0" "$@"; exit 3' "$samples" -class '*.Green'
    # shellcheck disable=SC2016
    sample Torn bash -c 'dotnet "$0" "$@"; truncate -s -20 out/results/Torn.xml' "$samples" -class '*.Green'
    # shellcheck disable=SC2016
    sample FewerXunit bash -c 'dotnet "$0" "$@"; dotnet "$0" -class "*.Red" -method "*.Passes" -result-xml out/results/FewerXunit.xml >/dev/null; exit 0' "$samples" -class '*.Green'
    summary
}
