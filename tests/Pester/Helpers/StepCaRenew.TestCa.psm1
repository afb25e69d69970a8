# CAs for the tests, and certificates of any age: the real step-ca built by tests/StepCa, our own DevCa,
# or no CA at all but an authority in memory.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot 'StepCaRenew.TestHelpers.psm1')
Import-Module (Join-Path $PSScriptRoot 'StepCaRenew.TestKeys.psm1')

$Password = 'test-password'
$StepCa = $null

function Get-StepCaBinary {
    <#
    .SYNOPSIS
        Path of the real step-ca, built once per process at most; Reason says why there is none. STEPCARENEW_TEST_STEP_CA can name
        another build of tests/StepCa.
    #>
    if (-not $script:StepCa) {
        $path, $reason = $env:STEPCARENEW_TEST_STEP_CA, $null
        if ($path) {
            if (-not (Test-Path $path)) { throw "STEPCARENEW_TEST_STEP_CA names a program that does not exist: $path" }
        }
        elseif ($IsWindows) {
            $reason = "the real step-ca is built from a Debian package, so not on Windows"
        }
        else {
            $output = @(& sh (Get-RepositoryPath 'tests/StepCa/build.sh') 2>&1)
            if ($LASTEXITCODE -eq 0) { $path = [string] $output[-1] } else { $reason = $output -join ' ' }
        }
        $script:StepCa = [pscustomobject]@{ Path = $path; Reason = $reason }
    }
    $script:StepCa
}

function Get-DevCaBinary {
    <# .SYNOPSIS Path of our own CA's program; Reason says why there is none. #>
    $configuration = if ($env:STEPCARENEW_CONFIGURATION) { $env:STEPCARENEW_CONFIGURATION } else { 'Release' }
    $path = Get-RepositoryPath "src/StepCaRenew.DevCa/bin/$configuration/net10.0/StepCaRenew.DevCa.dll"
    $dotnet = Get-DotnetPath
    $reason = if (-not (Test-Path $path)) { "DevCa is not built: $path" } elseif (-not $dotnet) { 'dotnet, which runs DevCa, is not installed' }
    [pscustomobject]@{ Path = if (-not $reason) { $path }; Dotnet = $dotnet; Reason = $reason }
}

function Get-FreePort {
    <# .SYNOPSIS A port of 127.0.0.1 that nobody listened on a moment ago. #>
    $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
    $listener.Start()
    $listener.LocalEndpoint.Port
    $listener.Stop()
}

function Wait-Until {
    <# .SYNOPSIS Looks again and again until the condition is true; false if that takes too long. #>
    param([Parameter(Mandatory)] [scriptblock] $Condition, [double] $Seconds = 10)
    $watch = [Diagnostics.Stopwatch]::StartNew()
    while (-not (& $Condition)) {
        if ($watch.Elapsed.TotalSeconds -gt $Seconds) { return $false }
        [Threading.Thread]::Sleep(20)
    }
    $true
}

function Open-Process {
    <# .SYNOPSIS Starts a program whose standard input stays open; what it prints is thrown away, or kept to be read. #>
    param([string] $FilePath, [string[]] $ArgumentList, [string] $Folder, [switch] $KeepOutput)
    $start = [Diagnostics.ProcessStartInfo]::new($FilePath)
    foreach ($argument in $ArgumentList) { $start.ArgumentList.Add($argument) }
    $start.Environment['STEPPATH'] = $Folder
    $start.WorkingDirectory = $Folder
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $process = [Diagnostics.Process]::Start($start)
    if (-not $KeepOutput) { $process.BeginOutputReadLine() }
    $process.BeginErrorReadLine()
    $process
}

function Close-Process {
    <# .SYNOPSIS Closes a program's standard input, which ends it, and waits; kills it where it does not. #>
    param($Process)
    $Process.StandardInput.Close()
    if (-not $Process.WaitForExit(5000)) {
        $Process.Kill()
        $Process.WaitForExit(5000) > $null
    }
    $Process.Dispose()
}

