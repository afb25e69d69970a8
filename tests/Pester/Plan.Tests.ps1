# -Plan: results that a script reads, and nothing else.
BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestTasks.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
    $before = @{ STEPCARENEW_HOME = $env:STEPCARENEW_HOME; PATH = $env:PATH }
    $ca = Open-TestCa DevCa
    if (-not $ca.Reason) { $authority = Get-CaAuthority $ca }
    $atCa = @{ StepPath = $ca.Folder; RetryTimeout = '0s' }

    function Get-Listing {
        Get-ChildItem $folder -Recurse -Force | ForEach-Object { "$($_.FullName) $($_.LastWriteTimeUtc.Ticks) $(if ($_ -is [IO.FileInfo]) { (Get-FileHash $_.FullName).Hash })" }
    }
}

AfterAll {
    Close-TestCa $ca
    foreach ($name in $before.Keys) { Set-Item "env:$name" $before[$name] }
    Restore-Environment $environment
}

Describe 'Invoke-StepRenewal -Plan' {
    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $env:STEPCARENEW_HOME = Join-Path $folder 'home'
        $path = (Build-TestCertificate -Authority $authority -Folder $folder -Age 17:00:00).CertificatePath
        $program = Get-Command $(if ($IsWindows) { 'cmd.exe' } else { 'sh' }) -CommandType Application | Select-Object -First 1 -ExpandProperty Source
    }

    It 'says which steps a run would take, and leaves everything as it is' {
        $listing, $count = (Get-Listing), (Get-RenewalCount $ca)
        $plan = Invoke-StepRenewal $path @atCa -Rekey -BundlePath "$folder/web.pem" -FilePath $program -ArgumentList s3cret -ServedBy https://127.0.0.1 -LogPath "$folder/log" -MetricsPath "$folder/web.prom" -OnFailure @{ FilePath = $program } -Plan
        $plan.Status, $plan.Changed | Should -Be WouldRenew, $false
        $plan.Planned | Should -HaveCount 4
        $plan.Planned[0] | Should -BeLike 'Renew the certificate with a new key: due since 2*'
        $plan.Planned[1] | Should -BeLike "Publish the certificate to '*web.pem'."
        $plan.Planned[2] | Should -BeExactly "Run the action '$(Split-Path $program -Leaf)'."
        $plan.Planned[3] | Should -BeLike 'Check that https://127.0.0.1* serves the certificate.'
        "$($plan | Out-String)$($plan.Planned)".Contains('s3cret') | Should -BeFalse
        Get-Listing | Should -BeExactly $listing
        Get-RenewalCount $ca | Should -Be $count
    }

    It 'plans nothing for a certificate that is not due, also a missing form for it, and reports a failure' {
        $fresh = (Build-TestCertificate -Authority $authority -Folder (New-Item "$folder/fresh" -ItemType Directory)).CertificatePath
        $listing = Get-Listing
        (Invoke-StepRenewal $fresh @atCa -Plan).Planned | Should -HaveCount 0
        (Invoke-StepRenewal $fresh @atCa -Plan -Force).Planned | Should -BeExactly 'Renew the certificate: because of -Force.'
        $missing = Invoke-StepRenewal $fresh @atCa -Plan -ChainPath "$folder/fresh/chain.pem"
        $missing.Status | Should -BeExactly NotDue
        $missing.Planned | Should -BeLike 'Publish the certificate to *chain.pem*'
        (Invoke-StepRenewal "$folder/no.crt" @atCa -Plan -ErrorAction SilentlyContinue -ErrorVariable problem).Status | Should -BeExactly Failed
        $problem.FullyQualifiedErrorId | Should -BeLike 'FileNotFound,*'
        Get-Listing | Should -BeExactly $listing
    }

    It 'gives one JSON document on the standard output, also with -WhatIf and with warnings' {
        # The other name keeps the old file.
        New-Item "$folder/other.crt" -ItemType HardLink -Target $path | Out-Null
        $listing = Get-Listing
        $run = Invoke-FreshPwsh "Import-Module '$(Join-Path (Get-TestPackage) StepCaRenew.psd1)'; Invoke-StepRenewal '$path' -StepPath '$($ca.Folder)' -Plan -WhatIf -Confirm:`$false | ConvertTo-Json"
        $run.ExitCode | Should -Be 0 -Because $run.Error
        $plan = $run.Output | ConvertFrom-Json
        $plan.Status | Should -BeExactly WouldRenew
        @($plan.Planned)[0] | Should -BeLike 'Renew the certificate: due since*'
        $plan.Warnings | Should -HaveCount 1
        $plan.Warnings[0] | Should -BeLike '*has another hard link*'
        Get-Listing | Should -BeExactly $listing
    }

    It 'gives each of several certificates its own warnings' {
        $others = 'one', 'two' | ForEach-Object { (Build-TestCertificate -Authority $authority -Folder (New-Item "$folder/$_" -ItemType Directory) -Name $_ -Age 17:00:00).CertificatePath }
        New-Item "$folder/other.crt" -ItemType HardLink -Target $others[1] | Out-Null
        $plans = @(Invoke-StepRenewal $others @atCa -Plan -WarningVariable warnings | Sort-Object Name)
        $plans.Name | Should -BeExactly one, two
        $plans[0].Warnings | Should -HaveCount 0
        $plans[1].Warnings | Should -HaveCount 1
        $warnings | Should -HaveCount 0
    }

    It 'plans registered renewals, without a state and a log' {
        $renewals = [IO.Directory]::CreateDirectory("$env:STEPCARENEW_HOME/renewals").FullName
        Set-Content "$renewals/web.json" (@{ certificate = $path; ca = @{ stepPath = $ca.Folder }; scope = 'CurrentUser'; actions = @(@{ run = $program }) } | ConvertTo-Json -Depth 4)
        $listing = Get-Listing
        $plan = Invoke-StepRenewal -Name web -Plan
        $plan.Name, $plan.Status | Should -Be web, WouldRenew
        $plan.Planned | Should -HaveCount 2
        { Invoke-StepRenewal -Name web -Plan -Scheduled } | Should -Throw -ErrorId 'ConflictingParameters,*'
        Get-Listing | Should -BeExactly $listing
    }
}

