function Get-Report {
    <# .SYNOPSIS The report as Markdown: the table, what is to be said of it, the machine, and the herd. #>
    param(
        [Parameter(Mandatory)] [System.Collections.IDictionary] $Machine,
        [Parameter(Mandatory)] [AllowEmptyCollection()] [psobject[]] $Line,
        [psobject] $Herd,
        [int] $ScaleDown = 1
    )
    if ($ScaleDown -gt 1) { "**Scaled down to 1/${ScaleDown}: these figures say nothing.**"; '' }
    if ($Line) {
        Format-LineTable -Line $Line
        ''
        'Medians of interleaved runs; the spread is from the lower to the upper quartile of what was compared run by run. A'
        'bar is held by the quartile on its far side.'
        foreach ($note in $Line | ForEach-Object { $_.PSObject.Properties['Note']?.Value } | Select-Object -Unique) { ''; "- $note" }
        ''
    }
    foreach ($name in $Machine.Keys) { "- ${name}: $($Machine[$name])" }
    if ($Herd) { ''; $Herd.Markdown.TrimEnd() }
}

function Export-Report {
    <# .SYNOPSIS Writes the report as benchmarks.md, and all runs as benchmarks.json. #>
    param(
        [Parameter(Mandatory)] [string] $Folder,
        [Parameter(Mandatory)] [AllowEmptyString()] [string[]] $Report,
        [Parameter(Mandatory)] [System.Collections.IDictionary] $Machine,
        [Parameter(Mandatory)] [AllowEmptyCollection()] [psobject[]] $Line,
        [psobject] $Herd
    )
    [IO.File]::WriteAllText((Join-Path $Folder 'benchmarks.md'), "# Benchmarks`n`n" + ($Report -join "`n") + "`n")
    $data = [ordered]@{ Machine = $Machine; Lines = $Line; Herd = if ($Herd) { $Herd.Data } }
    [IO.File]::WriteAllText((Join-Path $Folder 'benchmarks.json'), (ConvertTo-Json -InputObject $data -Depth 20) + "`n")
}
