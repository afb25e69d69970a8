function Get-Line {
    <#
    .SYNOPSIS
        One line of the table: what was measured, held against its reference run by run, and against its bar.
    .DESCRIPTION
        A bar is held by the quartile on its far side: the lower one where it asks for at least so much, the upper one
        where it asks for at most so much. The same code varies from run to run, and a median would pass half of them.
    .PARAMETER Reference
        One value a run, or one for all.
    .PARAMETER Difference
        Compare by subtracting instead of dividing.
    .PARAMETER Note
        The text below the table if the bar is not held.
    #>
    param(
        [Parameter(Mandatory)] [string] $Figure,
        [Parameter(Mandatory)] [string] $Unit,
        [Parameter(Mandatory)] [double[]] $Ours,
        [Parameter(Mandatory)] [double[]] $Reference,
        [switch] $Difference,
        [Nullable[double]] $AtLeast,
        [Nullable[double]] $AtMost,
        [string] $Note
    )
    $compared = foreach ($run in 0..($Ours.Count - 1)) {
        $other = $Reference[[Math]::Min($run, $Reference.Count - 1)]
        if ($Difference) { $Ours[$run] - $other } else { $Ours[$run] / $other }
    }
    $quartile = Get-Quartile $compared
    $isHeld = if ($null -ne $AtLeast) { $quartile.Lower -ge $AtLeast } elseif ($null -ne $AtMost) { $quartile.Upper -le $AtMost }
    [pscustomobject]@{
        Figure       = $Figure
        Unit         = $Unit
        Ours         = Get-Quartile $Ours
        Reference    = Get-Quartile $Reference
        IsDifference = [bool] $Difference
        Compared     = $quartile
        AtLeast      = $AtLeast
        AtMost       = $AtMost
        IsHeld       = $isHeld
        Note         = if ($Note -and $isHeld -eq $false) { $Note }
        Runs         = [pscustomobject]@{ Ours = $Ours; Reference = $Reference }
    }
}

function Get-MissingLine {
    <# .SYNOPSIS The line of what could not be measured, and why. #>
    param([Parameter(Mandatory)] [string] $Figure, [Parameter(Mandatory)] [string] $Reason)
    [pscustomobject]@{ Figure = $Figure; Reason = $Reason }
}
