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

Describe 'Get-StepRenewalTask' {
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

    It 'shows all, or those that a name or a pattern means' {
        (Get-StepRenewalTask).Name | Should -Be mail, web
        (Get-StepRenewalTask w*).Name | Should -Be web
        (Get-StepRenewalTask WEB, mail).Name | Should -Be web, mail
        Get-StepRenewalTask x* | Should -BeNullOrEmpty
        { Get-StepRenewalTask x -ErrorAction Stop } | Should -Throw -ErrorId 'NotRegistered,*'
    }

    It 'names what is wrong with a schedule, and a second registration mends it: <Name>' -ForEach @(
        @{ Name = 'no schedule'; Change = { '' }; Difference = 'There is no schedule.' }
        @{ Name = 'another interval'; Change = { $_ -replace '(?m)^\d+,\d+,\d+,\d+ ', '*/5 ' }; Difference = '*`*/5*' }
        @{ Name = 'another hour'; Change = { $_ -replace '(?m)^(\d+,\d+,\d+,\d+) \* ', '$1 3 ' }; Difference = '*3*' }
        @{ Name = 'another program'; Change = { $_ -replace '-NoProfile', '-NoLogo' }; Difference = '*' }
    ) {
        $tab = Join-Path $folder tab
        [IO.File]::WriteAllText($tab, (Get-Content $tab -Raw | ForEach-Object $Change))
        $task = Get-StepRenewalTask web
        $task.ScheduleHealthy | Should -BeFalse
        $task.ScheduleDifferences | Where-Object { $_ -like $Difference } | Should -Not -BeNullOrEmpty
        (Register-StepRenewalTask web $task.CertificatePath -Scope CurrentUser -Scheduler Cron -StepPath $ca.Folder).Changed | Should -BeTrue
        (Get-StepRenewalTask web).ScheduleDifferences | Where-Object { $_ -notlike 'No cron daemon runs*' } | Should -BeNullOrEmpty
    }

    It 'tells of a certificate that cannot be read, and shows the others' {
        Set-Content (Join-Path $folder web.local.crt) damaged
        $tasks = Get-StepRenewalTask
        $tasks.Name | Should -Be mail, web
        $tasks.CertificateStatus | Should -Be Valid, $null
        $tasks[1].ScheduleHealthy | Should -BeFalse
        $tasks[1].ScheduleDifferences | Should -BeLike '*web.local.crt*'
    }

    It 'tells of a definition that breaks its schema, by file, line and property, and shows the others' {
        Set-Content (Join-Path $env:STEPCARENEW_HOME renewals/web.json) "{`n  `"certificate`": 7`n}"
        $tasks = Get-StepRenewalTask -ErrorAction SilentlyContinue -ErrorVariable problem
        $tasks.Name | Should -Be mail
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'DefinitionInvalid,*'
        $problem[0].Exception.Message | Should -BeLike "*web.json', line 2, property 'certificate'*"
    }

    It 'is flat in JSON' {
        $json = Get-StepRenewalTask web | ConvertTo-Json -Depth 2 -WarningVariable warnings | ConvertFrom-Json
        $warnings | Should -BeNullOrEmpty
        $json.Name | Should -BeExactly web
        $json.NotAfter | Should -BeOfType [datetime]
        $json.ScheduleHealthy | Should -BeOfType [bool]
    }

    It 'prints a table' {
        $text = Get-StepRenewalTask | Out-String -Width 160
        $text | Should -BeLike '*web*Valid*never*'
    }

    It 'changes nothing' {
        $state = Get-ChildItem $folder -Recurse -File | ForEach-Object { Get-FileState $_.FullName }
        Get-StepRenewalTask | Out-Null
        Get-ChildItem $folder -Recurse -File | ForEach-Object { Get-FileState $_.FullName } | Should -Be $state
    }
}
