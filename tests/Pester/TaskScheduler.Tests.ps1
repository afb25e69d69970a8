# Registered renewals in the Task Scheduler of Windows, those of a user: a machine's need an administrator. Wine's scheduler
# keeps tasks and forgets what is in them, so differences are looked at elsewhere (tests/Unit/Scheduling/Windows).
BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
    $before = $env:STEPCARENEW_HOME
    $ca = Open-TestCa DevCa
    if (-not $ca.Reason) { $authority = Get-CaAuthority $ca }
    $manifest = Join-Path (Get-TestPackage) StepCaRenew.psd1

    # The names of the tasks that Task Scheduler has, as it tells anybody who asks.
    function Get-TaskName {
        # Wine's has no interface for scripts.
        if (Test-Wine) { return (Get-ChildItem (Join-Path $env:SystemRoot System32\tasks) -File -ErrorAction Ignore).Name | Where-Object { $_ -like "*$unique*" } }
        $service = New-Object -ComObject Schedule.Service
        $service.Connect()
        @($service.GetFolder('\').GetTasks(1)) | ForEach-Object Name | Where-Object { $_ -like "*$unique*" }
    }

    function Invoke-ScheduledRun {
        param([string] $Name)
        Invoke-FreshPwsh "Import-Module '$manifest'; `$ErrorActionPreference = 'Continue'; Invoke-StepRenewal -Name '$Name' -Scheduled -RetryTimeout 0s"
    }

    function Get-FolderState {
        Get-ChildItem $folder -Recurse -File -Force | ForEach-Object { Get-FileState $_.FullName }
    }
}

AfterAll {
    Close-TestCa $ca
    Restore-Environment $environment
    $env:STEPCARENEW_HOME = $before
}

Describe 'The text of a task' {
    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $env:STEPCARENEW_HOME = Join-Path $folder home
        $path = (Build-TestCertificate -Authority $authority -Folder $folder -Age 17:00:00).CertificatePath
        $asText = @{ Name = 'web'; CertificatePath = $path; StepPath = $ca.Folder; Scheduler = 'TaskScheduler'; AsText = $true }
    }

    AfterEach {
        $env:STEPCARENEW_HOME = $before
    }

    It 'runs as SYSTEM with all of its rights for the machine' {
        $task = ([xml] (Register-StepRenewalTask @asText)).Task
        $task.Principals.Principal.UserId | Should -BeExactly 'S-1-5-18'
        $task.Principals.Principal.RunLevel | Should -BeExactly 'HighestAvailable'
        $task.Principals.Principal.PSObject.Properties['LogonType'] | Should -BeNullOrEmpty
        $task.Actions.Exec.Arguments | Should -BeLike '*-NoProfile*-NonInteractive*Invoke-StepRenewal*web*'
        $task.Triggers.TimeTrigger.Repetition.Interval | Should -BeExactly 'PT15M'
        $task.Triggers.PSObject.Properties['BootTrigger'] | Should -Not -BeNullOrEmpty
        $task.Settings.MultipleInstancesPolicy | Should -BeExactly 'IgnoreNew'
        $env:STEPCARENEW_HOME | Should -Not -Exist
    }

    It 'runs as the user without elevated rights, also at logon' {
        if (-not $IsWindows) { return Set-ItResult -Skipped -Because 'Task Scheduler is part of Windows' }
        $task = ([xml] (Register-StepRenewalTask @asText -Scope CurrentUser)).Task
        $task.Principals.Principal.LogonType | Should -BeExactly 'InteractiveToken'
        $task.Principals.Principal.RunLevel | Should -BeExactly 'LeastPrivilege'
        $task.Triggers.PSObject.Properties['LogonTrigger'] | Should -Not -BeNullOrEmpty
        $task.Actions.Exec.Arguments | Should -BeLike "*STEPCARENEW_HOME*$env:STEPCARENEW_HOME*"
        Get-ChildItem $folder -Force | ForEach-Object Name | Sort-Object | Should -Be 'web.local.crt', 'web.local.key'
    }
}

