BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestKeys.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestTasks.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
    $ca = Open-TestCa StepCa
    if ($ca.Reason) { $ca = Open-TestCa DevCa }
    if (-not $ca.Reason) { $authority = Get-CaAuthority $ca }
    $atCa = @{ StepPath = $ca.Folder; RetryTimeout = '0s' }
}

AfterAll {
    Close-TestCa $ca
    Restore-Environment $environment
}

Describe 'A PFX file as the pair' {
    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $pair = Build-TestCertificate -Authority $authority -Folder $folder -Age 17:00:00
        $pfx = Join-Path $folder web.pfx
        $passwordFile = Join-Path $folder password
        [IO.File]::WriteAllText($passwordFile, "secret`n")
        if (-not $IsWindows) { chmod 600 $passwordFile }
        Export-TestPfx $pair $pfx -Password secret
        if (-not $IsWindows) { chmod 600 $pfx }
        $password = [Net.NetworkCredential]::new('', 'secret').SecurePassword
    }

    It 'is shown and tested, by a password file or a password' {
        foreach ($given in @{ KeyPasswordFile = $passwordFile }, @{ KeyPassword = $password }) {
            $certificate = Get-StepCertificate $pfx @given
            $certificate.KeyStatus | Should -BeExactly 'Matches'
            $certificate.Status | Should -BeExactly 'Due'
            $certificate.KeyPath | Should -BeExactly $pfx
            $certificate.SerialNumber | Should -BeExactly (Get-StepCertificate $pair.CertificatePath).SerialNumber
            Test-StepCertificatePair $pfx @given | Should -BeTrue
        }
        (Test-StepCertificatePair $pfx -KeyPasswordFile $passwordFile -Detailed).Matches | Should -BeTrue
        (Get-StepCertificate "$folder/*.pfx" -KeyPasswordFile $passwordFile).CertificatePath | Should -BeExactly $pfx
        (Get-StepCertificate $folder).CertificatePath | Should -BeExactly $pair.CertificatePath
    }

    It 'is renewed in place, with <Title>' -ForEach @(
        @{ Title = 'its key'; Options = @{}; IsKept = $true }
        @{ Title = 'a new key'; Options = @{ Rekey = $true }; IsKept = $false }
    ) {
        $before = Get-StepCertificate $pfx -KeyPasswordFile $passwordFile
        $result = Invoke-StepRenewal $pfx -KeyPasswordFile $passwordFile @atCa @Options
        $result.Status | Should -BeExactly 'Renewed'
        $result.KeyPath | Should -BeExactly $pfx
        $after = Get-StepCertificate $pfx -KeyPasswordFile $passwordFile
        $after.SerialNumber | Should -BeExactly $result.SerialNumber
        $after.SerialNumber | Should -Not -Be $before.SerialNumber
        $after.KeyStatus | Should -BeExactly 'Matches'
        ($after.PublicKeyId -eq $before.PublicKeyId) | Should -Be $IsKept
        (Invoke-StepRenewal $pfx -KeyPasswordFile $passwordFile @atCa).Status | Should -BeExactly 'NotDue'
        Get-StagedFile $folder | Should -BeNullOrEmpty
        if ($IsWindows) { return }
        stat -c %a $pfx | Should -BeExactly 600
        $text = openssl pkcs12 -in $pfx -passin "file:$passwordFile" -nodes
        ($text -match 'BEGIN CERTIFICATE').Count | Should -BeGreaterOrEqual 2
    }

    It 'stays as it is with a wrong or missing password' {
        $before = Get-FileState $pfx
        Invoke-StepRenewal $pfx @atCa -ErrorVariable problem -ErrorAction SilentlyContinue > $null
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'KeyPasswordRequired,*'
        Invoke-StepRenewal $pfx -KeyPassword ([Net.NetworkCredential]::new('', 'wrong').SecurePassword) @atCa -ErrorVariable problem -ErrorAction SilentlyContinue > $null
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'KeyPasswordWrong,*'
        Invoke-StepRenewal $pfx $pair.KeyPath -KeyPassword $password @atCa -ErrorVariable problem -ErrorAction SilentlyContinue > $null
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'ConflictingParameters,*'
        Get-FileState $pfx | Should -Be $before
    }

    It 'is recognised by its content too, as a Java keystore' {
        $keystore = Join-Path $folder keystore.jks
        Move-Item $pfx $keystore
        (Invoke-StepRenewal $keystore -KeyPasswordFile $passwordFile @atCa).Status | Should -BeExactly 'Renewed'
        Test-StepCertificatePair $keystore -KeyPasswordFile $passwordFile | Should -BeTrue
        [IO.File]::ReadAllBytes($keystore)[0] | Should -Be 0x30
    }

    It 'is registered, run and unregistered' {
        if (-not $IsLinux) { return Set-ItResult -Skipped -Because 'this test registers with cron' }
        $env:STEPCARENEW_HOME = Join-Path $folder home
        $path = $env:PATH
        try {
            $env:PATH = "$(Split-Path (Build-TestCrontab $folder)):$path"
            $options = @{ StepPath = $ca.Folder; Scope = 'CurrentUser'; Scheduler = 'Cron' }
            { Register-StepRenewalTask pfx $pfx @options -ErrorAction Stop } | Should -Throw -ErrorId 'KeyPasswordRequired,*'
            $task = Register-StepRenewalTask pfx $pfx -KeyPasswordFile $passwordFile @options
            $definition = Get-Content -Raw $task.DefinitionPath
            $definition | Should -Not -Match 'secret'
            ($definition | ConvertFrom-Json).certificate | Should -BeExactly $pfx
            (Get-StepRenewalTask pfx).CertificatePath | Should -BeExactly $pfx
            (Invoke-StepRenewal -Name pfx).Status | Should -BeExactly 'Renewed'
            (Invoke-StepRenewal -Name pfx).Status | Should -BeExactly 'NotDue'
            Revoke-StepCertificate $pfx -KeyPasswordFile $passwordFile -StepPath $ca.Folder -WhatIf -WarningVariable warning -WarningAction SilentlyContinue
            "$warning" | Should -BeLike 'pfx: this renewal is registered for the certificate*'
            Unregister-StepRenewalTask pfx
        }
        finally {
            $env:PATH = $path
            $env:STEPCARENEW_HOME = $null
        }
    }

    It 'is requested as the first pair, and again with -Force' {
        $new = Join-Path $folder new.p12
        $byPassword = @{ Provisioner = 'admin'; ProvisionerPasswordFile = Join-Path $folder provisioner; StepPath = $ca.Folder }
        [IO.File]::WriteAllText($byPassword.ProvisionerPasswordFile, 'test-password')
        $certificate = Request-StepCertificate new.local $new -KeyPasswordFile $passwordFile @byPassword
        $certificate.KeyStatus | Should -BeExactly 'Matches'
        Test-StepCertificatePair $new -KeyPasswordFile $passwordFile | Should -BeTrue
        if (-not $IsWindows) { stat -c %a $new | Should -BeExactly 600 }
        { Request-StepCertificate new.local $new -KeyPasswordFile $passwordFile @byPassword } | Should -Throw -ErrorId 'PairExists,*'
        $again = Request-StepCertificate new.local $new -KeyPasswordFile $passwordFile -Force @byPassword
        $again.PublicKeyId | Should -Not -Be $certificate.PublicKeyId
    }
}
