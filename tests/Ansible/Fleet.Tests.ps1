# docs/fleet.md: its playbooks, its commands and its scripts, as they are printed, but for the addresses and the service of the host.
BeforeAll {
    Import-Module $PSScriptRoot/StepCaRenew.TestAnsible.psm1
    Import-Module $PSScriptRoot/../Pester/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/../Pester/Helpers/StepCaRenew.TestCa.psm1
    $environment = Use-CleanEnvironment
    $page = [IO.File]::ReadAllText((Get-RepositoryPath docs/fleet.md))
    $blocks = [regex]::Matches($page, '(?ms)^```(\w*)\n(.*?)^```$') | ForEach-Object { [pscustomobject]@{ Kind = $_.Groups[1].Value; Text = $_.Groups[2].Value; IsRun = $false } }

    # The block with a text in it. It is run as it is printed; the host has no systemd and no nginx.
    function Get-Block {
        param([string] $With)
        $found = @($blocks | Where-Object { $_.Text.Contains($With) })
        $found | Should -HaveCount 1 -Because $With
        $found[0].IsRun = $true
        $found[0].Text.Replace('-ReloadService nginx', '-FilePath true').Replace('reload_service: [nginx]', "file_path: 'true'").Replace('https://127.0.0.1]', "https://127.0.0.1:$tlsPort]")
    }

    $hindrance = Get-AnsibleHindrance
    if (-not $hindrance) {
        $ca = Open-TestCa StepCa
        $sources = [IO.Directory]::CreateDirectory((Join-Path $TestDrive sources)).FullName
        Compress-PSResource -Path (Get-TestPackage) -DestinationPath $sources
        & tar --create --gzip --file $sources/powershell.tar.gz --directory $PSHOME --mode u+rwX,go+rX .
        if ($LASTEXITCODE -ne 0) { throw 'tar failed' }
        $machine = Open-AnsibleHost ([IO.Directory]::CreateDirectory((Join-Path $TestDrive host)).FullName)
        $folder = $machine.Folder
        [IO.File]::WriteAllText("$folder/password", "test-password`n")
        $path = '/etc/ssl/mine/web.crt'
        $tlsPort = Get-FreePort
        $variables = @{
            stepcarenew_source                    = (Get-Item $sources/StepCaRenew.*.nupkg).FullName
            stepcarenew_powershell_archive        = "$sources/powershell.tar.gz"
            stepcarenew_ca_url                    = $ca.Url
            stepcarenew_ca_fingerprint            = [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPem([IO.File]::ReadAllText($ca.RootPath)).GetCertHashString('SHA256')
            stepcarenew_provisioner               = 'admin'
            stepcarenew_provisioner_password_file = "$folder/password"
            stepcarenew_certificates              = @(@{ path = $path; subject = 'web1.example.com'; folder_mode = '0755' })
            stepcarenew_renewals                  = @(@{ name = 'web'; certificate_path = $path })
        }

        function Invoke-Block {
            # A playbook of the page.
            param([string] $With, [string[]] $ArgumentList = @(), [hashtable] $Variable = $variables, [switch] $AllowFailure)
            [IO.File]::WriteAllText("$folder/playbook.yml", (Get-Block $With))
            Invoke-Playbook $machine $Variable -Playbook "$folder/playbook.yml" -ArgumentList $ArgumentList -AllowFailure:$AllowFailure
        }

        function Get-Serial { (Invoke-OnHost $machine 'openssl', 'x509', '-noout', '-serial', '-in', $path).Output.Trim() }
    }
}

AfterAll {
    Close-AnsibleHost $machine
    Close-TestCa $ca
    Restore-Environment $environment
}

Describe 'docs/fleet.md' {
    BeforeEach {
        if ($hindrance) { return Set-ItResult -Skipped -Because $hindrance }
    }

    It 'enrols by its playbook, and a second run changes nothing' {
        (Invoke-Block '- stepcarenew.certificates.install').Changed | Should -Contain 'Request the certificate'
        $again = Invoke-Block '- stepcarenew.certificates.install'
        $again.Changed | Should -BeNullOrEmpty
        $again.Output | Should -Match 'changed=0 '
    }

    It 'names hosts in its commands that the inventory has: <_>' -ForEach @([regex]::Matches([IO.File]::ReadAllText("$PSScriptRoot/../../docs/fleet.md"), '(?m)^ +(ansible-playbook .*)$') | ForEach-Object { $_.Groups[1].Value }) {
        Copy-Item (Get-RepositoryPath ansible/inventories/by-token.yml) "$folder/by-token.yml"
        [IO.File]::WriteAllText("$folder/site.yml", (Get-Block '- stepcarenew.certificates.install'))
        $run = Invoke-OnHost $machine 'sh', '-c', "cd '$folder' && $_ --list-hosts" -Environment @{ ANSIBLE_COLLECTIONS_PATH = "$folder/collections" }
        $run.ExitCode | Should -Be 0 -Because $run.Error
        $run.Output | Should -Match "hosts \($(if ($_ -like '*--limit*') { 5 } else { 500 })\)"
    }

    It 'gives each member its share of the lifetime, and the server must serve the new certificate' {
        [IO.File]::WriteAllText("$folder/renewals.yml", (Get-Block 'renew_at:'))
        $run = Invoke-Block '- stepcarenew.certificates.install' -ArgumentList '--extra-vars', "@$folder/renewals.yml"
        $run.Changed | Should -BeExactly 'Register the renewal'
        $definition = Invoke-OnHost $machine 'cat', '/etc/stepcarenew/renewals/web.json'
        ($definition.Output | ConvertFrom-Json).when.renewAt | Should -BeExactly '50%'
        ($definition.Output | ConvertFrom-Json).servedBy | Should -BeLike '*127.0.0.1*'
    }

    It 'renews in groups by its playbook, and ends at a failure' {
        (Invoke-Block '- stepcarenew.certificates.install').Changed | Should -BeExactly 'Register the renewal'
        $serial = Get-Serial
        $run = Invoke-Block 'max_fail_percentage'
        $run.Changed | Should -BeExactly 'Renew, reload and see that the new certificate is served'
        Get-Serial | Should -Not -Be $serial
        # Its action fails from now on.
        $failing = $variables.Clone()
        $failing.stepcarenew_renewals = @(@{ name = 'web'; certificate_path = $path; file_path = 'false' })
        (Invoke-Block '- stepcarenew.certificates.install' -Variable $failing).Changed | Should -BeExactly 'Register the renewal'
        $run = Invoke-Block 'max_fail_percentage' -AllowFailure
        $run.ExitCode | Should -Be 2
        $run.Output | Should -Match 'exit code 1'
    }

    It 'renews in a window, by hand and by the line of cron' {
        (Invoke-Block '- stepcarenew.certificates.install' -Variable (& { $none = $variables.Clone(); $none.stepcarenew_renewals = @(@{ name = 'web'; state = 'absent' }); $none })).Changed | Should -BeExactly 'Register the renewal'
        $task = Invoke-Pwsh $machine "$(Get-Block '-ExpiresIn 4h') | ConvertTo-Json"
        $task.ScheduleHealthy | Should -BeTrue
        (Invoke-Pwsh $machine 'Invoke-StepRenewal | ConvertTo-Json').Status | Should -BeExactly NotDue
        $block = ($blocks | Where-Object { $_.Text.Trim() -eq 'Invoke-StepRenewal -Force' })
        $block | Should -HaveCount 1
        $block.IsRun = $true
        (Invoke-Pwsh $machine "$($block.Text.Trim()) | ConvertTo-Json").Status | Should -BeExactly Renewed
        # The command of the line, as cron gives it to sh, without the wait.
        $line = (Get-Block 'shuf -i').Trim()
        $line | Should -Match '^0 2 \* \* \* root [^%]+$'
        $serial = Get-Serial
        (Invoke-OnHost $machine 'sh', '-c', ($line -replace '^(\S+ ){6}' -replace '0-3600', '0-0')).ExitCode | Should -Be 0
        Get-Serial | Should -Not -Be $serial
    }

    It 'keeps the certificate during an outage of the CA, and renews it when the CA is back' {
        (Invoke-OnHost $machine 'cp', $path, '/root/before.crt').ExitCode | Should -Be 0
        Suspend-StepCa $ca
        try {
            $failed = Invoke-Pwsh $machine 'Invoke-StepRenewal -Name web -Force -RetryTimeout 0s -ErrorAction SilentlyContinue | ConvertTo-Json; exit 0'
            $failed.ErrorId | Should -BeExactly CaUnreachable
            (Invoke-OnHost $machine 'cmp', $path, '/root/before.crt').ExitCode | Should -Be 0
        }
        finally {
            Resume-StepCa $ca
        }
        (Invoke-Pwsh $machine 'Invoke-StepRenewal -Name web -Force | ConvertTo-Json').Status | Should -BeExactly Renewed
    }

    It 'shows many hosts in one table over SSH' {
        if (-not (Test-Path /usr/sbin/sshd)) { return Set-ItResult -Skipped -Because 'sshd is missing' }
        $port = Get-FreePort
        $setUp = @"
set -e
mkdir -p /run/sshd /root/.ssh && chmod 700 /root/.ssh
ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519 && cp /root/.ssh/id_ed25519.pub /root/.ssh/authorized_keys
ssh-keygen -q -t ed25519 -N '' -f /root/host_key
printf 'Host *\n  HostName 127.0.0.1\n  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n  LogLevel ERROR\nHost web1 web2\n  Port $port\nHost gone\n  Port 1\n' >/root/.ssh/config
printf 'Port $port\nListenAddress 127.0.0.1\nHostKey /root/host_key\nUsePAM no\nPermitRootLogin prohibit-password\nPidFile /run/sshd.pid\n%s\n' '$([regex]::Match($page, 'Subsystem powershell [^`]+').Value)' >/root/sshd_config
"@
        (Invoke-OnHost $machine 'sh', '-c', $setUp).ExitCode | Should -Be 0
        $sshd = Start-Process nsenter -ArgumentList '--mount', '--target', $machine.Process.Id, '/usr/sbin/sshd', '-D', '-f', '/root/sshd_config' -PassThru -RedirectStandardError "$folder/sshd.errors"
        try {
            $script = "Set-Location '$folder'; 'web1', 'web2', 'gone' | Set-Content hosts.txt`n`$PSStyle.OutputRendering = 'PlainText'`n"
            foreach ($with in 'New-PSSession -HostName', 'Format-List PSComputerName, Name, HealthDetails', '$registered =', '-ThrottleLimit 4') { $script += "'--- $with'`n$(Get-Block $with)" }
            $script += "Remove-PSSession `$sessions`n"
            # One renewal needs attention, and one certificate is not registered.
            $before = 'Copy-Item /etc/ssl/mine/web.crt /etc/ssl/mine/other.crt; Copy-Item /etc/ssl/mine/web.key /etc/ssl/mine/other.key; Remove-Item /etc/cron.d/stepcarenew*'
            Invoke-Pwsh $machine $before > $null
            [IO.File]::WriteAllText("$folder/remoting.ps1", $script)
            Wait-Until { $client = [Net.Sockets.TcpClient]::new(); try { $client.Connect('127.0.0.1', $port); $true } catch { $false } finally { $client.Dispose() } } -Seconds 10 | Should -BeTrue -Because "sshd must listen: $(Get-Content "$folder/sshd.errors" -Raw)"
            $run = Invoke-OnHost $machine 'pwsh', '-NoProfile', '-NonInteractive', '-File', "$folder/remoting.ps1"
            $run.ExitCode | Should -Be 0 -Because "$($run.Output) $($run.Error)"
            $parts = $run.Output -split '(?m)^--- .*\n'
            $parts | Should -HaveCount 5
            $parts[1] | Should -Match 'PSComputerName'
            $parts[1] | Should -Match '(?m)^web1 +web +False'
            $parts[1] | Should -Match '(?m)^web2 +web '
            $parts[2] | Should -Match 'HealthDetails'
            $parts[2] | Should -Match '(?m)^\[gone\] '
            $parts[3] | Should -Match '(?m)^web1 +/etc/ssl/mine/other\.crt +Valid'
            $parts[4] | Should -Match '(?m)^web1 +web +Renewed +True'
        }
        finally {
            $sshd.Kill($true)
            $sshd.WaitForExit(5000) > $null
        }
    }

    It 'has queries that Prometheus can parse' {
        if (-not (Get-Command promtool -CommandType Application -ErrorAction Ignore)) { return Set-ItResult -Skipped -Because 'promtool is missing' }
        $queries = [regex]::Matches($page, '(?m)^\| .*\? \| `(.+)` \|$') | ForEach-Object { $_.Groups[1].Value }
        $queries | Should -HaveCount 5
        @{ groups = @(@{ name = 'fleet'; rules = @($queries | ForEach-Object { @{ alert = "Query$([array]::IndexOf($queries, $_))"; expr = $_ } }) }) } | ConvertTo-Json -Depth 6 | Set-Content "$folder/queries.yml"
        & promtool check rules "$folder/queries.yml" > "$folder/promtool.log" 2>&1
        $LASTEXITCODE | Should -Be 0 -Because (Get-Content "$folder/promtool.log" -Raw)
    }

    It 'has no block that was not run' {
        ($blocks | Where-Object { -not $_.IsRun }).Text | Should -BeNullOrEmpty
    }
}
