BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
    $authority = Build-TestAuthority

    function Get-NewFolder {
        [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
    }
}

AfterAll {
    Restore-Environment $environment
}

Describe 'Get-StepCertificate' {
    Context 'The properties' {
        BeforeAll {
            $folder = Get-NewFolder
            $pair = Build-TestCertificate -Authority $authority -Folder $folder -Name web -Lifetime 1.00:00:00 -Age 06:00:00
            $certificate = Get-StepCertificate $pair.CertificatePath
            $x509 = [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPem([IO.File]::ReadAllText($pair.CertificatePath))
        }

        It 'are these, in this order' {
            $certificate.PSObject.Properties.Name -join ' ' | Should -BeExactly (
                'Name Status KeyStatus Subject DnsNames IPAddresses EmailAddresses Uris Issuer SerialNumber NotBefore NotAfter RenewAfter ' +
                'RenewAfterSeconds RemainingSeconds LifetimeSeconds ElapsedPercent Provisioner ProvisionerType KeyAlgorithm ExtendedKeyUsage ' +
                'Thumbprint ThumbprintSha256 PublicKeyId CertificatePath KeyPath KeyErrorId KeyMessage FriendlyName IsSuperseded ServedBy ServedChain ComparedWith IsSame Difference')
        }

        It 'describe the certificate' {
            $certificate.Name | Should -BeExactly 'web'
            $certificate.Subject | Should -BeExactly 'CN=web'
            $certificate.Issuer | Should -BeExactly 'CN=Test Intermediate'
            $certificate.DnsNames | Should -Be 'web.local', 'www.web.local'
            $certificate.IPAddresses | Should -Be '127.0.0.1'
            $certificate.EmailAddresses | Should -Be 'root@web.local'
            $certificate.Uris | Should -Be 'https://web.local/'
            $certificate.SerialNumber | Should -BeExactly $x509.SerialNumber
            $certificate.Thumbprint | Should -BeExactly $x509.Thumbprint
            $certificate.ThumbprintSha256 | Should -BeExactly $x509.GetCertHashString('SHA256')
            $certificate.Provisioner | Should -BeExactly 'admin'
            $certificate.ProvisionerType | Should -BeExactly 'JWK'
            $certificate.KeyAlgorithm | Should -BeExactly 'EC P-256'
            $certificate.ExtendedKeyUsage | Should -HaveCount 2
            $certificate.CertificatePath | Should -BeExactly $pair.CertificatePath
            $certificate.KeyPath | Should -BeExactly $pair.KeyPath
            $certificate.KeyErrorId | Should -BeNullOrEmpty
            $certificate.KeyMessage | Should -BeNullOrEmpty
        }

        It 'name the public key as openssl hashes it' {
            $certificate.PublicKeyId -replace '[^0-9A-Fa-f]' | Should -Be (Get-PublicKeyHash $pair.CertificatePath)
        }

        It 'give times in local time and whole seconds' {
            foreach ($name in 'NotBefore', 'NotAfter', 'RenewAfter') { $certificate.$name.Kind | Should -Be 'Local' -Because $name }
            $certificate.NotBefore | Should -Be $x509.NotBefore
            $certificate.NotAfter | Should -Be $x509.NotAfter
            $certificate.LifetimeSeconds | Should -Be 86400
            $certificate.RemainingSeconds | Should -BeGreaterThan (18 * 3600 - 120)
            $certificate.RemainingSeconds | Should -BeLessOrEqual (18 * 3600)
            $certificate.ElapsedPercent | Should -BeGreaterOrEqual 25
            $certificate.ElapsedPercent | Should -BeLessThan 25.3
            foreach ($name in 'RenewAfterSeconds', 'RemainingSeconds', 'LifetimeSeconds') { $certificate.$name | Should -BeOfType long -Because $name }
        }

        It 'place the renewal between two thirds minus a tenth and two thirds, always at the same time' {
            $share = ($certificate.RenewAfter - $certificate.NotBefore).TotalSeconds / $certificate.LifetimeSeconds
            $share | Should -BeGreaterThan (2 / 3 - 0.1 - 0.0001)
            $share | Should -BeLessOrEqual (2 / 3)
            (Get-StepCertificate $pair.CertificatePath).RenewAfter | Should -Be $certificate.RenewAfter
        }

        It 'are flat: ConvertTo-Json of depth 1 loses nothing' {
            $json = $certificate | ConvertTo-Json -Depth 1 -WarningVariable warnings -WarningAction SilentlyContinue
            $warnings | Should -BeNullOrEmpty
            $again = $json | ConvertFrom-Json -AsHashtable
            $again.Keys | Should -HaveCount 35
            foreach ($name in $again.Keys) {
                $value = $again[$name]
                ($value -is [Collections.IDictionary]) | Should -BeFalse -Because $name
                foreach ($item in @($value)) {
                    if ($null -ne $item) { $item.GetType().Name | Should -BeIn 'String', 'Int64', 'Double', 'DateTime' -Because $name }
                }
            }
            $again.DnsNames | Should -Be 'web.local', 'www.web.local'
        }

        It 'name RSA and P-384 keys' {
            (Get-StepCertificate (Build-TestCertificate -Authority $authority -Folder $folder -Name rsa -Algorithm RSA).CertificatePath).KeyAlgorithm | Should -BeExactly 'RSA 2048'
            (Get-StepCertificate (Build-TestCertificate -Authority $authority -Folder $folder -Name p384 -Algorithm P384).CertificatePath).KeyAlgorithm | Should -BeExactly 'EC P-384'
        }
    }

    Context 'The status' {
        BeforeAll { $folder = Get-NewFolder }

        It 'is <Status> at <Age> of 24 hours' -ForEach @(
            @{ Status = 'Valid'; Age = '13:00:00' }
            @{ Status = 'Due'; Age = '16:30:00' }
            @{ Status = 'Due'; Age = '23:59:00' }
            @{ Status = 'Expired'; Age = '1.00:00:05' }
            @{ Status = 'Expired'; Age = '2.00:00:00' }
            @{ Status = 'NotYetValid'; Age = '-01:00:00' }
        ) {
            $pair = Build-TestCertificate -Authority $authority -Folder $folder -Lifetime 1.00:00:00 -Age $Age
            $certificate = Get-StepCertificate $pair.CertificatePath
            $certificate.Status | Should -BeExactly $Status
            $certificate.KeyStatus | Should -BeExactly 'Matches'
            ($certificate.RemainingSeconds -lt 0) | Should -Be ($Status -eq 'Expired')
            ($certificate.RenewAfterSeconds -le 0) | Should -Be ($Status -in 'Due', 'Expired')
        }

        It 'is that of what DevCa issues' {
            $ca = Open-TestCa DevCa
            try {
                if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
                (Get-StepCertificate (Request-TestCertificate -Ca $ca -Folder $folder -Name fresh).CertificatePath).Status | Should -Be 'Valid'
            }
            finally {
                Close-TestCa $ca
            }
        }
    }

    Context 'The key' {
        BeforeEach {
            $folder = Get-NewFolder
            $pair = Build-TestCertificate -Authority $authority -Folder $folder
        }

        It 'matches' {
            (Get-StepCertificate $pair.CertificatePath).KeyStatus | Should -BeExactly 'Matches'
        }

        It 'does not match' {
            $other = Build-TestCertificate -Authority $authority -Folder $folder -Name other
            Copy-Item $other.KeyPath $pair.KeyPath -Force
            $certificate = Get-StepCertificate $pair.CertificatePath -ErrorVariable problem
            $problem | Should -BeNullOrEmpty
            $certificate.KeyStatus | Should -BeExactly 'Mismatch'
            $certificate.KeyErrorId | Should -BeExactly 'KeyMismatch'
            $certificate.KeyMessage | Should -BeLike "*do not match*"
            $certificate.Status | Should -BeExactly 'Valid'
        }

        It 'is missing' {
            Remove-Item $pair.KeyPath
            $certificate = Get-StepCertificate $pair.CertificatePath -ErrorVariable problem
            $problem | Should -BeNullOrEmpty
            $certificate.KeyStatus | Should -BeExactly 'Missing'
            $certificate.KeyErrorId | Should -BeExactly 'KeyNotFound'
            $certificate.KeyPath | Should -BeNullOrEmpty
        }

        It 'is missing if the file of -KeyPath does not exist' {
            $certificate = Get-StepCertificate $pair.CertificatePath -KeyPath $folder/none.key
            $certificate.KeyStatus | Should -BeExactly 'Missing'
            $certificate.KeyErrorId | Should -BeExactly 'FileNotFound'
        }

        It 'is garbage' {
            Set-Content $pair.KeyPath 'no key at all'
            $certificate = Get-StepCertificate $pair.CertificatePath
            $certificate.KeyStatus | Should -BeExactly 'Unreadable'
            $certificate.KeyErrorId | Should -BeExactly 'KeyInvalid'
        }

        It 'is in another folder, given by position' {
            $away = Join-Path $folder 'my own.pem'
            Move-Item $pair.KeyPath $away
            (Get-StepCertificate $pair.CertificatePath $away).KeyPath | Should -BeExactly $away
            (Get-StepCertificate $pair.CertificatePath $away).KeyStatus | Should -BeExactly 'Matches'
        }

        It 'cannot be given for several certificates' {
            Build-TestCertificate -Authority $authority -Folder $folder -Name other > $null
            { Get-StepCertificate $folder -KeyPath $pair.KeyPath -ErrorAction Stop } | Should -Throw -ErrorId 'KeyPathForSeveral,*'
        }

        It 'is encrypted, <Kind>' -ForEach @(
            @{ Kind = 'PKCS#8'; Arguments = @{} }
            @{ Kind = 'as OpenSSL did before'; Arguments = @{ Traditional = $true } }
        ) {
            # Of two words, with an umlaut: what people take.
            $secret = "hinter der T`u{fc}r 7"
            [IO.File]::WriteAllText("$folder/pass.txt", "$secret`r`n")
            Protect-TestKey $pair.KeyPath $secret @Arguments
            $path = $pair.CertificatePath

            $none = Get-StepCertificate $path
            $none.KeyStatus | Should -BeExactly 'Unreadable'
            $none.KeyErrorId | Should -BeExactly 'KeyPasswordRequired'
            (Get-StepCertificate $path -KeyPasswordFile "$folder/pass.txt").KeyStatus | Should -BeExactly 'Matches'
            $secure = [securestring]::new()
            foreach ($character in $secret.ToCharArray()) { $secure.AppendChar($character) }
            (Get-StepCertificate $path -KeyPassword $secure).KeyStatus | Should -BeExactly 'Matches'
            $secure.AppendChar('!')
            $wrong = Get-StepCertificate $path -KeyPassword $secure
            $wrong.KeyStatus | Should -BeExactly 'Unreadable'
            $wrong.KeyErrorId | Should -BeExactly 'KeyPasswordWrong'
            $wrong.KeyMessage | Should -Not -BeLike '*hinter*'
            { Get-StepCertificate $path -KeyPassword $secure -KeyPasswordFile "$folder/pass.txt" } | Should -Throw -ErrorId 'ConflictingParameters,*'
            { Get-StepCertificate $path -KeyPasswordFile "$folder/none.txt" } | Should -Throw -ErrorId 'FileNotFound,*'
            Set-Content "$folder/pass.txt" ' '
            { Get-StepCertificate $path -KeyPasswordFile "$folder/pass.txt" } | Should -Throw -ErrorId 'FileEmpty,*'
        }

        It 'is found next to <Certificate> as <Key>' -ForEach @(
            @{ Certificate = 'web.crt'; Key = 'web.key' }
            @{ Certificate = 'web.pem'; Key = 'web-key.pem' }
            @{ Certificate = 'cert.pem'; Key = 'privkey.pem' }
            @{ Certificate = 'fullchain.pem'; Key = 'privkey.pem' }
            @{ Certificate = 'web.cer'; Key = 'web.key' }
        ) {
            $place = [IO.Directory]::CreateDirectory("$folder/live").FullName
            Move-Item $pair.CertificatePath "$place/$Certificate"
            Move-Item $pair.KeyPath "$place/$Key"
            $found = @(Get-StepCertificate $place)
            $found | Should -HaveCount 1
            $found.KeyPath | Should -BeExactly (Join-Path $place $Key)
            $found.KeyStatus | Should -BeExactly 'Matches'
            $found.Name | Should -BeExactly $(if ($Certificate -in 'cert.pem', 'fullchain.pem') { 'live' } else { 'web' })
        }

        It 'is in the certificate file itself' {
            [IO.File]::AppendAllText($pair.CertificatePath, [IO.File]::ReadAllText($pair.KeyPath))
            Remove-Item $pair.KeyPath
            $certificate = Get-StepCertificate $pair.CertificatePath
            $certificate.KeyStatus | Should -BeExactly 'Matches'
            $certificate.KeyPath | Should -BeExactly $pair.CertificatePath
        }
    }

    Context 'Formats that other programs write' {
        BeforeEach {
            $folder = Get-NewFolder
            $pair = Build-TestCertificate -Authority $authority -Folder $folder
        }

        It 'reads a file of <_>' -ForEach 'unicode', 'bigendianunicode', 'utf8BOM', 'ascii' {
            foreach ($path in $pair.CertificatePath, $pair.KeyPath) {
                $text = Get-Content $path
                $text | Out-File $path -Encoding $_
            }
            (Get-StepCertificate $pair.CertificatePath).KeyStatus | Should -BeExactly 'Matches'
        }

        It 'reads CRLF and text around the blocks' {
            $text = "Bag Attributes`r`n    friendlyName: web`r`n" + ([IO.File]::ReadAllText($pair.CertificatePath) -replace "`r?`n", "`r`n") + "# end`r`n"
            [IO.File]::WriteAllText($pair.CertificatePath, $text)
            (Get-StepCertificate $pair.CertificatePath).KeyStatus | Should -BeExactly 'Matches'
        }

        It 'reads DER' {
            Export-TestDer $pair $folder/binary.der $folder/binary.key
            Remove-Item $pair.CertificatePath, $pair.KeyPath
            $certificate = Get-StepCertificate $folder
            $certificate.Name | Should -BeExactly 'binary'
            $certificate.KeyStatus | Should -BeExactly 'Matches'
        }

        It 'finds the leaf at any place in the file' {
            $blocks = [regex]::Matches([IO.File]::ReadAllText($pair.CertificatePath), '(?s)-----BEGIN.+?END CERTIFICATE-----').Value
            Set-Content $pair.CertificatePath $blocks[1], $blocks[0]
            (Get-StepCertificate $pair.CertificatePath).Subject | Should -BeExactly 'CN=web.local'
        }
    }

    Context 'Paths' {
        BeforeAll {
            $folder = Get-NewFolder
            # The name of a Windows file can have an apostrophe, but not a quote.
            $names = @('a b', "Z`u{fc}rich-k`u{f6}ln", "it's", 'x[1]', 'x1', '-Force', '100%', '$home', ';ls', '#1')
            if (-not $IsWindows) { $names += 'say "hi"', 'a*b', 'back`tick' }
            foreach ($name in $names) { Build-TestCertificate -Authority $authority -Folder $folder -Name $name > $null }
            [IO.Directory]::CreateDirectory("$folder/deep/er") > $null
            Build-TestCertificate -Authority $authority -Folder "$folder/deep/er" -Name low > $null
            $count = $names.Count
        }

        It 'finds the certificates of a folder, and of its subfolders only with -Recurse' {
            (Get-StepCertificate $folder).Name | Sort-Object | Should -Be ($names | Sort-Object)
            Get-StepCertificate $folder -Recurse | Should -HaveCount ($count + 1)
            (Get-StepCertificate $folder -Recurse).Name | Should -Contain 'low'
        }

        It 'takes every name literally' {
            foreach ($name in $names) {
                $certificate = Get-StepCertificate -LiteralPath (Join-Path $folder "$name.crt")
                $certificate.Name | Should -BeExactly $name
                $certificate.KeyStatus | Should -BeExactly 'Matches' -Because $name
            }
        }

        It 'accepts every file from Get-ChildItem' {
            (Get-ChildItem $folder -Filter *.crt | Get-StepCertificate).Name | Sort-Object | Should -Be ($names | Sort-Object)
        }

        It 'supports wildcards' {
            (Get-StepCertificate "$folder/x?.crt").Name | Should -BeExactly 'x1'
            (Get-StepCertificate "$folder/Z*.crt").Name | Should -BeExactly "Z`u{fc}rich-k`u{f6}ln"
            (Get-StepCertificate "$folder/x[0-9].crt").Name | Should -BeExactly 'x1'
            (Get-StepCertificate "$folder/d*/e*/*.crt").Name | Should -BeExactly 'low'
            (Get-StepCertificate "$folder/d*/er").Name | Should -BeExactly 'low'
            Get-StepCertificate "$folder/*" | Should -HaveCount $count
        }

        It 'takes brackets literally with -LiteralPath, and if escaped' {
            (Get-StepCertificate -LiteralPath "$folder/x[1].crt").Name | Should -BeExactly 'x[1]'
            (Get-StepCertificate ([WildcardPattern]::Escape("$folder/x[1].crt"))).Name | Should -BeExactly 'x[1]'
        }

        It 'writes no error if a pattern matches nothing, and a message with -Verbose' {
            $all = Get-StepCertificate "$folder/nothing*" -Verbose 4>&1
            $all | Should -HaveCount 1
            $all | Should -BeOfType Management.Automation.VerboseRecord
        }

        It 'resolves a relative path by Set-Location, not by the folder of the process' {
            [Environment]::CurrentDirectory | Should -Not -Be $folder
            Push-Location $folder
            try {
                (Get-StepCertificate ./x1.crt).CertificatePath | Should -BeExactly (Join-Path $folder 'x1.crt')
                (Get-StepCertificate x1.crt x1.key).KeyStatus | Should -BeExactly 'Matches'
                (Get-StepCertificate x1.crt -KeyPath ./x1.key).KeyPath | Should -BeExactly (Join-Path $folder 'x1.key')
                (Get-StepCertificate deep/../x1.crt).Name | Should -BeExactly 'x1'
                Get-StepCertificate | Should -HaveCount $count
                Get-StepCertificate . | Should -HaveCount $count
                Set-Location deep
                (Get-StepCertificate ../x1.crt).Name | Should -BeExactly 'x1'
                (Get-StepCertificate -Recurse).Name | Should -BeExactly 'low'
            }
            finally {
                Pop-Location
            }
        }

        It 'resolves a path of a drive of PowerShell' {
            New-PSDrive -Name certs -PSProvider FileSystem -Root $folder > $null
            try {
                (Get-StepCertificate certs:/x1.crt).CertificatePath | Should -BeExactly (Join-Path $folder 'x1.crt')
                (Get-StepCertificate certs:/deep/er/low.crt certs:/deep/er/low.key).KeyStatus | Should -BeExactly 'Matches'
                Get-StepCertificate certs: | Should -HaveCount $count
                Get-StepCertificate certs:/*.crt | Should -HaveCount $count
            }
            finally {
                Remove-PSDrive certs
            }
        }

        It 'resolves a path with the provider before it' {
            (Get-StepCertificate "Microsoft.PowerShell.Core\FileSystem::$folder/x1.crt").CertificatePath | Should -BeExactly (Join-Path $folder 'x1.crt')
            (Get-StepCertificate "FileSystem::$folder/x?.crt").Name | Should -BeExactly 'x1'
            (Get-StepCertificate -LiteralPath "Microsoft.PowerShell.Core\FileSystem::$folder/x[1].crt").Name | Should -BeExactly 'x[1]'
        }

        It 'refuses the device <_>' -ForEach 'CON', 'NUL', 'COM1' -Skip:(-not $IsWindows) {
            $found = Get-StepCertificate $_, "$folder/x1.crt" -ErrorVariable problem -ErrorAction SilentlyContinue
            $found.Name | Should -BeExactly 'x1'
            $problem | Should -HaveCount 1
            $problem[0].FullyQualifiedErrorId | Should -BeExactly 'FileUnreadable,StepCaRenew.Cmdlets.GetStepCertificateCommand'
        }

        It 'refuses <_>, which is not a file' -ForEach 'Env:PATH', 'Env:PAT*', 'Variable:home', 'nodrive:/x.crt', 'nodrive:/*.crt', 'NoProvider::x', 'NoProvider::*' {
            $found = Get-StepCertificate $_, "$folder/x1.crt" -ErrorVariable problem -ErrorAction SilentlyContinue
            $found.Name | Should -BeExactly 'x1'
            $problem | Should -HaveCount 1
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'NotAFileSystemPath,*'
            $problem[0].CategoryInfo.Category | Should -Be 'InvalidArgument'
        }

        It 'accepts strings, files and objects from the pipeline' {
            ("$folder/x1.crt", "$folder/a b.crt" | Get-StepCertificate -ThrottleLimit 1).Name | Should -Be 'x1', 'a b'
            (Get-Item "$folder/x1.crt" | Get-StepCertificate).Name | Should -BeExactly 'x1'
            (Get-Item "$folder/deep/er" | Get-StepCertificate).Name | Should -BeExactly 'low'
            ([pscustomobject]@{ CertificatePath = "$folder/x[1].crt"; KeyPath = "$folder/x1.key" } | Get-StepCertificate).KeyStatus | Should -BeExactly 'Mismatch'
            $again = Get-StepCertificate $folder | Get-StepCertificate
            $again | Should -HaveCount $count
            $again.KeyStatus | Sort-Object -Unique | Should -BeExactly 'Matches'
        }

        It 'does nothing with an empty pipeline' {
            @() | Get-StepCertificate | Should -BeNullOrEmpty
        }

        It 'refuses an empty path' {
            { Get-StepCertificate '' } | Should -Throw -ErrorId 'PathEmpty,*'
            { Get-StepCertificate $null } | Should -Throw -ErrorId 'PathEmpty,*'
            { Get-StepCertificate -LiteralPath @() } | Should -Throw -ErrorId 'PathEmpty,*'
            { Get-StepCertificate "$folder/x1.crt", '' } | Should -Throw -ErrorId 'PathEmpty,*'
            { Get-StepCertificate "$folder/x1.crt" -KeyPath '' } | Should -Throw -ErrorId 'PathEmpty,*'
        }

        It 'reports an empty path of the pipeline, and continues' {
            $found = '', "$folder/x1.crt", $null, [pscustomobject]@{ CertificatePath = ''; KeyPath = 'x' }, [pscustomobject]@{ CertificatePath = "$folder/a b.crt"; KeyPath = '' } |
                Get-StepCertificate -ErrorVariable problem -ErrorAction SilentlyContinue
            $found.Name | Should -Be 'x1', 'a b'
            $found.KeyStatus | Should -Be 'Matches', 'Matches'
            $problem.FullyQualifiedErrorId | Should -Be (@('PathEmpty,StepCaRenew.Cmdlets.GetStepCertificateCommand') * 3)
        }

        It 'reports a missing file, and continues' {
            $found = Get-StepCertificate "$folder/x1.crt", "$folder/none.crt", "$folder/a b.crt" -ErrorVariable problem -ErrorAction SilentlyContinue
            $found.Name | Sort-Object | Should -Be 'a b', 'x1'
            $problem | Should -HaveCount 1
            $problem[0].FullyQualifiedErrorId | Should -BeExactly 'FileNotFound,StepCaRenew.Cmdlets.GetStepCertificateCommand'
            $problem[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
            $problem[0].TargetObject | Should -BeExactly (Join-Path $folder 'none.crt')
            $problem[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
            { Get-StepCertificate "$folder/none.crt" -ErrorAction Stop } | Should -Throw -ErrorId 'FileNotFound,*'
        }
    }

    Context 'Links' {
        BeforeAll {
            $hindrance = Get-LinkHindrance
        }

        BeforeEach {
            if ($hindrance) { return Skip-Test -Because $hindrance }
            $folder = Get-NewFolder
            # Windows has two kinds, and a link with a slash in its target leads nowhere.
            function Add-Link {
                param([string] $Name, [string] $Target)
                $link = [IO.FileInfo]::new((Join-Path $folder $Name))
                $kind = if (Test-Path (Join-Path $link.DirectoryName $Target) -PathType Container) { [IO.Directory] } else { [IO.File] }
                $kind::CreateSymbolicLink($link.FullName, $Target.Replace('/', [IO.Path]::DirectorySeparatorChar)) > $null
            }
        }

        AfterEach {
            if ($hindrance) { return }
            # Pester lists its TestDrive after each block, and follows links: two loops take all memory.
            [IO.Directory]::GetFileSystemEntries($folder, '*', [IO.EnumerationOptions] @{ RecurseSubdirectories = $true; MaxRecursionDepth = 2; AttributesToSkip = 'None' }) |
                Where-Object { ([IO.FileInfo] $_).LinkTarget } | ForEach-Object { if ([IO.File]::GetAttributes($_).HasFlag([IO.FileAttributes]::Directory) -and $IsWindows) { [IO.Directory]::Delete($_) } else { [IO.File]::Delete($_) } }
        }

        It 'lists the certificate of a mounted secret once, by its shortest path' {
            $version = [IO.Directory]::CreateDirectory("$folder/..2026_01").FullName
            $pair = Build-TestCertificate -Authority $authority -Folder $version -Name tls
            Add-Link ..data ..2026_01
            Add-Link tls.crt ..data/tls.crt
            Add-Link tls.key ..data/tls.key
            foreach ($options in @{}, @{ Recurse = $true }, @{ Recurse = $true; FollowSymlink = $true }) {
                $found = @(Get-StepCertificate $folder @options)
                $found.CertificatePath | Should -BeExactly (Join-Path $folder tls.crt)
                $found.KeyStatus | Should -BeExactly 'Matches'
            }
            @(Get-StepCertificate "$folder/*" -Recurse).CertificatePath | Should -BeExactly (Join-Path $folder tls.crt)
            Test-StepCertificatePair $folder -Recurse | Should -Be @($true)
        }

        It 'ends in loops of links, also with -FollowSymlink' {
            $deep = [IO.Directory]::CreateDirectory("$folder/a/b").FullName
            $pair = Build-TestCertificate -Authority $authority -Folder $folder -Name web
            $other = Build-TestCertificate -Authority $authority -Folder $deep -Name deep
            Add-Link a/b/up ../..
            Add-Link a/up ..
            Add-Link a/self .
            $script = "Import-Module '$(Join-Path (Get-TestPackage) StepCaRenew.psd1)'
                (Get-StepCertificate '$folder' -Recurse).CertificatePath
                (Get-StepCertificate '$folder' -Recurse -FollowSymlink).CertificatePath"
            $result = Invoke-FreshPwsh -Script $script -TimeoutSeconds 30
            $result.Error | Should -BeNullOrEmpty
            $result.Output.Trim() -split '\r?\n' | Should -Be $other.CertificatePath, $pair.CertificatePath, $other.CertificatePath, $pair.CertificatePath
        }

        It 'follows links to folders only with -FollowSymlink, as Get-ChildItem does' {
            $away = Get-NewFolder
            $pair = Build-TestCertificate -Authority $authority -Folder $away -Name far
            Add-Link link $away
            Get-StepCertificate $folder -Recurse | Should -BeNullOrEmpty
            Get-StepCertificate $folder -FollowSymlink | Should -BeNullOrEmpty
            (Get-StepCertificate $folder -Recurse -FollowSymlink).CertificatePath | Should -BeExactly (Join-Path $folder link/far.crt)
            (Get-StepCertificate "$folder/link").Name | Should -BeExactly 'far'
            Test-StepCertificatePair $folder -Recurse -FollowSymlink | Should -BeTrue
            (Invoke-StepRenewal $folder -Recurse -FollowSymlink).CertificatePath | Should -BeExactly (Join-Path $folder link/far.crt)
            { Invoke-StepRenewal $folder -Recurse -ErrorAction Stop } | Should -Throw -ErrorId 'NoCertificateFound,*'
            { Invoke-StepRenewal $folder -FollowSymlink -ErrorAction Stop } | Should -Throw -ErrorId 'NoCertificateFound,*'
        }
    }

    Context 'Folders that cannot be read' {
        BeforeAll {
            $folder = $null
            # An unprivileged user, who can read the module and pass through the folders of the test.
            function Invoke-AsNobody {
                param([string] $Script)
                $import = "Import-Module '$(Join-Path (Get-TestPackage) StepCaRenew.psd1)'`n"
                Invoke-FreshPwsh -Script ($import + $Script) -Environment @{ HOME = '/nonexistent' } -Through 'setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'
            }
        }

        BeforeEach {
            if ([Environment]::UserName -ne 'root' -or -not (Get-Command setpriv -ErrorAction Ignore)) { return Skip-Test -Because 'only root can become another user, with setpriv' }
            $folder = [IO.Directory]::CreateTempSubdirectory('stepcarenew-unreadable-').FullName
            foreach ($name in 'open', 'locked', 'open/locked') {
                $one = [IO.Directory]::CreateDirectory("$folder/$name").FullName
                $pair = Build-TestCertificate -Authority $authority -Folder $one -Name (Split-Path $name -Leaf)
                [IO.File]::SetUnixFileMode($pair.KeyPath, 'UserRead, UserWrite, OtherRead')
            }
            $all = [IO.UnixFileMode] 'UserRead, UserWrite, UserExecute, GroupRead, GroupExecute, OtherRead, OtherExecute'
            foreach ($name in '', 'open') { [IO.File]::SetUnixFileMode((Join-Path $folder $name), $all) }
            foreach ($name in 'locked', 'open/locked') { [IO.File]::SetUnixFileMode((Join-Path $folder $name), [IO.UnixFileMode] 'UserRead, UserWrite, UserExecute') }
        }

        AfterEach {
            if ($folder) { Remove-Item $folder -Recurse -Force -ErrorAction Ignore }
        }

        It 'are errors with an id, and the others are shown: <Title>' -ForEach @(
            @{ Title = 'paths'; Arguments = '"$f/locked", "$f/open"'; Locked = , 'locked' }
            @{ Title = 'a pattern below it'; Arguments = '"$f/locked/*.crt", "$f/open"'; Locked = , 'locked' }
            @{ Title = 'a pattern that finds it'; Arguments = '"$f/*"'; Locked = , 'locked' }
            @{ Title = '-Recurse'; Arguments = '$f -Recurse'; Locked = 'locked', 'open/locked' }
            @{ Title = '-LiteralPath'; Arguments = '-LiteralPath "$f/locked", "$f/open"'; Locked = , 'locked' }
        ) {
            foreach ($command in 'Get-StepCertificate', 'Test-StepCertificatePair -Detailed') {
                $result = Invoke-AsNobody "`$f = '$folder'
                    `$found = $command $Arguments -ErrorVariable problem -ErrorAction SilentlyContinue
                    `$found.Name
                    `$problem | ForEach-Object { `$_.FullyQualifiedErrorId -replace ',.*'; `$_.Exception.Message; if (-not `$_.ErrorDetails.RecommendedAction) { 'no remedy' } }"
                $result.Error | Should -BeNullOrEmpty
                $lines = $result.Output.Trim() -split "`n"
                $lines[0] | Should -BeExactly 'open'
                $lines.Count | Should -Be (1 + 2 * $Locked.Count)
                $lines -ceq 'AccessDenied' | Should -HaveCount $Locked.Count
                foreach ($name in $Locked) { $lines | Where-Object { $_ -like "*'$folder/$name'*" } | Should -HaveCount 1 }
            }
        }

        It 'end the call only with -ErrorAction Stop' {
            $result = Invoke-AsNobody "try { Get-StepCertificate '$folder/locked', '$folder/open' -ErrorAction Stop } catch { `$_.FullyQualifiedErrorId }"
            $result.Output.Trim() | Should -BeExactly 'AccessDenied,StepCaRenew.Cmdlets.GetStepCertificateCommand'
        }

        It 'do not stop Invoke-StepRenewal from renewing the others' {
            $result = Invoke-AsNobody "`$r = Invoke-StepRenewal '$folder/locked', '$folder' -Recurse -LogPath /tmp/stepcarenew-nobody-`$PID.log -StepPath /nonexistent -ErrorVariable problem -ErrorAction SilentlyContinue
                `$r.Status; `$problem.ForEach{ `$_.FullyQualifiedErrorId -replace ',.*' } -join ' '
                (Get-Content /tmp/stepcarenew-nobody-`$PID.log | ConvertFrom-Json | Where-Object id -eq 190).fields.errorId -join ' '; Remove-Item /tmp/stepcarenew-nobody-`$PID.log"
            $result.Error | Should -BeNullOrEmpty
            $result.Output.Trim() -split "`n" | Should -Be 'NotDue', 'AccessDenied AccessDenied AccessDenied', 'AccessDenied AccessDenied AccessDenied'
        }
    }

    Context 'A folder with other things in it' {
        BeforeAll {
            $folder = Get-NewFolder
            $pair = Build-TestCertificate -Authority $authority -Folder $folder -Name web
            Set-Content $folder/root.crt $authority.Root.ExportCertificatePem()
            Set-Content $folder/intermediate.pem $authority.Intermediate.ExportCertificatePem()
            Set-Content $folder/chain.pem $authority.Intermediate.ExportCertificatePem(), $authority.Root.ExportCertificatePem()
            Copy-Item $pair.KeyPath $folder/web-key.pem
            Set-Content $folder/params.pem '-----BEGIN DH PARAMETERS-----', 'MAYCAQcCAQI=', '-----END DH PARAMETERS-----'
            Copy-Item $pair.CertificatePath $folder/.web.crt.swp
            Copy-Item $pair.CertificatePath $folder/.hidden.crt
            Copy-Item $pair.CertificatePath $folder/web.crt.bak
            Set-Content $folder/readme.txt 'nothing'
            [IO.Directory]::CreateDirectory("$folder/folder.crt") > $null
        }

        It 'shows only the certificate, and no error' {
            $found = Get-StepCertificate $folder -ErrorVariable problem
            $problem | Should -BeNullOrEmpty
            $found.Name | Should -BeExactly 'web'
        }

        It 'does the same for a pattern' {
            $found = Get-StepCertificate "$folder/*.crt", "$folder/*.pem" -ErrorVariable problem
            $problem | Should -BeNullOrEmpty
            $found.Name | Should -BeExactly 'web'
        }

        It 'reports damaged certificates, and shows the others' {
            $bad = Get-NewFolder
            Copy-Item $pair.CertificatePath, $pair.KeyPath $bad
            Set-Content $bad/garbage.crt 'this is not a certificate'
            Set-Content $bad/empty.crt '' -NoNewline
            $text = [IO.File]::ReadAllText($pair.CertificatePath)
            Set-Content $bad/half.crt $text.Substring(0, $text.Length / 4) -NoNewline
            $found = Get-StepCertificate $bad -ErrorVariable problem -ErrorAction SilentlyContinue
            $found.Name | Should -BeExactly 'web'
            $problem.FullyQualifiedErrorId -replace ',.*' | Sort-Object | Should -Be 'CertificateInvalid', 'CertificateInvalid', 'FileEmpty'
            $problem.TargetObject | ForEach-Object { Split-Path $_ -Leaf } | Sort-Object | Should -Be 'empty.crt', 'garbage.crt', 'half.crt'
        }

        It 'shows a root if it is named' {
            (Get-StepCertificate $folder/root.crt).Subject | Should -BeExactly 'CN=Test Root'
        }

        It 'needs the password of a PFX file, and reports one that is wrong' {
            $pfx = Join-Path $folder web.pfx
            Export-TestPfx $pair $pfx -Password secret
            $wrong = [Net.NetworkCredential]::new('', 'wrong').SecurePassword
            foreach ($command in 'Get-StepCertificate', 'Test-StepCertificatePair', 'Invoke-StepRenewal') {
                & $command $pfx -ErrorVariable problem -ErrorAction SilentlyContinue > $null
                $problem[0].FullyQualifiedErrorId | Should -BeLike 'KeyPasswordRequired,*' -Because $command
                $problem[0].Exception.Message | Should -BeLike "*'$pfx' has a password*"
                $problem[0].ErrorDetails.RecommendedAction | Should -BeLike '*-KeyPasswordFile*'
                & $command $pfx -KeyPassword $wrong -ErrorVariable problem -ErrorAction SilentlyContinue > $null
                $problem[0].FullyQualifiedErrorId | Should -BeLike 'KeyPasswordWrong,*' -Because $command
            }
            (Get-StepCertificate $pair.CertificatePath $pfx).KeyErrorId | Should -BeExactly 'KeyUnsupported'
            Remove-Item $pfx
        }

        It 'reports a key that was given as a certificate' {
            { Get-StepCertificate $pair.KeyPath -ErrorAction Stop } | Should -Throw -ErrorId 'CertificateInvalid,*'
        }

        It 'writes nothing for a folder without certificates' {
            Get-StepCertificate (Get-NewFolder) -ErrorVariable problem | Should -BeNullOrEmpty
            $problem | Should -BeNullOrEmpty
        }
    }
}
