BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestTasks.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestMonitor.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
    $before = @{ STEPCARENEW_HOME = $env:STEPCARENEW_HOME; PATH = $env:PATH }
    $ca = Open-TestCa StepCa
    if (-not $ca.Reason) { $authority = Get-CaAuthority $ca }

    # The line of the crontab for the renewal, as cron would start it.
    function Invoke-Schedule {
        $line = Get-Content (Join-Path $folder tab) | Where-Object { $_ -match '^[0-9*].*-Name.*all' } | Select-Object -First 1
        & /bin/sh -c ($line -replace '^(\S+ ){5}') *> "$folder/output"
        [pscustomobject]@{ ExitCode = $LASTEXITCODE }
    }

    # The same with what it writes for the scheduler.
    function Get-ScheduleOutput {
        (Invoke-FreshPwsh "Import-Module '$(Join-Path (Get-TestPackage) 'StepCaRenew.psd1')'; `$ErrorActionPreference = 'Continue'; Invoke-StepRenewal -Name all -Scheduled").Output -split "`n"
    }

    function Add-Pair {
        param([string] $Name, [TimeSpan] $Age = '17:00:00', [TimeSpan] $Lifetime = '1.00:00:00')
        $pair = Build-TestCertificate -Authority $authority -Folder $mine -Name $Name -Age $Age -Lifetime $Lifetime
        # Not written just now.
        $pair.CertificatePath, $pair.KeyPath | ForEach-Object { [IO.File]::SetLastWriteTimeUtc($_, [DateTime]::UtcNow.AddHours(-1)) }
        $pair.CertificatePath
    }
}

AfterAll {
    Close-TestCa $ca
    Restore-Environment $environment
    foreach ($name in $before.Keys) { [Environment]::SetEnvironmentVariable($name, $before[$name]) }
}

