<#
.SYNOPSIS
    Builds, packages and runs all suites; the last line counts their tests.
.DESCRIPTION
    Logs are in out/logs, result files in out/results.
#>
[CmdletBinding()]
param(
    [string] $Configuration = 'Release',
    [switch] $Strict
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

$environment = Get-PackageEnvironment -Configuration $Configuration -Strict:$Strict
$results = Get-BuildPath 'out/results'
$suites = [ordered]@{}
$leftOut = @()
$notHere = @()

function Invoke-XunitSuite {
    param([string] $Name, [string] $FilePath, [string[]] $ArgumentList = @())
    $xml = Join-Path $results "$Name.xml"
    $arguments = $ArgumentList + @('-result-xml', $xml, '-noLogo', '-noColor', '-noAutoReporters')
    Invoke-SuiteProcess -Name $Name -FilePath $FilePath -ArgumentList $arguments -Environment $environment -ResultFile $xml -Read { Read-XunitResult $args[0] }
}

$suites['Package'] = Invoke-Suite -Name 'Package' -Run {
    & (Join-Path $PSScriptRoot 'Package.ps1') -Configuration $Configuration
    New-SuiteResult -Passed 1
}

if ($suites['Package'].Failed) {
    $leftOut += 'All other suites: there is nothing to test without a package.'
}
else {
    $suites['Unit (net10.0)'] = Invoke-Suite -Name 'Unit (net10.0)' -Run {
        Invoke-XunitSuite -Name unit-net10.0 -FilePath dotnet -ArgumentList (Get-BuildPath "tests/Unit/bin/$Configuration/net10.0/StepCaRenew.Unit.dll")
    }

    # The module is built for net8.0, whose runtime often isn't there; the SDK can bring one along.
    $suites['Unit (net8.0)'] = Invoke-Suite -Name 'Unit (net8.0)' -Run {
        if ((dotnet --list-runtimes) -match '^Microsoft\.NETCore\.App 8\.') {
            return Invoke-XunitSuite -Name unit-net8.0 -FilePath dotnet -ArgumentList (Get-BuildPath "tests/Unit/bin/$Configuration/net8.0/StepCaRenew.Unit.dll")
        }
        $folder = Get-BuildPath 'out/unit-net8.0'
        Invoke-Dotnet -Name publish-unit-net8.0 -ArgumentList @(
            'publish', (Get-BuildPath 'tests/Unit'), '--framework', 'net8.0', '--runtime', (Get-BuildPlatform), '--self-contained',
            '--configuration', $Configuration, '--output', $folder, '--artifacts-path', (Get-BuildPath 'out/obj/unit-net8.0'))
        Invoke-XunitSuite -Name unit-net8.0 -FilePath (Join-Path $folder ('StepCaRenew.Unit' + $(if ($IsWindows) { '.exe' })))
    }

    $suites['Integration'] = Invoke-Suite -Name 'Integration' -Run {
        Invoke-XunitSuite -Name integration -FilePath dotnet -ArgumentList (Get-BuildPath "tests/Integration/bin/$Configuration/net10.0/StepCaRenew.Integration.dll")
    }

    $pester = Resolve-BuildModule Pester
    $analyzer = Resolve-BuildModule PSScriptAnalyzer
    # A linter that a registry does not have says nothing about the module: told, but no failure.
    if (-not $analyzer.Path) { $notHere += "PSScriptAnalyzer: $($analyzer.Reason)" }
    if (-not $pester.Path) {
        $leftOut += "Pester tests: $($pester.Reason)"
    }
    else {
        $suites['Pester'] = Invoke-Suite -Name 'Pester' -Run {
            $json = Join-Path $results 'pester.json'
            $arguments = @('-NoProfile', '-NonInteractive', '-File', (Join-Path $PSScriptRoot 'RunPester.ps1'))
            $arguments += @('-Pester', $pester.Path, '-Path', (Get-BuildPath 'tests/Pester'), '-Result', $json)
            $more = @{ STEPCARENEW_ANALYZER = [string] $analyzer.Path; NO_COLOR = '1' }
            # They run one after the other, and the one with a real cron alone takes two minutes.
            Invoke-SuiteProcess -Name pester -FilePath (Get-PwshPath) -ArgumentList $arguments -Environment ($environment + $more) -ResultFile $json -TimeoutSeconds 1200 -Read {
                $counts = Get-Content $args[0] -Raw | ConvertFrom-Json -AsHashtable
                New-SuiteResult @counts
            }
        }
    }
}

$skips = $suites.Values | ForEach-Object Skips | Group-Object | Sort-Object Name
if ($skips) {
    Write-BuildLine
    Write-BuildLine 'Skipped, and why:'
    foreach ($skip in $skips) { Write-BuildLine ('{0,6}  {1}' -f $skip.Count, $skip.Name) -Color Yellow }
}
if ($leftOut + $notHere) {
    Write-BuildLine
    Write-BuildLine 'NOT RUN:' -Color Red
    foreach ($item in $leftOut + $notHere) { Write-BuildLine "  $item" -Color Red }
}

$passed, $failed, $skipped = 'Passed', 'Failed', 'Skipped' | ForEach-Object { [int] ($suites.Values | Measure-Object $_ -Sum).Sum }
# What a strict run leaves out is a failure like any other.
if ($Strict -and -not $suites['Package'].Failed) { $failed += $leftOut.Count }
Write-BuildLine
Write-BuildLine "$passed passed, $failed failed, $skipped skipped" -Color $(if ($failed) { 'Red' } else { 'Green' })
exit [int] ($failed -gt 0)
