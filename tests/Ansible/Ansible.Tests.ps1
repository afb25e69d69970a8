# The collection in ansible/ with real ansible-playbook, a real step-ca and Debian's cron, on hosts with mounts of their own.
BeforeAll {
    Import-Module $PSScriptRoot/StepCaRenew.TestAnsible.psm1
    Import-Module $PSScriptRoot/../Pester/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/../Pester/Helpers/StepCaRenew.TestCa.psm1
    $environment = Use-CleanEnvironment
    $hindrance = Get-AnsibleHindrance
    if (-not $hindrance) {
        $ca = Open-TestCa StepCa
        $fingerprint = [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPem([IO.File]::ReadAllText($ca.RootPath)).GetCertHashString('SHA256')
        $sources = [IO.Directory]::CreateDirectory((Join-Path $TestDrive sources)).FullName
        # As in a release: a package, and the PowerShell of this test as an archive.
        Compress-PSResource -Path (Get-TestPackage) -DestinationPath $sources
        $package = (Get-Item $sources/StepCaRenew.*.nupkg).FullName
        $version = (Import-PowerShellDataFile (Join-Path (Get-TestPackage) StepCaRenew.psd1)).ModuleVersion
        & tar --create --gzip --file $sources/powershell.tar.gz --directory $PSHOME --mode u+rwX,go+rX .
        if ($LASTEXITCODE -ne 0) { throw 'tar failed' }
        $machine = Open-AnsibleHost ([IO.Directory]::CreateDirectory((Join-Path $TestDrive host)).FullName)
        $data = [IO.Directory]::CreateDirectory("$($machine.Folder)/data").FullName
        $path = "$data/tls/web.crt"

        function Get-HostVariable {
            # The variables of the host, with others.
            param([hashtable] $With = @{})
            $all = @{
                stepcarenew_source                       = $package
                stepcarenew_powershell_archive           = "$sources/powershell.tar.gz"
                stepcarenew_ca_url                       = $ca.Url
                stepcarenew_ca_fingerprint               = $fingerprint
                stepcarenew_provisioner                  = 'admin'
                stepcarenew_provisioner_password_file    = "$data/password"
                stepcarenew_certificates                 = @(@{ path = $path; subject = 'web.local'; san = 'web.local', '10.0.0.1'; folder_mode = '0750' })
                stepcarenew_renewals                     = @(@{ name = 'web'; certificate_path = $path })
            }
            foreach ($name in $With.Keys) { $all[$name] = $With[$name] }
            $all
        }

        function Get-Serial { [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPem([IO.File]::ReadAllText($path)).SerialNumber }

        # The files that a run can change on the host, with their times.
        function Get-HostState {
            $listing = Invoke-OnHost $machine 'sh', '-c', "find $data /etc/cron.d /etc/stepcarenew /var/lib/stepcarenew /var/log/stepcarenew /var/cache/stepcarenew /root/.step /opt /usr/local -xdev \( -type f -o -type l \) ! -name '*.stepcarenew-lock' -printf '%p %T@ %s\n' 2>/dev/null | sort"
            $listing.Output
        }
        [IO.File]::WriteAllText("$data/password", "test-password`n")
    }
}

AfterAll {
    Close-AnsibleHost $machine
    Close-TestCa $ca
    Restore-Environment $environment
}

Describe 'The playbook of all three roles' {
    BeforeEach {
        if ($hindrance) { return Set-ItResult -Skipped -Because $hindrance }
    }

    It 'changes nothing in check mode on a host without PowerShell, and reports the changes of a run' {
        $state = Get-HostState
        $run = Invoke-Playbook $machine (Get-HostVariable) -ArgumentList '--check', '--diff'
        $run.Changed | Should -Contain 'Install the module'
        $run.Changed | Should -Contain 'Trust the CA'
        $run.Changed | Should -Contain 'Request the certificate'
        $run.Changed | Should -Contain 'Register the renewal'
        Get-HostState | Should -BeExactly $state
    }

    It 'installs PowerShell and the module, enrols by a token of the controller, and schedules with cron; a second run changes nothing' {
        $run = Invoke-Playbook $machine (Get-HostVariable) -ArgumentList '--diff'
        foreach ($task in 'Unpack PowerShell', 'Install the module', 'Trust the CA', 'Request the certificate', 'Register the renewal') { $run.Changed | Should -Contain $task }
        $run.Output | Should -BeLike '*"subject": "CN=web.local"*'
        $run.Output | Should -BeLike "*+ Schedule a run every 15m with Cron, as root.*"
        Test-Path $path | Should -BeTrue
        $certificate = ($run.Tasks | Where-Object { $_.task -like '*Request the certificate' }).result.certificate
        $certificate.key_status, $certificate.status | Should -BeExactly Matches, Valid
        $certificate.dns_names, $certificate.ip_addresses | Should -BeExactly web.local, 10.0.0.1
        $certificate.serial_number | Should -BeExactly (Get-Serial)
        $task = Invoke-Pwsh $machine 'Get-StepRenewalTask web | ConvertTo-Json'
        $task.Scheduler, $task.ScheduleHealthy, $task.RunAs | Should -BeExactly Cron, $true, root
        $run.Output.Contains('test-password') | Should -BeFalse

        $state = Get-HostState
        $again = Invoke-Playbook $machine (Get-HostVariable)
        $again.Changed | Should -BeNullOrEmpty
        $again.Output | Should -Match 'changed=0 '
        $check = Invoke-Playbook $machine (Get-HostVariable) -ArgumentList '--check', '--diff'
        $check.Changed | Should -BeNullOrEmpty
        Get-HostState | Should -BeExactly $state
    }

    It 'fails for a wrong token with the id of the error in the output, and leaves no certificate' {
        $token = Invoke-Pwsh $machine "New-StepToken other.local -Provisioner admin -ProvisionerPasswordFile '$data/password' | ConvertFrom-SecureString -AsPlainText | ConvertTo-Json"
        $other = @{ path = "$data/tls/other.crt"; subject = 'wrong.local'; token = $token }
        $run = Invoke-Playbook $machine (Get-HostVariable @{ stepcarenew_certificates = @($other) }) -AllowFailure
        $run.ExitCode | Should -Be 2
        $run.Output | Should -Match 'TokenNamesDiffer: The token is for other names than those requested'
        # The right names; the second request with the same token is the wrong one.
        $other.subject = 'other.local'
        $run = Invoke-Playbook $machine (Get-HostVariable @{ stepcarenew_certificates = @($other); stepcarenew_renewals = @() })
        $run.Changed | Should -BeExactly 'Request the certificate'
        $used = @{ path = "$data/tls/used.crt"; subject = 'other.local'; token = $token }
        $run = Invoke-Playbook $machine (Get-HostVariable @{ stepcarenew_certificates = @($used) }) -AllowFailure -ArgumentList '-vvv'
        $run.ExitCode | Should -Be 2
        $failed = $run.Tasks | Where-Object status -EQ failed
        $failed.result.error_id | Should -BeExactly TokenRefused
        $failed.result.remedy | Should -Not -BeNullOrEmpty
        $failed.result.msg | Should -BeLike 'TokenRefused: *'
        $run.Output | Should -Match '"error_id": "TokenRefused"'
        $run.Output.Contains($token) | Should -BeFalse -Because 'a token is a secret, also with -vvv'
        Test-Path "$data/tls/used.crt" | Should -BeFalse
        Test-Path "$data/tls/used.key" | Should -BeFalse
    }

    It 'fails for a wrong password on the controller with the id of the error' {
        $run = Invoke-Playbook $machine (Get-HostVariable @{ stepcarenew_certificates = @(@{ path = "$data/tls/no.crt"; subject = 'no.local' }); stepcarenew_provisioner_password = 'wrong-s3cret'; stepcarenew_provisioner_password_file = '' }) -AllowFailure -ArgumentList '-vvv'
        $run.ExitCode | Should -Be 2
        $run.Output | Should -Match 'ProvisionerPasswordWrong'
        $run.Output.Contains('wrong-s3cret') | Should -BeFalse
        Test-Path "$data/tls/no.crt" | Should -BeFalse
    }

    It 'enrols by a password from a vault, with owner and mode of the key, and shows the password nowhere' {
        [IO.File]::WriteAllText("$data/vault-password", 'of the vault')
        $encrypted = Invoke-OnHost $machine 'ansible-vault', 'encrypt_string', '--vault-password-file', "$data/vault-password", '--name', 'vault_provisioner_password', 'test-password'
        $encrypted.ExitCode | Should -Be 0 -Because $encrypted.Error
        [IO.File]::WriteAllText("$data/vault.yml", $encrypted.Output)
        $variables = Get-HostVariable @{
            stepcarenew_authorization             = 'password'
            stepcarenew_provisioner_password      = '{{ vault_provisioner_password }}'
            stepcarenew_provisioner_password_file = ''
            stepcarenew_certificates              = @(@{ path = "$data/tls/db.crt"; subject = 'db.local'; key_algorithm = 'RSA-2048'; key_owner = 'nobody'; key_group = 'nogroup'; key_mode = '0640' })
            stepcarenew_renewals                  = @()
        }
        $arguments = '--vault-password-file', "$data/vault-password", '--extra-vars', "@$data/vault.yml", '-vvv'
        $run = Invoke-Playbook $machine $variables -ArgumentList $arguments
        $run.Changed | Should -BeExactly 'Give the key its owner and mode', 'Request the certificate'
        $run.Output.Contains('test-password') | Should -BeFalse
        & stat -c '%U %G %a' "$data/tls/db.key" | Should -BeExactly 'nobody nogroup 640'
        ($run.Tasks | Where-Object { $_.task -like '*Request the certificate' }).result.certificate.key_algorithm | Should -BeExactly 'RSA 2048'
        (Invoke-Playbook $machine $variables -ArgumentList $arguments).Changed | Should -BeNullOrEmpty
    }

    It 'replaces a certificate that has expired, and check mode says why' {
        $authority = Get-CaAuthority $ca
        $expired = Build-TestCertificate -Authority $authority -Folder "$data/tls" -Name expired -Lifetime 05:00:00 -Age 06:00:00
        $variables = Get-HostVariable @{ stepcarenew_certificates = @(@{ path = $expired.CertificatePath; subject = 'expired'; san = 'web.local', 'www.web.local', '127.0.0.1', 'root@web.local', 'https://web.local/' }); stepcarenew_renewals = @() }
        $hash = (Get-FileHash $expired.CertificatePath).Hash
        $check = Invoke-Playbook $machine $variables -ArgumentList '--check'
        $check.Changed | Should -BeExactly 'Request the certificate'
        ($check.Tasks | Where-Object { $_.task -like '*Request the certificate' }).result.reasons | Should -BeLike 'the certificate expired at 2*'
        (Get-FileHash $expired.CertificatePath).Hash | Should -BeExactly $hash
        (Invoke-Playbook $machine $variables).Changed | Should -BeExactly 'Request the certificate'
        $now = Invoke-Pwsh $machine "Get-StepCertificate '$($expired.CertificatePath)' | ConvertTo-Json"
        $now.Status, $now.KeyStatus | Should -BeExactly Valid, Matches
        (Invoke-Playbook $machine $variables).Changed | Should -BeNullOrEmpty
    }

    It 'requests a new certificate if the names are changed, shows them, and the renewal accepts it' {
        $variables = Get-HostVariable @{ stepcarenew_certificates = @(@{ path = $path; subject = 'web.local'; san = 'web.local', 'www.local' }) }
        $serial = Get-Serial
        $check = Invoke-Playbook $machine $variables -ArgumentList '--check', '--diff'
        $check.Changed | Should -BeExactly 'Request the certificate'
        $check.Output | Should -Match '(?m)^-\s+"10\.0\.0\.1"'
        $check.Output | Should -Match '(?m)^\+\s+"www\.local"'
        Get-Serial | Should -BeExactly $serial
        $run = Invoke-Playbook $machine $variables -ArgumentList '--diff'
        $run.Changed | Should -Contain 'Request the certificate'
        $run.Output | Should -Match '(?m)^\+\s+"www\.local"'
        Get-Serial | Should -Not -Be $serial
        $renewed = Invoke-Pwsh $machine 'Invoke-StepRenewal -Name web | ConvertTo-Json'
        $renewed.Status | Should -BeExactly NotDue
        (Invoke-Playbook $machine $variables).Changed | Should -BeNullOrEmpty
    }

    It 'changes options of a renewal, runs it at once, and cron renews with publication, action and metrics' {
        [IO.File]::WriteAllText("$data/pfx-password", 'of the pfx')
        $renewal = @{
            name = 'web'; certificate_path = $path; interval = '1m'; transport = 'Token'; renew_at = '66%'; run_now = $true
            bundle_path = "$data/tls/web.pem"; pfx_path = "$data/tls/web.pfx"; pfx_password_file = "$data/pfx-password"
            file_path = 'touch'; argument_list = @("$data/reloaded"); metrics_path = "$data/stepcarenew.prom"
            on_failure = @(@{ uri = 'http://127.0.0.1:1/chat-s3cret' }); health_check_uri = 'http://127.0.0.1:1/ping-s3cret'
        }
        # The names of the certificate in place, which is due.
        $certificate = @{ path = $path; subject = 'web.local'; san = 'web.local', 'www.local' }
        $variables = Get-HostVariable @{ stepcarenew_certificates = @($certificate); stepcarenew_renewals = @($renewal) }
        $check = Invoke-Playbook $machine $variables -ArgumentList '--check', '--diff'
        $check.Changed | Should -BeExactly 'Register the renewal'
        $check.Output | Should -BeLike '*~ -Transport Token is added*'
        Test-Path "$data/tls/web.pem" | Should -BeFalse
        $run = Invoke-Playbook $machine $variables -ArgumentList '--diff', '-vvv'
        $run.Changed | Should -BeExactly 'Register the renewal'
        "$data/tls/web.pem", "$data/tls/web.pfx", "$data/stepcarenew.prom" | Should -Exist
        $run.Output -match 's3cret|of the pfx' | Should -BeFalse
        $result = ($run.Tasks | Where-Object { $_.task -like '*Register the renewal' }).result
        $result.task.run_exit_code | Should -Be 0
        $result.changed_properties | Should -Contain Transport
        (Get-Content "$data/stepcarenew.prom" -Raw) | Should -BeLike '*stepcarenew_certificate_expiration_timestamp_seconds{*name="web"*'
        (Invoke-Playbook $machine $variables).Changed | Should -BeNullOrEmpty

        # It becomes due: another program has put an older certificate with the same names in place.
        Invoke-Pwsh $machine "Request-StepCertificate web.local '$path' -San web.local, www.local -NotBefore '-17h' -NotAfter 24h -Force -Provisioner admin -ProvisionerPasswordFile '$data/password' > `$null"
        $serial = Get-Serial
        Wait-Until { (Get-Serial) -ne $serial -and (Test-Path "$data/reloaded") } -Seconds 100 | Should -BeTrue -Because 'cron looks every minute'
        Wait-Until { (Invoke-Pwsh $machine 'Get-StepRenewalTask web | ConvertTo-Json').LastStatus -eq 'Renewed' } -Seconds 20 | Should -BeTrue
        (Invoke-Playbook $machine $variables).Changed | Should -BeNullOrEmpty
    }

    It 'removes a renewal, and never the certificate' {
        $variables = Get-HostVariable @{ stepcarenew_certificates = @(); stepcarenew_renewals = @(@{ name = 'web'; state = 'absent' }) }
        (Invoke-Playbook $machine $variables -ArgumentList '--check').Changed | Should -BeExactly 'Register the renewal'
        (Invoke-Pwsh $machine '@(Get-StepRenewalTask).Count') | Should -Be 1
        (Invoke-Playbook $machine $variables).Changed | Should -BeExactly 'Register the renewal'
        (Invoke-Pwsh $machine '@(Get-StepRenewalTask).Count') | Should -Be 0
        $path | Should -Exist
        (Invoke-Playbook $machine $variables).Changed | Should -BeNullOrEmpty
    }

    It 'reports the errors of a registration with their ids, and registers nothing' {
        $run = Invoke-Playbook $machine (Get-HostVariable @{ stepcarenew_certificates = @(); stepcarenew_renewals = @(@{ name = 'web'; certificate_path = $path; reload_service = @('no-such-service') }) }) -AllowFailure
        $run.ExitCode | Should -Be 2
        $run.Output | Should -Match 'SystemdNotRunning|ServiceNotFound'
        (Invoke-Pwsh $machine '@(Get-StepRenewalTask).Count') | Should -Be 0
        $run = Invoke-Playbook $machine (Get-HostVariable @{ stepcarenew_renewals = @(@{ name = 'web'; certificate_path = $path; reload_servise = @('nginx') }) }) -AllowFailure
        $run.ExitCode | Should -Be 2
        $run.Output | Should -Match 'reload_servise' -Because 'the role refuses an option that it does not have'
    }
}

Describe 'The role install' {
    BeforeEach {
        if ($hindrance) { return Set-ItResult -Skipped -Because $hindrance }
        $modules = "$data/modules-$([guid]::NewGuid())"
        $playbook = "$data/install.yml"
        [IO.File]::WriteAllText($playbook, "- hosts: all`n  roles:`n    - stepcarenew.certificates.install`n")
        # The folder of the module in the package has its version.
        $zip = "$sources/StepCaRenew-$version.zip"
        if (-not (Test-Path $zip)) { Compress-Archive (Split-Path (Get-TestPackage)) $zip }
    }

    It 'installs from <From>, once, and every file as it is in the package' -ForEach @(
        @{ From = 'a zip' }
        @{ From = 'a package' }
        @{ From = 'the folder of a repository' }
    ) {
        $variables = @{ stepcarenew_modules_path = $modules; stepcarenew_powershell_archive = "$sources/powershell.tar.gz" }
        switch ($From) {
            'a zip' { $variables.stepcarenew_source = $zip }
            'a package' { $variables.stepcarenew_source = $package }
            default { $variables.stepcarenew_repository = $sources; $variables.stepcarenew_version = $version }
        }
        (Invoke-Playbook $machine $variables -Playbook $playbook -ArgumentList '--check').Changed | Should -Contain 'Install the module'
        Test-Path $modules | Should -BeFalse
        (Invoke-Playbook $machine $variables -Playbook $playbook).Changed | Should -Contain 'Install the module'
        $root = Get-TestPackage
        foreach ($file in Get-ChildItem $root -Recurse -File) {
            (Get-FileHash (Join-Path "$modules/StepCaRenew/$version" ([IO.Path]::GetRelativePath($root, $file.FullName)))).Hash | Should -BeExactly (Get-FileHash $file.FullName).Hash
        }
        Get-ChildItem $modules -Force | Should -HaveCount 1
        (Invoke-Playbook $machine $variables -Playbook $playbook).Changed | Should -BeNullOrEmpty
        (Invoke-Pwsh $machine '@(Get-PSResourceRepository | Where-Object Name -like "stepcarenew-*").Count') | Should -Be 0
    }

    It 'fails with the id of the error for another version and for no source of PowerShell' {
        $run = Invoke-Playbook $machine @{ stepcarenew_modules_path = $modules; stepcarenew_source = $zip; stepcarenew_version = '9.9.9' } -Playbook $playbook -AllowFailure
        $run.Output | Should -Match 'ModuleVersionDiffers'
        Get-ChildItem $modules -Force -Recurse -ErrorAction Ignore | Should -BeNullOrEmpty
        $run = Invoke-Playbook $machine @{ stepcarenew_source = $zip; stepcarenew_powershell_folder = '/opt/none' } -Playbook $playbook -AllowFailure -ArgumentList '--extra-vars', 'x=y'
        $run.ExitCode | Should -Be 0 -Because 'pwsh is on PATH'
        Invoke-OnHost $machine 'mv', '/usr/bin/pwsh', '/usr/bin/pwsh.away' > $null
        try { (Invoke-Playbook $machine @{ stepcarenew_source = $zip; stepcarenew_powershell_folder = '/opt/none' } -Playbook $playbook -AllowFailure).Output | Should -Match 'PwshNotFound: PowerShell is not installed on web1' }
        finally { Invoke-OnHost $machine 'mv', '/usr/bin/pwsh.away', '/usr/bin/pwsh' > $null }
    }
}

Describe 'The files of the collection' {
    BeforeEach {
        if ($hindrance) { return Set-ItResult -Skipped -Because $hindrance }
    }

    It 'pass <Program>' -ForEach @(
        @{ Program = 'ansible-lint'; Arguments = '--offline', '--nocolor' }
        @{ Program = 'yamllint'; Arguments = '--strict', '.' }
    ) {
        if (-not (Get-Command $Program -CommandType Application -ErrorAction Ignore)) { return Set-ItResult -Skipped -Because "$Program is missing" }
        # The linter writes next to what it reads.
        $copy = Join-Path $TestDrive ([guid]::NewGuid()) ansible
        Copy-Item (Get-RepositoryPath ansible) $copy -Recurse
        $run = Invoke-OnHost $machine (@('env', '--chdir', $copy, $Program) + $Arguments) -Environment @{ ANSIBLE_COLLECTIONS_PATH = "$($machine.Folder)/collections" }
        $run.ExitCode | Should -Be 0 -Because "$($run.Output) $($run.Error)"
    }

    It 'have a help page for each module with all its options' {
        foreach ($module in Get-ChildItem (Get-RepositoryPath ansible/plugins/modules) -Filter *.py) {
            $run = Invoke-OnHost $machine 'ansible-doc', '--type', 'module', '--json', "stepcarenew.certificates.$($module.BaseName)" -Environment @{ ANSIBLE_COLLECTIONS_PATH = "$($machine.Folder)/collections" }
            $run.ExitCode | Should -Be 0 -Because $run.Error
            $documented = ($run.Output | ConvertFrom-Json -AsHashtable).Values.doc.options.Keys
            # The options that the module takes: an unknown option makes it name all of them.
            $run = Invoke-OnHost $machine 'ansible', 'localhost', '-m', "stepcarenew.certificates.$($module.BaseName)", '-a', 'no_such_option=1 path=/x name=x subject=x ca_url=x fingerprint=x certificate_path=/x src=/x.nupkg' -Environment @{ ANSIBLE_COLLECTIONS_PATH = "$($machine.Folder)/collections" }
            $taken = [regex]::Match($run.Output, 'Supported parameters include: ([^"]+?)\.(?= |"|$)').Groups[1].Value -split ', ' | ForEach-Object { $_ -replace ' \(.*$' }
            $taken.Count | Should -BeGreaterThan 4 -Because $run.Output
            Compare-Object $documented $taken | Should -BeNullOrEmpty -Because $module.BaseName
        }
    }

    It 'have example inventories that Ansible reads' {
        $run = Invoke-OnHost $machine 'ansible-inventory', '-i', (Get-RepositoryPath ansible/inventories/by-token.yml), '--list'
        ($run.Output | ConvertFrom-Json).web.hosts.Count | Should -Be 500
        foreach ($name in 'by-password', 'windows') {
            $run = Invoke-OnHost $machine 'ansible-inventory', '-i', (Get-RepositoryPath "ansible/inventories/$name.yml"), '--list'
            $run.ExitCode, $run.Error | Should -Be 0, ''
        }
    }
}
