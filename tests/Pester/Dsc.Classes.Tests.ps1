# The classes StepCertificate and StepRenewalTask, as an adapter uses them: a type from the module, texts in, texts out.
BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestTasks.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
    $before = @{ STEPCARENEW_HOME = $env:STEPCARENEW_HOME; PATH = $env:PATH; PSModulePath = $env:PSModulePath }
    $packages = Split-Path (Split-Path (Get-TestPackage))
    $manifestPath = Join-Path $packages "StepCaRenewDsc/$(Split-Path (Get-TestPackage) -Leaf)/StepCaRenewDsc.psd1"
    # RequiredModules is searched there.
    $env:PSModulePath = $packages + [IO.Path]::PathSeparator + $env:PSModulePath
    $module = Import-Module $manifestPath -PassThru
    $ca = Open-TestCa DevCa
    if (-not $ca.Reason) { $authority = Get-CaAuthority $ca }

    function Get-Type { param([string] $Name) & $module ([scriptblock]::Create("[$Name]")) }

    function New-Instance {
        [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '', Justification = 'Makes an object.')]
        param([string] $Type, [hashtable] $Property)
        $instance = (Get-Type $Type)::new()
        foreach ($name in $Property.Keys) { $instance.$name = $Property[$name] }
        $instance
    }

    function Get-Listing {
        Get-ChildItem $folder -Recurse -Force | Where-Object Name -NotLike '*.stepcarenew-lock' | ForEach-Object { "$($_.FullName) $($_.LastWriteTimeUtc.Ticks) $(if ($_ -is [IO.FileInfo]) { (Get-FileHash $_.FullName).Hash })" }
    }

    # The error of a method, as the adapter shows it.
    function Get-MethodError {
        param([scriptblock] $Script)
        try { & $Script | Out-Null } catch { return $_ }
        throw 'There was no error.'
    }
}

AfterAll {
    Remove-Module StepCaRenewDsc -ErrorAction Ignore
    Close-TestCa $ca
    foreach ($name in $before.Keys) { Set-Item "env:$name" $before[$name] }
    Restore-Environment $environment
}

