# The scripts of the roles for Windows, with a stand-in for ansible.windows.win_powershell: the parameters and $Ansible as that module gives
# them, in this PowerShell. Real Ansible against Linux is the suite Ansible; nothing here runs Ansible against Windows (docs/windows.md).
BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestTasks.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
    $before = @{ STEPCARENEW_HOME = $env:STEPCARENEW_HOME; PATH = $env:PATH; PSModulePath = $env:PSModulePath }
    $roles = Get-RepositoryPath ansible/roles
    $ca = Open-TestCa DevCa
    # The scripts import the module by its name.
    $env:PSModulePath = "$(Split-Path (Split-Path (Get-TestPackage)))$([IO.Path]::PathSeparator)$env:PSModulePath"

    # As win_powershell: parameters come from JSON, sensitive ones are SecureStrings, check mode is -WhatIf of a script with SupportsShouldProcess.
    function Invoke-WinPowershell {
        param([string] $Script, [hashtable] $Parameters, [hashtable] $Sensitive = @{}, [switch] $CheckMode)
        $text = [IO.File]::ReadAllText((Join-Path $roles $Script))
        $block = [scriptblock]::Create($text)
        $given = $Parameters | ConvertTo-Json -Depth 8 | ConvertFrom-Json -AsHashtable
        foreach ($name in $Sensitive.Keys) {
            $given[$name] = [securestring]::new()
            foreach ($character in $Sensitive[$name].ToCharArray()) { $given[$name].AppendChar($character) }
        }
        if ($CheckMode) { $given.WhatIf = $true }
        $shell = [powershell]::Create()
        try {
            $shell.Runspace.SessionStateProxy.SetVariable('Ansible', [pscustomobject]@{ Changed = $true; Failed = $false; Result = $null; Diff = $null })
            $output = $shell.AddScript($block.ToString()).AddParameters($given).Invoke()
            $problem = $null
        }
        catch {
            $output, $problem = $null, $_.Exception.InnerException.Message
        }
        $state = $shell.Runspace.SessionStateProxy.GetVariable('Ansible')
        $shell.Dispose()
        [pscustomobject]@{ Changed = $state.Changed; Result = $state.Result; Diff = $state.Diff; Failed = [bool] $problem; Error = $problem; Output = $output }
    }
}

AfterAll {
    Close-TestCa $ca
    foreach ($name in $before.Keys) { Set-Item "env:$name" $before[$name] }
    Restore-Environment $environment
}

Describe 'The tasks for Windows' {
    It 'run a script that exists, with parameters that it has, in pwsh: <Name>' -ForEach (Get-ChildItem "$PSScriptRoot/../../ansible/roles" -Recurse -Filter 'windows*.yml' | ForEach-Object { @{ Name = $_.FullName.Substring($_.FullName.IndexOf('roles')); Path = $_.FullName } }) {
        $text = [IO.File]::ReadAllText($Path)
        foreach ($task in $text -split '(?m)^- name: ' -match 'win_powershell:') {
            $task | Should -Match '(?m)^    executable: pwsh\.exe$'
            $file = [regex]::Match($task, "lookup\('ansible\.builtin\.file', '([\w.]+)'\)").Groups[1].Value
            $script = Join-Path (Split-Path (Split-Path $Path)) files $file
            $tokens, $problems = $null
            $parsed = [Management.Automation.Language.Parser]::ParseFile($script, [ref] $tokens, [ref] $problems)
            $problems | Should -BeNullOrEmpty
            $has = $parsed.ParamBlock.Parameters.Name.VariablePath.UserPath
            $parsed.ParamBlock.Attributes.TypeName.Name | Should -Contain CmdletBinding
            "$($parsed.ParamBlock.Attributes)" | Should -BeLike '*SupportsShouldProcess*' -Because 'without it, check mode skips the script'
            $given = [regex]::Matches($task, '(?m)^      ([A-Z]\w+):|name: ([A-Z]\w+)$|''name'': ''(\w+)''') | ForEach-Object { $_.Groups[1..3].Value -ne '' }
            $given.Count | Should -BeGreaterThan 0
            foreach ($name in $given) { $has | Should -Contain $name }
        }
    }
}