function Open-StepCa {
    param([string[]] $InitArguments)
    $binary = Get-StepCaBinary
    if (-not $binary.Path) { return [pscustomobject]@{ Reason = $binary.Reason } }
    foreach ($attempt in 1..3) {
        $folder = [IO.Directory]::CreateTempSubdirectory('stepca-').FullName
        $port = Get-FreePort
        [IO.File]::WriteAllText((Join-Path $folder 'password.txt'), $Password)
        $arguments = @('init', '-address', "127.0.0.1:$port", '-dns', '127.0.0.1,localhost', '-password-file', 'password.txt')
        $init = Open-Process -Folder $folder -FilePath $binary.Path -ArgumentList ($arguments + @('-no-renew', '-no-eku', '-plain-key', '-min', '5s') + $InitArguments)
        $init.WaitForExit(20000) > $null
        $init.Dispose()
        $process = Open-StepCaProcess -Folder $folder -FilePath $binary.Path
        $ca = [pscustomobject]@{
            Kind     = 'StepCa'
            Reason   = $null
            Folder   = $folder
            Url      = "https://127.0.0.1:$port"
            RootPath = Join-Path $folder 'certs/root_ca.crt'
            LogPath  = Join-Path $folder 'ca.log'
            Process  = $process
            Binary   = $binary.Path
        }
        if (Wait-Until { $process.HasExited -or (Test-CaHealth $ca) }) {
            if (-not $process.HasExited) { return $ca }
        }
        $log = Get-Content $ca.LogPath -Raw -ErrorAction Ignore
        Close-TestCa $ca
        # Another process may have taken the port in the meantime.
        if ($attempt -eq 3) { throw "step-ca did not start: $log" }
    }
}

function Open-StepCaProcess {
    param([string] $Folder, [string] $FilePath)
    Open-Process -Folder $Folder -FilePath $FilePath -ArgumentList @('run', '-password-file', 'password.txt', '-quiet', '-until-eof', '-log', 'ca.log')
}

function Suspend-StepCa {
    <# .SYNOPSIS Ends the server of a step-ca, and keeps its folder and its port. #>
    param([Parameter(Mandatory)] $Ca)
    Close-Process $Ca.Process
}

function Resume-StepCa {
    <# .SYNOPSIS Starts the server again. #>
    param([Parameter(Mandatory)] $Ca)
    $Ca.Process = Open-StepCaProcess -Folder $Ca.Folder -FilePath $Ca.Binary
    if (-not (Wait-Until { Test-CaHealth $Ca })) { throw 'step-ca did not start again.' }
}

function Switch-StepCaRoot {
    <#
    .SYNOPSIS
        Takes a step-ca one step further to another root, as its administrator does.
    .PARAMETER Stage
        Announced: the CA lists the new root, and still issues under the old one. Used: it issues under the new one. Alone: it
        has dropped the old one.
    #>
    param([Parameter(Mandatory)] $Ca, [Parameter(Mandatory)] [ValidateSet('Announced', 'Used', 'Alone')] [string] $Stage)
    $certificates, $secrets, $file = 'certs', 'secrets', 'config/ca.json' | ForEach-Object { Join-Path $Ca.Folder $_ }
    Suspend-StepCa $Ca
    if ($Stage -eq 'Announced') {
        Copy-Item "$certificates/intermediate_ca.crt" "$certificates/old_intermediate.crt"
        Copy-Item "$secrets/intermediate_plain_key" "$secrets/old_intermediate_key"
        $rotation = Open-Process -Folder $Ca.Folder -FilePath $Ca.Binary -ArgumentList 'rotate', '-password-file', 'password.txt', '-new-root'
        if (-not $rotation.WaitForExit(20000) -or $rotation.ExitCode -ne 0) { throw 'step-ca has not rotated.' }
        $rotation.Dispose()
    }

    $settings = Get-Content $file -Raw | ConvertFrom-Json
    $settings.crt = Join-Path $certificates $(if ($Stage -eq 'Announced') { 'old_intermediate.crt' } else { 'intermediate_ca.crt' })
    $settings.key = Join-Path $secrets $(if ($Stage -eq 'Announced') { 'old_intermediate_key' } else { 'intermediate_plain_key' })
    if ($Stage -eq 'Alone') { $settings.root = Join-Path $certificates root_2.crt }
    $settings | ConvertTo-Json -Depth 20 | Set-Content $file
    Resume-StepCa $Ca
}

