BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment

    function Get-NewFolder {
        [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
    }

    # A failure's one result and one error, and nothing changed on disk.
    function Assert-Failure {
        param([hashtable] $Arguments, $Pair, [string] $ErrorId, [int] $Attempts)
        $before = Get-FileState $Pair.CertificatePath, $Pair.KeyPath
        $result = Invoke-StepRenewal -LiteralPath $Pair.CertificatePath @Arguments -ErrorVariable problem -ErrorAction SilentlyContinue
        @($result) | Should -HaveCount 1
        $result.Status | Should -BeExactly 'Failed'
        $result.ErrorId | Should -BeExactly $ErrorId
        $result.Changed | Should -BeFalse
        $result.Attempts | Should -Be $Attempts
        $problem | Should -HaveCount 1
        $problem[0].FullyQualifiedErrorId | Should -BeExactly "$ErrorId,StepCaRenew.Cmdlets.InvokeStepRenewalCommand"
        $problem[0].CategoryInfo.Category | Should -Not -Be 'NotSpecified'
        $problem[0].TargetObject | Should -BeExactly $Pair.CertificatePath
        $problem[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        $problem[0].Exception.Message | Should -BeExactly $result.Message
        Get-FileState $Pair.CertificatePath, $Pair.KeyPath | Should -Be $before
        Get-StagedFile (Split-Path $Pair.CertificatePath) | Should -BeNullOrEmpty
        $problem[0]
    }
}

AfterAll {
    Restore-Environment $environment
}

Describe 'Invoke-StepRenewal with <_>' -ForEach 'StepCa', 'DevCa' {
    BeforeAll {
        $ca = Open-TestCa $_
        if ($ca.Reason) { return }
        $lenient = Open-TestCa $_ -AllowRenewalAfterExpiry
        $authority = Get-CaAuthority $ca
        $atCa = @{ StepPath = $ca.Folder; RetryTimeout = '0s' }
    }

    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        $folder = Get-NewFolder
    }

    AfterAll {
        Close-TestCa $lenient
        Close-TestCa $ca
    }

    It 'renews a due certificate: a new serial number, the same key, mode and names' {
        $pair = Build-TestCertificate -Authority $authority -Folder $folder -Age 16:30:00
        if (-not $IsWindows) {
            [IO.File]::SetUnixFileMode($pair.CertificatePath, 'UserRead, UserWrite, GroupRead')
            [IO.File]::SetUnixFileMode($pair.KeyPath, 'UserRead, UserWrite')
        }
        $old = Get-StepCertificate $pair.CertificatePath
        $old.Status | Should -Be 'Due'
        $key = Get-FileState $pair.KeyPath

        $result = Invoke-StepRenewal $pair.CertificatePath @atCa

        $result.Status | Should -BeExactly 'Renewed'
        $result.Changed | Should -BeTrue
        $result.Attempts | Should -Be 1
        $result.ErrorId | Should -BeNullOrEmpty
        $result.OldSerialNumber | Should -BeExactly $old.SerialNumber
        $result.SerialNumber | Should -BeExactly (Get-LeafSerial $pair.CertificatePath)
        $result.SerialNumber | Should -Not -Be $old.SerialNumber
        Get-FileState $pair.KeyPath | Should -Be $key
        Test-OpenSslPair $pair | Should -BeTrue
        $new = Get-StepCertificate $pair.CertificatePath
        $new.Status | Should -Be 'Valid'
        $new.NotAfter | Should -Be $result.NotAfter
        $new.RenewAfter.ToString('s') | Should -Be $result.NextRenewal.ToString('s')
        $new.LifetimeSeconds | Should -Be $old.LifetimeSeconds
        foreach ($name in 'Subject', 'DnsNames', 'IPAddresses', 'EmailAddresses', 'Uris', 'Provisioner', 'PublicKeyId', 'ExtendedKeyUsage') {
            $new.$name | Should -Be $old.$name -Because $name
        }
        if (-not $IsWindows) { (Get-Item $pair.CertificatePath).UnixFileMode | Should -Be ([IO.UnixFileMode] 'UserRead, UserWrite, GroupRead') }
        Get-StagedFile $folder | Should -BeNullOrEmpty
    }

    It 'writes the leaf first, then its issuer, and openssl verifies them' {
        $pair = Build-TestCertificate -Authority $authority -Folder $folder
        (Invoke-StepRenewal $pair.CertificatePath @atCa -Force).Status | Should -Be 'Renewed'
        $chain = [Security.Cryptography.X509Certificates.X509Certificate2Collection]::new()
        $chain.ImportFromPemFile($pair.CertificatePath)
        $chain.Count | Should -Be 2
        $chain[0].Subject | Should -BeExactly 'CN=web.local'
        $chain[0].Issuer | Should -BeExactly $chain[1].Subject
        Test-TestChain $pair.CertificatePath $ca.RootPath | Should -BeTrue
    }

    It 'does not change a certificate that is not due, and does not ask the CA' {
        $pair = Build-TestCertificate -Authority $authority -Folder $folder
        $before = Get-FileState $pair.CertificatePath, $pair.KeyPath
        $requests = Get-RenewalCount $ca
        $result = Invoke-StepRenewal $pair.CertificatePath @atCa
        $result.Status | Should -BeExactly 'NotDue'
        $result.Changed | Should -BeFalse
        $result.Attempts | Should -Be 0
        $result.SerialNumber | Should -BeExactly $result.OldSerialNumber
        $result.Message | Should -BeLike 'Not due before *'
        $result.NextRenewal | Should -BeGreaterThan ([datetime]::Now)
        Get-FileState $pair.CertificatePath, $pair.KeyPath | Should -Be $before
        Get-RenewalCount $ca | Should -Be $requests
    }

    It 'changes nothing with -WhatIf, and reports what it would do' {
        $pair = Build-TestCertificate -Authority $authority -Folder $folder
        $before = Get-FileState $pair.CertificatePath, $pair.KeyPath
        $requests = Get-RenewalCount $ca
        $result = Invoke-StepRenewal $pair.CertificatePath @atCa -Force -WhatIf
        $result.Status | Should -BeExactly 'WouldRenew'
        $result.Changed | Should -BeFalse
        $result.Attempts | Should -Be 0
        Invoke-StepRenewal $pair.CertificatePath @atCa -WhatIf | ForEach-Object Status | Should -BeExactly 'NotDue'
        Get-FileState $pair.CertificatePath, $pair.KeyPath | Should -Be $before
        Get-RenewalCount $ca | Should -Be $requests
        Get-StagedFile $folder | Should -BeNullOrEmpty
    }

    It 'renews with -Confirm:$false, and with $ConfirmPreference at its default' {
        $pair = Build-TestCertificate -Authority $authority -Folder $folder
        (Invoke-StepRenewal $pair.CertificatePath @atCa -Force -Confirm:$false).Status | Should -Be 'Renewed'
        (Invoke-StepRenewal $pair.CertificatePath @atCa -Force).Status | Should -Be 'Renewed'
    }

    It 'renews by token' {
        # Wine reads no keys of P-384.
        $pair = Build-TestCertificate -Authority $authority -Folder $folder -Algorithm $(if (Test-Wine) { 'P256' } else { 'P384' })
        $result = Invoke-StepRenewal $pair.CertificatePath @atCa -Force -UseToken
        $result.Status | Should -Be 'Renewed'
        $result.Transport | Should -Be 'Token'
        Test-OpenSslPair $pair | Should -BeTrue
    }

    It 'renews by what -Transport says: <_>' -ForEach 'Auto', 'tls', 'Token' {
        if ((Test-Wine) -and $_ -ne 'Token') { return Set-ItResult -Skipped -Because 'Wine shows no client certificate' }
        $pair = Build-TestCertificate -Authority $authority -Folder $folder
        $result = Invoke-StepRenewal $pair.CertificatePath @atCa -Force -Transport $_
        $result.Status | Should -Be 'Renewed'
        $result.Transport | Should -Be ($_ -eq 'Token' ? 'Token' : 'Tls')
    }

    It 'refuses -UseToken with another transport, and -Rekey with a token' {
        $pair = Build-TestCertificate -Authority $authority -Folder $folder
        { Invoke-StepRenewal $pair.CertificatePath @atCa -Force -UseToken -Transport Tls } | Should -Throw -ErrorId 'ConflictingParameters*' -ExpectedMessage '*-UseToken and -Transport Tls*'
        (Invoke-StepRenewal $pair.CertificatePath @atCa -Force -UseToken -Transport Token).Status | Should -Be 'Renewed'
        Assert-Failure -Arguments ($atCa + @{ Force = $true; Rekey = $true; Transport = 'Token' }) -Pair $pair -ErrorId RekeyNeedsTls -Attempts 0 > $null
    }

    It 'renews an RSA certificate' {
        $pair = Build-TestCertificate -Authority $authority -Folder $folder -Algorithm RSA
        (Invoke-StepRenewal $pair.CertificatePath @atCa -Force).Status | Should -Be 'Renewed'
        (Invoke-StepRenewal $pair.CertificatePath @atCa -Force -UseToken).Status | Should -Be 'Renewed'
        Test-OpenSslPair $pair | Should -BeTrue
    }

    It 'renews an expired certificate if the CA allows it' {
        $pair = Build-TestCertificate -Authority (Get-CaAuthority $lenient) -Folder $folder -Lifetime 12:00:00 -Age 12:30:00
        $result = Invoke-StepRenewal $pair.CertificatePath -StepPath $lenient.Folder -RetryTimeout 0s
        $result.Status | Should -Be 'Renewed'
        (Get-StepCertificate $pair.CertificatePath).Status | Should -Be 'Valid'
        Test-OpenSslPair $pair | Should -BeTrue
    }

    It 'names the claim if the CA does not renew expired certificates' {
        $pair = Build-TestCertificate -Authority $authority -Folder $folder -Lifetime 12:00:00 -Age 12:30:00
        $problem = Assert-Failure -Arguments $atCa -Pair $pair -ErrorId RenewalAfterExpiryRefused -Attempts 1
        $problem.ErrorDetails.RecommendedAction | Should -BeLike '*allowRenewalAfterExpiry*'
        $problem.CategoryInfo.Category | Should -Be 'PermissionDenied'
    }

    It 'fails if the provisioner does not renew' {
        $pair = Request-TestCertificate -Ca $ca -Folder $folder -Provisioner norenew
        Assert-Failure -Arguments ($atCa + @{ Force = $true }) -Pair $pair -ErrorId RenewalRefused -Attempts 1 > $null
    }

    It 'fails after a revocation' {
        if (Test-Wine) { return Set-ItResult -Skipped -Because 'Invoke-RestMethod, which revokes here, shows no certificate under Wine' }
        $pair = Request-TestCertificate -Ca $ca -Folder $folder
        Revoke-TestCertificate $ca $pair
        Assert-Failure -Arguments ($atCa + @{ Force = $true }) -Pair $pair -ErrorId RenewalRefused -Attempts 1 > $null
    }

    It 'does not ask the CA with a certificate that cannot authenticate a client' {
        $pair = Request-TestCertificate -Ca $ca -Folder $folder -Provisioner noeku
        $requests = Get-RenewalCount $ca
        $problem = Assert-Failure -Arguments ($atCa + @{ Force = $true }) -Pair $pair -ErrorId NoClientAuth -Attempts 0
        $problem.ErrorDetails.RecommendedAction | Should -BeLike '*clientAuth*'
        Get-RenewalCount $ca | Should -Be $requests
    }

    It 'trusts no other root' {
        $pair = Build-TestCertificate -Authority $authority -Folder $folder
        Set-Content $folder/other.root (Build-TestAuthority).Root.ExportCertificatePem()
        $requests = Get-RenewalCount $ca
        $problem = Assert-Failure -Arguments @{ Force = $true; CaUrl = $ca.Url; Root = "$folder/other.root"; RetryTimeout = '0s' } -Pair $pair -ErrorId CaUntrusted -Attempts 1
        $problem.CategoryInfo.Category | Should -Be 'SecurityError'
        Get-RenewalCount $ca | Should -Be $requests
    }

    It 'compares the root with the fingerprint' {
        $pair = Build-TestCertificate -Authority $authority -Folder $folder
        $requests = Get-RenewalCount $ca
        try {
            $env:STEP_FINGERPRINT = 'ab' * 32
            Assert-Failure -Arguments ($atCa + @{ Force = $true }) -Pair $pair -ErrorId RootFingerprintMismatch -Attempts 0 > $null
        }
        finally {
            $env:STEP_FINGERPRINT = $null
        }
        Get-RenewalCount $ca | Should -Be $requests
    }

    It 'renews the due certificates of a folder although one is broken' {
        foreach ($name in 'a', 'b', 'c') { Build-TestCertificate -Authority $authority -Folder $folder -Name $name -Age 16:30:00 > $null }
        Build-TestCertificate -Authority $authority -Folder $folder -Name fresh > $null
        Copy-Item $folder/a.key $folder/b.key -Force
        foreach ($file in Get-ChildItem $folder) { $file.LastWriteTime = [datetime]::Now.AddHours(-1) }
        $results = Invoke-StepRenewal $folder @atCa -ErrorVariable problem -ErrorAction SilentlyContinue | Sort-Object Name
        $results.Name | Should -Be 'a', 'b', 'c', 'fresh'
        $results.Status | Should -Be 'Renewed', 'Failed', 'Renewed', 'NotDue'
        $problem.FullyQualifiedErrorId | Should -BeLike 'KeyMismatch,*'
        (Test-StepCertificatePair $folder) | Should -Be $true, $false, $true, $true
    }

    It 'renews only the due certificates of a pipeline' {
        foreach ($name in 'old [1]', 'old 2') { Build-TestCertificate -Authority $authority -Folder $folder -Name $name -Age 16:30:00 > $null }
        Build-TestCertificate -Authority $authority -Folder $folder -Name new > $null
        # A key that no convention finds: only the object knows it.
        Move-Item -LiteralPath "$folder/old [1].key" "$folder/elsewhere.secret"
        $results = @(
            Get-StepCertificate -LiteralPath "$folder/old [1].crt" -KeyPath "$folder/elsewhere.secret"
            Get-StepCertificate $folder/old?2.crt, $folder/new.crt
        ) | Where-Object Status -EQ Due | Invoke-StepRenewal @atCa | Sort-Object Name
        $results.Name | Should -Be 'old [1]', 'old 2'
        $results.Status | Should -Be 'Renewed', 'Renewed'
        $results[0].KeyPath | Should -BeExactly (Join-Path $folder 'elsewhere.secret')
    }
}

