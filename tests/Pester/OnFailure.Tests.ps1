# Failures that reach somebody: -OnFailure of Invoke-StepRenewal and Register-StepRenewalTask.
BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestMonitor.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestTasks.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
    $before = @{ STEPCARENEW_HOME = $env:STEPCARENEW_HOME; PATH = $env:PATH }
    $ca = Open-TestCa DevCa
    if (-not $ca.Reason) { $authority = Get-CaAuthority $ca }
    $atCa = @{ StepPath = $ca.Folder; RetryTimeout = '0s' }
    $down = @{ CaUrl = 'https://127.0.0.1:9'; Root = $ca.RootPath; RetryTimeout = '0s'; ErrorAction = 'SilentlyContinue' }

    # A program that appends a line for each report.
    function Get-Teller {
        param([string] $Mute = 'no-such-file')
        @{ FilePath = 'sh'; ArgumentList = '-c', '[ -e "$1" ] && exit 9; echo "$STEPCARENEW_EVENT $STEPCARENEW_ERROR_ID $STEPCARENEW_NAME" >> "$0"', $trace, $Mute }
    }

    function Get-Told { @(Get-Content $trace -ErrorAction Ignore) }
}

AfterAll {
    Close-TestCa $ca
    foreach ($name in $before.Keys) { Set-Item "env:$name" $before[$name] }
    Restore-Environment $environment
}

