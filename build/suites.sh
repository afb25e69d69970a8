# shellcheck shell=bash
# The suites that need no PowerShell, for build.sh. The rules are those of Suites.psm1.

# shellcheck source=build/runner.sh
. build/runner.sh

test_without_pwsh() {
    export STEPCARENEW_STRICT=$strict STEPCARENEW_CONFIGURATION=$configuration STEPCARENEW_EXTENDED=$extended
    leave_out 'Pester: the cmdlets, the help, the module (no PowerShell)'
    leave_out 'Harness: the tests of this command (no PowerShell)'
    leave_out 'Package: the package and its list of files (no PowerShell)'
    leave_out 'PSScriptAnalyzer (no PowerShell)'
    leave_out 'Wine: the module in PowerShell for Windows (no PowerShell)'
    known_suites 'Unit (net10.0)' 'Unit (net8.0)' Integration 'Help files'
    if ! compile >out/logs/build.log 2>&1 </dev/null; then
        begin Build
        add 0 1 0 "$SECONDS"
        show_errors out/logs/build.log
        leave_out 'All other suites: there is nothing to test without a build'
        summary
    fi
    if wanted 'Unit (net10.0)'; then
        xunit 'Unit (net10.0)' unit-net10.0 dotnet "tests/Unit/bin/$configuration/net10.0/StepCaRenew.Unit.dll"
    fi
    if wanted 'Unit (net8.0)'; then
        if dotnet --list-runtimes | grep -q '^Microsoft\.NETCore\.App 8\.'; then
            xunit 'Unit (net8.0)' unit-net8.0 dotnet "tests/Unit/bin/$configuration/net8.0/StepCaRenew.Unit.dll"
        else
            # The SDK fetches the runtime that is not installed.
            local folder=$PWD/out/unit-net8.0
            if limited 600 dotnet publish tests/Unit --framework net8.0 --use-current-runtime --self-contained --configuration "$configuration" \
                --output "$folder" --artifacts-path "$PWD/out/obj/unit-net8.0" --nologo --verbosity quiet --tl:off >out/logs/publish-unit-net8.0.log 2>&1 </dev/null; then
                xunit 'Unit (net8.0)' unit-net8.0 "$folder/StepCaRenew.Unit"
            else
                begin 'Unit (net8.0)'
                add 0 1 0 0
                show_errors out/logs/publish-unit-net8.0.log
            fi
        fi
    fi
    if wanted Integration; then
        xunit Integration integration dotnet "tests/Integration/bin/$configuration/net10.0/StepCaRenew.Integration.dll"
    fi
    if wanted 'Help files'; then
        step 'Help files' help dotnet "tools/HelpBuilder/bin/$configuration/net10.0/HelpBuilder.dll" check .
    fi
    summary
}
