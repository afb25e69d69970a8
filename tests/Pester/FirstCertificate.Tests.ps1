# A host goes from nothing to a renewed, scheduled, repaired and revoked certificate, without step: the module, a real step-ca
# and a real cron. openssl and curl accept the certificate at each stage.
BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCron.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment

    # A web server with the pair, and a client that trusts only the root.
    function Test-WithOtherProgram {
        & openssl verify -CAfile $root -untrusted $path $path | Should -BeLike '*: OK'
        Test-OpenSslPair ([pscustomobject]@{ CertificatePath = $path; KeyPath = $key }) | Should -BeTrue
        $port = Get-FreePort
        $server = Start-Process openssl -ArgumentList 's_server', '-cert', $path, '-cert_chain', $path, '-key', $key, '-accept', "127.0.0.1:$port", '-www', '-quiet' -PassThru -RedirectStandardError "$folder/server.errors" -RedirectStandardOutput "$folder/server.output"
        try {
            $answers = { & curl --silent --show-error --noproxy '*' --cacert $root --resolve "web.local:${port}:127.0.0.1" "https://web.local:$port/" --output "$folder/page" 2> "$folder/curl.errors"; $LASTEXITCODE -eq 0 }
            Wait-Until $answers -Seconds 10 | Should -BeTrue -Because "curl must accept it: $(Get-Content "$folder/curl.errors" -Raw -ErrorAction Ignore)"
        }
        finally {
            $server.Kill()
            $server.WaitForExit(5000) > $null
        }
    }

    function Invoke-Inside {
        param([string] $Script)
        Invoke-AtCron $daemon $Script -Environment @{ STEPCARENEW_HOME = "$folder/home" }
    }

    $hindrance = if ($IsLinux) { Get-CronHindrance }
    if ($IsLinux -and -not $hindrance -and -not (Get-Command curl -CommandType Application -ErrorAction Ignore)) { $hindrance = 'curl is missing' }
    if ($IsLinux -and -not $hindrance) {
        $ca = Open-TestCa StepCa
        if ($ca.Reason) { $hindrance = $ca.Reason }
    }
}

AfterAll {
    Close-TestCa $ca
    Restore-Environment $environment
}

Describe 'A host without step' {
    AfterEach {
        Close-CronDaemon $daemon
    }

    It 'is initialized, gets a certificate by token and by password, renews it by cron, is repaired by the command of the error, and revokes it' {
        if (-not $IsLinux) { return Set-ItResult -Skipped -Because 'the cron of this test is Debian''s' }
        if ($hindrance) { return Skip-Test -Because $hindrance }
        Get-Command step -CommandType Application -ErrorAction Ignore | Should -BeNullOrEmpty -Because 'the test is about a host without step'
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $daemon = Open-CronDaemon $folder
        if ($daemon.Reason) { return Skip-Test -Because $daemon.Reason }
        $path, $key, $root = "$folder/web.crt", "$folder/web.key", "$folder/step/certs/root_ca.crt"
        $at = @{ StepPath = "$folder/step" }
        [IO.File]::WriteAllText("$folder/password", "test-password`n")
        $password = @{ Provisioner = 'admin'; ProvisionerPasswordFile = "$folder/password" }

        # Trust: only the fingerprint is known.
        $fingerprint = [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPem([IO.File]::ReadAllText($ca.RootPath)).GetCertHashString('SHA256')
        Initialize-StepContext $ca.Url $fingerprint @at > $null
        $root | Should -Exist

        # By a token.
        New-StepToken web.local -OutFile "$folder/token" @password @at
        $issued = Request-StepCertificate web.local $path -TokenFile "$folder/token" @at
        $issued.KeyStatus | Should -BeExactly Matches
        Test-WithOtherProgram

        # By password; the certificate is due already.
        $issued = Request-StepCertificate web.local $path -San web.local, 127.0.0.1 -NotBefore '-17h' -NotAfter 24h -Force @password @at
        $issued.Status | Should -BeExactly Due
        Test-WithOtherProgram

        # cron renews it.
        $task = Invoke-Inside "Register-StepRenewalTask web '$path' -StepPath '$folder/step' -Scheduler Cron -Interval 1m | ConvertTo-Json"
        $task.ScheduleHealthy | Should -BeTrue -Because ($task.ScheduleDifferences -join ' ')
        Wait-Until { (Get-LeafSerial $path) -ne $issued.SerialNumber } -Seconds 70 | Should -BeTrue -Because 'cron looks every minute'
        $task = Invoke-Inside '$end = [DateTime]::UtcNow.AddSeconds(20); do { $task = Get-StepRenewalTask web } until ($task.LastSuccess -or [DateTime]::UtcNow -gt $end); $task | ConvertTo-Json'
        $task.LastStatus | Should -BeExactly Renewed
        Test-WithOtherProgram

        # Another program replaces the key.
        & openssl ecparam -name prime256v1 -genkey -noout -out $key
        $hash = (Get-FileHash $key).Hash
        $repair = Invoke-Inside 'Invoke-StepRenewal -Name web -ErrorVariable failure -ErrorAction SilentlyContinue > $null; $failure[0].Exception.Repair | ConvertTo-Json -Depth 3'
        $repair.Subject, $repair.San, $repair.KeyPath | Should -BeExactly 'web.local', @('web.local', '127.0.0.1'), $key
        New-StepToken web.local -San web.local, 127.0.0.1 -OutFile "$folder/token" @password @at
        $repaired = & ([scriptblock]::Create($repair.Text.Replace('<file with a token>', "$folder/token")))
        $repaired.KeyStatus | Should -BeExactly Matches
        (Get-FileHash $key).Hash | Should -BeExactly $hash
        Test-WithOtherProgram
        (Invoke-Inside 'Invoke-StepRenewal -Name web | ConvertTo-Json').Status | Should -BeExactly NotDue

        # Revoked: it is not renewed any more; programs accept it until its end.
        Revoke-StepCertificate $path -ReasonCode Superseded -Confirm:$false @at
        Test-WithOtherProgram
        (Invoke-StepRenewal $path -Force @at -ErrorAction SilentlyContinue).ErrorId | Should -BeExactly RenewalRefused
        Invoke-Inside 'Unregister-StepRenewalTask web'
        Get-StagedFile $folder | Should -BeNullOrEmpty
    }
}
