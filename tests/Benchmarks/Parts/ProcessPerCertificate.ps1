function Get-Tool {
    <# .SYNOPSIS The path of a program; nothing where it is not installed. #>
    param([Parameter(Mandatory)] [string] $Name)
    Get-Command $Name -CommandType Application -ErrorAction Ignore | Select-Object -First 1 -ExpandProperty Source
}

function Measure-ProcessRate {
    <#
    .SYNOPSIS
        Certificates a second of a process for each, some at a time.
    .DESCRIPTION
        xargs starts them: a program of C that does nothing else, so that what starts the processes costs next to nothing.
        A script that runs one after the other is slower, so the reference is a good one of its kind.
    .PARAMETER Command
        Program and arguments; {} stands for the pair's path without its extension.
    .PARAMETER ExitCode
        Exit codes of xargs that are not a failure: 123 means that a program ended with 1 to 125.
    #>
    param(
        [Parameter(Mandatory)] [string[]] $Pair,
        [Parameter(Mandatory)] [int] $AtATime,
        [Parameter(Mandatory)] [AllowEmptyString()] [string[]] $Command,
        [int[]] $ExitCode = @(0)
    )
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $output = $Pair | & xargs -P $AtATime -I '{}' $Command 2>&1
    $seconds = $watch.Elapsed.TotalSeconds
    if ($LASTEXITCODE -notin $ExitCode) { throw "$($Command[0]) failed: $($output | Select-Object -First 3)" }
    $Pair.Count / $seconds
}

function Get-PairSample {
    <# .SYNOPSIS The paths of the first pairs of a folder, without their extension. #>
    param([Parameter(Mandatory)] [string] $Folder, [Parameter(Mandatory)] [int] $Count)
    [IO.Directory]::GetFiles($Folder, '*.crt') | Sort-Object | Select-Object -First $Count |
        ForEach-Object { $_.Substring(0, $_.Length - '.crt'.Length) }
}
