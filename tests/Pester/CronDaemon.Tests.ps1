BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCron.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment

    # The processes in the daemon's mounts: itself, and those that it has started.
    function Get-Inhabitant {
        Get-ChildItem /proc -Directory | Where-Object { $_.Name -match '^\d+$' -and (Get-CronMount $_.Name) -eq $daemon.Mounts }
    }

    # A user's PowerShell on the machine that has this cron.
    function Invoke-Inside {
        param([string] $Script)
        Invoke-AtCron $daemon $Script -Environment @{ STEPCARENEW_HOME = "$folder/home" }
    }

    function New-DuePair {
        [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '')]
        param()
        Build-TestCertificate -Authority $authority -Folder $folder -Age 17:00:00
    }

    $hindrance = if ($IsLinux) { Get-CronHindrance }
    if ($IsLinux -and -not $hindrance) {
        $ca = Open-TestCa StepCa
        if ($ca.Reason) { $hindrance = $ca.Reason } else { $authority = Get-CaAuthority $ca }
    }
}

AfterAll {
    Close-TestCa $ca
    Restore-Environment $environment
}

Describe 'A registered renewal and a real cron' {
    BeforeEach {
        $daemon = $null
        if (-not $IsLinux) { return Set-ItResult -Skipped -Because 'the cron of this test is Debian''s' }
        if ($hindrance) { return Skip-Test -Because $hindrance }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $daemon = Open-CronDaemon $folder
        if ($daemon.Reason) { return Skip-Test -Because $daemon.Reason }
    }

    AfterEach {
        Close-CronDaemon $daemon
    }

    It 'is renewed within 70 s of its registration, and no longer once it is unregistered' {
        # A line of another's, which shows by its trace that cron has looked at the minute.
        $marker = "$folder/marker"
        Set-Content "$folder/cron.d/marker" "* * * * * root touch '$marker'"
        $pair = New-DuePair
        $path = $pair.CertificatePath
        $old = Get-LeafSerial $path

        # Variables of the shell that registers, which the run must not have.
        $mislead = "`$env:DOTNET_gcServer = '0'; `$env:LD_LIBRARY_PATH = '$folder/of-the-user'; `$env:PSModulePath += ':$folder/of-the-user'; `$env:TMPDIR = '$folder/of-the-user'; "
        $hook = "-FilePath /bin/sh -ArgumentList '-c', 'env >''$folder/env'''"
        $task = Invoke-Inside "$mislead Register-StepRenewalTask web '$path' -StepPath '$($ca.Folder)' -Scheduler Cron -Interval 1m $hook | ConvertTo-Json"
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $task.ScheduleHealthy | Should -BeTrue -Because ($task.ScheduleDifferences -join ' ')
        $task.Schedule | Should -BeExactly '* * * * *'
        $task.LastAttempt | Should -BeNullOrEmpty
        "$folder/cron.d/stepcarenew-web" | Should -Exist
        Get-ChildItem /etc/cron.d -File | Select-String $folder -SimpleMatch | Should -BeNullOrEmpty -Because 'the machine''s own cron is not to be touched'

        Wait-Until { (Get-LeafSerial $path) -ne $old } -Seconds (70 - $watch.Elapsed.TotalSeconds) | Should -BeTrue -Because 'cron looks every minute'
        # The run reports after the renewal; the next one, a minute later, finds nothing due.
        $task = Invoke-Inside '$end = [DateTime]::UtcNow.AddSeconds(20); do { $task = Get-StepRenewalTask web } until ($task.LastSuccess -or [DateTime]::UtcNow -gt $end); $task | ConvertTo-Json'
        $task.LastStatus | Should -BeExactly Renewed
        $task.LastErrorId | Should -BeNullOrEmpty
        $variables = Get-Content "$folder/env"
        $variables | Should -Contain 'STEPCARENEW_NAME=web.local'
        $variables | Should -Not -Match '^(DOTNET_|LD_|TMPDIR=)'
        $variables | Should -Not -Match 'of-the-user'
        $task.ScheduleHealthy | Should -BeTrue -Because ($task.ScheduleDifferences -join ' ')
        $task.CertificateStatus | Should -BeExactly Valid
        Test-StepCertificatePair $path | Should -BeTrue
        Test-OpenSslPair $pair | Should -BeTrue
        Get-RenewalCount $ca | Should -Be 1
        Get-StagedFile $folder | Should -BeNullOrEmpty

        Invoke-Inside 'Unregister-StepRenewalTask web'
        Get-ChildItem "$folder/cron.d" | ForEach-Object Name | Should -BeExactly marker
        # A run that began before does not count.
        Wait-Until { -not (Get-Inhabitant | Where-Object Name -NE $daemon.Process.Id) } -Seconds 20 | Should -BeTrue
        $pair = New-DuePair
        $state = Get-FileState $pair.CertificatePath, $pair.KeyPath
        Remove-Item $marker
        Wait-Until { Test-Path $marker } -Seconds 65 | Should -BeTrue -Because 'cron still runs what is another''s'
        [Threading.Thread]::Sleep(10000)
        Get-FileState $pair.CertificatePath, $pair.KeyPath | Should -Be $state
        Get-RenewalCount $ca | Should -Be 1
        (Invoke-StepRenewal $path -StepPath $ca.Folder -WhatIf).Status | Should -BeExactly WouldRenew -Because 'otherwise nothing was to be seen'

        Close-CronDaemon $daemon
        Wait-Until { -not (Get-Inhabitant) } -Seconds 5 | Should -BeTrue -Because 'nothing may be left of the test'
    }
}
