function Format-Number {
    <# .SYNOPSIS A number with three digits or so, and its unit. #>
    param([double] $Number, [string] $Unit, [switch] $Signed)
    $size = [Math]::Abs($Number)
    $digits = if ($size -ge 100) { '#,##0' } elseif ($size -ge 10) { '0.0' } else { '0.00' }
    $format = if ($Signed) { "+$digits;-$digits" } else { $digits }
    ($Number.ToString($format, [cultureinfo]::InvariantCulture) + " $Unit").TrimEnd()
}

function Format-Line {
    <# .SYNOPSIS The cells of one line. #>
    param([Parameter(Mandatory)] [psobject] $Line)
    if ($Line.PSObject.Properties['Reason']) {
        return @($Line.Figure, 'not measured', $Line.Reason, '', '', '', '')
    }
    $how = @{ Unit = if ($Line.IsDifference) { $Line.Unit } else { '' }; Signed = $Line.IsDifference }
    @(
        $Line.Figure
        Format-Number $Line.Ours.Median $Line.Unit
        Format-Number $Line.Reference.Median $Line.Unit
        Format-Number $Line.Compared.Median @how
        if ($null -ne $Line.AtLeast) { '>= ' + (Format-Number $Line.AtLeast @how) }
        elseif ($null -ne $Line.AtMost) { '<= ' + (Format-Number $Line.AtMost @how) }
        else { '' }
        "$(Format-Number $Line.Compared.Lower -Signed:$how.Signed) to $(Format-Number $Line.Compared.Upper @how)"
        if ($null -eq $Line.IsHeld) { '' } elseif ($Line.IsHeld) { 'yes' } else { '**no**' }
    )
}

function Format-LineTable {
    <# .SYNOPSIS All lines as one table of Markdown, aligned for those who read it as it is. #>
    param([Parameter(Mandatory)] [psobject[]] $Line)
    $rows = @(, @('figure', 'ours', 'reference', 'ratio', 'bar', 'spread over runs', 'held?'))
    foreach ($one in $Line) { $rows += , @(Format-Line $one) }
    $widths = foreach ($column in 0..6) { ($rows | ForEach-Object { $_[$column].Length } | Measure-Object -Maximum).Maximum }
    $format = { param($Row) '| ' + ((0..6 | ForEach-Object { $Row[$_].PadRight($widths[$_]) }) -join ' | ') + ' |' }
    & $format $rows[0]
    '|' + (($widths | ForEach-Object { '-' * ($_ + 2) }) -join '|') + '|'
    foreach ($row in $rows | Select-Object -Skip 1) { & $format $row }
}
