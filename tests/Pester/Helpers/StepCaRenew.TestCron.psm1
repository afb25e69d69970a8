# Debian's cron in mounts of its own.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot 'StepCaRenew.TestHelpers.psm1')
Import-Module (Join-Path $PSScriptRoot 'StepCaRenew.TestCa.psm1')

function Get-CronHindrance {
    <# .SYNOPSIS Why a test cannot have a cron of its own; nothing if it can. #>
    if ((& id -u) -ne '0') { return 'mounts of a test''s own need root' }
    foreach ($program in '/usr/sbin/cron', 'unshare', 'nsenter', 'openssl') {
        if (-not (Get-Command $program -CommandType Application -ErrorAction Ignore)) { return "$program is missing" }
    }
}

function Open-CronDaemon {
    <# .SYNOPSIS Starts a cron in mounts of its own, whose /etc/cron.d is a folder of the test; Reason says why there is none. #>
    param([Parameter(Mandatory)] [string] $Folder)
    $errors = "$Folder.errors"
    $process = Start-Process (Get-RepositoryPath tests/Integration/Scheduling/cron-daemon.sh) -ArgumentList $Folder -PassThru -RedirectStandardError $errors
    $daemon = [pscustomobject]@{ Process = $process; Mounts = $null; Reason = $null }
    Wait-Until { $process.HasExited -or (Test-Path "$Folder/ready") } -Seconds 20 | Out-Null
    if ($process.HasExited -or -not (Test-Path "$Folder/ready")) {
        Close-CronDaemon $daemon
        $daemon.Reason = "cron can't be started in mounts of its own: $(Get-Content $errors -Raw)"
    }
    $daemon.Mounts = Get-CronMount $process.Id
    $daemon
}

function Close-CronDaemon {
    <# .SYNOPSIS Ends a cron; does nothing without one. #>
    param([AllowNull()] $Daemon)
    if (-not $Daemon -or $Daemon.Process.HasExited) { return }
    $Daemon.Process.Kill($true)
    $Daemon.Process.WaitForExit(5000) | Out-Null
}

function Get-CronMount {
    <# .SYNOPSIS The mounts that a process sees, as the kernel names them; nothing if it has ended. #>
    param([string] $Id)
    try { [IO.FileInfo]::new("/proc/$Id/ns/mnt").LinkTarget } catch { $null }
}

function Invoke-AtCron {
    <#
    .SYNOPSIS
        Runs a script in a PowerShell of its own, in the mounts of a cron, and returns the objects that it writes as JSON.
    #>
    param([Parameter(Mandatory)] $Daemon, [Parameter(Mandatory)] [string] $Script, [hashtable] $Environment = @{})
    $import = "Import-Module '$(Join-Path (Get-TestPackage) 'StepCaRenew.psd1')'"
    $run = Invoke-FreshPwsh "$import; $Script" -Environment $Environment -Through nsenter, '--mount', '--target', $Daemon.Process.Id
    if ($run.ExitCode -ne 0) { throw "Exit code $($run.ExitCode): $($run.Error)" }
    if ($run.Output) { $run.Output | ConvertFrom-Json }
}

Export-ModuleMember -Function *-Cron*, Invoke-AtCron
