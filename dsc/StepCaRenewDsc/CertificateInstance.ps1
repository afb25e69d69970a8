# A certificate and its key as an instance of DSC: the functions of the class StepCertificate. A setting has the name of its parameter.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', 'CertificateTexts', Justification = 'The class uses it.')]
param()

$PublicationTexts = 'PfxPath', 'PfxPasswordFile', 'PfxEncryption', 'BundlePath', 'ChainPath', 'LeafPath', 'RootPath', 'KeyOutPath', 'KeyFormat', 'Store', 'FriendlyName', 'KeyProvider'
$PublishedFiles = 'PfxPath', 'BundlePath', 'ChainPath', 'LeafPath', 'RootPath', 'KeyOutPath'
$CaTexts = 'CaUrl', 'Root', 'Context', 'StepPath'
$CertificateTexts = @('Subject', 'KeyPath', 'TokenFile', 'Provisioner', 'ProvisionerPasswordFile', 'KeyAlgorithm', 'NotAfter', 'KeyPasswordFile', 'ExpiresIn', 'RenewAt', 'Transport', 'RetryTimeout') + $CaTexts + $PublicationTexts

# The settings that are given, of those named.
function Select-Setting {
    param([Collections.IDictionary] $Setting, [string[]] $Name)
    $parameters = @{}
    foreach ($one in $Name) { if ($Setting[$one]) { $parameters[$one] = $Setting[$one] } }
    $parameters
}

# The certificate in place, as Get-StepCertificate returns it; nothing if there is none.
function Get-PresentCertificate {
    param([Collections.IDictionary] $Setting)
    $key = Select-Setting $Setting KeyPath, KeyPasswordFile
    $found = Get-StepCertificate -LiteralPath $Setting.CertificatePath @key -ErrorAction SilentlyContinue -ErrorVariable problems
    if ($found) { return $found }
    # An empty file was made in advance, for its owner and its mode.
    if ($problems[0].FullyQualifiedErrorId.Split(',')[0] -notin 'FileNotFound', 'FileEmpty') { throw $problems[0] }
}

function Get-CommonName {
    param([string] $Subject)
    $names = [Security.Cryptography.X509Certificates.X500DistinguishedName]::new($Subject).EnumerateRelativeDistinguishedNames($false)
    foreach ($name in $names) { if (-not $name.HasMultipleElements -and $name.GetSingleElementType().Value -eq '2.5.4.3') { return $name.GetSingleElementValue() } }
}

# A name as certificates have it.
function ConvertTo-PlainName {
    param([Parameter(ValueFromPipeline)] [string] $Name)
    process {
        $address = $null
        if ([ipaddress]::TryParse($Name, [ref] $address)) { return $address.ToString() }
        if ($Name -match '[^\x00-\x7F]' -and $Name -notmatch '[:/@]') { $Name = [Globalization.IdnMapping]::new().GetAscii($Name) }
        $Name.ToLowerInvariant()
    }
}

function Get-AlternativeName {
    param($Certificate)
    @($Certificate.DnsNames) + @($Certificate.IPAddresses) + @($Certificate.EmailAddresses) + @($Certificate.Uris) | Where-Object { $_ }
}

