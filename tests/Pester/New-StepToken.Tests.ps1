# Tokens for other hosts: what is in them, where they go, and that a CA accepts them.
BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment

    function Read-Claim {
        param([string] $Token)
        $text = $Token.Split('.')[1].Replace('-', '+').Replace('_', '/')
        [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($text + '=' * ((4 - $text.Length % 4) % 4))) | ConvertFrom-Json
    }

    # A host with the token and nothing else of this module: a key, a request, /sign.
    function Request-WithToken {
        param($Ca, [string] $Token, [string] $Name)
        $key = [Security.Cryptography.ECDsa]::Create([Security.Cryptography.ECCurve+NamedCurves]::nistP256)
        $request = [Security.Cryptography.X509Certificates.CertificateRequest]::new("CN=$Name", $key, [Security.Cryptography.HashAlgorithmName]::SHA256)
        $body = @{ csr = $request.CreateSigningRequestPem(); ott = $Token } | ConvertTo-Json
        $answer = Invoke-RestMethod "$($Ca.Url)/1.0/sign" -Method Post -Body $body -ContentType application/json -SkipCertificateCheck -SkipHttpErrorCheck -NoProxy -StatusCodeVariable status
        [pscustomobject]@{
            Status = $status
            Leaf   = if ($status -eq 201) { [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPem($answer.crt) }
        }
    }
}

AfterAll {
    Restore-Environment $environment
}

