# The commands and the alerts of docs/monitoring.md, with real programs.
BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestRecipes.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
    $before = @{ STEPCARENEW_HOME = $env:STEPCARENEW_HOME }
    # The page has its commands as indented lines.
    $printed = [IO.File]::ReadAllLines((Get-RepositoryPath docs/monitoring.md)) -match '^    \S' -replace '^    '
}

AfterAll {
    $env:STEPCARENEW_HOME = $before.STEPCARENEW_HOME
    Restore-Environment $environment
}

Describe 'Prometheus and node_exporter' {
    BeforeEach {
        $processes, $ca = @(), $null
        if ($env:STEPCARENEW_EXTENDED -ne '1') { return Set-ItResult -Skipped -Because 'it is run with --extended' }
        foreach ($program in 'prometheus', 'prometheus-node-exporter') {
            if (-not (Get-Command $program -CommandType Application -ErrorAction Ignore)) { return Skip-Test -Because "$program is missing (build/prerequisites.sh)" }
        }
        $ca = Open-TestCa DevCa
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $metrics, $data = 'metrics', 'data' | ForEach-Object { [IO.Directory]::CreateDirectory((Join-Path $folder $_)).FullName }
        $env:STEPCARENEW_HOME = Join-Path $folder 'home'
        $exporter, $server = (Get-FreePort), (Get-FreePort)
    }

    AfterEach {
        foreach ($process in $processes) {
            $process.Kill()
            $process.WaitForExit()
            $process.Dispose()
        }
        if ($ca) { Close-TestCa $ca }
    }

    It 'scrape the metrics of a run, and raise an alert until its cause is gone' {
        function Get-Answer {
            param([string] $Query)
            try { @((Invoke-RestMethod "http://127.0.0.1:$server/api/v1/query?query=$([Uri]::EscapeDataString($Query))" -TimeoutSec 5).data.result) } catch { @() }
        }
        function Get-Alert {
            try { @((Invoke-RestMethod "http://127.0.0.1:$server/api/v1/alerts" -TimeoutSec 5).data.alerts | Where-Object state -EQ firing) } catch { @() }
        }

        $renewals = [IO.Directory]::CreateDirectory("$env:STEPCARENEW_HOME/renewals").FullName
        $authority = Get-CaAuthority $ca
        foreach ($name in 'web', 'mail') {
            $pair = Build-TestCertificate -Authority $authority -Folder (New-Item "$folder/$name" -ItemType Directory) -Name $name
            @{ certificate = $pair.CertificatePath; ca = @{ stepPath = $ca.Folder }; scope = 'CurrentUser'; metricsPath = "$metrics/stepcarenew.prom" } | ConvertTo-Json | Set-Content "$renewals/$name.json"
        }
        # The key of mail is that of another certificate.
        Move-Item "$folder/mail/mail.key" "$folder/mail/right.key"
        Copy-Item "$folder/web/web.key" "$folder/mail/mail.key"
        Invoke-StepRenewal -Name web, mail -ErrorAction SilentlyContinue -ErrorVariable problem | Out-Null
        $problem.FullyQualifiedErrorId | Should -BeLike 'KeyMismatch,*'

        # node_exporter with the command of the page, but for its folder and its port.
        $command = @($printed -match '^prometheus-node-exporter ')[0] -split ' '
        $arguments = @($command | Select-Object -Skip 1) -replace '(--collector\.textfile\.directory)=.+', "`$1=$metrics"
        $arguments | Should -Contain "--collector.textfile.directory=$metrics"
        Set-Content "$folder/prometheus.yml" @"
global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: ['$(Get-RepositoryPath docs/monitoring/alerts.yml)']
scrape_configs: [{ job_name: node, static_configs: [{ targets: ['127.0.0.1:$exporter'] }] }]
"@
        $processes += Open-Process -FilePath $command[0] -Folder $folder -ArgumentList ($arguments + "--web.listen-address=127.0.0.1:$exporter")
        $processes += Open-Process -FilePath prometheus -Folder $folder -ArgumentList "--config.file=$folder/prometheus.yml", "--storage.tsdb.path=$data", "--web.listen-address=127.0.0.1:$server"

        Wait-Until -Seconds 60 { Get-Alert | Where-Object { $_.labels.alertname -eq 'StepKeyMismatch' } } | Should -BeTrue
        $series = Get-Answer 'stepcarenew_certificate_expiration_timestamp_seconds{name="web"}'
        $series | Should -HaveCount 1
        $series[0].metric.path | Should -BeExactly "$folder/web/web.crt"
        $series[0].value[1] | Should -BeExactly "$(([DateTimeOffset] (Get-StepCertificate "$folder/web/web.crt").NotAfter).ToUnixTimeSeconds())"
        (Get-Answer 'stepcarenew_renewal_failing' | Sort-Object { $_.metric.name } | ForEach-Object { "$($_.metric.name) $($_.value[1])" }) | Should -BeExactly 'mail 1', 'web 0'
        Get-Answer 'node_textfile_scrape_error == 0' | Should -HaveCount 1
        Get-Answer 'stepcarenew_build_info == 1' | Should -Not -BeNullOrEmpty
        $alerts = Get-Alert
        $alerts.labels.name | Sort-Object -Unique | Should -BeExactly mail
        ($alerts | Where-Object { $_.labels.alertname -eq 'StepKeyMismatch' }).annotations.summary | Should -BeLike "The key of $folder/mail/mail.crt *"

        Move-Item "$folder/mail/right.key" "$folder/mail/mail.key" -Force
        (Invoke-StepRenewal -Name mail -WarningAction SilentlyContinue).Status | Should -BeExactly NotDue
        Wait-Until -Seconds 30 { -not (Get-Alert) -and (Get-Answer 'stepcarenew_key_matches{name="mail"} == 1') } | Should -BeTrue
    }
}