Describe 'OnFailure' {
    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        if ($IsWindows) { return Set-ItResult -Skipped -Because 'the programs of these tests are those of Unix' }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $env:STEPCARENEW_HOME = Join-Path $folder 'home'
        $trace = Join-Path $folder 'trace'
        $path = (Build-TestCertificate -Authority $authority -Folder $folder -Age 17:00:00).CertificatePath
    }

    Context 'A call by path' {
        It 'reports a CA that is down for ten calls once, and its recovery once' {
            foreach ($run in 1..10) { (Invoke-StepRenewal $path @down -OnFailure (Get-Teller)).ErrorId | Should -BeExactly CaUnreachable }
            Get-Told | Should -BeExactly 'failure CaUnreachable web.local'
            foreach ($run in 1..2) { Invoke-StepRenewal $path @atCa -OnFailure (Get-Teller) | Out-Null }
            Get-Told | Should -BeExactly 'failure CaUnreachable web.local', 'recovery CaUnreachable web.local'
            # Nothing is left, and what was there was private.
            Get-ChildItem $env:STEPCARENEW_HOME -Recurse -File -Force | Should -BeNullOrEmpty
            Invoke-StepRenewal $path @down -Force -OnFailure (Get-Teller) | Out-Null
            Get-Told | Should -HaveCount 3
            Get-ChildItem $env:STEPCARENEW_HOME -Recurse -File -Force | ForEach-Object { [int] $_.UnixFileMode | Should -Be 0x180 }
        }

        It 'gives a program the error, its remedy and the certificate' {
            Invoke-StepRenewal $path @down -OnFailure @{ FilePath = 'sh'; ArgumentList = '-c', 'env | grep ^STEPCARENEW_ > $0', $trace } | Out-Null
            $text = Get-Content $trace -Raw
            foreach ($line in 'ERROR_ID=CaUnreachable', "CERTIFICATE_PATH=$path", 'NAME=web.local', "HOST=$([Environment]::MachineName)", 'EVENT=failure') { $text | Should -BeLike "*STEPCARENEW_$line*" }
            foreach ($line in 'ERROR_MESSAGE=.*127\.0\.0\.1:9.*', 'ERROR_REMEDY=.+', 'NOT_AFTER=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ') { $text | Should -Match "(?m)^STEPCARENEW_$line`$" }
        }

        It 'reports a certificate that is missing, a folder without one, and a wrong parameter' {
            $missing, $empty = (Join-Path $folder 'missing.crt'), [IO.Directory]::CreateDirectory((Join-Path $folder 'empty')).FullName
            $quiet = @{ ErrorAction = 'SilentlyContinue' }
            foreach ($run in 1..2) { Invoke-StepRenewal $missing @atCa @quiet -OnFailure (Get-Teller) | Out-Null }
            foreach ($run in 1..2) { Invoke-StepRenewal $empty @atCa @quiet -OnFailure (Get-Teller) | Out-Null }
            foreach ($run in 1..2) { { Invoke-StepRenewal $path @atCa -ExpiresIn nonsense -OnFailure (Get-Teller) } | Should -Throw -ErrorId 'InvalidDuration,*' }
            Get-Told | ForEach-Object { ($_ -split ' ')[1] } | Should -BeExactly FileNotFound, NoCertificateFound, InvalidDuration
            Build-TestCertificate -Authority $authority -Folder $empty | Out-Null
            Invoke-StepRenewal $empty @atCa -OnFailure (Get-Teller) | Out-Null
            Get-Told | Select-Object -Skip 3 | ForEach-Object { ($_ -split ' ')[0, 1] -join ' ' } | Sort-Object | Should -BeExactly 'recovery InvalidDuration', 'recovery NoCertificateFound'
        }

        It 'reports an action that failed, and its success' {
            $action = @{ FilePath = 'sh'; ArgumentList = '-c', 'test -e $0', (Join-Path $folder 'ready') }
            foreach ($run in 1..2) { Invoke-StepRenewal $path @atCa @action -OnFailure (Get-Teller) -ErrorAction SilentlyContinue | Out-Null }
            Set-Content (Join-Path $folder 'ready') ''
            Invoke-StepRenewal $path @atCa @action -OnFailure (Get-Teller) | Out-Null
            Get-Told | Should -BeExactly 'failure ActionFailed web.local', 'recovery ActionFailed web.local'
        }

        It 'has an error of its own for a notifier that fails, stops nothing, and tries again' {
            $mute = Join-Path $folder 'mute'
            Set-Content $mute ''
            $other = (Build-TestCertificate -Authority $authority -Folder (New-Item "$folder/other" -ItemType Directory) -Age 17:00:00).CertificatePath
            $call = @{ OnFailure = (Get-Teller -Mute $mute), @{ FilePath = 'sh'; ArgumentList = '-c', 'echo second >> $0', $trace } }
            $results = Invoke-StepRenewal $path, $other @down @call -ErrorVariable problem
            $results.ErrorId | Should -BeExactly CaUnreachable, CaUnreachable
            $failed = @($problem | Where-Object FullyQualifiedErrorId -Like 'NotificationFailed,*')
            $failed | Should -HaveCount 1
            $failed[0].ErrorDetails.Message | Should -BeLike '*exit code 9*'
            $failed[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
            Get-Told | Should -BeExactly second, second
            Remove-Item $mute
            Invoke-StepRenewal $path, $other @down @call | Out-Null
            Get-Told | Should -BeExactly second, second, 'failure CaUnreachable web.local', 'failure CaUnreachable web.local'
        }

        It 'renews, and returns the result, even if the recovery cannot be reported' {
            Invoke-StepRenewal $path @down -OnFailure (Get-Teller -Mute (Join-Path $folder mute)) | Out-Null
            Set-Content (Join-Path $folder mute) ''
            (Invoke-StepRenewal $path @atCa -OnFailure (Get-Teller -Mute (Join-Path $folder mute)) -ErrorAction SilentlyContinue -ErrorVariable problem).Status | Should -BeExactly Renewed
            $problem.FullyQualifiedErrorId | Should -BeLike 'NotificationFailed,*'
            Remove-Item (Join-Path $folder mute)
            Invoke-StepRenewal $path @atCa -OnFailure (Get-Teller -Mute (Join-Path $folder mute)) | Out-Null
            (Get-Told)[-1] | Should -BeExactly 'recovery CaUnreachable web.local'
        }

        It 'runs a script and a script block' {
            Set-Content "$folder/tell.ps1" "Add-Content '$trace' `"script `$env:STEPCARENEW_ERROR_ID`""
            $seen = [Collections.Generic.List[object]]::new()
            $call = @{ OnFailure = @{ ScriptPath = "$folder/tell.ps1" }, @{ scriptblock = { $seen.Add($_) } } }
            Invoke-StepRenewal $path @down @call | Out-Null
            Invoke-StepRenewal $path @atCa @call | Out-Null
            Get-Told | Should -BeExactly 'script CaUnreachable', 'script CaUnreachable'
            $seen.Event | Should -BeExactly failure, recovery
            $seen[0].ErrorId, $seen[0].CertificatePath, $seen[0].Name | Should -BeExactly CaUnreachable, $path, web.local
            $seen[0].Remedy | Should -Not -BeNullOrEmpty
            $seen[0].NotAfter | Should -BeOfType DateTime
        }

        It 'reports nothing with -WhatIf, nor if nothing failed' {
            Invoke-StepRenewal $path @down -OnFailure (Get-Teller) -WhatIf | Out-Null
            Invoke-StepRenewal "$folder/missing.crt" @down -OnFailure (Get-Teller) -WhatIf | Out-Null
            Invoke-StepRenewal $path @atCa -OnFailure (Get-Teller) | Out-Null
            Get-Told | Should -BeNullOrEmpty
            Join-Path $env:STEPCARENEW_HOME state | Should -Not -Exist
        }

        It 'warns if the record cannot be written, and reports again' {
            Set-Content $env:STEPCARENEW_HOME 'a file in the place of the folder'
            foreach ($run in 1..2) { Invoke-StepRenewal $path @down -OnFailure (Get-Teller) -WarningVariable warnings -WarningAction SilentlyContinue | Out-Null }
            Get-Told | Should -HaveCount 2
            "$warnings" | Should -BeLike '*reported again*'
        }

        It 'refuses <Name> before anything is done' -ForEach @(
            @{ Name = 'an unknown key'; OnFailure = @{ Programm = 's3cret' }; ErrorId = 'ActionInvalid' }
            @{ Name = 'two kinds'; OnFailure = @{ FilePath = 'sh'; Uri = 'https://127.0.0.1/s3cret' }; ErrorId = 'ActionInvalid' }
            @{ Name = 'no kind'; OnFailure = @{ ArgumentList = 's3cret' }; ErrorId = 'ActionInvalid' }
            @{ Name = 'an empty value'; OnFailure = @{ Uri = '' }; ErrorId = 'ActionInvalid' }
            @{ Name = 'an address of another kind'; OnFailure = @{ Uri = 'ftp://127.0.0.1/s3cret' }; ErrorId = 'ActionInvalid' }
            @{ Name = 'a program that is not there'; OnFailure = @{ FilePath = 'no-such-program' }; ErrorId = 'ActionInvalid' }
            @{ Name = 'a script that is not there'; OnFailure = @{ ScriptPath = '/no/such.ps1' }; ErrorId = 'ActionInvalid' }
            @{ Name = 'a file with an address that is not there'; OnFailure = @{ UriFile = '/no/such' }; ErrorId = 'ActionInvalid' }
        ) {
            $serial = Get-LeafSerial $path
            $problem = { Invoke-StepRenewal $path @atCa -OnFailure $OnFailure } | Should -Throw -ErrorId "$ErrorId,*" -PassThru
            ($problem | Format-List * -Force | Out-String).Contains('s3cret') | Should -BeFalse
            Get-LeafSerial $path | Should -BeExactly $serial
        }
    }

    Context 'A server' {
        BeforeEach {
            $monitor = $null
            if ($ca.Reason -or $IsWindows) { return }
            $monitor = Open-TestMonitor
            $secret = "$($monitor.Address)/s3cret-pa7h"
        }

        AfterEach { Close-TestMonitor $monitor }

        It 'gets one JSON object, and its address is in no log, error, event or state' {
            $log = Join-Path $folder 'renew.log'
            Set-Content "$folder/address" $secret
            $all = @(
                foreach ($notifier in @{ Uri = $secret }, @{ UriFile = "$folder/address" }) { Invoke-StepRenewal $path @down -OnFailure $notifier -LogPath $log -Verbose *>&1 }
                $requests = $monitor.Seen.ToArray()
                # A server that is gone, and one that refuses; each with an error.
                $monitor.Listener.Stop()
                Invoke-StepRenewal "$folder/other.crt" @down -OnFailure @{ Uri = $secret }, @{ UriFile = "$folder/address" } -LogPath $log -Verbose -ErrorVariable problem *>&1
                $problem | Format-List * -Force
                Get-ChildItem $env:STEPCARENEW_HOME -Recurse -File -Force | Get-Content -Raw
                Get-Content $log -Raw
            ) | Out-String -Width 500
            $problem.FullyQualifiedErrorId | Should -Contain 'NotificationFailed,StepCaRenew.Cmdlets.InvokeStepRenewalCommand'
            $all | Should -BeLike '*http://127.0.0.1:*/`*`*`**'
            $all.Contains('s3cret') | Should -BeFalse
            $requests | Should -HaveCount 2
            foreach ($request in $requests) {
                $request | Should -BeLike 'POST /s3cret-pa7h {*'
                $body = $request.Substring($request.IndexOf('{')) | ConvertFrom-Json
                $body.event, $body.errorId, $body.certificatePath, $body.name, $body.host | Should -BeExactly failure, CaUnreachable, $path, web.local, ([Environment]::MachineName)
                $body.text | Should -BeLike '*web.local*CaUnreachable*'
                $body.notAfter | Should -Not -BeNullOrEmpty
            }
        }
    }

    Context 'The script of docs/monitoring.md' {
        BeforeEach {
            $monitor = $null
            if ($ca.Reason -or $IsWindows) { return }
            $monitor = Open-TestMonitor
        }

        AfterEach { Close-TestMonitor $monitor }

        It 'sends what its server expects' {
            Set-Content "$folder/chat.url" "$($monitor.Address)/s3cret-pa7h"
            $text = Get-Content (Get-RepositoryPath docs/monitoring.md) -Raw
            $script = [regex]::Match($text, '(?ms)^```powershell\r?\n(.*?)^```').Groups[1].Value
            $script | Should -BeLike '*/etc/stepcarenew/chat.url*'
            Set-Content "$folder/tell.ps1" $script.Replace('/etc/stepcarenew/chat.url', "$folder/chat.url")
            Invoke-StepRenewal $path @down -OnFailure @{ ScriptPath = "$folder/tell.ps1" } -ErrorVariable problem | Out-Null
            $problem | Should -HaveCount 1
            $request = @($monitor.Seen.ToArray())
            $request | Should -HaveCount 1
            ($request[0].Substring($request[0].IndexOf('{')) | ConvertFrom-Json).title | Should -BeExactly 'failure of web.local'
        }
    }

    Context 'A registered renewal' {
        BeforeEach {
            $monitor = $null
            if ($ca.Reason -or $IsWindows) { return }
            $env:PATH = "$(Split-Path (Build-TestCrontab $folder)):$($before.PATH)"
            $forMe = @{ Scope = 'CurrentUser'; Scheduler = 'Cron'; StepPath = $ca.Folder }
            $monitor = Open-TestMonitor
            $secret = "$($monitor.Address)/s3cret-pa7h"
        }

        AfterEach {
            Close-TestMonitor $monitor
            $env:PATH = $before.PATH
        }

        It 'keeps the address in a file of its own, and reports each error once, and the recovery' {
            $all = @(
                Register-StepRenewalTask web $path @forMe -OnFailure @{ Uri = $secret }, (Get-Teller) -Verbose *>&1
                $file = Join-Path $env:STEPCARENEW_HOME renewals/web.on-failure-1
                [int] [IO.File]::GetUnixFileMode($file) | Should -Be 0x180
                Rename-Item (Join-Path $folder web.local.key) away.key
                foreach ($run in 1..3) { Invoke-StepRenewal -Name web -Verbose -ErrorAction Continue *>&1 }
                Rename-Item (Join-Path $folder away.key) web.local.key
                foreach ($run in 1..2) { Invoke-StepRenewal -Name web -Verbose *>&1 }
                Get-StepRenewalTask web | Format-List *
                Get-ChildItem $env:STEPCARENEW_HOME -Recurse -File -Force | Where-Object FullName -NE $file | Get-Content -Raw
                Get-Content (Join-Path $folder tab) -Raw
            ) | Out-String -Width 500
            $all.Contains('s3cret') | Should -BeFalse
            Get-Told | Should -BeExactly 'failure FileNotFound web', 'recovery FileNotFound web'
            @($monitor.Seen.ToArray() | ForEach-Object { ($_.Substring($_.IndexOf('{')) | ConvertFrom-Json).event }) | Should -BeExactly failure, recovery
            Register-StepRenewalTask web $path @forMe -OnFailure (Get-Teller) -WarningVariable warnings -WarningAction SilentlyContinue | Out-Null
            "$warnings" | Should -BeLike '*-OnFailure UriFile*'
            $file | Should -Not -Exist
            Register-StepRenewalTask web $path @forMe -OnFailure @{ Uri = $secret } -WarningAction SilentlyContinue | Out-Null
            (Register-StepRenewalTask web $path @forMe -OnFailure @{ Uri = $secret }).Changed | Should -BeFalse
            Unregister-StepRenewalTask web
            $file | Should -Not -Exist
        }

        It 'ends a scheduled run with the exit code of actions if only the report failed, and tells the monitor and Get-StepRenewalTask' {
            $mute = Join-Path $folder mute
            Register-StepRenewalTask web $path @forMe -OnFailure (Get-Teller -Mute $mute) -HealthCheckUri "$($monitor.Address)/ping" | Out-Null
            Rename-Item (Join-Path $folder web.local.key) away.key
            Set-Content $mute ''
            $run = "`$ErrorActionPreference = 'Continue'; Import-Module '$(Join-Path (Get-TestPackage) StepCaRenew.psd1)'; Invoke-StepRenewal -Name web -Scheduled"
            (Invoke-FreshPwsh $run).ExitCode | Should -Be 1
            (Get-StepRenewalTask web).HealthDetails -join ' ' | Should -BeLike '*notifier has not reported FileNotFound*'
            Rename-Item (Join-Path $folder away.key) web.local.key
            $ended = Invoke-FreshPwsh $run
            $ended.ExitCode | Should -Be 40 -Because "$($ended.Output) $($ended.Error)"
            $ended.Error | Should -BeLike '*not reported*'
            $task = Get-StepRenewalTask web
            $task.LastErrorId | Should -BeNullOrEmpty
            $task.Healthy | Should -BeFalse
            $task.HealthDetails -join ' ' | Should -BeLike '*FileNotFound is over*'
            $monitor.Seen.ToArray()[-1] | Should -BeLike 'POST /ping/fail NotificationFailed'
            Remove-Item $mute
            (Invoke-FreshPwsh $run).ExitCode | Should -Be 0
            Get-Told | Should -BeExactly 'recovery FileNotFound web'
        }

        It 'refuses a script block, -OnFailure for a name, and a file that others can change' {
            { Register-StepRenewalTask web $path @forMe -OnFailure @{ ScriptBlock = { 'x' } } } | Should -Throw -ErrorId 'ActionInvalid,*' -ExpectedMessage '*session*'
            { Invoke-StepRenewal -Name web -OnFailure (Get-Teller) } | Should -Throw -ErrorId 'ConflictingParameters,*'
            Set-Content "$folder/address" $secret
            chmod 666 "$folder/address"
            { Register-StepRenewalTask web $path @forMe -OnFailure @{ UriFile = "$folder/address" } } | Should -Throw -ErrorId 'InsecureDefinition,*' -ExpectedMessage "*$folder/address*"
            $env:STEPCARENEW_HOME | Should -Not -Exist
        }
    }
}
