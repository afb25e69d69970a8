# The first use that README shows for Windows, to the word, but for the folders of the user and of the certificates.
BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    $environment = Use-CleanEnvironment
    $ca = Open-TestCa DevCa
    $text = Get-Content (Get-RepositoryPath README.md) -Raw
}

AfterAll {
    Close-TestCa $ca
    Restore-Environment $environment
}

Describe 'README on Windows' {
    BeforeEach {
        if (-not $IsWindows) { return Set-ItResult -Skipped -Because 'the lines are those of Windows' }
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        $certs = [IO.Directory]::CreateDirectory((Join-Path $TestDrive certs)).FullName
        $modules = Join-Path $TestDrive 'Documents\PowerShell\Modules'
        $password = Join-Path $TestDrive password
        [IO.File]::WriteAllText($password, 'test-password')
        $fingerprint = [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPem([IO.File]::ReadAllText($ca.RootPath)).GetCertHashString('SHA256')
    }

    It 'installs, trusts, requests, shows and renews' {
        $block = [regex]::Match($text, '(?s)On Windows it is the same.*?```powershell\r?\n(.*?)```').Groups[1].Value
        $lines = $block.Replace('$HOME\Documents\PowerShell\Modules', $modules).Replace('C:\certs', $certs).Replace('https://ca.example.com', $ca.Url)
        $lines = $lines -replace '(Initialize-StepContext \S+) \S+', "`$1 $fingerprint" -replace '-ProvisionerPassword \(.*?\)', "-Provisioner admin -ProvisionerPasswordFile '$password'"
        $lines | Should -BeLike "*Copy-Item .\out\package\StepCaRenew $modules*Initialize-StepContext*Request-StepCertificate*Invoke-StepRenewal $certs\web.crt -WhatIf*"
        $run = Invoke-FreshPwsh -Environment @{ STEPPATH = (Join-Path $TestDrive step); NO_COLOR = '1' } -Script "
            Set-Location '$(Get-RepositoryPath)'
            `$env:PSModulePath = '$modules;' + (Join-Path `$PSHOME Modules)
            $lines"
        $run.Error | Should -BeNullOrEmpty
        $run.ExitCode | Should -Be 0
        $run.Output | Should -BeLike '*web*Valid*matches*NotDue*'
        Test-OpenSslPair ([pscustomobject]@{ CertificatePath = (Join-Path $certs web.crt); KeyPath = (Join-Path $certs web.key) }) | Should -BeTrue
    }
}
