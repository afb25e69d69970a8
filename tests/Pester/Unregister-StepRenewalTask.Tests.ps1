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
        if (-not $IsLinux) { return Set-ItResult -Skipped -Because 'these tests register with cron' }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $env:STEPCARENEW_HOME = Join-Path $folder home
        $env:PATH = "$(Split-Path (Build-TestCrontab $folder)):$($before.PATH)"
        foreach ($one in 'web', 'mail') {
            $pair = Build-TestCertificate -Authority $authority -Folder $folder -Name "$one.local"
            Register-StepRenewalTask $one $pair.CertificatePath -Scope CurrentUser -Scheduler Cron -StepPath $ca.Folder | Out-Null
        }
    }

    It 'takes schedule, definition and state away, and leaves certificate, key and the others' {
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

    It 'takes wildcards, and a name in any case' {
        Unregister-StepRenewalTask WE*
        (Get-StepRenewalTask).Name | Should -Be mail
        Unregister-StepRenewalTask MAIL
        { Invoke-StepRenewal -ErrorAction Stop } | Should -Throw -ErrorId 'NothingRegistered,*'
    }

    It 'gets rid of a definition that nobody can read' {
        Set-Content (Join-Path $env:STEPCARENEW_HOME renewals/web.json) '{ damaged'
        Unregister-StepRenewalTask web
        (Get-StepRenewalTask).Name | Should -Be mail
    }

    It 'says that a name is not registered' {
        { Unregister-StepRenewalTask x -ErrorAction Stop } | Should -Throw -ErrorId 'NotRegistered,*'
        Unregister-StepRenewalTask x*
    }

    It 'does nothing with -WhatIf' {
        Unregister-StepRenewalTask * -WhatIf
        (Get-StepRenewalTask).Name | Should -Be mail, web
    }
}
