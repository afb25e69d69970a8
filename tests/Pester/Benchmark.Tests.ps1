# The benchmark itself: its figures are worth what its statistics and its references are.
BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-Module $PSScriptRoot/../Benchmarks/StepCaRenew.Benchmarks.psm1 -Force
}

Describe 'Quartiles' {
    It 'of <Values> are <Lower>, <Median>, <Upper>' -ForEach @(
        @{ Values = 1, 2, 3, 4, 5, 6, 7; Lower = 2.5; Median = 4; Upper = 5.5 }
        @{ Values = 4, 1, 3, 2; Lower = 1.75; Median = 2.5; Upper = 3.25 }
        @{ Values = 10, 2; Lower = 4; Median = 6; Upper = 8 }
        @{ Values = @(5); Lower = 5; Median = 5; Upper = 5 }
    ) {
        $quartile = Get-Quartile -Value $Values
        "$($quartile.Lower) $($quartile.Median) $($quartile.Upper)" | Should -BeExactly "$Lower $Median $Upper"
    }

    It 'do not change the order of the runs' {
        $runs = [double[]] (3, 1, 2)
        Get-Quartile -Value $runs > $null
        $runs | Should -Be 3, 1, 2
    }
}

Describe 'A line' {
    It 'compares run by run; a minimum is met if the lower quartile meets it' {
        # Ratios 0.5, 0.9, 1.0, 1.0: lower quartile 0.8, median 0.95.
        $runs = @{ Figure = 'x'; Unit = '/s'; Ours = 50, 180, 300, 400; Reference = 100, 200, 300, 400 }
        (Get-Line @runs -AtLeast 0.8).IsHeld | Should -BeTrue
        (Get-Line @runs -AtLeast 0.81).IsHeld | Should -BeFalse
        (Get-Line @runs).IsHeld | Should -BeNullOrEmpty
    }

    It 'meets a maximum if the upper quartile meets it' {
        # Differences 10, 20, 30, 80: upper quartile 42.5, median 25.
        $runs = @{ Figure = 'x'; Unit = 'ms'; Ours = 110, 220, 330, 480; Reference = 100, 200, 300, 400; Difference = $true }
        (Get-Line @runs -AtMost 42.5).IsHeld | Should -BeTrue
        (Get-Line @runs -AtMost 42).IsHeld | Should -BeFalse
    }

    It 'shows its note only if the limit is not met' {
        (Get-Line -Figure x -Unit '/s' -Ours 1 -Reference 1 -AtLeast 1 -Note 'slow').Note | Should -BeNullOrEmpty
        (Get-Line -Figure x -Unit '/s' -Ours 1 -Reference 2 -AtLeast 1 -Note 'slow').Note | Should -BeExactly 'slow'
    }
}

Describe 'Interleaving' {
    It 'runs all candidates in each round, every other round backwards, and does not count warm-up rounds' {
        $order = [Collections.Generic.List[string]]::new()
        $ways = [ordered]@{ a = { $order.Add('a'); $order.Count }; b = { $order.Add('b'); $order.Count } }
        $values = Measure-Interleaved -Way $ways -Repeats 2
        $order -join '' | Should -BeExactly 'abbaab'
        $values['a'] | Should -Be 4, 5
        $values['b'] | Should -Be 3, 6
    }

    It 'keeps each of several figures of a candidate by its name' {
        $rounds = [Collections.Generic.List[int]]::new()
        $values = Measure-Interleaved -Repeats 2 -Way ([ordered]@{ a = { $rounds.Add(0); @{ rate = $rounds.Count; cpu = 10 * $rounds.Count } }; b = { 7 } })
        $values.Keys | Sort-Object | Should -Be 'a cpu', 'a rate', 'b'
        $values['a rate'] | Should -Be 2, 3
        $values['a cpu'] | Should -Be 20, 30
        $values['b'] | Should -Be 7, 7
    }
}

