# Real ansible-playbook on a host of its own (host.sh), with the collection of this repository.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot '../Pester/Helpers/StepCaRenew.TestHelpers.psm1')
Import-Module (Join-Path $PSScriptRoot '../Pester/Helpers/StepCaRenew.TestCa.psm1')

function Get-AnsibleHindrance {
    <# .SYNOPSIS Why no playbook can run here; nothing if it can. #>
    if (-not $IsLinux) { return 'Ansible runs on Linux' }
    if (-not (Get-Command ansible-playbook -CommandType Application -ErrorAction Ignore)) { return 'ansible-playbook is missing' }
    if ((& id -u) -ne '0') { return 'a host with mounts of its own needs root' }
    foreach ($program in '/usr/sbin/cron', 'unshare', 'nsenter', 'openssl', 'tar') {
        if (-not (Get-Command $program -CommandType Application -ErrorAction Ignore)) { return "$program is missing" }
    }
    (Get-StepCaBinary).Reason
}

function Open-AnsibleHost {
    <# .SYNOPSIS Starts a host whose changes end with it. Folder is the same inside and outside. #>
    param([Parameter(Mandatory)] [string] $Folder)
    [IO.Directory]::CreateDirectory("$Folder/collections/ansible_collections/stepcarenew") > $null
    # Not a link: Pester removes new files below its TestDrive after each block, through links as well.
    Copy-Item (Get-RepositoryPath ansible) "$Folder/collections/ansible_collections/stepcarenew/certificates" -Recurse
    $start = @{ FilePath = (Join-Path $PSScriptRoot host.sh); ArgumentList = $Folder; PassThru = $true; RedirectStandardError = "$Folder/host.errors" }
    $dotnet = (Get-Item (Get-DotnetPath)).ResolveLinkTarget($true)?.FullName ?? (Get-DotnetPath)
    $process = Start-Process @start -Environment @{ DOTNET_FOLDER = Split-Path $dotnet }
    $opened = [pscustomobject]@{ Process = $process; Folder = $Folder; Runs = 0 }
    Wait-Until { $process.HasExited -or (Test-Path "$Folder/ready") } -Seconds 20 > $null
    if ($process.HasExited -or -not (Test-Path "$Folder/ready")) {
        Close-AnsibleHost $opened
        throw "The host did not start: $(Get-Content "$Folder/host.errors" -Raw)"
    }
    $mine, $its = '/proc/self/ns/mnt', "/proc/$($process.Id)/ns/mnt" | ForEach-Object { [IO.FileInfo]::new($_).LinkTarget }
    if ($mine -eq $its) { throw 'The host has the mounts of this machine.' }
    $opened
}

function Close-AnsibleHost {
    <# .SYNOPSIS Ends a host and its processes; does nothing without one. #>
    param([AllowNull()] $AnsibleHost)
    if (-not $AnsibleHost -or $AnsibleHost.Process.HasExited) { return }
    $AnsibleHost.Process.Kill($true)
    $AnsibleHost.Process.WaitForExit(5000) > $null
}

