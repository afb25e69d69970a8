# Reads what the runners of tests write: result files and, where a runner was killed, its log.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

$Root = (Split-Path $PSScriptRoot) + [IO.Path]::DirectorySeparatorChar

function New-SuiteResult {
    <#
    .SYNOPSIS
        The result of a suite.
    .PARAMETER Failed
        How many tests failed. Failures outside of a test (of a file, a block, the runner) are added to them: Add-Failure.
    .PARAMETER Failures
        One line for each failed test. More lines than failed tests are failures too.
    .PARAMETER Skips
        The reason of each skipped test.
    .PARAMETER Discovered
        How many tests there are at least. It is a failure if fewer have run.
    .PARAMETER Running
        The tests that had started and not ended.
    #>
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '', Justification = 'Makes an object.')]
    param([int] $Passed, [int] $Failed, [int] $Skipped, [string[]] $Failures = @(), [string[]] $Skips = @(), [int] $Discovered, [string[]] $Running = @())
    # Nothing, from a loop that never ran, is not an empty list yet.
    $Failures, $Skips, $Running = @($Failures | Where-Object { $_ }), @($Skips | Where-Object { $_ }), @($Running | Where-Object { $_ })
    [pscustomobject]@{
        PSTypeName  = 'StepCaRenew.Build.SuiteResult'
        Passed      = $Passed
        Failed      = [Math]::Max($Failed, $Failures.Count)
        FailedTests = $Failed
        Skipped     = $Skipped
        Failures    = [string[]] $Failures
        Skips       = [string[]] $Skips
        Discovered  = $Discovered
        Running     = [string[]] $Running
    }
}

function Merge-SuiteResult {
    <#
    .SYNOPSIS
        One result for a suite of several parts.
    #>
    param([Parameter(Mandatory)] [object[]] $Result)
    $sum = { param($name) [int] ($Result | Measure-Object $name -Sum).Sum }
    $all = New-SuiteResult -Passed (& $sum Passed) -Failed (& $sum FailedTests) -Skipped (& $sum Skipped) -Discovered (& $sum Discovered) `
        -Failures @($Result | ForEach-Object Failures) -Skips @($Result | ForEach-Object Skips) -Running @($Result | ForEach-Object Running)
    # A part may have failed more often than it has lines to tell.
    $all.Failed = [Math]::Max($all.Failed, (& $sum Failed))
    $all
}

function Add-Failure {
    <#
    .SYNOPSIS
        Counts a failure outside of a test.
    #>
    param([Parameter(Mandatory)] $Result, [Parameter(Mandatory)] [string] $Line)
    $Result.Failed++
    $Result.Failures += $Line
}

function ConvertTo-OneLine {
    <#
    .SYNOPSIS
        A text on one line of the console: no control characters, and not endless.
    #>
    param([Parameter(Mandatory)] [AllowEmptyString()] [string] $Text, [int] $Longest = 400)
    $line = $Text -replace '\e\[[0-9;?]*[ -/]*[@-~]' -replace '\s+', ' ' -replace '\p{Cc}', '?'
    $line = $line.Replace($Root, '').Trim()
    if ($line.Length -gt $Longest) { $line.Substring(0, $Longest - 3) + '...' } else { $line }
}

function Get-FailureLine {
    <# .SYNOPSIS "file:line name: message". #>
    param([string] $File, [int] $Line, [string] $Name, [string] $Message)
    $where = if ($File) { "$($File.Replace($Root, '')):$Line " }
    # Messages of assertions can be pages long. Their first lines show what was expected.
    ConvertTo-OneLine "$where$Name`: $($Message ? (ConvertTo-OneLine $Message -Longest 240) : 'no message')"
}

function Read-XunitResult {
    <# .SYNOPSIS The result in an xunit v3 XML file. The log knows how many cases there were to run. #>
    param([Parameter(Mandatory)] [string] $Path, [AllowEmptyString()] [string] $Log = '')
    $xml = [xml]::new()
    $xml.Load($Path)
    $assemblies = $xml.SelectNodes('/assemblies/assembly')
    if ($assemblies.Count -eq 0) { throw 'it holds no assembly' }
    $count = { param($name) ($assemblies | ForEach-Object { [int] $_.GetAttribute($name) } | Measure-Object -Sum).Sum }
    $failures = foreach ($node in $xml.SelectNodes('//failure')) {
        $of = $node.ParentNode
        $name = if ($of.HasAttribute('name')) { $of.GetAttribute('name') } else { $of.GetAttribute('type') }
        $file, $line = Find-SourceLine $(if ($trace = $node.SelectSingleNode('stack-trace')) { $trace.InnerText })
        if (-not $file) { $file, $line = $of.GetAttribute('source-file'), $of.GetAttribute('source-line') }
        Get-FailureLine -File $file -Line ($line -as [int]) -Name $name -Message $node.SelectSingleNode('message').InnerText
    }
    $skips = $xml.SelectNodes('//test/reason') | ForEach-Object InnerText
    $explicit = & $count not-run
    $discovered = [Math]::Max((& $count total), (Get-XunitCaseCount $Log)) - $explicit
    # A failure outside of tests (a fixture that can't be disposed of) is an error.
    $result = New-SuiteResult -Passed (& $count passed) -Failed (& $count failed) -Skipped (& $count skipped) -Failures $failures -Skips $skips -Discovered $discovered
    $result.Failed = [Math]::Max($result.Failed, $result.FailedTests + (& $count errors))
    $result
}

