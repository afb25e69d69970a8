# smallstep/cli issue 1632: `step ca renew --daemon` keeps certificate and key of its start in memory, and after
# someone replaces the files it writes certificates that don't fit the key on disk. Played through on a real step-ca.
BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
    $ca = Open-TestCa StepCa
}

AfterAll {
    Close-TestCa $ca
    Restore-Environment $environment
}

Describe 'smallstep/cli issue 1632, on a real step-ca' {
    BeforeAll {
        if ($ca.Reason) { return }
        $folder = [IO.Directory]::CreateTempSubdirectory('stepcarenew-').FullName
        $pair = Request-TestCertificate -Ca $ca -Folder $folder
        $renew = @{ Path = $pair.CertificatePath; StepPath = $ca.Folder; RetryTimeout = '0s' }
    }

    BeforeEach {
        if ($ca.Reason) { Skip-Test -Because $ca.Reason }
    }

    AfterAll {
        if (-not $ca.Reason) { Remove-Item -LiteralPath $folder -Recurse -Force }
    }

    It 'renews the pair as it was issued' {
        $key = Get-FileState $pair.KeyPath
        $old = Get-LeafSerial $pair.CertificatePath
        $result = Invoke-StepRenewal @renew -Force
        $result.Status | Should -Be 'Renewed'
        $result.OldSerialNumber | Should -Be $old
        Get-LeafSerial $pair.CertificatePath | Should -Be $result.SerialNumber
        $result.SerialNumber | Should -Not -Be $old
        Test-StepCertificatePair $pair.CertificatePath | Should -BeTrue
        Test-OpenSslPair $pair | Should -BeTrue
        Get-FileState $pair.KeyPath | Should -Be $key
    }

    It 'renews a pair that another program replaced, in every later run' {
        $key = Get-FileState $pair.KeyPath
        $serials = @(Get-LeafSerial $pair.CertificatePath)
        Request-TestCertificate -Ca $ca -Folder $folder > $null
        Get-FileState $pair.KeyPath | Should -Not -Be $key
        $key = Get-FileState $pair.KeyPath
        $serials += Get-LeafSerial $pair.CertificatePath
        foreach ($run in 1..3) {
            $before = Get-RenewalCount $ca
            $result = Invoke-StepRenewal @renew -Force
            $result.Status | Should -Be 'Renewed' -Because "run $run"
            $result.OldSerialNumber | Should -Be $serials[-1] -Because "run $run"
            $serials += Get-LeafSerial $pair.CertificatePath
            Test-StepCertificatePair $pair.CertificatePath | Should -BeTrue -Because "run $run"
            Test-OpenSslPair $pair | Should -BeTrue -Because "run $run"
            Get-FileState $pair.KeyPath | Should -Be $key -Because "run $run"
            Get-RenewalCount $ca | Should -Be ($before + 1) -Because "run $run"
        }
        $serials | Sort-Object -Unique | Should -HaveCount 5
    }

    It 'refuses a pair if only the key was replaced, and does not ask the CA' {
        $other = Request-TestCertificate -Ca $ca -Folder ([IO.Directory]::CreateDirectory("$folder/other").FullName)
        Copy-Item $other.KeyPath $pair.KeyPath -Force
        # Younger ones would be read again for a while: somebody may be deploying.
        foreach ($path in $pair.KeyPath, $pair.CertificatePath) { (Get-Item $path).LastWriteTime = [datetime]::Now.AddHours(-1) }
        $state = Get-FileState $pair.CertificatePath, $pair.KeyPath
        $requests = Get-RenewalCount $ca

        $result = Invoke-StepRenewal @renew -Force -ErrorVariable problem -ErrorAction SilentlyContinue

        $result.Status | Should -Be 'Failed'
        $result.ErrorId | Should -Be 'KeyMismatch'
        $result.Changed | Should -BeFalse
        $result.Attempts | Should -Be 0
        $problem | Should -HaveCount 1
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'KeyMismatch,*'
        Get-FileState $pair.CertificatePath, $pair.KeyPath | Should -Be $state
        Get-RenewalCount $ca | Should -Be $requests
        Test-OpenSslPair $pair | Should -BeFalse
        Test-StepCertificatePair $pair.CertificatePath | Should -BeFalse
        Get-StagedFile $folder | Should -BeNullOrEmpty
    }

    It 'renews again once the key is restored' {
        Request-TestCertificate -Ca $ca -Folder $folder > $null
        (Invoke-StepRenewal @renew -Force).Status | Should -Be 'Renewed'
        Test-OpenSslPair $pair | Should -BeTrue
    }
}