Describe 'The module StepCaRenewDsc' {
    It 'has a manifest by which PSDSC and DSC find the classes' {
        $manifest = Test-ModuleManifest $manifestPath -WarningVariable warnings
        $warnings | Should -BeNullOrEmpty
        $manifest.Version | Should -Be ([version] (Split-Path (Get-TestPackage) -Leaf))
        # PowerShell issue 16750: with AliasesToExport this is empty.
        $manifest.ExportedDscResources | Sort-Object | Should -Be StepCertificate, StepRenewalTask
        $manifest.Tags | Should -Contain DSCResource
        $data = Import-PowerShellDataFile $manifestPath
        $data.Keys | Should -Not -Contain AliasesToExport
        $data.RootModule | Should -BeExactly StepCaRenewDsc.psm1
        $data.RequiredModules.ModuleName | Should -BeExactly StepCaRenew
        # The adapter looks for this line.
        Get-Content $manifestPath | Where-Object { $_ -match '^[^#]*\bDscResourcesToExport\b.*' } | Should -HaveCount 1
        $module.ExportedCommands.Count | Should -Be 0
    }

    It 'has classes that the text of the psm1 describes in full' {
        $errors = $null
        $ast = [Management.Automation.Language.Parser]::ParseFile((Join-Path (Split-Path $manifestPath) StepCaRenewDsc.psm1), [ref] $null, [ref] $errors)
        $errors | Should -HaveCount 0
        $classes = $ast.FindAll({ $args[0] -is [Management.Automation.Language.TypeDefinitionAst] }, $false) | Where-Object { $_.Attributes.TypeName.Name -contains 'DscResource' }
        $classes.Name | Should -Be StepCertificate, StepRenewalTask
        foreach ($class in $classes) {
            $class.BaseTypes | Should -HaveCount 0
            $properties = $class.Members | Where-Object { $_ -is [Management.Automation.Language.PropertyMemberAst] }
            # Types that JSON and MOF can carry.
            $properties.PropertyType.TypeName.FullName | Sort-Object -Unique | Should -BeIn 'string', 'string[]', 'bool', 'PSCredential', 'StepCaRenewReason[]'
            @($properties | Where-Object { $_.Attributes.NamedArguments.ArgumentName -contains 'Key' }) | Should -HaveCount 1
            @($properties | Where-Object { $_.Attributes.TypeName.Name -notcontains 'DscProperty' }) | Should -HaveCount 0
            # Secrets are in files, or a credential.
            $properties | Where-Object { $_.Name -match 'Password$|Token$|Uri$' } | Should -HaveCount 0
        }
    }

    It 'has the parameters of Register-StepRenewalTask and of the two cmdlets for certificates' {
        $common = [Management.Automation.PSCmdlet]::CommonParameters + [Management.Automation.PSCmdlet]::OptionalCommonParameters
        $facts = { param($type) $type.GetProperties() | Where-Object { $_.GetCustomAttributes($true).NotConfigurable } | ForEach-Object Name }
        $own = { param($type) $type.GetProperties().Name | Where-Object { $_ -notin (& $facts $type) -and $_ -ne 'Ensure' } }
        $wanted = (Get-Command Register-StepRenewalTask).Parameters.Keys | Where-Object { $_ -notin $common -and $_ -notin 'HealthCheckUri', 'OnFailure', 'Plan', 'AsText', 'RunNow', 'UseToken' }
        $renewal = & $own (Get-Type StepRenewalTask)
        $renewal | Sort-Object | Should -Be (@($wanted) + 'HealthCheckUriFile', 'OnFailureFilePath', 'OnFailureArgumentList', 'OnFailureScriptPath', 'OnFailureUriFile' | Sort-Object)
        # A setting that is in none of these lists has no effect.
        & $module { $RenewalTexts + $RenewalLists + $RenewalFlags } | Sort-Object | Should -Be ($renewal | Where-Object { $_ -ne 'Name' -and $_ -ne 'Credential' -and $_ -notlike 'OnFailure*' } | Sort-Object)
        # A secret has a file or a credential; the actions are those of the renewal.
        $request = (Get-Command Request-StepCertificate).Parameters.Keys | Where-Object { $_ -notin $common -and $_ -notin 'Token', 'ProvisionerPassword', 'KeyPassword', 'PfxPassword', 'UseExistingKey', 'NotBefore', 'Plan', 'IfNeeded' }
        & $own (Get-Type StepCertificate) | Sort-Object | Should -Be (@($request) + 'ProvisionerCredential', 'ExpiresIn', 'RenewAt', 'Rekey', 'Transport', 'RetryTimeout' | Sort-Object)
    }
}

