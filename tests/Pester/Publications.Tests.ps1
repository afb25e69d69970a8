# Other forms of the pair: in a call by hand, with a first certificate, and by a registered renewal.
BeforeDiscovery {
    $formats = @(
        @{ Key = 'P256'; Format = 'Pkcs8'; Label = 'PRIVATE KEY' }
        @{ Key = 'P256'; Format = 'Sec1'; Label = 'EC PRIVATE KEY' }
        @{ Key = 'RSA'; Format = 'Pkcs8'; Label = 'PRIVATE KEY' }
        @{ Key = 'RSA'; Format = 'Pkcs1'; Label = 'RSA PRIVATE KEY' }
    )
}

BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestTasks.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
    $before = @{ STEPCARENEW_HOME = $env:STEPCARENEW_HOME; PATH = $env:PATH }
    $ca = Open-TestCa StepCa
    if (-not $ca.Reason) { $authority = Get-CaAuthority $ca }
    $atCa = @{ StepPath = $ca.Folder }

    function Invoke-ScheduledRun {
        param([string] $Name)
        Invoke-FreshPwsh "Import-Module '$(Join-Path (Get-TestPackage) 'StepCaRenew.psd1')'; `$ErrorActionPreference = 'Continue'; Invoke-StepRenewal -Name '$Name' -Scheduled -RetryTimeout 0s"
    }

    # The text of the pipeline goes to the standard input.
    function Invoke-OpenSsl {
        $text = @($input) -join "`n"
        $output = if ($text) { $text | & openssl @args 2>$null } else { & openssl @args 2>$null }
        if ($LASTEXITCODE -ne 0) { throw "openssl $($args[0]) ended with exit code $LASTEXITCODE" }
        $output
    }

    function Get-Mode {
        param([string] $Path)
        [Convert]::ToString([int] [IO.File]::GetUnixFileMode($Path), 8)
    }
}

AfterAll {
    Close-TestCa $ca
    Restore-Environment $environment
    foreach ($name in $before.Keys) { [Environment]::SetEnvironmentVariable($name, $before[$name]) }
}

