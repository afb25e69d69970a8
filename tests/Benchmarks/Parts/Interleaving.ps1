function Measure-Interleaved {
    <#
    .SYNOPSIS
        Runs several ways of doing the same again and again in turn; returns what each gave, run by run.
    .DESCRIPTION
        Other work of the machine affects all ways alike: each round runs all of them, and every other round backwards.
    .PARAMETER Way
        Name and script block of each way; the script block returns one figure, or several by name: "way figure" is the name of each.
    .PARAMETER WarmUp
        How many rounds before the first one do not count.
    #>
    param(
        [Parameter(Mandatory)] [System.Collections.Specialized.OrderedDictionary] $Way,
        [Parameter(Mandatory)] [int] $Repeats,
        [int] $WarmUp = 1
    )
    $names = @($Way.Keys)
    $values = @{}
    foreach ($round in (1 - $WarmUp)..$Repeats) {
        foreach ($name in $names) {
            # The garbage of one way is not to be another's work.
            [GC]::Collect()
            $value = & $Way[$name]
            if ($round -le 0) { continue }
            $figures = if ($value -is [Collections.IDictionary]) { $value.GetEnumerator() | ForEach-Object { @{ Name = "$name $($_.Key)"; Value = $_.Value } } } else { @{ Name = $name; Value = $value } }
            foreach ($figure in $figures) {
                if (-not $values.ContainsKey($figure.Name)) { $values[$figure.Name] = [Collections.Generic.List[double]]::new() }
                $values[$figure.Name].Add([double] $figure.Value)
            }
        }
        [Array]::Reverse($names)
    }
    $values
}

function Measure-Rate {
    <# .SYNOPSIS How many a second a script block does, which returns how many it did. #>
    param([Parameter(Mandatory)] [scriptblock] $Script)
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $count = & $Script
    $count / $watch.Elapsed.TotalSeconds
}
