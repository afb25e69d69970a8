# -Plan: results that a script reads, and nothing else.
BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
    $before = @{ STEPCARENEW_HOME = $env:STEPCARENEW_HOME }
    $ca = Open-TestCa DevCa
    if (-not $ca.Reason) { $authority = Get-CaAuthority $ca }
    $atCa = @{ StepPath = $ca.Folder; RetryTimeout = '0s' }

    function Get-Listing {
        Get-ChildItem $folder -Recurse -Force | ForEach-Object { "$($_.FullName) $($_.LastWriteTimeUtc.Ticks) $(if ($_ -is [IO.FileInfo]) { (Get-FileHash $_.FullName).Hash })" }
    }
}

AfterAll {
    Close-TestCa $ca
    $env:STEPCARENEW_HOME = $before.STEPCARENEW_HOME
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

    It 'gives one JSON document on the standard output, also with -WhatIf' {
        $listing = Get-Listing
        $run = Invoke-FreshPwsh "Import-Module '$(Join-Path (Get-TestPackage) StepCaRenew.psd1)'; Invoke-StepRenewal '$path' -StepPath '$($ca.Folder)' -Plan -WhatIf -Confirm:`$false | ConvertTo-Json"
        $run.ExitCode | Should -Be 0 -Because $run.Error
        $plan = $run.Output | ConvertFrom-Json
        $plan.Status | Should -BeExactly WouldRenew
        @($plan.Planned)[0] | Should -BeLike 'Renew the certificate: due since*'
        Get-Listing | Should -BeExactly $listing
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
