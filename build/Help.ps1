<# .SYNOPSIS Writes en-US from the pages in docs. #>
[CmdletBinding()]
param([string] $Configuration = 'Release')

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

Invoke-Dotnet -Name help-builder -ArgumentList 'build', (Get-BuildPath 'tools/HelpBuilder'), '--configuration', $Configuration
dotnet (Get-BuildPath "tools/HelpBuilder/bin/$Configuration/net10.0/HelpBuilder.dll") build (Get-BuildPath '.')
exit $LASTEXITCODE
