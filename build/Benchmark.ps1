<# .SYNOPSIS Packages the module and measures it (tests/Benchmarks/Benchmark.ps1, in a PowerShell of its own). #>
[CmdletBinding()]
param([string] $Configuration = 'Release')

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

Write-BuildLine 'Building the module ...'
& (Join-Path $PSScriptRoot 'Package.ps1') -Configuration $Configuration > $null
Invoke-WithPackage -Configuration $Configuration -Script (Get-BuildPath 'tests/Benchmarks/Benchmark.ps1')
exit $LASTEXITCODE
