BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestTasks.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
    $before = @{ STEPCARENEW_HOME = $env:STEPCARENEW_HOME; PATH = $env:PATH }
    $ca = Open-TestCa DevCa
    if (-not $ca.Reason) { $authority = Get-CaAuthority $ca }

    # The value of a metric, by its labels.
    function Read-Metric {
        param([string]$Path, [string]$Metric, [string]$Labels)
        Get-Content $Path | Where-Object { $_.StartsWith("$Metric{$Labels}") } | ForEach-Object { [long]$_.Split(' ')[-1] }
    }
}

AfterAll {
    Close-TestCa $ca
    Restore-Environment $environment
    foreach ($name in $before.Keys) { [Environment]::SetEnvironmentVariable($name, $before[$name]) }
}

Describe 'Metrics' {
    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $prom = Join-Path ([IO.Directory]::CreateDirectory((Join-Path $folder textfile)).FullName) stepcarenew.prom
        $env:STEPCARENEW_HOME = Join-Path $folder home
        $atCa = @{ StepPath = $ca.Folder; LockTimeout = '1s'; RetryTimeout = '0s' }
    }

    Context 'of a call by path' {
        BeforeEach {
            $path = (Build-TestCertificate -Authority $authority -Folder $folder -Name a.local).CertificatePath
        }

        It 'have the path as label, and the times of the result' {
            $result = Invoke-StepRenewal $path @atCa -MetricsPath $prom
            $labels = "path=`"$($path.Replace('\', '\\'))`""
            Read-Metric $prom stepcarenew_certificate_expiration_timestamp_seconds -Labels $labels | Should -Be ([DateTimeOffset]$result.NotAfter).ToUnixTimeSeconds()
            Read-Metric $prom stepcarenew_certificate_renewal_timestamp_seconds -Labels $labels | Should -Be ([DateTimeOffset]$result.NextRenewal).ToUnixTimeSeconds()
            Read-Metric $prom stepcarenew_renewal_failing -Labels $labels | Should -Be 0
            $module = (Get-Module StepCaRenew).Version
            Get-Content $prom | Should -Contain "stepcarenew_build_info{$labels,version=`"$module`"} 1"
        }

        It 'show a failure, and keep the last success' {
            Invoke-StepRenewal $path @atCa -MetricsPath $prom | Out-Null
            $labels = "path=`"$($path.Replace('\', '\\'))`""
            $success = Read-Metric $prom stepcarenew_renewal_last_success_timestamp_seconds -Labels $labels
            Set-Content $path damaged
            Start-Sleep -Milliseconds 1100
            Invoke-StepRenewal $path @atCa -MetricsPath $prom -ErrorAction SilentlyContinue | Out-Null
            Read-Metric $prom stepcarenew_renewal_failing -Labels $labels | Should -Be 1
            Read-Metric $prom stepcarenew_renewal_last_success_timestamp_seconds -Labels $labels | Should -Be $success
            Read-Metric $prom stepcarenew_renewal_last_run_timestamp_seconds -Labels $labels | Should -BeGreaterThan $success
            Read-Metric $prom stepcarenew_certificate_expiration_timestamp_seconds -Labels $labels | Should -Not -BeNullOrEmpty
        }

        It 'show pending actions' {
            Invoke-StepRenewal $path @atCa -Force -FilePath $(if ($IsWindows) { 'where.exe' } else { '/bin/false' }) -MetricsPath $prom -ErrorAction SilentlyContinue | Out-Null
            Get-Content $prom | Should -Contain "stepcarenew_pending_actions{path=`"$($path.Replace('\', '\\'))`"} 1"
        }

        It 'are written before the first result, which can end the call' {
            $other = (Build-TestCertificate -Authority $authority -Folder $folder -Name b.local).CertificatePath
            Invoke-StepRenewal $path, $other @atCa -MetricsPath $prom | Select-Object -First 1 | Out-Null
            (Get-Content $prom | Where-Object { $_ -like 'stepcarenew_renewal_failing*' }).Count | Should -Be 2
        }

        It 'are not written with -WhatIf, or without a certificate' {
            Invoke-StepRenewal $path @atCa -MetricsPath $prom -WhatIf | Out-Null
            @() | Invoke-StepRenewal @atCa -MetricsPath $prom | Out-Null
            Split-Path $prom | Get-ChildItem -Force | Should -BeNullOrEmpty
        }

        It 'that cannot be written are an error besides the result' {
            $missing = Join-Path $folder no web.prom
            $result = Invoke-StepRenewal $path @atCa -Force -MetricsPath $missing -ErrorAction SilentlyContinue -ErrorVariable problems
            $result.Status | Should -Be Renewed
            $result.ErrorId | Should -BeNullOrEmpty
            $problems | Should -HaveCount 1
            $problems[0].FullyQualifiedErrorId | Should -BeLike 'MetricsNotWritten,*'
            $problems[0].CategoryInfo.Category | Should -Be WriteError
        }

        It 'need a name that ends with .prom: <Name>' -ForEach @{ Name = 'web.txt' }, @{ Name = '.prom' }, @{ Name = 'textfile' } {
            { Invoke-StepRenewal $path @atCa -Force -MetricsPath (Join-Path $folder $Name) } | Should -Throw -ErrorId 'MetricsPathInvalid,*'
            (Get-StepCertificate $path).SerialNumber | Should -Be (Get-LeafSerial $path)
            { Get-Item $path | Export-StepMetric (Join-Path $folder $Name) } | Should -Throw -ErrorId 'MetricsPathInvalid,*'
        }

        It 'of paths with quotes and line ends are one line each' -Skip:$IsWindows {
            $strange = Join-Path ([IO.Directory]::CreateDirectory((Join-Path $folder "a`"b`nd")).FullName) 'a.crt'
            Copy-Item $path $strange
            Copy-Item ([IO.Path]::ChangeExtension($path, 'key')) ([IO.Path]::ChangeExtension($strange, 'key'))
            Invoke-StepRenewal -LiteralPath $strange @atCa -MetricsPath $prom | Out-Null
            Get-Content $prom | Where-Object { $_ -notmatch '^(# |stepcarenew_[a-z_]+\{path="[^"\\]*a\\"b\uFFFDd/a\.crt"(,version="[^"]+")?\} \d+$)' } | Should -BeNullOrEmpty
        }
    }

    Context 'of registered renewals' {
        BeforeEach {
            if (-not $IsLinux) { return Set-ItResult -Skipped -Because 'these tests register with cron' }
            $env:PATH = "$(Split-Path (Build-TestCrontab $folder)):$($before.PATH)"
            $mine = @{ Scope = 'CurrentUser'; Scheduler = 'Cron'; StepPath = $ca.Folder }
            foreach ($one in 'web', 'mail') {
                $pair = Build-TestCertificate -Authority $authority -Folder $folder -Name "$one.local"
                Register-StepRenewalTask $one $pair.CertificatePath @mine -MetricsPath $prom | Out-Null
            }
        }

        It 'share a file, which the task names' {
            Test-Path $prom | Should -BeFalse -Because 'nothing has run yet'
            (Get-StepRenewalTask).MetricsPath | Should -Be $prom, $prom
            Invoke-StepRenewal -Name web | Out-Null
            Invoke-StepRenewal -Name mail | Out-Null
            foreach ($task in Get-StepRenewalTask) {
                $labels = "name=`"$($task.Name)`",path=`"$($task.CertificatePath)`""
                Read-Metric $prom stepcarenew_renewal_last_run_timestamp_seconds -Labels $labels | Should -Be ([DateTimeOffset]$task.LastAttempt).ToUnixTimeSeconds()
                Read-Metric $prom stepcarenew_certificate_lifetime_seconds -Labels $labels | Should -Be ($task.NotAfter - $task.NotBefore).TotalSeconds
                Read-Metric $prom stepcarenew_renewal_interval_seconds -Labels $labels | Should -BeGreaterThan 0
            }
            if ($IsLinux) { (Get-Item $prom).UnixFileMode | Should -Be ([IO.UnixFileMode]'UserRead, UserWrite, GroupRead, OtherRead') }
        }

        It 'leave the file when the renewal is unregistered, or registered with another one' {
            Invoke-StepRenewal | Out-Null
            Unregister-StepRenewalTask mail
            Get-Content $prom | Where-Object { $_ -like '*mail*' } | Should -BeNullOrEmpty
            Get-Content $prom | Where-Object { $_ -like '*name="web"*' } | Should -Not -BeNullOrEmpty
            $other = Join-Path $folder other.prom
            Register-StepRenewalTask web (Get-StepRenewalTask web).CertificatePath @mine -MetricsPath $other -WarningAction SilentlyContinue | Out-Null
            Test-Path $prom | Should -BeFalse
            Invoke-StepRenewal -Name web | Out-Null
            Test-Path $other | Should -BeTrue
        }

        It 'that cannot be written are exit code 40 of a scheduled run' {
            Set-Content $prom 'up 1'
            $run = Invoke-FreshPwsh "Import-Module '$(Join-Path (Get-TestPackage) StepCaRenew.psd1)'; `$ErrorActionPreference = 'Continue'; Invoke-StepRenewal -Name web -Scheduled"
            "$($run.Output) $($run.Error)" -replace '\s+', ' ' | Should -BeLike '*another program*'
            $run.ExitCode | Should -Be 40
            Get-Content $prom | Should -Be 'up 1'
        }

        It 'are exported by Export-StepMetric as the runs write them' {
            Invoke-StepRenewal | Out-Null
            $export = Join-Path $folder export.prom
            Get-StepRenewalTask | Export-StepMetric $export | Should -BeNullOrEmpty
            Get-Content $export -Raw | Should -BeExactly (Get-Content $prom -Raw)
            $file = Join-Path $folder tasks.xml
            Get-StepRenewalTask | Export-Clixml $file
            Remove-Item $export
            Import-Clixml $file | Export-StepMetric $export
            Get-Content $export -Raw | Should -BeExactly (Get-Content $prom -Raw)
        }

        It 'that the runs write into the same folder are a warning of the export' {
            Invoke-StepRenewal | Out-Null
            Get-StepRenewalTask web | Export-StepMetric (Join-Path (Split-Path $prom) export.prom) -WarningVariable warnings -WarningAction SilentlyContinue
            $warnings | Should -HaveCount 1
            $warnings[0] | Should -BeLike "web: its runs write the same metrics to '$prom'*"
        }

        It 'of a renewal that is still registered stay in an export without it' {
            Invoke-StepRenewal | Out-Null
            $export = Join-Path $folder export.prom
            Get-StepRenewalTask | Export-StepMetric $export
            $task = Get-StepRenewalTask mail
            Set-Content $task.DefinitionPath '{ broken'
            Get-StepRenewalTask -ErrorAction SilentlyContinue | Export-StepMetric $export
            Get-Content $export | Where-Object { $_ -like '*name="mail"*' } | Should -Not -BeNullOrEmpty
            Unregister-StepRenewalTask mail
            Get-StepRenewalTask | Export-StepMetric $export
            Get-Content $export | Where-Object { $_ -like '*name="mail"*' } | Should -BeNullOrEmpty
            Unregister-StepRenewalTask web
            Get-StepRenewalTask * | Export-StepMetric $export
            Test-Path $export | Should -BeFalse
        }

        It 'are not exported with -WhatIf' {
            Get-StepRenewalTask | Export-StepMetric (Join-Path $folder export.prom) -WhatIf
            Test-Path (Join-Path $folder export.prom) | Should -BeFalse
        }
    }
}
