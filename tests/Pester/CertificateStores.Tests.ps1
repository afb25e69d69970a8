# -Store in .NET's stores of the user on Linux, in a home of its own: every call runs in a process of its own, since .NET reads HOME once.
BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
    $ca = Open-TestCa StepCa
    if (-not $ca.Reason) { $authority = Get-CaAuthority $ca }

    # Runs a script with the module, and returns its objects.
    function Invoke-InHome {
        param([string] $Script)
        $run = Invoke-FreshPwsh -Environment @{ HOME = $home1; XDG_STATE_HOME = '' } -Script @"
            Import-Module '$(Join-Path (Get-TestPackage) 'StepCaRenew.psd1')'
            `$at = @{ StepPath = '$($ca.Folder)' }
            & { $Script } | ConvertTo-Json -Depth 3 -AsArray -WarningAction Ignore
"@
        if ($run.ExitCode -ne 0) { throw "$($run.Output)$($run.Error)" }
        $run.Output | ConvertFrom-Json
    }

    $list = @'
        foreach ($name in 'My', 'CA') {
            $store = [Security.Cryptography.X509Certificates.X509Store]::new($name, 'CurrentUser')
            $store.Open('ReadOnly')
            $store.Certificates | ForEach-Object {
                @{ Store = $name; Thumbprint = $_.Thumbprint; Serial = $_.SerialNumber; Signs = $name -eq 'My' -and ($data = [byte[]] (1..9)) -and $(
                    $key = [Security.Cryptography.X509Certificates.ECDsaCertificateExtensions]::GetECDsaPrivateKey($_)
                    $public = [Security.Cryptography.X509Certificates.ECDsaCertificateExtensions]::GetECDsaPublicKey($_)
                    $public.VerifyData($data, $key.SignData($data, 'SHA256'), 'SHA256')) }
            }
        }
'@
}

AfterAll {
    Close-TestCa $ca
    Restore-Environment $environment
}

Describe 'Certificate stores' -Skip:(-not $IsLinux) {
    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $home1 = [IO.Directory]::CreateDirectory((Join-Path $folder home)).FullName
        $pair = Build-TestCertificate -Authority $authority -Folder $folder -Name web -Age 17:00:00 -Algorithm P256
        $path = $pair.CertificatePath
    }

    It 'puts the renewed pair and its chain into the store, and only what is missing' {
        $result, $again, $found = Invoke-InHome "
            Invoke-StepRenewal '$path' @at -Store CurrentUser\my
            Invoke-StepRenewal '$path' @at -Store CurrentUser\My
            @{ All = @($list) }"
        $result.Status | Should -BeExactly Renewed
        $result.Published | Should -Be 'Cert:\CurrentUser\My'
        $again.Status, "$($again.Published)" | Should -Be NotDue, ''
        $mine = @($found.All | Where-Object Store -EQ My)
        $mine.Serial | Should -BeExactly (Get-LeafSerial $path)
        $mine.Signs | Should -BeTrue
        @($found.All | Where-Object Store -EQ CA).Count | Should -Be 1
        $record = Get-Content "$home1/.local/state/stepcarenew/stores/CurrentUser.json" -Raw | ConvertFrom-Json
        $record.entries.friendlyName, $record.entries.thumbprint | Should -Be 'StepCaRenew: web', $mine.Thumbprint
    }

    It 'publishes again, without a renewal, what was removed by hand' {
        $first, $second, $found = Invoke-InHome "
            Invoke-StepRenewal '$path' @at -Store CurrentUser\My
            Remove-Item '$home1/.dotnet/corefx/cryptography/x509stores/my/*'
            Invoke-StepRenewal '$path' @at -Store CurrentUser\My
            @{ All = @($list) }"
        $first.Status, $second.Status | Should -Be Renewed, NotDue
        $second.Published | Should -Be 'Cert:\CurrentUser\My'
        @($found.All | Where-Object Store -EQ My).Serial | Should -BeExactly (Get-LeafSerial $path)
    }

    It 'keeps the replaced certificates, and removes its own with -RemoveOld after the actions' {
        $file = Join-Path $folder seen
        $found = Invoke-InHome "
            `$own = [Security.Cryptography.X509Certificates.CertificateRequest]::new('CN=foreign', [Security.Cryptography.ECDsa]::Create(), 'SHA256').CreateSelfSigned([DateTimeOffset]::Now, [DateTimeOffset]::Now.AddDays(1))
            `$store = [Security.Cryptography.X509Certificates.X509Store]::new('My', 'CurrentUser'); `$store.Open('ReadWrite'); `$store.Add(`$own)
            Invoke-StepRenewal '$path' @at -Store CurrentUser\My > `$null
            Invoke-StepRenewal '$path' @at -Store CurrentUser\My -Force -Rekey > `$null
            @{ Both = @($list) }
            Invoke-StepRenewal '$path' @at -Store CurrentUser\My -Force -Rekey -RemoveOld -ScriptBlock { (Get-ChildItem '$home1/.dotnet/corefx/cryptography/x509stores/my').Count | Set-Content '$file' } > `$null
            @{ Left = @($list); Foreign = `$own.Thumbprint }"
        $both = @($found[0].Both | Where-Object Store -EQ My)
        $both.Count | Should -Be 3
        # The action finds all of them still there.
        Get-Content $file | Should -BeExactly '4'
        $left = @($found[1].Left | Where-Object Store -EQ My)
        $left.Serial | Should -Contain (Get-LeafSerial $path)
        $left.Thumbprint | Should -Contain $found[1].Foreign
        $left.Count | Should -Be 2
    }

    It 'keeps the old certificates while an action fails, and tells a later run the old thumbprint' {
        $file = Join-Path $folder seen
        $found = Invoke-InHome "
            Invoke-StepRenewal '$path' @at -Store CurrentUser\My > `$null
            @{ Old = @($list) }
            Invoke-StepRenewal '$path' @at -Store CurrentUser\My -Force -RemoveOld -FilePath /bin/sh -ArgumentList '-c', 'test -f $file && printenv STEPCARENEW_OLD_THUMBPRINT > $file' -ErrorAction SilentlyContinue > `$null
            @{ Kept = @($list) }
            Set-Content '$file' x
            Invoke-StepRenewal '$path' @at -Store CurrentUser\My -RemoveOld -FilePath /bin/sh -ArgumentList '-c', 'test -f $file && printenv STEPCARENEW_OLD_THUMBPRINT > $file' > `$null
            @{ Left = @($list) }"
        @($found[1].Kept | Where-Object Store -EQ My).Count | Should -Be 2
        Get-Content $file | Should -BeExactly ($found[0].Old | Where-Object Store -EQ My).Thumbprint
        @($found[2].Left | Where-Object Store -EQ My).Serial | Should -BeExactly (Get-LeafSerial $path)
    }

    It 'puts a first certificate there' {
        $password = Join-Path $folder password
        Set-Content $password test-password
        $found = Invoke-InHome "
            Request-StepCertificate first.local '$folder/first.crt' -Provisioner admin -ProvisionerPasswordFile '$password' @at -Store CurrentUser\My -FriendlyName 'of my own' > `$null
            @{ All = @($list) }"
        @($found.All | Where-Object Store -EQ My).Serial | Should -BeExactly (Get-LeafSerial "$folder/first.crt")
        (Get-Content "$home1/.local/state/stepcarenew/stores/CurrentUser.json" -Raw | ConvertFrom-Json).entries.friendlyName | Should -BeExactly 'of my own'
    }

    It 'refuses <Why>, before anything is done' -ForEach @(
        @{ Why = 'a store of the machine off Windows'; More = '-Store LocalMachine\My'; Id = 'StoreUnsupported' }
        @{ Why = 'rights off Windows'; More = '-Store CurrentUser\My -GrantRead S-1-5-20'; Id = 'StoreUnsupported' }
        @{ Why = 'an EC key for a CSP'; More = '-Store CurrentUser\My -KeyProvider Csp'; Id = 'KeyProviderUnsuitable' }
        @{ Why = 'a store of authorities'; More = '-Store CurrentUser\Root'; Id = 'StoreInvalid' }
        @{ Why = 'a name that is not that of a store'; More = '-Store My'; Id = 'StoreInvalid' }
        @{ Why = '-RemoveOld without -Store'; More = '-RemoveOld'; Id = 'ConflictingParameters' }
        @{ Why = '-FriendlyName without -Store'; More = '-FriendlyName x'; Id = 'ConflictingParameters' }
    ) {
        $before = Get-LeafSerial $path
        $found = Invoke-InHome "
            try { Invoke-StepRenewal '$path' @at $More -ErrorAction Stop } catch { @{ Id = `$_.FullyQualifiedErrorId; Category = `"`$(`$_.CategoryInfo.Category)`" } }"
        $found[-1].Id | Should -BeLike "$Id,*"
        $found[-1].Category | Should -Not -Be NotSpecified
        Get-LeafSerial $path | Should -Be $before
        Test-Path "$home1/.local/state/stepcarenew" | Should -BeFalse
    }

    It 'refuses a second pair with the same friendly name' {
        $other = Build-TestCertificate -Authority $authority -Folder ([IO.Directory]::CreateDirectory((Join-Path $folder other)).FullName) -Name web -Age 17:00:00 -Algorithm P256
        $found = Invoke-InHome "
            Invoke-StepRenewal '$path' @at -Store CurrentUser\My > `$null
            Invoke-StepRenewal '$($other.CertificatePath)' @at -Store CurrentUser\My -ErrorVariable problem -ErrorAction SilentlyContinue
            @{ Id = `$problem[0].FullyQualifiedErrorId; Text = `"`$(`$problem[0])`"; All = @($list) }"
        $found[0].Status | Should -BeExactly Renewed
        $found[1].Id | Should -BeLike 'PublicationFailed,*'
        $found[1].Text | Should -BeLike "*friendly name 'StepCaRenew: web'*"
        @($found[1].All | Where-Object Store -EQ My).Count | Should -Be 1
    }

    It 'is not registered off Windows' {
        $found = Invoke-InHome "
            try { Register-StepRenewalTask web '$path' @at -Scope CurrentUser -Store CurrentUser\My -ErrorAction Stop } catch { @{ Id = `$_.FullyQualifiedErrorId } }"
        $found.Id | Should -BeLike 'StoreUnsupported,*'
    }
}

Describe 'A pair in a certificate store' -Skip:(-not $IsLinux) {
    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $home1 = [IO.Directory]::CreateDirectory((Join-Path $folder home)).FullName
        $pair = Build-TestCertificate -Authority $authority -Folder $folder -Name web -Age 17:00:00 -Algorithm P256
        $publish = "Invoke-StepRenewal '$($pair.CertificatePath)' @at -Store CurrentUser\My > `$null"
        $mine = "@(& { $list } | Where-Object Store -EQ My)"
    }

    It 'is renewed <Title>, and found again by its friendly name, its subject and its old thumbprint' -ForEach @(
        @{ Title = 'by mTLS'; More = '' }
        @{ Title = 'by token'; More = '-UseToken' }
        @{ Title = 'with a new key'; More = '-Rekey' }
    ) {
        $before = Get-RenewalCount $ca
        $all = Invoke-InHome "
            $publish
            `$old = $mine
            Invoke-StepRenewal -Store CurrentUser\My -FriendlyName 'StepCaRenew: web' @at -Force $More
            @{ Old = `$old[0].Thumbprint; After = $mine }
            Invoke-StepRenewal -Store CurrentUser\My -FriendlyName 'StepCaRenew: web' @at
            Invoke-StepRenewal -Store CurrentUser\My -Subject web @at
            Invoke-StepRenewal `"Cert:\CurrentUser\My\`$(`$old[0].Thumbprint)`" @at"
        (Get-RenewalCount $ca) - $before | Should -Be $(if ($More -eq '-Rekey') { 1 } else { 2 })
        $all[0].Status, $all[0].Name | Should -Be Renewed, web
        $after = @($all[1].After)
        $after.Count | Should -Be 2
        $after.Signs | Should -Be $true, $true
        $all[1].Old | Should -BeIn $after.Thumbprint
        $new = ($after | Where-Object Thumbprint -NE $all[1].Old).Serial
        $all[0].SerialNumber | Should -BeExactly $new
        $all[2..4].Status | Should -Be NotDue, NotDue, NotDue
        $all[2..4].SerialNumber | Should -Be $new, $new, $new
    }

    It 'is shown and tested, with its place in the series' {
        $all = Invoke-InHome "
            $publish
            Invoke-StepRenewal -Store CurrentUser\My -FriendlyName 'StepCaRenew: web' @at -Force > `$null
            @{ All = @(Get-StepCertificate -Store CurrentUser\My -WarningAction Ignore); One = Get-StepCertificate -Store currentuser\my -FriendlyName 'StepCaRenew: web' -WarningAction Ignore }
            @{ Pairs = @(Test-StepCertificatePair -Store CurrentUser\My); Detail = Test-StepCertificatePair -Store CurrentUser\My -Subject web -Detailed
               Piped = @(Get-StepCertificate -Store CurrentUser\My -WarningAction Ignore | Test-StepCertificatePair) }"
        $all[0].All.Count | Should -Be 2
        @($all[0].All | Where-Object IsSuperseded).Count | Should -Be 1
        $all[0].All.KeyStatus | Should -Be Matches, Matches
        $all[0].All.FriendlyName | Should -Be 'StepCaRenew: web', 'StepCaRenew: web'
        $all[0].One.IsSuperseded | Should -BeFalse
        $all[0].One.CertificatePath | Should -BeLike 'Cert:\CurrentUser\My\*'
        $all[1].Pairs | Should -Be $true, $true
        $all[1].Piped | Should -Be $true, $true
        $all[1].Detail.Matches, $all[1].Detail.Reason | Should -Be $true, 'The certificate and the key match.'
    }

    It 'gives an action both thumbprints and its path in the store' {
        $file = Join-Path $folder seen
        $all = Invoke-InHome "
            $publish
            `$old = $mine
            Invoke-StepRenewal -Store CurrentUser\My -Subject CN=web @at -Force -FilePath /bin/sh -ArgumentList '-c', 'printenv STEPCARENEW_OLD_THUMBPRINT STEPCARENEW_THUMBPRINT STEPCARENEW_CERTIFICATE_PATH > $file' > `$null
            @{ Old = `$old[0].Thumbprint; After = $mine }"
        $old, $new, $place = Get-Content $file
        $old | Should -BeExactly $all[0].Old
        $new | Should -BeIn $all[0].After.Thumbprint
        $new | Should -Not -Be $old
        $place | Should -BeExactly 'Cert:\CurrentUser\My\Subject=CN=web'
    }

    It 'refuses <Why>' -ForEach @(
        @{ Why = 'a store without a certificate'; Call = 'Invoke-StepRenewal -Store CurrentUser\My'; Id = 'ConflictingParameters' }
        @{ Why = 'two names'; Call = 'Invoke-StepRenewal -Store CurrentUser\My -Subject web -FriendlyName web'; Id = 'ConflictingParameters' }
        @{ Why = 'a subject without a store'; Call = 'Invoke-StepRenewal -Subject web'; Id = 'ConflictingParameters' }
        @{ Why = '-RemoveOld for a pair in the store'; Call = 'Invoke-StepRenewal -Store CurrentUser\My -Subject web -RemoveOld'; Id = 'ConflictingParameters' }
        @{ Why = 'a certificate that is not there'; Call = 'Invoke-StepRenewal -Store CurrentUser\My -Subject web'; Id = 'FileNotFound' }
        @{ Why = 'a thumbprint that is none'; Call = 'Get-StepCertificate -Store CurrentUser\My -Thumbprint 12'; Id = 'StoreInvalid' }
        @{ Why = 'a path that is not of a certificate'; Call = 'Get-StepCertificate Cert:\CurrentUser\My'; Id = 'StoreInvalid' }
        @{ Why = 'a store of the machine off Windows'; Call = 'Get-StepCertificate -Store LocalMachine\My'; Id = 'StoreUnsupported' }
        @{ Why = 'a first certificate'; Call = "Request-StepCertificate x.local 'Cert:\CurrentUser\My\FriendlyName=x' -ProvisionerPasswordFile '/etc/hostname'"; Id = 'NotAFileSystemPath' }
    ) {
        $all = Invoke-InHome "try { $Call -ErrorAction Stop > `$null } catch { @{ Id = `$_.FullyQualifiedErrorId } }"
        $all.Id | Should -BeLike "$Id,*"
    }
}
