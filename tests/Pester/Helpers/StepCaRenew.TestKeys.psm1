# Keys and certificates in the forms of other programs, and a judge other than the module. That is openssl, and on Windows,
# where openssl is not part of the system, .NET.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

function Invoke-OpenSsl {
    # openssl has no quiet mode.
    $output = & openssl @args 2>$null
    if ($LASTEXITCODE -ne 0) { throw "openssl $($args[0]) ended with exit code $LASTEXITCODE" }
    $output
}

function Get-TestKey {
    param([Parameter(Mandatory)] [string] $Path)
    $pem = [IO.File]::ReadAllText($Path)
    foreach ($type in [Security.Cryptography.ECDsa], [Security.Cryptography.RSA]) {
        $key = $type::Create()
        try { $key.ImportFromPem($pem) } catch { $key.Dispose(); continue }
        return $key
    }
    throw "'$Path' holds no key that .NET reads."
}

function Test-OpenSslPair {
    <#
    .SYNOPSIS
        Whether certificate and key have the same public key, as openssl sees them (on Windows .NET).
    #>
    param([Parameter(Mandatory)] $Pair)
    if ($IsWindows) {
        $ofCertificate = [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPem([IO.File]::ReadAllText($Pair.CertificatePath)).PublicKey.ExportSubjectPublicKeyInfo()
        $key = Get-TestKey $Pair.KeyPath
        try { return [Convert]::ToHexString($ofCertificate) -eq [Convert]::ToHexString($key.ExportSubjectPublicKeyInfo()) } finally { $key.Dispose() }
    }
    $ofCertificate = & openssl x509 -in $Pair.CertificatePath -noout -pubkey
    $ofKey = & openssl pkey -in $Pair.KeyPath -pubout
    if (-not $ofCertificate -or -not $ofKey) { throw 'openssl gave no public key.' }
    ($ofCertificate -join "`n") -eq ($ofKey -join "`n")
}

function Test-TestChain {
    <# .SYNOPSIS Whether a file's first certificate leads to a root by the others in the file. #>
    param([Parameter(Mandatory)] [string] $Path, [Parameter(Mandatory)] [string] $RootPath)
    if (-not $IsWindows) { return [bool] ((& openssl verify -CAfile $RootPath -untrusted $Path $Path) -like '*: OK') }
    $others = [Security.Cryptography.X509Certificates.X509Certificate2Collection]::new()
    $others.ImportFromPemFile($Path)
    $chain = [Security.Cryptography.X509Certificates.X509Chain]::new()
    try {
        $chain.ChainPolicy.RevocationMode = 'NoCheck'
        $chain.ChainPolicy.DisableCertificateDownloads = $true
        $chain.ChainPolicy.TrustMode = 'CustomRootTrust'
        $chain.ChainPolicy.CustomTrustStore.ImportFromPemFile($RootPath)
        $chain.ChainPolicy.ExtraStore.AddRange($others)
        $chain.Build($others[0]) -and -not $chain.ChainStatus
    }
    finally {
        $chain.Dispose()
    }
}

function Get-PublicKeyHash {
    <#
    .SYNOPSIS
        The SHA-256 of a certificate's public key in DER, in hexadecimal digits.
    #>
    param([Parameter(Mandatory)] [string] $CertificatePath)
    if ($IsWindows) {
        $key = [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPem([IO.File]::ReadAllText($CertificatePath)).PublicKey.ExportSubjectPublicKeyInfo()
        return [Convert]::ToHexString([Security.Cryptography.SHA256]::HashData($key))
    }
    $pem = Join-Path ([IO.Path]::GetTempPath()) "$([Guid]::NewGuid()).pem"
    try {
        Invoke-OpenSsl x509 -in $CertificatePath -noout -pubkey | Set-Content $pem
        Invoke-OpenSsl pkey -pubin -in $pem -outform DER -out "$pem.der"
        (Get-FileHash "$pem.der" -Algorithm SHA256).Hash
    }
    finally {
        Remove-Item $pem, "$pem.der" -ErrorAction Ignore
    }
}

function Protect-TestKey {
    <#
    .SYNOPSIS
        Encrypts a key file in its place.
    .PARAMETER Traditional
        As OpenSSL did before PKCS#8: with Proc-Type and DEK-Info.
    #>
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidUsingPlainTextForPassword', '', Justification = 'The password of a test.')]
    param([Parameter(Mandatory)] [string] $Path, [Parameter(Mandatory)] [string] $Password, [switch] $Traditional, [int] $Iterations = 2048)
    if (-not $IsWindows) {
        $form = if ($Traditional) { 'pkey', '-traditional', '-aes256' } else { 'pkcs8', '-topk8', '-v2', 'aes256', '-iter', "$Iterations" }
        Invoke-OpenSsl @form -in $Path -out "$Path.new" -passout "pass:$Password"
        Move-Item "$Path.new" $Path -Force
        return
    }
    $key = Get-TestKey $Path
    $bytes = [Text.Encoding]::UTF8.GetBytes($Password)
    $pem = if ($Traditional) { ConvertTo-TraditionalPem -Key $key -Password $bytes } else { [string]::new([Security.Cryptography.PemEncoding]::Write('ENCRYPTED PRIVATE KEY', [byte[]] (ConvertTo-EncryptedPkcs8 -Key $key -Password $bytes -Iterations $Iterations))) }
    $key.Dispose()
    [IO.File]::WriteAllText($Path, "$pem`n")
}

# Not ExportEncryptedPkcs8PrivateKey, which is Windows' own encryption: Wine does not have it.
function ConvertTo-EncryptedPkcs8 {
    param($Key, [byte[]] $Password, [int] $Iterations)
    $parameters = [Security.Cryptography.PbeParameters]::new('Aes256Cbc', [Security.Cryptography.HashAlgorithmName]::SHA256, $Iterations)
    $read = 0
    [Security.Cryptography.Pkcs.Pkcs8PrivateKeyInfo]::Decode($Key.ExportPkcs8PrivateKey(), [ref] $read).Encrypt($Password, $parameters)
}

# The key of the cipher is what EVP_BytesToKey makes with MD5 and one round.
function ConvertTo-TraditionalPem {
    param($Key, [byte[]] $Password)
    $aes = [Security.Cryptography.Aes]::Create()
    $salted = $Password + $aes.IV[0..7]
    $first = [Security.Cryptography.MD5]::HashData([byte[]] $salted)
    $aes.Key = $first + [Security.Cryptography.MD5]::HashData([byte[]] ($first + $salted))
    $label, $der = if ($Key -is [Security.Cryptography.RSA]) { 'RSA', $Key.ExportRSAPrivateKey() } else { 'EC', $Key.ExportECPrivateKey() }
    $text = [Convert]::ToBase64String($aes.EncryptCbc($der, $aes.IV)) -replace '(.{64})(?!$)', "`$1`n"
    "-----BEGIN $label PRIVATE KEY-----`nProc-Type: 4,ENCRYPTED`nDEK-Info: AES-256-CBC,$([Convert]::ToHexString($aes.IV))`n`n$text`n-----END $label PRIVATE KEY-----"
    $aes.Dispose()
}

function Export-TestDer {
    <# .SYNOPSIS Writes certificate and key of a pair as DER. #>
    param([Parameter(Mandatory)] $Pair, [Parameter(Mandatory)] [string] $CertificatePath, [Parameter(Mandatory)] [string] $KeyPath)
    if (-not $IsWindows) {
        Invoke-OpenSsl x509 -in $Pair.CertificatePath -outform DER -out $CertificatePath
        Invoke-OpenSsl pkey -in $Pair.KeyPath -outform DER -out $KeyPath
        return
    }
    [IO.File]::WriteAllBytes($CertificatePath, [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPem([IO.File]::ReadAllText($Pair.CertificatePath)).RawData)
    $key = Get-TestKey $Pair.KeyPath
    [IO.File]::WriteAllBytes($KeyPath, $key.ExportPkcs8PrivateKey())
    $key.Dispose()
}

function Export-TestPfx {
    <# .SYNOPSIS Writes a pair as PKCS#12. #>
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidUsingPlainTextForPassword', '', Justification = 'The password of a test.')]
    param([Parameter(Mandatory)] $Pair, [Parameter(Mandatory)] [string] $Path, [Parameter(Mandatory)] [string] $Password)
    if (-not $IsWindows) {
        Invoke-OpenSsl pkcs12 -export -in $Pair.CertificatePath -inkey $Pair.KeyPath -out $Path -passout "pass:$Password"
        return
    }
    $builder = [Security.Cryptography.Pkcs.Pkcs12Builder]::new()
    $content = [Security.Cryptography.Pkcs.Pkcs12SafeContents]::new()
    $content.AddCertificate([Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPem([IO.File]::ReadAllText($Pair.CertificatePath))) > $null
    $key = Get-TestKey $Pair.KeyPath
    [byte[]] $encrypted = ConvertTo-EncryptedPkcs8 -Key $key -Password ([Text.Encoding]::UTF8.GetBytes($Password)) -Iterations 2048
    $content.AddSafeBag([Security.Cryptography.Pkcs.Pkcs12ShroudedKeyBag]::new([ReadOnlyMemory[byte]]::new($encrypted), $true))
    $builder.AddSafeContentsUnencrypted($content)
    $builder.SealWithMac($Password, [Security.Cryptography.HashAlgorithmName]::SHA256, 2048)
    [IO.File]::WriteAllBytes($Path, $builder.Encode())
    $key.Dispose()
}

Export-ModuleMember -Function *-Test*, Test-OpenSslPair, Get-PublicKeyHash
