function Measure-Batch {
    <#
    .SYNOPSIS
        10,000 renewals in one call against 100: the cost of one, the peak of the memory, and the most descriptors that are open.
    #>
    param([Parameter(Mandatory)] [psobject] $Bench)
    $ca = Get-BenchCa $Bench
    if ($ca.Reason) { return Get-MissingLine -Figure 'batch' -Reason $ca.Reason }
    if (-not $IsLinux) { return Get-MissingLine -Figure 'batch' -Reason 'descriptors are counted on Linux only' }
    $largest = 10000
    $folders = @{}
    foreach ($size in 100, $largest) { $folders[$size] = Get-BenchPair -Bench $Bench -Name "batch-$size" -Count (Get-BenchCount -Bench $Bench -Full $size) -Ca $ca -Due }
    $warm = Get-BenchPair -Bench $Bench -Name 'batch-warm' -Count (Get-BenchCount -Bench $Bench -Full 400) -Ca $ca -Due

    # Each in a process of its own, which has renewed for a while, and as many renewals in total. The peak is that of one call.
    $ways = [ordered]@{}
    foreach ($size in 100, $largest) {
        $arguments = @{ Bench = $Bench; Ca = $ca; Folder = $folders[$size] }
        $passes = [int] ($largest / $size)
        $ways["cost $size"] = { (Measure-RenewProcess @arguments -Passes $passes -Warm $warm).Microseconds }.GetNewClosure()
        $ways["peak $size"] = { $run = Measure-RenewProcess @arguments -Passes 1; @{ memory = $run.PeakMegabytes; descriptors = $run.MostDescriptors } }.GetNewClosure()
    }
    $values = Measure-Interleaved -Way $ways -Repeats ([Math]::Min(3, $Bench.Repeats)) -WarmUp 0
    Get-Line -Figure 'batch: cost of a renewal in a call over 10,000 against one over 100' -Unit 'us' -Ours $values['cost 10000'] -Reference $values['cost 100'] -AtMost 1.1
    Get-Line -Figure 'batch: peak memory at 10,000 against 100' -Unit 'MB' -Ours $values['peak 10000 memory'] -Reference $values['peak 100 memory'] -Difference -AtMost 80
    Get-Line -Figure 'batch: most open descriptors at 10,000, against 256' -Unit 'open' -Ours $values['peak 10000 descriptors'] -Reference 256 -AtMost 1
}

function Measure-RenewProcess {
    <# .SYNOPSIS Renews a folder in a PowerShell of its own: microseconds a renewal, the peak of its memory, and its most descriptors. #>
    param(
        [Parameter(Mandatory)] [psobject] $Bench,
        [Parameter(Mandatory)] [psobject] $Ca,
        [Parameter(Mandatory)] [string] $Folder,
        [Parameter(Mandatory)] [int] $Passes,
        [string] $Warm
    )
    $quoted = @(Join-Path $PSScriptRoot '../Processes/RenewFolder.ps1'; $Bench.Manifest; $Folder; $Ca.Folder; $Warm) | ForEach-Object { "'" + $_.Replace("'", "''") + "'" }
    $script = '& {0} -Manifest {1} -Folder {2} -StepPath {3} -Warm {4} -Passes {5}' -f ($quoted + $Passes)
    $run = Invoke-FreshPwsh -Script $script -TimeoutSeconds 600
    if ($run.ExitCode -ne 0 -or $run.Error) { throw "A process that renews failed: $($run.Error)$($run.Output)" }
    $run.Output | ConvertFrom-Json
}