Describe 'A renewal under systemd' {
    BeforeEach {
        $systemd = $null
        if (-not $IsLinux) { return Set-ItResult -Skipped -Because 'systemd runs on Linux' }
        if ($hindrance = Get-HostHindrance) { return Skip-Test -Because $hindrance }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive systemd)).FullName
        $systemd = Open-SystemdHost $folder
    }

    AfterEach { Close-SystemdHost $systemd }

    It 'writes its metrics, reports its failure by mail, and has what the commands of the page look for in the journal' {
        $text = Get-Content (Get-RepositoryPath docs/monitoring.md) -Raw
        $commands = @{
            Journal = @($printed -match '^journalctl ')
            Log     = @($printed -match '^Get-Content .*LogPath')[0]
            Mail    = [regex]::Match($text, '(?ms)^```sh\r?\n(.*?)^```').Groups[1].Value
        }
        $commands.Mail | Should -BeLike '#!/bin/sh*/usr/sbin/sendmail*'
        $commands.Journal | Should -HaveCount 2
        $commands | ConvertTo-Json | Set-Content "$folder/commands.json"
        $run = Invoke-FreshPwsh -Through nsenter, --all, --target, $systemd.Id -Environment @{ HOME = '/root' } -ScriptFolder $folder -TimeoutSeconds 120 @"
`$commands = Get-Content '$folder/commands.json' -Raw | ConvertFrom-Json
Import-Module '$(Get-RepositoryPath tests/Pester/Helpers/StepCaRenew.TestHelpers.psm1)'
Import-Module '$(Get-RepositoryPath tests/Pester/Helpers/StepCaRenew.TestCa.psm1)'
New-Item /usr/local/share/powershell/Modules/StepCaRenew -ItemType Directory -Force > `$null
cp --recursive --no-preserve=ownership '$(Get-TestPackage)' /usr/local/share/powershell/Modules/StepCaRenew/
`$ca = Open-TestCa DevCa
try {
    Import-Module StepCaRenew
    `$folder = (New-Item /etc/ssl/mine -ItemType Directory).FullName
    `$pair = Build-TestCertificate -Authority (Get-CaAuthority `$ca) -Folder `$folder -Name web
    # A sendmail that keeps the message where the real one has its queue.
    New-Item /usr/local/sbin, /var/spool/test, /var/lib/prometheus/node-exporter -ItemType Directory -Force > `$null
    Remove-Item /usr/sbin/sendmail -ErrorAction Ignore
    [IO.File]::WriteAllText('/usr/sbin/sendmail', "#!/bin/sh``ncat > /var/spool/test/mail``n")
    [IO.File]::WriteAllText('/usr/local/sbin/tell-admin', `$commands.Mail)
    chmod 755 /usr/sbin/sendmail /usr/local/sbin/tell-admin
    `$more = @{ StepPath = `$ca.Folder; MetricsPath = '/var/lib/prometheus/node-exporter/stepcarenew.prom' }
    Register-StepRenewalTask web `$pair.CertificatePath @more > `$null
    # The host's systemd writes elsewhere, or its own lines would be in no journal.
    systemctl log-target journal
    systemctl start stepcarenew-web.service
    `$metrics = @(Get-Content /var/lib/prometheus/node-exporter/stepcarenew.prom -ErrorAction Ignore)
    Register-StepRenewalTask web `$pair.CertificatePath @more -OnFailure @{ FilePath = '/usr/local/sbin/tell-admin' } > `$null
    Move-Item `$pair.KeyPath "`$folder/away"
    systemctl start stepcarenew-web.service 2> `$null
    journalctl --sync
    [pscustomobject]@{
        Journal = @(foreach (`$command in `$commands.Journal) { (bash -c `$command) -join "``n" })
        Metrics = `$metrics
        Mail    = (Get-Content /var/spool/test/mail -ErrorAction Ignore) -join "``n"
        Log     = @(& ([scriptblock]::Create(`$commands.Log)))
    } | ConvertTo-Json -Depth 4
}
finally { Close-TestCa `$ca }
"@
        $run.ExitCode | Should -Be 0 -Because $run.Error
        $seen = $run.Output | ConvertFrom-Json
        $seen.Metrics | Should -Contain 'stepcarenew_renewal_failing{name="web",path="/etc/ssl/mine/web.crt"} 0'
        $seen.Mail | Should -BeLike "To: admin@example.com`nSubject: *failure*web*FileNotFound*`n`n*There is no key file '/etc/ssl/mine/web.key'*Check the path*"
        # A line for each run, and none of PowerShell's own.
        @($seen.Journal[0] -split "`n") | Should -HaveCount 3
        $seen.Journal[0] | Should -BeLike "*stepcarenew-web.service*web: Not due*stepcarenew-web.service*There is no key file*Check the path*"
        # The runs that failed.
        $seen.Journal[1] | Should -BeLike "*stepcarenew-web.service*Failed with result 'exit-code'*"
        $seen.Journal[1] | Should -Not -BeLike '*Not due*'
        $seen.Log | Should -HaveCount 1
        $seen.Log[0].fields.errorId | Should -BeExactly FileNotFound
    }
}