# How a certificate differs from its description: Reasons, each with a code and a sentence, and what Set does about it:
# Request, Repair (for the key in place), Replace, Rekey, Renew or nothing.
function Compare-Certificate {
    param([Collections.IDictionary] $Setting)
    $present = Get-PresentCertificate $Setting
    if (-not $present) { return @{ Need = 'Request'; Reasons = @(@{ Code = 'Missing'; Phrase = "There is no certificate in '$($Setting.CertificatePath)'." }); Present = $null } }
    $name = Get-CommonName $present.Subject
    if ($Setting.Subject -and $name -ne $Setting.Subject) {
        return @{ Need = 'Replace'; Reasons = @(@{ Code = 'Subject'; Phrase = "The certificate is that of '$name' instead of '$($Setting.Subject)'." }); Present = $present }
    }

    $has, $wanted = @(Get-AlternativeName $present), @($Setting.San | Where-Object { $_ })
    $differing = Compare-Object @($has | ConvertTo-PlainName | Sort-Object -Unique) @($wanted | ConvertTo-PlainName | Sort-Object -Unique) -CaseSensitive
    if ($wanted -and $differing) {
        return @{ Need = 'Replace'; Reasons = @(@{ Code = 'San'; Phrase = "The certificate has the names $($has -join ', ') instead of $($wanted -join ', ')." }); Present = $present }
    }

    $need = switch ($present.KeyStatus) { 'Mismatch' { 'Repair' } 'Missing' { 'Replace' } 'Unreadable' { 'Error' } }
    if ($need) { return @{ Need = $need; Reasons = @(@{ Code = "Key$($present.KeyStatus)"; Phrase = "$($present.KeyErrorId): $($present.KeyMessage)" }); Present = $present } }
    if ($present.Status -eq 'Expired') {
        return @{ Need = 'Expired'; Reasons = @(@{ Code = 'Expired'; Phrase = "The certificate has expired." }); Present = $present }
    }

    if ($Setting.KeyAlgorithm -and $present.KeyAlgorithm.Replace('-', '').Replace(' ', '-') -ne $Setting.KeyAlgorithm) {
        return @{ Need = 'Rekey'; Reasons = @(@{ Code = 'KeyAlgorithm'; Phrase = "The key is $($present.KeyAlgorithm) instead of $($Setting.KeyAlgorithm)." }); Present = $present }
    }

    $renewal = Get-RenewalParameter $Setting
    $plan = Invoke-StepRenewal @renewal -Plan -ErrorAction SilentlyContinue
    $reasons = if ($plan.Status -eq 'Failed') { @{ Code = $plan.ErrorId; Phrase = "$($plan.ErrorId): $($plan.Message)" } }
    else { $plan.Planned | ForEach-Object { @{ Code = $(if ($plan.Status -eq 'NotDue') { 'Publication' } else { 'Due' }); Phrase = $_ } } }
    @{ Need = $(if ($reasons) { 'Renew' }); Reasons = @($reasons); Present = $present }
}

function Get-RenewalParameter {
    param([Collections.IDictionary] $Setting)
    $parameters = Select-Setting $Setting (@('KeyPath', 'KeyPasswordFile', 'ExpiresIn', 'RenewAt', 'Transport', 'RetryTimeout') + $CaTexts + $PublicationTexts + 'GrantRead', 'RemoveOld')
    if ($Setting.Rekey) {
        $parameters.Rekey = $true
        if ($Setting.KeyAlgorithm) { $parameters.KeyAlgorithm = $Setting.KeyAlgorithm }
    }
    $parameters.LiteralPath = $Setting.CertificatePath
    $parameters.Confirm = $false
    $parameters
}

function Get-RequestParameter {
    param([Collections.IDictionary] $Setting)
    $parameters = Select-Setting $Setting (@('Subject', 'KeyPath', 'TokenFile', 'Provisioner', 'ProvisionerPasswordFile', 'KeyAlgorithm', 'NotAfter', 'KeyPasswordFile') + $CaTexts + $PublicationTexts + 'GrantRead', 'RemoveOld')
    if ($Setting.San) { $parameters.San = [string[]] $Setting.San }
    if ($Setting.ProvisionerCredential) {
        $parameters.Provisioner = $Setting.ProvisionerCredential.UserName
        $parameters.ProvisionerPassword = $Setting.ProvisionerCredential.Password
    }
    $parameters.CertificatePath = $Setting.CertificatePath
    $parameters.Confirm = $false
    $parameters
}

# Requests, repairs, replaces or renews a certificate that is not as described.
function Invoke-CertificateSet {
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSReviewUnusedParameter', 'Setting', Justification = 'The block uses it.')]
    param([string] $Instance, [Collections.IDictionary] $Setting)
    Invoke-ForInstance $Instance {
        $difference = Compare-Certificate $Setting
        $need, $code = $difference.Need, $difference.Reasons.ForEach('Code')
        $hasCredential = $Setting.TokenFile -or $Setting.ProvisionerPasswordFile -or $Setting.ProvisionerCredential
        if (-not $need) { return }
        Write-Verbose "${Instance}: $($difference.Reasons.ForEach('Phrase') -join ' ')"
        if ($need -eq 'Error') { throw (New-InstanceError -Instance $Instance -ErrorId $difference.Present.KeyErrorId -Message $difference.Present.KeyMessage) }
        # Only a person knows whether this is the wrong description or the wrong path.
        if ($code -contains 'Subject' -and -not $Setting.Force) {
            throw (New-InstanceError -Instance $Instance -ErrorId PairExists -Message "$($difference.Reasons[0].Phrase) Correct CertificatePath or Subject, or set Force to replace the certificate and its key.")
        }

        # Without a credential, a CA can still allow a renewal after the end.
        if ($need -eq 'Renew' -or $need -eq 'Rekey' -or ($need -eq 'Expired' -and -not $hasCredential)) {
            $renewal = Get-RenewalParameter $Setting
            if ($need -eq 'Rekey') { $renewal.Rekey, $renewal.KeyAlgorithm, $renewal.Force = $true, $Setting.KeyAlgorithm, $true }
            Invoke-StepRenewal @renewal -ErrorAction Stop | Out-Null
            return
        }

        $request = Get-RequestParameter $Setting
        $hasKey = $need -in 'Repair', 'Expired' -or ($need -eq 'Request' -and (Test-KeyFile $Setting))
        if ($hasKey -and -not ($need -eq 'Expired' -and $Setting.Rekey)) {
            $request.UseExistingKey = $true
            $request.Remove('KeyAlgorithm')
        }
        if ($need -in 'Replace', 'Expired') { $request.Force = $true }
        Request-StepCertificate @request -ErrorAction Stop | Out-Null
    }
}

