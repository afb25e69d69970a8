<# .SYNOPSIS Deletes what the other tasks made. #>
[CmdletBinding()]
param()

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

$made = @(Get-BuildPath 'out')
$made += Get-ChildItem (Get-BuildPath '.') -Recurse -Filter *.csproj | ForEach-Object { Join-Path $_.DirectoryName 'bin'; Join-Path $_.DirectoryName 'obj' }
$made | Where-Object { Test-Path $_ } | Remove-Item -Recurse -Force
exit 0
