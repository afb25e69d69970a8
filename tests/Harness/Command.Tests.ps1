# The options of the test command, and what it does about suites that break or cannot run.
BeforeAll {
    Import-Module $PSScriptRoot/Harness.psm1
    $copy, $small, $poor = 'copy', 'small', 'poor' | ForEach-Object { Join-Path $TestDrive $_ }
    New-BuildCopy $copy
    New-BuildCopy $small
    Set-Content (Join-Path $small 'build/Suites.ps1') @'
@{ Name = 'One (a)'; Run = { New-SuiteResult -Passed 1 -Skipped 2 -Skips 'dark', 'cold' } }
@{ Name = 'One (b)'; Run = { New-SuiteResult -Passed 1 -Skipped 1 -Skips 'dark' } }
@{ Name = 'Absent'; Unavailable = { 'a module is missing' }; Run = { New-SuiteResult -Passed 1 } }
@{ Name = 'Long'; Extended = $true; Run = { New-SuiteResult -Passed 7 -Skipped 1 -Skips "extended: $($environment.STEPCARENEW_EXTENDED)" } }
'@
    $calls = @(
        'Throws', 'NoResult', 'Missing', 'Endless', 'Parts', 'Absent', 'AfterPackage', 'NoSuch', 'Meet', 'Mixed', 'Hangs' | ForEach-Object { @{ Key = $_; Call = @{ Copy = $copy; Suite = $_ } } }
        @{ Key = 'all'; Call = @{ Copy = $small } }
        @{ Key = 'strict'; Call = @{ Copy = $small; Strict = $true } }
        @{ Key = 'extended'; Call = @{ Copy = $small; Extended = $true } }
        @{ Key = 'one'; Call = @{ Copy = $small; Suite = 'ONE' } }
        @{ Key = 'long'; Call = @{ Copy = $small; Suite = 'Long,One (b)' } }
        if ($IsLinux) {
            # Of all programs only these are there, and an apt-get that does nothing but tell that it was called.
            New-BuildCopy $poor
            Copy-Item $PSScriptRoot/../../build/prerequisites.sh (Join-Path $poor 'build') -Force
            foreach ($name in 'bash', 'sh', 'dirname', 'mkdir', 'cut', 'tr', 'dotnet', 'readlink', 'sed', 'id', 'rm', 'timeout') {
                $found = Get-Command $name -CommandType Application -ErrorAction Ignore | Select-Object -First 1
                if ($found) { New-Item -ItemType SymbolicLink -Path (Join-Path $poor 'bin' $name) -Target $found.Source > $null }
            }
            Set-Program -Copy $poor -Name apt-get -Text "echo `"`$@`" >>'$TestDrive/apt'"
            @{ Key = 'unasked'; Call = @{ Copy = $poor; Suite = 'Plain'; Environment = @{ PATH = Join-Path $poor 'bin' } } }
        }
    )
    $module = Join-Path $PSScriptRoot 'Harness.psm1'
    $runs = @{}
    $calls | ForEach-Object -ThrottleLimit 4 -Parallel {
        Import-Module $using:module
        $call = $_.Call
        @{ $_.Key = Invoke-TestCommand @call }
    } | ForEach-Object { $runs += $_ }
}

Describe 'A suite that' {
    It 'breaks or cannot run fails: <Suite>' -ForEach @(
        @{ Suite = 'Throws'; Total = '0 passed, 1 failed, 0 skipped'; Line = '  The suite broke.' }
        @{ Suite = 'NoResult'; Total = '0 passed, 1 failed, 0 skipped'; Line = '  The suite returned 0 results instead of one.' }
        @{ Suite = 'Missing'; Total = '0 passed, 1 failed, 0 skipped'; Line = "*'no-such-program'*" }
        @{ Suite = 'Endless'; Total = '0 passed, 1 failed, 0 skipped'; Line = '  The suite was stopped because it did not end within 1 s and left no results*' }
        @{ Suite = 'Parts'; Total = '3 passed, 1 failed, 1 skipped'; Line = '  The suite was stopped because it did not end within 1 s and left no results*' }
        @{ Suite = 'Absent'; Total = '0 passed, 1 failed, 0 skipped'; Line = '  a module is missing' }
        @{ Suite = 'AfterPackage'; Total = '0 passed, 1 failed, 0 skipped'; Line = '  AfterPackage: Package failed' }
    ) {
        if ($IsWindows -and $Suite -in 'Endless', 'Parts') { return Set-ItResult -Skipped -Because 'there is no program sleep' }
        $run = $runs[$Suite]
        $run.ExitCode | Should -Be 1 -Because $run.Output
        $run.Lines[-1] | Should -BeExactly $Total -Because $run.Output
        @($run.Lines -like $Line) | Should -HaveCount 1 -Because $run.Output
    }

    It 'does not exist is an error that names the existing ones' {
        $runs.NoSuch.ExitCode | Should -Be 1
        $runs.NoSuch.Output | Should -Match "There is no suite 'NoSuch'\. The suites are: .*Green.*Long"
    }
}

