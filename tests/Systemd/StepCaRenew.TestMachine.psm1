# A machine with a running systemd, for the tests that need one: a Debian in qemu.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot '../Pester/Helpers/StepCaRenew.TestHelpers.psm1')
Import-Module (Join-Path $PSScriptRoot '../Pester/Helpers/StepCaRenew.TestCa.psm1')

# Registers a renewal. In a machine this slow the first exchange with the CA may take longer than the module waits for it.
$Prelude = @'
$ErrorActionPreference = 'Stop'
Import-Module StepCaRenew
function Register-Patiently {
    foreach ($try in 1..3) {
        try { return Register-StepRenewalTask @args }
        catch { if ($try -eq 3 -or "$($_.FullyQualifiedErrorId) $_" -notmatch 'CaTimeout') { throw } }
    }
}
'@

# The machine ends after this time, whatever happens.
$LongestSeconds = 2700

function Get-ReasonWithoutMachine {
    <#
    .SYNOPSIS
        Why no such machine can be made here; nothing if it can.
    #>
    if (-not $IsLinux -or [Runtime.InteropServices.RuntimeInformation]::OSArchitecture -ne 'X64') { return 'the machine with systemd is made on Linux (x64)' }
    if (-not (Select-String -LiteralPath /etc/os-release -Pattern '^ID=debian$' -Quiet)) { return 'the machine with systemd is made of the packages of a Debian' }
    if ([Environment]::UserName -ne 'root') { return 'only root can make the machine with systemd' }
    $missing = @('qemu-system-x86_64', 'mmdebstrap', 'mkfs.ext4', 'ssh', 'ssh-keygen').Where{ -not (Get-Command $_ -CommandType Application -ErrorAction Ignore) }
    if ($missing) { return "the machine with systemd needs $($missing -join ', '); on Debian: apt-get install --no-install-recommends qemu-system-x86 mmdebstrap e2fsprogs openssh-client" }
    (Get-StepCaBinary).Reason
}

function New-TestMachine {
    <#
    .SYNOPSIS
        Makes the machine, with the package under test in it, and does not start it.
    #>
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '')]
    param()
    $folder = Get-RepositoryPath 'out/systemd'
    # A pwsh with a runtime of its own needs no other.
    $runtime = if (-not (Test-Path (Join-Path $PSHOME 'libcoreclr.so'))) {
        [IO.Path]::GetFullPath((Join-Path ([Runtime.InteropServices.RuntimeEnvironment]::GetRuntimeDirectory()) '../../..'))
    }
    $module = Split-Path (Get-TestPackage)
    $output = & sh (Join-Path $PSScriptRoot 'make-machine.sh') $folder $PSHOME "$runtime" $module (Get-StepCaBinary).Path 2>&1
    if ($LASTEXITCODE) { throw "make-machine.sh: $($output -join "`n")" }
    [pscustomobject]@{ Folder = $folder; Port = 0; Process = $null }
}

function Start-TestMachine {
    <#
    .SYNOPSIS
        Boots the machine, its clock at a time (UTC), and waits until ssh leads in.
    #>
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '')]
    param([Parameter(Mandatory)] $Machine, [datetime] $At = [datetime]::UtcNow)
    $Machine.Port = Get-FreePort
    $arguments = (Join-Path $PSScriptRoot 'run-machine.sh'), $Machine.Folder, $Machine.Port, $PID, $LongestSeconds, $At.ToString('s', [cultureinfo]::InvariantCulture)
    $start = [Diagnostics.ProcessStartInfo]::new('sh')
    foreach ($argument in $arguments) { $start.ArgumentList.Add($argument) }
    $Machine.Process = [Diagnostics.Process]::Start($start)
    $isUp = Wait-Until -Seconds 240 { $Machine.Process.HasExited -or (Test-TestMachine $Machine) }
    if (-not $isUp -or $Machine.Process.HasExited) {
        $log = Get-Content (Join-Path $Machine.Folder qemu.log), (Join-Path $Machine.Folder serial.log) -Tail 10 -ErrorAction Ignore
        throw "The machine did not start: $($log -join "`n")"
    }
}

function Stop-TestMachine {
    <#
    .SYNOPSIS
        Powers the machine off, or ends it if it does not obey.
    #>
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '')]
    param($Machine, [switch] $AtOnce)
    if (-not $Machine -or -not $Machine.Process) { return }
    if (-not $AtOnce) {
        Invoke-TestMachine $Machine 'systemctl poweroff' -AllowFailure > $null
        $Machine.Process.WaitForExit(90000) > $null
    }
    if (-not $Machine.Process.HasExited) {
        $Machine.Process.Kill($true)
        $Machine.Process.WaitForExit(10000) > $null
    }
    $Machine.Process.Dispose()
    $Machine.Process = $null
}

function Invoke-TestMachine {
    <#
    .SYNOPSIS
        Runs a script of bash in the machine and returns its output; fails if the script does, or takes too long.
    #>
    param([Parameter(Mandatory, Position = 0)] $Machine, [Parameter(Mandatory, Position = 1)] [string] $Script, [string] $User = 'root', [int] $TimeoutSeconds = 300, [switch] $AllowFailure)
    $ssh = @('-q', '-i', (Join-Path $Machine.Folder id), '-p', $Machine.Port, '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'ConnectTimeout=10', '-o', 'BatchMode=yes')
    $output = $Script.ReplaceLineEndings("`n") | & timeout $TimeoutSeconds ssh @ssh "$User@127.0.0.1" 'bash -s' 2>&1 | ForEach-Object { "$_" }
    if ($LASTEXITCODE -and -not $AllowFailure) { throw "The machine's script failed with exit code $LASTEXITCODE.`n$Script`n$($output -join "`n")" }
    $output
}

function Invoke-TestMachinePwsh {
    <#
    .SYNOPSIS
        Runs a script of PowerShell in the machine, with the module, and returns what it puts out, by way of JSON.
    #>
    param([Parameter(Mandatory, Position = 0)] $Machine, [Parameter(Mandatory, Position = 1)] [string] $Script, [string] $User = 'root')
    $text = "$Prelude`n`$all = @(& {`n$Script`n})`n'JSON:' + (ConvertTo-Json -Depth 4 -Compress -EnumsAsStrings -InputObject `$all)"
    $encoded = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($text))
    $output = Invoke-TestMachine $Machine -User $User -TimeoutSeconds 480 "f=`$(mktemp --suffix=.ps1)`nbase64 -d <<<'$encoded' >`$f`nexport POWERSHELL_TELEMETRY_OPTOUT=1`npwsh -NoProfile -NonInteractive -File `$f </dev/null"
    $json = @($output) -like 'JSON:*' | Select-Object -Last 1
    if (-not $json) { throw "The machine's PowerShell put out nothing: $($output -join "`n")" }
    ConvertFrom-Json $json.Substring(5) -DateKind Utc | Write-Output
}

function Test-TestMachine {
    param($Machine)
    Invoke-TestMachine $Machine true -TimeoutSeconds 20 -AllowFailure > $null
    $LASTEXITCODE -eq 0
}

Export-ModuleMember -Function Get-ReasonWithoutMachine, New-TestMachine, Start-TestMachine, Stop-TestMachine, Invoke-TestMachine, Invoke-TestMachinePwsh
