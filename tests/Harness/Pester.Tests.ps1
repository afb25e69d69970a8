# The test command with Pester tests that fail in all kinds of ways.
BeforeAll {
    Import-Module $PSScriptRoot/Harness.psm1
    $copy = Join-Path $TestDrive 'copy'
    New-BuildCopy $copy

    Set-SampleTest $copy good "Describe 'good' { It 'passes <_>' -ForEach 1, 2, 3 { `$_ | Should -BeLessThan 4 } }"
    # Tests that import modules with functions of any name, here of the test command itself.
    Set-SampleTest $copy control @'
BeforeAll { Import-Module "$PSScriptRoot/../../build/SuiteResults.psm1" }
Describe 'control' {
    It 'passes' { 1 | Should -Be 1 }
    It 'fails' {
        throw "first `e[31mred`a`b`0 line`nsecond line"
    }
    It 'fails too' { "`e[1mA" | Should -Be 'B' }
}
'@
    Set-SampleTest $copy parse "Describe 'good' { It 'passes' { 1 | Should -Be 1 } }"
    Set-SampleTest $copy parse -File 'Broken.Tests.ps1' "Describe 'broken' {`n    It 'is never found' {`n"
    Set-SampleTest $copy before @'
Describe 'outer' {
    Context 'inner' {
        BeforeAll { throw 'no ground' }
        It 'stands on it' { 1 | Should -Be 1 }
    }
    It 'passes' { 1 | Should -Be 1 }
}
'@
    Set-SampleTest $copy after "Describe 'outer' {`n    AfterAll { throw 'no end' }`n    It 'passes' { 1 | Should -Be 1 }`n}"
    Set-SampleTest $copy filebefore "BeforeAll { throw 'no file' }`nDescribe 'outer' { It 'stands on it' { 1 | Should -Be 1 } }"
    Set-SampleTest $copy fileafter "AfterAll { throw 'no end' }`nDescribe 'outer' { It 'passes' { 1 | Should -Be 1 } }"
    Set-SampleTest $copy killed @'
Describe 'killed' {
    It 'passes <_>' -ForEach 1, 2 { $_ | Should -BeLessThan 3 }
    It 'fails' { 1 | Should -Be 2 }
    It 'dies in <_>' -ForEach 'here' { [Diagnostics.Process]::GetCurrentProcess().Kill() }
    It 'comes never' { 1 | Should -Be 1 }
}
'@
    Set-SampleTest $copy exits "Describe 'exits' {`n    It 'leaves' { [Environment]::Exit(0) }`n}"
    Set-SampleTest $copy none "Describe 'none' { }"
    Set-SampleTest $copy fewer @'
Describe 'fewer' {
    It 'passes' { 1 | Should -Be 1 }
    if (-not $global:HarnessSampleSeen) { It 'is there only once' { 1 | Should -Be 1 } }
}
BeforeDiscovery { $global:HarnessSampleSeen = $true }
'@
    Set-SampleTest $copy skips @'
Describe 'skips' {
    It 'passes' { 1 | Should -Be 1 }
    It 'needs the moon <_>' -ForEach 1, 2, 3 { Set-ItResult -Skipped -Because 'there is no moon' }
    It 'needs the sun' { Set-ItResult -Skipped -Because 'there is no sun' }
}
'@
    $suites = @(Get-ChildItem (Join-Path $copy 'tests') -Directory | ForEach-Object Name) + 'TwoFolders'
    $module = Join-Path $PSScriptRoot 'Harness.psm1'
    # Side by side: each takes seconds, most of them for starting PowerShell.
    $runs = @{}
    $suites | ForEach-Object -ThrottleLimit 4 -Parallel {
        Import-Module $using:module
        @{ $_ = Invoke-TestCommand -Copy $using:copy -Suite $_ }
    } | ForEach-Object { $runs += $_ }
}