Describe 'StepRenewalTask' {
    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        if ($IsWindows) { return Set-ItResult -Skipped -Because 'the crontab of this test is a shell script' }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $env:STEPCARENEW_HOME = Join-Path $folder home
        $env:PATH = "$(Split-Path (Build-TestCrontab $folder)):$($before.PATH)"
        $path = (Build-TestCertificate -Authority $authority -Folder $folder).CertificatePath
        Set-Content "$folder/monitor" 'https://hc.example.com/s3cret'
        $web = @{
            Name = 'web'; CertificatePath = $path; Scope = 'CurrentUser'; Scheduler = 'Cron'; StepPath = $ca.Folder; FilePath = 'sh'; ArgumentList = '-c', 's3cret'; HealthCheckUriFile = "$folder/monitor"
            OnFailureFilePath = 'sh'; OnFailureArgumentList = , 'x'; ReloadService = @()
        }
    }

    It 'registers once, and finds and fixes what was broken by hand' {
        $listing = Get-Listing
        $instance = New-Instance StepRenewalTask $web
        $instance.Test() | Should -BeFalse
        $state = $instance.Get()
        $state.Ensure, $state.Reasons.Code | Should -BeExactly Absent, StepRenewalTask:StepRenewalTask:Ensure
        (Get-Type StepRenewalTask)::Export() | Should -HaveCount 0
        Get-Listing | Should -BeExactly $listing
        $instance.Set()
        $instance.Test() | Should -BeTrue
        $listing = Get-Listing
        $instance.Set()
        Get-Listing | Should -BeExactly $listing
        $state = $instance.Get()
        $state.Ensure, $state.OnFailureFilePath, $state.OnFailureArgumentList, $state.Reasons.Count | Should -BeExactly Present, (Get-Command sh -CommandType Application | Select-Object -First 1).Source, x, 0

        # Plan.Tests.ps1 has the other faults.
        foreach ($break in @(
            @{ Changed = 'Interval-HealthCheckUri-Schedule'; Change = { $file = "$env:STEPCARENEW_HOME/renewals/web.json"; Get-Content $file -Raw | ConvertFrom-Json | Add-Member interval 5m -PassThru | ConvertTo-Json -Depth 6 | Set-Content $file; Set-Content "$folder/tab" ''; Set-Content "$env:STEPCARENEW_HOME/renewals/web.health-check" 'https://other.example.com' } }
            @{ Changed = 'Definition-State'; Change = { Set-Content "$env:STEPCARENEW_HOME/renewals/web.json" '{ "name": "web",'; Remove-Item "$env:STEPCARENEW_HOME/state/web/state.json" } })) {
            & $break.Change
            $listing = Get-Listing
            $instance.Test() | Should -BeFalse -Because $break.Changed
            $instance.Get().Reasons.Code | Select-Object -Unique | Should -BeExactly "StepRenewalTask:StepRenewalTask:$($break.Changed)"
            Get-Listing | Should -BeExactly $listing
            $instance.Set()
            $instance.Test() | Should -BeTrue -Because "$($break.Changed) was fixed"
        }

        Get-Content "$env:STEPCARENEW_HOME/renewals/web.health-check" | Should -BeExactly 'https://hc.example.com/s3cret'
    }

    It 'exports instances that are as described, also after a way through JSON' {
        (New-Instance StepRenewalTask ($web + @{ ExpiresIn = '6h'; ChainPath = "$folder/chain.pem" })).Set()
        $exported = @((Get-Type StepRenewalTask)::Export())
        $exported | Should -HaveCount 1
        $json = $exported[0] | ConvertTo-Json -Depth 5 | ConvertFrom-Json
        $again = New-Instance StepRenewalTask @{}
        # As the adapter does it, with empty properties too.
        foreach ($property in $json.PSObject.Properties) { $again.$($property.Name) = $property.Value }
        $again.ExpiresIn, $again.ChainPath, $again.ArgumentList[1] | Should -BeExactly 6h, "$folder/chain.pem", s3cret
        $again.Test() | Should -BeTrue
    }

    It 'keeps the renewal of another certificate unless it is forced, tests without the CA, and unregisters' {
        (New-Instance StepRenewalTask $web).Set()
        $other = New-Instance StepRenewalTask $web
        $other.CertificatePath = (Build-TestCertificate -Authority $authority -Folder $folder -Name db.local).CertificatePath
        $other.Get().Reasons.Code | Select-Object -Unique | Should -BeLike 'StepRenewalTask:StepRenewalTask:CertificatePath*'
        (Get-MethodError { $other.Set() }).Exception.Message | Should -BeLike "StepRenewalTask 'web': NameTaken: *"
        $other.Force = $true
        $other.Set()
        $other.Get().CertificatePath | Should -BeExactly $other.CertificatePath

        $other.StepPath, $other.CaUrl, $other.Root, $other.Force = $null, "https://127.0.0.1:$(Get-FreePort)", $ca.RootPath, $false
        $other.Get().Reasons.Code | Should -BeExactly 'StepRenewalTask:StepRenewalTask:CaUrl'
        (Get-MethodError { $other.Set() }).Exception.Message | Should -BeLike "StepRenewalTask 'web': CaUnreachable: *"

        $absent = New-Instance StepRenewalTask @{ Name = 'web'; Ensure = 'Absent' }
        $absent.Test() | Should -BeFalse
        $absent.Get().Reasons.Phrase | Should -BeExactly 'it is registered'
        $absent.Set()
        $absent.Test() | Should -BeTrue
        $absent.Set()
        $absent.Get().Reasons.Count | Should -Be 0
        $path | Should -Exist
    }

    It 'names the instance, the error id and the remedy' {
        $instance = New-Instance StepRenewalTask ($web + @{ ScriptPath = "$folder/no.ps1" })
        $instance.Test() | Should -BeFalse
        $problem = Get-MethodError { $instance.Set() }
        $problem.Exception.Message | Should -BeLike "*StepRenewalTask 'web': *no.ps1*"
        $bad = New-Instance StepRenewalTask ($web + @{ RenewAt = 'soon' })
        (Get-MethodError { $bad.Test() }).Exception.Message | Should -BeLike "StepRenewalTask 'web': InvalidPercent: *soon*"
        $bad = New-Instance StepRenewalTask ($web + @{ KeyFormat = 'Other' })
        (Get-MethodError { $bad.Set() }).Exception.Message | Should -BeLike "StepRenewalTask 'web': ParameterArgumentValidationError: *Other*"
    }
}