Describe 'A folder as one registered renewal' {
    BeforeEach {
        if (-not $IsLinux) { return Set-ItResult -Skipped -Because 'these tests register with cron' }
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $mine = [IO.Directory]::CreateDirectory((Join-Path $folder mine)).FullName
        $env:STEPCARENEW_HOME = Join-Path $folder home
        $env:PATH = "$(Split-Path (Build-TestCrontab $folder)):$($before.PATH)"
        $forMe = @{ Scope = 'CurrentUser'; Scheduler = 'Cron'; StepPath = $ca.Folder }
    }

    It '200 certificates, three of them broken, one added later: one start per interval, 197 renewed, three reported, one reload' {
        foreach ($number in 1..200) { $null = Add-Pair ('host{0:000}' -f $number) }
        Copy-Item "$mine/host001.key" "$mine/host050.key" -Force
        [IO.File]::SetLastWriteTimeUtc("$mine/host050.key", [DateTime]::UtcNow.AddHours(-1))
        Remove-Item "$mine/host100.key"
        Set-Content "$mine/host150.crt" 'no certificate'
        $actions = @{
            FilePath = 'sh'; ArgumentList = '-c', 'echo "$STEPCARENEW_COUNT" >> "$0"', "$folder/reloads"
            OnFailure = @{ FilePath = 'sh'; ArgumentList = '-c', 'echo "$STEPCARENEW_ERROR_ID $STEPCARENEW_NAME" >> "$0"', "$folder/reports" }
        }
        $task = Register-StepRenewalTask all $mine @forMe @actions -WarningAction SilentlyContinue
        $task.Interval | Should -BeExactly 15m
        @(Get-Content "$folder/tab" | Where-Object { $_ -match '^[0-9*]' }).Count | Should -Be 1 -Because 'one schedule starts one process for all'

        (Invoke-Schedule).ExitCode | Should -Be 1
        $after = (Get-StepRenewalTask all).Certificates
        @($after | Where-Object LastStatus -EQ Renewed).Count | Should -Be 197
        @($after | Where-Object LastErrorId).Name | Should -Be all/host050, all/host100, all/host150
        Get-Content "$folder/reloads" | Should -Be 197

        $null = Add-Pair later
        (Invoke-Schedule).ExitCode | Should -Be 1
        ((Get-StepRenewalTask all).Certificates | Where-Object Name -EQ all/later).LastStatus | Should -BeExactly Renewed
        Get-Content "$folder/reloads" | Should -Be 197, 1
        Get-Content "$folder/reports" | Sort-Object { ($_ -split ' ')[1] } | Should -Be 'KeyMismatch all/host050', 'KeyNotFound all/host100', 'CertificateInvalid all/host150'
    }

    It 'renews what is there by one start, with one reload; a broken pair is a warning, then a failed result; a new one is picked up' {
        $paths = foreach ($name in 'one', 'two', 'three', 'broken') { Add-Pair $name }
        Copy-Item $ca.RootPath "$mine/root.crt"
        Copy-Item "$mine/one.key" "$mine/broken.key" -Force
        [IO.File]::SetLastWriteTimeUtc("$mine/broken.key", [DateTime]::UtcNow.AddHours(-1))
        $reload = @{ FilePath = 'sh'; ArgumentList = '-c', 'echo "$STEPCARENEW_COUNT" >> "$0"', "$folder/reloads" }
        $task = Register-StepRenewalTask all $mine @forMe @reload -WarningVariable warnings -WarningAction SilentlyContinue
        "$warnings" | Should -BeLike "*all: '$mine/broken.crt' cannot be renewed now*"
        "$warnings" | Should -Not -BeLike '*root.crt*'
        $task.Interval | Should -BeExactly 15m
        $task.CertificatePath | Should -BeExactly $mine
        $task.Certificates.Name | Should -Be all/broken, all/one, all/three, all/two
        $task.KeyStatus | Should -BeExactly Mismatch
        @(Get-Content "$folder/tab" | Where-Object { $_ -match '^[0-9*]' }).Count | Should -Be 1

        (Invoke-Schedule).ExitCode | Should -Be 1
        Get-Content "$folder/reloads" | Should -Be 3
        $paths | Select-Object -First 3 | Test-StepCertificatePair | Should -Be $true, $true, $true
        (Get-StepCertificate $mine | Where-Object Status -EQ Valid).Name | Should -Be one, three, two

        $added = Add-Pair added
        $output = Get-ScheduleOutput
        $output -match '^all: 5 certificates: 1 renewed, 3 not due, 1 failed$' | Should -HaveCount 1
        $output -match '^all/added: Renewed; ' | Should -HaveCount 1
        $output -match '^all/one' | Should -BeNullOrEmpty -Because 'a journal gets no line for each certificate that is not due'
        Get-Content "$folder/reloads" | Should -Be 3, 1
        (Get-StepCertificate $added).Status | Should -BeExactly Valid

        $task = Get-StepRenewalTask all
        $task.Healthy | Should -BeFalse
        $task.LastStatus, $task.LastErrorId | Should -Be Failed, KeyMismatch
        "$($task.HealthDetails)" | Should -BeLike '*broken.crt*'
        $broken, $good = $task.Certificates.Where({ $_.Name -eq 'all/broken' }, 'Split')
        $broken.LastStatus, $broken.LastErrorId, $broken.KeyStatus | Should -Be Failed, KeyMismatch, Mismatch
        $good.LastErrorId | Where-Object { $_ } | Should -BeNullOrEmpty
        $good | ForEach-Object { $_.Status, $_.KeyStatus } | Sort-Object -Unique | Should -Be Matches, Valid
        $task.NotAfter | Should -Be ($task.Certificates.NotAfter | Sort-Object | Select-Object -First 1)
        ($task | Out-String) | Should -Match 'all\s+UNHEALTHY'
        ($task.Certificates | Out-String) | Should -Match 'all/broken\s+'
        ($task | ConvertTo-Json -Depth 3 | ConvertFrom-Json).Certificates.CertificatePath | Should -Contain $added

        # metrics: a series for each
        $task | Export-StepMetric -Path "$folder/all.prom"
        $metrics = Get-Content "$folder/all.prom"
        $metrics -match '^stepcarenew_renewal_failing\{.*broken\.crt.*\} 1$' | Should -HaveCount 1
        $metrics -match '^stepcarenew_renewal_failing\{.*\} 0$' | Should -HaveCount 4

        # by hand: each has its result, and the broken one does not stop the others
        $results = Invoke-StepRenewal -Name all -Force -ErrorAction SilentlyContinue -ErrorVariable problems
        $results.Name | Should -Be all/added, all/broken, all/one, all/three, all/two
        $results.Status | Should -Be Renewed, Failed, Renewed, Renewed, Renewed
        $problems | ForEach-Object FullyQualifiedErrorId | Should -BeLike 'KeyMismatch,*'
        Get-Content "$folder/reloads" | Should -Be 3, 1, 4

        Remove-Item "$mine/broken.*"
        (Invoke-Schedule).ExitCode | Should -Be 0
        $task = Get-StepRenewalTask all
        $task.HealthDetails | Where-Object { $_ -notlike 'No cron daemon runs*' } | Should -BeNullOrEmpty
        Unregister-StepRenewalTask all
        Get-ChildItem $env:STEPCARENEW_HOME -Recurse -File -Force | Where-Object Name -NotLike '*.log*' | Where-Object Name -NE renewal.schema.json | Should -BeNullOrEmpty
        Get-ChildItem $mine -Force -Name | Where-Object { $_ -like '.*' } | Should -BeNullOrEmpty -Because 'the locks go too'
    }

    It 'has the interval of the shortest lifetime, and keeps it' {
        $null = Add-Pair long -Age 00:01:00
        $short = Add-Pair short -Age 00:01:00 -Lifetime 02:00:00
        (Register-StepRenewalTask all $mine @forMe).Interval | Should -BeExactly 1m
        Remove-Item $short
        $task = Get-StepRenewalTask all
        $task.Interval | Should -BeExactly 1m
        $task.ScheduleDifferences | Where-Object { $_ -notlike 'No cron daemon runs*' } | Should -BeNullOrEmpty
        (Register-StepRenewalTask all $mine @forMe).Interval | Should -BeExactly 15m
        $null = Add-Pair short -Age 00:01:00 -Lifetime 02:00:00
        "$((Get-StepRenewalTask all).HealthDetails)" | Should -BeLike "*short.crt*fewer than 4 runs*Register the renewal again*" -Because 'the schedule is too slow for the new one'
    }

    It 'takes a pattern, and leaves out what -Exclude names' {
        foreach ($name in 'web1', 'web2', 'web3-old', 'mail') { $null = Add-Pair $name -Age 00:01:00 }
        (Register-StepRenewalTask all "$mine/W*.crt" -Exclude '*-old.crt' @forMe).Certificates.Name | Should -Be all/web1, all/web2
        (Get-StepCertificate "$mine/W*.crt" -Exclude '*-old.crt').Name | Should -Be web1, web2
        Invoke-StepRenewal "$mine" -Exclude web* -StepPath $ca.Folder | ForEach-Object Name | Should -Be mail
        (Register-StepRenewalTask all "$mine/W*.crt" @forMe -WarningVariable warnings -WarningAction SilentlyContinue).Certificates.Count | Should -Be 3
        "$warnings" | Should -BeLike '*drops -Exclude `*-old.crt*'
    }

    It 'finds with patterns the files that PowerShell finds' {
        $names = 'a.crt', 'B.CRT', '.hidden.crt', 'x1.crt', 'x[1].crt', 'sub/s.crt', 'Sub2/t.crt', '.dot/h.crt', 'ab.pem', 'b-c.cer'
        $certificate = Get-Content (Add-Pair seed -Age 00:01:00) -Raw
        Remove-Item "$mine/seed.*"
        foreach ($name in $names) {
            [IO.Directory]::CreateDirectory((Split-Path "$mine/$name")) | Out-Null
            [IO.File]::WriteAllText("$mine/$name", $certificate)
        }
        $patterns = '*.crt', '*', '?.crt', '*/*.crt', 's*/*', 'S*', 'x[1].crt', 'x`[1`].crt', '[a-b]*', '[ab-]*.c*', '*b*', '*/../a.crt*'
        foreach ($pattern in $patterns) {
            $expected = @((Get-StepCertificate "$mine/$pattern" -ErrorAction SilentlyContinue).CertificatePath | Where-Object { $_ } | Sort-Object)
            $definition = @{ certificates = @{ path = "$mine/$pattern" } } | ConvertTo-Json
            [IO.Directory]::CreateDirectory("$env:STEPCARENEW_HOME/renewals") | Out-Null
            Set-Content "$env:STEPCARENEW_HOME/renewals/all.json" $definition
            $found = @((Get-StepRenewalTask all).Certificates.CertificatePath | Where-Object { $_ } | ForEach-Object { [IO.Path]::GetFullPath($_) } | Sort-Object)
            $found | Should -Be @($expected | ForEach-Object { [IO.Path]::GetFullPath($_) }) -Because $pattern
        }
    }

    It 'is refused with what is for one certificate alone: <Id>' -ForEach @(
        @{ Arguments = @{ KeyPath = 'one.key' }; Id = 'KeyPathForSeveral' }
        @{ Arguments = @{ BundlePath = 'one.pem' }; Id = 'PublicationForSeveral' }
        @{ Arguments = @{ Interval = '12h' }; Id = 'IntervalInvalid' }
    ) {
        $null = Add-Pair one
        { Register-StepRenewalTask all $mine @forMe @Arguments } | Should -Throw -ErrorId "$Id,*"
        $env:STEPCARENEW_HOME | Should -Not -Exist
    }

    It 'is refused for one certificate with what is for a folder alone' {
        { Register-StepRenewalTask one (Add-Pair one) @forMe -Recurse } | Should -Throw -ErrorId 'ConflictingParameters,*'
    }

    It 'needs a certificate, unless -Force registers it in advance' {
        Copy-Item $ca.RootPath "$mine/root.crt"
        { Register-StepRenewalTask all $mine @forMe } | Should -Throw -ErrorId 'NoCertificateFound,*'
        { Register-StepRenewalTask all "$mine/*.none" @forMe } | Should -Throw -ErrorId 'NoCertificateFound,*'
        (Register-StepRenewalTask all $mine @forMe -Force -WarningVariable warnings -WarningAction SilentlyContinue).Interval | Should -BeExactly 15m
        "$warnings" | Should -BeLike '*no certificate in or matching*'
        (Invoke-Schedule).ExitCode | Should -Be 41
        (Get-StepRenewalTask all).LastErrorId | Should -BeExactly NoCertificateFound
        $null = Add-Pair first
        (Invoke-Schedule).ExitCode | Should -Be 0
        (Get-StepRenewalTask all).LastStatus | Should -BeExactly Renewed
    }

    It 'is refused if every pair is broken' {
        $null = Add-Pair one
        Remove-Item "$mine/one.key"
        { Register-StepRenewalTask all $mine @forMe } | Should -Throw -ErrorId 'KeyNotFound,*'
    }

    It 'is not registered over a certificate that has a renewal of its own, and the other way round' {
        $one = Add-Pair one
        $null = Add-Pair two
        Register-StepRenewalTask one $one @forMe | Out-Null
        { Register-StepRenewalTask all $mine @forMe } | Should -Throw -ErrorId 'CertificateRegistered,*'
        (Register-StepRenewalTask all $mine @forMe -Exclude one.crt).Certificates.Name | Should -Be all/two
        { Register-StepRenewalTask two "$mine/two.crt" @forMe } | Should -Throw -ErrorId 'CertificateRegistered,*'
        # a renewal by path leaves its follow-ups to the registration
        Invoke-StepRenewal "$mine/two.crt" -StepPath $ca.Folder -WarningVariable warnings -WarningAction SilentlyContinue | Out-Null
        "$warnings" | Should -BeLike "*is registered as 'all'*"
    }

    It '-RunNow tests the folders of all if none is due' {
        $null = Add-Pair one -Age 00:01:00
        $null = Add-Pair two -Age 00:01:00
        $task = Register-StepRenewalTask all $mine @forMe -RunNow -InformationAction SilentlyContinue
        $task.RunExitCode, $task.LastStatus | Should -Be 0, NotDue
        Get-Content $task.LogPath | ConvertFrom-Json | Where-Object event -EQ Tested | Should -HaveCount 1
        (Register-StepRenewalTask all $mine @forMe -RunNow -Force).Certificates.LastStatus | Should -Be Renewed, Renewed
    }

    It 'reports one run to the monitor, with the errors of all certificates' {
        $null = Add-Pair one
        $null = Add-Pair two
        $monitor = Open-TestMonitor
        try {
            Register-StepRenewalTask all $mine @forMe -HealthCheckUri "$($monitor.Address)/ping" | Out-Null
            (Invoke-Schedule).ExitCode | Should -Be 0
            Remove-Item "$mine/two.key"
            (Invoke-Schedule).ExitCode | Should -Be 1
        }
        finally {
            Close-TestMonitor $monitor
        }
        $monitor.Seen.Count | Should -Be 2
        $monitor.Seen.ToArray()[1] | Should -BeLike '*/ping/fail*KeyNotFound*'
    }

    It 'changes nothing with -WhatIf' {
        $null = Add-Pair one
        $null = Add-Pair two
        Register-StepRenewalTask all $mine @forMe | Out-Null
        $state = Get-ChildItem $folder -Recurse -File | ForEach-Object { Get-FileState $_.FullName }
        Invoke-StepRenewal -Name all -WhatIf | ForEach-Object Status | Should -Be WouldRenew, WouldRenew
        Get-ChildItem $folder -Recurse -File | ForEach-Object { Get-FileState $_.FullName } | Should -Be $state
    }
}