Describe 'A Pester suite' {
    It 'passes if all tests pass' {
        $run = $runs.good
        $run.ExitCode | Should -Be 0 -Because $run.Output
        $run.Output | Should -Match '(?m)^good {16} +3 passed +0 failed +0 skipped +[\d.]+ s'
        $run.Lines[-1] | Should -BeExactly '3 passed, 0 failed, 0 skipped'
    }

    It 'fails with <Suite>: <Total>' -ForEach @(
        @{ Suite = 'control'; Total = '1 passed, 2 failed, 0 skipped'; Line = @('tests/control/Sample.Tests.ps1:5 control.fails: first red', 'tests/control/Sample.Tests.ps1:7 control.fails too: Expected') }
        @{ Suite = 'parse'; Total = '1 passed, 1 failed, 0 skipped'; Line = 'tests/parse/Broken.Tests.ps1:2 The file as a whole: the file cannot be parsed: Missing' }
        @{ Suite = 'before'; Total = '1 passed, 2 failed, 0 skipped'; Line = @('tests/before/Sample.Tests.ps1:3 The block outer.inner: no ground', 'tests/before/Sample.Tests.ps1:4 outer.inner.stands on it: its block failed') }
        @{ Suite = 'after'; Total = '1 passed, 1 failed, 0 skipped'; Line = 'tests/after/Sample.Tests.ps1:2 The block outer: no end' }
        @{ Suite = 'filebefore'; Total = '0 passed, 2 failed, 0 skipped'; Line = @('tests/filebefore/Sample.Tests.ps1:1 The file as a whole: no file', 'tests/filebefore/Sample.Tests.ps1:2 outer.stands on it: its block failed') }
        @{ Suite = 'fileafter'; Total = '1 passed, 1 failed, 0 skipped'; Line = 'tests/fileafter/Sample.Tests.ps1:1 The file as a whole: no end' }
        @{ Suite = 'none'; Total = '0 passed, 1 failed, 0 skipped'; Line = 'No test ran' }
        @{ Suite = 'fewer'; Total = '1 passed, 1 failed, 0 skipped'; Line = 'Only 1 of 2 discovered tests ran' }
        @{ Suite = 'exits'; Total = '0 passed, 2 failed, 0 skipped'; Line = @('tests/exits/Sample.Tests.ps1:2 exits.leaves: the suite ended with exit code 0 before this test had ended', 'The suite ended with exit code 0 and left no results, after 0 tests of at least 1') }
    ) {
        $run = $runs[$Suite]
        $run.ExitCode | Should -Be 1 -Because $run.Output
        $run.Lines[-1] | Should -BeExactly $Total -Because $run.Output
        foreach ($one in $Line) { @($run.Lines | Where-Object { $_.StartsWith("  $one") }) | Should -HaveCount 1 -Because "'$one' in: $($run.Output)" }
        # Each failure is one line.
        @($run.Lines -match '^  \S') | Should -HaveCount @($Line).Count -Because $run.Output
        $run.Output | Should -Not -Match '[\x00-\x08\x0b-\x1f]'
    }

    It 'names the test in which its process was killed, and the tests that failed before' {
        $run = $runs.killed
        $run.ExitCode | Should -Be 1 -Because $run.Output
        $run.Output | Should -Match '(?m)^killed {14} +2 passed +'
        foreach ($line in 'tests/killed/Sample.Tests.ps1:3 fails: see the log', 'tests/killed/Sample.Tests.ps1:4 killed.dies in <_>: the suite was killed by signal 9 before', 'The suite was killed by signal 9 and left no results, after 3 tests of at least 5') {
            @($run.Lines | Where-Object { $_.StartsWith("  $line") }) | Should -HaveCount 1 -Because "'$line' in: $($run.Output)"
        }
    }

    It 'counts a failure in the log of a killed process that is not in its plan' {
        Import-Module $PSScriptRoot/../../build/SuiteResults.psm1
        Set-Content $TestDrive/plan.json '[{ "File": "a.Tests.ps1", "Line": 3, "Name": "another", "Path": "block.another" }]'
        $result = Read-PesterLog -Log "  [+] known 5ms (5ms|0ms)`n  [-] unplanned 5ms (5ms|0ms)" -Plan $TestDrive/plan.json
        $result.Passed, $result.Failed | Should -Be 1, 1
        $result.Failures | Should -BeExactly 'unplanned: see the log'
    }

    It 'shows each reason of a skip once' {
        $run = $runs.skips
        $run.ExitCode | Should -Be 0 -Because $run.Output
        $run.Lines[-1] | Should -BeExactly '1 passed, 0 failed, 4 skipped'
        @($run.Lines -match '^ +3  there is no moon$') | Should -HaveCount 1
        @($run.Lines -match '^ +1  there is no sun$') | Should -HaveCount 1
    }

    It 'runs the tests of several folders as one' {
        $run = $runs.TwoFolders
        $run.ExitCode | Should -Be 0 -Because $run.Output
        $run.Lines[-1] | Should -BeExactly '4 passed, 0 failed, 4 skipped'
    }

    It 'writes the details of a failure to the log' {
        $log = Get-Content (Join-Path $copy 'out/logs/control.log') -Raw
        $log | Should -Match 'second line'
        $log | Should -Match "Expected strings to be the same"
    }
}
