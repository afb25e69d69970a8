BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
}

AfterAll {
    Restore-Environment $environment
}

Describe 'Get-StepCa with <_>' -ForEach 'DevCa', 'StepCa' {
    BeforeAll {
        $ca = Open-TestCa $_
    }

    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        $env:STEPPATH = $ca.Folder
    }

    AfterAll {
        Close-TestCa $ca
    }

    It 'shows what the CA says about itself' {
        $shown = Get-StepCa
        $shown.CaUrl | Should -BeExactly $ca.Url
        $shown.Status | Should -BeExactly ok
        $shown.Version | Should -BeExactly 0.19.0
        $shown.LatencyMs | Should -BeGreaterThan 0
        $shown.ClockDifferenceSeconds | Should -BeIn -2, -1, 0, 1, 2
        $shown.RootPath | Should -BeExactly $ca.RootPath
        $root = [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPem([IO.File]::ReadAllText($ca.RootPath))
        $shown.Roots | Should -HaveCount 1
        $shown.Roots[0].Fingerprint | Should -BeExactly $root.GetCertHashString('SHA256').ToLowerInvariant()
        $shown.Roots[0].NotAfter | Should -Be $root.NotAfter
        $shown.Roots[0].RemainingDays | Should -Be ([Math]::Floor(($root.NotAfter - [datetime]::Now).TotalDays))
        $shown.Roots[0].IsTrusted | Should -BeTrue
        $admin = $shown.Provisioners | Where-Object Name -EQ admin
        $admin.Type | Should -BeExactly JWK
        $admin.HasEncryptedKey | Should -BeTrue
        $admin.KeyId | Should -BeExactly (Get-CaAuthority $ca).KeyIds['admin']
        ($shown.Provisioners | Where-Object Name -EQ norenew).Claims | Should -Contain 'disableRenewal=true'
    }

    It 'reads its list on one screen' {
        $text = Get-StepCa | Out-String -Width 120
        $text | Should -Match '(?m)^Roots +: [0-9a-f]{64} until \d{4}-\d\d-\d\d\r?$'
        $text | Should -Match 'norenew \(JWK\): .*disableRenewal=true'
        $text | Should -Not -Match 'System\.|StepCaRenew\.'
        (Get-StepCa | ConvertTo-Csv)[1] | Should -Not -Match 'System\.|StepCaRenew\.'
    }

    It 'finds the CA by its parameters' {
        $env:STEPPATH = Join-Path $TestDrive none
        { Get-StepCa } | Should -Throw -ErrorId 'CaUrlMissing,*'
        { Get-StepCa $ca.Url } | Should -Throw -ErrorId 'RootMissing,*'
        (Get-StepCa $ca.Url -Root $ca.RootPath).Status | Should -BeExactly ok
        (Get-StepCa -StepPath $ca.Folder).Status | Should -BeExactly ok
        { Get-StepCa -Context none -StepPath $ca.Folder } | Should -Throw -ErrorId 'ContextNotFound,*'
    }

    It 'shows the context' {
        $step = Join-Path $TestDrive ([Guid]::NewGuid())
        $fingerprint = (Get-StepCa).Roots[0].Fingerprint
        Initialize-StepContext $ca.Url $fingerprint -StepPath $step -Context mine > $null
        (Get-StepCa -StepPath $step).Context | Should -BeExactly mine
    }

    It 'fails if the CA is another one, or does not answer' {
        $other = Build-TestAuthority
        [IO.File]::WriteAllText("$TestDrive/other.crt", $other.Root.ExportCertificatePem())
        { Get-StepCa -Root "$TestDrive/other.crt" } | Should -Throw -ErrorId 'CaUntrusted,*'
        { Get-StepCa "https://127.0.0.1:$(Get-FreePort)" -Root $ca.RootPath } | Should -Throw -ErrorId 'CaUnreachable,*'
    }
}
