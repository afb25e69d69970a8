function Measure-Growth {
    <# .SYNOPSIS The cost of one pair and the memory of a run, at 100, 1,000 and 10,000 pairs. #>
    param([Parameter(Mandatory)] [psobject] $Bench)
    $largest = 10000
    $folders = [ordered]@{}
    foreach ($size in 100, 1000, $largest) {
        $folders["$size"] = Get-BenchPair -Bench $Bench -Name "growth-$size" -Count (Get-BenchCount -Bench $Bench -Full $size)
    }
    $warm = Get-BenchPair -Bench $Bench -Name 'growth-warm' -Count 100

    # Each in a process of its own. Time is taken when all code is compiled, and memory where nothing went before.
    $ways = [ordered]@{}
    foreach ($size in $folders.Keys) {
        $arguments = @{ Folder = $folders[$size]; Passes = $largest / [int] $size }
        $ways["cost $size"] = { (Measure-CheckProcess -Bench $Bench @arguments -Warm $warm).Microseconds }.GetNewClosure()
        $ways["peak $size"] = { (Measure-CheckProcess -Bench $Bench -Folder $arguments.Folder -Passes 1).PeakMegabytes }.GetNewClosure()
    }
    $values = Measure-Interleaved -Way $ways -Repeats $Bench.Repeats -WarmUp 0
    Get-Line -Figure 'growth: cost of a pair at 1,000 against 100' -Unit 'us' -Ours $values['cost 1000'] -Reference $values['cost 100']
    Get-Line -Figure 'growth: cost of a pair at 10,000 against 100' -Unit 'us' -Ours $values['cost 10000'] -Reference $values['cost 100'] -AtMost 1.2
    Get-Line -Figure 'growth: peak memory at 1,000 against 100' -Unit 'MB' -Ours $values['peak 1000'] -Reference $values['peak 100'] -Difference
    Get-Line -Figure 'growth: peak memory at 10,000 against 100' -Unit 'MB' -Ours $values['peak 10000'] -Reference $values['peak 100'] -Difference -AtMost 60
}

function Measure-CheckProcess {
    <# .SYNOPSIS Checks a folder in a PowerShell of its own: microseconds a pair, and the peak of its memory. #>
    param(
        [Parameter(Mandatory)] [psobject] $Bench,
        [Parameter(Mandatory)] [string] $Folder,
        [Parameter(Mandatory)] [int] $Passes,
        [string] $Warm
    )
    $quoted = @(Join-Path $PSScriptRoot '../Processes/CheckFolder.ps1'; $Bench.Manifest; $Folder; $Warm) | ForEach-Object { "'" + $_.Replace("'", "''") + "'" }
    $script = '& {0} -Manifest {1} -Folder {2} -Warm {3} -Passes {4}' -f ($quoted + $Passes)
    $run = Invoke-FreshPwsh -Script $script -TimeoutSeconds 120
    if ($run.ExitCode -ne 0 -or $run.Error) { throw "A process that checks failed: $($run.Error)$($run.Output)" }
    $run.Output | ConvertFrom-Json
}
