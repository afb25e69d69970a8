BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment

    function Get-RootFingerprint {
        param([string] $Path)
        [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPem([IO.File]::ReadAllText($Path)).GetCertHashString('SHA256')
    }
}

AfterAll {
    Restore-Environment $environment
}

Describe 'Initialize-StepContext with <_>' -ForEach 'DevCa', 'StepCa' {
    BeforeAll {
        $ca = Open-TestCa $_
        if (-not $ca.Reason) { $fingerprint = Get-RootFingerprint $ca.RootPath }
    }

    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $env:STEPPATH = $step = Join-Path $folder step
    }

    AfterAll {
        Close-TestCa $ca
    }

    It 'writes the configuration that a renewal then uses' {
        $context = Initialize-StepContext $ca.Url -Fingerprint ($fingerprint -replace '(..)(?!$)', '$1:')
        $context.CaUrl | Should -BeExactly $ca.Url
        $context.Fingerprint | Should -BeExactly $fingerprint.ToLowerInvariant()
        $context.Context | Should -BeNullOrEmpty
        $context.RootPath | Should -BeExactly (Join-Path $step certs root_ca.crt)
        $context.Changed | Should -BeTrue
        $context.RootInstalled | Should -BeFalse
        $context.NotAfter | Should -BeGreaterThan ([datetime]::Now)
        $pair = Build-TestCertificate -Authority (Get-CaAuthority $ca) -Folder $folder -Age 01:00:00
        (Invoke-StepRenewal $pair.CertificatePath -Force).Status | Should -Be Renewed
        (Initialize-StepContext $ca.Url $fingerprint).Changed | Should -BeFalse
        if ($IsWindows) { return }
        (& openssl verify -CAfile $context.RootPath -untrusted $pair.CertificatePath $pair.CertificatePath) | Should -BeLike '*: OK'
        (& curl --silent --show-error --noproxy '*' --cacert $context.RootPath "$($ca.Url)/health") | Should -BeLike '*"ok"*'
        [Convert]::ToString([int] [IO.File]::GetUnixFileMode($context.RootPath), 8) | Should -BeExactly 600
        [Convert]::ToString([int] [IO.File]::GetUnixFileMode($context.ConfigurationPath), 8) | Should -BeExactly 644
    }

    It 'creates contexts, and warns about a configuration that is not used any more' {
        Initialize-StepContext $ca.Url $fingerprint > $null
        $context = Initialize-StepContext $ca.Url $fingerprint -Context second -WarningVariable warnings -WarningAction SilentlyContinue
        $context.Context | Should -BeExactly second
        $context.RootPath | Should -BeExactly (Join-Path $step authorities second certs root_ca.crt)
        "$warnings" | Should -BeLike "*$(Join-Path $step config defaults.json)*"
        Initialize-StepContext $ca.Url $fingerprint -Context third -WarningVariable warnings > $null
        $warnings | Should -BeNullOrEmpty
        $pair = Build-TestCertificate -Authority (Get-CaAuthority $ca) -Folder $folder -Age 01:00:00
        (Invoke-StepRenewal $pair.CertificatePath -Context second -Force).Status | Should -Be Renewed
    }

    It 'changes nothing with -WhatIf' {
        Initialize-StepContext $ca.Url $fingerprint -WhatIf | Should -BeNullOrEmpty
        $step | Should -Not -Exist
    }

    It 'refuses a fingerprint of another root, and writes nothing' {
        { Initialize-StepContext $ca.Url ('0' * 64) } | Should -Throw -ErrorId 'RootUnknown,*'
        { Initialize-StepContext $ca.Url 0123 } | Should -Throw -ErrorId 'FingerprintInvalid,*'
        { Initialize-StepContext 'http://127.0.0.1' $fingerprint } | Should -Throw -ErrorId 'CaUrlInvalid,*'
        { Initialize-StepContext $ca.Url $fingerprint -Context a/b } | Should -Throw -ErrorId 'NameInvalid,*'
        $step | Should -Not -Exist
    }

    It 'replaces the configuration of another CA only with -Force' {
        New-Item -ItemType Directory "$step/config" > $null
        '{"ca-url":"https://other.example.com","provisioner":"me"}' | Set-Content "$step/config/defaults.json"
        { Initialize-StepContext $ca.Url $fingerprint } | Should -Throw '*https://other.example.com*' -ErrorId 'ContextExists,*'
        (Initialize-StepContext $ca.Url $fingerprint -Force).Changed | Should -BeTrue
        $defaults = Get-Content "$step/config/defaults.json" | ConvertFrom-Json
        $defaults.'ca-url' | Should -BeExactly $ca.Url
        $defaults.provisioner | Should -BeExactly me
    }

    It 'works for an account without rights, and reports a folder that it cannot write to' {
        if ($IsWindows -or [Environment]::UserName -ne 'root' -or -not (Get-Command setpriv -ErrorAction Ignore)) { return Skip-Test -Because 'only root can become another user, with setpriv' }
        $pwsh, [string[]] $before = Get-PwshCommand
        $as = 'setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'env', "HOME=$folder", 'STEPPATH='
        & setpriv --reuid=65534 --regid=65534 --clear-groups test -r (Get-TestPackage) -a -x $folder
        if ($LASTEXITCODE) { return Skip-Test -Because 'another account cannot read the package or the folder of the test' }
        $script = "Import-Module '$(Join-Path (Get-TestPackage) StepCaRenew.psd1)'; try { (Initialize-StepContext '$($ca.Url)' $fingerprint).RootPath } catch { `$_.FullyQualifiedErrorId }"
        & $as[0] $as[1..9] $pwsh @before -NoProfile -NonInteractive -Command $script | Should -BeLike 'FolderNotWritable,*'
        Join-Path $folder .step | Should -Not -Exist
        & chown 65534:65534 $folder
        & $as[0] $as[1..9] $pwsh @before -NoProfile -NonInteractive -Command $script | Should -BeExactly (Join-Path $folder .step certs root_ca.crt)
        $refused = $script.Replace($fingerprint, "$fingerprint -InstallRoot -StepPath '$folder/other'")
        & $as[0] $as[1..9] $pwsh @before -NoProfile -NonInteractive -Command $refused | Should -BeLike 'AdministratorRequired,*'
        Join-Path $folder other | Should -Not -Exist
    }
}

