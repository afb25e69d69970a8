# All results work as PowerShell objects.
BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-TestPackage
    $pair = Build-TestCertificate -Authority (Build-TestAuthority) -Folder $TestDrive -Name web.local
    $certificate = Get-StepCertificate $pair.CertificatePath
    $results = @($certificate; Invoke-StepRenewal $pair.CertificatePath; Test-StepCertificatePair $pair.CertificatePath -Detailed)
}

Describe 'A result' {
    It 'cannot be changed' {
        foreach ($result in $results) {
            foreach ($property in $result.PSObject.Properties) {
                $property.IsSettable | Should -BeFalse -Because $property.Name
            }
            { $result.Name = 'other' } | Should -Throw
            $result.Name | Should -BeExactly web.local
        }
        { $certificate.DnsNames[0] = 'other' } | Should -Throw
        { $certificate.DnsNames.Add('other') } | Should -Throw
        $certificate.DnsNames | Should -Be web.local, www.web.local
    }

    It 'shows every property in its list' {
        foreach ($result in $results) {
            $labels = ($result | Format-List | Out-String -Width 500) -split '\r?\n' -match '^\w+ *: ' -replace ' *:.*'
            $labels | Sort-Object | Should -Be ($result.PSObject.Properties.Name | Sort-Object)
        }
    }

    It 'converts to its name' {
        foreach ($result in $results) { "$result" | Should -BeExactly web.local }
    }
}

Describe 'A list of a result' {
    It 'is text in Export-Csv' {
        $certificate | Export-Csv (Join-Path $TestDrive one.csv)
        $row = Import-Csv (Join-Path $TestDrive one.csv)
        $row.DnsNames | Should -BeExactly 'web.local, www.web.local'
        $row.IPAddresses | Should -BeExactly 127.0.0.1
        $row.ExtendedKeyUsage | Should -BeExactly 'serverAuth, clientAuth'
        $row.PSObject.Properties.Value -like '*System.*' | Should -BeNullOrEmpty
        $row.PSObject.Properties.Value -like '*StepCaRenew.*' | Should -BeNullOrEmpty
    }

    It 'is an array in ConvertTo-Json, also with one element' {
        $json = $certificate | ConvertTo-Json -Compress
        $json | Should -BeLike '*"DnsNames":`["web.local","www.web.local"`],"IPAddresses":`["127.0.0.1"`],*'
    }

    It 'works as a list in operators, loops and parameters' {
        $certificate.DnsNames -contains 'WWW.web.local' | Should -BeTrue
        $certificate | Where-Object DnsNames -Contains www.web.local | Should -HaveCount 1
        $certificate | Where-Object DnsNames -Contains other | Should -BeNullOrEmpty
        $certificate.DnsNames[1] | Should -BeExactly www.web.local
        $certificate.DnsNames.Count | Should -Be 2
        @($certificate.DnsNames | ForEach-Object { $_ }) | Should -HaveCount 2
        [string[]] $names = $certificate.DnsNames
        $names | Should -Be web.local, www.web.local
        function Get-Count { param([string[]] $Name) $Name.Count }
        Get-Count -Name $certificate.DnsNames | Should -Be 2
        $certificate | Select-Object -ExpandProperty DnsNames | Should -Be web.local, www.web.local
    }

    It 'survives another process' {
        $again = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($certificate))
        $again.DnsNames | Should -Be web.local, www.web.local
        $again.DnsNames -contains 'web.local' | Should -BeTrue
        "$again" | Should -BeExactly web.local
        ($again | Out-String) | Should -Match 'web\.local +Valid'
    }
}
