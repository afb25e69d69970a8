function Measure-Folder {
    <# .SYNOPSIS How much more CPU a scheduled check of a folder of 50 certificates takes than that of one. #>
    param([Parameter(Mandatory)] [psobject] $Bench)
    $repeats = 2 * $Bench.Repeats + 1
    $import = "Import-Module '$($Bench.Manifest.Replace("'", "''"))'"
    $costs = @{}
    $ways = [ordered]@{}
    $homes = Join-Path $Bench.Folder 'folder-home'
    [IO.Directory]::CreateDirectory("$homes/renewals") > $null
    foreach ($count in 1, 50) {
        $pairs = Get-BenchPair -Bench $Bench -Name "folder-$count" -Count $count
        $definition = @{ scope = 'CurrentUser'; certificates = @{ path = $pairs }; interval = '15m' }
        # One certificate as it is registered without a folder.
        if ($count -eq 1) { $definition = @{ scope = 'CurrentUser'; certificate = "$pairs/host-00000.crt"; interval = '15m' } }
        Set-Content "$homes/renewals/of$count.json" ($definition | ConvertTo-Json)
        $command = "`$env:STEPCARENEW_HOME = '$homes'; $import; Invoke-StepRenewal -Name of$count -Scheduled"
        $ways["of$count"] = [scriptblock]::Create("Measure-PwshStart -Command '$($command.Replace("'", "''"))' -Name of$count -Cost `$costs")
    }

    $null = Measure-Interleaved -Way $ways -Repeats $repeats
    $cpu = { param([string] $Name) @($costs[$Name] | Select-Object -Skip 1) }
    Get-Line -Figure 'folder: a scheduled check of 50 certificates, against one, CPU' -Unit 'ms' -Ours (& $cpu of50) -Reference (& $cpu of1) -AtMost 1.3
}
