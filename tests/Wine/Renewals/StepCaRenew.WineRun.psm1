# Runs programs for Windows from tests that run on Linux, in the prefix of make-prefix.sh.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

$Runner = Join-Path $PSScriptRoot '../run.sh'
$Prefix = Join-Path ($env:STEPCARENEW_WINE ? $env:STEPCARENEW_WINE : (Join-Path $PSScriptRoot '../../../out/wine-pwsh')) 'prefix'

function Get-WinePrefix {
    <# .SYNOPSIS The folder that is C:\ there. #>
    (Resolve-Path (Join-Path $Prefix 'drive_c')).Path
}

function ConvertTo-WindowsPath {
    <# .SYNOPSIS A path of this machine as Windows programs see it: C:\ inside the prefix, else Z:\. #>
    param([Parameter(Mandatory)] [string] $Path)
    $drive = Get-WinePrefix
    $(if ($Path.StartsWith("$drive/")) { 'C:' + $Path.Substring($drive.Length) } else { 'Z:' + $Path }).Replace('/', '\')
}

function Invoke-WindowsProgram {
    <#
    .SYNOPSIS
        Runs a program there to its end; returns ExitCode, Output and Error. 124 is the exit code of one that hung.
    #>
    param([Parameter(Mandatory)] [string[]] $ArgumentList, [int] $TimeoutSeconds = 60)
    $start = [Diagnostics.ProcessStartInfo]::new('bash')
    foreach ($argument in @($Runner, '--limit', $TimeoutSeconds) + $ArgumentList) { $start.ArgumentList.Add($argument) }
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $process = [Diagnostics.Process]::Start($start)
    try {
        $process.StandardInput.Close()
        $output, $errors = $process.StandardOutput.ReadToEndAsync(), $process.StandardError.ReadToEndAsync()
        if (-not $process.WaitForExit(($TimeoutSeconds + 30) * 1000)) {
            $process.Kill($true)
            throw "'$ArgumentList' did not end within $($TimeoutSeconds + 30) s."
        }
        [pscustomobject]@{ ExitCode = $process.ExitCode; Output = $output.Result; Error = $errors.Result }
    }
    finally {
        $process.Dispose()
    }
}

function Invoke-WindowsScript {
    <#
    .SYNOPSIS
        Runs a script in PowerShell for Windows, and returns what it returned, by its JSON.
    #>
    param([Parameter(Mandatory)] [string] $Script, [Parameter(Mandatory)] [string] $Folder, [int] $TimeoutSeconds = 90)
    $file, $result = 'script.ps1', 'result.json' | ForEach-Object { Join-Path $Folder "$([Guid]::NewGuid())-$_" }
    Set-Content $file "`$ErrorActionPreference = 'Stop'`n& {`n$Script`n} | ConvertTo-Json -Depth 4 -AsArray | Set-Content '$(ConvertTo-WindowsPath $result)'"
    $run = Invoke-WindowsProgram pwsh, '-NoProfile', '-NonInteractive', '-File', (ConvertTo-WindowsPath $file) -TimeoutSeconds $TimeoutSeconds
    if ($run.ExitCode -ne 0 -or -not (Test-Path $result)) { throw "The script ended with exit code $($run.ExitCode):`n$($run.Output)`n$($run.Error)" }
    Get-Content $result -Raw | ConvertFrom-Json
}

Export-ModuleMember -Function *-*
