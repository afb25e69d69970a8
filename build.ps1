#Requires -Version 7.4
<#
.SYNOPSIS
    Builds, tests and packages StepCaRenew; the same command on every machine and in CI.
.DESCRIPTION
    The tasks are the scripts of the folder build, the versions of what they need are in build/Dependencies.psd1.
.PARAMETER Task
    Build      compiles everything
    Test       builds, packages, and runs all tests against that package; ends with a line that counts them
    Package    makes out/package/StepCaRenew/<version> and holds it against build/PackageFiles.txt
    Demo       shows the module at work with a CA of its own
    Benchmark  measures
    Help       writes en-US from the pages in docs
    Clean      deletes what the other tasks made
.PARAMETER Configuration
    Release or Debug.
.PARAMETER Strict
    Test fails if something could not run, instead of only reporting it.
.PARAMETER Suite
    Test runs these suites only: Package, Harness, Unit, Integration, Pester, Wine. Several names are separated by commas.
.PARAMETER Extended
    Test also runs the suites that take long, which CI leaves out.
.PARAMETER Install
    Test installs the programs that its tests need. On Debian, as root; without this, or elsewhere, it prints what is missing.
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Package', 'Demo', 'Benchmark', 'Help', 'Clean')]
    [string] $Task = 'Test',

    [ValidateSet('Release', 'Debug')]
    [string] $Configuration = 'Release',

    [switch] $Strict,

    [string[]] $Suite = @(),

    [switch] $Extended,

    [switch] $Install
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

Import-Module -Name (Join-Path $PSScriptRoot 'build/BuildTools.psm1') -Force

$arguments = switch ($Task) {
    'Test' { @{ Configuration = $Configuration; Strict = $Strict; Suite = $Suite; Extended = $Extended; Install = $Install } }
    'Clean' { @{} }
    default { @{ Configuration = $Configuration } }
}
try {
    & (Join-Path $PSScriptRoot "build/$Task.ps1") @arguments
    exit $LASTEXITCODE
}
catch {
    Write-BuildLine $_.Exception.Message -Color Red
    Write-Verbose $_.ScriptStackTrace
    exit 1
}
