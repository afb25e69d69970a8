# The kernel's view of the cmdlets that handle tokens and passwords: no program is started with a secret in its arguments or its
# environment, and no file that another account could read ever holds one, not even for a moment.
BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestTasks.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment

    # The private number of the provisioner's key, which the cmdlets decrypt.
    function Get-ProvisionerSecret {
        [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidUsingPlainTextForPassword', '', Justification = 'The path of a file.')]
        param($Ca, [string] $PasswordFile, [string] $CertificatePath)
        # The first call loads the assemblies.
        Get-StepCertificate $CertificatePath > $null
        $list = Invoke-RestMethod "$($Ca.Url)/1.0/provisioners?limit=100" -SkipCertificateCheck -NoProxy
        $core = [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq 'StepCaRenew.Core' } | Select-Object -First 1
        $encrypted = $core.GetType('StepCaRenew.Ca.Tokens.EncryptedKey')
        $password = $core.GetType('StepCaRenew.Certificates.Keys.KeyPassword').GetMethod('FromFile').Invoke($null, @([string] $PasswordFile))
        $key = $encrypted.GetMethod('Parse').Invoke($null, @(($list.provisioners | Where-Object name -EQ admin).encryptedKey, 'admin'))
        ([Text.Encoding]::UTF8.GetString($encrypted.GetMethod('Decrypt').Invoke($key, @($password))) | ConvertFrom-Json).d
    }
}

AfterAll {
    Restore-Environment $environment
}

Describe 'Secrets with <_>' -ForEach 'StepCa', 'DevCa' {
    BeforeAll {
        $ca = Open-TestCa $_
    }

    AfterAll {
        Close-TestCa $ca
    }

    It 'are in no command line, in no environment, and in no file that others can read' {
        if (-not $IsLinux) { return Set-ItResult -Skipped -Because 'strace is a program of Linux' }
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        if (-not (Get-Command strace -CommandType Application -ErrorAction Ignore)) { return Skip-Test -Because 'strace is missing' }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        [IO.File]::WriteAllText("$folder/password", "test-password`n")
        [IO.File]::WriteAllText("$folder/key-password", "Zaunkoenig-4711`n")
        $fingerprint = [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPem([IO.File]::ReadAllText($ca.RootPath)).GetCertHashString('SHA256')
        $script = "Import-Module '$(Join-Path (Get-TestPackage) StepCaRenew.psd1)'
            Set-Location '$folder'
            `$at = @{ StepPath = '$folder/step' }
            `$by = @{ Provisioner = 'admin'; ProvisionerPasswordFile = 'password' }
            `$secret = [securestring]::new()
            foreach (`$character in [IO.File]::ReadAllText('$folder/key-password').Trim().ToCharArray()) { `$secret.AppendChar(`$character) }
            Initialize-StepContext '$($ca.Url)' $fingerprint @at -Verbose -Debug
            New-StepToken web.local -OutFile token @by @at -Verbose -Debug
            Request-StepCertificate web.local web.crt -TokenFile token -KeyPasswordFile key-password @at -Verbose -Debug
            try { Request-StepCertificate web.local other.crt -TokenFile token @at -Verbose -Debug } catch { `$_ | Format-List * -Force }
            `$token = New-StepToken web.local @by @at
            Request-StepCertificate web.local web.crt -Token `$token -KeyPassword `$secret -Force @at -Verbose -Debug
            Request-StepCertificate web.local web.crt @by -KeyPassword `$secret -UseExistingKey -Force @at -Verbose -Debug
            Request-StepCertificate plain.local plain.crt @by @at -Verbose -Debug
            Register-StepRenewalTask web web.crt -KeyPasswordFile key-password @at -Scope CurrentUser -Scheduler Cron -RunNow -Verbose -Debug
            Unregister-StepRenewalTask web -Verbose -Debug
            Revoke-StepCertificate plain.crt @at -Confirm:`$false -Verbose -Debug
            Revoke-StepCertificate -SerialNumber `"0x`$((Get-StepCertificate web.crt).SerialNumber)`" @by @at -Confirm:`$false -Verbose -Debug
            'all done'"
        $trace = 'strace', '-f', '-y', '-v', '-s', '1000000', '--seccomp-bpf', '-e', 'trace=execve,openat,fchmod,write,pwrite64,writev,pwritev', '-e', 'signal=none', '-o', "$folder.trace"
        $run = Invoke-FreshPwsh $script -Through $trace -TimeoutSeconds 120 -Environment @{ STEPCARENEW_HOME = "$folder/home"; PATH = "$(Split-Path (Build-TestCrontab $folder)):$env:PATH" }
        $run.Error | Should -BeNullOrEmpty
        $run.Output | Should -BeLike '*all done*'

        # Every token begins with the same letters. The second line of a key begins in its private part; the third is public, and
        # can be in the certificate with the same letters.
        $secrets = @('test-password', 'Zaunkoenig-4711', 'eyJ', (Get-ProvisionerSecret $ca "$folder/password" -CertificatePath "$folder/web.crt")) + @("$folder/web.key", "$folder/plain.key" | ForEach-Object { (Get-Content $_)[2].Substring(0, 20) })
        $secrets[3].Length | Should -BeGreaterThan 40
        $programs, $private, $found = 0, @{}, [Collections.Generic.List[string]]::new()
        $secretFiles = [Collections.Generic.HashSet[string]]::new()
        $begun = @{}
        foreach ($line in [IO.File]::ReadLines("$folder.trace")) {
            # A call that another thread interrupted is in two lines.
            if ($line -match '^(\d+) +.* <unfinished \.\.\.>$') { $begun[$Matches[1]] = $line -replace ' <unfinished \.\.\.>$'; continue }
            if ($line -match '^(\d+) +<\.\.\. \w+ resumed>(.*)$' -and $begun[$Matches[1]]) { $line = $begun[$Matches[1]] + $Matches[2] }
            if ($line -match 'openat\(.*O_CREAT.*, (0[0-7]+)\) = \d+<([^>]+)>') { $private[$Matches[2]] = $Matches[1] -eq '0600' }
            # A file is created for its owner alone, and gets its mode before or after it gets its content.
            if ($line -match 'fchmod\(\d+<([^>]+)>, 0[0-7]*([0-7][0-7])\)' -and $Matches[2] -ne '00') {
                $private[$Matches[1]] = $false
                if ($secretFiles.Contains($Matches[1])) { $found.Add($line) }
            }
            if ($line -match '\bexecve\(') { $programs++ }
            if (-not ($secrets | Where-Object { $line.Contains($_, [StringComparison]::Ordinal) })) { continue }
            if ($line -match '\bp?write(?:v|64)?\(\d+<(/[^>]+)>' -and $private[$Matches[1]]) { $secretFiles.Add($Matches[1]) > $null }
            else { $found.Add($line.Substring(0, [Math]::Min(300, $line.Length))) }
        }
        $found | Should -BeNullOrEmpty
        # The test has seen the programs that were started, and the files with secrets.
        $programs | Should -BeGreaterThan 3
        $secretFiles.Count | Should -BeGreaterOrEqual 3 -Because "$secretFiles"
        foreach ($secret in $secrets) { $run.Output.Contains($secret) | Should -BeFalse -Because $secret }
    }
}
