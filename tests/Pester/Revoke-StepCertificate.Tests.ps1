BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestTasks.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
}

AfterAll {
    Restore-Environment $environment
}

Describe 'Revoke-StepCertificate with <_>' -ForEach 'DevCa', 'StepCa' {
    BeforeAll {
        $ca = Open-TestCa $_
        if (-not $ca.Reason) { $authority = Get-CaAuthority $ca }
    }

    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $pair = Build-TestCertificate -Authority $authority -Folder $folder -Age 01:00:00
        $passwordFile = Join-Path $folder password
        [IO.File]::WriteAllText($passwordFile, "test-password`n")
        $at = @{ StepPath = $ca.Folder; Confirm = $false }
    }

    AfterAll {
        Close-TestCa $ca
    }

    It 'revokes a certificate by itself, once' {
        $said = Revoke-StepCertificate $pair.CertificatePath @at -ReasonCode KeyCompromise -Reason lost -Verbose 4>&1
        "$said" | Should -BeLike "*. Revoked 'CN=web.local' with the serial number *"
        (Invoke-StepRenewal $pair.CertificatePath -StepPath $ca.Folder -Force -ErrorAction SilentlyContinue).ErrorId | Should -BeExactly RenewalRefused
        { Revoke-StepCertificate $pair.CertificatePath @at } | Should -Throw '*is already revoked*' -ErrorId 'AlreadyRevoked,*'
        $pair.CertificatePath, $pair.KeyPath | Should -Exist
    }

    It 'asks before it revokes, and revokes nothing with -WhatIf' {
        Revoke-StepCertificate $pair.CertificatePath -StepPath $ca.Folder -WhatIf | Should -BeNullOrEmpty
        # Without a user, a question is an error.
        $pwsh, [string[]] $before = Get-PwshCommand
        $script = "Import-Module '$(Join-Path (Get-TestPackage) StepCaRenew.psd1)'; Revoke-StepCertificate '$($pair.CertificatePath)' -StepPath '$($ca.Folder)'"
        & $pwsh @before -NoProfile -NonInteractive -Command $script 2>&1 | Out-String | Should -BeLike '*NonInteractive*'
        (Invoke-StepRenewal $pair.CertificatePath -StepPath $ca.Folder -Force).Status | Should -BeExactly Renewed
    }

    It 'revokes a serial number with the password of a provisioner' {
        $serial = "0x$((Get-StepCertificate $pair.CertificatePath).SerialNumber)"
        { Revoke-StepCertificate -SerialNumber $serial @at } | Should -Throw -ErrorId 'ProvisionerPasswordRequired,*'
        { Revoke-StepCertificate -SerialNumber $serial -ProvisionerPasswordFile $passwordFile -Provisioner none @at } | Should -Throw -ErrorId 'ProvisionerNotFound,*'
        Revoke-StepCertificate -SerialNumber $serial -ProvisionerPasswordFile $passwordFile -Provisioner admin @at -ReasonCode superseded
        $secret = [securestring]::new()
        foreach ($character in 'test-password'.ToCharArray()) { $secret.AppendChar($character) }
        { Revoke-StepCertificate -SerialNumber $serial -ProvisionerPassword $secret -Provisioner admin @at } | Should -Throw -ErrorId 'AlreadyRevoked,*'
        (Invoke-StepRenewal $pair.CertificatePath -StepPath $ca.Folder -Force -ErrorAction SilentlyContinue).ErrorId | Should -BeExactly RenewalRefused
    }

    It 'warns before it asks if a registered renewal is for the certificate' {
        if ($IsWindows) { return Set-ItResult -Skipped -Because 'the crontab of this test is a shell script' }
        $env:STEPCARENEW_HOME = Join-Path $folder home
        $path = $env:PATH
        try {
            $env:PATH = "$(Split-Path (Build-TestCrontab $folder))$([IO.Path]::PathSeparator)$path"
            Register-StepRenewalTask web-server $pair.CertificatePath -StepPath $ca.Folder -Scope CurrentUser -Scheduler Cron -WarningAction SilentlyContinue > $null
            Revoke-StepCertificate $pair.CertificatePath -StepPath $ca.Folder -WhatIf -WarningVariable warning -WarningAction SilentlyContinue
            $warning | Should -HaveCount 1
            "$warning" | Should -BeLike 'web-server: *Request-StepCertificate -Force*Unregister-StepRenewalTask web-server'
            # A copy is the same certificate, and so is its serial number.
            Copy-Item $pair.CertificatePath "$folder/copy.crt"
            Revoke-StepCertificate "$folder/copy.crt" $pair.KeyPath -StepPath $ca.Folder -WhatIf -WarningVariable warning -WarningAction SilentlyContinue
            "$warning" | Should -BeLike 'web-server: *'
            Remove-Item "$folder/copy.crt"
            $serial = "0x$((Get-StepCertificate $pair.CertificatePath).SerialNumber)"
            Revoke-StepCertificate -SerialNumber $serial -ProvisionerPasswordFile $passwordFile -Provisioner admin @at -WarningVariable warning -WarningAction SilentlyContinue
            "$warning" | Should -BeLike 'web-server: *'
            # The warning was right, and so is its advice.
            (Invoke-StepRenewal -Name web-server -Force -ErrorAction SilentlyContinue).ErrorId | Should -BeExactly RenewalRefused
            $names = Get-StepCertificate $pair.CertificatePath | ForEach-Object { $_.DnsNames; $_.IPAddresses; $_.EmailAddresses; $_.Uris }
            Request-StepCertificate web.local $pair.CertificatePath -San $names -Force -Provisioner admin -ProvisionerPasswordFile $passwordFile -StepPath $ca.Folder > $null
            (Invoke-StepRenewal -Name web-server -Force).Status | Should -BeExactly Renewed
            # Another certificate has no renewal.
            $other = Build-TestCertificate -Authority $authority -Folder $folder -Name other -Age 01:00:00
            Revoke-StepCertificate $other.CertificatePath @at -WarningVariable warning
            $warning | Should -BeNullOrEmpty
        }
        finally {
            Unregister-StepRenewalTask web-server -ErrorAction Ignore
            $env:PATH = $path
            $env:STEPCARENEW_HOME = $null
        }
    }

    It 'refuses a token that is not for this serial number, without showing it' {
        $part = { param($json) [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($json)).TrimEnd('=').Replace('+', '-').Replace('/', '_') }
        $secret = "$(& $part '{"alg":"ES256"}').$(& $part ('{"aud":"' + $ca.Url + '/1.0/revoke","sub":"12"}')).c2lnbmF0dXJl"
        [IO.File]::WriteAllText("$folder/token", " $secret`n")
        { Revoke-StepCertificate -SerialNumber 13 -TokenFile "$folder/token" @at } | Should -Throw '*serial number 12, not for 13*' -ErrorId 'SerialNumberDiffers,*'
        $problem = $null
        try { Revoke-StepCertificate -SerialNumber 12 -TokenFile "$folder/token" @at -Debug -Verbose *> "$folder/all" } catch { $problem = $_ }
        $problem.FullyQualifiedErrorId | Should -BeLike 'TokenRefused,*'
        "$($problem | Format-List * -Force | Out-String)$(Get-Content "$folder/all" -Raw)" | Should -Not -BeLike "*$secret*"
        { Revoke-StepCertificate -SerialNumber ab12 -TokenFile "$folder/token" @at } | Should -Throw -ErrorId 'SerialNumberInvalid,*'
    }
}
