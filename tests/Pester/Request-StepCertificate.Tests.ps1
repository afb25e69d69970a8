# First certificates: by token and by password, what is replaced, and the command that repairs a pair.
BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment

    function Get-SecureText {
        param([string] $Text)
        $secure = [securestring]::new()
        foreach ($character in $Text.ToCharArray()) { $secure.AppendChar($character) }
        $secure
    }

    # A constant, or one in parentheses.
    function Read-Text {
        param($Element)
        if ($Element -is [Management.Automation.Language.ParenExpressionAst]) {
            $Element.Pipeline.PipelineElements | Should -HaveCount 1
            $Element = $Element.Pipeline.PipelineElements[0].Expression
        }
        $Element | Should -BeOfType Management.Automation.Language.StringConstantExpressionAst
        $Element.Value
    }

    # What PowerShell's parser makes of a command: its name and its parameters. Anything else is an error.
    function Read-Command {
        param([string] $Text)
        $tokens, $problems = $null
        $script = [Management.Automation.Language.Parser]::ParseInput($Text, [ref] $tokens, [ref] $problems)
        $problems | Should -BeNullOrEmpty -Because $Text
        $statement = $script.EndBlock.Statements
        $statement | Should -HaveCount 1
        $statement[0].PipelineElements | Should -HaveCount 1
        $command = $statement[0].PipelineElements[0]
        $command | Should -BeOfType Management.Automation.Language.CommandAst
        $command.Redirections | Should -BeNullOrEmpty
        $read = [ordered] @{ Command = $command.CommandElements[0].Value }
        $name = $null
        foreach ($element in $command.CommandElements | Select-Object -Skip 1) {
            switch ($element.GetType().Name) {
                'CommandParameterAst' { $name = $element.ParameterName; $read[$name] = $true }
                'StringConstantExpressionAst' { $read[$name] = $element.Value }
                'ParenExpressionAst' { $read[$name] = Read-Text $element }
                'ArrayLiteralAst' { $read[$name] = [string[]] ($element.Elements | ForEach-Object { Read-Text $_ }) }
                default { throw "$_ in $Text" }
            }
        }
        $read
    }
}

AfterAll {
    Restore-Environment $environment
}