Describe 'The cost of a script block' {
    It 'has the rate, the CPU of this process and that of the server, for each that was done' {
        $server = [Diagnostics.Process]::GetCurrentProcess()
        $busy = { $watch = [Diagnostics.Stopwatch]::StartNew(); while ($watch.ElapsedMilliseconds -lt 300) { } 10 }
        $cost = Measure-Cost -Script $busy -Server $server
        $cost.rate | Should -BeGreaterThan 1
        $cost.rate | Should -BeLessThan (10 / 0.3 + 0.01)
        # Of 300 ms; another program may have had most of them.
        $cost.client | Should -BeGreaterThan 3
        $cost.server | Should -BeGreaterThan 3
        $idle = Measure-Cost -Script { [Threading.Thread]::Sleep(300); 10 } -Server $server
        $idle.client | Should -BeLessThan $cost.client
    }
}

Describe 'The bare loops' {
    It '<_> has at most 80 lines' -ForEach 'BareRenewal.cs', 'BareCheck.cs' {
        (Get-Content (Get-RepositoryPath "tests/Benchmarks/Bare/$_")).Count | Should -BeLessOrEqual 80
    }

    It 'use only the framework' {
        $configuration = if ($env:STEPCARENEW_CONFIGURATION) { $env:STEPCARENEW_CONFIGURATION } else { 'Release' }
        $stream = [IO.File]::OpenRead((Get-RepositoryPath "tests/Benchmarks/Bare/bin/$configuration/net10.0/StepCaRenew.Benchmarks.Bare.dll"))
        $reader = [Reflection.PortableExecutable.PEReader]::new($stream)
        try {
            $metadata = [Reflection.Metadata.PEReaderExtensions]::GetMetadataReader($reader)
            $names = foreach ($handle in $metadata.AssemblyReferences) { $metadata.GetString($metadata.GetAssemblyReference($handle).Name) }
        }
        finally {
            $reader.Dispose()
        }
        $names | Should -Contain 'System.Runtime'
        $names | Where-Object { $_ -notlike 'System.*' } | Should -BeNullOrEmpty
    }
}

Describe 'Leaving out flushes' {
    BeforeAll {
        Import-TestPackage
        $core = Get-CoreAssembly
        $switch = $core.GetType('StepCaRenew.FileSystem.Flushing').GetProperty('IsSkipped')
    }

    It 'lasts as long as the script block, even if it throws' {
        Use-NoFlush { $switch.GetValue($null) } | Should -BeTrue
        $switch.GetValue($null) | Should -BeFalse
        { Use-NoFlush { throw 'stop' } } | Should -Throw 'stop'
        $switch.GetValue($null) | Should -BeFalse
    }

    It 'is not available to users' {
        $core.GetType('StepCaRenew.FileSystem.Flushing').IsPublic | Should -BeFalse
    }
}

Describe 'A small run' {
    It 'makes a table, Markdown and JSON of positive figures, and leaves nothing else' {
        $out = Join-Path $TestDrive out
        $run = Invoke-FreshPwsh -Script "& '$(Get-RepositoryPath 'tests/Benchmarks/Benchmark.ps1')' -Figure check -ScaleDown 200 -Repeats 2 -Out '$out'"
        $run.ExitCode | Should -Be 0 -Because $run.Error
        (Get-ChildItem $out).Name | Sort-Object | Should -Be 'benchmarks.json', 'benchmarks.md'
        Get-Content $out/benchmarks.md -Raw | Should -BeExactly "# Benchmarks`n`n$($run.Output.Replace("`r", ''))"

        $data = Get-Content $out/benchmarks.json -Raw | ConvertFrom-Json
        $data.Machine.Cores | Should -Be ([Environment]::ProcessorCount)
        $measured = @($data.Lines | Where-Object { $_.PSObject.Properties['Runs'] })
        $measured.Count | Should -BeGreaterOrEqual 3
        foreach ($line in $measured) {
            $line.Runs.Ours.Count | Should -Be 2
            $line.Runs.Ours + $line.Runs.Reference + $line.Compared.Lower | Where-Object { $_ -le 0 } | Should -BeNullOrEmpty
            $run.Output | Should -BeLike "*| $($line.Figure) *"
        }
    }
}
