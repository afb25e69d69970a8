# The environment of the shell that registers a renewal must not decide what its runs load: nothing of it goes into a schedule but
# STEPCARENEW_HOME. A real cron is in CronDaemon.Tests.ps1, a real systemd in tests/Systemd.
BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
    $ca = Open-TestCa StepCa
    if (-not $ca.Reason) {
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive pair)).FullName
        $path = (Build-TestCertificate -Authority (Get-CaAuthority $ca) -Folder $folder -Name web.local -Age 17:00:00).CertificatePath
        $script = "Import-Module '$(Join-Path (Get-TestPackage) 'StepCaRenew.psd1')'; Register-StepRenewalTask web '$path' -StepPath '$($ca.Folder)' -AsText -Scheduler "
    }

    # A registration in a shell that has all that could mislead a run.
    function Get-Schedule {
        param([string] $Scheduler)
        $of = 'of-the-user'
        $run = Invoke-FreshPwsh ($script + $Scheduler) -Environment @{
            STEPCARENEW_HOME = (Join-Path $TestDrive home)
            DOTNET_gcServer = '0'; DOTNET_STARTUP_HOOKS = ''; DOTNET_ADDITIONAL_DEPS = $of; LD_LIBRARY_PATH = "/$of"; LD_AUDIT = ''; PSModulePath = "/$of"; TMPDIR = [IO.Path]::GetTempPath(); EDITOR = $of
        }
        $run.ExitCode | Should -Be 0 -Because $run.Error
        $run.Output
    }

    $mustNotBeThere = '(?i)DOTNET_|LD_LIBRARY|LD_AUDIT|LD_PRELOAD|PSModulePath|TMPDIR|of-the-user'
}

AfterAll {
    Close-TestCa $ca
    Restore-Environment $environment
}

Describe 'The environment of a scheduled run' {
    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
    }

    It 'is not that of the registration: cron' {
        $schedule = Get-Schedule Cron
        $schedule | Should -Match "Invoke-StepRenewal -Name "
        $schedule | Should -Not -Match $mustNotBeThere
        ([regex]::Matches($schedule, '(?m)^([A-Za-z_]+)=') | ForEach-Object { $_.Groups[1].Value }) | Sort-Object -Unique | Should -BeExactly (
            'MAILTO', 'PATH', 'POWERSHELL_TELEMETRY_OPTOUT', 'POWERSHELL_UPDATECHECK', 'SHELL', 'STEPCARENEW_HOME')
    }

    It 'is not that of the registration: systemd' {
        $schedule = Get-Schedule Systemd
        $schedule | Should -Match '(?m)^ExecStart='
        $schedule | Should -Not -Match $mustNotBeThere
        $schedule | Should -Not -Match '(?m)^(PassEnvironment|EnvironmentFile)='
        ([regex]::Matches($schedule, '(?m)^Environment="?([A-Za-z_]+)=') | ForEach-Object { $_.Groups[1].Value }) | Sort-Object | Should -BeExactly (
            'POWERSHELL_TELEMETRY_OPTOUT', 'POWERSHELL_UPDATECHECK', 'STEPCARENEW_HOME')
    }

    It 'is not that of the registration: the Task Scheduler of Windows' {
        $schedule = Get-Schedule TaskScheduler
        ([xml] $schedule).Task.Actions.Exec.Arguments | Should -BeLike '*Invoke-StepRenewal*'
        $schedule | Should -Not -Match $mustNotBeThere
    }
}