Describe 'Invoke-StepRenewal and its parameters' {
    BeforeAll {
        $ca = Open-TestCa StepCa
        if ($ca.Reason) { $ca = Open-TestCa DevCa }
        if ($ca.Reason) { return }
        $authority = Get-CaAuthority $ca
        $atCa = @{ StepPath = $ca.Folder; RetryTimeout = '0s' }
    }

    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        $folder = Get-NewFolder
        $pair = Build-TestCertificate -Authority $authority -Folder $folder -Age 10:00:00
        $path = $pair.CertificatePath
    }

    AfterAll {
        Close-TestCa $ca
    }

    Context 'When it is due' {
        It 'is, by -ExpiresIn <_>, with 14 of 24 hours left' -ForEach '15h', '14h30m', '900m', '20:00:00', '0.9d' {
            (Invoke-StepRenewal $path @atCa -ExpiresIn $_ -WhatIf).Status | Should -Be 'WouldRenew'
        }

        It 'is not, by -ExpiresIn <_>, with 14 of 24 hours left' -ForEach '13h', '8h', '1s', '12:00:00', '0.5d' {
            (Invoke-StepRenewal $path @atCa -ExpiresIn $_ -WhatIf).Status | Should -Be 'NotDue'
        }

        It 'takes a TimeSpan' {
            (Invoke-StepRenewal $path @atCa -ExpiresIn ([timespan]::FromHours(15)) -WhatIf).Status | Should -Be 'WouldRenew'
            (Invoke-StepRenewal $path @atCa -ExpiresIn (New-TimeSpan -Hours 8) -WhatIf).Status | Should -Be 'NotDue'
        }

        It 'is, by -RenewAt <_>, after 41 % of its lifetime' -ForEach '41%', 40, '40.5 %', 1 {
            (Invoke-StepRenewal $path @atCa -RenewAt $_ -WhatIf).Status | Should -Be 'WouldRenew'
        }

        It 'is not, by -RenewAt <_>, after 41 % of its lifetime' -ForEach '43%', 66.5, '99 %' {
            (Invoke-StepRenewal $path @atCa -RenewAt $_ -WhatIf).Status | Should -Be 'NotDue'
        }

        It 'is with -Force and any other parameter' {
            (Invoke-StepRenewal $path @atCa -Force -ExpiresIn 1s -WhatIf).Status | Should -Be 'WouldRenew'
        }

        It 'refuses -ExpiresIn <_>' -ForEach 60, '60', '-1h', '0s', 'soon', '1x', '1h 30', '' {
            $value = $_
            $before = Get-FileState $path
            $id = if ($value -eq '') { 'ParameterArgumentValidationError,*' } else { 'InvalidDuration,*' }
            { Invoke-StepRenewal $path @atCa -ExpiresIn $value } | Should -Throw -ErrorId $id
            Get-FileState $path | Should -Be $before
        }

        It 'shows how to write a bare number as a duration' {
            { Invoke-StepRenewal $path @atCa -ExpiresIn 60 } | Should -Throw '*60s*'
            { Invoke-StepRenewal $path @atCa -RetryTimeout 60 } | Should -Throw '*60s*'
        }

        It 'refuses -ExpiresIn 25h for a certificate of 24 hours, which would be due for ever' {
            Assert-Failure -Arguments ($atCa + @{ ExpiresIn = '25h' }) -Pair $pair -ErrorId ExpiresInTooLong -Attempts 0 > $null
        }

        It 'refuses -RenewAt <_>' -ForEach 0, 100, '101%', '-5', 'two thirds', '66,5', '%' {
            $value = $_
            { Invoke-StepRenewal $path @atCa -RenewAt $value } | Should -Throw -ErrorId 'InvalidPercent,*'
        }

        It 'refuses both at once' {
            { Invoke-StepRenewal $path @atCa -ExpiresIn 1h -RenewAt 66 } | Should -Throw -ErrorId 'ConflictingParameters,*'
        }
    }

    Context 'Which CA' {
        BeforeAll {
            function Copy-StepFolder {
                param([string] $Target, [hashtable] $Change = @{})
                [IO.Directory]::CreateDirectory("$Target/config") > $null
                $defaults = Get-Content "$($ca.Folder)/config/defaults.json" -Raw | ConvertFrom-Json -AsHashtable
                foreach ($name in $Change.Keys) { $defaults[$name] = $Change[$name] }
                $defaults | ConvertTo-Json | Set-Content "$Target/config/defaults.json"
            }
        }

        It 'is that of STEPPATH' {
            try {
                $env:STEPPATH = $ca.Folder
                (Invoke-StepRenewal $path -Force -RetryTimeout 0s).Status | Should -Be 'Renewed'
            }
            finally {
                $env:STEPPATH = $null
            }
        }

        It 'is that of STEP_CA_URL and STEP_ROOT' {
            try {
                $env:STEPPATH = "$folder/none"
                $env:STEP_CA_URL = $ca.Url
                $env:STEP_ROOT = $ca.RootPath
                (Invoke-StepRenewal $path -Force -RetryTimeout 0s).Status | Should -Be 'Renewed'
            }
            finally {
                $env:STEPPATH, $env:STEP_CA_URL, $env:STEP_ROOT = $null
            }
        }

        It 'is that of -StepPath, relative to the current location' {
            Push-Location (Split-Path $ca.Folder)
            try {
                (Invoke-StepRenewal $path -Force -StepPath (Split-Path $ca.Folder -Leaf) -RetryTimeout 0s).Status | Should -Be 'Renewed'
            }
            finally {
                Pop-Location
            }
        }

        It 'is that of -CaUrl and -Root before all others' {
            Copy-StepFolder "$folder/step" @{ 'ca-url' = 'https://127.0.0.1:1'; root = "$folder/none.crt"; fingerprint = 'ab' * 32 }
            Push-Location (Split-Path $ca.RootPath)
            try {
                (Invoke-StepRenewal $path -Force -StepPath "$folder/step" -CaUrl $ca.Url -Root ./root_ca.crt -RetryTimeout 0s).Status | Should -Be 'Renewed'
                (Invoke-StepRenewal $path -Force -StepPath "$folder/step" -CaUrl ([Uri] $ca.Url).Authority -Root ./root_ca.crt -RetryTimeout 0s).Status | Should -Be 'Renewed'
            }
            finally {
                Pop-Location
            }
        }

        It 'is that of a context: by name, by STEP_CONTEXT, and the current one' {
            $step = "$folder/step"
            Copy-StepFolder "$step/authorities/theirs"
            Copy-StepFolder "$step/authorities/wrong" @{ 'ca-url' = 'https://127.0.0.1:1' }
            @{ good = @{ authority = 'theirs'; profile = 'me' }; bad = @{ authority = 'wrong'; profile = 'me' } } | ConvertTo-Json | Set-Content "$step/contexts.json"
            @{ context = 'bad' } | ConvertTo-Json | Set-Content "$step/current-context.json"
            $here = @{ StepPath = $step; Force = $true; RetryTimeout = '0s' }
            (Invoke-StepRenewal $path @here -Context good).Status | Should -Be 'Renewed'
            Assert-Failure -Arguments $here -Pair $pair -ErrorId CaUnreachable -Attempts 1 > $null
            try {
                $env:STEP_CONTEXT = 'good'
                (Invoke-StepRenewal $path @here).Status | Should -Be 'Renewed'
            }
            finally {
                $env:STEP_CONTEXT = $null
            }
            @{ context = 'good' } | ConvertTo-Json | Set-Content "$step/current-context.json"
            (Invoke-StepRenewal $path @here).Status | Should -Be 'Renewed'
            $problem = Assert-Failure -Arguments ($here + @{ Context = 'ugly' }) -Pair $pair -ErrorId ContextNotFound -Attempts 0
            $problem.Exception.Message | Should -BeLike "*'good'*"
        }

        It 'is unknown without any configuration' {
            $problem = Assert-Failure -Arguments @{ Force = $true; StepPath = "$folder/none"; RetryTimeout = '0s' } -Pair $pair -ErrorId CaUrlMissing -Attempts 0
            $problem.ErrorDetails.RecommendedAction | Should -BeLike '*Initialize-StepContext*'
        }

        It 'fails without a root' {
            Assert-Failure -Arguments @{ Force = $true; StepPath = "$folder/none"; CaUrl = $ca.Url; RetryTimeout = '0s' } -Pair $pair -ErrorId RootMissing -Attempts 0 > $null
        }

        It 'is never asked without TLS' {
            Assert-Failure -Arguments @{ Force = $true; CaUrl = "http://$(([Uri] $ca.Url).Authority)"; Root = $ca.RootPath; RetryTimeout = '0s' } -Pair $pair -ErrorId CaUrlInvalid -Attempts 0 > $null
        }

        It 'compares the root with the fingerprint of defaults.json' {
            Copy-StepFolder "$folder/step" @{ fingerprint = 'ab' * 32 }
            Assert-Failure -Arguments @{ Force = $true; StepPath = "$folder/step"; RetryTimeout = '0s' } -Pair $pair -ErrorId RootFingerprintMismatch -Attempts 0 > $null
        }
    }

    Context 'A CA that is down' {
        BeforeAll {
            $down = @{ Force = $true; CaUrl = "https://127.0.0.1:$(Get-FreePort)"; Root = $ca.RootPath }
        }

        It 'is asked once with -RetryTimeout 0s' {
            $problem = Assert-Failure -Arguments ($down + @{ RetryTimeout = '0s'; WarningVariable = 'warnings' }) -Pair $pair -ErrorId CaUnreachable -Attempts 1
            $problem.CategoryInfo.Category | Should -Be 'ConnectionError'
        }

        It 'is asked again for as long as -RetryTimeout says, with warnings' {
            $result = Invoke-StepRenewal $path @down -RetryTimeout 2s -WarningVariable warnings -WarningAction SilentlyContinue -ErrorAction SilentlyContinue
            $result.ErrorId | Should -BeExactly 'CaUnreachable'
            $result.Attempts | Should -BeGreaterThan 1
            $warnings | Should -HaveCount ($result.Attempts - 1)
            $warnings[0].Message | Should -BeLike '*Retrying in * s.'
            $result.DurationMs | Should -BeLessThan 8000
        }
    }

    Context 'Which files' {
        It 'requires a file' {
            $before = $env:STEPCARENEW_HOME
            $env:STEPCARENEW_HOME = Join-Path $folder none
            try {
                { Invoke-StepRenewal } | Should -Throw -ErrorId 'NothingRegistered,*'
                # A registered renewal names its CA, so the user has forgotten a path.
                { Invoke-StepRenewal @atCa } | Should -Throw -ErrorId 'ConflictingParameters,*'
            }
            finally {
                $env:STEPCARENEW_HOME = $before
            }
        }

        It 'does nothing with an empty pipeline' {
            @() | Invoke-StepRenewal @atCa | Should -BeNullOrEmpty
        }

        It 'refuses an empty list instead of using the default: <Script>' -ForEach @(
            @{ Script = { Invoke-StepRenewal $null @atCa } }
            @{ Script = { Invoke-StepRenewal '' @atCa } }
            @{ Script = { Invoke-StepRenewal -LiteralPath $null @atCa } }
            @{ Script = { Invoke-StepRenewal @() @atCa } }
            @{ Script = { $null | Invoke-StepRenewal @atCa -ErrorAction Stop } }
            @{ Script = { [pscustomobject]@{ LiteralPath = $null } | Invoke-StepRenewal @atCa -ErrorAction Stop } }
        ) {
            $thrown = $null
            try { & $Script } catch { $thrown = $_ }
            $thrown | Should -Not -BeNullOrEmpty
            $thrown.FullyQualifiedErrorId | Should -BeExactly 'PathEmpty,StepCaRenew.Cmdlets.InvokeStepRenewalCommand'
        }

        It 'reports a folder or a pattern without certificates, and continues' {
            $empty = Get-NewFolder
            $results = Invoke-StepRenewal $empty, "$folder/x*", $path @atCa -ErrorVariable problem -ErrorAction SilentlyContinue
            $results | Should -HaveCount 1
            $problem.FullyQualifiedErrorId | Should -BeExactly (@('NoCertificateFound,StepCaRenew.Cmdlets.InvokeStepRenewalCommand') * 2)
        }

        It 'reports a missing file with a result and an error' {
            $result = Invoke-StepRenewal "$folder/none.crt" @atCa -ErrorVariable problem -ErrorAction SilentlyContinue
            $? | Should -BeFalse
            $result.Status | Should -Be 'Failed'
            $result.ErrorId | Should -Be 'FileNotFound'
            $result.CertificatePath | Should -BeExactly (Join-Path $folder 'none.crt')
            $problem | Should -HaveCount 1
        }

        It 'searches folders in folders with -Recurse, and folders that are links with -FollowSymlink' {
            $hindrance = Get-LinkHindrance
            if ($hindrance) { return Skip-Test -Because $hindrance }
            $below = [IO.Directory]::CreateDirectory("$folder/version").FullName
            $deep = Build-TestCertificate -Authority $authority -Folder $below -Name deep
            $away = Build-TestCertificate -Authority $authority -Folder (Get-NewFolder) -Name away
            New-Item -ItemType SymbolicLink -Path "$folder/current" -Target version > $null
            New-Item -ItemType SymbolicLink -Path "$folder/linked" -Target (Split-Path $away.CertificatePath) > $null
            (Invoke-StepRenewal $folder @atCa -WhatIf).Name | Should -Be 'web.local'
            (Invoke-StepRenewal $folder @atCa -Recurse -Force).Name | Sort-Object | Should -Be 'deep', 'web.local'
            Test-OpenSslPair $deep | Should -BeTrue
            $results = Invoke-StepRenewal -LiteralPath $folder @atCa -Recurse -FollowSymlink -Force
            $results.Name | Sort-Object | Should -Be 'away', 'deep', 'web.local'
            $results.Status | Should -Be 'Renewed', 'Renewed', 'Renewed'
        }

        It 'accepts -KeyPath only for one certificate' {
            Build-TestCertificate -Authority $authority -Folder $folder -Name other > $null
            { Invoke-StepRenewal $folder -KeyPath $pair.KeyPath @atCa } | Should -Throw -ErrorId 'KeyPathForSeveral,*'
        }

        It 'accepts a key by position, and an encrypted key' {
            [IO.File]::WriteAllText("$folder/pass.txt", "correct horse`n")
            Protect-TestKey $pair.KeyPath 'correct horse'
            Move-Item $pair.KeyPath "$folder/my.secret"
            $moved = [pscustomobject]@{ CertificatePath = $path; KeyPath = "$folder/my.secret" }
            (Invoke-StepRenewal $path "$folder/my.secret" @atCa -Force -KeyPasswordFile "$folder/pass.txt").Status | Should -Be 'Renewed'
            Assert-Failure -Arguments ($atCa + @{ KeyPath = $moved.KeyPath }) -Pair $moved -ErrorId KeyPasswordRequired -Attempts 0 > $null
            Set-Content "$folder/pass.txt" 'wrong horse'
            Assert-Failure -Arguments ($atCa + @{ KeyPath = $moved.KeyPath; KeyPasswordFile = "$folder/pass.txt" }) -Pair $moved -ErrorId KeyPasswordWrong -Attempts 0 > $null
        }

        It 'renews a combined file and keeps the key in it' {
            [IO.File]::AppendAllText($path, [IO.File]::ReadAllText($pair.KeyPath))
            Remove-Item $pair.KeyPath
            $old = Get-LeafSerial $path
            (Invoke-StepRenewal $path @atCa -Force).Status | Should -Be 'Renewed'
            Get-LeafSerial $path | Should -Not -Be $old
            Test-OpenSslPair ([pscustomobject]@{ CertificatePath = $path; KeyPath = $path }) | Should -BeTrue
        }

        It 'follows a link and replaces its target' {
            $hindrance = Get-LinkHindrance
            if ($hindrance) { return Skip-Test -Because $hindrance }
            $live = [IO.Directory]::CreateDirectory("$folder/live").FullName
            New-Item -ItemType SymbolicLink -Path "$live/cert.pem" -Target $path > $null
            New-Item -ItemType SymbolicLink -Path "$live/privkey.pem" -Target $pair.KeyPath > $null
            $old = Get-LeafSerial $path
            $result = Invoke-StepRenewal "$live/cert.pem" @atCa -Force
            $result.Status | Should -Be 'Renewed'
            $result.Name | Should -Be 'live'
            (Get-Item "$live/cert.pem").LinkTarget | Should -BeExactly $path
            Get-LeafSerial $path | Should -Not -Be $old
        }
    }

    Context 'The result and the error' {
        It 'has these properties of these types, flat' {
            $result = Invoke-StepRenewal $path @atCa -Force
            $result.PSObject.Properties.Name -join ' ' | Should -BeExactly (
                'Name CertificatePath KeyPath Status Changed ActionsPending Published Planned Warnings ErrorId Message OldSerialNumber SerialNumber NotAfter NextRenewal Attempts Transport DurationMs')
            $json = $result | ConvertTo-Json -Depth 1 | ConvertFrom-Json -AsHashtable
            $types = foreach ($name in $json.Keys) { if ($null -eq $json[$name]) { 'null' } else { $json[$name].GetType().Name } }
            $types -join ' ' | Should -BeExactly 'String String String String Boolean Boolean Object[] Object[] Object[] null String String String DateTime DateTime Int64 String Int64'
            $result.NotAfter.Kind | Should -Be 'Local'
            $result.NextRenewal.Kind | Should -Be 'Local'
        }

        It 'has them in a failure as well' {
            $result = Invoke-StepRenewal "$folder/none.crt" @atCa -ErrorAction SilentlyContinue
            $json = $result | ConvertTo-Json | ConvertFrom-Json -AsHashtable
            $json.Keys | Should -HaveCount 18
            $json.ErrorId | Should -BeExactly 'FileNotFound'
            $json.NotAfter | Should -BeNullOrEmpty
        }

        It 'comes before the error that ends the call with -ErrorAction Stop' {
            $seen = [Collections.Generic.List[object]]::new()
            $caught = $null
            try {
                Invoke-StepRenewal "$folder/none.crt" @atCa -ErrorAction Stop | ForEach-Object { $seen.Add($_) }
            }
            catch {
                $caught = $_
            }
            $caught.FullyQualifiedErrorId | Should -BeLike 'FileNotFound,*'
            $caught.Exception.GetType().Name | Should -BeExactly 'RenewalException'
            $seen | Should -HaveCount 1
            $seen[0].ErrorId | Should -Be 'FileNotFound'
        }

        It 'sets $? and $Error' {
            $Error.Clear()
            Invoke-StepRenewal $path @atCa -WhatIf > $null
            $? | Should -BeTrue
            $Error | Should -BeNullOrEmpty
            Invoke-StepRenewal "$folder/none.crt" @atCa -ErrorAction SilentlyContinue > $null
            $? | Should -BeFalse
            $Error | Should -HaveCount 1
        }
    }

    Context 'The streams' {
        It 'describe the steps of a renewal' {
            $all = Invoke-StepRenewal $path @atCa -Force -Verbose -InformationVariable information -WarningVariable warnings *>&1
            $verbose = ($all | Where-Object { $_ -is [Management.Automation.VerboseRecord] }).Message
            $verbose[0] | Should -BeLike "Loaded '$path': CN=web.local, serial *"
            $verbose | Where-Object { $_ -like 'Asking the CA at 127.0.0.1:* by mTLS*' } | Should -HaveCount 1
            $verbose | Where-Object { $_ -like 'Verified the new certificate*' } | Should -HaveCount 1
            $information | Should -HaveCount 1
            $information[0].Tags | Should -Be 'StepCaRenew'
            $information[0].MessageData | Should -BeLike "Renewed '$path'*"
            $warnings | Should -BeNullOrEmpty
            $all | Where-Object { $_.PSObject.TypeNames -contains 'StepCaRenew.RenewalResult' } | Should -HaveCount 1
        }

        It 'are silent by default, but for the result' {
            $all = @(Invoke-StepRenewal $path @atCa -Force *>&1 | Where-Object { $_ -isnot [Management.Automation.InformationRecord] })
            $all | Should -HaveCount 1
            $all[0].Status | Should -Be 'Renewed'
        }

        It 'contain no password, no token and no key' {
            $secret = 'Correct-Horse-Battery-7531'
            $wrong = 'Wrong-Horse-Battery-7531'
            $plain = [IO.File]::ReadAllText($pair.KeyPath)
            Set-Content "$folder/pass.txt" $secret
            Set-Content "$folder/wrong.txt" $wrong
            Protect-TestKey $pair.KeyPath $secret
            $secure = [securestring]::new()
            foreach ($character in $wrong.ToCharArray()) { $secure.AppendChar($character) }
            $refused = Request-TestCertificate -Ca $ca -Folder (Get-NewFolder) -Provisioner norenew
            $Error.Clear()
            $loud = @{ Force = $true; Verbose = $true; ErrorAction = 'Continue'; InformationAction = 'Continue' }
            $down = @{ CaUrl = "https://127.0.0.1:$(Get-FreePort)"; Root = $ca.RootPath; RetryTimeout = '1s' }

            $all = @(
                Invoke-StepRenewal $path @atCa @loud -UseToken -KeyPasswordFile "$folder/pass.txt" *>&1
                Invoke-StepRenewal $path @atCa @loud -KeyPasswordFile "$folder/pass.txt" *>&1
                Invoke-StepRenewal $path @atCa @loud -KeyPasswordFile "$folder/wrong.txt" *>&1
                Invoke-StepRenewal $path @atCa @loud -KeyPassword $secure *>&1
                Invoke-StepRenewal $path @down @loud -UseToken -KeyPasswordFile "$folder/pass.txt" *>&1
                Invoke-StepRenewal $refused.CertificatePath @atCa @loud -UseToken *>&1
                # A password file that was named as the key, and a key as the password file.
                Invoke-StepRenewal $path "$folder/pass.txt" @atCa @loud *>&1
                Invoke-StepRenewal "$folder/pass.txt" @atCa @loud *>&1
                Invoke-StepRenewal $path @atCa @loud -KeyPasswordFile $refused.KeyPath *>&1
            )

            ($all | Where-Object { $_.PSObject.Properties['Status'] }).Status | Should -Be 'Renewed', 'Renewed', 'Failed', 'Failed', 'Failed', 'Failed', 'Failed', 'Failed', 'Failed'
            $text = @(
                $all | ForEach-Object { "$_" }
                $all | Format-List * -Force | Out-String -Width 4000
                $all | ConvertTo-Json -Depth 4 -WarningAction SilentlyContinue
                $Error | Format-List * -Force | Out-String -Width 4000
                foreach ($problem in $Error) { for ($e = $problem.Exception; $e; $e = $e.InnerException) { "$e" } }
            ) -join "`n"
            $text.Length | Should -BeGreaterThan 5000
            $text | Should -BeLike '*by token*'
            foreach ($word in $secret, $wrong, 'Horse', 'eyJ', 'Bearer', 'PRIVATE KEY-----') { $text.Contains($word) | Should -BeFalse -Because $word }
            foreach ($key in $plain, [IO.File]::ReadAllText($refused.KeyPath)) {
                $body = ($key -split "`n" | Where-Object { $_ -and $_ -notlike '-----*' })[0].Substring(0, 40)
                $text.Contains($body) | Should -BeFalse
            }
        }
    }
}