function Test-CaHealth {
    param($Ca)
    try {
        (Invoke-RestMethod "$($Ca.Url)/health" -SkipCertificateCheck -TimeoutSec 2 -NoProxy).status -eq 'ok'
    }
    catch {
        $false
    }
}

function Open-TestCa {
    <#
    .SYNOPSIS
        Starts a CA on 127.0.0.1 that ends with this process at the latest; Reason is set where it can't run.
    #>
    param(
        [Parameter(Mandatory)] [ValidateSet('StepCa', 'DevCa')] [string] $Kind,
        [switch] $AllowRenewalAfterExpiry
    )
    if ($Kind -eq 'StepCa') { return Open-StepCa @(if ($AllowRenewalAfterExpiry) { '-renew-expired' }) }
    Open-DevCa @(if ($AllowRenewalAfterExpiry) { '--allow-renewal-after-expiry' })
}

function Open-DevCa {
    param([string[]] $RunArguments)
    $binary = Get-DevCaBinary
    if (-not $binary.Path) { return [pscustomobject]@{ Reason = $binary.Reason } }
    $folder = [IO.Directory]::CreateTempSubdirectory('devca-').FullName
    $process = Open-Process -Folder $folder -FilePath $binary.Dotnet -ArgumentList (@($binary.Path, 'run', '--folder', $folder) + $RunArguments) -KeepOutput
    $said = @{}
    while ($true) {
        $line = $process.StandardOutput.ReadLineAsync()
        if (-not $line.Wait(20000) -or $null -eq $line.Result) { throw 'DevCa did not start.' }
        if ($line.Result -eq 'READY') { break }
        $name, $value = $line.Result -split '=', 2
        $said[$name] = $value
    }
    [pscustomobject]@{
        Kind     = 'DevCa'
        Reason   = $null
        Folder   = $folder
        Url      = $said.URL
        RootPath = Join-Path $folder 'certs/root_ca.crt'
        LogPath  = $null
        Process  = $process
        Binary   = $binary.Path
    }
}

function Close-TestCa {
    <# .SYNOPSIS Ends a CA and deletes its folder. #>
    param($Ca)
    if (-not $Ca -or $Ca.Reason) { return }
    Close-Process $Ca.Process
    Remove-Item -LiteralPath $Ca.Folder -Recurse -Force -ErrorAction Ignore
}

function Get-RenewalCount {
    <# .SYNOPSIS How many /renew requests a CA has answered; nothing where its program keeps no log. #>
    param([Parameter(Mandatory)] $Ca)
    if (-not $Ca.LogPath) { return }
    # The line is in the log before the answer is complete.
    $stream = [IO.FileStream]::new($Ca.LogPath, 'Open', 'Read', 'ReadWrite')
    $reader = [IO.StreamReader]::new($stream)
    try {
        [regex]::Matches($reader.ReadToEnd(), '\bpath="?(?:/1\.0)?/renew\b').Count
    }
    finally {
        $reader.Dispose()
    }
}

function Request-TestCertificate {
    <# .SYNOPSIS Has a CA issue a fresh certificate with a new key, by its own program. #>
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSReviewUnusedParameter', '', Justification = 'Request-Pair uses them.')]
    param(
        [Parameter(Mandatory)] $Ca,
        [Parameter(Mandatory)] [string] $Folder,
        [string] $Name = 'web.local',
        [string] $Provisioner = 'admin',
        [string] $Lifetime = '24h'
    )
    $pair = Get-PairPath -Folder $Folder -Name $Name
    do { Request-Pair } until (-not (Test-Wine) -or (Test-FullRsaKey (Get-TestKey $pair.KeyPath)))
    $pair
}

