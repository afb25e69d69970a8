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
        # The pair that step has made: README comes from 'step ca bootstrap' and 'step ca certificate'.
        $certs = [IO.Directory]::CreateDirectory((Join-Path $TestDrive certs)).FullName
        $modules = Join-Path $TestDrive 'Documents\PowerShell\Modules'
        $pair = Build-TestCertificate -Authority (Get-CaAuthority $ca) -Folder $certs -Name web -Age 17:00:00
    }

    It 'installs, shows and renews' {
        $block = [regex]::Match($text, '(?s)On Windows it is the same.*?```powershell\r?\n(.*?)```').Groups[1].Value
        $lines = $block.Replace('$HOME\Documents\PowerShell\Modules', $modules).Replace('C:\certs', $certs)
        $lines | Should -BeLike "*Copy-Item .\out\package\StepCaRenew $modules*Invoke-StepRenewal $certs\web.crt -WhatIf*"
        $old = Get-LeafSerial $pair.CertificatePath
        $run = Invoke-FreshPwsh -Environment @{ STEPPATH = $ca.Folder; NO_COLOR = '1' } -Script "
            Set-Location '$(Get-RepositoryPath)'
            `$env:PSModulePath = '$modules;' + (Join-Path `$PSHOME Modules)
            $lines"
        $run.Error | Should -BeNullOrEmpty
        $run.ExitCode | Should -Be 0
        $run.Output | Should -BeLike '*web*Due*matches*WouldRenew*Renewed*'
        $run.Output | Should -BeLike '*What if:*web.crt*'
        Get-LeafSerial $pair.CertificatePath | Should -Not -Be $old
        Test-OpenSslPair $pair | Should -BeTrue
    }
}
