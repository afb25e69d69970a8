# Runs suites and decides whether they failed. Nothing here may turn a run that broke into one without failures.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot 'BuildTools.psm1')
Import-Module (Join-Path $PSScriptRoot 'SuiteResults.psm1')

function Invoke-Suite {
    <#
    .SYNOPSIS
        Runs one suite, prints its line and one line for each failure, and returns its result.
    .PARAMETER Run
        Returns the result of the suite (New-SuiteResult). An error in it is one failure.
    .PARAMETER Took
        For a Run that only waits for a suite: has the Seconds of the suite itself afterwards.
    #>
    param(
        [Parameter(Mandatory)] [string] $Name,
        [Parameter(Mandatory)] [scriptblock] $Run,
        [hashtable] $Took = @{ Seconds = $null }
    )
    Write-BuildLine $Name.PadRight(20) -NoNewline
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $details = @()
    try {
        $results = @(& $Run | Where-Object { $_ -is [pscustomobject] -and $_.PSTypeNames -contains 'StepCaRenew.Build.SuiteResult' })
        $result = if ($results.Count -eq 1) { $results[0] } else { New-SuiteResult -Failures "The suite returned $($results.Count) results instead of one." }
    }
    catch {
        $message, $details = $_.Exception.Message -split '\r?\n'
        $result = New-SuiteResult -Failures $message
    }
    $seconds = $Took.Seconds ?? $watch.Elapsed.TotalSeconds
    $color = if ($result.Failed) { 'Red' } elseif ($result.Passed) { 'Green' } else { 'Yellow' }
    Write-BuildLine ('{0,6} passed {1,5} failed {2,5} skipped {3,8:0.0} s' -f $result.Passed, $result.Failed, $result.Skipped, $seconds) -Color $color
    foreach ($failure in $result.Failures) { Write-BuildLine "  $(ConvertTo-OneLine $failure)" -Color Red }
    $result.Skips = @($result.Skips | ForEach-Object { ConvertTo-OneLine $_ })
    # A build that failed: the errors of the compiler.
    foreach ($line in $details) { Write-BuildLine "  $line" -Color Red }
    $result
}

function Invoke-SuiteProcess {
    <#
    .SYNOPSIS
        Runs the program of a suite and returns its result, from the file that it writes or, if it did not, from its log.
    .DESCRIPTION
        The suite fails if the program left no readable results, ended with an error that no failed test explains, did not
        end in time, ran fewer tests than it discovered, or ran none.
    .PARAMETER Read
        Gets the result file and the output; returns the result. Throws if the file is not what it should be.
    .PARAMETER ReadLog
        Gets the output of a program that left no results; returns what it shows. Running holds the tests that had not ended.
    #>
    param(
        [Parameter(Mandatory)] [string] $Name,
        [Parameter(Mandatory)] [string] $FilePath,
        [string[]] $ArgumentList = @(),
        [hashtable] $Environment = @{},
        [Parameter(Mandatory)] [string] $ResultFile,
        [Parameter(Mandatory)] [scriptblock] $Read,
        [Parameter(Mandatory)] [scriptblock] $ReadLog,
        [int] $TimeoutSeconds = 600
    )
    [IO.Directory]::CreateDirectory((Split-Path $ResultFile)) > $null
    Remove-Item $ResultFile -ErrorAction Ignore
    $process = Invoke-BuildProcess -Name $Name -FilePath $FilePath -ArgumentList $ArgumentList -Environment $Environment -TimeoutSeconds $TimeoutSeconds
    $end = Get-EndOfProcess $process -TimeoutSeconds $TimeoutSeconds
    $reason = "The suite $end and left no results"
    $result = $null
    if (Test-Path $ResultFile) {
        try {
            $result = & $Read $ResultFile $process.Output
        }
        catch {
            $reason = "The suite $end and its results cannot be read ($($_.Exception.Message))"
        }
    }
    if (-not $result) {
        $result = & $ReadLog $process.Output
        # A crash dumps a stack of long names. Its message comes before them.
        $last = $process.Output -split '\r?\n' | Where-Object { $_ -notmatch '^\s+at |^\s*$' } | Select-Object -Last 1
        foreach ($test in $result.Running) { Add-Failure $result "$($test): the suite $end before this test had ended" }
        $ran = $result.Passed + $result.FailedTests + $result.Skipped
        Add-Failure $result "$reason, after $ran tests$(if ($result.Discovered) { " of at least $($result.Discovered)" }) ($($process.Log)); last line: $last"
        return $result
    }
    if ($result.Failed -eq 0 -and ($process.TimedOut -or $process.ExitCode -ne 0)) {
        Add-Failure $result "The suite $end although no test failed ($($process.Log))"
    }
    $ran = $result.Passed + $result.FailedTests + $result.Skipped
    if ($ran -lt $result.Discovered) {
        Add-Failure $result "Only $ran of $($result.Discovered) discovered tests ran ($($process.Log))"
    }
    if ($ran -eq 0) {
        Add-Failure $result "No test ran ($($process.Log))"
    }
    $result
}

