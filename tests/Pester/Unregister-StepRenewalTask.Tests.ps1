BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestTasks.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
    $before = @{ STEPCARENEW_HOME = $env:STEPCARENEW_HOME; PATH = $env:PATH }
    $ca = Open-TestCa DevCa
    if (-not $ca.Reason) { $authority = Get-CaAuthority $ca }
}

AfterAll {
    Close-TestCa $ca
    Restore-Environment $environment
    foreach ($name in $before.Keys) { [Environment]::SetEnvironmentVariable($name, $before[$name]) }
}

Describe 'Unregister-StepRenewalTask' {
    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        if (-not $IsLinux) { return Set-ItResult -Skipped -Because 'these tests register with cron; TaskScheduler.Tests.ps1 has those of Windows' }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $env:STEPCARENEW_HOME = Join-Path $folder home
        $env:PATH = "$(Split-Path (Build-TestCrontab $folder)):$($before.PATH)"
        foreach ($one in 'web', 'mail') {
            $pair = Build-TestCertificate -Authority $authority -Folder $folder -Name "$one.local"
            Register-StepRenewalTask $one $pair.CertificatePath -Scope CurrentUser -Scheduler Cron -StepPath $ca.Folder | Out-Null
        }
    }

    It 'removes schedule, definition and state, and keeps certificate, key and other renewals' {
        Invoke-StepRenewal -Name web -Force | Out-Null
        $kept = Get-ChildItem $folder -File -Filter *.local.* | ForEach-Object { Get-FileState $_.FullName }
        Unregister-StepRenewalTask web
        (Get-StepRenewalTask).Name | Should -Be mail
        Get-ChildItem $env:STEPCARENEW_HOME -Recurse -File | Where-Object { $_.Name -like 'web*' -or $_.FullName -like '*/state/web/*' } | Should -BeNullOrEmpty
        $tab = Get-Content (Join-Path $folder tab) -Raw
        $tab | Should -Not -BeLike "*'web'*"
        $tab | Should -BeLike '*mail*'
        Get-ChildItem $folder -File -Filter *.local.* | ForEach-Object { Get-FileState $_.FullName } | Should -Be $kept
    }

    It 'accepts wildcards, and a name in any case' {
        Unregister-StepRenewalTask WE*
        (Get-StepRenewalTask).Name | Should -Be mail
        Unregister-StepRenewalTask MAIL
        { Invoke-StepRenewal -ErrorAction Stop } | Should -Throw -ErrorId 'NothingRegistered,*'
    }

    It 'asks if a wildcard matches several, and removes nothing if nobody can answer' {
        foreach ($call in 'Unregister-StepRenewalTask *', 'Unregister-StepRenewalTask w*, m*') {
            # -NonInteractive; and an input that has ended.
            $run = Invoke-FreshPwsh "Import-Module '$(Join-Path (Get-TestPackage) 'StepCaRenew.psd1')'; try { $call } catch { `$_.FullyQualifiedErrorId; `$_.ErrorDetails.RecommendedAction }"
            $run.Output | Should -BeLike 'ConfirmationRequired,*-Force*'
            $output = @() | & pwsh -NoProfile -Command "Import-Module '$(Join-Path (Get-TestPackage) 'StepCaRenew.psd1')'; try { $call } catch { `$_.FullyQualifiedErrorId }" 2>&1 | Out-String
            $output | Should -BeLike '*2 renewals: *ConfirmationRequired,*'
        }
        (Get-StepRenewalTask).Name | Should -Be mail, web
    }

    It 'accepts the answer: <Answer>' -ForEach @(
        @{ Answer = 'n'; Left = 'mail,web' }
        @{ Answer = 'y'; Left = '' }
    ) {
        $output = $Answer | & pwsh -NoProfile -Command "Import-Module '$(Join-Path (Get-TestPackage) 'StepCaRenew.psd1')'; Unregister-StepRenewalTask *; exit 7" 2>&1 | Out-String
        $LASTEXITCODE | Should -Be 7 -Because $output
        $output | Should -BeLike '*2 renewals: mail, web*'
        @(Get-StepRenewalTask | ForEach-Object Name) -join ',' | Should -Be $Left
    }

    It 'does not ask for names, for a pattern of one, with -Force, or with -Confirm:$false' {
        $none = Invoke-FreshPwsh "Import-Module '$(Join-Path (Get-TestPackage) 'StepCaRenew.psd1')'; Unregister-StepRenewalTask web, mail -WhatIf; Unregister-StepRenewalTask * -WhatIf; Unregister-StepRenewalTask x*; Unregister-StepRenewalTask web, m*"
        $none.ExitCode | Should -Be 0 -Because $none.Error
        Get-StepRenewalTask * | Should -BeNullOrEmpty
        foreach ($switch in '-Force', '-Confirm:$false') {
            foreach ($one in 'web', 'mail') { Register-StepRenewalTask $one (Join-Path $folder "$one.local.crt") -Scope CurrentUser -Scheduler Cron -StepPath $ca.Folder | Out-Null }
            $run = Invoke-FreshPwsh "Import-Module '$(Join-Path (Get-TestPackage) 'StepCaRenew.psd1')'; Unregister-StepRenewalTask * $switch"
            $run.ExitCode | Should -Be 0 -Because $run.Error
            Get-StepRenewalTask * | Should -BeNullOrEmpty
        }
    }

    It 'removes the locks of the pair, unless a run holds one' {
        Invoke-StepRenewal -Force | Out-Null
        $locks = { Get-ChildItem $folder -Force -File | Where-Object Name -Match '^\.(web|mail)\..*\.stepcarenew-(lock|acting)$' | ForEach-Object Name }
        & $locks | Should -Contain .web.local.crt.stepcarenew-lock
        Unregister-StepRenewalTask web
        & $locks | Should -Not -Contain .web.local.crt.stepcarenew-lock
        & $locks | Should -Contain .mail.local.crt.stepcarenew-lock
        $held = "$folder/.mail.local.crt.stepcarenew-lock"
        $start = [Diagnostics.ProcessStartInfo]::new('flock', [string[]] ('-x', $held, 'sh', '-c', 'echo held; read line'))
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
        $holder = [Diagnostics.Process]::Start($start)
        try {
            $holder.StandardOutput.ReadLine() | Should -BeExactly held
            Unregister-StepRenewalTask mail
        }
        finally {
            $holder.StandardInput.Close()
            $holder.WaitForExit(5000) | Out-Null
            $holder.Dispose()
        }
        $held | Should -Exist
        Get-StepRenewalTask * | Should -BeNullOrEmpty
    }

    It 'names a server that does not serve the certificate' {
        $server = "127.0.0.1:$(Get-FreePort)"
        Register-StepRenewalTask web (Join-Path $folder web.local.crt) -Scope CurrentUser -Scheduler Cron -StepPath $ca.Folder -ServedBy $server -ServedTimeout 200ms -WarningAction SilentlyContinue | Out-Null
        (Invoke-StepRenewal -Name web -Force -ErrorAction SilentlyContinue).ActionsPending | Should -BeTrue
        Unregister-StepRenewalTask web -WarningVariable warnings -WarningAction SilentlyContinue
        "$warnings" | Should -BeLike "web: *pending*-ServedBy *$server*"
    }

    It 'does not warn of follow-ups that are done' {
        $bundle = Join-Path $folder bundle.pem
        Register-StepRenewalTask web (Join-Path $folder web.local.crt) -Scope CurrentUser -Scheduler Cron -StepPath $ca.Folder -BundlePath $bundle -WarningAction SilentlyContinue | Out-Null
        (Invoke-StepRenewal -Name web -Force).ActionsPending | Should -BeFalse
        $bundle | Should -Exist
        Unregister-StepRenewalTask web -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings | Should -BeNullOrEmpty
    }

    It 'removes a definition that cannot be read' {
        Set-Content (Join-Path $env:STEPCARENEW_HOME renewals/web.json) '{ damaged'
        Unregister-StepRenewalTask web
        (Get-StepRenewalTask).Name | Should -Be mail
    }

    It 'reports a name that is not registered' {
        { Unregister-StepRenewalTask x -ErrorAction Stop } | Should -Throw -ErrorId 'NotRegistered,*'
        Unregister-StepRenewalTask x*
    }

    It 'does nothing with -WhatIf' {
        Unregister-StepRenewalTask * -WhatIf
        (Get-StepRenewalTask).Name | Should -Be mail, web
    }
}