Describe 'Publications' {
    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $out = [IO.Directory]::CreateDirectory((Join-Path $folder out)).FullName
        $pair = Build-TestCertificate -Authority $authority -Folder $folder -Age 17:00:00
        $path = $pair.CertificatePath
        $bundle = Join-Path $out web.pem
    }

    Context 'Invoke-StepRenewal' {
        It 'writes every form, and shows them in Published' {
            $forms = [ordered] @{ BundlePath = $bundle; ChainPath = Join-Path $out chain.pem; LeafPath = Join-Path $out leaf.pem; RootPath = Join-Path $out root.pem; KeyOutPath = Join-Path $out key.pem }
            $result = Invoke-StepRenewal $path @atCa @forms
            $result.Status | Should -BeExactly Renewed
            $result.Changed | Should -BeTrue
            $result.ActionsPending | Should -BeFalse
            $result.Published | Should -Be @($forms.Values)
            $result.Message | Should -BeLike "*Published to '$bundle', *"
            Get-LeafSerial $bundle | Should -BeExactly $result.SerialNumber
            (Test-StepCertificatePair $bundle) | Should -BeTrue
            (Get-Content $bundle -Raw) | Should -BeExactly ((Get-Content $path -Raw) + (Get-Content $pair.KeyPath -Raw))
            Invoke-OpenSsl verify -CAfile $forms.RootPath -untrusted $forms.ChainPath $forms.LeafPath | Should -BeLike '*: OK'
            if (-not $IsWindows) { $forms.Values | ForEach-Object { Get-Mode $_ } | Should -Be 600, 644, 644, 644, 600 }
        }

        It 'writes the key as <Format> of <Key>' -ForEach $formats {
            $other = Build-TestCertificate -Authority $authority -Folder $folder -Name other -Age 17:00:00 -Algorithm $Key
            $file = Join-Path $out key.pem
            (Invoke-StepRenewal $other.CertificatePath @atCa -KeyOutPath $file -KeyFormat $Format).Status | Should -BeExactly Renewed
            Get-Content $file -TotalCount 1 | Should -BeExactly "-----BEGIN $Label-----"
            Invoke-OpenSsl pkey -in $file -pubout | Should -BeExactly (Invoke-OpenSsl pkey -in $other.KeyPath -pubout)
        }

        It 'writes a PFX file that openssl opens with the password alone: <_>' -ForEach 'Aes256', 'TripleDes' {
            $pfx, $secret = (Join-Path $out web.pfx), (Join-Path $folder password)
            Set-Content $secret 'pfx password'
            $result = Invoke-StepRenewal $path @atCa -PfxPath $pfx -PfxPasswordFile $secret -PfxEncryption $_
            $result.Published | Should -Be $pfx
            Invoke-OpenSsl pkcs12 -in $pfx -passin "file:$secret" -nodes -nocerts | Invoke-OpenSsl pkey -pubout | Should -BeExactly (Invoke-OpenSsl pkey -in $pair.KeyPath -pubout)
            @(Invoke-OpenSsl pkcs12 -in $pfx -passin "file:$secret" -nokeys | Where-Object { $_ -eq '-----BEGIN CERTIFICATE-----' }).Count | Should -Be 2
            { Invoke-OpenSsl pkcs12 -in $pfx -passin pass:wrong -nokeys } | Should -Throw
            (Invoke-StepRenewal $path @atCa -PfxPath $pfx -PfxPasswordFile $secret -PfxEncryption $_).Published | Should -BeNullOrEmpty
            # A new password comes with the next run.
            Set-Content $secret 'another one'
            (Invoke-StepRenewal $path @atCa -PfxPath $pfx -PfxPasswordFile $secret -PfxEncryption $_).Published | Should -Be $pfx
            Invoke-OpenSsl pkcs12 -in $pfx -passin "file:$secret" -nokeys | Should -Not -BeNullOrEmpty
        }

        It 'takes a password as a secure string, also an empty one, and none only if that is said' {
            $pfx = Join-Path $out web.pfx
            (Invoke-StepRenewal $path @atCa -PfxPath $pfx -PfxPassword ([securestring]::new())).Published | Should -Be $pfx
            Invoke-OpenSsl pkcs12 -in $pfx -passin pass: -nokeys | Should -Not -BeNullOrEmpty
            $secret = [Net.NetworkCredential]::new('', 's3cret-pfx').SecurePassword
            $verbose = Invoke-StepRenewal $path @atCa -PfxPath $pfx -PfxPassword $secret -Verbose *>&1
            Invoke-OpenSsl pkcs12 -in $pfx -passin pass:s3cret-pfx -nokeys | Should -Not -BeNullOrEmpty
            "$verbose $($verbose | ConvertTo-Json -Depth 3 -WarningAction Ignore)" | Should -Not -BeLike '*s3cret-pfx*'
            { Invoke-StepRenewal $path @atCa -PfxPath $pfx } | Should -Throw -ErrorId 'ConflictingParameters,*'
            { Invoke-StepRenewal $path @atCa -PfxEncryption Aes256 } | Should -Throw -ErrorId 'ConflictingParameters,*'
            { Invoke-StepRenewal $path @atCa -PfxPath $pfx -PfxPasswordFile "$folder/none" -ErrorAction Stop } | Should -Throw -ErrorId 'FileNotFound,*'
            (Get-Command Register-StepRenewalTask).Parameters.Keys | Should -Not -Contain PfxPassword
        }

        It 'publishes an unchanged pair whose form is missing, without renewing it, and nothing with -WhatIf' {
            $first = Invoke-StepRenewal $path @atCa
            (Invoke-StepRenewal $path @atCa -BundlePath $bundle -WhatIf).ActionsPending | Should -BeTrue
            $bundle | Should -Not -Exist
            $second = Invoke-StepRenewal $path @atCa -BundlePath $bundle
            $second.Status | Should -BeExactly NotDue
            $second.Published | Should -Be $bundle
            $second.Attempts | Should -Be 0
            Get-LeafSerial $bundle | Should -BeExactly $first.SerialNumber
            $third = Invoke-StepRenewal $path @atCa -BundlePath $bundle
            $third.Published | Should -BeNullOrEmpty
            $third.Changed | Should -BeFalse
        }

        It 'leaves the pair renewed, the old form whole and the action pending if a form cannot be written' {
            if ($IsWindows) { return Set-ItResult -Skipped -Because 'a link to a file with a long name is the cause of the failure' }
            Invoke-StepRenewal $path @atCa -BundlePath $bundle | Out-Null
            $action = @{ FilePath = 'touch'; ArgumentList = Join-Path $folder done }
            # The name of a file in a staged form would be too long, which no check finds in advance.
            $long = Join-Path $out ('x' * 250)
            Move-Item $bundle $long
            New-Item -ItemType SymbolicLink $bundle -Target $long | Out-Null
            $old = Get-FileState $long
            $result = Invoke-StepRenewal $path @atCa -Force -BundlePath $bundle @action -ErrorVariable problem -ErrorAction SilentlyContinue
            Get-FileState $long | Should -Be $old
            $result.Status | Should -BeExactly Renewed
            $result.ErrorId | Should -BeExactly PublicationFailed
            $result.ActionsPending | Should -BeTrue
            $problem[0].FullyQualifiedErrorId | Should -BeExactly 'PublicationFailed,StepCaRenew.Cmdlets.InvokeStepRenewalCommand'
            $problem[0].Exception.Message | Should -BeLike "web.local was renewed, but its publication '$bundle' failed: *"
            Join-Path $folder done | Should -Not -Exist

            Remove-Item $bundle
            $again = Invoke-StepRenewal $path @atCa -BundlePath $bundle @action
            $again.Status | Should -BeExactly NotDue
            $again.Published | Should -Be $bundle
            Join-Path $folder done | Should -Exist
        }

        It 'refuses at once: <Reason>' -ForEach @(
            @{ Id = 'PublicationInvalid'; Reason = 'the file of the certificate'; Arguments = { @{ LeafPath = $path } } }
            @{ Id = 'PublicationInvalid'; Reason = 'the file of the key'; Arguments = { @{ KeyOutPath = $pair.KeyPath } } }
            @{ Id = 'PublicationInvalid'; Reason = 'two publications with one file'; Arguments = { @{ LeafPath = $bundle; ChainPath = $bundle } } }
            @{ Id = 'PublicationInvalid'; Reason = 'no folder'; Arguments = { @{ BundlePath = "$out/no/web.pem" } } }
            @{ Id = 'PublicationInvalid'; Reason = 'Pkcs1 for an EC key'; Arguments = { @{ KeyOutPath = $bundle; KeyFormat = 'Pkcs1' } } }
            @{ Id = 'ConflictingParameters'; Reason = 'a format without a file'; Arguments = { @{ KeyFormat = 'Sec1' } } }
        ) {
            $state = Get-FileState $path
            $arguments = & $Arguments
            { Invoke-StepRenewal $path @atCa @arguments -ErrorAction Stop } | Should -Throw -ErrorId "$Id,*"
            Get-FileState $path | Should -Be $state
            Get-ChildItem $out | Should -BeNullOrEmpty
        }

        It 'refuses one file for several certificates' {
            $other = Build-TestCertificate -Authority $authority -Folder $folder -Name other -Age 17:00:00
            $state = Get-FileState $path
            { Invoke-StepRenewal $folder @atCa -BundlePath $bundle } | Should -Throw -ErrorId 'PublicationForSeveral,*'
            { Invoke-StepRenewal $path, $other.CertificatePath @atCa -ChainPath $bundle } | Should -Throw -ErrorId 'PublicationForSeveral,*'
            Get-FileState $path | Should -Be $state
            $bundle | Should -Not -Exist
        }
    }

    Context 'Request-StepCertificate' {
        BeforeAll {
            if ($ca.Reason) { return }
            $password = Join-Path $TestDrive password
            Set-Content $password test-password
        }

        It 'writes the forms of a first certificate' {
            $new = Join-Path $folder new.crt
            $issued = Request-StepCertificate new.local $new @atCa -Provisioner admin -ProvisionerPasswordFile $password -BundlePath $bundle -RootPath "$out/root.pem"
            Get-LeafSerial $bundle | Should -BeExactly $issued.SerialNumber
            Test-StepCertificatePair $bundle | Should -BeTrue
            Invoke-OpenSsl verify -CAfile "$out/root.pem" -untrusted $bundle $new | Should -BeLike '*: OK'
        }

        It 'refuses what can never be written, before the CA is asked' {
            $new = Join-Path $folder new.crt
            { Request-StepCertificate new.local $new @atCa -Provisioner admin -ProvisionerPasswordFile $password -KeyOutPath (Join-Path $folder new.key) } | Should -Throw -ErrorId 'PublicationInvalid,*'
            { Request-StepCertificate new.local $new @atCa -Provisioner admin -ProvisionerPasswordFile $password -KeyOutPath $bundle -KeyFormat Pkcs1 } | Should -Throw -ErrorId 'PublicationInvalid,*'
            $new | Should -Not -Exist
        }
    }

    Context 'Register-StepRenewalTask' {
        BeforeEach {
            if (-not $IsLinux) { return Set-ItResult -Skipped -Because 'these tests register with cron' }
            $env:STEPCARENEW_HOME = Join-Path $folder home
            $env:PATH = "$(Split-Path (Build-TestCrontab $folder)):$($before.PATH)"
            $forMe = @{ Scope = 'CurrentUser'; Scheduler = 'Cron' } + $atCa
        }

        It 'registers publications, and each run writes them' {
            $key = Join-Path $out key.pem
            $task = Register-StepRenewalTask web $path @forMe -BundlePath $bundle -KeyOutPath $key -KeyFormat Sec1
            $definition = Get-Content $task.DefinitionPath -Raw | ConvertFrom-Json
            $definition.publications | ConvertTo-Json -Compress | Should -BeExactly "[{`"bundle`":`"$bundle`"},{`"key`":`"$key`",`"format`":`"Sec1`"}]"
            (Register-StepRenewalTask web $path @forMe -BundlePath $bundle -KeyOutPath $key -KeyFormat Sec1).Changed | Should -BeFalse

            $run = Invoke-ScheduledRun web
            $run.ExitCode | Should -Be 0
            $run.Output | Should -BeLike "web: Renewed; *Published to '$bundle', '$key'.*"
            Get-LeafSerial $bundle | Should -BeExactly (Get-LeafSerial $path)

            # Not due: nothing to do, then a form that somebody deleted.
            (Invoke-ScheduledRun web).Output | Should -Not -BeLike '*Published*'
            Remove-Item $bundle
            (Invoke-ScheduledRun web).Output | Should -BeLike "web: Not due *Published to '$bundle'.*"
            Test-StepCertificatePair $bundle | Should -BeTrue
            (Get-StepRenewalTask web).ActionsPending | Should -BeFalse

            # A folder in its place: pending until it is gone.
            Remove-Item $bundle
            New-Item -ItemType Directory $bundle | Out-Null
            $run = Invoke-ScheduledRun web
            $run.ExitCode | Should -Be 40
            $task = Get-StepRenewalTask web
            $task.ActionsPending | Should -BeTrue
            $task.LastErrorId | Should -BeExactly PublicationFailed
            $task.LastErrorMessage | Should -BeLike "*Its publication '$bundle' failed*"
            $task.HealthDetails -like "*PublicationFailed*" | Should -HaveCount 1
            Remove-Item $bundle
            (Invoke-ScheduledRun web).ExitCode | Should -Be 0
            (Get-StepRenewalTask web).ActionsPending | Should -BeFalse
            Test-StepCertificatePair $bundle | Should -BeTrue
        }

        It 'refuses files that cannot be, or that another renewal writes' {
            { Register-StepRenewalTask web $path @forMe -BundlePath $path } | Should -Throw -ErrorId 'PublicationInvalid,*'
            { Register-StepRenewalTask web $path @forMe -BundlePath "$out/no/web.pem" } | Should -Throw -ErrorId 'PublicationInvalid,*'
            { Register-StepRenewalTask web $path @forMe -KeyOutPath $bundle -KeyFormat Pkcs1 } | Should -Throw -ErrorId 'PublicationInvalid,*'
            Register-StepRenewalTask web $path @forMe -BundlePath $bundle | Out-Null
            $other = Build-TestCertificate -Authority $authority -Folder $folder -Name other -Age 17:00:00
            { Register-StepRenewalTask other $other.CertificatePath @forMe -BundlePath $bundle } | Should -Throw -ErrorId 'PublicationInvalid,*'
            { Register-StepRenewalTask other $other.CertificatePath @forMe -LeafPath $path } | Should -Throw -ErrorId 'PublicationInvalid,*'
        }

        It 'registers a PFX file by the file with its password' {
            $pfx, $secret = (Join-Path $out web.pfx), (Join-Path $folder password)
            Set-Content $secret 'pfx password'
            $task = Register-StepRenewalTask web $path @forMe -PfxPath $pfx -PfxPasswordFile $secret -PfxEncryption TripleDes
            $definition = Get-Content $task.DefinitionPath -Raw
            $definition | Should -Not -BeLike '*pfx password*'
            ($definition | ConvertFrom-Json).publications | ConvertTo-Json -Compress | Should -BeExactly "{`"pfx`":`"$pfx`",`"passwordFile`":`"$secret`",`"encryption`":`"TripleDes`"}"
            (Invoke-ScheduledRun web).ExitCode | Should -Be 0
            Invoke-OpenSsl pkcs12 -in $pfx -passin "file:$secret" -nokeys | Should -Not -BeNullOrEmpty

            # Without its password file the pair is renewed, and the PFX file stays as it is.
            $state, $old = (Get-FileState $pfx), (Get-LeafSerial $path)
            Remove-Item $secret
            $run = Invoke-FreshPwsh "Import-Module '$(Join-Path (Get-TestPackage) 'StepCaRenew.psd1')'; `$ErrorActionPreference = 'Continue'; Invoke-StepRenewal -Name web -Scheduled -Force -RetryTimeout 0s"
            $run.ExitCode | Should -Be 40 -Because $run.Output
            Get-LeafSerial $path | Should -Not -Be $old
            Get-FileState $pfx | Should -Be $state
            (Get-StepRenewalTask web).LastErrorId | Should -BeExactly PublicationFailed
            Set-Content $secret 'pfx password'
            (Invoke-ScheduledRun web).ExitCode | Should -Be 0
            (Get-StepRenewalTask web).ActionsPending | Should -BeFalse
        }

        It 'names a dropped publication' {
            Register-StepRenewalTask web $path @forMe -BundlePath $bundle | Out-Null
            $warnings = $null
            Register-StepRenewalTask web $path @forMe -WarningVariable warnings -WarningAction SilentlyContinue | Out-Null
            "$warnings" | Should -BeLike "*drops -BundlePath $bundle*"
        }
    }
}
