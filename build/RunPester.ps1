<#
.SYNOPSIS
    Runs the Pester tests in this process and writes their counts as JSON, and an NUnit file beside it.
.DESCRIPTION
    Apart from Test.ps1 because a binary module stays loaded until its process ends, and may bring it down.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Pester,
    [Parameter(Mandatory)] [string] $Path,
    [Parameter(Mandatory)] [string] $Result
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

Import-Module $Pester
# Pester's own code and older tests don't hold to it; each test file sets what it wants.
Set-StrictMode -Off

$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Detailed'
$configuration.TestResult.Enabled = $true
$configuration.TestResult.OutputPath = [IO.Path]::ChangeExtension($Result, '.xml')
$run = Invoke-Pester -Configuration $configuration

function Get-Message {
    param($Item)
    if ($Item.ErrorRecord) { ($Item.ErrorRecord | ForEach-Object { $_.Exception.Message }) -join "`n" }
}

$tests = @($run.Tests)
$failures = @(
    $tests | Where-Object Result -EQ 'Failed' | ForEach-Object { "$($_.ExpandedPath)`n$((Get-Message $_) ?? 'its block failed')`nat $($_.ScriptBlock.File):$($_.StartLine)" }
    # Before and after the tests things fail too, which Pester counts elsewhere.
    $run.FailedBlocks | Where-Object { $_.ErrorRecord } | ForEach-Object { "$($_.ExpandedPath)`n$(Get-Message $_)" }
    $run.FailedContainers | Where-Object { $_.ErrorRecord } | ForEach-Object { "$($_.Item)`n$(Get-Message $_)" }
)
$skipped = @($tests | Where-Object Result -NotIn 'Passed', 'Failed')
$skips = @($skipped | ForEach-Object {
        $message = Get-Message $_
        if ($message -match 'because (.+)$') { $Matches[1] } elseif ($message) { $message } else { "$($_.Result): $($_.ExpandedPath)" }
    })
@{
    Passed   = @($tests | Where-Object Result -EQ 'Passed').Count
    Failed   = $failures.Count
    Skipped  = $skipped.Count
    Failures = $failures
    Skips    = $skips
} | ConvertTo-Json -Depth 3 | Set-Content $Result
exit 0