Describe 'New-StepToken with <_>' -ForEach 'StepCa', 'DevCa' {
    BeforeAll {
        $ca = Open-TestCa $_
    }

    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        [IO.File]::WriteAllText("$folder/password.txt", "test-password `r`n")
        $common = @{ StepPath = $ca.Folder; CaUrl = $ca.Url; Root = $ca.RootPath; Provisioner = 'admin'; ProvisionerPasswordFile = "$folder/password.txt" }
    }

    AfterEach {
        Use-CleanEnvironment > $null
    }

    AfterAll {
        Close-TestCa $ca
    }

    It 'returns a SecureString that enrols a host once' {
        $token = New-StepToken web.local @common
        $token | Should -BeOfType SecureString
        $text = $token | ConvertFrom-SecureString -AsPlainText
        $first = Request-WithToken $ca $text -Name web.local
        $first.Status | Should -Be 201
        $first.Leaf.Subject | Should -BeExactly 'CN=web.local'
        (Request-WithToken $ca $text -Name web.local).Status | Should -Be 401
    }

    It 'has the names, the CA and the time that were given' {
        $before = [DateTimeOffset]::UtcNow.ToUnixTimeSeconds()
        $text = New-StepToken web.local @common -San a.local, 10.0.0.1, me@x.org, 'spiffe://td/x' -ValidFor 15m | ConvertFrom-SecureString -AsPlainText
        $claims = Read-Claim $text
        $claims.sub, $claims.iss, $claims.aud | Should -Be 'web.local', 'admin', "$($ca.Url)/1.0/sign"
        $claims.sans | Should -Be 'a.local', '10.0.0.1', 'me@x.org', 'spiffe://td/x'
        $root = [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPem((Get-Content -Raw $ca.RootPath))
        $claims.sha | Should -BeExactly $root.GetCertHashString('SHA256').ToLowerInvariant()
        $claims.exp - $claims.iat | Should -Be 900
        $claims.iat | Should -BeGreaterOrEqual $before
        $claims.PSObject.Properties.Name | Should -Not -Contain 'cnf'
        $leaf = (Request-WithToken $ca $text -Name web.local).Leaf
        $names = $leaf.Extensions | Where-Object { $_.Oid.Value -eq '2.5.29.17' }
        @($names.EnumerateDnsNames()) | Should -Be 'a.local'
        @($names.EnumerateIPAddresses()).IPAddressToString | Should -Be '10.0.0.1'
    }

    It 'writes a file that only this account can read, and nothing to the pipeline' {
        $old = "$folder/old.token"
        [IO.File]::WriteAllText($old, 'world readable')
        foreach ($file in "$folder/new.token", $old) {
            New-StepToken web.local @common -OutFile $file | Should -BeNullOrEmpty
            if ($IsWindows) {
                $rules = (Get-Acl $file).Access
                $rules.IsInherited | Should -Not -Contain $true
                $rules.IdentityReference.Value | Should -Not -Contain 'BUILTIN\Users'
            }
            else {
                [IO.File]::GetUnixFileMode($file) | Should -Be ([IO.UnixFileMode]'UserRead, UserWrite')
            }
            (Request-WithToken $ca ([IO.File]::ReadAllText($file)) -Name web.local).Status | Should -Be 201
        }
        Get-ChildItem $folder -Force | Should -HaveCount 3
    }

    It 'makes one for each host of a table' {
        $hosts = 1..3 | ForEach-Object { [pscustomobject]@{ Subject = "web$_.local"; OutFile = "$folder/web$_.token" } }
        $hosts | Export-Csv $folder/hosts.csv
        Import-Csv $folder/hosts.csv | New-StepToken @common
        foreach ($one in $hosts) { (Request-WithToken $ca ([IO.File]::ReadAllText($one.OutFile)) -Name $one.Subject).Status | Should -Be 201 }
        @('a.local', 'b.local' | New-StepToken @common) | Should -HaveCount 2
    }

    It 'reads several names from one column of a table' {
        'Subject,San', 'web.local,"web.local, www.local;10.0.0.1"', 'db.local,' | Set-Content $folder/hosts.csv
        $claims = Import-Csv $folder/hosts.csv | New-StepToken @common | ForEach-Object { Read-Claim (ConvertFrom-SecureString $_ -AsPlainText) }
        $claims[0].sans | Should -Be 'web.local', 'www.local', '10.0.0.1'
        $claims[1].sans | Should -Be 'db.local'
        { New-StepToken web.local -San 'web.local, www.local' @common -ErrorAction Stop } | Should -Throw -ErrorId 'CertificateNameInvalid,*'
    }

    It 'does not write two tokens to one file' {
        $problems = @()
        'a.local', 'b.local' | New-StepToken @common -OutFile $folder/one.token -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems | Should -HaveCount 1
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'ConflictingParameters,*'
        (Read-Claim ([IO.File]::ReadAllText("$folder/one.token"))).sub | Should -Be 'a.local'
    }

    It 'neither asks the CA nor writes with -WhatIf' {
        $common.CaUrl = 'https://127.0.0.1:1'
        New-StepToken web.local @common -OutFile $folder/web.token -WhatIf | Should -BeNullOrEmpty
        "$folder/web.token" | Should -Not -Exist
    }

    It 'takes the provisioner and its password from step''s configuration' {
        $common.Remove('Provisioner')
        $common.Remove('ProvisionerPasswordFile')
        { New-StepToken web.local @common } | Should -Throw -ErrorId 'ProvisionerPasswordRequired,*'
        $env:STEP_PROVISIONER_PASSWORD_FILE = "$folder/password.txt"
        { New-StepToken web.local @common } | Should -Throw '*noeku*' -ErrorId 'ProvisionerAmbiguous,*'
        $env:STEP_PROVISIONER = 'norenew'
        (Read-Claim (New-StepToken web.local @common | ConvertFrom-SecureString -AsPlainText)).iss | Should -Be 'norenew'
    }

    It 'takes the password as a SecureString' {
        $common.Remove('ProvisionerPasswordFile')
        $password = [Net.NetworkCredential]::new('', [IO.File]::ReadAllText("$folder/password.txt").TrimEnd()).SecurePassword
        (Request-WithToken $ca (New-StepToken web.local @common -ProvisionerPassword $password | ConvertFrom-SecureString -AsPlainText) -Name web.local).Status | Should -Be 201
        { New-StepToken web.local @common -ProvisionerPassword $password -ProvisionerPasswordFile x } | Should -Throw '*-ProvisionerPassword and -ProvisionerPasswordFile*' -ErrorId 'ConflictingParameters,*'
    }

    It 'refuses <Id>' -ForEach @(
        @{ Id = 'InvalidDuration'; Change = @{ ValidFor = '2h' } }
        @{ Id = 'CertificateNameInvalid'; Change = @{ San = 'a.local', ' ' } }
        @{ Id = 'ProvisionerNotFound'; Change = @{ Provisioner = 'nobody' } }
        @{ Id = 'FileNotFound'; Change = @{ ProvisionerPasswordFile = 'nowhere.txt' } }
        @{ Id = 'CaUnreachable'; Change = @{ CaUrl = 'https://127.0.0.1:1' } }
        # Before the CA is asked.
        @{ Id = 'FileNotFound'; Change = @{ OutFile = 'TestDrive:/no/such/folder/web.token'; CaUrl = 'https://127.0.0.1:1' } }
        @{ Id = 'PathIsFolder'; Change = @{ OutFile = 'TestDrive:/'; CaUrl = 'https://127.0.0.1:1' } }
    ) {
        foreach ($name in $Change.Keys) { $common[$name] = $Change[$name] }
        { New-StepToken web.local @common -ErrorAction Stop } | Should -Throw -ErrorId "$Id,*"
    }

    It 'shows no secret in errors, -Verbose, -Debug or a transcript' {
        $password = 'wrong-horse-battery'
        $wrong = [Net.NetworkCredential]::new('', $password).SecurePassword
        $common.Remove('ProvisionerPasswordFile')
        $failure = try { New-StepToken web.local @common -ProvisionerPassword $wrong -Verbose -Debug *>&1 } catch { $_ }
        $failure.FullyQualifiedErrorId | Should -BeLike 'ProvisionerPasswordWrong,*'
        $shown = ($failure | Format-List * -Force | Out-String) + $failure.Exception.ToString()
        $shown | Should -Not -BeLike "*$password*"

        $common.ProvisionerPasswordFile = "$folder/password.txt"
        $DebugPreference = 'Continue'
        Start-Transcript $folder/transcript.txt > $null
        $streams = New-StepToken web.local @common -Verbose 4>&1 5>&1
        $token = $streams | Where-Object { $_ -is [securestring] } | ConvertFrom-SecureString -AsPlainText
        New-StepToken web.local @common -OutFile $folder/web.token -Verbose
        Stop-Transcript > $null
        $text = ($streams | Out-String) + (Get-Content -Raw $folder/transcript.txt)
        $text | Should -BeLike "*token of the provisioner 'admin'*"
        foreach ($secret in $token, $token.Split('.')[2], [IO.File]::ReadAllText("$folder/web.token"), 'eyJ', [IO.File]::ReadAllText("$folder/password.txt").Trim()) {
            $text.Contains($secret) | Should -BeFalse
        }
    }
}
