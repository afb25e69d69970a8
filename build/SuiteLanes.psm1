# Suites that run at the same time, each in a runspace of its own; only the runspace of the build writes to the console.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

function Open-SuiteLane {
    <#
    .SYNOPSIS
        Starts a suite and returns at once.
    .PARAMETER Variables
        Variables that the suite's Run reads. A script block belongs to the runspace in which it was read, so
        the lane reads Suites.ps1 for itself.
    #>
    param([Parameter(Mandatory)] [string] $Name, [Parameter(Mandatory)] [hashtable] $Variables)
    $took = @{ Seconds = $null }
    $shell = [PowerShell]::Create()
    $run = {
        param($Build, $Name, $Variables, $Took)
        Set-StrictMode -Version 3.0
        $ErrorActionPreference = 'Stop'
        $watch = [Diagnostics.Stopwatch]::StartNew()
        try {
            foreach ($module in 'BuildTools', 'Dependencies', 'Suites', 'WineSuite') { Import-Module (Join-Path $Build "$module.psm1") }
            foreach ($variable in $Variables.Keys) { Set-Variable $variable $Variables[$variable] }
            $all = . (Join-Path $Build 'Suites.ps1')
            $item = $all | Where-Object { $_.Name -ceq $Name }
            & $item.Run
        }
        finally {
            $Took.Seconds = $watch.Elapsed.TotalSeconds
        }
    }
    $shell.AddScript($run.ToString()).AddArgument($PSScriptRoot).AddArgument($Name).AddArgument($Variables).AddArgument($took) > $null
    [pscustomobject]@{ Name = $Name; Shell = $shell; Handle = $shell.BeginInvoke(); Took = $took }
}

function Wait-SuiteLane {
    <# .SYNOPSIS Waits for the end of a lane and returns what its suite returned, or throws what it threw. #>
    param([Parameter(Mandatory)] $Lane)
    # A wait that Ctrl+C ends.
    while (-not $Lane.Handle.IsCompleted) { [Threading.Thread]::Sleep(50) }
    try { $Lane.Shell.EndInvoke($Lane.Handle) }
    catch { throw $_.Exception.GetBaseException().Message }
}

function Close-SuiteLane {
    <# .SYNOPSIS Ends a lane; a suite that still runs is stopped, with its processes. #>
    param([Parameter(Mandatory)] $Lane)
    $Lane.Shell.Stop()
    $Lane.Shell.Dispose()
}

Export-ModuleMember -Function *-SuiteLane
