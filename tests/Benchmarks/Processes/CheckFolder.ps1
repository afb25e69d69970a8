<#
.SYNOPSIS
    Checks a folder of pairs and writes as JSON what a pair took and the most memory that this process ever had.
.PARAMETER Warm
    A folder to check for two seconds before the clock runs, so that no code is left to compile; may be empty.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Manifest,
    [Parameter(Mandatory)] [string] $Folder,
    [Parameter(Mandatory)] [int] $Passes,
    [string] $Warm
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

Import-Module $Manifest
$watch = [Diagnostics.Stopwatch]::StartNew()
while ($Warm -and $watch.Elapsed.TotalSeconds -lt 2) { Invoke-StepRenewal -Path $Warm > $null }

$pairs = [IO.Directory]::GetFiles($Folder, '*.crt').Count
$watch.Restart()
foreach ($pass in 1..$Passes) {
    Write-Debug "Pass $pass"
    Invoke-StepRenewal -Path $Folder > $null
}
$microseconds = $watch.Elapsed.TotalMicroseconds / $Passes / $pairs

$peak = if ($IsLinux) {
    # In kB; what .NET gives elsewhere is 0 on Linux.
    [long] ((Get-Content -LiteralPath '/proc/self/status' | Where-Object { $_ -like 'VmHWM:*' }) -replace '\D') / 1KB
}
else {
    [Diagnostics.Process]::GetCurrentProcess().PeakWorkingSet64 / 1MB
}
@{ Microseconds = $microseconds; PeakMegabytes = $peak } | ConvertTo-Json -Compress
