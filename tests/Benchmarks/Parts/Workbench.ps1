function Open-Workbench {
    <# .SYNOPSIS A folder for one benchmark, and what all its figures share. #>
    param([Parameter(Mandatory)] [string] $Folder, [int] $Repeats, [int] $ScaleDown)
    $configuration = if ($env:STEPCARENEW_CONFIGURATION) { $env:STEPCARENEW_CONFIGURATION } else { 'Release' }
    $bare = Join-Path $PSScriptRoot "../Bare/bin/$configuration/net10.0/StepCaRenew.Benchmarks.Bare.dll"
    if (-not (Test-Path -LiteralPath $bare)) { throw "The bare loops are not built: $bare. Run ./build.sh build first." }
    Add-Type -Path $bare
    Import-TestPackage
    # Not the system's folder for temporary files, which may be in memory, where a flush costs nothing.
    $work = Join-Path $Folder "work-$PID"
    [IO.Directory]::CreateDirectory($work) > $null
    [pscustomobject]@{
        Folder      = $work
        Out         = $Folder
        Repeats     = $Repeats
        ScaleDown   = $ScaleDown
        Manifest    = Join-Path (Get-TestPackage) 'StepCaRenew.psd1'
        Ca          = $null
        Environment = Use-CleanEnvironment
    }
}

function Close-Workbench {
    <# .SYNOPSIS Ends the CA and deletes what was made. #>
    param([psobject] $Bench)
    if (-not $Bench) { return }
    Close-TestCa $Bench.Ca
    Remove-Item -LiteralPath $Bench.Folder -Recurse -Force -ErrorAction Ignore
    Restore-Environment $Bench.Environment
}

function Get-BenchCa {
    <# .SYNOPSIS The one real step-ca of the run, started when it is first asked for; Reason says why there is none. #>
    param([Parameter(Mandatory)] [psobject] $Bench)
    if (-not $Bench.Ca) { $Bench.Ca = Open-TestCa -Kind StepCa }
    $Bench.Ca
}

function Get-BenchCount {
    <# .SYNOPSIS How many to take, where it would be so many in a full run. #>
    param([Parameter(Mandatory)] [psobject] $Bench, [Parameter(Mandatory)] [int] $Full)
    [Math]::Max(1, [int] ($Full / $Bench.ScaleDown))
}

function Get-BenchPair {
    <# .SYNOPSIS Makes pairs in a folder of their own, and returns its path. #>
    param(
        [Parameter(Mandatory)] [psobject] $Bench,
        [Parameter(Mandatory)] [string] $Name,
        [Parameter(Mandatory)] [int] $Count,
        [psobject] $Ca,
        [switch] $Due
    )
    $authority = if ($Ca) { Get-CaAuthority -Ca $Ca } else { Build-TestAuthority }
    $folder = Join-Path $Bench.Folder $Name
    $maker = [StepCaRenew.Benchmarks.Bare.PairMaker]::new($authority.Intermediate, 'admin', $authority.KeyIds['admin'])
    $maker.Make($folder, $Count, $(if ($Due) { [timespan]::FromHours(20) } else { [timespan]::FromMinutes(1) }))
    $folder
}
