function Measure-Herd {
    <#
    .SYNOPSIS
        Simulates when the hosts of a fleet come to their CA, and returns the Markdown and the JSON of the simulation.
    #>
    param([Parameter(Mandatory)] [psobject] $Bench)
    $project = Join-Path $PSScriptRoot '../Herd'
    if (-not (Test-Path -LiteralPath $project)) { throw 'there is no project tests/Benchmarks/Herd.' }
    $options = '--hosts', (Get-BenchCount -Bench $Bench -Full 100000), '--repeats', $Bench.Repeats, '--out', $Bench.Out
    $output = & dotnet run --project $project --configuration Release -- $options 2>&1
    if ($LASTEXITCODE -ne 0) { throw "The simulation of a herd failed: $($output | Select-Object -Last 5)" }
    [pscustomobject]@{
        Markdown = Get-Content -LiteralPath (Join-Path $Bench.Out 'herd.md') -Raw
        Data     = Get-Content -LiteralPath (Join-Path $Bench.Out 'herd.json') -Raw | ConvertFrom-Json
    }
}