Describe 'The test command' {
    It 'runs all suites except the extended ones, and groups skips over all suites' {
        $run = $runs.all
        $run.ExitCode | Should -Be 0 -Because $run.Output
        $run.Lines[-1] | Should -BeExactly '2 passed, 0 failed, 3 skipped'
        $run.Output | Should -Not -Match '(?m)^Long'
        $run.Output | Should -Match 'NOT RUN:\s+Absent: a module is missing'
        $run.Output | Should -Match '(?m)^     1  cold\r?\n     2  dark\r?$'
    }

    It 'counts suites that cannot run as failed with --strict' {
        $runs.strict.ExitCode | Should -Be 1
        $runs.strict.Lines[-1] | Should -BeExactly '2 passed, 1 failed, 3 skipped'
    }

    It 'runs extended suites with --extended and by their name, and passes that on to them' {
        $runs.extended.Lines[-1] | Should -BeExactly '9 passed, 0 failed, 4 skipped'
        $runs.long.Lines[-1] | Should -BeExactly '8 passed, 0 failed, 2 skipped'
        foreach ($run in $runs.extended, $runs.long) { $run.Output | Should -Match '(?m)^ +1  extended: 1\r?$' }
    }

    It 'accepts a name in any case, and without the part in brackets' {
        $runs.one.ExitCode | Should -Be 0
        $runs.one.Lines[-1] | Should -BeExactly '2 passed, 0 failed, 3 skipped' -Because $runs.one.Output
    }
}

Describe 'Suites that run at the same time as another' {
    BeforeAll {
        function Test-Running([int] $Id) {
            & kill -0 $Id 2>$null
            $LASTEXITCODE -eq 0 -and ((& ps -o stat= -p $Id) -notmatch '^Z')
        }
    }

    It 'meet' -Skip:$IsWindows {
        $run = $runs.Meet
        $run.ExitCode | Should -Be 0 -Because $run.Output
        $run.Output | Should -Match '(?m)^Meet \(a\) +1 passed +0 failed +0 skipped +[\d.]+ s\r?\nMeet \(b\) +1 passed'
        $run.Lines[-1] | Should -BeExactly '2 passed, 0 failed, 0 skipped'
    }

    It 'have their lines in the order of the suites, with their own times, and one that breaks does not end the others' {
        $run = $runs.Mixed
        $run.ExitCode | Should -Be 1 -Because $run.Output
        $lines = @($run.Lines -match '^(Mixed|  This)')
        $lines[0] | Should -Match '^Mixed \(a\) +1 passed +0 failed +1 skipped +\d+\.\d s$'
        [double] ($lines[0] -split ' +')[-2] | Should -BeGreaterOrEqual 1.5
        $lines[1] | Should -Match '^Mixed \(b\) +0 passed +1 failed +0 skipped +\d+\.\d s$'
        $lines[2] | Should -BeExactly '  This one broke.'
        $lines[3] | Should -Match '^Mixed \(c\) +2 passed +0 failed +1 skipped +\d+\.\d s$'
        $lines | Should -HaveCount 4
        $run.Output | Should -Match 'NOT RUN:\s+Mixed \(d\): Mixed \(b\) failed'
        $run.Output | Should -Match '(?m)^     2  dark\r?$'
        $run.Lines[-1] | Should -BeExactly '3 passed, 1 failed, 2 skipped'
    }

    It 'are named if they hang, and their processes are ended' -Skip:$IsWindows {
        $run = $runs.Hangs
        $run.ExitCode | Should -Be 1 -Because $run.Output
        $run.Output | Should -Match '(?m)^Hangs \(a\) +3 passed .*\r?\nHangs \(b\) +0 passed +1 failed .*\r?\n  The suite was stopped because it did not end within 1 s and left no results'
        $run.Lines[-1] | Should -BeExactly '3 passed, 1 failed, 0 skipped'
        Test-Running (Get-Content "$copy/out/hangs") | Should -BeFalse
    }

    It 'are stopped with their processes if the command is stopped' -Skip:(-not $IsLinux) {
        # A shell starts its background jobs, and all that they start, with SIGINT ignored.
        $start = [Diagnostics.ProcessStartInfo]::new('env', [string[]] @('--default-signal=INT'; Get-PwshCommand; '-NoProfile', '-File', (Join-Path $copy 'build.ps1'), '-Suite', 'Stopped'))
        $start.RedirectStandardOutput = $true
        $process = [Diagnostics.Process]::Start($start)
        try {
            $end = [DateTime]::UtcNow.AddSeconds(60)
            do { $ids = @(Get-Content "$copy/out/stopped-*" -ErrorAction Ignore) } until ($ids.Count -eq 2 -or [DateTime]::UtcNow -gt $end)
            $ids | Should -HaveCount 2
            $children = @($ids | ForEach-Object { & pgrep --parent $_ })
            $children | Should -HaveCount 2
            & kill -INT $process.Id
            $process.WaitForExit(30000) | Should -BeTrue
            foreach ($id in $ids + $children) { Test-Running $id | Should -BeFalse -Because "process $id was started by a suite" }
        }
        finally {
            $process.Kill($true)
            $process.Dispose()
        }
    }
}

Describe 'The system requirements of the tests' -Skip:(-not $IsLinux) {
    It 'are printed with a command, and not installed without --install' {
        $run = $runs.unasked
        $run.ExitCode | Should -Be 0 -Because $run.Output
        $run.Output | Should -Match 'They need \(Debian''s names\):.* curl .*systemd'
        $run.Output | Should -Match '(?m)^  sudo apt-get install --no-install-recommends .*curl'
        "$TestDrive/apt" | Should -Not -Exist
    }

    It 'are installed with --install only by root' {
        $run = Invoke-TestCommand -Copy $poor -Suite Plain -Install -Environment @{ PATH = Join-Path $poor 'bin' }
        if ((id -u) -eq 0) {
            (Get-Content "$TestDrive/apt") | Should -HaveCount 2
            (Get-Content "$TestDrive/apt")[1] | Should -Match '^-q install -y --no-install-recommends .*curl'
        }
        else {
            $run.Output | Should -Match 'only root can'
            "$TestDrive/apt" | Should -Not -Exist
        }
    }

    It 'are not checked if no suite needs them' {
        $runs.all.ExitCode | Should -Be 0
        $runs.all.Output | Should -Not -Match 'They need'
    }
}