function Invoke-OnHost {
    <# .SYNOPSIS Runs a program on a host with the environment of a fresh login of root, and returns ExitCode, Output and Error. #>
    param([Parameter(Mandatory)] $AnsibleHost, [Parameter(Mandatory)] [string[]] $Command, [hashtable] $Environment = @{}, [int] $TimeoutSeconds = 180)
    $start = [Diagnostics.ProcessStartInfo]::new('nsenter')
    foreach ($argument in @('--mount', '--target', $AnsibleHost.Process.Id) + $Command) { $start.ArgumentList.Add($argument) }
    $start.WorkingDirectory = '/root'
    $start.Environment.Clear()
    $all = @{ PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'; HOME = '/root'; LANG = 'C.UTF-8'; POWERSHELL_TELEMETRY_OPTOUT = '1'; POWERSHELL_UPDATECHECK = 'Off' } + $Environment
    foreach ($name in $all.Keys) { $start.Environment[$name] = $all[$name] }
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    $process = [Diagnostics.Process]::Start($start)
    try {
        $process.StandardInput.Close()
        $output, $errors = $process.StandardOutput.ReadToEndAsync(), $process.StandardError.ReadToEndAsync()
        if (-not $process.WaitForExit($TimeoutSeconds * 1000)) {
            $process.Kill($true)
            throw "'$Command' did not end within $TimeoutSeconds s."
        }
        [pscustomobject]@{ ExitCode = $process.ExitCode; Output = $output.Result; Error = $errors.Result }
    }
    finally {
        $process.Dispose()
    }
}

function Invoke-Pwsh {
    <# .SYNOPSIS Runs a script in the PowerShell that the role installed, and returns the objects that it writes as JSON. #>
    param([Parameter(Mandatory)] $AnsibleHost, [Parameter(Mandatory)] [string] $Script)
    $run = Invoke-OnHost $AnsibleHost 'pwsh', '-NoProfile', '-NonInteractive', '-Command', "`$ErrorActionPreference = 'Stop'; $Script"
    if ($run.ExitCode -ne 0) { throw "Exit code $($run.ExitCode): $($run.Output) $($run.Error)" }
    if ($run.Output.Trim()) { $run.Output | ConvertFrom-Json }
}

function Invoke-Playbook {
    <#
    .SYNOPSIS
        Runs a playbook, and returns ExitCode, Output (what a user sees), Tasks (the results) and Changed (the names of the tasks that have changed).
    .PARAMETER Variable
        The variables of the host.
    #>
    param(
        [Parameter(Mandatory)] $AnsibleHost, [Parameter(Mandatory)] [Collections.IDictionary] $Variable,
        [string[]] $ArgumentList = @(), [string] $Playbook = (Get-RepositoryPath ansible/tests/site.yml), [switch] $AllowFailure)
    $AnsibleHost.Runs++
    $folder = [IO.Directory]::CreateDirectory("$($AnsibleHost.Folder)/run$($AnsibleHost.Runs)").FullName
    @{ web = @{ hosts = @{ web1 = @{ ansible_connection = 'local'; ansible_python_interpreter = '/usr/bin/python3' } + $Variable } } } | ConvertTo-Json -Depth 12 | Set-Content "$folder/inventory.yml"
    $environment = @{
        ANSIBLE_COLLECTIONS_PATH     = "$($AnsibleHost.Folder)/collections"
        ANSIBLE_CALLBACK_PLUGINS     = Join-Path $PSScriptRoot callback
        ANSIBLE_CALLBACKS_ENABLED    = 'results'
        ANSIBLE_NOCOLOR              = '1'
        ANSIBLE_LOCALHOST_WARNING    = 'False'
        STEPCARENEW_ANSIBLE_RESULTS  = "$folder/results"
        # Nothing is written next to the callback.
        PYTHONDONTWRITEBYTECODE      = '1'
    }
    $run = Invoke-OnHost $AnsibleHost (@('ansible-playbook', '-i', "$folder/inventory.yml", $Playbook) + $ArgumentList) -Environment $environment
    [IO.File]::WriteAllText("$folder/output", $run.Output + $run.Error)
    $tasks = @(if (Test-Path "$folder/results") { Get-Content "$folder/results" | ConvertFrom-Json })
    if ($run.ExitCode -ne 0 -and -not $AllowFailure) { throw "ansible-playbook ended with exit code $($run.ExitCode): $($run.Output) $($run.Error)" }
    [pscustomobject]@{
        ExitCode = $run.ExitCode
        Output   = $run.Output + $run.Error
        Tasks    = $tasks
        Changed  = @($tasks | Where-Object changed | ForEach-Object { $_.task -replace '^.* : ' })
    }
}

Export-ModuleMember -Function *-*