Describe 'Register-StepRenewalTask -Plan' {
    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        if ($IsWindows) { return Set-ItResult -Skipped -Because 'the crontab of this test is a shell script' }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $env:STEPCARENEW_HOME = Join-Path $folder 'home'
        $env:PATH = "$(Split-Path (Build-TestCrontab $folder)):$($before.PATH)"
        $path = (Build-TestCertificate -Authority $authority -Folder $folder).CertificatePath
        $forMe = @{ Scope = 'CurrentUser'; Scheduler = 'Cron'; StepPath = $ca.Folder }
        $sh = (Get-Command sh -CommandType Application | Select-Object -First 1).Source
    }

    It 'says what a registration would do, until it is done' {
        $listing = Get-Listing
        $plan = Register-StepRenewalTask web $path @forMe -HealthCheckUri https://hc.example.com/s3cret -RunNow -Plan
        $plan.Status, $plan.Name, $plan.Scope, $plan.Scheduler, $plan.Interval, $plan.CertificatePath | Should -BeExactly WouldRegister, web, CurrentUser, Cron, 15m, $path
        $plan.KeyPath | Should -BeExactly "$folder/web.local.key"
        $plan.DefinitionPath | Should -BeExactly "$env:STEPCARENEW_HOME/renewals/web.json"
        $plan.Planned | Should -HaveCount 5
        $plan.Planned -join ' ' | Should -BeLike "Write '*web.root.crt'. Write '*web.health-check'. Write '*web.json'. Schedule a run every 15m with Cron, as $($plan.RunAs). Run it once, as $($plan.RunAs)."
        $plan.ErrorId, $plan.Changes.Count, $plan.Problems.Count, $plan.Warnings.Count | Should -Be $null, 0, 0, 0
        Get-Listing | Should -BeExactly $listing

        (Register-StepRenewalTask web $path @forMe -HealthCheckUri https://hc.example.com/s3cret).Changed | Should -BeTrue
        $listing = Get-Listing
        $plan = Register-StepRenewalTask web $path @forMe -HealthCheckUri https://hc.example.com/s3cret -Plan
        $plan.Status, $plan.Planned.Count, $plan.Changes.Count, $plan.ChangedProperties.Count | Should -Be Unchanged, 0, 0, 0

        $plan = Register-StepRenewalTask web $path @forMe -HealthCheckUri https://hc.example.com/other -Plan
        $plan.Status, $plan.ChangedProperties | Should -BeExactly WouldChange, HealthCheckUri
        $plan.Changes | Should -BeLike "'*web.health-check' has another content"

        $change = @{ Interval = '5m'; FilePath = $sh; ArgumentList = 's3cret' }
        $plan = Register-StepRenewalTask web $path @forMe @change -Plan
        $plan.Status | Should -BeExactly WouldChange
        $plan.ChangedProperties | Should -BeExactly HealthCheckUri, Interval, FilePath, Schedule
        $plan.Changes -join ', ' | Should -BeLike "-HealthCheckUri is dropped, -Interval 5m is added, -FilePath $sh with 1 argument is added, *"
        $plan.Planned -join ' ' | Should -BeLike "Write '*web.json'. Delete '*web.health-check'. Schedule a run every 5m *"
        $plan.Warnings | Should -BeLike '*drops -HealthCheckUri*'
        ($plan | ConvertTo-Json).Contains('s3cret') | Should -BeFalse
        Get-Listing | Should -BeExactly $listing
        (Register-StepRenewalTask web $path @forMe @change -WarningAction SilentlyContinue).Changed | Should -BeTrue
        (Register-StepRenewalTask web $path @forMe @change -Plan).Status | Should -BeExactly Unchanged
        (Register-StepRenewalTask web $path @forMe @change).Changed | Should -BeFalse
    }

    It 'finds what was changed by hand: <What>' -ForEach @(
        @{ What = 'a schedule that is gone'; Change = { Remove-Item "$folder/tab" }; Changed = 'Schedule'; Planned = 'Schedule a run every 15m with Cron*' }
        @{ What = 'another root'; Change = { Set-Content "$env:STEPCARENEW_HOME/renewals/web.root.crt" 'x' }; Changed = 'Root'; Planned = "Write '*web.root.crt'." }
        @{ What = 'a definition that was edited'; Change = { $file = "$env:STEPCARENEW_HOME/renewals/web.json"; Get-Content $file -Raw | ConvertFrom-Json | Add-Member interval 5m -PassThru | ConvertTo-Json -Depth 6 | Set-Content $file }; Changed = 'Interval'; Planned = "Write '*web.json'." }
        @{ What = 'a definition that is damaged'; Change = { Set-Content "$env:STEPCARENEW_HOME/renewals/web.json" '{' }; Changed = 'Definition'; Planned = "Write '*web.json'."; Force = $true }
        @{ What = 'a state that is damaged'; Change = { Set-Content "$env:STEPCARENEW_HOME/state/web/state.json" '{' }; Changed = 'State'; Planned = "Write a new state, '*state.json'." }
        @{ What = 'a state that is gone'; Change = { Remove-Item "$env:STEPCARENEW_HOME/state/web/state.json" }; Changed = 'State'; Planned = "Write a new state, '*state.json'." }
    ) {
        Register-StepRenewalTask web $path @forMe | Out-Null
        & $Change
        $listing = Get-Listing
        $forced = @{ Force = [bool] $_['Force'] }
        $plan = Register-StepRenewalTask web $path @forMe @forced -Plan
        $plan.Status | Should -BeExactly WouldChange
        $plan.ChangedProperties | Should -BeExactly $Changed
        $plan.Planned | Should -HaveCount 1
        $plan.Planned[0] | Should -BeLike $Planned
        Get-Listing | Should -BeExactly $listing
        (Register-StepRenewalTask web $path @forMe @forced -WarningAction SilentlyContinue).Changed | Should -BeTrue
        (Register-StepRenewalTask web $path @forMe -Plan).Status | Should -BeExactly Unchanged
    }

    It 'names the certificates of a folder, and those that are broken, and the plan of its run has one result for each' {
        $several = New-Item "$folder/mine" -ItemType Directory
        foreach ($name in 'one', 'two', 'broken') { Build-TestCertificate -Authority $authority -Folder $several -Name $name -Age 17:00:00 | Out-Null }
        Remove-Item "$several/broken.key"
        $listing = Get-Listing
        $plan = Register-StepRenewalTask all $several @forMe -Plan
        $plan.Status, $plan.CertificatePath, $plan.KeyPath | Should -BeExactly WouldRegister, $several.FullName, $null
        $plan.Certificates | Should -BeExactly "$several/one.crt", "$several/two.crt"
        $plan.Warnings | Should -HaveCount 1
        $plan.Warnings | Should -BeLike '*broken*'
        Get-Listing | Should -BeExactly $listing
        Register-StepRenewalTask all $several @forMe -WarningAction SilentlyContinue | Out-Null
        (Register-StepRenewalTask all $several @forMe -Plan).Status | Should -BeExactly Unchanged
        $plans = @(Invoke-StepRenewal -Name all -Plan -ErrorAction SilentlyContinue | Sort-Object Name)
        $plans.Name | Should -BeExactly all/broken, all/one, all/two
        $plans.Status | Should -BeExactly Failed, WouldRenew, WouldRenew
        $plans[1].Planned | Should -BeLike 'Renew the certificate: due since*'
        (Register-StepRenewalTask all $several @forMe -Exclude two.crt -Plan).ChangedProperties | Should -BeExactly Exclude
    }

    It 'names all problems, each as an error with its id, and the first as a terminating one with -ErrorAction Stop' {
        $wrong = @{ FilePath = '/no/such'; OnFailure = @{ ScriptPath = '/no/such.ps1' }; CaUrl = 'https://127.0.0.1:9' }
        $listing = Get-Listing
        $plan = Register-StepRenewalTask web $path @forMe @wrong -Plan -ErrorAction SilentlyContinue -ErrorVariable problem
        $plan.Status, $plan.ErrorId, $plan.Planned.Count | Should -BeExactly WouldFail, ActionInvalid, 0
        $plan.Problems | Should -HaveCount 3
        $plan.Problems[0] | Should -BeLike 'ActionInvalid: *no/such*'
        $plan.Problems[2] | Should -BeLike 'CaUnreachable: *127.0.0.1:9*-Force*'
        $problem | ForEach-Object { $_.FullyQualifiedErrorId.Split(',')[0] } | Should -BeExactly ActionInvalid, ActionInvalid, CaUnreachable
        { Register-StepRenewalTask web $path @forMe @wrong -Plan -ErrorAction Stop } | Should -Throw -ErrorId 'ActionInvalid,*'
        { Register-StepRenewalTask web $path @forMe @wrong } | Should -Throw -ErrorId 'ActionInvalid,*'
        $missing = Register-StepRenewalTask web "$folder/no.crt" @forMe -Plan -ErrorAction SilentlyContinue
        $missing.Status, $missing.ErrorId, $missing.CertificatePath | Should -BeExactly WouldFail, FileNotFound, "$folder/no.crt"
        { Register-StepRenewalTask web $path @forMe -Plan -AsText } | Should -Throw -ErrorId 'ConflictingParameters,*'
        Get-Listing | Should -BeExactly $listing
    }

    It 'gives one JSON document on the standard output, also with -WhatIf, warnings and errors' {
        Register-StepRenewalTask web $path @forMe -FilePath $sh | Out-Null
        $call = "Register-StepRenewalTask web '$path' -Scope CurrentUser -Scheduler Cron -StepPath '$($ca.Folder)' -Plan -WhatIf"
        $import = "`$ErrorActionPreference = 'Continue'; Import-Module '$(Join-Path (Get-TestPackage) StepCaRenew.psd1)'"
        $run = Invoke-FreshPwsh "$import; $call | ConvertTo-Json"
        $plan = $run.Output | ConvertFrom-Json
        $plan.Status, $plan.ChangedProperties | Should -BeExactly WouldChange, FilePath
        $plan.Warnings | Should -BeLike '*drops -FilePath*'
        $run = Invoke-FreshPwsh "$import; $call -RestartService s -PidFile /no/such -Signal HUP | ConvertTo-Json"
        ($run.Output | ConvertFrom-Json).Status | Should -BeExactly WouldFail
        $run.Error | Should -Not -BeNullOrEmpty
    }
}