function Get-EndOfProcess {
    <# .SYNOPSIS How a program ended, in words. #>
    param([Parameter(Mandatory)] $Process, [int] $TimeoutSeconds)
    if ($Process.TimedOut) { return "was stopped because it did not end within $TimeoutSeconds s" }
    if (-not $IsWindows -and $Process.ExitCode -gt 128) { return "was killed by signal $($Process.ExitCode - 128)" }
    "ended with exit code $($Process.ExitCode)"
}

function Invoke-XunitSuite {
    <#
    .SYNOPSIS
        Runs an xunit v3 program and returns its result.
    .PARAMETER ToPath
        Gets a path and returns it as the program writes it, where that is not as this machine does.
    #>
    param(
        [Parameter(Mandatory)] [string] $Name,
        [Parameter(Mandatory)] [string] $FilePath,
        [string[]] $ArgumentList = @(),
        [hashtable] $Environment = @{},
        [int] $TimeoutSeconds = 600,
        [scriptblock] $ToPath = { $args[0] }
    )
    $xml = Get-BuildPath "out/results/$Name.xml"
    # The log then says how many cases were discovered, and which tests have started and ended.
    $arguments = $ArgumentList + @('-result-xml', (& $ToPath $xml), '-noLogo', '-noColor', '-noAutoReporters', '-reporter', 'verbose', '-diagnostics')
    Invoke-SuiteProcess -Name $Name -FilePath $FilePath -ArgumentList $arguments -Environment $Environment -ResultFile $xml -TimeoutSeconds $TimeoutSeconds `
        -Read { Read-XunitResult -Path $args[0] -Log $args[1] } -ReadLog { Read-XunitLog -Log $args[0] }
}

function Invoke-PesterSuite {
    <#
    .SYNOPSIS
        Runs Pester tests, in a PowerShell of their own, and returns their result.
    .PARAMETER Path
        Folders and files of tests.
    .PARAMETER Command
        The command that starts that PowerShell; by default the one that runs the build.
    .PARAMETER ToPath
        Gets a path and returns it as that PowerShell writes it.
    #>
    param(
        [Parameter(Mandatory)] [string] $Name,
        [Parameter(Mandatory)] [string] $Pester,
        [Parameter(Mandatory)] [string[]] $Path,
        [hashtable] $Environment = @{},
        [int] $TimeoutSeconds = 600,
        [string[]] $Command = (Get-PwshCommand),
        [scriptblock] $ToPath = { $args[0] }
    )
    $json = Get-BuildPath "out/results/$Name.json"
    $plan = Get-BuildPath "out/results/$Name.plan.json"
    Remove-Item $plan -ErrorAction Ignore
    $program, [string[]] $before = $Command
    $paths = @($Path | ForEach-Object { & $ToPath $_ }) -join '|'
    $arguments = $before + @(
        '-NoProfile', '-NonInteractive', '-File', (& $ToPath (Join-Path $PSScriptRoot 'RunPester.ps1')), '-Pester', (& $ToPath $Pester),
        '-Path', $paths, '-Result', (& $ToPath $json), '-Plan', (& $ToPath $plan))
    Invoke-SuiteProcess -Name $Name -FilePath $program -ArgumentList $arguments -Environment ($Environment + @{ NO_COLOR = '1' }) -ResultFile $json -TimeoutSeconds $TimeoutSeconds `
        -Read { Read-PesterResult -Path $args[0] } -ReadLog { Read-PesterLog -Log $args[0] -Plan $plan }
}

Export-ModuleMember -Function Invoke-Suite, Invoke-SuiteProcess, Invoke-XunitSuite, Invoke-PesterSuite, New-SuiteResult, Merge-SuiteResult
