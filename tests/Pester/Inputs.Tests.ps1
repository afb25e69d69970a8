# Input from the pipeline: every object has a result or an error of the module, with any content.
BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestMonitor.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestTasks.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
    $before = @{ STEPCARENEW_HOME = $env:STEPCARENEW_HOME; PATH = $env:PATH }
    $ca = Open-TestCa DevCa
    if (-not $ca.Reason) { $authority = Get-CaAuthority $ca }
    $atCa = @{ StepPath = $ca.Folder; RetryTimeout = '0s' }
}

AfterAll {
    Close-TestCa $ca
    Restore-Environment $environment
    foreach ($name in $before.Keys) { [Environment]::SetEnvironmentVariable($name, $before[$name]) }
}

Describe 'Objects of the pipeline' {
    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $a = Build-TestCertificate -Authority $authority -Folder $folder -Name a
        $b = Build-TestCertificate -Authority $authority -Folder $folder -Name b
        $log = Join-Path $folder events.log

        $monitor = Open-TestMonitor
        $seen = $monitor.Seen
        $call = $atCa + @{ LogPath = $log; HealthCheckUri = "$($monitor.Address)/x"; ErrorAction = 'SilentlyContinue'; ErrorVariable = 'problem' }
        function Get-LoggedFailure {
            Get-Content $log -ErrorAction Ignore | ConvertFrom-Json | Where-Object level -EQ Error | ForEach-Object { $_.fields.errorId }
        }
    }

    AfterEach {
        if ($ca.Reason) { return }
        Close-TestMonitor $monitor
    }

    It 'have one result each if Get-StepCertificate found no key' {
        Remove-Item $b.KeyPath
        $results = Get-StepCertificate $folder | Invoke-StepRenewal @call -Force
        $results | Sort-Object Name | ForEach-Object Status | Should -Be 'Renewed', 'Failed'
        ($results | Where-Object Status -EQ Failed).ErrorId | Should -BeExactly 'KeyNotFound'
        $problem | Should -HaveCount 1
        $problem[0].FullyQualifiedErrorId | Should -BeExactly 'KeyNotFound,StepCaRenew.Cmdlets.InvokeStepRenewalCommand'
        Get-LoggedFailure | Should -BeExactly 'KeyNotFound'
        $seen | Should -BeLike 'POST /x/fail*KeyNotFound*'
    }

    It 'use no key if the key in a list is empty' {
        Set-Content "$folder/list.csv" 'CertificatePath,KeyPath', "$($a.CertificatePath),", "$($b.CertificatePath),$($b.KeyPath)"
        $results = Import-Csv "$folder/list.csv" | Invoke-StepRenewal @call -Force
        $results.Status | Should -Be 'Renewed', 'Renewed'
        $results.KeyPath | Sort-Object | Should -Be $a.KeyPath, $b.KeyPath
        $problem | Should -BeNullOrEmpty
        $seen | Should -Be 'GET /x'
    }

    It 'fail without stopping the others: <Title>' -ForEach @(
        @{ Title = 'an empty path'; ErrorId = 'PathEmpty'; Object = { [pscustomobject]@{ CertificatePath = ''; KeyPath = '' } } }
        @{ Title = 'a path that is null'; ErrorId = 'PathEmpty'; Object = { [pscustomobject]@{ CertificatePath = $null; KeyPath = $null } } }
        @{ Title = 'an empty string'; ErrorId = 'PathEmpty'; Object = { '' } }
        @{ Title = 'null'; ErrorId = 'PathEmpty'; Object = { $null } }
        @{ Title = 'a path of no file system'; ErrorId = 'NotAFileSystemPath'; Object = { Get-Item Env:PATH } }
        @{ Title = 'a key of no file system'; ErrorId = 'NotAFileSystemPath'; Object = { [pscustomobject]@{ CertificatePath = $b.CertificatePath; KeyPath = 'nowhere:/b.key' } } }
        @{ Title = 'a key that is missing'; ErrorId = 'FileNotFound'; Object = { [pscustomobject]@{ CertificatePath = $b.CertificatePath; KeyPath = "$folder/none.key" } } }
        @{ Title = 'a certificate that is missing'; ErrorId = 'FileNotFound'; Object = { [pscustomobject]@{ CertificatePath = "$folder/none.crt" } } }
        @{ Title = 'an object of another kind'; ErrorId = 'FileNotFound'; Object = { [pscustomobject]@{ Other = 1 } } }
    ) {
        $results = @((& $Object), [pscustomobject]@{ CertificatePath = $a.CertificatePath; KeyPath = $null }) | Invoke-StepRenewal @call
        $results | Should -HaveCount 2
        ($results | Where-Object Status -EQ NotDue).CertificatePath | Should -BeExactly $a.CertificatePath
        ($results | Where-Object Status -EQ Failed).ErrorId | Should -BeExactly $ErrorId
        $problem | Should -HaveCount 1
        $problem[0].FullyQualifiedErrorId | Should -BeExactly "$ErrorId,StepCaRenew.Cmdlets.InvokeStepRenewalCommand"
        $problem[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        Get-LoggedFailure | Should -BeExactly $ErrorId
        $seen | Should -BeLike "POST /x/fail*$ErrorId*"
    }

    It 'are logged if a folder holds a damaged certificate' {
        Set-Content $b.CertificatePath 'no certificate'
        (Get-Item $folder | Invoke-StepRenewal @call).Name | Should -BeExactly 'a'
        Get-LoggedFailure | Should -BeExactly 'CertificateInvalid'
    }

    It 'are not used if an empty path is given: that ends the call, with a report to the monitor' {
        { Invoke-StepRenewal $a.CertificatePath -KeyPath '' @call } | Should -Throw -ErrorId 'PathEmpty,*'
        { Invoke-StepRenewal $a.CertificatePath, '' @call } | Should -Throw -ErrorId 'PathEmpty,*'
        Get-LoggedFailure | Should -Be 'PathEmpty', 'PathEmpty'
        $seen | Should -HaveCount 2
        $seen | ForEach-Object { $_ | Should -BeLike 'POST /x/fail*PathEmpty*' }
    }
}