# Whether there is a key without its certificate.
function Test-KeyFile {
    param([Collections.IDictionary] $Setting)
    $path = if ($Setting.KeyPath) { $Setting.KeyPath } else { [IO.Path]::ChangeExtension($Setting.CertificatePath, '.key') }
    $file = [IO.FileInfo]::new($path)
    $file.Exists -and $file.Length -gt 0
}

# The first folder on the way to a file in which another account can exchange files or folders. Root deletes nothing there.
function Find-SharedFolder {
    param([string] $Path)
    if ($IsWindows -or [Environment]::UserName -ne 'root') { return }
    for ($folder = Split-Path $Path; $folder; $folder = Split-Path $folder) {
        $item = Get-Item -LiteralPath $folder -Force
        $mode = $item.UnixFileMode
        $isShared = $mode.HasFlag([IO.UnixFileMode]::OtherWrite) -or $mode.HasFlag([IO.UnixFileMode]::GroupWrite)
        if ($item.LinkTarget -or $item.User -ne 'root' -or ($isShared -and -not $mode.HasFlag([IO.UnixFileMode]::StickyBit))) { return $folder }
    }
}

# The files that Ensure Absent deletes: the certificate, its own key, and the other forms that the instance names.
function Find-CertificateFile {
    param([string] $Instance, [Collections.IDictionary] $Setting)
    $present = Get-PresentCertificate $Setting
    if ($present) {
        $present.CertificatePath
        $others = @(Get-StepCertificate -Path (Split-Path $present.CertificatePath) -ErrorAction SilentlyContinue | Where-Object { $_.PublicKeyId -eq $present.PublicKeyId -and $_.CertificatePath -ne $present.CertificatePath })
        if ($present.KeyStatus -eq 'Matches' -and -not $others) { if ($present.KeyPath -ne $present.CertificatePath) { $present.KeyPath } }
        elseif ($present.KeyPath) { Write-Warning "${Instance}: the key '$($present.KeyPath)' stays: it is not the key of this certificate alone." }
    }

    foreach ($name in $PublishedFiles) { if ($Setting[$name] -and [IO.File]::Exists($Setting[$name])) { $Setting[$name] } }
}

function Invoke-CertificateRemoval {
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSReviewUnusedParameter', 'Setting', Justification = 'The block uses it.')]
    param([string] $Instance, [Collections.IDictionary] $Setting)
    Invoke-ForInstance $Instance {
        $files = @(Find-CertificateFile $Instance $Setting)
        $user = Get-StepRenewalTask -ErrorAction SilentlyContinue | Where-Object { $Setting.CertificatePath -in @($_.CertificatePath; $_.Certificates.ForEach('CertificatePath')) } | Select-Object -First 1
        if ($user) {
            throw (New-InstanceError -Instance $Instance -ErrorId CertificateRegistered -Message "The registered renewal '$($user.Name)' renews '$($Setting.CertificatePath)'. Unregister it first: Unregister-StepRenewalTask $($user.Name), or a StepRenewalTask with Ensure Absent that this instance depends on.")
        }

        foreach ($file in $files) {
            $folder = Find-SharedFolder $file
            if ($folder) { throw (New-InstanceError -Instance $Instance -ErrorId InsecureFolder -Message "Another account can change the folder '$folder', so that root does not delete '$file' there. Delete it as the owner of the folder.") }
        }

        foreach ($file in $files) { [IO.File]::Delete($file) }
    }
}
