function Measure-Call {
    <#
    .SYNOPSIS
        From which number of certificates on one call, with the start of PowerShell, is faster than a process per certificate.
    #>
    param([Parameter(Mandatory)] [psobject] $Bench)
    $ca = Get-BenchCa $Bench
    if ($ca.Reason) { return Get-MissingLine -Figure 'call' -Reason $ca.Reason }
    $process = Get-RenewProcess $ca
    if (-not $process.Command) { return Get-MissingLine -Figure 'call' -Reason $process.Reason }
    $import = "Import-Module '$($Bench.Manifest.Replace("'", "''"))'"
    $counts = 20, 40, 100 | ForEach-Object { Get-BenchCount -Bench $Bench -Full $_ } | Select-Object -Unique
    $ways = [ordered]@{}
    $costs = @{}
    foreach ($count in $counts) {
        $folder = Get-BenchPair -Bench $Bench -Name "call-$count" -Count $count -Ca $ca -Due
        $pairs = @(Get-PairSample -Folder (Get-BenchPair -Bench $Bench -Name "call-process-$count" -Count $count -Ca $ca -Due) -Count $count)
        # A renewal that failed would leave an error, and so fail the measurement.
        $command = "$import; Invoke-StepRenewal -Path '$folder' -StepPath '$($ca.Folder)' -Force -RetryTimeout 0s -ProgressAction SilentlyContinue"
        $ways["call $count"] = { Measure-PwshStart -Command $command -Name "call $count" -Cost $costs }.GetNewClosure()
        $ways["process $count"] = { 1000 * $count / (Measure-ProcessRate -Pair $pairs -AtATime 2 -Command $process.Command) }.GetNewClosure()
    }

    $walls = Measure-Interleaved -Way $ways -Repeats $Bench.Repeats
    foreach ($count in $counts) {
        # The bar is for 40 certificates.
        $bar = if ($count -eq (Get-BenchCount -Bench $Bench -Full 40)) { @{ AtMost = 1.0 } } else { @{} }
        Get-Line -Figure "call: $count renewals in a new PowerShell, against $($process.Name), a process per certificate, 2 at a time" -Unit 'ms' -Ours $walls["call $count"] -Reference $walls["process $count"] @bar
    }
}