Describe 'The scripts of the role enrol' {
    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $env:STEPCARENEW_HOME = Join-Path $folder 'home'
        $path = Join-Path $folder web.crt
        $certificate = @{ path = $path; subject = 'web.local'; san = 'web.local', 'www.local' }
        $parameters = @{ Certificate = $certificate; CaUrl = ''; Context = ''; StepPath = $ca.Folder; Provisioner = ''; ProvisionerPasswordFile = '' }
    }

    It 'trust the CA once, and check mode writes nothing' {
        $fingerprint = [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPem([IO.File]::ReadAllText($ca.RootPath)).GetCertHashString('SHA256')
        $trust = @{ CaUrl = $ca.Url; Fingerprint = $fingerprint; Context = ''; StepPath = Join-Path $folder step }
        (Invoke-WinPowershell enrol/files/trust.ps1 $trust -CheckMode).Changed | Should -BeTrue
        Test-Path "$folder/step" | Should -BeFalse
        $run = Invoke-WinPowershell enrol/files/trust.ps1 $trust
        $run.Changed, $run.Failed, $run.Result.ca_url | Should -BeExactly $true, $false, $ca.Url
        (Invoke-WinPowershell enrol/files/trust.ps1 $trust).Changed | Should -BeFalse
        (Invoke-WinPowershell enrol/files/trust.ps1 $trust -CheckMode).Changed | Should -BeFalse
        $trust.Fingerprint = 'ab' * 32
        $run = Invoke-WinPowershell enrol/files/trust.ps1 $trust
        $run.Failed, $run.Result.error_id | Should -BeExactly $true, RootUnknown
    }

    It 'request a certificate by a token or a password if one is needed; check mode predicts it, and needs neither' {
        $run = Invoke-WinPowershell enrol/files/certificate.ps1 $parameters -CheckMode
        $run.Changed, $run.Failed, $run.Result.status | Should -BeExactly $true, $false, WouldRequest
        $run.Diff.after.san | Should -BeExactly web.local, www.local
        Get-ChildItem $folder | Should -BeNullOrEmpty

        [IO.File]::WriteAllText("$folder/password", 'test-password')
        $token = New-StepToken web.local -San web.local, www.local -ProvisionerPasswordFile "$folder/password" -Provisioner admin -StepPath $ca.Folder | ConvertFrom-SecureString -AsPlainText
        $run = Invoke-WinPowershell enrol/files/certificate.ps1 $parameters -Sensitive @{ Token = $token }
        $run.Error | Should -BeNullOrEmpty
        $run.Changed, $run.Result.serial_number | Should -BeExactly $true, (Get-LeafSerial $path)
        $run = Invoke-WinPowershell enrol/files/certificate.ps1 $parameters
        $run.Changed, $run.Failed, $run.Result.status | Should -BeExactly $false, $false, Unchanged

        $certificate.san = @('web.local')
        $parameters.Provisioner = 'admin'
        $run = Invoke-WinPowershell enrol/files/certificate.ps1 $parameters -Sensitive @{ ProvisionerPassword = 'test-password' }
        $run.Error | Should -BeNullOrEmpty
        $run.Changed, $run.Result.status, "$($run.Result.changed_properties)" | Should -BeExactly $true, WouldReplace, San
        "$($run.Diff.before.san)", "$($run.Diff.after.san)" | Should -BeExactly 'web.local www.local', web.local
    }

    It 'fail with the id and the remedy of the error, and without the token' {
        [IO.File]::WriteAllText("$folder/password", 'test-password')
        $token = New-StepToken other.local -ProvisionerPasswordFile "$folder/password" -Provisioner admin -StepPath $ca.Folder | ConvertFrom-SecureString -AsPlainText
        $run = Invoke-WinPowershell enrol/files/certificate.ps1 $parameters -Sensitive @{ Token = $token }
        $run.Failed, $run.Result.error_id | Should -BeExactly $true, TokenNamesDiffer
        $run.Result.remedy | Should -Not -BeNullOrEmpty
        $run.Error | Should -BeLike 'TokenNamesDiffer: The token is for other names*'
        ($run | ConvertTo-Json -Depth 5).Contains($token) | Should -BeFalse
        Test-Path $path | Should -BeFalse
    }
}

