BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
    $authority = Build-TestAuthority
}

AfterAll {
    Restore-Environment $environment
}

Describe 'Test-StepCertificatePair' {
    BeforeAll {
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive 'pairs')).FullName
        $good = Build-TestCertificate -Authority $authority -Folder $folder -Name good
        $bad = Build-TestCertificate -Authority $authority -Folder $folder -Name bad
        $rsa = Build-TestCertificate -Authority $authority -Folder $folder -Name rsa -Algorithm RSA
        $odd = Build-TestCertificate -Authority $authority -Folder $folder -Name 'odd [1]'
        Copy-Item $good.KeyPath $bad.KeyPath -Force
    }

    It 'returns a Boolean and nothing else: <_>' -ForEach $true, $false {
        $pair = if ($_) { $good } else { $bad }
        $result = @(Test-StepCertificatePair $pair.CertificatePath)
        $result | Should -HaveCount 1
        $result[0].GetType() | Should -Be ([bool])
        $result[0] | Should -Be $_
        Test-OpenSslPair $pair | Should -Be $_
    }

    It 'knows RSA, and keys of another kind' {
        Test-StepCertificatePair $rsa.CertificatePath | Should -BeTrue
        Test-StepCertificatePair $rsa.CertificatePath $good.KeyPath | Should -BeFalse
        Test-StepCertificatePair $good.CertificatePath -KeyPath $rsa.KeyPath | Should -BeFalse
    }

    It 'returns one Boolean for each of several, in order' {
        Test-StepCertificatePair $good.CertificatePath, $bad.CertificatePath, $rsa.CertificatePath | Should -Be $true, $false, $true
        $bad.CertificatePath, $good.CertificatePath | Test-StepCertificatePair | Should -Be $false, $true
        Test-StepCertificatePair $folder | Should -Be $false, $true, $true, $true
        Test-StepCertificatePair "$folder/[gr]*.crt" | Should -Be $true, $true
        Get-ChildItem $folder/*.crt | Test-StepCertificatePair | Should -Be $false, $true, $true, $true
        Get-StepCertificate $folder -ThrottleLimit 1 | Test-StepCertificatePair | Should -Be $false, $true, $true, $true
        Test-StepCertificatePair -LiteralPath $odd.CertificatePath | Should -BeTrue
    }

    It 'returns the reasons with -Detailed' {
        $before = Get-FileState $bad.CertificatePath, $bad.KeyPath
        $result = Test-StepCertificatePair $bad.CertificatePath -Detailed
        $result.PSObject.Properties.Name -join ' ' | Should -BeExactly (
            'Name Matches Reason CertificatePublicKeyId KeyPublicKeyId CertificateWritten KeyWritten CertificatePath KeyPath')
        $result.Matches | Should -BeFalse
        $result.Matches | Should -BeOfType bool
        $result.CertificatePublicKeyId | Should -Not -Be $result.KeyPublicKeyId
        $result.KeyPublicKeyId | Should -BeExactly (Get-StepCertificate $good.CertificatePath).PublicKeyId
        $result.Reason | Should -BeLike "*$($result.CertificatePublicKeyId)*$($result.KeyPublicKeyId)*"
        $result.CertificateWritten | Should -Be (Get-Item $bad.CertificatePath).LastWriteTime
        $result.KeyWritten | Should -Be (Get-Item $bad.KeyPath).LastWriteTime
        $result.KeyWritten.Kind | Should -Be 'Local'
        Get-FileState $bad.CertificatePath, $bad.KeyPath | Should -Be $before

        $same = Test-StepCertificatePair $good.CertificatePath -Detailed
        $same.Matches | Should -BeTrue
        $same.CertificatePublicKeyId | Should -BeExactly $same.KeyPublicKeyId
    }

    It 'writes an error and no output for <What>' -ForEach @(
        @{ What = 'a missing certificate'; ErrorId = 'FileNotFound'; Arguments = { @{ Path = "$folder/none.crt" } } }
        @{ What = 'a missing key'; ErrorId = 'FileNotFound'; Arguments = { @{ Path = $good.CertificatePath; KeyPath = "$folder/none.key" } } }
        @{ What = 'a certificate alone'; ErrorId = 'KeyNotFound'; Arguments = { Copy-Item $good.CertificatePath $TestDrive/alone.crt; @{ Path = "$TestDrive/alone.crt" } } }
        @{ What = 'a key that is a certificate'; ErrorId = 'KeyInvalid'; Arguments = { @{ Path = $good.CertificatePath; KeyPath = $rsa.CertificatePath } } }
        @{ What = 'a certificate that is a key'; ErrorId = 'CertificateInvalid'; Arguments = { @{ Path = $good.KeyPath; KeyPath = $good.KeyPath } } }
        @{ What = 'an empty key'; ErrorId = 'FileEmpty'; Arguments = { [IO.File]::WriteAllText("$folder/empty.key", ''); @{ Path = $good.CertificatePath; KeyPath = "$folder/empty.key" } } }
        @{ What = 'a pattern that fits nothing'; ErrorId = 'NoCertificateFound'; Arguments = { @{ Path = "$folder/none*" } } }
        @{ What = 'a path that is not in a file system'; ErrorId = 'NotAFileSystemPath'; Arguments = { @{ Path = 'Env:PATH' } } }
    ) {
        $splat = & $Arguments
        $result = @(Test-StepCertificatePair @splat -ErrorVariable problem -ErrorAction SilentlyContinue)
        $result | Should -HaveCount 0
        $problem | Should -HaveCount 1
        $problem[0].FullyQualifiedErrorId | Should -BeExactly "$ErrorId,StepCaRenew.Cmdlets.TestStepCertificatePairCommand"
        $problem[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        { Test-StepCertificatePair @splat -ErrorAction Stop } | Should -Throw -ErrorId "$ErrorId,*"
    }

    It 'continues after an error' {
        $results = Test-StepCertificatePair $bad.CertificatePath, "$folder/none.crt", $good.CertificatePath -ErrorVariable problem -ErrorAction SilentlyContinue
        $results | Should -Be $false, $true
        $problem | Should -HaveCount 1
    }

    It 'gives each object of a pipeline a Boolean or an error, whatever its key' {
        $alone = Join-Path $TestDrive 'keyless.crt'
        Copy-Item $good.CertificatePath $alone
        $objects = Get-StepCertificate $good.CertificatePath, $alone
        $objects[1].KeyPath | Should -BeNullOrEmpty
        $list = @(
            $objects
            [pscustomobject]@{ CertificatePath = ''; KeyPath = '' }
            [pscustomobject]@{ CertificatePath = $rsa.CertificatePath; KeyPath = 'none:/x' }
            [pscustomobject]@{ CertificatePath = $bad.CertificatePath; KeyPath = '' }
        )
        $results = $list | Test-StepCertificatePair -ErrorVariable problem -ErrorAction SilentlyContinue
        $results | Should -Be $true, $false
        $problem.FullyQualifiedErrorId -replace ',.*' | Sort-Object | Should -Be 'KeyNotFound', 'NotAFileSystemPath', 'PathEmpty'
    }

    It 'needs a path, and one key for one certificate' {
        { Test-StepCertificatePair '' } | Should -Throw -ErrorId 'PathEmpty,*'
        { Test-StepCertificatePair $null } | Should -Throw -ErrorId 'PathEmpty,*'
        { Test-StepCertificatePair $good.CertificatePath, $rsa.CertificatePath $good.KeyPath } | Should -Throw -ErrorId 'KeyPathForSeveral,*'
        { $good.CertificatePath, $rsa.CertificatePath | Test-StepCertificatePair -KeyPath $good.KeyPath } | Should -Throw -ErrorId 'KeyPathForSeveral,*'
        @() | Test-StepCertificatePair | Should -BeNullOrEmpty
    }
}
