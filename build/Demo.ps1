<# .SYNOPSIS Packages the module and shows it at work (demo/Demo.ps1, in a PowerShell of its own). #>
[CmdletBinding()]
param([string] $Configuration = 'Release')

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

Write-BuildLine 'Building the module and its demo CA ...'
& (Join-Path $PSScriptRoot 'Package.ps1') -Configuration $Configuration -WithoutImages
Invoke-WithPackage -Configuration $Configuration -Script (Get-BuildPath 'demo/Demo.ps1')
exit $LASTEXITCODE