# The real step-ca: DevCa has no provisioner with a password.
Describe 'StepCertificate' {
    BeforeAll {
        $ca = Open-TestCa StepCa
        if (-not $ca.Reason) { $authority = Get-CaAuthority $ca }
    }

    AfterAll { Close-TestCa $ca }

    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $env:STEPCARENEW_HOME = Join-Path $folder home
        $path = Join-Path $folder web.crt
        $web = @{ CertificatePath = $path; Subject = 'web.local'; San = 'web.local', '10.0.0.1'; StepPath = $ca.Folder; Provisioner = 'admin'; ProvisionerPasswordFile = "$($ca.Folder)/password.txt"; ChainPath = "$folder/chain.pem" }
        $instance = New-Instance StepCertificate $web
        function Get-Code { @($instance.Get().Reasons.ForEach('Code') -replace '^StepCertificate:StepCertificate:' | Select-Object -Unique) -join ' ' }
    }

    It 'requests a first certificate, once' {
        $listing = Get-Listing
        $instance.Test() | Should -BeFalse
        Get-Code | Should -BeExactly Missing
        $instance.Get().Ensure | Should -BeExactly Absent
        Get-Listing | Should -BeExactly $listing
        $instance.Set()
        $instance.Test() | Should -BeTrue
        $state = $instance.Get()
        $state.Ensure, $state.Subject, $state.KeyStatus, $state.CertificateStatus, $state.SerialNumber, $state.Reasons.Count | Should -BeExactly Present, web.local, Matches, Valid, (Get-LeafSerial $path), 0
        $state.San | Should -Be web.local, 10.0.0.1
        $listing = Get-Listing
        $instance.Set()
        Get-Listing | Should -BeExactly $listing
    }

    It 'uses a token, and the password of a credential' {
        $token = "$folder/token"
        New-StepToken web.local -San web.local, 10.0.0.1 -StepPath $ca.Folder -Provisioner admin -ProvisionerPasswordFile $web.ProvisionerPasswordFile -OutFile $token -ErrorAction Stop | Out-Null
        $byToken = New-Instance StepCertificate @{ CertificatePath = $path; Subject = 'web.local'; StepPath = $ca.Folder; TokenFile = $token }
        $byToken.Set()
        $byToken.Test() | Should -BeTrue
        $password = [Net.NetworkCredential]::new('', (Get-Content $web.ProvisionerPasswordFile -Raw)).SecurePassword
        $byPassword = New-Instance StepCertificate @{ CertificatePath = "$folder/db.crt"; Subject = 'db.local'; StepPath = $ca.Folder; ProvisionerCredential = [pscredential]::new('admin', $password) }
        $byPassword.Set()
        $byPassword.Test() | Should -BeTrue
        # A token is good for one certificate.
        Remove-Item $path
        $problem = Get-MethodError { $byToken.Set() }
        $problem.Exception.Message | Should -BeLike "StepCertificate '$path': TokenRefused: *"
    }

    It 'fixes a pair: <What>' -ForEach @(
        @{ What = 'a form is missing'; Change = { Remove-Item "$folder/chain.pem" }; Code = 'Publication'; Keeps = 'certificate', 'key' }
        @{ What = 'the certificate is missing'; Change = { Remove-Item $path }; Code = 'Missing'; Keeps = , 'key' }
        @{ What = 'the key is missing'; Change = { Remove-Item "$folder/web.key" }; Code = 'KeyMissing'; Keeps = @() }
        @{ What = 'the key is another one'; Change = { Copy-Item (Build-TestCertificate -Authority $authority -Folder $folder -Name other.local).KeyPath "$folder/web.key" -Force }; Code = 'KeyMismatch'; Keeps = , 'key' }
        @{ What = 'other names are described'; Change = { $instance.San = 'web.local', 'www.web.local' }; Code = 'San'; Keeps = @() }
        @{ What = 'another key is described'; Change = { $instance.KeyAlgorithm = 'EC-P384' }; Code = 'KeyAlgorithm'; Keeps = @() }
    ) {
        $instance.Set()
        # A run waits for the rest of a pair that was written just now.
        Get-ChildItem $folder -File | ForEach-Object { $_.LastWriteTimeUtc = [DateTime]::UtcNow.AddMinutes(-1) }
        & $Change
        if (Test-Path "$folder/web.key") { (Get-Item "$folder/web.key").LastWriteTimeUtc = [DateTime]::UtcNow.AddMinutes(-1) }
        $certificate, $key = $path, "$folder/web.key" | ForEach-Object { if (Test-Path $_) { Get-Content $_ -Raw } else { '' } }
        $instance.Test() | Should -BeFalse
        Get-Code | Should -BeExactly $Code
        $instance.Set()
        ((Get-Content $path -Raw) -ceq $certificate) | Should -Be ($Keeps -contains 'certificate')
        ((Get-Content "$folder/web.key" -Raw) -ceq $key) | Should -Be ($Keeps -contains 'key')
        $instance.Test() | Should -BeTrue -Because "$($instance.Get().Reasons.Phrase)"
        (Get-StepCertificate $path).KeyStatus | Should -BeExactly Matches
    }

    It 'renews a certificate that is due, and replaces one that has expired' {
        $old = Build-TestCertificate -Authority $authority -Folder $folder -Age 05:00:00
        $due = New-Instance StepCertificate @{ CertificatePath = $old.CertificatePath; Subject = 'web.local'; StepPath = $ca.Folder; RetryTimeout = '0s' }
        $due.Test() | Should -BeTrue
        $due.RenewAt = '20%'
        $due.Test() | Should -BeFalse
        @($due.Get().Reasons.Code) | Should -BeExactly 'StepCertificate:StepCertificate:Due'
        $due.Set()
        $due.Test() | Should -BeTrue

        $old = Build-TestCertificate -Authority $authority -Folder $folder -Name expired.local -Lifetime 01:00:00 -Age 02:00:00
        $key = Get-Content $old.KeyPath -Raw
        $expired = New-Instance StepCertificate @{ CertificatePath = $old.CertificatePath; Subject = 'expired.local'; StepPath = $ca.Folder; RetryTimeout = '0s' }
        $expired.Test() | Should -BeFalse
        # The CA does not renew it, and there is nothing to request another one with.
        (Get-MethodError { $expired.Set() }).Exception.Message | Should -BeLike "StepCertificate '$($old.CertificatePath)': *"
        $expired.Provisioner, $expired.ProvisionerPasswordFile = 'admin', $web.ProvisionerPasswordFile
        $expired.Set()
        $expired.Test() | Should -BeTrue
        Get-Content $old.KeyPath -Raw | Should -BeExactly $key
    }

    It 'keeps the certificate of another name, unless it is forced' {
        $instance.Set()
        $listing = Get-Listing
        $instance.Subject, $instance.San = 'other.local', $null
        $instance.Test() | Should -BeFalse
        (Get-MethodError { $instance.Set() }).Exception.Message | Should -BeLike "StepCertificate '$path': PairExists: The certificate is that of 'web.local' instead of 'other.local'.*Force*"
        Get-Listing | Should -BeExactly $listing
        $instance.Force = $true
        $instance.Set()
        $instance.Get().Subject | Should -BeExactly other.local
    }

    It 'compares names as certificates have them' {
        $instance.San = 'WEB.local', '0010::0:1', "b`u{fc}cher.example"
        $instance.Set()
        $instance.Test() | Should -BeTrue -Because "$($instance.Get().Reasons.Phrase)"
    }

    It 'names the instance, the error id and the remedy, and changes nothing' {
        $listing = Get-Listing
        foreach ($case in @(
            @{ Change = @{ CertificatePath = "$folder/no/web.crt" }; Message = "StepCertificate '$folder/no/web.crt': FileNotFound: *" }
            @{ Change = @{ ProvisionerPasswordFile = "$folder/no.txt" }; Message = "StepCertificate '$path': FileNotFound: *no.txt*" }
            @{ Change = @{ Provisioner = 'nobody' }; Message = "StepCertificate '$path': ProvisionerNotFound: *" }
            @{ Change = @{ KeyFormat = 'Sec1' }; Message = "StepCertificate '$path': ConflictingParameters: *-KeyOutPath*" })) {
            $properties = $web.Clone()
            foreach ($name in $case.Change.Keys) { $properties[$name] = $case.Change[$name] }
            $bad = New-Instance StepCertificate $properties
            (Get-MethodError { $bad.Set() }).Exception.Message | Should -BeLike $case.Message
        }
        Get-Listing | Should -BeExactly $listing
        Set-Content $path 'not a certificate'
        (Get-MethodError { $instance.Test() }).Exception.Message | Should -BeLike "StepCertificate '$path': CertificateInvalid: *"
    }

    It 'deletes a certificate with its own key and its forms, but not one that is registered' {
        if ($IsWindows) { return Set-ItResult -Skipped -Because 'the crontab of this test is a shell script' }
        $env:PATH = "$(Split-Path (Build-TestCrontab $folder)):$($before.PATH)"
        $instance.Set()
        $renewal = New-Instance StepRenewalTask @{ Name = 'web'; CertificatePath = $path; Scope = 'CurrentUser'; Scheduler = 'Cron'; StepPath = $ca.Folder }
        $renewal.Set()
        $exported = @((Get-Type StepCertificate)::Export())
        $exported | Should -HaveCount 1
        $exported[0].CertificatePath, $exported[0].Subject, $exported[0].KeyPath | Should -BeExactly $path, web.local, "$folder/web.key"
        $absent = New-Instance StepCertificate ($web + @{ Ensure = 'Absent' })
        $absent.Test() | Should -BeFalse
        (Get-MethodError { $absent.Set() }).Exception.Message | Should -BeLike "StepCertificate '$path': CertificateRegistered: The registered renewal 'web' *"
        $renewal.Ensure = 'Absent'
        $renewal.Set()
        # Another certificate with this key keeps it.
        Copy-Item $path "$folder/copy.crt"
        $absent.Set()
        $path, "$folder/chain.pem" | Should -Not -Exist
        "$folder/web.key" | Should -Exist
        Remove-Item "$folder/copy.crt"
        $instance.Set()
        $absent.Set()
        "$folder/web.key" | Should -Not -Exist
        $absent.Test() | Should -BeTrue
        $absent.Set()
    }

    It 'deletes nothing as root in a folder that another account can change' {
        if ([Environment]::UserName -ne 'root') { return Skip-Test -Because 'only root can give a folder away' }
        $instance.Set()
        $absent = New-Instance StepCertificate ($web + @{ Ensure = 'Absent' })
        chmod 777 $folder
        (Get-MethodError { $absent.Set() }).Exception.Message | Should -BeLike "StepCertificate '$path': InsecureFolder: *'$folder'*"
        chmod 755 $folder
        chown 65534 $folder
        (Get-MethodError { $absent.Set() }).Exception.Message | Should -BeLike '*InsecureFolder: *'
        $path | Should -Exist
        chown 0 $folder
        $absent.Set()
        $path | Should -Not -Exist
    }
}
