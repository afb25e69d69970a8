# The root of a CA changes, or ends.
BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCron.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestTasks.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
    $before = @{ STEPCARENEW_HOME = $env:STEPCARENEW_HOME; PATH = $env:PATH }

    function Invoke-Inside {
        param([string] $Script)
        Invoke-AtCron $daemon $Script -Environment @{ STEPCARENEW_HOME = "$folder/home" }
    }

    # The renewal, once a run has written a state that meets the condition; after 20 s, as it is.
    function Wait-Task {
        param([string] $Name, [string] $Condition)
        Invoke-Inside "`$end = [DateTime]::UtcNow.AddSeconds(20); do { `$task = Get-StepRenewalTask $Name } until (($Condition) -or [DateTime]::UtcNow -gt `$end); `$task | ConvertTo-Json"
    }
}

AfterAll {
    Restore-Environment $environment
    foreach ($name in $before.Keys) { [Environment]::SetEnvironmentVariable($name, $before[$name]) }
}

Describe 'A registered renewal whose CA changes its root' {
    AfterEach {
        Close-CronDaemon $daemon
        Close-TestCa $ca
    }

    It 'is renewed by cron with -FollowRoots, and fails without' {
        if (-not $IsLinux) { return Set-ItResult -Skipped -Because 'the cron of this test is Debian''s' }
        if ($hindrance = Get-CronHindrance) { return Skip-Test -Because $hindrance }
        $ca = Open-TestCa StepCa
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $daemon = Open-CronDaemon $folder
        if ($daemon.Reason) { return Skip-Test -Because $daemon.Reason }
        $root = "$folder/root.crt"
        Copy-Item $ca.RootPath $root
        $rootState = Get-FileState $root
        $path = (Build-TestCertificate -Authority (Get-CaAuthority $ca) -Folder $folder -Age 01:00:00).CertificatePath
        $other = (Build-TestCertificate -Authority (Get-CaAuthority $ca) -Folder $folder -Name other.local -Age 01:00:00).CertificatePath
        Switch-StepCaRoot $ca -Stage Announced
        $new = "$($ca.Folder)/certs/root_2.crt"
        $fingerprint = [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPem([IO.File]::ReadAllText($new)).GetCertHashString('SHA256').ToLowerInvariant()

        # Due again half a minute after each renewal.
        $serial = Get-LeafSerial $path
        $at = "-CaUrl '$($ca.Url)' -Root '$root' -Scheduler Cron -Interval 1m -ExpiresIn 23h59m30s"
        Invoke-Inside "Register-StepRenewalTask web '$path' $at -FollowRoots > `$null; Register-StepRenewalTask other '$other' $at > `$null"
        Wait-Until { (Get-LeafSerial $path) -ne $serial } -Seconds 70 | Should -BeTrue -Because 'cron looks every minute'
        $task = Wait-Task web '$task.FollowedRoots'
        $task.FollowedRoots | Should -BeExactly $fingerprint
        Get-Content $task.LogPath | Where-Object { $_ -like "*`"RootsFollowed`"*$fingerprint*" } | Should -HaveCount 1
        (Invoke-Inside 'Get-StepRenewalTask other | ConvertTo-Json').FollowedRoots | Should -BeNullOrEmpty

        $serial = Get-LeafSerial $path
        Switch-StepCaRoot $ca -Stage Used
        Wait-Until { (Get-LeafSerial $path) -ne $serial } -Seconds 130 | Should -BeTrue -Because 'the new root is trusted'
        (Wait-Task web '$task.LastStatus -eq ''Renewed''').LastErrorId | Should -BeNullOrEmpty
        & openssl verify -CAfile $new -untrusted $path $path | Should -BeLike '*: OK'
        (Invoke-Inside 'Invoke-StepRenewal -Name other -Force -RetryTimeout 0s -ErrorAction SilentlyContinue | ConvertTo-Json').ErrorId | Should -BeExactly CaUntrusted

        # The CA drops the old root; its file is the user's, and stays.
        Switch-StepCaRoot $ca -Stage Alone
        (Invoke-Inside 'Invoke-StepRenewal -Name web -Force | ConvertTo-Json').Status | Should -BeExactly Renewed
        Get-FileState $root | Should -Be $rootState
        Invoke-Inside 'Unregister-StepRenewalTask web, other -Force'
        Get-ChildItem "$folder/home" -Recurse -File -Filter roots.pem | Should -BeNullOrEmpty
    }
}

Describe 'A root certificate that ends in <Days> days' -ForEach @(@{ Days = 29; Warnings = 1 }, @{ Days = 31; Warnings = 0 }) {
    BeforeEach {
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $pair = Build-TestCertificate -Authority (Build-TestAuthority) -Folder $folder -Age 01:00:00
        $key = [Security.Cryptography.ECDsa]::Create([Security.Cryptography.ECCurve+NamedCurves]::nistP256)
        $root = (Get-SigningRequest 'CN=Ending Root' $key -IsAuthority).CreateSelfSigned([DateTimeOffset]::UtcNow.AddYears(-1), [DateTimeOffset]::UtcNow.AddDays($Days))
        $env:STEPPATH = "$folder/step"
        New-Item -ItemType Directory "$env:STEPPATH/certs", "$env:STEPPATH/config" > $null
        [IO.File]::WriteAllText("$env:STEPPATH/certs/root_ca.crt", $root.ExportCertificatePem())
        @{ 'ca-url' = "https://127.0.0.1:$(Get-FreePort)" } | ConvertTo-Json | Set-Content "$env:STEPPATH/config/defaults.json"
    }

    It 'is <Warnings> warning of Get-StepCertificate' {
        Get-StepCertificate $pair.CertificatePath -WarningVariable found -WarningAction SilentlyContinue | Should -HaveCount 1
        $found | Should -HaveCount $Warnings
        if ($Warnings) { "$found" | Should -BeLike "*'CN=Ending Root' in '*root_ca.crt' ends on *nothing can be renewed*Initialize-StepContext -Force*" }
    }

    It 'is <Warnings> warning of Get-StepRenewalTask' {
        if (-not $IsLinux) { return Set-ItResult -Skipped -Because 'this test registers with cron' }
        $env:STEPCARENEW_HOME = Join-Path $folder home
        $env:PATH = "$(Split-Path (Build-TestCrontab $folder)):$($before.PATH)"
        # The CA does not answer; -Force registers anyway.
        Register-StepRenewalTask web $pair.CertificatePath -Scope CurrentUser -Scheduler Cron -Force -WarningAction Ignore > $null
        Get-StepRenewalTask -WarningVariable found -WarningAction SilentlyContinue | Should -HaveCount 1
        $found | Should -HaveCount $Warnings
        if ($Warnings) { "$found" | Should -BeLike "web: *'CN=Ending Root'*ends on *register the renewal again*" }
    }
}