# What Request-TestCertificate does once, with its variables.
function Request-Pair {
    $files = $pair.CertificatePath, $pair.KeyPath
    $process = if ($Ca.Kind -eq 'StepCa') {
        $options = '-password-file', 'password.txt', '-provisioner', $Provisioner, '-lifetime', $Lifetime
        Open-Process -Folder $Ca.Folder -FilePath $Ca.Binary -ArgumentList (@('issue') + $options + $files + $Name)
    }
    else {
        # As in Get-CaAuthority.
        $options = '--folder', $Ca.Folder, '--name', $Name, '--provisioner', $Provisioner, '--lifetime', $Lifetime, '--key', $(if (Test-Wine) { 'RSA-2048' } else { 'EC-P256' })
        Open-Process -Folder $Ca.Folder -FilePath (Get-DotnetPath) -ArgumentList (@($Ca.Binary, 'issue') + $options + $files)
    }
    try {
        if (-not $process.WaitForExit(20000)) { $process.Kill() }
        if ($process.ExitCode -ne 0) { throw "$($Ca.Kind) issued no certificate: exit code $($process.ExitCode)" }
    }
    finally {
        $process.Dispose()
    }
}

function Get-PairPath {
    param([string] $Folder, [string] $Name)
    [pscustomobject]@{ CertificatePath = Join-Path $Folder "$Name.crt"; KeyPath = Join-Path $Folder "$Name.key" }
}

