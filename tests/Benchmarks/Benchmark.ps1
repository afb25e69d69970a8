#Requires -Version 7.4
<#
.SYNOPSIS
    Measures the module against the least that the same work takes, and against a process per certificate.
.DESCRIPTION
    Prints one table, and leaves it in out/benchmarks as benchmarks.md, and with every run as benchmarks.json. README.md
    says how the figures come about. Measures the package that STEPCARENEW_PACKAGE names, else the newest in out/package.
.PARAMETER Figure
    Which figures: renew, call, check, start, folder, growth, batch, herd; by default all.
.PARAMETER Repeats
    How many runs of each; those that warm up come besides.
.PARAMETER ScaleDown
    Divides all counts, to try the benchmark itself: figures say nothing then.
.PARAMETER Out
    Where the reports go.
#>
[CmdletBinding()]
param(
    [ArgumentCompletions('renew', 'call', 'check', 'start', 'folder', 'growth', 'batch', 'herd')]
    [string[]] $Figure = @('renew', 'call', 'check', 'start', 'folder', 'growth', 'batch', 'herd'),

    [ValidateRange(1, 1000)]
    [int] $Repeats = 7,

    [ValidateRange(1, 10000)]
    [int] $ScaleDown = 1,

    [string] $Out = (Join-Path $PSScriptRoot '../../out/benchmarks')
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot 'StepCaRenew.Benchmarks.psm1') -Force

$figures = [ordered]@{
    renew  = { Measure-RenewMany $bench }
    call   = { Measure-Call $bench }
    check  = { Measure-CheckMany $bench }
    start  = { Measure-Start $bench }
    folder = { Measure-Folder $bench }
    growth = { Measure-Growth $bench }
    batch  = { Measure-Batch $bench }
}
# From a shell, pwsh -File takes a list for one text.
$wanted = $Figure -split ','
foreach ($name in $wanted) { if ($name -notin @($figures.Keys) + 'herd') { throw "There is no figure '$name': $($figures.Keys -join ', '), herd." } }

$folder = [IO.Path]::GetFullPath($Out)
$failed = 0
$herd = $null
$bench = Open-Workbench -Folder $folder -Repeats $Repeats -ScaleDown $ScaleDown
try {
    $machine = Get-MachineDescription $bench
    $lines = @(foreach ($name in $figures.Keys | Where-Object { $_ -in $wanted }) {
        [Console]::Error.WriteLine("Measuring: $name ...")
        try { & $figures[$name] } catch { $failed++; Get-MissingLine -Figure $name -Reason $_.Exception.Message }
    })
    if ('herd' -in $wanted) {
        [Console]::Error.WriteLine('Simulating: herd ...')
        try { $herd = Measure-Herd $bench } catch { $failed++; $lines += Get-MissingLine -Figure 'herd' -Reason $_.Exception.Message }
    }
}
finally {
    Close-Workbench $bench
}

$report = Get-Report -Machine $machine -Line $lines -Herd $herd -ScaleDown $ScaleDown
Export-Report -Folder $folder -Report $report -Machine $machine -Line $lines -Herd $herd
$report
exit [int] ($failed -gt 0)