Describe 'The script of the role renewal' {
    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        if ($IsWindows) { return Set-ItResult -Skipped -Because 'the crontab of this test is a shell script' }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $env:STEPCARENEW_HOME = Join-Path $folder 'home'
        $env:PATH = "$(Split-Path (Build-TestCrontab $folder)):$($before.PATH)"
        $path = (Build-TestCertificate -Authority (Get-CaAuthority $ca) -Folder $folder).CertificatePath
        $renewal = @{ name = 'web'; certificate_path = $path; scope = 'CurrentUser'; scheduler = 'Cron'; rekey = $false; bundle_path = "$folder/web.pem" }
        $parameters = @{ Renewal = $renewal; CaUrl = ''; Context = ''; StepPath = $ca.Folder }
        $secrets = @{ Secrets = @{ health_check_uri = 'https://hc.example.com/s3cret'; on_failure = @(@{ uri = 'https://chat.example.com/s3cret'; file_path = $null }) } | ConvertTo-Json -Depth 4 }
    }

    It 'registers once, changes what differs, removes, and check mode changes nothing' {
        $run = Invoke-WinPowershell renewal/files/renewal.ps1 $parameters -Sensitive $secrets -CheckMode
        $run.Error | Should -BeNullOrEmpty
        $run.Changed, $run.Result.status | Should -BeExactly $true, WouldRegister
        $run.Diff.prepared | Should -BeLike '*+ Schedule a run every 15m with Cron*'
        ($run | ConvertTo-Json -Depth 5).Contains('s3cret') | Should -BeFalse
        Test-Path "$folder/home" | Should -BeFalse

        (Invoke-WinPowershell renewal/files/renewal.ps1 $parameters -Sensitive $secrets).Changed | Should -BeTrue
        $definition = Get-Content "$folder/home/renewals/web.json" -Raw | ConvertFrom-Json
        $definition.publications.bundle, $definition.onFailure.Count | Should -BeExactly "$folder/web.pem", 1
        $definition.rekey | Should -BeNullOrEmpty
        (Invoke-WinPowershell renewal/files/renewal.ps1 $parameters -Sensitive $secrets).Changed | Should -BeFalse

        $renewal.interval, $renewal.rekey = '5m', $true
        $run = Invoke-WinPowershell renewal/files/renewal.ps1 $parameters -Sensitive $secrets
        $run.Changed, $run.Result.status | Should -BeExactly $true, WouldChange
        $run.Result.changed_properties | Should -Contain Interval
        $run.Result.changed_properties | Should -Contain Rekey

        $renewal.state = 'absent'
        (Invoke-WinPowershell renewal/files/renewal.ps1 $parameters -CheckMode).Changed | Should -BeTrue
        Test-Path "$folder/home/renewals/web.json" | Should -BeTrue
        (Invoke-WinPowershell renewal/files/renewal.ps1 $parameters).Changed | Should -BeTrue
        Test-Path "$folder/home/renewals/web.json" | Should -BeFalse
        (Invoke-WinPowershell renewal/files/renewal.ps1 $parameters).Changed | Should -BeFalse
    }

    It 'fails with the id of the error' {
        $renewal.certificate_path = "$folder/no.crt"
        $run = Invoke-WinPowershell renewal/files/renewal.ps1 $parameters
        $run.Failed, $run.Result.error_id | Should -BeExactly $true, FileNotFound
        $run.Error | Should -BeLike 'FileNotFound: *no.crt*'
    }
}

Describe 'The script of the role install' {
    BeforeEach {
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $version = (Import-PowerShellDataFile (Join-Path (Get-TestPackage) StepCaRenew.psd1)).ModuleVersion
        # A module with the name and the version, without its libraries.
        $module = [IO.Directory]::CreateDirectory("$folder/StepCaRenew/$version").FullName
        New-ModuleManifest "$module/StepCaRenew.psd1" -ModuleVersion $version -Author tests -Description tests
        $parameters = @{ Source = ''; Repository = ''; Version = ''; Path = Join-Path $folder modules }
        $installed = Join-Path $folder modules StepCaRenew $version StepCaRenew.psd1
    }

    It 'installs a zip once, and check mode writes nothing' {
        $parameters.Source = Join-Path $folder "StepCaRenew-$version.zip"
        Compress-Archive "$folder/StepCaRenew" $parameters.Source
        (Invoke-WinPowershell install/files/module.ps1 $parameters -CheckMode).Changed | Should -BeTrue
        Test-Path $installed | Should -BeFalse
        $run = Invoke-WinPowershell install/files/module.ps1 $parameters
        $run.Error | Should -BeNullOrEmpty
        $run.Changed, $run.Result.version | Should -BeExactly $true, $version
        Test-Path $installed | Should -BeTrue
        (Invoke-WinPowershell install/files/module.ps1 $parameters).Changed | Should -BeFalse
        Get-ChildItem (Join-Path $folder modules) -Force | Should -HaveCount 1
    }

    It 'refuses a file with another version, and leaves nothing' {
        $parameters.Source = Join-Path $folder StepCaRenew-9.9.9.zip
        Compress-Archive "$folder/StepCaRenew" $parameters.Source
        (Invoke-WinPowershell install/files/module.ps1 $parameters).Error | Should -BeLike 'ModuleVersionDiffers: *'
        Get-ChildItem (Join-Path $folder modules) -Force -Recurse | Should -BeNullOrEmpty
        $parameters.Source = ''
        (Invoke-WinPowershell install/files/module.ps1 $parameters).Error | Should -BeLike 'ConflictingParameters: *'
    }
}