Describe 'Initialize-StepContext -InstallRoot' {
    BeforeAll {
        $ca = Open-TestCa DevCa
        if (-not $ca.Reason) { $fingerprint = Get-RootFingerprint $ca.RootPath }
        $mount = 'unshare', '--mount', '--propagation', 'private', 'sh', '-c'

        # Runs a script in a mount namespace, where the folders of the machine's roots are copies.
        function Invoke-InNamespace {
            param([string] $Mounts, [string] $Script)
            $pwsh, [string[]] $before = Get-PwshCommand
            $proof = "[ `"`$(readlink /proc/self/ns/mnt)`" != '$((Get-Item /proc/self/ns/mnt).LinkTarget)' ] || { echo 'This is the namespace of the machine.'; exit 1; }"
            $whole = "Import-Module '$(Join-Path (Get-TestPackage) StepCaRenew.psd1)'; $Script"
            & $mount[0] $mount[1..9] "$proof; set -e; $Mounts; exec `"`$@`"" sh $pwsh @before -NoProfile -NonInteractive -Command $whole 2>&1 | ForEach-Object { "$_" }
        }
        $debian = @(
            'mkdir -p "$T/ssl" "$T/anchors"', 'cp -a /etc/ssl/certs/. "$T/ssl"', 'cp -a /usr/local/share/ca-certificates/. "$T/anchors"'
            'mount --bind "$T/ssl" /etc/ssl/certs', 'mount --bind "$T/anchors" /usr/local/share/ca-certificates'
        ) -join '; '
    }

    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        if (-not $IsLinux -or [Environment]::UserName -ne 'root') { return Skip-Test -Because 'only root on Linux can make a mount namespace' }
        foreach ($program in 'unshare', 'curl') {
            if (-not (Get-Command $program -CommandType Application -ErrorAction Ignore)) { return Skip-Test -Because "$program is missing" }
        }
        $env:T = $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $env:STEPPATH = Join-Path $folder step
        $anchor = "step-ca-$($fingerprint.ToLowerInvariant().Substring(0, 16)).crt"
    }

    AfterAll {
        Close-TestCa $ca
        $env:T = $null
    }

    It 'lets the programs of Debian trust the CA' {
        if (-not (Get-Command update-ca-certificates -CommandType Application -ErrorAction Ignore)) { return Skip-Test -Because 'this is not a Debian with ca-certificates' }
        $shown = Invoke-InNamespace $debian "
            'before: ' + `$(curl -s --noproxy '*' $($ca.Url)/health; `$LASTEXITCODE)
            'installed: ' + (Initialize-StepContext $($ca.Url) $fingerprint -InstallRoot).RootInstalled
            'after: ' + (curl -s --noproxy '*' $($ca.Url)/health)
            'again: ' + (Initialize-StepContext $($ca.Url) $fingerprint -InstallRoot).Changed"
        $shown[0] | Should -BeExactly 'before: 60'
        $shown[1] | Should -BeExactly 'installed: True'
        $shown[2] | Should -BeLike 'after: *"ok"*'
        $shown[3] | Should -BeExactly 'again: False'
        "$folder/anchors/$anchor" | Should -Exist
        "/usr/local/share/ca-certificates/$anchor" | Should -Not -Exist
    }

    It 'uses the anchors of Red Hat' {
        New-Item -ItemType Directory "$folder/bin", "$folder/pki" > $null
        # The program of Red Hat does not exist here; this one shows how it is called.
        [IO.File]::WriteAllText("$folder/bin/update-ca-trust", "#!/bin/sh`
echo `"`$@: `$(ls /etc/pki/ca-trust/source/anchors)`" >>'$folder/calls'`
")
        [IO.File]::SetUnixFileMode("$folder/bin/update-ca-trust", 'UserRead, UserWrite, UserExecute')
        $redHat = 'mount -t tmpfs none /usr/local/share; mkdir -p "$T/pki/ca-trust/source/anchors" /etc/pki; mount --bind "$T/pki" /etc/pki; PATH="$T/bin:$PATH"'
        Invoke-InNamespace $redHat "(Initialize-StepContext $($ca.Url) $fingerprint -InstallRoot).RootInstalled" | Should -BeExactly True
        Get-Content "$folder/calls" | Should -BeExactly "extract: $anchor"
        Get-RootFingerprint "$folder/pki/ca-trust/source/anchors/$anchor" | Should -BeExactly $fingerprint
    }

    It 'leaves nothing if the program of the store fails' {
        New-Item -ItemType Directory "$folder/bin" > $null
        [IO.File]::WriteAllText("$folder/bin/update-ca-certificates", "#!/bin/sh`
echo 'no space' >&2`
exit 3`
")
        [IO.File]::SetUnixFileMode("$folder/bin/update-ca-certificates", 'UserRead, UserWrite, UserExecute')
        $shown = Invoke-InNamespace "$debian; PATH=`"`$T/bin:`$PATH`"" "try { Initialize-StepContext $($ca.Url) $fingerprint -InstallRoot } catch { `$_.FullyQualifiedErrorId; `$_.Exception.Message }"
        $shown[0] | Should -BeLike 'TrustStoreFailed,*'
        $shown[1] | Should -BeLike '*exit code 3: no space*'
        "$folder/anchors/$anchor" | Should -Not -Exist
        "$folder/step" | Should -Not -Exist
    }
}
