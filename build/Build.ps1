<# .SYNOPSIS Compiles everything. #>
[CmdletBinding()]
param([string] $Configuration = 'Release')

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

Invoke-Dotnet -Name build -ArgumentList 'build', (Get-BuildPath 'StepCaRenew.slnx'), '--configuration', $Configuration
exit 0
