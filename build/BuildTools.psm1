Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

$Root = Split-Path $PSScriptRoot
$Out = Join-Path $Root 'out'
$UseColor = -not [Console]::IsOutputRedirected -and -not $env:NO_COLOR
$Dotnet = @{
    DOTNET_NOLOGO                        = '1'
    DOTNET_CLI_TELEMETRY_OPTOUT          = '1'
    DOTNET_GENERATE_ASPNET_CERTIFICATE   = 'false'
    # A node that outlives the build holds its output open, and a program that reads the output waits for it.
    MSBUILDDISABLENODEREUSE              = '1'
    POWERSHELL_TELEMETRY_OPTOUT          = '1'
    POWERSHELL_UPDATECHECK               = 'Off'
}

function Write-BuildLine {
    <# .SYNOPSIS Writes to the console, coloured where somebody looks at it. #>
    param(
        [Parameter(Position = 0)] [AllowEmptyString()] [string] $Text = '',
        [ValidateSet('Red', 'Green', 'Yellow')] [string] $Color,
        [switch] $NoNewline
    )
    if ($Color -and $UseColor) {
        $Text = $PSStyle.Foreground.$Color + $Text + $PSStyle.Reset
    }
    if ($NoNewline) { [Console]::Out.Write($Text) } else { [Console]::Out.WriteLine($Text) }
    [Console]::Out.Flush()
}

function Get-BuildPath {
    <# .SYNOPSIS A path below the repository's root. #>
    param([Parameter(Mandatory)] [string] $Path)
    Join-Path $Root $Path
}

function Get-BuildVersion {
    <# .SYNOPSIS The version of this source: VersionPrefix. #>
    $version = ([xml](Get-Content (Get-BuildPath 'Directory.Build.props') -Raw)).SelectSingleNode('//VersionPrefix')
    if (-not $version) { throw 'Directory.Build.props has no VersionPrefix.' }
    $version.InnerText.Trim()
}

function Get-PackagePath {
    <# .SYNOPSIS The folder of a package of this source. #>
    param([string] $Name = 'StepCaRenew')
    Join-Path $Out 'package' $Name (Get-BuildVersion)
}

function Get-BuildPlatform {
    <# .SYNOPSIS The runtime identifier of this machine, in its portable form. #>
    $system = if ($IsWindows) { 'win' } elseif ($IsMacOS) { 'osx' } else { 'linux' }
    "$system-$([Runtime.InteropServices.RuntimeInformation]::OSArchitecture)".ToLowerInvariant()
}

function Get-PwshCommand {
    <#
    .SYNOPSIS
        The command that starts the PowerShell that runs this build: a program, and the arguments that come before its own.
    .DESCRIPTION
        As a .NET tool, PowerShell is a library that dotnet runs. The pwsh on PATH could be another version, or missing.
    #>
    $program = [Environment]::ProcessPath
    if ([IO.Path]::GetFileNameWithoutExtension($program) -eq 'pwsh') { return $program }
    $program, (Join-Path $PSHOME 'pwsh.dll')
}

function Invoke-BuildProcess {
    <#
    .SYNOPSIS
        Runs a program to its end, its output in out/logs/<Name>.log.
    .DESCRIPTION
        Returns ExitCode, TimedOut, Output and Log. A program that doesn't end in time is killed with its children.
    #>
    param(
        [Parameter(Mandatory)] [string] $Name,
        [Parameter(Mandatory)] [string] $FilePath,
        [string[]] $ArgumentList = @(),
        [hashtable] $Environment = @{},
        [int] $TimeoutSeconds = 600
    )
    $start = [Diagnostics.ProcessStartInfo]::new($FilePath)
    foreach ($argument in $ArgumentList) { $start.ArgumentList.Add($argument) }
    foreach ($variables in $Dotnet, $Environment) {
        foreach ($key in $variables.Keys) { $start.Environment[$key] = $variables[$key] }
    }
    $start.WorkingDirectory = $Root
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true

    $log = Join-Path $Out 'logs' "$Name.log"
    [IO.Directory]::CreateDirectory((Split-Path $log)) > $null
    # Written as it comes: what a program said before it was killed must not be lost.
    $files = foreach ($path in $log, "$log.errors") { [IO.FileStream]::new($path, 'Create', 'Write', 'ReadWrite', 1) }
    $process = [Diagnostics.Process]::Start($start)
    try {
        $process.StandardInput.Close()
        $copies = $process.StandardOutput.BaseStream.CopyToAsync($files[0]), $process.StandardError.BaseStream.CopyToAsync($files[1])
        # In short waits, between which PowerShell can be stopped.
        $watch = [Diagnostics.Stopwatch]::StartNew()
        while (-not ($ended = $process.WaitForExit(100)) -and $watch.Elapsed.TotalSeconds -lt $TimeoutSeconds) { }
        $timedOut = -not $ended
        if ($timedOut) {
            $process.Kill($true)
            $process.WaitForExit(10000) > $null
        }
        # A grandchild that outlives the program may hold the pipes. Its output is not waited for.
        $complete = [Threading.Tasks.Task]::WaitAll([Threading.Tasks.Task[]] $copies, 5000)
        $output = -join ($log, "$log.errors" | ForEach-Object { Read-SharedFile $_ })
        if (-not $complete) { $output += "`nThe output may be incomplete: a process that the program started is still running." }
        $output = $output.TrimEnd()
    }
    finally {
        # Stopped before its end.
        if (-not $process.HasExited) { $process.Kill($true) }
        foreach ($file in $files) { $file.Dispose() }
    }
    Remove-Item "$log.errors"
    [IO.File]::WriteAllText($log, $output + [Environment]::NewLine)
    [pscustomobject]@{
        ExitCode = if ($timedOut) { -1 } else { $process.ExitCode }
        TimedOut = $timedOut
        Output   = $output
        Log      = [IO.Path]::GetRelativePath($Root, $log)
    }
    $process.Dispose()
}

