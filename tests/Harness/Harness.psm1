# A copy of the build with suites of its own, and the test command in it.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

$Root = (Resolve-Path (Join-Path $PSScriptRoot '../..')).Path
$Configuration = if ($env:STEPCARENEW_CONFIGURATION) { $env:STEPCARENEW_CONFIGURATION } else { 'Release' }

function New-BuildCopy {
    <# .SYNOPSIS Copies what the test command consists of, without the suites. #>
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '', Justification = 'Into a folder of the tests.')]
    param([Parameter(Mandatory)] [string] $Path)
    # Also for the runspaces that run copies side by side.
    if (-not $env:STEPCARENEW_PESTER) { $env:STEPCARENEW_PESTER = (Get-Module Pester).Path }
    foreach ($folder in 'build', 'bin', 'tests') { [IO.Directory]::CreateDirectory((Join-Path $Path $folder)) > $null }
    Copy-Item (Join-Path $Root 'build.ps1'), (Join-Path $Root 'build.sh'), (Join-Path $Root 'Directory.Build.props') $Path
    Copy-Item (Join-Path $Root 'build/*') (Join-Path $Path 'build')
    Copy-Item (Join-Path $PSScriptRoot 'SampleSuites.ps1') (Join-Path $Path 'build/Suites.ps1') -Force
    Copy-Item (Join-Path $PSScriptRoot 'sample-suites.sh') (Join-Path $Path 'build/suites.sh') -Force
    # A list of the packages that this machine does not have would be lines in the output.
    Set-Content (Join-Path $Path 'build/prerequisites.sh') 'exit 0'
    # No registry: where there is no PowerShell, none must be fetched.
    Set-Content (Join-Path $Path 'nuget.config') '<configuration><packageSources><clear /></packageSources></configuration>'
    if (-not $IsWindows) {
        # The PowerShell that runs the tests, by the name that build.sh looks for.
        Set-Program -Copy $Path -Name pwsh -Text "exec '$((Get-PwshCommand) -join "' '")' `"`$@`""
    }
}

function Get-PwshCommand {
    <# .SYNOPSIS The command that starts the PowerShell that runs the tests. #>
    $program = [Environment]::ProcessPath
    if ([IO.Path]::GetFileNameWithoutExtension($program) -eq 'pwsh') { return $program }
    $program, (Join-Path $PSHOME 'pwsh.dll')
}

function Set-Program {
    <# .SYNOPSIS A program that the test command of a copy finds before all others. #>
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '', Justification = 'Into a folder of the tests.')]
    param([Parameter(Mandatory)] [string] $Copy, [Parameter(Mandatory)] [string] $Name, [Parameter(Mandatory)] [string] $Text)
    $file = Join-Path $Copy 'bin' $Name
    Set-Content $file "#!/bin/sh`n$Text"
    & chmod 755 $file
}

function Set-SampleTest {
    <# .SYNOPSIS A file of Pester tests for the suite of this name in SampleSuites.ps1. #>
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '', Justification = 'Into a folder of the tests.')]
    param([Parameter(Mandatory)] [string] $Copy, [Parameter(Mandatory)] [string] $Suite, [Parameter(Mandatory)] [string] $Text, [string] $File = 'Sample.Tests.ps1')
    $folder = Join-Path $Copy 'tests' $Suite
    [IO.Directory]::CreateDirectory($folder) > $null
    Set-Content (Join-Path $folder $File) $Text
}

function Invoke-TestCommand {
    <# .SYNOPSIS Runs './build.sh test' in a copy; returns ExitCode, Output and Lines. #>
    param([Parameter(Mandatory)] [string] $Copy, [string] $Suite, [switch] $Extended, [switch] $Install, [switch] $Strict, [hashtable] $Environment = @{})
    $program, [string[]] $before = Get-PwshCommand
    $options = [ordered]@{ Suite = $Suite; Extended = $Extended; Install = $Install; Strict = $Strict }
    $start = if ($IsWindows) {
        [Diagnostics.ProcessStartInfo]::new($program, @($before; '-NoProfile', '-NonInteractive', '-File', (Join-Path $Copy 'build.ps1'), '-Task', 'Test'))
    }
    else {
        [Diagnostics.ProcessStartInfo]::new('bash', [string[]] @((Join-Path $Copy 'build.sh'), 'test'))
    }
    foreach ($name in $options.Keys | Where-Object { $options[$_] }) {
        $start.ArgumentList.Add($IsWindows ? "-$name" : "--$($name.ToLowerInvariant())")
        if ($name -eq 'Suite') { $start.ArgumentList.Add($Suite) }
    }
    $variables = @{
        PATH                 = (Join-Path $Copy 'bin') + [IO.Path]::PathSeparator + $env:PATH
        STEPCARENEW_SAMPLES  = Join-Path $PSScriptRoot "XunitSamples/bin/$Configuration/net10.0/StepCaRenew.HarnessSamples.dll"
        STEPCARENEW_EXTENDED = ''
        NO_COLOR             = '1'
    }
    foreach ($all in $variables, $Environment) { foreach ($name in $all.Keys) { $start.Environment[$name] = $all[$name] } }
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $process = [Diagnostics.Process]::Start($start)
    try {
        $process.StandardInput.Close()
        $output, $errors = $process.StandardOutput.ReadToEndAsync(), $process.StandardError.ReadToEndAsync()
        if (-not $process.WaitForExit(120000)) {
            $process.Kill($true)
            throw 'The test command did not end.'
        }
        $text = ($output.Result + $errors.Result).TrimEnd()
        [pscustomobject]@{ ExitCode = $process.ExitCode; Output = $text; Lines = @($text -split '\r?\n') }
    }
    finally {
        $process.Dispose()
    }
}

Export-ModuleMember -Function *-*