Describe 'Registered renewals' {
    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        if (-not $IsLinux) { return Set-ItResult -Skipped -Because 'these tests register with cron; TaskScheduler.Tests.ps1 has those of Windows' }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $env:STEPCARENEW_HOME = Join-Path $folder home
        $env:PATH = "$(Split-Path (Build-TestCrontab $folder)):$($before.PATH)"
        $pairs = foreach ($one in 'mail', 'ng', 'web') {
            $pair = Build-TestCertificate -Authority $authority -Folder $folder -Name "$one.local"
            Register-StepRenewalTask $one $pair.CertificatePath -Scope CurrentUser -Scheduler Cron -StepPath $ca.Folder -WarningAction SilentlyContinue > $null
            $pair
        }
        $said = @{ ErrorAction = 'SilentlyContinue'; ErrorVariable = 'problem'; InformationVariable = 'information' }
    }

    It 'are suggested if a name is given as a path' {
        Push-Location ([IO.Directory]::CreateDirectory("$folder/empty").FullName)
        try {
            (Invoke-StepRenewal ng @atCa @said).ErrorId | Should -BeExactly 'FileNotFound'
            $problem[0].ErrorDetails.RecommendedAction | Should -BeLike '*Invoke-StepRenewal -Name ng*'
            Invoke-StepRenewal NG, none @atCa @said > $null
            ($problem | Where-Object TargetObject -Like '*NG').ErrorDetails.RecommendedAction | Should -BeLike '*-Name NG*'
            ($problem | Where-Object TargetObject -Like '*none').ErrorDetails.RecommendedAction | Should -Not -BeLike '*-Name*'
            # A pattern that finds no file may be one of names.
            Invoke-StepRenewal we* @atCa @said > $null
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'NoCertificateFound,*'
            $problem[0].ErrorDetails.RecommendedAction | Should -BeLike '*Invoke-StepRenewal -Name we[*]*'
            # A file that is there and has no key is meant as a file.
            Copy-Item $pairs[0].CertificatePath ng
            (Invoke-StepRenewal ng @atCa @said).ErrorId | Should -BeExactly 'KeyNotFound'
            $problem[0].ErrorDetails.RecommendedAction | Should -Not -BeLike '*-Name*'
        }
        finally {
            Pop-Location
        }
    }

    It 'are run by the objects of Get-StepRenewalTask, as their definitions say' {
        $results = Get-StepRenewalTask web, mail | Invoke-StepRenewal -Force @said
        $problem | Should -BeNullOrEmpty
        $results.Name | Sort-Object | Should -Be 'mail', 'web'
        $results.Status | Should -Be 'Renewed', 'Renewed'
        (Get-StepRenewalTask web).LastStatus | Should -BeExactly 'Renewed' -Because 'a run of the registered renewal goes to its state'
        (Get-StepRenewalTask ng).LastStatus | Should -BeNullOrEmpty
        (Invoke-StepRenewal -InputObject (Get-StepRenewalTask ng)).Name | Should -BeExactly 'ng'
        $information[-1].MessageData | Should -BeExactly '2 certificates: 2 renewed'
    }

    It 'are run by objects that come from a file or another session' {
        Get-StepRenewalTask web | Export-Clixml $folder/tasks.xml
        $task = Import-Clixml $folder/tasks.xml
        $task.PSObject.TypeNames[0] | Should -BeLike 'Deserialized.*'
        (Invoke-StepRenewal -InputObject $task).Name | Should -BeExactly 'web'
        ($task | Invoke-StepRenewal).Name | Should -BeExactly 'web'
        (Get-StepRenewalTask web).LastAttempt | Should -Not -BeNullOrEmpty
    }

    It 'are not run by other objects with the same name' {
        $stranger = [pscustomobject]@{ Name = 'web'; CertificatePath = $pairs[0].CertificatePath }
        $results = $stranger | Invoke-StepRenewal @atCa
        $results.CertificatePath | Should -BeExactly $pairs[0].CertificatePath
        (Get-StepRenewalTask web).LastAttempt | Should -BeNullOrEmpty
        { Invoke-StepRenewal -InputObject $stranger } | Should -Throw -ErrorId 'ParameterArgumentTransformationError,*'
        { Unregister-StepRenewalTask -InputObject 'web' } | Should -Throw -ErrorId 'ParameterArgumentTransformationError,*'
        (Get-Command Invoke-StepRenewal).Parameters['Name'].ParameterSets.Values.ValueFromPipelineByPropertyName | Should -Not -Contain $true
        (Get-Command Unregister-StepRenewalTask).Parameters['Name'].ParameterSets.Values.ValueFromPipelineByPropertyName | Should -Not -Contain $true
        Get-StepCertificate $pairs[0].CertificatePath | Unregister-StepRenewalTask -ErrorAction SilentlyContinue
        Get-StepRenewalTask | Should -HaveCount 3
    }

    It 'refuse parameters that the definition sets, also through the pipeline' {
        { Get-StepRenewalTask web | Invoke-StepRenewal -CaUrl $ca.Url -ErrorAction Stop } | Should -Throw -ErrorId 'ConflictingParameters,*'
        Get-StepRenewalTask nothing* | Invoke-StepRenewal | Should -BeNullOrEmpty
    }

    It 'are unregistered by their objects' {
        Get-StepRenewalTask mail, web | Export-Clixml $folder/tasks.xml
        Get-StepRenewalTask ng | Unregister-StepRenewalTask
        (Get-StepRenewalTask).Name | Should -Be 'mail', 'web'
        Import-Clixml $folder/tasks.xml | Unregister-StepRenewalTask -Confirm:$false
        Get-StepRenewalTask | Should -BeNullOrEmpty
        Import-Clixml $folder/tasks.xml | Invoke-StepRenewal @said
        $problem.FullyQualifiedErrorId -replace ',.*' | Should -Be 'NotRegistered', 'NotRegistered'
    }

    It 'have errors that begin with their names, and one error for a common cause' {
        foreach ($pair in $pairs[0..1]) { Remove-Item $pair.CertificatePath }
        Invoke-StepRenewal @said > $null
        $problem.FullyQualifiedErrorId | Should -Be (@('FileNotFound,StepCaRenew.Cmdlets.InvokeStepRenewalCommand') * 2)
        ($problem | ForEach-Object { "$_" -replace ': .*' }) -join ' ' | Should -BeExactly 'mail ng'
        $information[-1].MessageData | Should -BeExactly '3 certificates: 1 not due, 2 failed'
        Invoke-StepRenewal -Name mail @said > $null
        "$($problem[0])" | Should -Not -BeLike 'mail: *'
    }

    It 'that fail for the same cause have one error that names them all' {
        $gone = Open-TestCa DevCa
        foreach ($one in 'mail', 'ng', 'web') {
            Register-StepRenewalTask $one "$folder/$one.local.crt" -Scope CurrentUser -Scheduler Cron -CaUrl $gone.Url -Root $gone.RootPath -Force -WarningAction SilentlyContinue > $null
        }
        Close-TestCa $gone
        $results = Invoke-StepRenewal -Force -RetryTimeout 0s @said
        $results.ErrorId | Should -Be 'CaUnreachable', 'CaUnreachable', 'CaUnreachable'
        $problem | Should -HaveCount 1
        "$($problem[0])" | Should -BeLike 'mail, ng, web: *'
    }
}
