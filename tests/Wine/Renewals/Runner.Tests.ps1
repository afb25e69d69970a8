# The runner of the suite Wine: what it hands on, and what becomes of a program that hangs.
BeforeAll {
    Import-Module $PSScriptRoot/StepCaRenew.WineRun.psm1
    # The processes of the prefix, by the marker in their environment; some are services of Wine.
    function Get-PrefixProcess {
        $marker = "STEPCARENEW_WINE_PREFIX=$((Resolve-Path (Join-Path (Get-WinePrefix) '..')).Path)"
        foreach ($process in Get-Process) {
            $environment = try { [IO.File]::ReadAllText("/proc/$($process.Id)/environ") } catch { '' }
            if (($environment -split "`0") -contains $marker) { $process }
        }
    }
}

Describe 'A Windows program' {
    It 'passes on its output, its error output and its exit code' {
        $run = Invoke-WindowsProgram cmd.exe, '/c', 'echo fine & echo bad 1>&2 & exit 7'
        $run.ExitCode | Should -Be 7
        $run.Output.Trim() | Should -BeExactly 'fine'
        $run.Error.Trim() | Should -BeExactly 'bad'
    }

    It 'that hangs is ended at its limit, with all processes of the prefix, and fails' {
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $run = Invoke-WindowsProgram pwsh, '-NoProfile', '-NonInteractive', '-Command', "'begun'; [void][Diagnostics.Process]::Start('C:\windows\system32\cmd.exe', '/c pause'); Start-Sleep 60" -TimeoutSeconds 6
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 25
        $run.ExitCode | Should -Be 124
        $run.Output | Should -Match '(?s)begun.*did not end within 6 s'
        Get-PrefixProcess | ForEach-Object Name | Should -BeNullOrEmpty
    }
}
