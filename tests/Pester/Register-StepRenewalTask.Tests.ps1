BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestTasks.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
    $before = @{ STEPCARENEW_HOME = $env:STEPCARENEW_HOME; PATH = $env:PATH }
    $ca = Open-TestCa StepCa
    if (-not $ca.Reason) { $authority = Get-CaAuthority $ca }
    $atCa = @{ StepPath = $ca.Folder }

    # A scheduled run in a process of its own; the scheduler sees its exit code.
    function Invoke-ScheduledRun {
        param([string] $Name)
        Invoke-FreshPwsh "Import-Module '$(Join-Path (Get-TestPackage) 'StepCaRenew.psd1')'; `$ErrorActionPreference = 'Continue'; Invoke-StepRenewal -Name '$Name' -Scheduled -RetryTimeout 0s"
    }

    # The command of the crontab's line for a name, as cron would start it.
    function Get-CronCommand {
        param([string] $Name)
        $line = Get-Content (Join-Path $folder tab) | Where-Object { $_ -match "^[0-9*].*-Name.*$Name" } | Select-Object -First 1
        $line -replace '^(\S+ ){5}'
    }

    function Get-NewFolder {
        [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
    }

    # A program that leaves a mark.
    function New-TestHook {
        [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '')]
        param([string] $Name)
        Set-Content "$folder/$Name" "#!/bin/sh`necho ran >'$folder/$Name.ran'"
        chmod 755 "$folder/$Name"
    }

    # The exit codes of a scheduled run (docs/about_StepCaRenew.md).
    $ActionsFailed = 40
    $ConfigurationRefused = 41

    # Due, and the owner's alone.
    function New-DuePair {
        [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '')]
        param([string] $Name = 'web.local', [TimeSpan] $Age = '17:00:00')
        Build-TestCertificate -Authority $authority -Folder $folder -Name $Name -Age $Age
    }
}

AfterAll {
    Close-TestCa $ca
    Restore-Environment $environment
    foreach ($name in $before.Keys) { [Environment]::SetEnvironmentVariable($name, $before[$name]) }
}

