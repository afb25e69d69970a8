<# .SYNOPSIS Packages the module, compiled in advance, and measures it (tests/Benchmarks/Benchmark.ps1, in a PowerShell of its own). #>
[CmdletBinding()]
param([string] $Configuration = 'Release')

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

Write-BuildLine 'Building the module ...'
$package = try {
    & (Join-Path $PSScriptRoot 'Package.ps1') -Configuration $Configuration -ReadyToRun > $null
    Get-PackagePath -ReadyToRun
}
catch {
    # Compiling in advance needs a pack of the platform, which not every registry has. The table says which package was measured.
    Write-BuildLine "Not compiled in advance: $($_.Exception.Message)" -Color Yellow
    & (Join-Path $PSScriptRoot 'Package.ps1') -Configuration $Configuration > $null
    Get-PackagePath
}
Invoke-WithPackage -Configuration $Configuration -Package $package -Script (Get-BuildPath 'tests/Benchmarks/Benchmark.ps1')
exit $LASTEXITCODE