function Get-CaAuthority {
    <# .SYNOPSIS The intermediate of a CA with its key, so that tests can sign what its API would not. #>
    param([Parameter(Mandatory)] $Ca)
    $key = if ($Ca.Kind -eq 'StepCa') { 'secrets/intermediate_plain_key' } else { 'secrets/intermediate_ca_key' }
    $intermediate = [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPemFile(
        (Join-Path $Ca.Folder 'certs/intermediate_ca.crt'), (Join-Path $Ca.Folder $key))
    $provisioners = (Get-Content (Join-Path $Ca.Folder 'config/ca.json') -Raw | ConvertFrom-Json).authority.provisioners
    $keyIds = @{}
    foreach ($provisioner in $provisioners) { $keyIds[$provisioner.name] = $provisioner.key.kid }
    # Wine's SChannel presents RSA keys alone to a server.
    [pscustomobject]@{ Intermediate = $intermediate; KeyIds = $keyIds; KeyAlgorithm = if (Test-Wine) { 'RSA' } else { 'P256' } }
}

function Build-TestAuthority {
    <# .SYNOPSIS A root and an intermediate in memory, for tests that ask no CA. #>
    $begin = [DateTimeOffset]::UtcNow.AddYears(-1)
    $end = [DateTimeOffset]::UtcNow.AddYears(5)
    $rootKey = [Security.Cryptography.ECDsa]::Create([Security.Cryptography.ECCurve+NamedCurves]::nistP256)
    $root = (Get-SigningRequest 'CN=Test Root' $rootKey -IsAuthority).CreateSelfSigned($begin, $end)
    $key = [Security.Cryptography.ECDsa]::Create([Security.Cryptography.ECCurve+NamedCurves]::nistP256)
    $request = Get-SigningRequest 'CN=Test Intermediate' $key -IsAuthority
    $bare = $request.Create($root, $begin, $end, [byte[]] (1, 2, 3))
    [pscustomobject]@{
        Root         = $root
        Intermediate = [Security.Cryptography.X509Certificates.ECDsaCertificateExtensions]::CopyWithPrivateKey($bare, $key)
        KeyIds       = @{ admin = 'kid' }
        KeyAlgorithm = 'P256'
    }
}

function Get-SigningRequest {
    param([string] $Subject, $Key, [switch] $IsAuthority)
    $sha256 = [Security.Cryptography.HashAlgorithmName]::SHA256
    $request = if ($Key -is [Security.Cryptography.RSA]) {
        [Security.Cryptography.X509Certificates.CertificateRequest]::new($Subject, $Key, $sha256, [Security.Cryptography.RSASignaturePadding]::Pkcs1)
    }
    else {
        [Security.Cryptography.X509Certificates.CertificateRequest]::new($Subject, $Key, $sha256)
    }
    $usage = if ($IsAuthority) { 'KeyCertSign, CrlSign' } else { 'DigitalSignature' }
    $request.CertificateExtensions.Add([Security.Cryptography.X509Certificates.X509KeyUsageExtension]::new($usage, $true))
    if ($IsAuthority) {
        $request.CertificateExtensions.Add([Security.Cryptography.X509Certificates.X509BasicConstraintsExtension]::new($true, $false, 0, $true))
        $request.CertificateExtensions.Add([Security.Cryptography.X509Certificates.X509SubjectKeyIdentifierExtension]::new($request.PublicKey, $false))
    }
    $request
}

function Get-ProvisionerExtension {
    param([string] $Name, [string] $KeyId)
    $writer = [Formats.Asn1.AsnWriter]::new('DER')
    $writer.PushSequence() > $null
    $writer.WriteInteger([long] 1)
    $writer.WriteOctetString([Text.Encoding]::UTF8.GetBytes($Name))
    $writer.WriteOctetString([Text.Encoding]::UTF8.GetBytes($KeyId))
    $writer.PopSequence()
    [Security.Cryptography.X509Certificates.X509Extension]::new('1.3.6.1.4.1.37476.9000.64.1', $writer.Encode(), $false)
}

function Build-TestCertificate {
    <#
    .SYNOPSIS
        Makes a certificate of any age with a new key: leaf and intermediate in Name.crt, the key in Name.key.
    .PARAMETER Age
        How long ago its validity began; below zero it has not begun.
    #>
    param(
        [Parameter(Mandatory)] $Authority,
        [Parameter(Mandatory)] [string] $Folder,
        [string] $Name = 'web.local',
        [string] $Provisioner = 'admin',
        [TimeSpan] $Lifetime = '1.00:00:00',
        [TimeSpan] $Age = '00:01:00',
        [ValidateSet('P256', 'P384', 'RSA')] [string] $Algorithm = $Authority.KeyAlgorithm,
        [switch] $WithoutClientAuth
    )
    $key = switch ($Algorithm) {
        'RSA' { New-RsaKey }
        'P384' { [Security.Cryptography.ECDsa]::Create([Security.Cryptography.ECCurve+NamedCurves]::nistP384) }
        default { [Security.Cryptography.ECDsa]::Create([Security.Cryptography.ECCurve+NamedCurves]::nistP256) }
    }
    $common = ($Name -replace '[^\w.-]', '_')
    $request = Get-SigningRequest "CN=$common" $key
    $usages = [Security.Cryptography.OidCollection]::new()
    $usages.Add([Security.Cryptography.Oid]::new('1.3.6.1.5.5.7.3.1')) > $null
    if (-not $WithoutClientAuth) { $usages.Add([Security.Cryptography.Oid]::new('1.3.6.1.5.5.7.3.2')) > $null }
    $request.CertificateExtensions.Add([Security.Cryptography.X509Certificates.X509EnhancedKeyUsageExtension]::new($usages, $false))
    $names = [Security.Cryptography.X509Certificates.SubjectAlternativeNameBuilder]::new()
    $names.AddDnsName('web.local')
    $names.AddDnsName('www.web.local')
    $names.AddIpAddress('127.0.0.1')
    $names.AddEmailAddress('root@web.local')
    $names.AddUri('https://web.local/')
    $request.CertificateExtensions.Add($names.Build())
    $request.CertificateExtensions.Add([Security.Cryptography.X509Certificates.X509AuthorityKeyIdentifierExtension]::CreateFromCertificate($Authority.Intermediate, $true, $false))
    $request.CertificateExtensions.Add((Get-ProvisionerExtension $Provisioner $Authority.KeyIds[$Provisioner]))
    $serial = [byte[]]::new(16)
    [Security.Cryptography.RandomNumberGenerator]::Fill($serial)
    $serial[0] = $serial[0] -band 0x7F -bor 0x40
    $begin = [DateTimeOffset]::UtcNow - $Age
    $issuer = $Authority.Intermediate
    $leaf = if ($Algorithm -eq 'RSA') {
        # An issuer with an EC key signs a request with an RSA key only by a generator of its own.
        $issuerKey = [Security.Cryptography.X509Certificates.ECDsaCertificateExtensions]::GetECDsaPrivateKey($issuer)
        $request.Create($issuer.SubjectName, [Security.Cryptography.X509Certificates.X509SignatureGenerator]::CreateForECDsa($issuerKey), $begin, $begin + $Lifetime, $serial)
    }
    else {
        $request.Create($issuer, $begin, $begin + $Lifetime, $serial)
    }
    $pair = Get-PairPath -Folder $Folder -Name $Name
    [IO.File]::WriteAllText($pair.CertificatePath, $leaf.ExportCertificatePem() + "`n" + $issuer.ExportCertificatePem() + "`n")
    [IO.File]::WriteAllText($pair.KeyPath, $key.ExportPkcs8PrivateKeyPem() + "`n")
    # As old as the certificate: a run waits up to two seconds for the rest of a pair that was written just now.
    if ($Age -gt [TimeSpan]::Zero) { foreach ($file in $pair.CertificatePath, $pair.KeyPath) { [IO.File]::SetLastWriteTimeUtc($file, $begin.UtcDateTime) } }
    $pair
}

# Wine takes the numbers of an RSA key from PKCS#12 without filling them up to their size: with a shorter one, the key signs
# nothing. That is one key of a hundred. They are those of a file: the key itself may have another private exponent.
function Test-FullRsaKey {
    param([Security.Cryptography.RSA] $Key)
    $read = 0
    $copy = [Security.Cryptography.RSA]::Create()
    $copy.ImportPkcs8PrivateKey($Key.ExportPkcs8PrivateKey(), [ref] $read)
    $numbers = $copy.ExportParameters($true)
    $copy.Dispose()
    $numbers.D[0] -and $numbers.DP[0] -and $numbers.DQ[0] -and $numbers.InverseQ[0]
}

function New-RsaKey {
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '', Justification = 'Makes an object.')]
    param()
    do { $key = [Security.Cryptography.RSA]::Create(2048) } until (-not (Test-Wine) -or (Test-FullRsaKey $key))
    $key
}