function Read-XunitLog {
    <# .SYNOPSIS The result of an xunit suite that left no results, as far as its log shows it. #>
    param([Parameter(Mandatory)] [AllowEmptyString()] [string] $Log)
    $running = [Collections.Generic.List[string]]::new()
    $skips = [Collections.Generic.List[string]]::new()
    $failed = [Collections.Generic.List[string]]::new()
    $ended, $explicit = 0, 0
    $lines = $Log -split '\r?\n'
    for ($i = 0; $i -lt $lines.Count; $i++) {
        if ($lines[$i] -cnotmatch '^    (\S.*) \[(STARTING|FINISHED|FAIL|SKIP|NOT RUN)\]') { continue }
        $test = $Matches[1]
        switch -CaseSensitive ($Matches[2]) {
            'STARTING' { $running.Add($test) }
            'FINISHED' { if ($running.Remove($test)) { $ended++ } }
            'NOT RUN' { $explicit++ }
            'SKIP' { $skips.Add("$($lines[$i + 1])".Trim()) }
            'FAIL' {
                $details = for ($j = $i + 1; $j -lt $lines.Count -and $lines[$j].StartsWith('      '); $j++) { $lines[$j] }
                $file, $line = Find-SourceLine ($details -join "`n")
                $failed.Add((Get-FailureLine -File $file -Line $line -Name $test -Message "$($details -join ' ' -replace 'Stack Trace:.*')"))
            }
        }
    }
    $passed = [Math]::Max(0, $ended - $explicit - $failed.Count - $skips.Count)
    New-SuiteResult -Passed $passed -Failed $failed.Count -Skipped $skips.Count -Failures $failed -Skips $skips -Discovered ((Get-XunitCaseCount $Log) - $explicit) -Running $running
}

function Get-XunitCaseCount {
    <# .SYNOPSIS How many test cases an xunit suite was about to run. A theory is one case and becomes several tests. #>
    param([AllowEmptyString()] [string] $Log)
    if ($Log -match '(?m)^  Discovered:  .*\((\d+) test cases? to be run\)') { [int] $Matches[1] } else { 0 }
}

function Find-SourceLine {
    <# .SYNOPSIS The first frame in a stack trace whose source is on this machine: file and line. #>
    param([AllowEmptyString()] [AllowNull()] [string] $Trace)
    foreach ($match in [regex]::Matches("$Trace", '(?m)(?:^| in )\s*(?<file>[^\s()][^()\r\n]*\.cs)(?:\((?<line>\d+),\d+\)|:line (?<line>\d+))')) {
        $file = $match.Groups['file'].Value
        if (-not [IO.Path]::IsPathFullyQualified($file) -or [IO.File]::Exists($file)) { return $file, [int] $match.Groups['line'].Value }
    }
}

function Read-PesterResult {
    <# .SYNOPSIS The result in the file that RunPester.ps1 writes. #>
    param([Parameter(Mandatory)] [string] $Path)
    $run = Get-Content $Path -Raw | ConvertFrom-Json -AsHashtable
    $failures = foreach ($item in $run.Failures) { Get-FailureLine -File $item.File -Line $item.Line -Name $item.Name -Message $item.Message }
    New-SuiteResult -Passed $run.Passed -Failed $run.Failed -Skipped $run.Skipped -Failures @($failures) -Skips $run.Skips -Discovered $run.Discovered
}

function Read-PesterLog {
    <# .SYNOPSIS The result of Pester tests that left no results, as far as their log shows it. The plan lists all tests. #>
    param([Parameter(Mandatory)] [AllowEmptyString()] [string] $Log, [Parameter(Mandatory)] [string] $Plan)
    $tests = @(if (Test-Path $Plan) { Get-Content $Plan -Raw | ConvertFrom-Json })
    $passed, $skipped, $next = 0, 0, 0
    $failures = [Collections.Generic.List[string]]::new()
    foreach ($line in $Log -split '\r?\n') {
        if ($line -cnotmatch '^\s*\[(?<sign>[-+!?])\] (?<name>.+?)(?: \d+(?:\.\d+)?m?s \(.*\))?$') { continue }
        $sign, $name = $Matches['sign'], $Matches['name']
        # The tests come in the order of the plan. A name in the plan still has its placeholders.
        $test = $null
        for ($i = $next; $i -lt $tests.Count; $i++) {
            $pattern = '^' + ([regex]::Escape($tests[$i].Name) -replace '<[^<>]+>', '.*')
            if ($name -match $pattern) { $test, $next = $tests[$i], ($i + 1); break }
        }
        switch ($sign) {
            '+' { $passed++ }
            '-' {
                $place = if ($test) { @{ File = $test.File; Line = $test.Line } } else { @{} }
                $failures.Add((Get-FailureLine @place -Name $name -Message 'see the log'))
            }
            default { $skipped++ }
        }
    }
    $running = if ($next -lt $tests.Count) { $test = $tests[$next]; "$($test.File.Replace($Root, '')):$($test.Line) $($test.Path)" }
    New-SuiteResult -Passed $passed -Failed $failures.Count -Skipped $skipped -Failures $failures -Discovered $tests.Count -Running @($running | Where-Object { $_ })
}

Export-ModuleMember -Function New-SuiteResult, Merge-SuiteResult, Add-Failure, ConvertTo-OneLine, Read-*
