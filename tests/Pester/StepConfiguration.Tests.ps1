# step's environment and configuration, read as step reads them.
BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
}

AfterAll {
    Restore-Environment $environment
}

Describe 'Step configuration' {
    BeforeAll {
        $ca = Open-TestCa DevCa
        if (-not $ca.Reason) { $authority = Get-CaAuthority $ca }
    }

    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        # Ten of its 24 hours are over: not due by the usual rule.
        $pair = Build-TestCertificate -Authority $authority -Folder $folder -Age 10:00:00
        $step = [IO.Directory]::CreateDirectory("$folder/step/config").Parent.FullName
        $defaults = @{ 'ca-url' = $ca.Url; root = $ca.RootPath }
    }

    AfterEach {
        Use-CleanEnvironment > $null
    }

    AfterAll {
        Close-TestCa $ca
    }

    It 'takes the time from <_>' -ForEach 'STEP_EXPIRES_IN', 'expires-in in defaults.json' {
        (Invoke-StepRenewal $pair.CertificatePath -StepPath $step -WhatIf).Status | Should -Be 'NotDue'
        if ($_ -eq 'STEP_EXPIRES_IN') { $env:STEP_EXPIRES_IN = '20h' } else { $defaults['expires-in'] = '20h' }
        $defaults | ConvertTo-Json | Set-Content $step/config/defaults.json
        (Invoke-StepRenewal $pair.CertificatePath -StepPath $step -ExpiresIn 1h).Status | Should -Be 'NotDue'
        (Invoke-StepRenewal $pair.CertificatePath -StepPath $step -RenewAt 90%).Status | Should -Be 'NotDue'
        (Invoke-StepRenewal $pair.CertificatePath -StepPath $step).Status | Should -Be 'Renewed'
    }

    It 'names the source of an invalid duration' {
        $env:STEP_EXPIRES_IN = '20'
        { Invoke-StepRenewal $pair.CertificatePath -StepPath $step } | Should -Throw 'STEP_EXPIRES_IN: *20s*' -ErrorId 'InvalidDuration,*'
    }

    It 'takes the password file from <_>, and reads it only for an encrypted key' -ForEach 'STEP_PASSWORD_FILE', 'password-file in defaults.json' {
        if ($_ -eq 'STEP_PASSWORD_FILE') { $env:STEP_PASSWORD_FILE = "$folder/pass.txt" } else { $defaults['password-file'] = "$folder/pass.txt" }
        $defaults | ConvertTo-Json | Set-Content $step/config/defaults.json
        (Invoke-StepRenewal $pair.CertificatePath -StepPath $step -Force).Status | Should -Be 'Renewed'

        [IO.File]::WriteAllText("$folder/secret.txt", "correct horse`n")
        Protect-TestKey $pair.KeyPath 'correct horse'
        $result = Invoke-StepRenewal $pair.CertificatePath -StepPath $step -Force -ErrorAction SilentlyContinue -ErrorVariable problem
        $result.ErrorId | Should -BeExactly 'FileNotFound'
        "$problem" | Should -BeLike "*$(Join-Path $folder pass.txt)*"

        Move-Item "$folder/secret.txt" "$folder/pass.txt"
        (Invoke-StepRenewal $pair.CertificatePath -StepPath $step -Force).Status | Should -Be 'Renewed'
    }

    It 'resolves relative paths in <_> from the current location' -ForEach 'STEPPATH', 'STEP_ROOT', '-Root' {
        Push-Location $folder
        try {
            $arguments = @{}
            if ($_ -eq 'STEPPATH') {
                $env:STEPPATH = 'step'
                $defaults | ConvertTo-Json | Set-Content $step/config/defaults.json
            }
            else {
                Copy-Item $ca.RootPath "$folder/own root.crt"
                $env:STEP_CA_URL = $ca.Url
                if ($_ -eq 'STEP_ROOT') { $env:STEP_ROOT = 'own root.crt' } else { $arguments.Root = "own root.crt, $($ca.RootPath)" }
            }
            (Invoke-StepRenewal $pair.CertificatePath @arguments -Force).Status | Should -Be 'Renewed'
        }
        finally {
            Pop-Location
        }
    }

    It 'accepts a folder of roots' {
        New-Item -ItemType Directory "$folder/roots" > $null
        Copy-Item $ca.RootPath "$folder/roots/a.crt"
        (Invoke-StepRenewal $pair.CertificatePath -CaUrl $ca.Url -Root "$folder/roots" -Force).Status | Should -Be 'Renewed'
    }

    It 'renews a certificate of 24 hours with -ExpiresIn 24h' {
        (Invoke-StepRenewal $pair.CertificatePath -CaUrl $ca.Url -Root $ca.RootPath -ExpiresIn 24h).Status | Should -Be 'Renewed'
    }
}