Describe 'Request-StepCertificate with <_>' -ForEach 'StepCa', 'DevCa' {
    BeforeAll {
        $ca = Open-TestCa $_
    }

    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $path, $key = "$folder/web.crt", "$folder/web.key"
        $passwordFile = "$folder/password"
        [IO.File]::WriteAllText($passwordFile, "test-password `r`n")
        $password = @{ Provisioner = 'admin'; ProvisionerPasswordFile = $passwordFile }
        $at = @{ StepPath = $ca.Folder }
        $tokenFile = "$folder/token"
        # Wine encrypts no EC keys, and presents none to a server.
        $algorithm = if (Test-Wine) { 'RSA-2048' } else { 'EC-P256' }
        New-StepToken web.local -OutFile $tokenFile @password @at
    }

    AfterAll {
        Close-TestCa $ca
    }

    It 'makes a pair by password, and returns it as Get-StepCertificate does' {
        $issued = Request-StepCertificate web.local $path -San web.local, 10.0.0.1, me@x.org, spiffe://td/web @password @at -NotAfter 12h
        $issued.Status, $issued.KeyStatus | Should -Be 'Valid', 'Matches'
        $issued.CertificatePath, $issued.KeyPath | Should -Be (Get-Item $path).FullName, (Get-Item $key).FullName
        $issued.DnsNames, $issued.IPAddresses, $issued.EmailAddresses, $issued.Uris | Should -Be 'web.local', '10.0.0.1', 'me@x.org', 'spiffe://td/web'
        $issued.LifetimeSeconds | Should -Be (12 * 3600 + 60)
        $issued.SerialNumber | Should -BeExactly (Get-StepCertificate $path).SerialNumber
        Test-OpenSslPair ([pscustomobject]@{ CertificatePath = $path; KeyPath = $key }) | Should -BeTrue
        (Invoke-StepRenewal $path @at -Force).Status | Should -BeExactly Renewed
    }

    It 'makes a pair by a token file alone, without any configuration' {
        $issued = Request-StepCertificate -CertificatePath $path -KeyPath "$folder/other.pem" -TokenFile $tokenFile -StepPath "$folder/none"
        $issued.Subject | Should -BeExactly 'CN=web.local'
        $issued.KeyStatus | Should -BeExactly Matches
        "$folder/other.pem" | Should -Exist
        "$folder/none" | Should -Not -Exist
    }

    It 'makes a pair by a token as a SecureString, with a key of the given kind' {
        $token = New-StepToken web.local @password @at
        $issued = Request-StepCertificate web.local $path -Token $token @at -KeyAlgorithm RSA-2048
        $issued.KeyAlgorithm | Should -BeExactly 'RSA 2048'
        { Request-StepCertificate web.local "$folder/second.crt" -Token $token @at } | Should -Throw -ErrorId 'TokenRefused,*'
        "$folder/second.crt", "$folder/second.key" | Should -Not -Exist
    }

    It 'encrypts the new key with a password' {
        $issued = Request-StepCertificate web.local $path -TokenFile $tokenFile @at -KeyPassword (Get-SecureText 'of the key') -KeyAlgorithm $algorithm
        $issued.KeyStatus | Should -BeExactly Matches
        $key | Should -FileContentMatch 'ENCRYPTED PRIVATE KEY'
    }

    It 'has default permissions' {
        if ($IsWindows) { return Set-ItResult -Skipped -Because 'the modes are those of Unix' }
        Request-StepCertificate web.local $path -TokenFile $tokenFile @at > $null
        [int] [IO.File]::GetUnixFileMode($path) | Should -Be 0x1A4
        [int] [IO.File]::GetUnixFileMode($key) | Should -Be 0x180
    }

    It 'never replaces a pair without -Force' {
        $first = Request-StepCertificate web.local $path @password @at
        $state = Get-FileState $path, $key
        $failure = { Request-StepCertificate web.local $path -TokenFile $tokenFile @at } | Should -Throw -ErrorId 'PairExists,*' -PassThru
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*Invoke-StepRenewal*-Force*'
        $failure.CategoryInfo.Category | Should -Be ResourceExists
        Get-FileState $path, $key | Should -Be $state
        $second = Request-StepCertificate web.local $path -TokenFile $tokenFile @at -Force
        $second.SerialNumber | Should -Not -Be $first.SerialNumber
        $second.PublicKeyId | Should -Not -Be $first.PublicKeyId
        $third = Request-StepCertificate web.local $path @password @at -Force -UseExistingKey
        $third.PublicKeyId | Should -BeExactly $second.PublicKeyId
    }

    It 'asks no CA and writes nothing with -WhatIf' {
        Request-StepCertificate web.local $path -TokenFile $tokenFile @at -WhatIf | Should -BeNullOrEmpty
        $path, $key | Should -Not -Exist
        (Request-StepCertificate web.local $path -TokenFile $tokenFile @at).KeyStatus | Should -BeExactly Matches
    }

    It 'fails with <Id>, and leaves nothing' -ForEach @(
        @{ Id = 'TokenNamesDiffer'; With = @{ Subject = 'other.local' } }
        @{ Id = 'CertificateNameInvalid'; With = @{ San = "a`nb" } }
        @{ Id = 'InvalidDuration'; With = @{ NotAfter = 'soon' } }
        @{ Id = 'ConflictingParameters'; With = @{ UseExistingKey = $true; KeyAlgorithm = 'EC-P384' } }
        @{ Id = 'KeyNotFound'; With = @{ UseExistingKey = $true } }
        @{ Id = 'FileNotFound'; With = @{ CertificatePath = 'TestDrive:/no/such/folder/web.crt' } }
        @{ Id = 'FileNotFound'; With = @{ TokenFile = 'TestDrive:/no.token' } }
    ) {
        $parameters = @{ Subject = 'web.local'; CertificatePath = $path; TokenFile = $tokenFile; StepPath = $ca.Folder }
        foreach ($name in $With.Keys) { $parameters[$name] = $With[$name] }
        { Request-StepCertificate @parameters } | Should -Throw -ErrorId "$Id,*"
        $path, $key | Should -Not -Exist
        Get-StagedFile $folder | Should -BeNullOrEmpty
        # The token was not used up.
        (Request-StepCertificate web.local $path -TokenFile $tokenFile @at).KeyStatus | Should -BeExactly Matches
    }

    It 'repairs a pair by the command in the error, which names everything but the token' {
        Request-StepCertificate web.local $path -San web.local, 10.0.0.1 @password @at > $null
        $other = Request-StepCertificate other.local "$folder/other.crt" @password @at
        Copy-Item "$folder/other.key" $key -Force
        Remove-Item "$folder/other.crt", "$folder/other.key"
        $bytes = [Convert]::ToHexString([IO.File]::ReadAllBytes($key))
        $result = Invoke-StepRenewal $path @at -ErrorVariable failure -ErrorAction SilentlyContinue
        $result.ErrorId | Should -BeExactly KeyMismatch
        $repair = $failure[0].Exception.Repair
        $failure[0].ErrorDetails.RecommendedAction | Should -BeLike "*: $([WildcardPattern]::Escape($repair.Text))"
        $repair.CaUrl, $repair.Root | Should -Be $ca.Url, (Get-Item $ca.RootPath).FullName

        New-StepToken web.local -San web.local, 10.0.0.1 -OutFile $tokenFile @password @at
        $command = $repair.Text.Replace('<file with a token>', $tokenFile)
        $repaired = & ([scriptblock]::Create($command))
        $repaired.KeyStatus, $repaired.PublicKeyId | Should -Be 'Matches', $other.PublicKeyId
        $repaired.DnsNames, $repaired.IPAddresses | Should -Be 'web.local', '10.0.0.1'
        [Convert]::ToHexString([IO.File]::ReadAllBytes($key)) | Should -BeExactly $bytes

        # The same by splatting, as a script does it.
        Request-StepCertificate other.local "$folder/other.crt" @password @at > $null
        Copy-Item "$folder/other.key" $key -Force
        Invoke-StepRenewal $path @at -ErrorVariable failure -ErrorAction SilentlyContinue > $null
        $parameters = $failure[0].Exception.Repair.Parameters
        (Request-StepCertificate @parameters @password).KeyStatus | Should -BeExactly Matches
    }

    It 'works for an account without rights, and leaves nothing in a folder that it cannot write to' {
        if ($IsWindows -or [Environment]::UserName -ne 'root' -or -not (Get-Command setpriv -ErrorAction Ignore)) { return Set-ItResult -Skipped -Because 'only root can become another user, with setpriv' }
        $as = 'setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'
        & $as[0] $as[1..3] test -r (Get-TestPackage) -a -x $folder
        if ($LASTEXITCODE) { return Skip-Test -Because 'another account cannot read the package or the folder of the test' }
        $mine, $theirs = [IO.Directory]::CreateDirectory("$folder/mine").FullName, [IO.Directory]::CreateDirectory("$folder/theirs").FullName
        [IO.File]::WriteAllText("$mine/token", [IO.File]::ReadAllText($tokenFile))
        & chown -R 65534:65534 $mine
        $script = "Import-Module '$(Join-Path (Get-TestPackage) StepCaRenew.psd1)'
            function Request { param(`$at, `$more = @{}) try { (Request-StepCertificate web.local `$at -TokenFile '$mine/token' @more).KeyStatus } catch { `$_.FullyQualifiedErrorId; if (-not `$_.ErrorDetails.RecommendedAction) { 'no remedy' } } }
            Request '$theirs/web.crt'
            Request '$mine/web.crt' @{ KeyPath = '$theirs/web.key' }
            Request '$mine/web.crt'"
        $run = Invoke-FreshPwsh $script -Environment @{ HOME = $mine; STEPPATH = '' } -Through $as
        $run.Error | Should -BeNullOrEmpty
        $lines = $run.Output.Trim() -split "`n"
        $lines[0..1] | Should -BeLike 'FolderNotWritable,*'
        # Neither of them used up the token.
        $lines[2] | Should -BeExactly Matches
        Get-ChildItem $theirs -Force -Recurse | Should -BeNullOrEmpty
        Get-ChildItem $mine -File | ForEach-Object { "$($_.Name) $($_.User) $('{0:x}' -f [int] $_.UnixFileMode)" } | Sort-Object | Should -Be 'token nobody 1a4', 'web.crt nobody 1a4', 'web.key nobody 180'
        Get-StagedFile $folder | Should -BeNullOrEmpty
    }

    It 'shows no secret in errors, -Verbose, -Debug or a transcript, and writes none' {
        $wrong = 'wrong-horse-battery'
        $DebugPreference = 'Continue'
        $Error.Clear()
        Start-Transcript "$folder/transcript.txt" > $null
        $all = @(
            try { Request-StepCertificate web.local $path -Provisioner admin -ProvisionerPassword (Get-SecureText $wrong) @at -Verbose *>&1 } catch { $_ }
            try { Request-StepCertificate other.local $path -TokenFile $tokenFile @at -Verbose *>&1 } catch { $_ }
            Request-StepCertificate web.local $path -TokenFile $tokenFile @at -KeyPassword (Get-SecureText $wrong) -KeyAlgorithm $algorithm -Verbose *>&1
            try { Request-StepCertificate web.local "$folder/second.crt" -TokenFile $tokenFile @at -Verbose *>&1 } catch { $_ }
            try { Request-StepCertificate web.local "$folder/third.crt" -TokenFile $passwordFile @at -Verbose *>&1 } catch { $_ }
            Request-StepCertificate web.local "$folder/fourth.crt" @password @at -KeyAlgorithm $algorithm -Verbose *>&1
            New-StepToken web.local @password @at -OutFile "$folder/second.token" -Verbose *>&1
            Revoke-StepCertificate "$folder/fourth.crt" @at -Confirm:$false -Verbose *>&1
            try { Revoke-StepCertificate -SerialNumber 1234 -TokenFile $tokenFile @at -Confirm:$false -Verbose *>&1 } catch { $_ }
            $root = (Get-FileHash -InputStream ([IO.MemoryStream]::new([Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPem((Get-Content -Raw $ca.RootPath)).RawData))).Hash
            Initialize-StepContext $ca.Url $root -StepPath "$folder/step" -Verbose *>&1
        )
        Stop-Transcript > $null
        $text = @(
            $all | ForEach-Object { "$_" }
            $all | Format-List * -Force | Out-String -Width 4000
            $Error | Format-List * -Force | Out-String -Width 4000
            foreach ($problem in $Error) { for ($e = $problem.Exception; $e; $e = $e.InnerException) { "$e" } }
            [IO.File]::ReadAllText("$folder/transcript.txt")
        ) -join "`n"
        $text | Should -BeLike '*by a one-time token*'
        $text.Length | Should -BeGreaterThan 5000
        $token = [IO.File]::ReadAllText($tokenFile)
        $secrets = $wrong, 'test-password', 'eyJ', $token.Split('.')[2], 'PRIVATE KEY-----'
        foreach ($secret in $secrets) { $text.Contains($secret) | Should -BeFalse -Because $secret }
        if ($IsWindows) { return }
        foreach ($file in Get-ChildItem $folder -Recurse -File -Force | Where-Object FullName -NotIn $passwordFile, "$folder/transcript.txt") {
            $content = [IO.File]::ReadAllText($file)
            if ($secrets | Where-Object { $content.Contains($_) }) { [int] $file.UnixFileMode | Should -Be 0x180 -Because $file.Name }
        }
    }
}

Describe 'The command that repairs a pair' {
    BeforeAll {
        $authority = Build-TestAuthority
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive hostile)).FullName
        $otherKey = (Build-TestCertificate -Authority $authority -Folder $folder -Name other).KeyPath
    }

    It 'is read by PowerShell exactly as it was meant: <_>' -ForEach @(
        "it's", '$(Set-Content pwned 1)', '`$(Set-Content pwned 1)', "'; Set-Content pwned 1 #", "`u{2019}; Set-Content pwned 1 #", "`u{2018}`u{201a}`u{201b}`u{2019}", "`u{201c}`$(1)`u{201d}", '"a"; b', '--%', '-Force', "`u{2013}Force", 'a,b', '@{a=1}', 'a | b > c', '%PATH% & $HOME'
    ) {
        # In the subject, in a SAN of each kind that takes it, and in both paths.
        $name = $_
        $file = $IsWindows ? ($name -replace '[<>:"/\\|?*]', '_') : $name
        $key = [Security.Cryptography.ECDsa]::Create([Security.Cryptography.ECCurve+NamedCurves]::nistP256)
        $writer = [Formats.Asn1.AsnWriter]::new('DER')
        $writer.PushSequence() > $null
        $writer.PushSetOf() > $null
        $writer.PushSequence() > $null
        $writer.WriteObjectIdentifier('2.5.4.3')
        $writer.WriteCharacterString('UTF8String', $name)
        $writer.PopSequence()
        $writer.PopSetOf()
        $writer.PopSequence()
        $request = [Security.Cryptography.X509Certificates.CertificateRequest]::new([Security.Cryptography.X509Certificates.X500DistinguishedName]::new($writer.Encode()), $key, [Security.Cryptography.HashAlgorithmName]::SHA256)
        $ascii = if ($name -match '[^ -~]') { 'web' } else { $name }
        $writer = [Formats.Asn1.AsnWriter]::new('DER')
        $writer.PushSequence() > $null
        foreach ($one in @(2, $ascii), @(1, "$ascii@x.org"), @(6, "spiffe://td/$ascii")) {
            $writer.WriteCharacterString('IA5String', $one[1], [Formats.Asn1.Asn1Tag]::new('ContextSpecific', $one[0]))
        }
        $writer.PopSequence()
        $request.CertificateExtensions.Add([Security.Cryptography.X509Certificates.X509Extension]::new('2.5.29.17', $writer.Encode(), $false))
        $leaf = $request.Create($authority.Intermediate, [DateTimeOffset]::UtcNow.AddHours(-1), [DateTimeOffset]::UtcNow.AddHours(23), [byte[]] (1..8))
        $place = [IO.Directory]::CreateDirectory((Join-Path $folder $file)).FullName
        $certificate, $keyPath = (Join-Path $place "$file.crt"), (Join-Path $place "$file.key")
        [IO.File]::WriteAllText($certificate, $leaf.ExportCertificatePem())
        [IO.File]::Copy($otherKey, $keyPath)
        # A comma in -Root separates two files, as in step.
        $root = Join-Path ($name.Contains(',') ? $folder : $place) root.crt
        foreach ($one in $certificate, $keyPath) { [IO.File]::SetLastWriteTimeUtc($one, [DateTime]::UtcNow.AddHours(-1)) }

        Invoke-StepRenewal -LiteralPath $certificate -KeyPath $keyPath -CaUrl https://127.0.0.1:1 -Root $root -ErrorVariable failure -ErrorAction SilentlyContinue > $null
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'KeyMismatch,*'
        $repair = $failure[0].Exception.Repair
        $read = Read-Command $repair.Text
        $read.Keys | Should -Be 'Command', 'Subject', 'San', 'CertificatePath', 'KeyPath', 'UseExistingKey', 'CaUrl', 'Root', 'TokenFile'
        $read.Command | Should -BeExactly Request-StepCertificate
        $read.Subject | Should -BeExactly $name
        $read.San | Should -BeExactly $ascii, "$ascii@x.org", "spiffe://td/$ascii"
        $read.CertificatePath, $read.KeyPath, $read.Root | Should -BeExactly $certificate, $keyPath, $root
        $read.CaUrl | Should -BeExactly 'https://127.0.0.1:1'
        $read.UseExistingKey | Should -BeTrue
        # The values as properties are the same.
        foreach ($parameter in 'Subject', 'San', 'CertificatePath', 'KeyPath', 'CaUrl', 'Root') {
            [string[]] $repair.$parameter | Should -BeExactly ([string[]] $read[$parameter])
            [string[]] $repair.Parameters[$parameter] | Should -BeExactly ([string[]] $read[$parameter])
        }
        $failure[0].ErrorDetails.RecommendedAction.EndsWith($repair.Text, [StringComparison]::Ordinal) | Should -BeTrue
    }
}