function Read-SharedFile {
    <# .SYNOPSIS The text of a file that is still being written. #>
    param([Parameter(Mandatory)] [string] $Path)
    $reader = [IO.StreamReader]::new([IO.FileStream]::new($Path, 'Open', 'Read', 'ReadWrite'))
    try { $reader.ReadToEnd() } finally { $reader.Dispose() }
}

function Invoke-Dotnet {
    <# .SYNOPSIS Runs the .NET SDK quietly; where it fails, its errors are the message. #>
    param(
        [Parameter(Mandatory)] [string] $Name,
        [Parameter(Mandatory)] [string[]] $ArgumentList
    )
    if (-not (Get-Command dotnet -CommandType Application -ErrorAction Ignore)) {
        throw 'The .NET SDK is missing: install version 10 from https://dot.net.'
    }
    $quiet = '--nologo', '--verbosity', 'quiet', '--tl:off'
    $result = Invoke-BuildProcess -Name $Name -FilePath dotnet -ArgumentList ($ArgumentList + $quiet)
    if ($result.TimedOut) { throw "dotnet $($ArgumentList[0]) did not end in time, see $($result.Log)" }
    if ($result.ExitCode -ne 0) {
        $lines = $result.Output -split '\r?\n' | Where-Object { $_ -cmatch '\berror\b' } |
            ForEach-Object { ($_ -replace ' \[[^\]]+proj.*\]$', '').Replace($Root + [IO.Path]::DirectorySeparatorChar, '') } |
            Select-Object -Unique -First 20
        if (-not $lines) { $lines = $result.Output -split '\r?\n' | Select-Object -Last 20 }
        throw "dotnet $($ArgumentList[0]) failed, see $($result.Log)`n  $($lines -join "`n  ")"
    }
}

function Get-PackageEnvironment {
    <# .SYNOPSIS Variables that name the package and the build for scripts and suites. #>
    param([Parameter(Mandatory)] [string] $Configuration, [switch] $Strict, [switch] $Extended)
    @{
        STEPCARENEW_PACKAGE       = Get-PackagePath
        STEPCARENEW_CONFIGURATION = $Configuration
        STEPCARENEW_STRICT        = if ($Strict) { '1' } else { '' }
        STEPCARENEW_EXTENDED      = if ($Extended) { '1' } else { '' }
    }
}

function Invoke-WithPackage {
    <# .SYNOPSIS Runs a script in a PowerShell of its own, on this console, with the package that was built. #>
    param(
        [Parameter(Mandatory)] [string] $Configuration,
        [Parameter(Mandatory)] [string] $Script
    )
    if (-not (Test-Path $Script)) { throw "$([IO.Path]::GetRelativePath($Root, $Script)) is not there yet." }
    $environment = Get-PackageEnvironment -Configuration $Configuration
    $before = @{}
    foreach ($key in $environment.Keys) {
        $before[$key] = [Environment]::GetEnvironmentVariable($key)
        [Environment]::SetEnvironmentVariable($key, $environment[$key])
    }
    try {
        $program, [string[]] $first = Get-PwshCommand
        & $program @first -NoProfile -File $Script
    }
    finally {
        foreach ($key in $before.Keys) { [Environment]::SetEnvironmentVariable($key, $before[$key]) }
    }
}

Export-ModuleMember -Function *-*
