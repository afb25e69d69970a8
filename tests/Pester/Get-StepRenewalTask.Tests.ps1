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
        if (-not $IsLinux) { return Set-ItResult -Skipped -Because 'these tests register with cron; TaskScheduler.Tests.ps1 has those of Windows' }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $env:STEPCARENEW_HOME = Join-Path $folder home
        $env:PATH = "$(Split-Path (Build-TestCrontab $folder)):$($before.PATH)"
        foreach ($one in 'web', 'mail') {
            $pair = Build-TestCertificate -Authority $authority -Folder $folder -Name "$one.local"
            Register-StepRenewalTask $one $pair.CertificatePath -Scope CurrentUser -Scheduler Cron -StepPath $ca.Folder | Out-Null
        }
    }

    It 'shows all renewals, or those of a name or a pattern' {
        (Get-StepRenewalTask).Name | Should -Be mail, web
        (Get-StepRenewalTask w*).Name | Should -Be web
        (Get-StepRenewalTask WEB, mail).Name | Should -Be web, mail
        Get-StepRenewalTask x* | Should -BeNullOrEmpty
        { Get-StepRenewalTask x -ErrorAction Stop } | Should -Throw -ErrorId 'NotRegistered,*'
    }

    It 'names the problem of a schedule, and registering again fixes it: <Name>' -ForEach @(
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

    It 'reports a certificate that cannot be read, and shows the others' {
        Set-Content (Join-Path $folder web.local.crt) damaged
        $tasks = Get-StepRenewalTask
        $tasks.Name | Should -Be mail, web
        $tasks.CertificateStatus | Should -Be Valid, $null
        $tasks[1].ScheduleHealthy | Should -BeFalse
        $tasks[1].ScheduleDifferences | Should -BeLike '*web.local.crt*'
    }

    It 'reports an invalid definition with file, line and property, and shows the others' {
        Set-Content (Join-Path $env:STEPCARENEW_HOME renewals/web.json) "{`n  `"certificate`": 7`n}"
        $tasks = Get-StepRenewalTask -ErrorAction SilentlyContinue -ErrorVariable problem
        $tasks.Name | Should -Be mail
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'DefinitionInvalid,*'
        $problem[0].Exception.Message | Should -BeLike "*web.json', line 2, property 'certificate'*"
    }

    It 'names the problem of its runs: one did not happen' {
        # Without the daemon that this machine may lack.
        function Get-Detail { (Get-StepRenewalTask web).HealthDetails | Where-Object { $_ -notlike 'No cron daemon runs*' } }
        Get-Detail | Should -BeNullOrEmpty
        (Get-Item (Join-Path $env:STEPCARENEW_HOME renewals/web.json)).LastWriteTime = (Get-Date).AddDays(-2)
        # A machine that has just started makes up for what was missed.
        $isAwake = [Diagnostics.Stopwatch]::GetTimestamp() / [Diagnostics.Stopwatch]::Frequency -gt 2100
        @(Get-Detail) -like 'The renewal has never run since its registration at *, but its interval is 15m.' | Should -HaveCount ([int] $isAwake)
    }

    It 'names the problem of its runs: the last one failed; keeps the error and its time after a success' {
        $key = Join-Path $folder web.local.key
        Move-Item $key "$key.away"
        Invoke-StepRenewal -Name web -ErrorAction SilentlyContinue | Out-Null
        Move-Item "$key.away" $key
        $task = Get-StepRenewalTask web
        $task.Healthy | Should -BeFalse
        $task.LastStatus, $task.LastErrorId | Should -BeExactly Failed, FileNotFound
        $task.LastErrorMessage | Should -BeLike '*web.local.key*'
        $task.LastErrorTime | Should -Be $task.LastAttempt
        $task.HealthDetails -like "The last run failed at $($task.LastErrorTime.ToString('yyyy-MM-dd HH:mm:ss', [cultureinfo]::InvariantCulture)) (FileNotFound): *" | Should -HaveCount 1
        $list = $task | Format-List | Out-String -Width 300
        $list | Should -Match 'LastErrorMessage *: .*web\.local\.key'
        $list | Should -Match 'LastErrorTime *: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d'

        (Invoke-StepRenewal -Name web).Status | Should -BeExactly NotDue
        $again = Get-StepRenewalTask web
        $again.LastErrorId | Should -BeNullOrEmpty
        $again.LastErrorTime | Should -Be $task.LastErrorTime
        $again.LastErrorMessage | Should -BeExactly $task.LastErrorMessage
        $again.HealthDetails -like 'The last run failed*' | Should -BeNullOrEmpty
    }

    It 'names the problem of its runs: an action is pending for a long time' {
        Register-StepRenewalTask web (Join-Path $folder web.local.crt) -Scope CurrentUser -Scheduler Cron -StepPath $ca.Folder -FilePath /bin/false -WarningAction SilentlyContinue | Out-Null
        Invoke-StepRenewal -Name web -Force -ErrorAction SilentlyContinue | Out-Null
        $task = Get-StepRenewalTask web
        $task.ActionsPending | Should -BeTrue
        $task.HealthDetails -like 'Follow-ups have been pending*' | Should -BeNullOrEmpty
        $state = Join-Path $env:STEPCARENEW_HOME state/web/state.json
        $json = Get-Content $state -Raw | ConvertFrom-Json -AsHashtable
        $json.actionsPendingSince = '2026-01-01T00:00:00Z'
        $json | ConvertTo-Json | Set-Content $state
        (Get-StepRenewalTask web).HealthDetails -like 'Follow-ups have been pending since *' | Should -HaveCount 1
    }

    It 'names the problem of its runs: the module is gone, whichever module asks' {
        $copy = Join-Path $folder 'Modules/StepCaRenew'
        Copy-Item (Get-TestPackage) (Join-Path $copy 0.1.0) -Recurse
        $register = "Import-Module '$copy'; Register-StepRenewalTask web '$folder/web.local.crt' -Scope CurrentUser -Scheduler Cron -StepPath '$($ca.Folder)' -WarningAction SilentlyContinue | Out-Null"
        $run = Invoke-FreshPwsh $register -Environment @{ STEPCARENEW_HOME = $env:STEPCARENEW_HOME; PATH = $env:PATH }
        $run.Error | Should -BeNullOrEmpty
        $task = Get-StepRenewalTask web
        $task.ScheduleDifferences | Where-Object { $_ -notlike 'No cron daemon runs*' } | Should -BeNullOrEmpty -Because 'the schedule is judged by what was registered'
        $task.HealthDetails -like '*module*gone*' | Should -BeNullOrEmpty
        Remove-Item (Join-Path $folder Modules) -Recurse
        $task = Get-StepRenewalTask web
        $task.HealthDetails -like "The module of the schedule does not exist: '$folder/Modules/*" | Should -HaveCount 1
        $task.Healthy | Should -BeFalse
    }

    It 'names the problem of its runs: the schedule does not see the folder of XDG_CONFIG_HOME' {
        $xdg = @{ STEPCARENEW_HOME = ''; XDG_CONFIG_HOME = "$folder/config"; XDG_STATE_HOME = "$folder/state"; PATH = $env:PATH }
        $import = "Import-Module '$(Join-Path (Get-TestPackage) StepCaRenew.psd1)'"
        $show = '(Get-StepRenewalTask web).HealthDetails -like "Every scheduled run fails*"'
        $run = Invoke-FreshPwsh "$import; Register-StepRenewalTask web '$folder/web.local.crt' -Scope CurrentUser -Scheduler Cron -StepPath '$($ca.Folder)' -Force -WarningAction SilentlyContinue | Out-Null; $show" -Environment $xdg
        $run.Error | Should -BeNullOrEmpty
        $run.Output | Should -BeLike "*'$folder/config/stepcarenew/renewals'*"
        $code = [int] [regex]::Match($run.Output, 'exit code (\d+)').Groups[1].Value
        # As cron starts it.
        $xdg.Remove('XDG_CONFIG_HOME')
        (Invoke-FreshPwsh "`$ErrorActionPreference = 'Continue'; $import; Invoke-StepRenewal -Name web -Scheduled" -Environment ($xdg + @{ XDG_CONFIG_HOME = '' })).ExitCode | Should -Be $code
        # The crontab may have it as well.
        $tab = Join-Path $folder tab
        [IO.File]::WriteAllText($tab, "XDG_CONFIG_HOME=$folder/config`n" + [IO.File]::ReadAllText($tab))
        (Invoke-FreshPwsh "$import; $show" -Environment ($xdg + @{ XDG_CONFIG_HOME = "$folder/config" })).Output | Should -BeNullOrEmpty
    }

    It 'names the problem of its runs: cron is a zombie' {
        if ((& id -u) -ne '0') { return Skip-Test -Because 'processes of a test''s own need root' }
        # A child by the name of cron whose parent takes no note of its end; in a list of processes that has no other cron.
        [IO.File]::WriteAllText("$folder/cron", "#!/bin/sh`nexit`n")
        [IO.File]::WriteAllText("$folder/parent", "#!/bin/sh`n'$folder/cron' &`nexec sleep 60`n")
        foreach ($name in 'cron', 'parent') { [IO.File]::SetUnixFileMode("$folder/$name", 'UserRead, UserWrite, UserExecute') }
        $script = @"
if (`$PID -gt 20) { throw 'These are the processes of the machine.' }
`$parent = Start-Process '$folder/parent' -PassThru
`$end = (Get-Date).AddSeconds(20)
while (-not (Get-Content /proc/[0-9]*/stat -ErrorAction Ignore | Where-Object { `$_ -like '*(cron) Z *' })) { if ((Get-Date) -gt `$end) { throw 'There is no zombie.' } }
Import-Module '$(Join-Path (Get-TestPackage) StepCaRenew.psd1)'
`$task = Get-StepRenewalTask web
`$task.Healthy
`$task.HealthDetails
`$parent.Kill()
"@
        $run = Invoke-FreshPwsh $script -Environment @{ STEPCARENEW_HOME = $env:STEPCARENEW_HOME; PATH = $env:PATH } -Through unshare, --pid, --fork, --mount-proc, --kill-child
        $run.Error | Should -BeNullOrEmpty
        $run.Output | Should -Match '^False'
        $run.Output | Should -Match 'No cron daemon runs \(process \d+ has ended and is a zombie\)'
    }

    It 'is text in Export-Csv, converts to its name, and cannot be changed' {
        $task = Get-StepRenewalTask web
        "$task" | Should -BeExactly web
        $task.PSObject.Properties | Where-Object IsSettable | Should -BeNullOrEmpty
        $row = $task | ConvertTo-Csv | ConvertFrom-Csv
        $row.PSObject.Properties.Value -match 'System\.|StepCaRenew\.' -notmatch '^/' | Should -BeNullOrEmpty
        $row.HealthDetails | Should -BeExactly ($task.HealthDetails -join ' ')
    }

    It 'shows every property in its list' {
        $task = Get-StepRenewalTask web
        $labels = ($task | Format-List | Out-String -Width 500) -split '\r?\n' -match '^\w+ *: ' -replace ' *:.*'
        $labels | Sort-Object | Should -Be ($task.PSObject.Properties.Name | Sort-Object)
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
        $text | Should -Match 'Name +Health +Next run +Valid until +Last result'
        $text | Should -Match "web +(healthy|UNHEALTHY) +\S.* $((Get-StepRenewalTask web).NotAfter.ToString('yyyy-MM-dd HH:mm', [cultureinfo]::InvariantCulture)) +\S"
    }

    It 'changes nothing' {
        $state = Get-ChildItem $folder -Recurse -File | ForEach-Object { Get-FileState $_.FullName }
        Get-StepRenewalTask | Out-Null
        Get-ChildItem $folder -Recurse -File | ForEach-Object { Get-FileState $_.FullName } | Should -Be $state
    }
}
