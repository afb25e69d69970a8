<#
.SYNOPSIS
    Runs Pester tests in this process and writes their result as JSON.
.DESCRIPTION
    A process of its own, because a binary module stays loaded until its process ends, and can crash it. Pester's own
    writer of results is not used: it throws at a control character in a message, and all results are lost.
.PARAMETER Path
    Folders and files of tests, separated by '|': -File takes no arrays.
.PARAMETER Plan
    Gets the discovered tests before the first one runs, in the order in which they run.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Pester,
    [Parameter(Mandatory)] [string] $Path,
    [Parameter(Mandatory)] [string] $Result,
    [Parameter(Mandatory)] [string] $Plan
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

Import-Module $Pester
# Pester's own code does not run in strict mode. Each test file sets what it wants.
Set-StrictMode -Off

$failures = [Collections.Generic.List[hashtable]]::new()

# Tests import modules into this scope as well: these names are of this file alone.
function Add-FailureOfTest {
    param([string] $Name, $ErrorRecord, [string] $File, [int] $Line, [string] $Otherwise)
    # The line of the test file that failed says more than the line where the test begins.
    $trace = ($ErrorRecord | ForEach-Object { $_.ScriptStackTrace; $_.InvocationInfo.PositionMessage }) -join "`n"
    if ($File -and $trace -match "$([regex]::Escape($File)): ?(?:line |line:)?(\d+)") { $Line = $Matches[1] }
    $message = ($ErrorRecord | ForEach-Object { $_.Exception.Message }) -join "`n"
    if ($ErrorRecord.Exception -is [Management.Automation.ParseException]) {
        $mistake = $ErrorRecord.Exception.Errors[0]
        $Line, $message = $mistake.Extent.StartLineNumber, "the file cannot be parsed: $($mistake.Message)"
    }
    $failures.Add(@{ Name = $Name; File = $File; Line = $Line; Message = $message ? $message : $Otherwise })
}

function Add-FailureOfBlock {
    param($Blocks, [string] $File)
    foreach ($block in $Blocks) {
        if ($block.ErrorRecord.Count) { Add-FailureOfTest -Name "The block $($block.ExpandedPath)" -ErrorRecord $block.ErrorRecord -File $File -Line $block.StartLine }
        Add-FailureOfBlock $block.Blocks $File
    }
}

$run = $null
$discovered = @()
try {
    # Pester passes over a path that is not there.
    foreach ($one in $Path -split '\|') {
        if (-not (Test-Path -LiteralPath $one)) { throw "There is no '$one'." }
    }
    $configuration = New-PesterConfiguration
    $configuration.Run.Path = $Path -split '\|'
    $configuration.Run.PassThru = $true
    $configuration.Run.SkipRun = $true
    $configuration.Output.Verbosity = 'None'
    $discovered = @((Invoke-Pester -Configuration $configuration).Tests | ForEach-Object {
        @{ File = $_.ScriptBlock.File; Line = $_.StartLine; Name = $_.Name; Path = $_.Path -join '.' }
    })
    ConvertTo-Json $discovered | Set-Content $Plan

    $configuration.Run.SkipRun = $false
    $configuration.Output.Verbosity = 'Detailed'
    $run = Invoke-Pester -Configuration $configuration
}
catch {
    Add-FailureOfTest -Name 'Pester' -ErrorRecord $_
    $_ | Out-String | Write-Output
}

$tests = @(if ($run) { $run.Tests })
$failed = @($tests | Where-Object Result -EQ 'Failed')
foreach ($test in $failed) { Add-FailureOfTest -Name $test.ExpandedPath -ErrorRecord $test.ErrorRecord -File $test.ScriptBlock.File -Line $test.StartLine -Otherwise 'its block failed' }
foreach ($container in $(if ($run) { $run.Containers })) {
    if ($container.ErrorRecord.Count) { Add-FailureOfTest -Name 'The file as a whole' -ErrorRecord $container.ErrorRecord -File $container.Item -Line 1 }
    Add-FailureOfBlock $container.Blocks "$($container.Item)"
}
# Pester may know of more than it has left in its records.
if ($run -and $run.Result -ne 'Passed' -and $failures.Count -eq 0) { Add-FailureOfTest -Name 'Pester' -Otherwise "the run ended as $($run.Result), and no failed test says why" }

$skipped = @($tests | Where-Object Result -In 'Skipped', 'Inconclusive')
$skips = @($skipped | ForEach-Object {
    $message = ($_.ErrorRecord | ForEach-Object { $_.Exception.Message }) -join "`n"
    if ($message -match '(?s)because (.+)$') { $Matches[1] } elseif ($message) { $message } else { "$($_.Result): $($_.ExpandedPath)" }
})
@{
    Discovered = [Math]::Max($discovered.Count, $tests.Count)
    Passed     = @($tests | Where-Object Result -EQ 'Passed').Count
    Failed     = $failed.Count
    Skipped    = $skipped.Count
    Failures   = $failures
    Skips      = $skips
} | ConvertTo-Json -Depth 4 | Set-Content $Result
exit [int] ($failures.Count -gt 0)