Describe 'Request-StepCertificate -Plan and -IfNeeded' {
    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $env:STEPCARENEW_HOME = Join-Path $folder 'home'
        $path = "$folder/web.crt"
        [IO.File]::WriteAllText("$folder/password", 'test-password')
        $at = @{ StepPath = $ca.Folder }
        $password = @{ Provisioner = 'admin'; ProvisionerPasswordFile = "$folder/password" } + $at
        function Get-Serial { (Get-StepCertificate $path).SerialNumber }
    }

    It 'needs no token and no password, asks no CA, and says what would be done' {
        $listing = Get-Listing
        $plan = Request-StepCertificate web.local $path -San web.local, 10.0.0.1 -BundlePath "$folder/web.pem" -CaUrl https://127.0.0.1:1 -Plan
        $plan.Status, $plan.Name, $plan.Subject, $plan.KeyPath | Should -BeExactly WouldRequest, web, web.local, "$folder$([IO.Path]::DirectorySeparatorChar)web.key"
        $plan.San | Should -BeExactly web.local, 10.0.0.1
        $plan.Planned | Should -HaveCount 2
        $plan.Planned[0] | Should -BeExactly 'Request a certificate for web.local with a new key.'
        $plan.Planned[1] | Should -BeLike "Publish the certificate to '*web.pem'."
        $plan.ErrorId, $plan.Changes.Count, $plan.Problems.Count, $plan.Warnings.Count | Should -Be $null, 0, 0, 0
        Get-Listing | Should -BeExactly $listing
    }

    It 'compares the names of a token that is given' {
        New-StepToken other.local -OutFile "$folder/token" @password
        $plan = Request-StepCertificate web.local $path -TokenFile "$folder/token" @at -Plan -ErrorAction SilentlyContinue
        $plan.Status, $plan.ErrorId | Should -BeExactly WouldFail, TokenNamesDiffer
        (Request-StepCertificate -CertificatePath $path -TokenFile "$folder/token" @at -Plan).San | Should -BeExactly other.local
    }

    It 'leaves a pair that is the requested one, and uses no token' {
        (Request-StepCertificate web.local $path -San web.local, 10.0.0.1 @password -IfNeeded).Status | Should -BeExactly Valid
        $serial = Get-Serial
        (Request-StepCertificate web.local $path -San 10.0.0.1, web.local @at -IfNeeded -Plan).Status | Should -BeExactly Unchanged
        (Request-StepCertificate web.local $path -San 10.0.0.1, web.local @password -IfNeeded).SerialNumber | Should -BeExactly $serial
        New-StepToken web.local -San web.local, 10.0.0.1 -OutFile "$folder/token" @password
        (Request-StepCertificate -CertificatePath $path -TokenFile "$folder/token" @at -IfNeeded).SerialNumber | Should -BeExactly $serial
        # It is still good.
        (Request-StepCertificate -CertificatePath "$folder/second.crt" -TokenFile "$folder/token" @at).Status | Should -BeExactly Valid
        $plan = Request-StepCertificate web.local $path @at -Plan -ErrorAction SilentlyContinue -ErrorVariable problem
        $plan.Status, $plan.ErrorId | Should -BeExactly WouldFail, PairExists
        $problem.FullyQualifiedErrorId | Should -BeLike 'PairExists,*'
        (Request-StepCertificate web.local $path @at -Force -Plan).Status | Should -BeExactly WouldReplace
        { Request-StepCertificate web.local $path @password -Force -IfNeeded } | Should -Throw -ErrorId 'ConflictingParameters,*'
        Get-Serial | Should -BeExactly $serial
    }

    It 'replaces a pair that is not the requested one: <Property>' -ForEach @(
        @{ Property = 'Subject'; Text = "the subject is 'web.local' instead of 'new.local'"; Wanted = @{ Subject = 'new.local' } }
        @{ Property = 'San'; Text = 'the names are web.local, *instead of web.local, www.local'; Wanted = @{ San = 'web.local', 'www.local' } }
        @{ Property = 'KeyAlgorithm'; Text = 'the key is EC-P256 instead of RSA-2048'; Wanted = @{ KeyAlgorithm = 'RSA-2048' } }
        @{ Property = 'NotAfter'; Text = 'the certificate expired at 2*'; Wanted = @{} }
        @{ Property = 'Key'; Text = 'the certificate does not match the key'; Wanted = @{} }
        @{ Property = 'Key'; Text = 'the certificate has no key'; Wanted = @{} }
    ) {
        if ($Property -eq 'KeyAlgorithm' -and (Test-Wine)) { return Set-ItResult -Skipped -Because 'its test keys are RSA' }
        $age = if ($Property -eq 'NotAfter') { '1.01:00:00' } else { '01:00:00' }
        $pair = Build-TestCertificate -Authority $authority -Folder $folder -Name web.local -Age $age
        $path = $pair.CertificatePath
        if ($Text -like '*not match*') { Copy-Item (Build-TestCertificate -Authority $authority -Folder (New-Item "$folder/other" -ItemType Directory) -Name other).KeyPath $pair.KeyPath }
        if ($Text -like '*no key') { Remove-Item $pair.KeyPath }
        Get-ChildItem $folder -File | ForEach-Object { $_.LastWriteTimeUtc = [DateTime]::UtcNow.AddHours(-1) }
        $request = @{ Subject = 'web.local'; San = 'web.local', 'www.web.local', '127.0.0.1', 'root@web.local', 'https://web.local/'; CertificatePath = $path; IfNeeded = $true }
        foreach ($name in $Wanted.Keys) { $request[$name] = $Wanted[$name] }
        $plan = Request-StepCertificate @request @at -Plan
        $plan.Status, $plan.ChangedProperties | Should -BeExactly WouldReplace, $Property
        $plan.Changes | Should -BeLike $Text
        $plan.Planned | Should -BeLike 'Request a certificate for *.local and replace what is there, with a new key.'
        $serial = Get-Serial
        $issued = Request-StepCertificate @request @password
        $issued.SerialNumber | Should -Not -Be $serial
        $issued.Status, $issued.KeyStatus | Should -BeExactly Valid, Matches
        (Request-StepCertificate @request @at -Plan).Status | Should -BeExactly Unchanged
    }

    It 'does not replace a file that can be the wrong one: <What>' -ForEach @(
        @{ What = 'a key without a certificate'; Id = 'PairExists' }
        @{ What = 'a file that is not a certificate'; Id = 'CertificateInvalid' }
    ) {
        $pair = Build-TestCertificate -Authority $authority -Folder $folder -Name web.local
        if ($Id -eq 'PairExists') { Remove-Item $pair.CertificatePath } else { Set-Content $pair.CertificatePath 'my notes' }
        Get-ChildItem $folder -File | ForEach-Object { $_.LastWriteTimeUtc = [DateTime]::UtcNow.AddHours(-1) }
        $listing = Get-Listing
        (Request-StepCertificate web.local $pair.CertificatePath @at -IfNeeded -Plan -ErrorAction SilentlyContinue).ErrorId | Should -BeExactly $Id
        { Request-StepCertificate web.local $pair.CertificatePath @password -IfNeeded } | Should -Throw -ErrorId "$Id,*"
        Get-Listing | Where-Object { $_ -notlike '*.stepcarenew-lock *' } | Should -BeExactly $listing
    }

    It 'keeps the key with -UseExistingKey, and the plan has the reason' {
        $pair = Build-TestCertificate -Authority $authority -Folder $folder -Name web.local
        Remove-Item $pair.CertificatePath
        Get-ChildItem $folder -File | ForEach-Object { $_.LastWriteTimeUtc = [DateTime]::UtcNow.AddHours(-1) }
        $hash = (Get-FileHash $pair.KeyPath).Hash
        (Request-StepCertificate web.local $pair.CertificatePath $pair.KeyPath -UseExistingKey @at -Plan).Changes | Should -BeExactly 'the key has no certificate'
        (Request-StepCertificate web.local $pair.CertificatePath $pair.KeyPath -UseExistingKey -IfNeeded @password).KeyStatus | Should -BeExactly Matches
        (Get-FileHash $pair.KeyPath).Hash | Should -BeExactly $hash
    }

    It 'gives one JSON document on the standard output, also with -WhatIf' {
        $run = Invoke-FreshPwsh "Import-Module '$(Join-Path (Get-TestPackage) StepCaRenew.psd1)'; Request-StepCertificate web.local '$path' -StepPath '$($ca.Folder)' -Plan -WhatIf | ConvertTo-Json"
        $run.ExitCode | Should -Be 0 -Because $run.Error
        ($run.Output | ConvertFrom-Json).Status | Should -BeExactly WouldRequest
    }
}
