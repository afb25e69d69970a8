<#
.SYNOPSIS
    Renews a folder of pairs and writes as JSON what a renewal took, the most memory that this process ever had, and the most
    descriptors that it had open.
.PARAMETER Warm
    A folder to renew for ten seconds before the clock runs, so that little code is left to compile; may be empty.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Manifest,
    [Parameter(Mandatory)] [string] $Folder,
    [Parameter(Mandatory)] [string] $StepPath,
    [Parameter(Mandatory)] [int] $Passes,
    [string] $Warm
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

Import-Module $Manifest
$options = @{ StepPath = $StepPath; Force = $true; ThrottleLimit = 16; RetryTimeout = '0s' }
$watch = [Diagnostics.Stopwatch]::StartNew()
while ($Warm -and $watch.Elapsed.TotalSeconds -lt 10) { Invoke-StepRenewal -Path $Warm @options > $null }

# Counted by another thread while the renewals run.
$stop = [Threading.ManualResetEventSlim]::new()
$counter = [powershell]::Create().AddScript({
    param([Threading.ManualResetEventSlim] $Stop)
    $most = 0
    do { $most = [Math]::Max($most, [IO.Directory]::GetFiles('/proc/self/fd').Count) } until ($Stop.Wait(20))
    $most
}).AddArgument($stop)
$counting = $counter.BeginInvoke()

$pairs = [IO.Directory]::GetFiles($Folder, '*.crt').Count
$watch.Restart()
foreach ($pass in 1..$Passes) {
    Write-Debug "Pass $pass"
    $renewed = @(Invoke-StepRenewal -Path $Folder @options | Where-Object Status -EQ 'Renewed').Count
    if ($renewed -ne $pairs) { throw "$renewed of $pairs were renewed." }
}
$microseconds = $watch.Elapsed.TotalMicroseconds / $Passes / $pairs
$stop.Set()
$descriptors = $counter.EndInvoke($counting)[0]
$counter.Dispose()

$peak = [long] ((Get-Content -LiteralPath '/proc/self/status' | Where-Object { $_ -like 'VmHWM:*' }) -replace '\D') / 1KB
@{ Microseconds = $microseconds; PeakMegabytes = $peak; MostDescriptors = $descriptors } | ConvertTo-Json -Compress