Describe 'Register-StepRenewalTask' {
    BeforeEach {
        if (-not $IsLinux) { return Set-ItResult -Skipped -Because 'these tests register with cron; TaskScheduler.Tests.ps1 has those of Windows' }
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        $folder = Get-NewFolder
        $env:STEPCARENEW_HOME = Join-Path $folder home
        $env:PATH = "$(Split-Path (Build-TestCrontab $folder)):$($before.PATH)"
        $pair = New-DuePair
        $path = $pair.CertificatePath
        $forMe = @{ Scope = 'CurrentUser'; Scheduler = 'Cron' } + $atCa
    }

    It 'registers, registers again, runs, fails, recovers, leaves an action pending, unregisters' {
        $proof = Join-Path $folder proof
        $action = @{ FilePath = 'sh'; ArgumentList = '-c', 'cat "$0/gate" > "$0/seen"', $folder }

        # registered
        $task = Register-StepRenewalTask web $path @forMe @action
        $task.Changed | Should -BeTrue
        $task.Interval | Should -BeExactly 15m
        $task.Scheduler | Should -BeExactly Cron
        $task.Schedule | Should -Match '^\d+,\d+,\d+,\d+ \* \* \* \*$'
        $task.ScheduleDifferences | Where-Object { $_ -notlike 'No cron daemon runs*' } | Should -BeNullOrEmpty
        $task.CertificateStatus | Should -BeExactly Due
        $task.LastAttempt | Should -BeNullOrEmpty
        $definition = Get-Content $task.DefinitionPath -Raw | ConvertFrom-Json
        $definition.ca.url | Should -BeExactly $ca.Url
        $definition.ca.root | Should -Exist
        $definition.ca.fingerprint | Should -Match '^[0-9a-f]{64}$'
        $definition.actions[0].run | Should -Match '^/.*/sh$'

        # again: nothing changes, and a hand's comment stays
        Add-Content $task.DefinitionPath '// checked by hand'
        $files = Get-ChildItem $env:STEPCARENEW_HOME -Recurse -File | ForEach-Object { Get-FileState $_.FullName }
        $tab = Get-FileState (Join-Path $folder tab)
        (Register-StepRenewalTask web $path @forMe @action).Changed | Should -BeFalse
        Get-ChildItem $env:STEPCARENEW_HOME -Recurse -File | ForEach-Object { Get-FileState $_.FullName } | Should -Be $files
        Get-FileState (Join-Path $folder tab) | Should -Be $tab

        # run by its schedule, to the letter; the action fails, since the gate is not there
        $old = Get-LeafSerial $path
        & /bin/sh -c (Get-CronCommand web) *> $proof
        $LASTEXITCODE | Should -Be $ActionsFailed -Because (Get-Content $proof -Raw)
        Get-LeafSerial $path | Should -Not -Be $old
        $task = Get-StepRenewalTask web
        $task.LastStatus | Should -BeExactly Renewed
        $task.LastErrorId | Should -BeExactly ActionFailed
        $task.ActionsPending | Should -BeTrue
        $task.CertificateStatus | Should -BeExactly Valid

        # the certificate is renewed; the next run only has to run the pending action
        Set-Content (Join-Path $folder gate) open
        $new = Get-LeafSerial $path
        $run = Invoke-ScheduledRun web
        $run.ExitCode | Should -Be 0
        $run.Output.Trim() | Should -MatchExactly '^web: Not due before \d{4}-\d\d-\d\d \d\d:\d\d:\d\d, in \S+( \S+)?\.$' -Because 'a journal gets one line, and no table'
        Get-Content (Join-Path $folder seen) | Should -BeExactly open
        Get-LeafSerial $path | Should -Be $new
        $task = Get-StepRenewalTask web
        $task.LastStatus | Should -BeExactly NotDue
        $task.LastErrorId | Should -BeNullOrEmpty
        $task.ActionsPending | Should -BeFalse
        $success = $task.LastSuccess

        # the CA is down
        $pair = New-DuePair
        Suspend-StepCa $ca
        try {
            $run = Invoke-ScheduledRun web
            $run.ExitCode | Should -Be 1
            @($run.Output -split "`n" -match '\S').Count | Should -BeLessOrEqual 2 -Because 'a failure is its error and the recommendation'
        }
        finally {
            Resume-StepCa $ca
        }
        $task = Get-StepRenewalTask web
        $task.LastStatus | Should -BeExactly Failed
        $task.LastErrorId | Should -BeExactly CaUnreachable
        $task.LastSuccess | Should -Be $success
        $task.LastAttempt | Should -BeGreaterOrEqual $success
        $task.CertificateStatus | Should -BeExactly Due

        # and back
        (Invoke-ScheduledRun web).ExitCode | Should -Be 0
        $task = Get-StepRenewalTask web
        $task.LastStatus | Should -BeExactly Renewed
        $task.LastErrorId | Should -BeNullOrEmpty
        Test-StepCertificatePair $path | Should -BeTrue
        Get-Content $task.LogPath | ConvertFrom-Json | ForEach-Object event | Should -Contain Renewed

        # unregistered: never certificate or key
        Unregister-StepRenewalTask web
        { Get-StepRenewalTask web -ErrorAction Stop } | Should -Throw -ErrorId 'NotRegistered,*'
        Get-Content (Join-Path $folder tab) -ErrorAction Ignore | Where-Object { $_ -match 'web' } | Should -BeNullOrEmpty
        Get-ChildItem (Join-Path $env:STEPCARENEW_HOME renewals) | Should -BeNullOrEmpty
        Test-StepCertificatePair $path | Should -BeTrue
    }

    It 'renews all of five with -Force, one of them broken' {
        $names = 1..5 | ForEach-Object { "web$_" }
        foreach ($name in $names) {
            $one = New-DuePair "$name.local" -Age 00:01:00
            Register-StepRenewalTask $name $one.CertificatePath @forMe -FilePath sh -ArgumentList '-c', 'echo once >> "$0"', (Join-Path $folder once) | Out-Null
        }
        Remove-Item (Join-Path $folder web3.local.key)
        $serials = $names | ForEach-Object { Get-LeafSerial (Join-Path $folder "$_.local.crt") }
        $results = Invoke-StepRenewal -Force -ErrorAction SilentlyContinue -ErrorVariable problems
        $results.Name | Should -Be $names
        $results.Status | Should -Be Renewed, Renewed, Failed, Renewed, Renewed
        $problems | ForEach-Object FullyQualifiedErrorId | Should -Be 'FileNotFound,StepCaRenew.Cmdlets.InvokeStepRenewalCommand'
        Get-Content (Join-Path $folder once) | Should -Be once -Because 'equal actions of one run happen once'
        $after = $names | ForEach-Object { Get-LeafSerial (Join-Path $folder "$_.local.crt") }
        0..4 | Where-Object { $after[$_] -eq $serials[$_] } | Should -Be 2
        (Get-StepRenewalTask).LastStatus | Should -Be Renewed, Renewed, Failed, Renewed, Renewed
    }

    It 'changes nothing with -WhatIf' {
        Register-StepRenewalTask web $path @forMe -WhatIf
        $env:STEPCARENEW_HOME | Should -Not -Exist
        Register-StepRenewalTask web $path @forMe | Out-Null
        $state = Get-ChildItem $folder -Recurse -File | ForEach-Object { Get-FileState $_.FullName }
        Invoke-StepRenewal -WhatIf | ForEach-Object Status | Should -BeExactly WouldRenew
        Unregister-StepRenewalTask * -WhatIf
        Get-ChildItem $folder -Recurse -File | ForEach-Object { Get-FileState $_.FullName } | Should -Be $state
    }

    It 'changes an existing registration as the new call says, and does not give a name to another certificate without -Force' {
        Register-StepRenewalTask web $path @forMe | Out-Null
        $task = Register-StepRenewalTask web $path @forMe -Interval 5m -ExpiresIn 8h -Rekey -KeyAlgorithm ec-p384 -LogPath (Join-Path $folder web.log)
        $task.Changed | Should -BeTrue
        $task.Interval | Should -BeExactly 5m
        $task.LogPath | Should -BeExactly (Join-Path $folder web.log)
        Invoke-StepRenewal -Name WEB -Force | ForEach-Object Status | Should -BeExactly Renewed
        (Get-StepCertificate $path).KeyAlgorithm | Should -Not -BeNullOrEmpty
        & openssl pkey -in $pair.KeyPath -noout -text 2>&1 | Select-Object -First 1 | Should -BeLike '*384*'
        $other = New-DuePair mail.local
        { Register-StepRenewalTask web $other.CertificatePath @forMe } | Should -Throw -ErrorId 'NameTaken,*'
        { Register-StepRenewalTask Web $path @forMe } | Should -Throw -ErrorId 'NameTaken,*'
        (Register-StepRenewalTask web $other.CertificatePath @forMe -Force).CertificatePath | Should -BeExactly $other.CertificatePath
    }

    Context '-RunNow' {
        It 'starts the registered run and reports its result' {
            $task = Register-StepRenewalTask web $path @forMe -RunNow
            $task.RunExitCode | Should -Be 0
            $task.LastStatus | Should -BeExactly Renewed
            $task = Register-StepRenewalTask web $path @forMe -FilePath false -RunNow -ErrorAction SilentlyContinue -ErrorVariable problem -InformationAction SilentlyContinue
            $task.RunExitCode | Should -Be 0 -Because 'nothing was due'
            $null = New-DuePair
            $task = Register-StepRenewalTask web $path @forMe -FilePath false -RunNow -ErrorAction SilentlyContinue -ErrorVariable problem
            $task.RunExitCode | Should -Be $ActionsFailed
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'RunNowFailed,*'
            $problem[0].Exception.Message | Should -BeLike '*ActionFailed*'
        }

        It 'tests the run if nothing is due, and renews once with -Force' {
            $null = New-DuePair -Age 00:01:00
            $serial = Get-LeafSerial $path
            $task = Register-StepRenewalTask web $path @forMe -RunNow -InformationAction SilentlyContinue -InformationVariable said
            $task.RunExitCode | Should -Be 0
            $task.LastStatus | Should -BeExactly NotDue
            "$said" | Should -BeLike '*web is not due*root of the CA*programs*-RunNow -Force*'
            Get-LeafSerial $path | Should -Be $serial
            Get-Content $task.LogPath | ConvertFrom-Json | ForEach-Object event | Should -Contain Tested
            $task = Register-StepRenewalTask web $path @forMe -RunNow -Force
            $task.LastStatus | Should -BeExactly Renewed
            Get-LeafSerial $path | Should -Not -Be $serial
            $serial = Get-LeafSerial $path
            (Invoke-ScheduledRun web).ExitCode | Should -Be 0
            Get-LeafSerial $path | Should -Be $serial -Because 'the order was for one run'
            (Get-Content $task.LogPath | ConvertFrom-Json | Where-Object event -EQ Tested).Count | Should -Be 1 -Because 'a run that nobody ordered tests nothing'
        }

        It 'reports in advance what would fail when the certificate is due: <Name>' -ForEach @(
            @{ Name = 'a CA that is down'; Arguments = @{ CaUrl = 'https://127.0.0.1:9'; Force = $true }; Break = { }; Problem = 'CaUnreachable' }
            @{ Name = 'a root that is another one'; Arguments = @{}; Break = { Copy-Item $path "$env:STEPCARENEW_HOME/renewals/web.root.crt" }; Problem = 'Root*' }
            @{ Name = 'a program that has gone'; Arguments = @{ FilePath = 'PROGRAM' }; Break = { Remove-Item "$folder/hook" }; Problem = 'ActionInvalid' }
        ) {
            $null = New-DuePair -Age 00:01:00
            New-TestHook hook
            $call = @{} + $forMe
            foreach ($key in $Arguments.Keys) { $call[$key] = $Arguments[$key] -replace 'PROGRAM', "$folder/hook" }
            $call.Remove('Force')
            if ($Arguments.Force) { $call.CaUrl = $ca.Url }
            Register-StepRenewalTask web $path @call | Out-Null
            if ($Arguments.CaUrl) {
                # Registered while the CA answered.
                $definition = "$env:STEPCARENEW_HOME/renewals/web.json"
                (Get-Content $definition -Raw) -replace [regex]::Escape($ca.Url), $Arguments.CaUrl | Set-Content $definition -NoNewline
            }
            & $Break
            # As -RunNow leaves the order, without a registration, which would find the same.
            Set-Content "$env:STEPCARENEW_HOME/state/web/run-now" test -NoNewline
            (Invoke-ScheduledRun web).ExitCode | Should -Be 1
            (Get-StepRenewalTask web).LastErrorId | Should -BeLike $Problem
        }
    }

    Context 'Programs of a run' {
        It 'are recorded with their full path, which -WhatIf and -AsText show; also those in sbin folders' {
            $only = Get-ChildItem /usr/local/sbin, /usr/sbin, /sbin -File -ErrorAction Ignore | Where-Object {
                $_.UnixFileMode.HasFlag([IO.UnixFileMode]::OtherExecute) -and -not (Test-Path "/usr/bin/$($_.Name)") -and -not (Test-Path "/bin/$($_.Name)") -and -not (Test-Path "/usr/local/bin/$($_.Name)")
            } | Select-Object -First 1
            if (-not $only) { return Skip-Test -Because 'every program of this machine is in bin' }
            $register = "Register-StepRenewalTask web '$path' -Scope CurrentUser -Scheduler Cron -StepPath '$($ca.Folder)' -FilePath $($only.Name) -ArgumentList s3cret"
            $run = Invoke-FreshPwsh -Environment @{ PATH = "$(Split-Path (Get-Command crontab -CommandType Application)[0].Source):/usr/bin:/bin:$([IO.Path]::GetDirectoryName([Environment]::ProcessPath))" } @"
                Import-Module '$(Join-Path (Get-TestPackage) 'StepCaRenew.psd1')'
                $register -WhatIf
                $register -AsText -Verbose 4>&1
                $register | Out-Null
                Invoke-StepRenewal '$path' -StepPath '$($ca.Folder)' -FilePath $($only.Name) -WhatIf | ForEach-Object Status
"@
            $run.Error | Should -BeNullOrEmpty
            $run.Output | Should -Match "What if:.*-FilePath (/usr(/local)?)?/sbin/$($only.Name) with 1 argument"
            $run.Output | Should -Match "The definition:(.|\n)*`"run`": `"(/usr(/local)?)?/sbin/$($only.Name)`""
            $run.Output | Should -Match '(?m)^WouldRenew$'
            ($run.Output -split "`n" | Where-Object { $_ -like 'What if*' }) -join '' | Should -Not -BeLike '*s3cret*'
            $definition = Get-Content "$env:STEPCARENEW_HOME/renewals/web.json" -Raw | ConvertFrom-Json
            $definition.actions[0].run | Should -BeExactly "$((Get-Item $only.FullName).Directory)/$($only.Name)"
        }

        It 'that are missing do not stop a scheduled renewal, but stop a call before it does anything' {
            New-TestHook hook
            Register-StepRenewalTask web $path @forMe -FilePath "$folder/hook" | Out-Null
            Remove-Item "$folder/hook"
            $serial = Get-LeafSerial $path
            { Invoke-StepRenewal -Name web -ErrorAction Stop } | Should -Throw -ErrorId 'ActionInvalid,*'
            Get-LeafSerial $path | Should -Be $serial
            $run = Invoke-ScheduledRun web
            $run.ExitCode | Should -Be $ActionsFailed -Because $run.Error
            Get-LeafSerial $path | Should -Not -Be $serial
            $task = Get-StepRenewalTask web
            $task.LastStatus, $task.LastErrorId, $task.ActionsPending | Should -Be Renewed, ActionFailed, $true
            # in a run of several, what is said begins with the name, once
            $other = Build-TestCertificate -Authority $authority -Folder $folder -Name other -Age 00:01:00
            Register-StepRenewalTask other $other.CertificatePath @forMe | Out-Null
            $several = Invoke-FreshPwsh "Import-Module '$(Join-Path (Get-TestPackage) 'StepCaRenew.psd1')'; Invoke-StepRenewal -Name web, other -Scheduled"
            $several.Output | Should -Match 'WARNING: web: An action cannot run: '
            $several.Output | Should -Not -Match 'web: web:'
            # and it is done when it is there again
            New-TestHook hook
            (Invoke-ScheduledRun web).ExitCode | Should -Be 0
            Get-Content "$folder/hook.ran" | Should -BeExactly ran
        }
    }

    Context 'An update' {
        BeforeEach {
            if ($ca.Reason -or -not $IsLinux) { return }
            $modules = Join-Path $folder 'my modules/StepCaRenew'
            function Add-Version {
                param([string] $Version)
                $target = Join-Path $modules $Version
                [IO.Directory]::CreateDirectory($modules) | Out-Null
                Copy-Item (Get-TestPackage) $target -Recurse
                $manifest = Join-Path $target StepCaRenew.psd1
                (Get-Content $manifest -Raw) -replace "(?m)^(\s*ModuleVersion\s*=\s*)'[^']+'", "`$1'$Version'" | Set-Content $manifest
            }
            Add-Version 0.1.0
            $registered = Invoke-FreshPwsh "Import-Module '$modules'; Register-StepRenewalTask web '$path' -Scope CurrentUser -Scheduler Cron -StepPath '$($ca.Folder)' | Out-Null"
            $registered.ExitCode | Should -Be 0 -Because $registered.Error
        }

        It 'of the module is used by the schedule without registering again, and other versions and pwsh find no difference' {
            Get-CronCommand web | Should -BeLike "*Import-Module '*/my modules/StepCaRenew'*"
            Get-CronCommand web | Should -Not -Match '\d+\.\d+\.\d+'
            $definition = Get-Content "$env:STEPCARENEW_HOME/renewals/web.json" -Raw | ConvertFrom-Json
            $definition.module | Should -BeExactly $modules
            $definition.pwsh | Should -Not -Match '\d+\.\d+'
            Add-Version 99.1.0
            Remove-Item (Join-Path $modules 0.1.0) -Recurse
            $serial = Get-LeafSerial $path
            $output = & env -i HOME=$HOME PATH=/usr/bin:/bin /bin/sh -c (Get-CronCommand web) 2>&1
            $LASTEXITCODE | Should -Be 0 -Because "$output"
            Get-LeafSerial $path | Should -Not -Be $serial
            # This process has loaded the module from elsewhere, as a third version.
            (Get-StepRenewalTask web).ScheduleDifferences | Where-Object { $_ -notlike 'No cron daemon runs*' } | Should -BeNullOrEmpty
            Add-Version 99.2.0
            $asked = Invoke-FreshPwsh "Import-Module '$modules'; (Get-Module StepCaRenew).Version.ToString(); (Get-StepRenewalTask web).ScheduleDifferences"
            $asked.Output -split "`n" | Where-Object { $_ -and $_ -notlike 'No cron daemon runs*' } | Should -Be 99.2.0
        }

        It 'in a folder that others can write is not run: <Name>' -ForEach @(
            @{ Name = 'the version that is loaded'; Open = { chmod 777 (Join-Path $modules 99.1.0/bin) } }
            @{ Name = 'the folder of versions, where sticky keeps them from the one that is there'; Open = { chmod 1777 $modules } }
        ) {
            Add-Version 99.1.0
            $serial = Get-LeafSerial $path
            & $Open
            & /bin/sh -c (Get-CronCommand web) *> $null
            $LASTEXITCODE | Should -Be $ConfigurationRefused
            (Get-StepRenewalTask web).LastErrorId | Should -BeExactly InsecureDefinition
            Get-LeafSerial $path | Should -Be $serial
        }

        It 'is not found if the module is not in a module folder, which is a warning' {
            $plain = Join-Path $folder plain
            Copy-Item (Get-TestPackage) $plain -Recurse
            Unregister-StepRenewalTask web
            $run = Invoke-FreshPwsh "Import-Module '$plain/StepCaRenew.psd1'; Register-StepRenewalTask web '$path' -Scope CurrentUser -Scheduler Cron -StepPath '$($ca.Folder)' 3>&1 | Out-String -Width 1000"
            $run.Output | Should -BeLike '*register again*'
            Get-CronCommand web | Should -BeLike "*Import-Module '*$plain/StepCaRenew.psd1'*"
            & /bin/sh -c (Get-CronCommand web) *> $null
            $LASTEXITCODE | Should -Be 0
        }
    }

    Context 'A certificate that another program replaced' {
        BeforeEach {
            $pair = New-DuePair -Age '01:00:00'
            Register-StepRenewalTask web $path @forMe -FilePath sh -ArgumentList '-c', 'echo "$STEPCARENEW_OLD_SERIAL $STEPCARENEW_SERIAL" >> "$0/served"', $folder -WarningAction Ignore | Out-Null
            $served = Join-Path $folder served
            $old = Get-LeafSerial $path
        }

        It 'is the baseline of its registration, for which no action runs' {
            $run = Invoke-ScheduledRun web
            $run.ExitCode | Should -Be 0 -Because $run.Output
            $served | Should -Not -Exist
        }

        It 'is served once, after a run by path that names the registration' {
            $byPath = Invoke-StepRenewal $path @atCa -Force -WarningVariable warnings -WarningAction SilentlyContinue
            $byPath.Status | Should -BeExactly Renewed
            $warnings | Should -HaveCount 1
            "$warnings" | Should -BeLike "*registered as 'web'*"
            $served | Should -Not -Exist
            $result = Invoke-StepRenewal -Name web
            $result.Status | Should -BeExactly NotDue
            $result.ActionsPending | Should -BeFalse
            Invoke-StepRenewal -Name web | Out-Null
            Get-Content $served | Should -BeExactly "$old $($byPath.SerialNumber)"
        }

        It 'is served although it was registered again in between' {
            New-DuePair -Age '00:30:00' | Out-Null
            $new = Get-LeafSerial $path
            Register-StepRenewalTask web $path @forMe -FilePath sh -ArgumentList '-c', 'echo "$STEPCARENEW_OLD_SERIAL $STEPCARENEW_SERIAL" >> "$0/served"', $folder -WarningAction Ignore | Out-Null
            (Invoke-StepRenewal -Name web).ActionsPending | Should -BeFalse
            Get-Content $served | Should -BeExactly "$old $new"
        }

        It 'is served although it was registered again in between, by a link' {
            New-DuePair -Age '00:30:00' | Out-Null
            $new = Get-LeafSerial $path
            $links = [IO.Directory]::CreateDirectory("$folder/links").FullName
            New-Item -ItemType SymbolicLink "$links/web.crt" -Target $path | Out-Null
            Register-StepRenewalTask web "$links/web.crt" -KeyPath $pair.KeyPath @forMe -FilePath sh -ArgumentList '-c', 'echo "$STEPCARENEW_OLD_SERIAL $STEPCARENEW_SERIAL" >> "$0/served"', $folder -WarningAction Ignore | Out-Null
            (Invoke-StepRenewal -Name web).ActionsPending | Should -BeFalse
            Get-Content $served | Should -BeExactly "$old $new"
        }

        # The action fails for ever, until somebody makes the file that it looks for.
        It 'is accepted by registering it again, also with a root that did not issue it' {
            $action = @{ FilePath = 'sh'; ArgumentList = '-c', 'test -e "$0/open" && echo "$STEPCARENEW_OLD_SERIAL $STEPCARENEW_SERIAL" >> "$0/served"', $folder }
            Register-StepRenewalTask web $path @forMe @action -WarningAction Ignore | Out-Null
            New-DuePair -Age '00:30:00' | Out-Null
            $new = Get-LeafSerial $path
            (Invoke-ScheduledRun web).ExitCode | Should -Be $ActionsFailed
            [IO.File]::WriteAllText("$folder/next.crt", (Build-TestAuthority).Root.ExportCertificatePem())
            Register-StepRenewalTask web $path -Scope CurrentUser -Scheduler Cron -CaUrl $ca.Url -Root "$folder/next.crt" -Force @action -WarningAction Ignore | Out-Null
            $run = Invoke-ScheduledRun web
            $run.ExitCode | Should -Be $ActionsFailed -Because $run.Output
            Set-Content "$folder/open" open
            $run = Invoke-ScheduledRun web
            $run.ExitCode | Should -Be 0 -Because $run.Output
            Get-Content $served | Should -BeExactly "$old $new"

            # Only that certificate was accepted.
            New-DuePair -Age '00:15:00' | Out-Null
            (Invoke-ScheduledRun web).ExitCode | Should -Be 1
            (Get-StepRenewalTask web).LastErrorId | Should -BeExactly ForeignCertificate
        }

        It 'is named by a warning if it is unregistered before its actions ran' {
            New-DuePair -Age '00:30:00' | Out-Null
            Unregister-StepRenewalTask web -WarningVariable warnings -WarningAction SilentlyContinue
            $warnings | Should -HaveCount 1
            "$warnings" | Should -BeLike "web: *$path*actions*"
        }

        It 'is named by a warning if its renewal gets another certificate before its actions ran' {
            New-DuePair -Age '00:30:00' | Out-Null
            $other = New-DuePair -Name other.local
            Register-StepRenewalTask web $other.CertificatePath -Force @forMe -WarningVariable warnings -WarningAction SilentlyContinue | Out-Null
            "$warnings" | Should -BeLike "*web: *$path*actions*"
        }

        It 'needs no warning if its actions ran' {
            Unregister-StepRenewalTask web -WarningVariable warnings -WarningAction SilentlyContinue
            $warnings | Should -BeNullOrEmpty
        }

        It 'keeps its state if registering another certificate fails' {
            New-DuePair -Age '00:30:00' | Out-Null
            $state = Get-Content $env:STEPCARENEW_HOME/state/web/state.json -Raw
            $state | Should -Not -BeNullOrEmpty
            $other = New-DuePair -Name other.local
            (Get-Content $folder/crontab -Raw).Replace('-) cat', '-) exit 1; cat') | Set-Content $folder/crontab
            { Register-StepRenewalTask web $other.CertificatePath -Force -Interval 1h @forMe -WarningAction Ignore -ErrorAction Stop } | Should -Throw
            Get-Content $env:STEPCARENEW_HOME/state/web/state.json -Raw | Should -BeExactly $state
        }

        It 'is not served with <Name>' -ForEach @(
            @{ Name = 'another key'; Replace = { $key = Get-Content $pair.KeyPath -Raw; New-DuePair -Age '00:30:00' | Out-Null; Set-Content $pair.KeyPath $key -NoNewline; (Get-Item $pair.KeyPath), (Get-Item $path) | ForEach-Object { $_.LastWriteTime = [DateTime]::Now.AddHours(-1) } } }
            @{ Name = 'other names'; Replace = { $other = New-DuePair -Name other.local -Age '00:30:00'; Move-Item $other.CertificatePath $path -Force; Move-Item $other.KeyPath $pair.KeyPath -Force } }
        ) {
            & $Replace
            $run = Invoke-ScheduledRun web
            $run.ExitCode | Should -Be 1 -Because $run.Output
            $task = Get-StepRenewalTask web
            $task.LastErrorId | Should -BeExactly ForeignCertificate
            "$($task.HealthDetails)" | Should -BeLike '*ForeignCertificate*'
            $served | Should -Not -Exist
        }
    }

    Context 'A registration that exists' {
        It 'is replaced, with a warning of removed settings; -WhatIf shows the differences' {
            New-TestHook hook
            Register-StepRenewalTask web $path @forMe -Interval 5m -FilePath "$folder/hook" -ArgumentList s3cret -LockTimeout 7s | Out-Null
            $state = Get-ChildItem $folder -Recurse -File | ForEach-Object { Get-FileState $_.FullName }
            $script = "Import-Module '$(Join-Path (Get-TestPackage) 'StepCaRenew.psd1')'; Register-StepRenewalTask web '$path' -Scope CurrentUser -Scheduler Cron -StepPath '$($ca.Folder)' -Interval 10m -Rekey"
            $whatIf = (Invoke-FreshPwsh "$script -WhatIf").Output -split "`n" | Where-Object { $_ -like 'What if*' }
            $whatIf | Should -BeLike "*changes: *-FilePath $folder/hook with 1 argument is dropped*-Interval 10m instead of 5m*-Rekey is added*"
            $whatIf | Should -BeLike '*-LockTimeout 7s is dropped*'
            $whatIf | Should -Not -BeLike '*s3cret*'
            Get-ChildItem $folder -Recurse -File | ForEach-Object { Get-FileState $_.FullName } | Should -Be $state
            Register-StepRenewalTask web $path @forMe -Interval 10m -WarningAction SilentlyContinue -WarningVariable warning | Out-Null
            $warning | Should -BeLike "web:*drops*-LockTimeout 7s*-FilePath $folder/hook with 1 argument*"
            $warning | Should -Not -BeLike '*Interval*'
            Register-StepRenewalTask web $path @forMe -Interval 10m -WarningAction SilentlyContinue -WarningVariable warning | Out-Null
            $warning | Should -BeNullOrEmpty
        }

        It 'for the same certificate under another name is refused without -Force, also through links' {
            Register-StepRenewalTask web $path @forMe | Out-Null
            New-Item "$folder/link.crt" -ItemType SymbolicLink -Target $path | Out-Null
            New-Item "$folder/link.key" -ItemType SymbolicLink -Target $pair.KeyPath | Out-Null
            foreach ($same in $path, "$folder/link.crt") {
                { Register-StepRenewalTask mail $same @forMe } | Should -Throw -ErrorId 'CertificateRegistered,*' -ExpectedMessage "*'web'*"
            }
            (Get-StepRenewalTask).Name | Should -Be web
            Register-StepRenewalTask mail $path @forMe -Force -WarningAction SilentlyContinue -WarningVariable warning | Out-Null
            $warning | Should -BeLike "*'web'*"
            (Get-StepRenewalTask).Name | Should -Be mail, web
        }
    }

    It 'refuses -Rekey of a key that a certificate in another folder uses, if that is registered or named in the same call' {
        $other = Join-Path ([IO.Directory]::CreateDirectory((Join-Path $folder mail)).FullName) mail.crt
        Copy-Item $path $other
        New-Item -ItemType SymbolicLink (Join-Path $folder mail/mail.key) -Target $pair.KeyPath | Out-Null
        $key = Get-FileState $pair.KeyPath

        # In one call, each of the two uses the key of the other.
        $results = Invoke-StepRenewal $path, $other @atCa -Force -Rekey -ErrorAction SilentlyContinue
        $results.ErrorId | Should -Be KeyShared, KeyShared
        $results[0].Message | Should -BeLike "*'$other'*"
        $results[1].Message | Should -BeLike "*'$path'*"

        # Registered; then neither a call by hand nor another registration replaces the key.
        Register-StepRenewalTask mail $other @forMe | Out-Null
        (Invoke-StepRenewal $path @atCa -Force -Rekey -ErrorAction SilentlyContinue).ErrorId | Should -BeExactly KeyShared
        { Register-StepRenewalTask web $path @forMe -Rekey } | Should -Throw -ErrorId 'KeyShared,*' -ExpectedMessage "*'$other'*"

        # Registered later than the other one.
        Unregister-StepRenewalTask mail -Confirm:$false
        Register-StepRenewalTask web $path @forMe -Rekey | Out-Null
        Register-StepRenewalTask mail $other @forMe | Out-Null
        (Invoke-StepRenewal -Name web -Force -ErrorAction SilentlyContinue).ErrorId | Should -BeExactly KeyShared
        Get-FileState $pair.KeyPath | Should -Be $key
        (Invoke-StepRenewal -Name mail -Force).Status | Should -BeExactly Renewed

        # Without the other one.
        Unregister-StepRenewalTask mail -Confirm:$false
        (Invoke-StepRenewal -Name web -Force).Status | Should -BeExactly Renewed
        Get-FileState $pair.KeyPath | Should -Not -Be $key
    }

    It 'refuses -Rekey next to a running daemon for the same files, and warns without -Rekey' {
        if (-not (Get-Command bash -ErrorAction Ignore)) { return Skip-Test -Because 'bash gives a process another name' }
        # A process whose command line is that of the daemon; it ends with its input.
        Set-Content "$folder/ca" 'read line'
        $start = [Diagnostics.ProcessStartInfo]::new('bash', [string[]] ('-c', 'exec -a step bash ca renew --daemon "$0" "$1"', $path, $pair.KeyPath))
        $start.WorkingDirectory = $folder
        $start.RedirectStandardInput = $true
        $daemon = [Diagnostics.Process]::Start($start)
        try {
            Wait-Until { (Get-Content "/proc/$($daemon.Id)/cmdline" -Raw) -like 'step*ca*' } | Should -BeTrue
            { Register-StepRenewalTask web $path @forMe -Rekey -Force } | Should -Throw -ErrorId 'DaemonRunning,*' -ExpectedMessage "*$($daemon.Id)*"
            $env:STEPCARENEW_HOME | Should -Not -Exist
            Register-StepRenewalTask web $path @forMe -WarningAction SilentlyContinue -WarningVariable warning | Out-Null
            "$warning" | Should -BeLike "*$($daemon.Id)*"
        }
        finally {
            $daemon.StandardInput.Close()
            if (-not $daemon.WaitForExit(5000)) { $daemon.Kill() }
            $daemon.Dispose()
        }
        Register-StepRenewalTask web $path @forMe -Rekey | Out-Null
    }

    It 'keeps a monitor''s address and a password out of definition, schedule and log' {
        Protect-TestKey $pair.KeyPath 's3cret-pa55word'
        Set-Content (Join-Path $folder web.pass) 's3cret-pa55word'
        $all = Register-StepRenewalTask web $path @forMe -KeyPasswordFile (Join-Path $folder web.pass) -HealthCheckUri http://127.0.0.1:9/s3cret-pa7h -Verbose *>&1 | Out-String
        $all += Invoke-StepRenewal -Name web -Verbose *>&1 | Out-String
        (Get-StepRenewalTask web).LastStatus | Should -BeExactly Renewed
        $secret = Join-Path $env:STEPCARENEW_HOME renewals/web.health-check
        [int] [IO.File]::GetUnixFileMode($secret) | Should -Be 0x180
        $text = $all + (Get-Content (Join-Path $folder tab) -Raw) + (Get-ChildItem $env:STEPCARENEW_HOME -Recurse -File | Where-Object FullName -NE $secret | Get-Content -Raw)
        $text.Contains('s3cret') | Should -BeFalse
        Register-StepRenewalTask web $path @forMe -KeyPasswordFile (Join-Path $folder web.pass) | Out-Null
        $secret | Should -Not -Exist
    }

    It 'restores everything if the schedule cannot be created' {
        Register-StepRenewalTask web $path @forMe | Out-Null
        Set-Content (Join-Path $folder crontab) "#!/bin/sh`n[ `$1 = -l ] && exec cat `"`$(dirname `"`$0`")/tab`"`necho 'crontab: no space' >&2; exit 1"
        $definition = Get-Content (Join-Path $env:STEPCARENEW_HOME renewals/web.json) -Raw
        { Register-StepRenewalTask web $path @forMe -Interval 5m } | Should -Throw -ErrorId 'SchedulerFailed,*'
        { Register-StepRenewalTask mail (New-DuePair mail.local).CertificatePath @forMe } | Should -Throw -ErrorId 'SchedulerFailed,*'
        Get-Content (Join-Path $env:STEPCARENEW_HOME renewals/web.json) -Raw | Should -BeExactly $definition
        Join-Path $env:STEPCARENEW_HOME renewals/mail.json | Should -Not -Exist
        (Get-StepRenewalTask).Name | Should -Be web
    }

    Context 'Refused before anything is written' {
        It '<Name>' -ForEach @(
            @{ Name = 'a name with a slash'; Arguments = @{ Name = 'a/b' }; ErrorId = 'NameInvalid' }
            @{ Name = 'a device of Windows'; Arguments = @{ Name = 'nul' }; ErrorId = 'NameInvalid' }
            @{ Name = 'a certificate that is not there'; Arguments = @{ CertificatePath = '/missing.crt' }; ErrorId = 'FileNotFound' }
            @{ Name = 'an interval that cron cannot keep'; Arguments = @{ Interval = '7m' }; ErrorId = 'IntervalInvalid' }
            @{ Name = 'an interval that leaves too few tries'; Arguments = @{ Interval = '6h' }; ErrorId = 'IntervalInvalid' }
            @{ Name = 'a rule that is never met'; Arguments = @{ ExpiresIn = '48h' }; ErrorId = 'ExpiresInTooLong' }
            @{ Name = 'a CA that is not there'; Arguments = @{ CaUrl = 'https://127.0.0.1:9' }; ErrorId = 'CaUnreachable' }
            @{ Name = 'a program that is not there'; Arguments = @{ FilePath = 'no-such-program' }; ErrorId = 'ActionInvalid' }
            @{ Name = 'an account for a user''s own'; Arguments = @{ UserId = 'nobody' }; ErrorId = 'ConflictingParameters' }
            @{ Name = 'Task Scheduler on Linux'; Arguments = @{ Scheduler = 'TaskScheduler' }; ErrorId = 'SchedulerUnavailable' }
            @{ Name = 'a key algorithm without a new key'; Arguments = @{ KeyAlgorithm = 'EC-P384' }; ErrorId = 'ConflictingParameters' }
        ) {
            $call = @{ Name = 'web'; CertificatePath = $path } + $forMe
            foreach ($key in $Arguments.Keys) { $call[$key] = $Arguments[$key] }
            { Register-StepRenewalTask @call } | Should -Throw -ErrorId "$ErrorId,*"
            $env:STEPCARENEW_HOME | Should -Not -Exist
            Join-Path $folder tab | Should -Not -Exist
        }

        It 'a lifetime that is too short; the error has the numbers' {
            $short = Build-TestCertificate -Authority $authority -Folder $folder -Name short.local -Lifetime 01:00:00
            { Register-StepRenewalTask web $short.CertificatePath @forMe } | Should -Throw -ErrorId 'LifetimeTooShort,*' -ExpectedMessage '*1h*1h 36m*'
            (Register-StepRenewalTask web $short.CertificatePath @forMe -Interval 1m).Interval | Should -BeExactly 1m
        }

        It 'a pair that does not match' {
            Copy-Item (New-DuePair mail.local).KeyPath $pair.KeyPath
            { Register-StepRenewalTask web $path @forMe } | Should -Throw -ErrorId 'KeyMismatch,*'
        }

        It 'an account that cannot read the pair, write its folder, or keep its owner' {
            if ([Environment]::UserName -ne 'root') { return Skip-Test -Because 'only root registers for others' }
            $forNobody = @{ UserId = 'nobody'; Scheduler = 'Cron'; WhatIf = $true } + $atCa
            chmod 600 $pair.KeyPath
            { Register-StepRenewalTask web $path @forNobody } | Should -Throw -ErrorId 'AccessDenied,*' -ExpectedMessage '*nobody*'
            chown nobody: $pair.KeyPath
            { Register-StepRenewalTask web $path @forNobody } | Should -Throw -ErrorId 'PermissionsNotKept,*' -ExpectedMessage '*root*'
            chown nobody:root $path
            { Register-StepRenewalTask web $path @forNobody } | Should -Throw -ErrorId 'PermissionsNotKept,*'
            chown nobody: $path
            { Register-StepRenewalTask web $path @forNobody } | Should -Throw -ErrorId 'FolderNotWritable,*'
            chown nobody $folder
            Register-StepRenewalTask web $path @forNobody
            $env:STEPCARENEW_HOME | Should -Not -Exist
        }

        It 'a service without a running systemd, unless with -Force' {
            if (Test-Path /run/systemd/system) { return Set-ItResult -Skipped -Because 'systemd runs here' }
            if (-not (Get-Command systemctl -ErrorAction Ignore)) { return Set-ItResult -Skipped -Because 'there is no systemctl here' }
            { Register-StepRenewalTask web $path @forMe -ReloadService nginx } | Should -Throw -ErrorId 'SystemdNotRunning,*'
            $env:STEPCARENEW_HOME | Should -Not -Exist
            Register-StepRenewalTask web $path @forMe -ReloadService nginx -Force -WarningAction SilentlyContinue -WarningVariable warning | Out-Null
            "$warning" | Should -BeLike '*nginx*'
        }

        It 'a log or a module that an account cannot use' {
            if ([Environment]::UserName -ne 'root') { return Skip-Test -Because 'only root registers for others' }
            chown -R nobody: $folder
            $forNobody = @{ UserId = 'nobody'; Scheduler = 'Cron'; WhatIf = $true } + $atCa
            Register-StepRenewalTask web $path @forNobody
            $logs = Get-NewFolder
            { Register-StepRenewalTask web $path @forNobody -LogPath "$logs/web.log" } | Should -Throw -ErrorId 'LogNotWritable,*' -ExpectedMessage "*nobody*$logs*"
            { Register-StepRenewalTask web $path @forNobody -LogPath $logs } | Should -Throw -ErrorId 'LogNotWritable,*'
            Set-Content "$logs/web.log" ''
            chown nobody: "$logs/web.log"
            Register-StepRenewalTask web $path @forNobody -LogPath "$logs/web.log"
            # Installed for root alone.
            $module = Join-Path (Get-NewFolder) StepCaRenew
            Copy-Item (Get-TestPackage) $module -Recurse
            chmod 700 $module
            $run = Invoke-FreshPwsh "Import-Module '$module'; try { Register-StepRenewalTask web '$path' -UserId nobody -Scheduler Cron -StepPath '$($ca.Folder)' -WhatIf } catch { `$_.FullyQualifiedErrorId }"
            $run.Output | Should -BeLike '*AccessDenied,*'
        }

        It 'a log that an unprivileged user cannot write' {
            if ([Environment]::UserName -ne 'root') { return Skip-Test -Because 'only root can become another user' }
            chown -R nobody: $folder
            Copy-Item $ca.RootPath "$folder/root.crt"
            chmod 644 "$folder/root.crt"
            chmod 755 $TestDrive
            $script = "Import-Module '$(Join-Path (Get-TestPackage) 'StepCaRenew.psd1')'; try { Register-StepRenewalTask web '$path' -Scope CurrentUser -Scheduler Cron -CaUrl $($ca.Url) -Root '$folder/root.crt' -LogPath LOG | ForEach-Object Name } catch { `$_.FullyQualifiedErrorId }"
            $as = @{ Through = 'setpriv', '--reuid=nobody', "--regid=$(id -g nobody)", '--clear-groups'; Environment = @{ HOME = $folder } }
            $run = Invoke-FreshPwsh $script.Replace('LOG', '/var/log/stepcarenew-test-of-log.log') @as
            $run.Output | Should -BeLike 'LogNotWritable,*' -Because $run.Error
            $run = Invoke-FreshPwsh $script.Replace('LOG', "'$folder/web.log'") @as
            $run.Output.Trim() | Should -BeExactly web -Because $run.Error
        }

        It 'a CA that is down, unless with -Force' {
            $task = Register-StepRenewalTask web $path @forMe -CaUrl https://127.0.0.1:9 -Force -WarningAction SilentlyContinue -WarningVariable warning
            $task.Changed | Should -BeTrue
            $warning | Should -BeLike '*-Force*'
        }
    }

    Context 'Files that others can write are refused, at registration and at every run' {
        It '<Name>' -ForEach @(
            @{ Name = 'the definition'; Open = { chmod 666 "$env:STEPCARENEW_HOME/renewals/web.json" }; ErrorId = 'InsecureDefinition'; Right = '*mode 0666*' }
            @{ Name = 'the folder of definitions'; Open = { chmod 777 "$env:STEPCARENEW_HOME/renewals" }; ErrorId = 'InsecureDefinition'; Right = '*mode 0777*' }
            @{ Name = 'the script'; Open = { chmod 622 "$folder/after.ps1" }; ErrorId = 'InsecureDefinition'; Right = '*the script*mode 0622*' }
            @{ Name = 'the state'; Open = { chmod 777 "$env:STEPCARENEW_HOME/state" }; ErrorId = 'InsecureFolder'; Right = '*state*' }
        ) {
            Set-Content "$folder/after.ps1" "'done'"
            Register-StepRenewalTask web $path @forMe -ScriptPath "$folder/after.ps1" | Out-Null
            & $Open
            $serial = Get-LeafSerial $path
            { Invoke-StepRenewal -Name web -ErrorAction Stop } | Should -Throw -ErrorId "$ErrorId,*" -ExpectedMessage $Right
            (Invoke-ScheduledRun web).ExitCode | Should -Be $ConfigurationRefused
            Get-LeafSerial $path | Should -Be $serial
            { Register-StepRenewalTask web $path @forMe -ScriptPath "$folder/after.ps1" } | Should -Throw -ErrorId "$ErrorId,*"
        }
    }

    It 'runs signals in the strict sandbox, and programs and services in the other one' {
        $unit = @{ Scheduler = 'Systemd'; Scope = 'Machine'; AsText = $true } + $atCa
        Set-Content "$folder/pid" $PID
        Register-StepRenewalTask web $path @unit | Should -Match '(?m)^ProtectSystem=strict$'
        $signal = Register-StepRenewalTask web $path @unit -Signal HUP -PidFile "$folder/pid"
        $signal | Should -Match '(?m)^ProtectSystem=strict$'
        $signal | Should -Match '(?m)^CapabilityBoundingSet=.*CAP_KILL'
        Register-StepRenewalTask web $path @unit -Signal HUP -PidFile "$folder/pid" -FilePath true | Should -Match '(?m)^ProtectSystem=full$'
    }

    It 'accepts a definition that was written by hand' {
        [IO.Directory]::CreateDirectory("$env:STEPCARENEW_HOME/renewals") | Out-Null
        Set-Content "$env:STEPCARENEW_HOME/renewals/mail.json" @"
{
  // from a playbook
  "certificate": "$path",
  "ca": { "stepPath": "$($ca.Folder)" },
}
"@
        Invoke-StepRenewal -Name mail | ForEach-Object Status | Should -BeExactly Renewed
        $task = Get-StepRenewalTask
        $task.LastStatus | Should -BeExactly Renewed
        $task.ScheduleHealthy | Should -BeFalse
        $task.ScheduleDifferences | Should -Be 'There is no schedule.'
        Set-Content "$env:STEPCARENEW_HOME/renewals/mail.json" "{`n  `"certificate`": `"web.crt`"`n}"
        { Invoke-StepRenewal -Name mail -ErrorAction Stop } | Should -Throw -ErrorId 'DefinitionInvalid,*' -ExpectedMessage "*mail.json', line 2, property 'certificate'*"
    }

    It 'uses the definition; a call can set only what applies to one run' {
        Register-StepRenewalTask web $path @forMe | Out-Null
        { Invoke-StepRenewal -Name web -RestartService nginx } | Should -Throw -ErrorId 'ConflictingParameters,*'
        { Invoke-StepRenewal -Name nope -ErrorAction Stop } | Should -Throw -ErrorId 'NotRegistered,*'
        Invoke-StepRenewal -Name nope* | Should -BeNullOrEmpty
        # Never by the property Name: what comes from the pipeline is a path.
        { [pscustomobject] @{ Name = 'web' } | Invoke-StepRenewal -ErrorAction Stop } | Should -Throw -ErrorId 'FileNotFound,*'
        (TabExpansion2 'Get-StepRenewalTask w' 21).CompletionMatches.CompletionText | Should -Be web
        (TabExpansion2 'Invoke-StepRenewal -Name w' 26).CompletionMatches.CompletionText | Should -Be web
    }

    It 'continues after a damaged state and loses only the history' {
        Register-StepRenewalTask web $path @forMe | Out-Null
        Invoke-StepRenewal -Name web | Out-Null
        Set-Content "$env:STEPCARENEW_HOME/state/web/state.json" '{ damaged'
        $task = Get-StepRenewalTask web -WarningAction SilentlyContinue -WarningVariable warning
        $task.LastAttempt | Should -BeNullOrEmpty
        $warning | Should -BeLike '*state*'
        Invoke-StepRenewal -Name web -WarningAction SilentlyContinue | ForEach-Object Status | Should -BeExactly NotDue
        (Get-StepRenewalTask web).LastStatus | Should -BeExactly NotDue
    }

    It 'shows with -AsText what would be registered, for every scheduler, and changes nothing' {
        $xml = [xml] (Register-StepRenewalTask web $path @atCa -Scheduler TaskScheduler -AsText)
        $xml.Task.Actions.Exec.Arguments | Should -BeLike '*-NonInteractive*Invoke-StepRenewal*web*'
        Register-StepRenewalTask web $path @atCa -Scheduler Systemd -AsText | Should -BeLike '*OnCalendar=*'
        Register-StepRenewalTask web $path @atCa -Scheduler Cron -AsText | Should -BeLike '*root*'
        $env:STEPCARENEW_HOME | Should -Not -Exist
    }
}
