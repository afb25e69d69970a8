<#
.SYNOPSIS
    Runs the suites of Suites.ps1; the last line counts their tests.
.DESCRIPTION
    Logs are in out/logs, result files in out/results. The suites find STEPCARENEW_EXTENDED=1 where -Extended was given.
.PARAMETER Suite
    Names of suites; all others are left out, except what these need.
.PARAMETER Extended
    Runs the extended suites as well.
.PARAMETER Install
    Installs what the tests need from the system (build/prerequisites.sh).
#>
[CmdletBinding()]
param(
    [string] $Configuration = 'Release',
    [switch] $Strict,
    [string[]] $Suite = @(),
    [switch] $Extended,
    [switch] $Install
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot 'Dependencies.psm1') -Force
Import-Module (Join-Path $PSScriptRoot 'Suites.psm1') -Force
Import-Module (Join-Path $PSScriptRoot 'SuiteLanes.psm1') -Force
Import-Module (Join-Path $PSScriptRoot 'WineSuite.psm1') -Force

$all = . (Join-Path $PSScriptRoot 'Suites.ps1')
$wanted = @($all | Where-Object { -not $_['Extended'] -or $Extended })
$named = @()
if ($Suite) {
    $named = @(foreach ($name in $Suite -split ',') {
        $found = @($all | Where-Object { $_.Name -eq $name -or $_.Name.StartsWith("$name (", 'OrdinalIgnoreCase') })
        if (-not $found) { throw "There is no suite '$name'. The suites are: $($all.Name -join ', ')." }
        $found
    })
    $chosen = @($named | ForEach-Object { $_.Name; $_['Needs'] })
    $wanted = @($all | Where-Object { $_.Name -in $chosen })
}
$names = @($named | ForEach-Object { $_.Name })

if ($wanted | Where-Object { $_['UsesSystem'] }) {
    $with = @(if ($Install) { '--install' }; if ($Extended) { '--extended' })
    if ($IsLinux) { & bash (Join-Path $PSScriptRoot 'prerequisites.sh') @with }
    elseif ($Install) { Write-BuildLine 'Nothing can be installed on this system: the tests skip what they miss, and say what it is.' }
}

$environment = Get-PackageEnvironment -Configuration $Configuration -Strict:$Strict -Extended:($Extended -or [bool] ($named | Where-Object { $_['Extended'] }))
$pester = if ($wanted | Where-Object { $_['Unavailable'] }) { Resolve-BuildModule Pester }
$results = [ordered]@{}
$notRun = @()
$lanes = @{}
# Why a suite cannot run now, and whether that is the consequence of another failure.
function Get-Obstacle($Item) {
    $missing = $Item['Needs'] | Where-Object { $_ -and (-not $results[$_] -or $results[$_].Failed) }
    $reason = if ($missing) { "$($missing -join ', ') failed" } elseif ($Item['Unavailable']) { & $Item['Unavailable'] }
    [pscustomobject]@{ Reason = $reason; IsConsequence = [bool] $missing }
}
try {
    foreach ($item in $wanted) {
        $obstacle = Get-Obstacle $item
        if (-not $obstacle.Reason) {
            # The lines come in the order of the suites, also those of suites that run at the same time.
            $others = @($wanted | Where-Object { $_['AtOnceWith'] -eq $item.Name -and -not (Get-Obstacle $_).Reason })
            if ($others) {
                $variables = @{ Configuration = $Configuration; environment = $environment; pester = $pester }
                foreach ($one in @($item) + $others) { $lanes[$one.Name] = Open-SuiteLane -Name $one.Name -Variables $variables }
            }
            $lane = $lanes[$item.Name]
            $results[$item.Name] = if ($lane) { Invoke-Suite -Name $item.Name -Run { Wait-SuiteLane $lane } -Took $lane.Took } else { Invoke-Suite -Name $item.Name -Run $item.Run }
        }
        # A suite that was asked for by its name must run. A consequence of another failure is not counted again.
        elseif (-not $obstacle.IsConsequence -and $item.Name -in $names) { $results[$item.Name] = Invoke-Suite -Name $item.Name -Run { throw $obstacle.Reason } }
        else { $notRun += [pscustomobject]@{ Text = "$($item.Name): $($obstacle.Reason)"; Counts = -not $obstacle.IsConsequence } }
    }
}
finally {
    foreach ($lane in $lanes.Values) { Close-SuiteLane $lane }
}

$skips = $results.Values | ForEach-Object Skips | Group-Object | Sort-Object Name
if ($skips) {
    Write-BuildLine
    Write-BuildLine 'Skipped, and why:'
    foreach ($skip in $skips) { Write-BuildLine ('{0,6}  {1}' -f $skip.Count, $skip.Name) -Color Yellow }
}
if ($notRun) {
    Write-BuildLine
    Write-BuildLine 'NOT RUN:' -Color Red
    foreach ($item in $notRun) { Write-BuildLine "  $($item.Text)" -Color Red }
}

$passed, $failed, $skipped = 'Passed', 'Failed', 'Skipped' | ForEach-Object { [int] ($results.Values | Measure-Object $_ -Sum).Sum }
# In a strict run, a suite that was left out is a failure.
if ($Strict) { $failed += @($notRun | Where-Object Counts).Count }
if ($passed + $failed + $skipped -eq 0) { $failed = 1; Write-BuildLine; Write-BuildLine 'No suite ran.' -Color Red }
Write-BuildLine
Write-BuildLine "$passed passed, $failed failed, $skipped skipped" -Color $(if ($failed) { 'Red' } else { 'Green' })
exit [int] ($failed -gt 0)
