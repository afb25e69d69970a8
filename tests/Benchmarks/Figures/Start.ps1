function Measure-Start {
    <#
    .SYNOPSIS
        The time that importing the module and checking one certificate, due or not, adds to a PowerShell that does nothing.
    #>
    param([Parameter(Mandatory)] [psobject] $Bench)
    # A process starts too seldom for seven runs to say much: fifteen, where others have seven.
    $repeats = 2 * $Bench.Repeats + 1
    $import = "Import-Module '$($Bench.Manifest.Replace("'", "''"))'"
    $notDue = (Get-BenchPair -Bench $Bench -Name 'start' -Count 1) + '/host-00000.crt'
    $costs = @{}
    $ways = [ordered]@{
        pwsh   = { Measure-PwshStart -Command 'exit' -Name 'pwsh' -Cost $costs }
        notDue = { Measure-PwshStart -Command "$import; Invoke-StepRenewal -LiteralPath '$notDue'" -Name 'notDue' -Cost $costs }
    }
    $ca = Get-BenchCa $Bench
    if (-not $ca.Reason) {
        $due = Get-BenchPair -Bench $Bench -Name 'start-due' -Count ($repeats + 1) -Ca $ca -Due
        $waiting = [Collections.Generic.Queue[string]]::new([string[]] [IO.Directory]::GetFiles($due, '*.crt'))
        $ways['due'] = { Measure-PwshStart -Command "$import; Invoke-StepRenewal -LiteralPath '$($waiting.Dequeue())' -StepPath '$($ca.Folder)'" -Name 'due' -Cost $costs }
    }

    $walls = Measure-Interleaved -Way $ways -Repeats $repeats
    # The warm-up round left its costs too.
    $cpu = { param([string] $Name) @($costs[$Name] | Select-Object -Skip 1) }
    $line = { param($Name, $What, $Limit)
        Get-Line -Figure "start: $What, against pwsh alone" -Unit 'ms' -Ours $walls[$Name] -Reference $walls['pwsh'] -Difference -AtMost $Limit
        Get-Line -Figure "start: $What, against pwsh alone, CPU" -Unit 'ms' -Ours (& $cpu $Name) -Reference (& $cpu 'pwsh') -Difference
    }
    & $line 'notDue' 'one that is not due' 80
    if ($ca.Reason) { Get-MissingLine -Figure 'start: one that is due' -Reason $ca.Reason } else { & $line 'due' 'one that is due' 200 }
}

function Measure-PwshStart {
    <# .SYNOPSIS How many milliseconds a PowerShell takes from its start to its end; the CPU's go to Cost. #>
    param([Parameter(Mandatory)] [string] $Command, [Parameter(Mandatory)] [string] $Name, [Parameter(Mandatory)] [hashtable] $Cost)
    $program, [string[]] $before = Get-PwshCommand
    $start = [Diagnostics.ProcessStartInfo]::new($program)
    foreach ($argument in $before + '-NoProfile', '-NonInteractive', '-Command', $Command) { $start.ArgumentList.Add($argument) }
    # Neither news nor telemetry: nothing here leaves the machine.
    $start.Environment['POWERSHELL_TELEMETRY_OPTOUT'] = '1'
    $start.Environment['POWERSHELL_UPDATECHECK'] = 'Off'
    $measured = [StepCaRenew.Benchmarks.Bare.ProcessCost]::Measure($start)
    if (-not $Cost.ContainsKey($Name)) { $Cost[$Name] = [Collections.Generic.List[double]]::new() }
    $Cost[$Name].Add($measured.Cpu)
    $measured.Wall
}