Describe 'Renewals of a user in Task Scheduler' {
    BeforeEach {
        $unique = $null
        if (-not $IsWindows) { return Set-ItResult -Skipped -Because 'Task Scheduler is part of Windows' }
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $env:STEPCARENEW_HOME = Join-Path $folder home
        # Names that no task of this user has.
        $unique = 't' + [Guid]::NewGuid().ToString('N').Substring(0, 10)
        $web, $mail = "$unique-web", "$unique-mail"
        $pair = Build-TestCertificate -Authority $authority -Folder $folder -Age 17:00:00
        $path = $pair.CertificatePath
        $other = Build-TestCertificate -Authority $authority -Folder $folder -Name mail.local -Age 17:00:00
        $forMe = @{ Scope = 'CurrentUser'; StepPath = $ca.Folder; WarningAction = 'SilentlyContinue' }
    }

    AfterEach {
        if ($unique) { Unregister-StepRenewalTask "$unique*" -Force -ErrorAction Ignore }
        $env:STEPCARENEW_HOME = $before
    }

    It 'register, run, are not due, fail, unregister' {
        $task = Register-StepRenewalTask $web $path @forMe
        $task.Changed | Should -BeTrue
        $task.Scheduler | Should -BeExactly 'TaskScheduler'
        $task.Interval | Should -BeExactly '15m'
        $task.CertificateStatus | Should -BeExactly 'Due'
        $task.LastAttempt | Should -BeNullOrEmpty
        Get-TaskName | Should -HaveCount 1
        $definition = Get-Content $task.DefinitionPath -Raw | ConvertFrom-Json
        $definition.certificate | Should -BeExactly $path
        $definition.ca.url | Should -BeExactly $ca.Url
        $definition.ca.root | Should -Exist

        $old = Get-LeafSerial $path
        $run = Invoke-ScheduledRun $web
        $run.ExitCode | Should -Be 0 -Because "$($run.Error)$($run.Output)"
        Get-LeafSerial $path | Should -Not -Be $old
        Test-OpenSslPair $pair | Should -BeTrue
        $task = Get-StepRenewalTask $web
        $task.LastStatus | Should -BeExactly 'Renewed'
        $task.LastErrorId | Should -BeNullOrEmpty
        $task.CertificateStatus | Should -BeExactly 'Valid'
        (Get-Content $task.LogPath | ConvertFrom-Json).event | Should -Contain 'Renewed'

        (Invoke-ScheduledRun $web).ExitCode | Should -Be 0
        (Get-StepRenewalTask $web).LastStatus | Should -BeExactly 'NotDue'

        Remove-Item $pair.KeyPath
        (Invoke-ScheduledRun $web).ExitCode | Should -Be 1
        $task = Get-StepRenewalTask $web
        $task.LastStatus | Should -BeExactly 'Failed'
        $task.LastErrorId | Should -BeExactly 'FileNotFound'
        $task.Healthy | Should -BeFalse

        Unregister-StepRenewalTask $web
        Get-TaskName | Should -BeNullOrEmpty
        Get-StepRenewalTask | Should -BeNullOrEmpty
        $path | Should -Exist
    }

    It 'are not made with -WhatIf, and neither run nor unregistered' {
        Register-StepRenewalTask $web $path @forMe -WhatIf
        $env:STEPCARENEW_HOME | Should -Not -Exist
        Get-TaskName | Should -BeNullOrEmpty
        Register-StepRenewalTask $web $path @forMe > $null
        $state = Get-FolderState
        Invoke-StepRenewal -WhatIf | ForEach-Object Status | Should -BeExactly 'WouldRenew'
        Unregister-StepRenewalTask * -WhatIf
        Get-FolderState | Should -Be $state
        Get-TaskName | Should -HaveCount 1
    }

    It 'do not share their name or their certificate without -Force' {
        Register-StepRenewalTask $web $path @forMe > $null
        { Register-StepRenewalTask $web $other.CertificatePath @forMe } | Should -Throw -ErrorId 'NameTaken,*'
        { Register-StepRenewalTask $mail $path @forMe } | Should -Throw -ErrorId 'CertificateRegistered,*' -ExpectedMessage "*'$web'*"
        (Register-StepRenewalTask $web $other.CertificatePath @forMe -Force).CertificatePath | Should -BeExactly $other.CertificatePath
        Get-TaskName | Should -HaveCount 1
    }

    It 'change as a second call says, with a warning of removed settings' {
        Register-StepRenewalTask $web $path @forMe -Interval 5m -LockTimeout 7s > $null
        $forMe.Remove('WarningAction')
        $task = Register-StepRenewalTask $web $path @forMe -Interval 10m -WarningAction SilentlyContinue -WarningVariable warning
        $task.Changed | Should -BeTrue
        $task.Interval | Should -BeExactly '10m'
        "$warning" | Should -BeLike '*drops*-LockTimeout 7s*'
    }

    It 'are listed by name and pattern, and unregistered by name in any case' {
        Register-StepRenewalTask $web $path @forMe > $null
        Register-StepRenewalTask $mail $other.CertificatePath @forMe > $null
        (Get-StepRenewalTask).Name | Should -Be $mail, $web
        (Get-StepRenewalTask "$unique-w*").Name | Should -Be $web
        { Get-StepRenewalTask none -ErrorAction Stop } | Should -Throw -ErrorId 'NotRegistered,*'
        Unregister-StepRenewalTask $web.ToUpperInvariant()
        (Get-StepRenewalTask).Name | Should -Be $mail
        Get-TaskName | Should -HaveCount 1
        { Unregister-StepRenewalTask none -ErrorAction Stop } | Should -Throw -ErrorId 'NotRegistered,*'
    }

    It 'are not unregistered by a pattern of several if nobody can answer' {
        Register-StepRenewalTask $web $path @forMe > $null
        Register-StepRenewalTask $mail $other.CertificatePath @forMe > $null
        $run = Invoke-FreshPwsh "Import-Module '$manifest'; try { Unregister-StepRenewalTask * } catch { `$_.FullyQualifiedErrorId }"
        $run.Output | Should -BeLike 'ConfirmationRequired,*'
        Get-TaskName | Should -HaveCount 2
    }

    It 'are run by the objects of Get-StepRenewalTask' {
        Register-StepRenewalTask $web $path @forMe > $null
        (Get-StepRenewalTask | Invoke-StepRenewal).Status | Should -BeExactly 'Renewed'
        (Get-StepRenewalTask).LastStatus | Should -BeExactly 'Renewed'
    }

    It 'are still listed if one definition is broken' {
        Register-StepRenewalTask $web $path @forMe > $null
        Register-StepRenewalTask $mail $other.CertificatePath @forMe > $null
        Set-Content (Get-StepRenewalTask $mail).DefinitionPath '{ "certificate": 7 }'
        $tasks = Get-StepRenewalTask -ErrorVariable problem -ErrorAction SilentlyContinue
        $tasks.Name | Should -Be $web
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'DefinitionInvalid,*'
        "$($problem[0])" | Should -BeLike "*$mail.json*certificate*"
    }

    It 'are refused before anything is written: <Name>' -ForEach @(
        @{ Name = 'a name with a slash'; Arguments = @{ Name = 'a/b' }; ErrorId = 'NameInvalid' }
        @{ Name = 'a device'; Arguments = @{ Name = 'nul' }; ErrorId = 'NameInvalid' }
        @{ Name = 'a certificate that is not there'; Arguments = @{ CertificatePath = 'C:\missing.crt' }; ErrorId = 'FileNotFound' }
        @{ Name = 'a rule that is never met'; Arguments = @{ ExpiresIn = '48h' }; ErrorId = 'ExpiresInTooLong' }
        @{ Name = 'an interval that leaves too few tries'; Arguments = @{ Interval = '6h' }; ErrorId = 'IntervalInvalid' }
        @{ Name = 'a CA that is not there'; Arguments = @{ CaUrl = 'https://127.0.0.1:9' }; ErrorId = 'CaUnreachable' }
        @{ Name = 'a program that is not there'; Arguments = @{ FilePath = 'no-such-program' }; ErrorId = 'ActionInvalid' }
        @{ Name = 'another account'; Arguments = @{ UserId = 'nobody' }; ErrorId = 'ConflictingParameters' }
        @{ Name = 'cron on Windows'; Arguments = @{ Scheduler = 'Cron' }; ErrorId = 'SchedulerUnavailable' }
        @{ Name = 'systemd on Windows'; Arguments = @{ Scheduler = 'Systemd' }; ErrorId = 'SchedulerUnavailable' }
        @{ Name = 'a signal on Windows'; Arguments = @{ Signal = 'HUP'; PidFile = 'C:\x.pid' }; ErrorId = 'ActionInvalid' }
        @{ Name = 'a reload on Windows'; Arguments = @{ ReloadService = 'W32Time' }; ErrorId = 'ActionInvalid' }
    ) {
        $call = @{ Name = $web; CertificatePath = $path } + $forMe
        foreach ($key in $Arguments.Keys) { $call[$key] = $Arguments[$key] }
        { Register-StepRenewalTask @call } | Should -Throw -ErrorId "$ErrorId,*"
        $env:STEPCARENEW_HOME | Should -Not -Exist
        Get-TaskName | Should -BeNullOrEmpty
    }
}