function Revoke-TestCertificate {
    <# .SYNOPSIS Revokes a certificate by itself, over mTLS. #>
    param([Parameter(Mandatory)] $Ca, [Parameter(Mandatory)] $Pair)
    $certificate = [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPemFile($Pair.CertificatePath, $Pair.KeyPath)
    # SChannel presents no key that is in memory alone.
    if ($IsWindows) { $certificate = [Security.Cryptography.X509Certificates.X509Certificate2]::new($certificate.Export('Pfx')) }
    $serial = [bigint]::Parse("0$($certificate.SerialNumber)", 'HexNumber').ToString()
    $body = @{ serial = $serial; reasonCode = 0; passive = $true } | ConvertTo-Json
    $answer = Invoke-RestMethod "$($Ca.Url)/revoke" -Method Post -Body $body -Certificate $certificate -SkipCertificateCheck -NoProxy
    if ($answer.status -ne 'ok') { throw "The certificate was not revoked: $answer" }
}

function Get-FileState {
    <# .SYNOPSIS Content, time and mode of files in one text, to be compared before and after. #>
    param([Parameter(Mandatory)] [string[]] $Path)
    $states = foreach ($one in $Path) {
        $file = Get-Item -LiteralPath $one -Force
        '{0} {1} {2} {3}' -f $file.Name, (Get-FileHash -LiteralPath $one -Algorithm SHA256).Hash, $file.LastWriteTimeUtc.Ticks, $file.UnixFileMode
    }
    $states -join "`n"
}

function Get-LeafSerial {
    <# .SYNOPSIS The serial number of a file's first certificate, read without the module under test. #>
    param([Parameter(Mandatory)] [string] $Path)
    [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPem([IO.File]::ReadAllText($Path)).SerialNumber
}

function Get-StagedFile {
    <# .SYNOPSIS Files that an interrupted renewal may have left in a folder. #>
    param([Parameter(Mandatory)] [string] $Folder)
    # The locks stay by design: unlinking one would let two runs hold two.
    Get-ChildItem -LiteralPath $Folder -Recurse -Force -File | Where-Object { $_.Name -like '*.stepcarenew*' -and $_.Name -notmatch '\.stepcarenew-(lock|acting)$' }
}

function Use-CleanEnvironment {
    <# .SYNOPSIS Takes away what step and proxies read of the environment, and returns it for Restore-Environment. #>
    $before = @{}
    foreach ($name in @([Environment]::GetEnvironmentVariables().Keys) -match '^(STEPPATH|STEP_.*|(https?|all|no)_proxy)$') {
        $before[$name] = [Environment]::GetEnvironmentVariable($name)
        [Environment]::SetEnvironmentVariable($name, $null)
    }
    # Wine keeps the keys of all certificates in one place: two renewals at once take each other's.
    if (Test-Wine) { $global:PSDefaultParameterValues['Invoke-StepRenewal:ThrottleLimit'] = 1 }
    $before
}

function Restore-Environment {
    <# .SYNOPSIS Puts back what Use-CleanEnvironment took away. #>
    param([Parameter(Mandatory)] [hashtable] $Before)
    Use-CleanEnvironment > $null
    $global:PSDefaultParameterValues.Remove('Invoke-StepRenewal:ThrottleLimit')
    foreach ($name in $Before.Keys) { [Environment]::SetEnvironmentVariable($name, $Before[$name]) }
}

function Invoke-FreshPwsh {
    <#
    .SYNOPSIS
        Runs a script in a PowerShell process of its own, with output redirected, and returns ExitCode, Output and Error.
    .PARAMETER Through
        A program, with its arguments, that becomes that PowerShell: nsenter for instance.
    .PARAMETER ScriptFolder
        A folder that both processes see.
    #>
    param(
        [Parameter(Mandatory)] [string] $Script,
        [hashtable] $Environment = @{},
        [int] $TimeoutSeconds = 60,
        [string[]] $Through = @(),
        [string] $ScriptFolder = [IO.Path]::GetTempPath()
    )
    $command = $Through + @(Get-PwshCommand)
    $start = [Diagnostics.ProcessStartInfo]::new($command[0])
    $file = Join-Path $ScriptFolder "$([Guid]::NewGuid()).ps1"
    # On Windows the output of a process is in the code page of its console.
    $utf8 = if ($IsWindows) { '[Console]::OutputEncoding = [Text.UTF8Encoding]::new($false); ' }
    [IO.File]::WriteAllText($file, "$utf8`$ErrorActionPreference = 'Stop'`n$Script")
    foreach ($argument in @($command | Select-Object -Skip 1) + '-NoProfile', '-NonInteractive', '-File', $file) { $start.ArgumentList.Add($argument) }
    foreach ($name in $Environment.Keys) { $start.Environment[$name] = $Environment[$name] }
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $start.StandardOutputEncoding = $start.StandardErrorEncoding = [Text.UTF8Encoding]::new($false)
    $process = [Diagnostics.Process]::Start($start)
    try {
        $process.StandardInput.Close()
        $output = $process.StandardOutput.ReadToEndAsync()
        $errors = $process.StandardError.ReadToEndAsync()
        if (-not $process.WaitForExit($TimeoutSeconds * 1000)) {
            $process.Kill($true)
            throw "A PowerShell did not end within $TimeoutSeconds s."
        }
        [pscustomobject]@{ ExitCode = $process.ExitCode; Output = $output.Result; Error = $errors.Result }
    }
    finally {
        $process.Dispose()
        [IO.File]::Delete($file)
    }
}

Export-ModuleMember -Function *-*
