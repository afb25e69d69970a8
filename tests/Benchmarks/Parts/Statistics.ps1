function Get-Quartile {
    <#
    .SYNOPSIS
        Median and quartiles of some values: Lower, Median and Upper.
    .DESCRIPTION
        By linear interpolation between the ordered values (type 7 of Hyndman and Fan; QUARTILE.INC of spreadsheets).
    #>
    param([Parameter(Mandatory)] [double[]] $Value)
    $ordered = [double[]] $Value.Clone()
    [Array]::Sort($ordered)
    $at = {
        param([double] $Share)
        $place = $Share * ($ordered.Count - 1)
        $below = [int] [Math]::Floor($place)
        $above = [Math]::Min($below + 1, $ordered.Count - 1)
        $ordered[$below] + ($place - $below) * ($ordered[$above] - $ordered[$below])
    }
    [pscustomobject]@{ Lower = & $at 0.25; Median = & $at 0.5; Upper = & $at 0.75 }
}
