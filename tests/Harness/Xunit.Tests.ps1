# The test command with xunit programs that fail in all kinds of ways, with PowerShell and without.
BeforeDiscovery {
    $cases = @(
        @{ Suite = 'Green'; Total = '3 passed, 0 failed, 1 skipped'; Line = @() }
        @{ Suite = 'Red'; Total = '1 passed, 1 failed, 0 skipped'; Line = 'tests/Harness/XunitSamples/Samples.cs:26 StepCaRenew.HarnessSamples.Red.Fails: one' }
        @{ Suite = 'Untidy'; Total = '1 passed, 1 failed, 0 skipped'; Line = 'tests/Harness/XunitSamples/Samples.cs:38 ' }
        @{ Suite = 'NoClass'; Total = '0 passed, 1 failed, 0 skipped'; Line = 'No test ran' }
        @{ Suite = 'KilledXunit'; Total = '1 passed, 2 failed, 0 skipped'; Line = @('StepCaRenew.HarnessSamples.Dying.DiesAtTwo(number: 2): the suite was killed by signal 9 before this test had ended', 'The suite was killed by signal 9 and left no results') }
        @{ Suite = 'ExitedXunit'; Total = '1 passed, 2 failed, 0 skipped'; Line = @('StepCaRenew.HarnessSamples.Dying.DiesAtTwo(number: 2): the suite ended with exit code 0 before this test had ended', 'The suite ended with exit code 0 and left no results') }
        @{ Suite = 'BadEnd'; Total = '3 passed, 1 failed, 1 skipped'; Line = 'The suite ended with exit code 3 although no test failed' }
        @{ Suite = 'Torn'; Total = '3 passed, 1 failed, 1 skipped'; Line = 'The suite ended with exit code 0 and ' }
        @{ Suite = 'FewerXunit'; Total = '1 passed, 1 failed, 0 skipped'; Line = 'Only 1 of 3 discovered tests ran' }
    ) | Where-Object { -not $IsWindows -or $_.Suite -in 'Green', 'Red', 'Untidy', 'NoClass', 'ExitedXunit' }
}

BeforeAll {
    Import-Module $PSScriptRoot/Harness.psm1
    $copy = Join-Path $TestDrive 'copy'
    New-BuildCopy $copy
    # The file names of the samples are below the root of the real repository.
    $bare = Join-Path $TestDrive 'bare'
    if (-not $IsWindows) {
        New-BuildCopy $bare
        Set-Program -Copy $bare -Name pwsh -Text 'exit 1'
    }
    $module, $root = (Join-Path $PSScriptRoot 'Harness.psm1'), (Resolve-Path $PSScriptRoot/../..).Path
    $suites = 'Green', 'Red', 'Untidy', 'NoClass', 'KilledXunit', 'ExitedXunit', 'BadEnd', 'Torn', 'FewerXunit'
    $runs = @{}
    $jobs = foreach ($suite in $suites) {
        if (-not $IsWindows -or $suite -in 'Green', 'Red', 'Untidy', 'NoClass', 'ExitedXunit') { @{ Key = "with $suite"; Suite = $suite; Copy = $copy } }
        if (-not $IsWindows) { @{ Key = "without $suite"; Suite = $suite; Copy = $bare } }
    }
    $jobs | ForEach-Object -ThrottleLimit 4 -Parallel {
        Import-Module $using:module
        @{ $_.Key = Invoke-TestCommand -Copy $_.Copy -Suite $_.Suite }
    } | ForEach-Object { $runs += $_ }
}

Describe 'An xunit suite' {
    It 'has this result with PowerShell, <Suite>: <Total>' -ForEach $cases {
        $run = $runs["with $Suite"]
        $run.ExitCode | Should -Be ([int] ($Total -notlike '*0 failed*')) -Because $run.Output
        $run.Lines[-1] | Should -BeExactly $Total -Because $run.Output
        foreach ($one in $Line) { @($run.Lines | Where-Object { $_.Replace("$root/", '').StartsWith("  $one") }) | Should -HaveCount 1 -Because "'$one' in: $($run.Output)" }
        # Each failure is one line.
        @($run.Lines -match '^  \S') | Should -HaveCount @($Line).Count -Because $run.Output
        $run.Output | Should -Not -Match '[\x00-\x08\x0b-\x1f]'
    }

    It 'has the same result without PowerShell, <Suite>: <Total>' -ForEach $cases -Skip:$IsWindows {
        $run = $runs["without $Suite"]
        $run.ExitCode | Should -Be ([int] ($Total -notlike '*0 failed*')) -Because $run.Output
        $run.Output | Should -Match 'No PowerShell'
        $run.Lines[-1] | Should -BeExactly $Total -Because $run.Output
        foreach ($one in $Line) { @($run.Lines | Where-Object { $_.Replace("$root/", '').StartsWith("  $one") }) | Should -HaveCount 1 -Because "'$one' in: $($run.Output)" }
        # Each failure is one line.
        @($run.Lines -match '^  \S') | Should -HaveCount @($Line).Count -Because $run.Output
        $run.Output | Should -Not -Match '[\x00-\x08\x0b-\x1f]'
    }

    It 'shows the reason of its skip' {
        $keys = @($runs.Keys -like '*Green')
        $keys | Should -HaveCount ($IsWindows ? 1 : 2)
        foreach ($key in $keys) { $runs[$key].Output | Should -Match '(?m)^ +1  the moon is not full$' }
    }
}
